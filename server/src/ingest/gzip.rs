//! Gzip as it lies on disks: several members one after the other, and zeros behind the last, which tapes and whole blocks leave there.

use flate2::bufread::GzDecoder;
use std::io::{self, BufRead, Read};

/// What the members hold, one after the other.
pub struct Members<R> {
    /// None at the end.
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> Members<R> {
    pub fn new(reader: R) -> Self {
        Self { member: Some(GzDecoder::new(reader)) }
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let read = member.read(out)?;
            if read > 0 || out.is_empty() {
                return Ok(read);
            }
            self.member = self.member.take().map(GzDecoder::into_inner).map(behind).transpose()?.flatten().map(GzDecoder::new);
        }
        Ok(0)
    }
}

/// The reader at the next member, unless there are only zeros.
fn behind<R: BufRead>(mut reader: R) -> io::Result<Option<R>> {
    loop {
        let bytes = reader.fill_buf()?;
        if bytes.is_empty() {
            return Ok(None);
        }
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        let ends = zeros < bytes.len();
        reader.consume(zeros);
        if ends {
            return Ok(Some(reader));
        }
    }
}
