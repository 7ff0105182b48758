use super::*;
use flate2::{Compression, write::GzEncoder};
use std::io::Write as _;

fn read(bytes: &[u8]) -> Vec<(u64, Result<String, NoText>)> {
    let mut lines = Lines::new(decompress(bytes).expect("opens"));
    let mut all = Vec::new();
    while let Some((number, line)) = lines.next_line().expect("reads") {
        all.push((number, line.map(str::to_owned)));
    }
    all
}

fn texts(lines: &[&str]) -> Vec<(u64, Result<String, NoText>)> {
    lines.iter().zip(1..).map(|(line, number)| (number, Ok((*line).to_owned()))).collect()
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(text).expect("packs");
    packed.finish().expect("packs")
}

#[test]
fn lines_end_in_lf_or_crlf_or_with_the_stream() {
    assert_eq!(read(b"a\r\n\nb\nc"), texts(&["a", "", "b", "c"]));
    assert_eq!(read(b""), []);
    assert_eq!(read(b"\n"), texts(&[""]));
}

#[test]
fn a_byte_order_mark_is_dropped_at_the_start_only() {
    assert_eq!(read(b"\xef\xbb\xbfa\n\xef\xbb\xbfb"), texts(&["a", "\u{feff}b"]));
}

#[test]
fn nuls_around_a_line_are_dropped_however_many_they_are() {
    assert_eq!(read(b"\0\0a\n\0\xc3\xa9\0\0\r\nb\n\0\0"), texts(&["a", "\u{e9}", "b"]));
    let padding = io::repeat(0).take(2 * MAX_LINE as u64);
    let mut lines = Lines::new(BufReader::new(padding.chain(&b"a\n"[..])));
    assert_eq!(lines.next_line().expect("reads"), Some((1, Ok("a"))));
}

#[test]
fn gzip_of_several_members_reads_like_plain_text() {
    let mut packed = gzip(b"a\nb");
    packed.extend(gzip(b"c\nd\n"));
    assert_eq!(read(&packed), texts(&["a", "bc", "d"]));
}

#[test]
fn gzip_that_breaks_off_is_an_error_after_the_lines_before() {
    let whole = gzip("line\n".repeat(10_000).as_bytes());
    let mut lines = Lines::new(decompress(&whole[..whole.len() - 9]).expect("opens"));
    let error = loop {
        match lines.next_line() {
            Ok(Some((_, line))) => assert_eq!(line, Ok("line")),
            Ok(None) => panic!("the stream is not whole"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
}

#[test]
fn a_line_that_is_no_text_does_not_end_the_stream() {
    assert_eq!(
        read(b"a\n\xff\xfe\nb\0c\nd"),
        [(1, Ok("a".to_owned())), (2, Err(NoText::NotUtf8)), (3, Err(NoText::Nul)), (4, Ok("d".to_owned()))]
    );
}

#[test]
fn a_line_of_50_mb_is_skipped_and_never_kept() {
    let long = io::repeat(b'x').take(50_000_000);
    let stream = b"a\n".chain(long).chain(&b"\nb\n"[..]);
    let mut lines = Lines::new(BufReader::new(stream));
    assert_eq!(lines.next_line().expect("reads"), Some((1, Ok("a"))));
    assert_eq!(lines.next_line().expect("reads"), Some((2, Err(NoText::TooLong))));
    assert!(lines.line.capacity() <= 4 * MAX_LINE, "{} bytes are held", lines.line.capacity());
    assert_eq!(lines.next_line().expect("reads"), Some((3, Ok("b"))));
    assert!(lines.line.capacity() <= KEEP, "the room of the long line was given back");
    assert_eq!(lines.next_line().expect("reads"), None);
}

#[test]
fn the_longest_line_that_is_read_has_16_mib() {
    for (length, fits) in [(MAX_LINE, true), (MAX_LINE + 1, false), (MAX_LINE + 2, false), (MAX_LINE + 3, false)] {
        for end in ["\n", "\r\n", ""] {
            let mut stream = vec![b'x'; length];
            stream.extend(end.as_bytes());
            if !end.is_empty() {
                stream.extend(b"after");
            }
            let mut lines = Lines::new(&stream[..]);
            let (_, line) = lines.next_line().expect("reads").expect("a line");
            assert_eq!(line.is_ok(), fits, "{length} bytes and {end:?}");
            let after = lines.next_line().expect("reads");
            assert_eq!(after, (!end.is_empty()).then_some((2, Ok("after"))), "{length} bytes and {end:?}");
        }
    }
}

#[test]
fn zeros_behind_gzip_are_padding_and_anything_else_is_not() {
    let mut packed = gzip(b"a\n");
    packed.extend([0; 3]);
    packed.extend(gzip(b"b\n"));
    packed.extend(vec![0; 600_000]);
    assert_eq!(read(&packed), texts(&["a", "b"]));
    packed.push(7);
    let mut lines = Lines::new(decompress(&packed[..]).expect("opens"));
    assert_eq!(lines.next_line().expect("reads"), Some((1, Ok("a"))));
    assert_eq!(lines.next_line().expect("reads"), Some((2, Ok("b"))));
    lines.next_line().expect_err("what stands behind the padding is not gzip");
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn utf16_reads_like_utf8_with_its_mark_or_without() {
    for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        let marked = utf16("\u{feff}José\r\n日本 😀\n", bytes);
        assert_eq!(read(&marked), texts(&["José", "日本 😀"]));
        assert_eq!(read(&utf16("user=\"José\"\r\nb\n", bytes)), texts(&["user=\"José\"", "b"]));
        assert_eq!(read(&gzip(&marked)), texts(&["José", "日本 😀"]));
        let long = "José Ávila\n".repeat(20_000);
        assert_eq!(read(&utf16(&long, bytes)), texts(&vec!["José Ávila"; 20_000]), "cut anywhere");
    }
}

#[test]
fn half_a_character_of_utf16_is_no_text() {
    let mut halved = utf16("abcdefgh\n", u16::to_le_bytes);
    halved.extend(0xd800_u16.to_le_bytes());
    halved.extend(utf16("\nc\n", u16::to_le_bytes));
    assert_eq!(read(&halved), [(1, Ok("abcdefgh".to_owned())), (2, Err(NoText::NotUtf8)), (3, Ok("c".to_owned()))]);
}
