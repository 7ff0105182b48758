//! Realistic texts with a secret, and realistic texts without one: how many are masked is counted.
//!
//! What is between `«` and `»` must not stay. The texts are made up, in the forms that systems and people write.

use super::super::line;

/// Most texts of [`SECRETS`] whose secret may stay. None of them may be a secret of Vigia's.
const MOST_KEPT: usize = 2;
/// Most texts of [`HARMLESS`] in which something may be masked.
const MOST_MASKED: usize = 2;

const SECRETS: &[&str] = &[
    // Fields.
    "password=«hunter2»",
    "user=ana password=«hunter2» host=db",
    "Password: «Summer2026!»",
    "password: «letmeinplease»",
    "pass: «s3cr3t»",
    "PWD=«S3cr3t!»;Server=db-1",
    "Server=db;User Id=sa;Password=«P@ss;w0rd»",
    "newPassword='«it''s 1»'",
    "DBPASS=«hunter2»",
    "MYSQL_PWD=«hunter2» mysqldump all",
    "export PGPASSWORD=«hunter2»; psql",
    "rootpw=«hunter2»",
    "db.pass = «hunter2»",
    "spring.datasource.password=«hunter2»",
    "ansible_become_pass: «hunter2»",
    "userPassword:: «aHVudGVyMg==»",
    "otp=«493021»",
    "pin=«4711»",
    "client_secret=«8Q~abcdef0123456789»",
    "api-key: «0a1b2c3d4e5f»",
    "X-Api-Key: «0a1b2c3d4e5f6071»",
    "X-Auth-Token: «gAAAAABk12345678»",
    "Set-Cookie: sid=«0a1b2c3d4e5f»; Path=/",
    "Proxy-Authorization: Basic «dXNlcjpwYXNz»",
    "Authorization: ApiKey «aGVsbG86d29ybGQ=»",
    "authorization=Bearer «abc123.def456»",
    "AccountName=logs;AccountKey=«Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq==»;EndpointSuffix=core.windows.net",
    "Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=«kL0aBcDeFgHiJkLmNoPq=»",
    "https://x.blob.core.windows.net/c/f?sv=2024-01-01&sig=«aBcD%2FeFgH%3D»&se=2026",
    "https://b.s3.amazonaws.com/k?X-Amz-Expires=60&X-Amz-Signature=«0123456789abcdef0123456789abcdef»",
    "aws_secret_access_key = «wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»",
    "wifi psk=«correct-horse-1»",
    "unseal key: «Zm9vYmFyYmF6cXV4MTIzNDU2»",
    "passphrase='«correct horse battery staple»'",
    "user[password]=«hunter2»&commit=1",
    "passwords[]=«hunter2»",
    // Other languages.
    "senha=«segredo123»",
    "Senha: «Verao2026»",
    "nova_senha=«Verao2026»",
    "novaSenha: '«Verao2026»'",
    "senhaAtual=«Inverno2025»",
    "contraseña=«Verano2026»",
    "CONTRASEÑA: «Verano2026»",
    "contrasena_nueva=«Verano2026»",
    "clave=«Verano2026»",
    "palavra-passe: «Verao2026»",
    "A senha é «Verao2026!»",
    "La contraseña es «Verano2026!»",
    "mot de passe: «Ete2026!»",
    "mdp=«Ete2026»",
    "Passwort: «Sommer2026»",
    "Kennwort=«Sommer2026»",
    // JSON.
    r#"{"password":"«hunter2»"}"#,
    r#"{"user":"ana","newPassword" : "«hun\"ter2»"}"#,
    r#"{"credentials":{"secret":{"v":"«hunter2»"}}}"#,
    r#"{"tokens":["«abc»","«def»"]}"#,
    r#"{"name":"password","value":"«hunter2»"}"#,
    r#"{"key":"db_password","type":"string","value":"«hunter2»"}"#,
    r#"{"args":["login","--password","«hunter2»"]}"#,
    r#"{"argv":["mysql","--password=«hunter2»"]}"#,
    r#"{"body":"{\"password\":\"«hunter2»\"}"}"#,
    r#"{"a":"{\"b\":\"{\\\"password\\\":\\\"«hunter2»\\\"}\"}"}"#,
    r#"{"msg":"\u0022password\u0022:\u0022«hunter2»\u0022"}"#,
    r#"{"msg":"\\u0022password\\u0022:\\u0022«hunter2»\\u0022"}"#,
    r#"{"msg":"\u003cpassword\u003e«hunter2»\u003c/password\u003e"}"#,
    r#"{"msg":"p\u0061ssword=«hunter2»"}"#,
    r#"{"url":"postgres:\/\/root:«hunter2»@db\/erp"}"#,
    r#"{"contrase\u00f1a":"«hunter2»"}"#,
    r#"{"data":"password\u003d«hunter2»\u0026user=ana"}"#,
    r#"{"msg":"login password '«Hunter2x»' refused"}"#,
    // XML.
    "<password>«hunter2»</password>",
    "<wsse:Password Type=\"x\">«hunter2»</wsse:Password>",
    r#"<user name="ana" password="«hunter2»"/>"#,
    r#"<add key="DbPassword" value="«hunter2»"/>"#,
    r#"<param name="password">«hunter2»</param>"#,
    "&lt;password&gt;«hunter2»&lt;/password&gt;",
    "{&quot;password&quot;:&quot;«hunter2»&quot;}",
    "&#34;password&#34;:&#34;«hunter2»&#34;",
    // Addresses.
    "postgres://root:«hunter2»@db:5432/erp",
    "mongodb+srv://app:«p%40ss»@cluster0.example.net",
    "redis://:«hunter2»@cache:6379",
    "https://x-access-token:«ghs_0123456789abcdefghijABCDEFGHIJ»@github.com/x/y",
    "amqps://svc:«hunter2»@mq",
    "ldap://cn=admin:«hunter2»@ldap",
    "jdbc:sqlserver://db;user=sa;password=«hunter2»;encrypt=true",
    "jdbc:mysql://db/x?user=a&password=«hunter2»",
    "GET /login?user=ana&password=«hunter2» HTTP/1.1",
    "GET /login?q=%7B%22password%22%3A%22«hunter2»%22%7D HTTP/1.1",
    "redirect=/cb?x=1%26token%3D«abc123def»",
    "next=%2Flogin%3Fpassword%253D«hunter2»",
    "otpauth://totp/Vault:ana?secret=«JBSWY3DPEHPK3PXP»&issuer=Vault",
    "https://hooks.slack.com/services/«T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX»",
    "https://discord.com/api/webhooks/«123456789012345678/AbCdEfGhIjKlMnOpQrStUvWx»",
    "https://acme.webhook.office.com/«webhookb2/0a1b2c3d-0000@tenant/IncomingWebhook/abc/def»",
    "https://api.telegram.org/bot«123456789:AAFabcdefghijklmnopqrstuvw»/sendMessage",
    r#"{"hook":"https:\/\/hooks.slack.com\/services\/«T00000000\/B00000000\/XXXXXXXX»"}"#,
    // Tokens.
    "token vigia_«0123456789abcdefghijABCDEFGHIJ0123456789»",
    "ticket vigiat_«0123456789abcdefghijABCDEFGH»",
    "signed with whsec_«MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw/+1=»",
    r#"{"t":"vigia_«0123456789abcdefghijABCDEFGHIJ0123456789»"}"#,
    "key whsec_«MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw» refused",
    "hvs.«CAESIJabcdefghijklmnop»",
    "s.«0123456789abcdefABCDEFGH»",
    "AKIA«IOSFODNN7EXAMPLE»",
    "glpat-«abcdefghij0123456789»",
    "github_pat_«11ABCDEFG0abcdefghijkl_0123456789»",
    "xoxb-«123456789012-abcdef»",
    "npm_«abcdefghijklmnopqrstuvwxyz0123456789»",
    "pypi-«AgEIcHlwaS5vcmcCJDAwMDAwMDAwLTAwMDAtMDAwMA»",
    "eyJhbGciOiJIUzI1NiJ9.«eyJzdWIiOiIxIn0.c2lnbmF0dXJl»",
    "AGE-SECRET-KEY-1«QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ»",
    "-----BEGIN OPENSSH PRIVATE KEY-----\\n«b3BlbnNzaC1rZXktdjEAAAAA»\\n-----END OPENSSH PRIVATE KEY-----",
    // Hashes.
    "root:$6$«saltsalt$0123456789abcdefghijklmnopqrstuvwxyz./»:19000:0:99999:7:::",
    "hash $2b$12$«KIXabcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMN»",
    "$y$j9T$«abcdefghijkl$0123456789abcdefghijklmnopqr»",
    "userPassword: {SSHA}«0123456789abcdefghijklmnopqrst==»",
    "Administrator:500:aad3b435b51404eeaad3b435b51404ee:«31d6cfe0d16ae931b73c59d7e0c089c0»:::",
    "$argon2id$v=19$m=19456,t=2,p=1$«c2FsdHNhbHQ$0123456789abcdef»",
    // SQL.
    "ALTER USER app IDENTIFIED BY '«hunter2»'",
    "alter user app identified by «hunter2» account unlock",
    "CREATE USER 'a'@'%' IDENTIFIED BY \"«hunter2»\"",
    "ALTER ROLE app WITH LOGIN PASSWORD '«hunter2»'",
    "CREATE LOGIN app WITH PASSWORD = '«hunter2»', CHECK_POLICY = OFF",
    "SET PASSWORD FOR 'a'@'%' = PASSWORD('«hunter2»')",
    "ALTER USER app IDENTIFIED BY VALUES '«S:0123456789ABCDEF»'",
    // Commands.
    "mysql -u root -p«hunter2» erp",
    "mysqldump -h db -uroot -p'«hun ter2»' erp > x",
    "sshpass -p «hunter2» ssh root@db-1",
    "sshpass -p'«hun ter»' ssh db-1",
    "tool --password «hunter2» --user ana",
    "vault login -token «abc123def456»",
    "vigia user add ana --password '«correct horse»'",
    "curl -u ana:«hunter2» https://x",
    "curl --user 'ana:«hun ter2»' https://x",
    "echo 'root:«hunter2»' | chpasswd",
    "echo root:«hunter2» | sudo chpasswd",
    "chpasswd <<< 'root:«hunter2»'",
    "net user bob «Passw0rd!» /add",
    r"net use \\srv\share «Passw0rd!» /user:bob",
    "redis-cli -h cache -a «hunter2» ping",
    "ldapsearch -x -D cn=admin -w «hunter2» -b dc=x",
    "plink -ssh root@db -pw «hunter2» uptime",
    "docker login -u ci -p «hunter2» registry.example",
    "smbclient //srv/x -U 'bob%«hunter2»'",
    "xfreerdp /u:bob /p:«hunter2» /v:srv",
    "sqlplus scott/«tiger1»@orcl @x.sql",
    "$p = ConvertTo-SecureString \"«hunter2»\" -AsPlainText -Force",
    "psql 'host=db password=«hunter2» user=a'",
    // Network gear.
    "enable secret 5 «$1$mERr$hx5rVt7rPNoS4wqbXKX7m0»",
    "username ana privilege 15 password 7 «0822455D0A16»",
    "set password ENC «SH2nlSm9QL9tapcHPXIqAXvX7vBJuuqu22hpa0JX0sBuKIo7z2g0Kz»",
    // Sentences, and logs of products.
    "The password is «Summer2026!»",
    "changed the password to «Summer2026!» for ana",
    "temporary password «Xk9!mQ2z» sent to bob",
    "CEF:0|V|P|1|2|Changed|3|act=x newPassword=«correct horse battery» suser=ana",
    "CEF:0|V|P|1|2|Changed|3|cs2=«correct horse» cs2Label=Root Password suser=ana",
    "LEEF:2.0|V|P|1|2|^|pwd=«a b»^user=ana",
    r#"WAB: [wabaudit] action="add" password="«hunter "2"»" user="ana""#,
];

const HARMLESS: &[&str] = &[
    "Password authentication failed for user \"app1\"",
    "pq: password authentication failed for user app1 from 10.0.0.7",
    "The password has expired and must be changed",
    "password: expired",
    "Password verification failed: account locked",
    "User ana changed the password of db-1.example",
    "Changed password for CHG0031337 on 2026-11-22",
    "Password viewed by ana, reason: restart of the listener",
    "Retrieve password: approved by bob",
    "Forgot the password: need to reset it before the token expires",
    "Password rotation of srv-db-12 finished in 12s",
    "Password change failed on app01.example.com: timeout",
    "password policy v2 applied",
    "password reset requested for ana@example.com",
    "token renewed for service-account-7",
    "Token lookup by accessor 8609694a-cdbc-db9b-d345-e782dbb562ed",
    "secret/data/app1/db read",
    "Secret 42 was copied from folder /Linux/prod",
    "cookie policy accepted, token gesture, secret santa",
    "basic authentication is off, bearer of bad news",
    "the pin: blue, spinning=yes, bypass=on, mapping=x",
    "COMPASS=north bypass=1 compass=2",
    "Authorization: required",
    "authorization: granted by the manager on duty",
    "ssh -p 2222 root@db-1",
    "docker run -p 8080:80 nginx",
    "mysql -h db -u root -p",
    "mysql -P 3306 -u root",
    "curl -u ana https://x.example",
    "net user bob /active:no",
    "identified by its serial number",
    "https://db.example:5432/x?a=b&c=%20d",
    "https://example.com/user:name/@home",
    "mailto:ana@example.com",
    "100% of users & admins, a\\b\\c, C:\\users\\ana",
    "{\"password\":null,\"user\":\"ana\"}",
    "{\"password_changed\":true,\"token_type\":\"service\",\"token_ttl\":3600}",
    "{\"passwordPolicy\":\"strong\",\"secretName\":\"db\"}",
    "CEF:0|MT4|Segura|4|164|PASSWORD VIEW|5|suser=ana dhost=db-1 msg=Password of root viewed",
    "CEF:0|Cyber-Ark|Vault|12|295|Retrieve password|5|act=Retrieve password suser=ana reason=(Action: Show Password)CHG0031337",
    "WAB: [wabaudit] action=\"list\" type=\"Account password\" object=\"root@db-1\"",
    "Item Name: Root Password (Item Id: 12) Container Name: Servers",
    "CPM Verify Password Failed, Code: 2101",
    "price is $1 or $5, $6 at most",
    "La contraseña ha caducado",
    "A senha expirou e deve ser trocada",
    "clave primaria de la tabla",
    "o segredo do sucesso",
    "vigia_events_total 12",
    "sk-learn and hf_hub are packages",
    "bot detected at api.example.org/bots",
    "view password of root on db-2 for 15 minutes",
    "Password 'Root on db-1' viewed",
    "enable password encryption",
    "password age 45 days",
    "password is too short",
    "password was set by admin",
    "password changed to comply with policy",
    "passwords of 12 accounts rotated",
    "pass 3 of 5 done",
];

#[track_caller]
fn kept(text: &str) -> Option<String> {
    let secrets: Vec<_> = text.split('«').skip(1).filter_map(|rest| rest.split('»').next()).collect();
    assert!(!secrets.is_empty(), "{text} has no secret marked");
    let plain = text.replace(['«', '»'], "");
    let masked = line(&plain);
    secrets.iter().any(|secret| masked.contains(secret)).then(|| format!("{plain}\n    is kept as {masked}"))
}

#[test]
fn nearly_no_secret_stays_however_it_is_written() {
    let stay: Vec<_> = SECRETS.iter().filter_map(|text| kept(text)).collect();
    let told = format!("{} of {} stay:\n{}", stay.len(), SECRETS.len(), stay.join("\n"));
    assert!(
        SECRETS.len() >= 150 && stay.len() <= MOST_KEPT && !stay.iter().any(|text| text.contains("vigia") || text.contains("whsec")),
        "{told}"
    );
}

#[test]
fn what_is_no_secret_stays() {
    let masked: Vec<_> = HARMLESS.iter().map(|text| (text, line(text))).filter(|(text, masked)| *text != masked).collect();
    assert!(masked.len() <= MOST_MASKED, "{} of {}: {masked:#?}", masked.len(), HARMLESS.len());
}

#[test]
fn a_masked_text_is_masked_to_itself() {
    for text in SECRETS {
        let masked = line(&text.replace(['«', '»'], "")).into_owned();
        assert_eq!(line(&masked), masked, "{text}");
    }
}
