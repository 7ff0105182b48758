//! Secrets that commands are given: an option that has no telling name (`sshpass -p`), or a place (`net user NAME PASSWORD`).

/// How a command is given a secret.
#[derive(Clone, Copy)]
pub(super) enum Given {
    /// Behind an option, with a blank or without one.
    Behind(&'static str),
    /// Behind an option, without a blank: with one, the option asks for it.
    Attached(&'static str),
    /// Behind a colon or a percent sign, behind an option: `-u user:password`.
    Pair(&'static str),
    /// As the word of this number behind the name, from 0, options and paths not counted.
    Word(usize),
    /// Between the `/` and the `@` of a word: `user/password@database`.
    Slash,
}

use super::value::looks_secret;
use Given::{Attached, Behind, Pair, Slash, Word};

/// A command by its name as it stands in a line, to which the blank belongs, and how it is given secrets.
pub(super) type Command = (&'static str, &'static [Given]);

pub(super) const COMMANDS: &[Command] = &[
    ("sshpass ", &[Attached("-p"), Behind("-p")]),
    ("mysql ", &[Attached("-p")]),
    ("mysqldump ", &[Attached("-p")]),
    ("mysqladmin ", &[Attached("-p")]),
    ("mariadb ", &[Attached("-p")]),
    ("mariadb-dump ", &[Attached("-p")]),
    ("redis-cli ", &[Behind("-a")]),
    ("mongo ", &[Behind("-p")]),
    ("mongosh ", &[Behind("-p")]),
    ("mongodump ", &[Behind("-p")]),
    ("ldapsearch ", &[Behind("-w")]),
    ("ldapmodify ", &[Behind("-w")]),
    ("ldapadd ", &[Behind("-w")]),
    ("ldapdelete ", &[Behind("-w")]),
    ("ldappasswd ", &[Behind("-w"), Behind("-s"), Behind("-a")]),
    ("curl ", &[Pair("-u"), Pair("--user"), Pair("--proxy-user"), Pair("-U")]),
    ("smbclient ", &[Pair("-U")]),
    ("rpcclient ", &[Pair("-U")]),
    ("plink ", &[Behind("-pw")]),
    ("pscp ", &[Behind("-pw")]),
    ("psftp ", &[Behind("-pw")]),
    ("docker login ", &[Behind("-p")]),
    ("podman login ", &[Behind("-p")]),
    ("helm registry login ", &[Behind("-p")]),
    ("oc login ", &[Behind("-p")]),
    ("az login ", &[Behind("-p")]),
    ("sqlcmd ", &[Behind("-P")]),
    ("bcp ", &[Behind("-P")]),
    ("xfreerdp ", &[Behind("/p:")]),
    ("rdesktop ", &[Behind("-p")]),
    ("ipmitool ", &[Behind("-P")]),
    ("snmpwalk ", &[Behind("-A"), Behind("-X"), Behind("-c")]),
    ("snmpget ", &[Behind("-A"), Behind("-X"), Behind("-c")]),
    ("psexec ", &[Behind("-p")]),
    ("wmic ", &[Behind("/password:")]),
    ("keytool ", &[Behind("-storepass"), Behind("-keypass")]),
    ("zip ", &[Behind("-P")]),
    ("unzip ", &[Behind("-P")]),
    ("7z ", &[Attached("-p")]),
    ("htpasswd ", &[Word(2)]),
    ("net user ", &[Word(1)]),
    ("net use ", &[Word(0)]),
    ("cmdkey ", &[Behind("/pass:")]),
    ("sqlplus ", &[Slash]),
    ("expdp ", &[Slash]),
    ("impdp ", &[Slash]),
    ("rman target ", &[Slash]),
];

/// So much of a command is looked at, in bytes.
const MAX_COMMAND: usize = 512;
/// Words of it that are looked at.
const MAX_WORDS: usize = 32;

/// The secret of the command whose name stands at `start..end`.
pub(super) fn secret(text: &str, start: usize, end: usize, (_, given): &Command) -> Option<(usize, usize)> {
    let before = start.checked_sub(1).map(|before| text.as_bytes()[before]);
    if before.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.') {
        return None;
    }
    let near = &text[..text.floor_char_boundary(end + MAX_COMMAND)];
    let words: Vec<_> = Words { text: near, at: end }.take(MAX_WORDS).collect();
    let mut plain = 0;
    for (number, (from, to)) in words.iter().copied().enumerate() {
        let this = &near[from..to];
        let next = words.get(number + 1).copied();
        let found =
            given.iter().find_map(|given| behind(near, *given, (from, to), next).or_else(|| placed(near, *given, (from, to), plain)));
        let found =
            found.filter(|(from, to)| from < to && !near[*from..*to].starts_with(super::MASKED) && !near[*from..*to].starts_with('$'));
        if found.is_some() {
            return found;
        }
        plain += usize::from(is_plain(this));
    }
    None
}

/// The secret that an option in this word gives, or the word after it.
fn behind(text: &str, given: Given, (from, to): (usize, usize), next: Option<(usize, usize)>) -> Option<(usize, usize)> {
    let this = &text[from..to];
    match given {
        Behind(option) if this == option => {
            next.filter(|(from, _)| !text[*from..].starts_with('-')).map(|(from, to)| unquoted(text, from, to))
        }
        // `-port` is not `-p` with a password.
        Behind(option) if option.len() == 2 && this.strip_prefix(option).is_none_or(|rest| !looks_secret(rest)) => None,
        Behind(option) | Attached(option) => {
            (this.len() > option.len() && this.starts_with(option)).then(|| unquoted(text, from + option.len(), to))
        }
        Pair(option) => {
            let (from, to) = if this == option { next? } else { (from + this.strip_prefix(option).map(|_| option.len())?, to) };
            let at = text[from..to].find([':', '%'])?;
            Some(unquoted(text, from + at + 1, to))
        }
        Word(_) | Slash => None,
    }
}

/// The secret that this word is, or has in it; `plain` words that are no options stand before it.
fn placed(text: &str, given: Given, (from, to): (usize, usize), plain: usize) -> Option<(usize, usize)> {
    let this = &text[from..to];
    match given {
        Word(place) => {
            let (from, to) = unquoted(text, from, to);
            (place == plain && is_plain(this) && looks_secret(&text[from..to])).then_some((from, to))
        }
        Slash => {
            let at = this.find('/').filter(|at| *at > 0)?;
            let end = this.rfind('@').filter(|end| *end > at)?;
            Some((from + at + 1, from + end))
        }
        Behind(_) | Attached(_) | Pair(_) => None,
    }
}

/// Whether a word is none of the options, paths and drives of a command.
fn is_plain(word: &str) -> bool {
    !(word.starts_with(['/', '-', '\\', '*']) || word.len() == 2 && word.ends_with(':'))
}

/// Without the quotes around it.
fn unquoted(text: &str, from: usize, to: usize) -> (usize, usize) {
    let word = &text[from..to];
    let begin = word.len() - word.trim_start_matches(['\\', '"', '\'']).len();
    let end = word.trim_end_matches(['\\', '"', '\'']).len();
    if begin < end { (from + begin, from + end) } else { (from, from) }
}

/// The words of a command: to the next blank outside of quotes, up to what ends the command.
struct Words<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for Words<'_> {
    type Item = (usize, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
        let from = self.at;
        if matches!(bytes.get(from)?, b'|' | b';' | b'\n' | b'&' | b'>' | b'<') {
            return None;
        }
        let mut quote = None;
        while let Some(byte) = bytes.get(self.at) {
            let next = bytes.get(self.at + 1);
            match byte {
                b'\'' | b'"' if quote == Some(*byte) => quote = None,
                b'\'' | b'"' if quote.is_some() => {}
                // The end of the text that the command stands in, as a member of JSON.
                b'\'' | b'"' if next.is_none_or(|next| next.is_ascii_whitespace() || b",;)}]".contains(next)) => break,
                b'\'' | b'"' => quote = Some(*byte),
                byte if quote.is_none() && byte.is_ascii_whitespace() => break,
                _ => {}
            }
            self.at += 1;
        }
        (from < self.at).then_some((from, self.at))
    }
}

/// The password that is written into `chpasswd`, which stands at `start`: `echo 'root:PASSWORD' | chpasswd`, or behind `<<<`.
pub(super) fn changed(text: &str, start: usize, end: usize) -> Option<(usize, usize)> {
    const NEAR: usize = 160;
    let after = &text[end..text.floor_char_boundary(end + NEAR)];
    let (from, to) = if let Some(at) = after.find("<<<") {
        Words { text: &text[..end + after.len()], at: end + at + 3 }.next()?
    } else {
        let begin = text.ceil_char_boundary(start.saturating_sub(NEAR));
        let before = text[begin..start].trim_end();
        let before = before.strip_suffix("sudo").unwrap_or(before).trim_end().strip_suffix('|')?.trim_end();
        (begin + before.rfind(char::is_whitespace).map_or(0, |at| at + 1), begin + before.len())
    };
    let colon = text[from..to].find(':')?;
    Some(unquoted(text, from + colon + 1, to)).filter(|(from, to)| from < to && !text[*from..*to].starts_with(super::MASKED))
}
