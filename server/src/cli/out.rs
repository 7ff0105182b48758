//! What a command answers, on standard output.

use std::borrow::Cow;
use std::io::{self, ErrorKind, Write};

/// Lines for whoever called. Once the reader has gone (`vigia user list | head -1`), the rest is dropped without a word.
pub(crate) struct Out<W> {
    writer: W,
    gone: bool,
}

impl Out<io::Stdout> {
    pub(crate) fn stdout() -> Self {
        Self::new(io::stdout())
    }
}

impl<W: Write> Out<W> {
    pub(crate) fn new(writer: W) -> Self {
        Self { writer, gone: false }
    }

    /// Writes a line. What events, files and other systems say may be in it: whatever would move the cursor, colour or reorder the terminal
    /// is written out.
    pub(crate) fn line(&mut self, line: &str) -> io::Result<()> {
        if self.gone {
            return Ok(());
        }
        let line = plain(line, &['\n', '\t']);
        match writeln!(self.writer, "{line}").and_then(|()| self.writer.flush()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.gone = true;
                Ok(())
            }
            other => other,
        }
    }

    /// A table: columns as wide as their widest cell, two blanks apart.
    pub(crate) fn table<const N: usize>(&mut self, rows: &[[String; N]]) -> io::Result<()> {
        let rows: Vec<[Cow<'_, str>; N]> = rows.iter().map(|row| std::array::from_fn(|at| plain(&row[at], &[]))).collect();
        let widths: [usize; N] = std::array::from_fn(|at| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0));
        for row in &rows {
            let cells: Vec<_> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            self.line(cells.join("  ").trim_end())?;
        }
        Ok(())
    }
}

/// The text without what a terminal would obey, but for what is kept: as `\u{1b}` and the like, as JSON and Rust write it.
fn plain<'a>(text: &'a str, kept: &[char]) -> Cow<'a, str> {
    let obeyed = |one: char| (one.is_control() || matches!(one, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')) && !kept.contains(&one);
    if !text.contains(obeyed) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len() + 8);
    for one in text.chars() {
        if obeyed(one) { plain.extend(one.escape_default()) } else { plain.push(one) }
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fails(ErrorKind);

    impl Write for Fails {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_has_gone_is_no_error_but_a_full_disk_is() {
        let mut out = Out::new(Fails(ErrorKind::BrokenPipe));
        assert!(out.line("one").is_ok() && out.line("two").is_ok());
        assert_eq!(Out::new(Fails(ErrorKind::StorageFull)).line("one").map_err(|error| error.kind()), Err(ErrorKind::StorageFull));
    }

    #[test]
    fn what_others_have_written_does_not_reach_the_terminal_as_orders() {
        let mut text = Vec::new();
        let mut out = Out::new(&mut text);
        out.line("device \u{1b}]0;pwned\u{7} \u{9b}2J\r\u{202e}gpj.exe\n\tnext").expect("is written");
        out.table(&[["a\u{1b}[2K", "b"], ["c\nd", "\u{2066}"]].map(|row| row.map(str::to_owned))).expect("is written");
        assert_eq!(
            String::from_utf8(text).expect("text"),
            "device \\u{1b}]0;pwned\\u{7} \\u{9b}2J\\r\\u{202e}gpj.exe\n\tnext\na\\u{1b}[2K  b\nc\\nd        \\u{2066}\n"
        );
    }

    #[test]
    fn columns_of_a_table_stand_under_each_other() {
        let mut text = Vec::new();
        Out::new(&mut text).table(&[["ação", "b", ""], ["a", "bb", "c"]].map(|row| row.map(str::to_owned))).expect("is written");
        assert_eq!(String::from_utf8(text).expect("text"), "ação  b\na     bb  c\n");
    }
}
