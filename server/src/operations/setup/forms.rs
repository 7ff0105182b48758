//! Forms that values of an event have to have before a connector is told them.

use super::hosts::{Host, Hosts, shown};
use vigia_app::words::Sentence;
use vigia_app::{sentence, text};

/// Longest name, in bytes.
const LONGEST: usize = 128;

/// What a value has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// A number from 1 to 65535.
    Port,
    /// See [`is_name`].
    Name,
    /// One of the connector's hosts.
    Host,
    /// One of these, to the letter.
    OneOf(Vec<String>),
}

impl Form {
    /// Words of the connectors file.
    pub const NAMES: [&'static str; 3] = ["port", "name", "host"];

    /// By the word of the connectors file.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Port, Self::Name, Self::Host].into_iter().zip(Self::NAMES).find_map(|(form, name)| (name == word).then_some(form))
    }

    /// Checks the value of a parameter.
    ///
    /// # Errors
    /// The parameter, what it is, and what would be right: a sentence.
    pub fn check(&self, connector: &str, parameter: &str, value: &str, hosts: Option<&Hosts>) -> Result<(), Sentence> {
        let right = match self {
            Self::Port if is_port(value) => return Ok(()),
            Self::Port => text!("connector.form.port"),
            Self::Name if is_name(value) => return Ok(()),
            Self::Name => text!("connector.form.name"),
            Self::Host => match hosts {
                Some(hosts) if Host::parse(value).is_some() => return hosts.check(connector, value),
                _ => text!("connector.form.host"),
            },
            Self::OneOf(known) if known.iter().any(|known| known == value) => return Ok(()),
            Self::OneOf(known) => {
                let known = known.join(", ");
                return Err(sentence!(
                    "connector.one-of",
                    connector = connector,
                    parameter = parameter,
                    value = shown(value),
                    known = known
                ));
            }
        };
        Err(sentence!("connector.form", connector = connector, parameter = parameter, value = shown(value), right = right))
    }
}

fn is_port(text: &str) -> bool {
    !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok()
}

/// Whether it can be nothing but a name, wherever it is put: up to 128 letters, digits and `_ . - @ $`, the first a letter, digit or `_`, and no
/// two dots together.
pub(super) fn is_name(text: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (1..=LONGEST).contains(&text.len())
        && text.bytes().next().is_some_and(word)
        && text.bytes().all(|byte| word(byte) || matches!(byte, b'.' | b'-' | b'@' | b'$'))
        && !text.contains("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_its_form_or_is_refused_with_what_would_be_right() {
        let hosts = Hosts::new(&["srv-*".to_owned()], None).expect("is sound");
        let one_of = Form::OneOf(vec!["prod".to_owned(), "test site".to_owned()]);
        let (long, longest) = ("a".repeat(129), "a".repeat(128));
        for (form, right, wrong) in [
            (
                Form::Port,
                &["1", "22", "65535"][..],
                &[
                    "",
                    "0",
                    "022",
                    "65536",
                    "99999999999",
                    "-1",
                    "+22",
                    "22 ",
                    " 22",
                    "22 -o ProxyCommand=x",
                    "5432,5433",
                    "\u{0662}\u{0662}",
                ][..],
            ),
            (
                Form::Name,
                &["app", "svc_db", "ana.lima", "ana@example.com", "SRV01$", "_x", "7", &longest],
                &[
                    "",
                    "-v",
                    ".",
                    "..",
                    "../x",
                    "a/b",
                    "a..b",
                    "a b",
                    "a\\b",
                    "a,ou=admins",
                    "a'b",
                    "$HOME",
                    "@file",
                    "{device}",
                    "a\n",
                    "\u{0430}pp",
                    &long,
                ],
            ),
            (Form::Host, &["srv-1", "SRV-1"], &["srv-1.evil.example", "evil", "srv-1/", "", "srv-1,evil"]),
            (one_of, &["prod", "test site"], &["", "Prod", "prod ", "test"]),
        ] {
            for value in right {
                assert_eq!(form.check("pg", "p", value, Some(&hosts)), Ok(()), "{form:?} {value}");
            }
            for value in wrong {
                let refused = form.check("pg", "p", value, Some(&hosts)).expect_err(value).to_string();
                assert!(refused.contains("pg") && (form == Form::Host || refused.contains(" p ")), "{refused}");
            }
        }
        let refused = |form: Form, value: &str| form.check("pg", "port", value, None).expect_err(value).to_string();
        insta::assert_debug_snapshot!([
            refused(Form::Port, "22 -o ProxyCommand=x"),
            refused(Form::Name, "../admin"),
            refused(Form::Host, "a b"),
            refused(Form::OneOf(vec!["a".to_owned(), "b".to_owned()]), "c"),
        ], @r#"
        [
            "The route to the connector pg takes the parameter port from the operation, which has \"22 -o ProxyCommand=x\" there. Expected: a number from 1 to 65535.",
            "The route to the connector pg takes the parameter port from the operation, which has \"../admin\" there. Expected: up to 128 letters, digits and _ . - @ $, with a letter, digit or _ at the start and no two dots together.",
            "The route to the connector pg takes the parameter port from the operation, which has \"a b\" there. Expected: one of the connector's hosts.",
            "The route to the connector pg takes the parameter port from the operation, which has \"c\" there. Expected is one of: a, b.",
        ]
        "#);
    }
}
