//! What a command answers, on standard output.

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

    pub(crate) fn line(&mut self, line: &str) -> io::Result<()> {
        if self.gone {
            return Ok(());
        }
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
        let widths: [usize; N] = std::array::from_fn(|at| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0));
        for row in rows {
            let cells: Vec<_> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            self.line(cells.join("  ").trim_end())?;
        }
        Ok(())
    }
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
    fn columns_of_a_table_stand_under_each_other() {
        let mut text = Vec::new();
        Out::new(&mut text).table(&[["ação", "b", ""], ["a", "bb", "c"]].map(|row| row.map(str::to_owned))).expect("is written");
        assert_eq!(String::from_utf8(text).expect("text"), "ação  b\na     bb  c\n");
    }
}
