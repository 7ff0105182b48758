//! NULs around a line. A file that is truncated while its writer goes on where it was (`copytruncate`) begins with as many of them as it had bytes; a disk that
//! lost its power leaves some at the end; and some senders end what they send with one.

/// How many NULs these bytes begin with.
pub fn nuls(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| **byte == 0).count()
}

/// A line without the NULs and the blanks around it.
pub fn unpadded(line: &[u8]) -> &[u8] {
    let is_padding = |byte: &u8| *byte == 0 || byte.is_ascii_whitespace();
    let start = line.iter().position(|byte| !is_padding(byte)).unwrap_or(line.len());
    let end = line.iter().rposition(|byte| !is_padding(byte)).map_or(start, |last| last + 1);
    &line[start..end]
}
