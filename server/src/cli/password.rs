//! Asking for a password.

use anyhow::{Context, bail};
use std::io::BufRead;

/// More than any password that is accepted.
const MOST: u64 = 4096;

/// A new password: asked for twice on the terminal, or the first line of standard input.
pub(super) fn read_new(from_stdin: bool) -> anyhow::Result<String> {
    if from_stdin {
        return first_line(std::io::stdin().lock());
    }
    let ask = |prompt| rpassword::prompt_password(prompt).context("There is no terminal to ask for the password. Use --password-stdin.");
    let password = ask("New password: ")?;
    if password != ask("Once more: ")? {
        bail!("The two passwords differ. Nothing was changed; try again.");
    }
    Ok(password)
}

/// The line without its end, which may be LF or CR LF.
fn first_line(reader: impl BufRead) -> anyhow::Result<String> {
    let mut line = Vec::new();
    reader.take(MOST).read_until(b'\n', &mut line).context("The password cannot be read from standard input.")?;
    let line = line.strip_suffix(b"\n").unwrap_or(&line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.is_empty() {
        bail!("Standard input has no password on its first line. Nothing was changed.");
    }
    String::from_utf8(line.to_owned()).map_err(|_| anyhow::anyhow!("The password on standard input is not UTF-8. Nothing was changed."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_the_first_line_without_its_end() {
        for text in ["violet harbor 12", "violet harbor 12\n", "violet harbor 12\r\n", "violet harbor 12\nmore\n"] {
            assert_eq!(first_line(text.as_bytes()).expect("a password"), "violet harbor 12");
        }
        assert_eq!(first_line(" blanks stay \n".as_bytes()).expect("a password"), " blanks stay ");
    }

    #[test]
    fn no_password_and_no_text_are_told() {
        for (bytes, words) in [(&b""[..], "no password"), (b"\nviolet", "no password"), (b"\xff\xfe\n", "not UTF-8")] {
            assert!(first_line(bytes).expect_err("is refused").to_string().contains(words));
        }
    }
}
