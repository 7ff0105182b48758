//! Bytes that are asked for in ranges, held against the file itself.

use super::*;

/// More than ten pieces, and no whole number of them.
const SIZE: usize = 3_000_017;

#[tokio::test]
async fn a_thousand_ranges_are_what_the_file_has_there() {
    let (kept, mut random) = (Kept::new(SIZE), random(1));
    for _ in 0..1000 {
        let first = random.random_range(0..SIZE);
        let length = if random.random_bool(0.2) { SIZE } else { random.random_range(1..600_000) };
        let end = SIZE.min(first + length);
        // Each range is asked for in one of the ways it can be written.
        let range = match random.random_range(0..3) {
            0 if end == SIZE => format!("bytes={first}-"),
            1 if end == SIZE => format!("bytes=-{}", SIZE - first),
            _ => format!("bytes={first}-{}", first + length - 1),
        };
        let answer = kept.get(&[("range", &range)]).await;
        assert_eq!(answer.status, StatusCode::PARTIAL_CONTENT, "{range}");
        assert_eq!(answer.header("content-range"), format!("bytes {first}-{}/{SIZE}", end - 1), "{range}");
        assert_eq!(answer.header("content-length"), (end - first).to_string(), "{range}");
        assert!(answer.body == kept.bytes[first..end], "{range}");
        assert_eq!(answer.ended, [Ended { sent: (end - first) as u64, complete: true }], "{range}");
    }
}

#[tokio::test]
async fn a_download_that_breaks_off_a_thousand_times_goes_on_where_it_was() {
    let (kept, mut random) = (Kept::new(SIZE), random(2));
    let tag = kept.etag();
    let (mut have, mut resumed) = (Vec::new(), 0);
    while resumed < 1000 {
        let range = format!("bytes={}-", have.len());
        let validator = if resumed % 2 == 0 { tag.as_str() } else { THEN };
        let ended = Arc::default();
        let sending = Sending { source: kept.source().await, speed: None, ended: noted(&ended), guard: None };
        let headers = written(&[("range", &range), ("if-range", validator)]);
        let response = respond(&kept.download, sending, &Method::GET, &headers).await.expect("is read");
        assert_eq!(response.status(), StatusCode::PARTIAL_CONTENT);
        assert_eq!(response.headers()["etag"], tag);
        assert_eq!(response.headers()["last-modified"], THEN, "a client may hold it against what it had");
        // The client goes away in the middle of a piece: what it has of it stays.
        let (mut frames, mut patience) = (response.into_body().into_data_stream(), random.random_range(1..400_000));
        while patience > 0 {
            let Some(piece) = frames.next().await else { break };
            let piece = piece.expect("is read");
            let kept = piece.len().min(patience);
            have.extend_from_slice(&piece[..kept]);
            patience -= kept;
        }
        drop(frames);
        assert_eq!(ended.lock().expect("a lock").len(), 1);
        resumed += 1;
        assert!(have == kept.bytes[..have.len()]);
        if have.len() == SIZE {
            have.truncate(random.random_range(0..SIZE));
        }
    }
}

#[tokio::test]
async fn who_has_the_beginning_of_another_file_gets_the_whole() {
    let kept = Kept::new(1000);
    let weak = format!("W/{}", kept.etag());
    for validator in ["\"another\"", &weak, "Sun, 22 Nov 2026 14:03:28 GMT", "Sun, 22 Nov 2026 14:03:26 GMT", "nonsense"] {
        for range in ["bytes=500-", "bytes=5000-"] {
            let answer = kept.get(&[("range", range), ("if-range", validator)]).await;
            assert_eq!(answer.status, StatusCode::OK, "{validator}");
            assert!(answer.body == kept.bytes, "{validator}");
        }
    }
}

/// Takes a `multipart/byteranges` apart as a client would: its parts' types, ranges and bytes.
fn apart(answer: &Answer) -> Vec<(String, Vec<u8>)> {
    let boundary = answer.header("content-type").strip_prefix("multipart/byteranges; boundary=").expect("several parts");
    assert!(!boundary.is_empty() && boundary.len() <= 70, "{boundary}");
    let delimiter = format!("\r\n--{boundary}");
    // The first delimiter may do without the line's end before it.
    let body = [b"\r\n", &answer.body[..]].concat();
    let at: Vec<usize> = memchr::memmem::find_iter(&body, &delimiter).collect();
    assert_eq!(at.first(), Some(&0));
    assert_eq!(&body[at[at.len() - 1]..], format!("{delimiter}--\r\n").as_bytes());
    let part = |ends: &[usize]| {
        let part = &body[ends[0] + delimiter.len()..ends[1]];
        let end = memchr::memmem::find(part, b"\r\n\r\n").expect("headers");
        (String::from_utf8(part[..end].to_vec()).expect("text"), part[end + 4..].to_vec())
    };
    at.windows(2).map(part).collect()
}

#[tokio::test]
async fn several_ranges_come_back_as_parts() {
    let (kept, mut random) = (Kept::new(SIZE), random(3));
    for _ in 0..100 {
        // Apart from one another, in any order.
        let mut slots: Vec<usize> = (0..100).collect();
        (0..slots.len()).for_each(|at| slots.swap(at, random.random_range(0..100)));
        let count = random.random_range(2..=16);
        let ranges: Vec<Range<usize>> =
            slots[..count].iter().map(|slot| slot * 30_000).map(|at| at..at + random.random_range(1..29_999)).collect();
        let specs: Vec<String> = ranges.iter().map(|range| format!("{}-{}", range.start, range.end - 1)).collect();
        let answer = kept.get(&[("range", &format!("bytes={}", specs.join(", ")))]).await;
        assert_eq!(answer.status, StatusCode::PARTIAL_CONTENT);
        assert_eq!(answer.header("content-length"), answer.body.len().to_string());
        assert!(answer.header("content-range").is_empty(), "it is in the parts");
        let sent = ranges.iter().map(ExactSizeIterator::len).sum::<usize>() as u64;
        assert_eq!(answer.ended, [Ended { sent, complete: true }]);
        let parts = apart(&answer);
        assert_eq!(parts.len(), count);
        for ((head, bytes), range) in parts.iter().zip(&ranges) {
            let range_said = format!("Content-Range: bytes {}-{}/{SIZE}", range.start, range.end - 1);
            assert_eq!(head.trim(), format!("Content-Type: application/zstd\r\n{range_said}"));
            assert!(*bytes == kept.bytes[range.clone()]);
        }
    }
}

#[tokio::test]
async fn several_ranges_that_are_one_come_back_as_one() {
    let kept = Kept::new(1000);
    for range in ["bytes=0-99,100-199,50-149", "bytes=100-199,0-120", "bytes=0-199,5000-"] {
        let answer = kept.get(&[("range", range)]).await;
        assert_eq!((answer.status, answer.header("content-range")), (StatusCode::PARTIAL_CONTENT, "bytes 0-199/1000"), "{range}");
        assert_eq!(answer.header("content-type"), "application/zstd");
        assert!(answer.body == kept.bytes[..200]);
    }
}
