//! What is masked, and what is not.

mod corpus;

use super::*;
use proptest::prelude::*;

#[track_caller]
fn masks(text: &str, expected: &str) {
    assert_eq!(secrets(text), expected);
}

#[test]
fn a_text_without_a_secret_stays_as_it_is() {
    for text in [
        "permission denied",
        "pq: password authentication failed for user \"app1\"",
        "",
        "https://db.example:5432/x",
        "a=b",
        "Forgot the password: need to reset it before the token expires",
        "Changed the password, see CHG0031337; secret santa, token gesture",
        "authorization: granted by the manager on duty",
        "Basic authentication failed for the bearer of this message",
        "the pin: blue, spinning=yes, bypass=on, Mapping=x",
        r#"{"client_token":"hmac-sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","password":null}"#,
        "Password visualization|View password|Change password",
        "s.averylonghostname.of.example.com",
        "asia.example AKIAB eyJnodots ghp_short",
    ] {
        assert!(matches!(secrets(text), Cow::Borrowed(same) if same == text), "{text} became {}", secrets(text));
    }
}

proptest! {
    #[test]
    fn a_text_that_was_looked_at_before_is_masked_as_the_first_time(texts in prop::collection::vec("(password=|pwd:|user |)[a-c]{0,3}", 1..400)) {
        for text in texts.iter().chain(&texts) {
            prop_assert_eq!(secrets(text), blot(text, Reach::Word));
            prop_assert_eq!(announces(text), SIGNS.next(text, 0).is_some());
        }
    }
}

#[test]
fn secrets_that_a_name_announces_are_blotted_out() {
    masks("dsn: host=db PASSWORD=hunter2 user=app", "dsn: host=db PASSWORD=[masked] user=app");
    masks(r#"{"secret_id": "aé,b", "role":"x"}"#, r#"{"secret_id": [masked], "role":"x"}"#);
    masks(r#"{"newPassword":"a\"b","n":1}"#, r#"{"newPassword":[masked],"n":1}"#);
    masks(r#"{"tokens":["a","b]"],"x":{"api_key":{"k":"}"}},"y":2}"#, r#"{"tokens":[masked],"x":{"api_key":[masked]},"y":2}"#);
    masks(r#"{"msg":"{\"password\":\"hun\\\"ter\"}"}"#, r#"{"msg":"{\"password\":[masked]}"}"#);
    masks(
        r#"{"Name":"Password","Value":"s3"},{"Name":"Address","Value":"x"}"#,
        r#"{"Name":"Password","Value":[masked]},{"Name":"Address","Value":"x"}"#,
    );
    masks("x?user=a&api_key=b,c&y=1", "x?user=a&api_key=[masked]&y=1");
    masks("q=password%3Dhunter2", "q=password%3D[masked]");
    masks("password: Summer2026! was refused", "password: [masked] was refused");
    masks("userPass='it''s' pw=x", "userPass=[masked] pw=[masked]");
    masks("<ns:password>hunter2</ns:password>", "<ns:password>[masked]</ns:password>");
    masks("password_old=\"a \"b\" c\" password2=d senha=e", "password_old=[masked] password2=[masked] senha=[masked]");
    masks("password => 'x y', b", "password => [masked], b");
    masks("password=", "password=");
}

#[test]
fn what_a_command_is_given_ends_with_its_word() {
    masks(r#"{"command":"mysql -u app -pHunter2Secret","host":"db-1"}"#, r#"{"command":"mysql -u app -p[masked]","host":"db-1"}"#);
    masks("sshpass -p 'a b' ssh db; ls -p x", "sshpass -p '[masked]' ssh db; ls -p x");
    masks("curl -u ana:hunter2 https://x | sh", "curl -u ana:[masked] https://x | sh");
    masks(
        r#"{"c":"echo 'root:hunter2' | chpasswd","d":"curl -u "a:b c" x"}"#,
        r#"{"c":"echo 'root:[masked]' | chpasswd","d":"curl -u "a:[masked]" x"}"#,
    );
}

#[test]
fn secrets_of_a_known_shape_are_blotted_out() {
    masks("auth/token/revoke/hvs.CAESIJabcdefgh", "auth/token/revoke/[masked]");
    masks("s.0123456789abcdefABCDEFGH", "[masked]");
    masks("key AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY end", "key [masked] end");
    masks("push with ghp_0123456789abcdefghijABCDEFGHIJ012345.", "push with [masked]");
    masks("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl!", "jwt [masked]!");
    masks("x -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- y", "x [masked] y");
    masks("x -----BEGIN PRIVATE KEY-----\\nMIIE", "x [masked]");
}

#[test]
fn credentials_in_urls_and_headers_are_blotted_out() {
    masks("dial postgres://root:S3cr:et@db:5432/erp failed", "dial postgres://root:[masked]@db:5432/erp failed");
    masks("postgres://root:p@ss@db/erp", "postgres://root:[masked]@db/erp");
    masks("Authorization: Bearer abc.def-1\nHost: x", "Authorization: [masked]\nHost: x");
    masks("\"Authorization\":\"Basic dTpw\"", "\"Authorization\":[masked]");
    masks("curl -H 'bearer dGhpcyBpcyBh' ok", "curl -H 'bearer [masked]' ok");
    masks("Cookie: session=1; other=2", "Cookie: [masked]");
}

#[test]
fn a_value_of_cef_is_masked_to_its_end() {
    let cef = "<14>CEF:0|V|P|1|2|Password changed|3|act=x newPassword=correct horse battery cs2=s p cs2Label=Root Password suser=ana";
    let masked = "<14>CEF:0|V|P|1|2|Password changed|3|act=x newPassword=[masked] cs2=[masked] cs2Label=Root Password suser=ana";
    assert_eq!(line(cef), masked);
    assert_eq!(line("LEEF:2.0|V|P|1|2|^|pwd=a b^user=ana"), "LEEF:2.0|V|P|1|2|^|pwd=[masked]^user=ana");
    assert_eq!(line("just password=a b"), "just password=[masked] b");
}

#[test]
fn names_of_secrets_are_known_however_they_are_written() {
    for name in
        ["password", "New Password", "db.credentials.API-KEY", "x_token", "tokens", "Password2", "passwordOld", "userPass", "client_secret"]
    {
        assert!(is_secret_key(name), "{name}");
    }
    for name in ["passwordPolicy", "compass", "mapping", "secret name", "token accessor", "SecretId", "user", ""] {
        assert!(!is_secret_key(name), "{name}");
    }
}

/// What announces secrets, what stands around them, and characters of more than a byte.
const SIGNS_OF_ALL_KINDS: &[&str] = &[
    "é",
    "ñ",
    "\u{feff}",
    "€",
    " ",
    "=",
    ":",
    "::",
    ",",
    "\"",
    "'",
    "\\",
    "[]",
    "(",
    ">",
    "</",
    "<a:password b",
    "--password ",
    "-pw ",
    "password",
    "PASSWORD ",
    "contraseña",
    "value=",
    "\"value\":",
    "is ",
    "ENC ",
    "identified by ",
    "values ",
    "curl -u ",
    "mysql -p",
    "net user ",
    "sqlplus ",
    "a/b@c",
    "| chpasswd",
    "chpasswd <<<",
    "sudo ",
    "://",
    "hooks.slack.com/services/",
    ".webhook.office.com/",
    "\\u0022",
    "\\u00e9",
    "\\/",
    "&quot;",
    "&#x22;",
    "&",
    "%22",
    "%C3%A9",
    "$6$",
    "{SSHA}",
    "aad3b435b51404eeaad3b435b51404ee:",
    "vigia_",
    "whsec_",
    "eyJ",
    "s.",
    "AKIA",
    "x1y2z3A!",
    "[masked]",
    "CEF:0|",
    "cs1Label=",
    "cs1=",
    "bearer ",
    "-----BEGIN PRIVATE KEY",
];

proptest! {
    #[test]
    fn any_text_can_be_masked(
        text in r#"([ -~é\n]|"password":|://|hvs\.|-----BEGIN |PRIVATE KEY|=|CEF:|Label=|token=|\\"){0,40}"#
    ) {
        let _ = (line(&text), secrets(&text));
    }

    #[test]
    fn any_signs_in_any_order_can_be_masked(signs in prop::collection::vec(prop::sample::select(SIGNS_OF_ALL_KINDS), 0..24)) {
        let text = signs.concat();
        let _ = (line(&text), secrets(&text), is_secret_key(&text));
    }

    #[test]
    fn a_token_never_stays(token in "hvs\\.[A-Za-z0-9]{24}", before in "([a-z :/]{0,10} )?", after in "( [a-z]{0,9})?") {
        let text = format!("{before}{token}{after}");
        prop_assert!(!secrets(&text).contains(&token));
    }

    #[test]
    fn a_password_never_stays(secret in "[A-Za-z0-9!,;&)]{8,16}Z9", name in "password|newPassword|api_key|client_secret", quote in "\"|'") {
        for text in [
            format!("{name}={secret}"), format!("a=b {name}={quote}{secret}{quote} c=d"), format!("{{\"{name}\":\"{secret}\"}}"),
            format!("{name}: {secret} x"), format!("CEF:0|a|b|c|d|e|1|{name}={secret} act=x"),
        ] {
            prop_assert!(!line(&text).contains(&secret[3..]), "{} became {}", text, line(&text));
        }
    }
}
