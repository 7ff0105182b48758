//! How a download can end, and that it is told once.

use super::*;
use crate::http::download::{Guard, May};
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const LARGE: u64 = 1 << 40;

fn told(ended: &Arc<Mutex<Vec<Ended>>>) -> Vec<Ended> {
    ended.lock().expect("a lock").clone()
}

async fn begun(source: MadeUp, speed: Option<u64>, size: u64, range: &str) -> (Response<Body>, Arc<Mutex<Vec<Ended>>>) {
    let (response, ended) = tried(source, speed, size, range).await;
    (response.expect("is read"), ended)
}

async fn tried(source: MadeUp, speed: Option<u64>, size: u64, range: &str) -> (io::Result<Response<Body>>, Arc<Mutex<Vec<Ended>>>) {
    let ended = Arc::default();
    let sending = Sending { source: Arc::new(source), speed: speed.and_then(NonZeroU64::new), ended: noted(&ended), guard: None };
    let response = respond(&described(size, [1; 32]), sending, &Method::GET, &written(&[("range", range)])).await;
    (response, ended)
}

#[tokio::test]
async fn who_has_all_bytes_need_not_ask_whether_there_are_more() {
    let (response, ended) = begun(MadeUp::default(), None, 3 * PIECE, "").await;
    let mut pieces = response.into_body().into_data_stream();
    for _ in 0..3 {
        assert!(told(&ended).is_empty());
        pieces.next().await.expect("is there").expect("is read");
    }
    drop(pieces);
    assert_eq!(told(&ended), [Ended { sent: 3 * PIECE, complete: true }]);
}

#[tokio::test]
async fn who_goes_away_is_told_of_once() {
    for pieces_read in [0, 1, 5] {
        let (response, ended) = begun(MadeUp::default(), None, LARGE, "").await;
        let mut pieces = response.into_body().into_data_stream();
        for _ in 0..pieces_read {
            pieces.next().await.expect("is there").expect("is read");
        }
        drop(pieces);
        assert_eq!(told(&ended), [Ended { sent: pieces_read * PIECE, complete: false }]);
    }
}

#[tokio::test]
async fn several_ranges_are_complete_with_what_stands_behind_the_last() {
    let (response, ended) = begun(MadeUp::default(), None, LARGE, "bytes=0-9,20-29").await;
    let mut pieces = response.into_body().into_data_stream();
    // Head and bytes, twice.
    for _ in 0..4 {
        pieces.next().await.expect("is there").expect("is read");
    }
    drop(pieces);
    assert_eq!(told(&ended), [Ended { sent: 20, complete: false }]);
}

#[tokio::test]
async fn what_cannot_be_read_to_its_end_ends_with_an_error() {
    for (failure, said) in [
        (Failure::Error, "the disk is gone"),
        (Failure::TooFew, "the file ends 8192 bytes too early"),
        (Failure::TooMany, "more bytes were read than were asked for"),
    ] {
        let (response, ended) = begun(MadeUp::failing(2, failure), None, 10 * PIECE, "").await;
        assert_eq!(response.status(), StatusCode::OK);
        let mut pieces = response.into_body().into_data_stream();
        for _ in 0..2 {
            pieces.next().await.expect("is there").expect("is read");
        }
        let error = pieces.next().await.expect("is there").expect_err("breaks off");
        assert!(error.to_string().contains(said), "{error}");
        assert!(pieces.next().await.is_none());
        drop(pieces);
        assert_eq!(told(&ended), [Ended { sent: 2 * PIECE, complete: false }]);
    }
}

#[tokio::test]
async fn of_what_cannot_be_read_at_all_nothing_is_said() {
    for range in ["", "bytes=5-", "bytes=0-9,20-29"] {
        let (response, ended) = tried(MadeUp::failing(0, Failure::AtOnce), None, 10 * PIECE, range).await;
        assert_eq!(response.expect_err("there is no answer").to_string(), "the disk is gone");
        assert_eq!(told(&ended), [Ended { sent: 0, complete: false }]);
    }
}

#[tokio::test]
async fn no_more_is_read_than_is_taken() {
    let source = MadeUp::default();
    let read = Arc::clone(&source.read);
    let (response, _ended) = begun(source, None, LARGE, "").await;
    let mut pieces = response.into_body().into_data_stream();
    for taken in 1..=1000 {
        assert_eq!(pieces.next().await.expect("is there").expect("is read").len() as u64, PIECE);
        assert_eq!(read.load(Ordering::Relaxed), taken);
    }
}

#[tokio::test]
async fn a_stream_keeps_to_its_speed() {
    // The first piece goes at once, and a tenth of a second is made up for.
    let start = Instant::now();
    let (response, ended) = begun(MadeUp::default(), Some(100_000), 30_000, "").await;
    let body = response.into_body().collect().await.expect("is read").to_bytes();
    assert_eq!(body.len(), 30_000);
    assert!(start.elapsed() >= Duration::from_millis(180), "{:?}", start.elapsed());
    assert_eq!(told(&ended), [Ended { sent: 30_000, complete: true }]);
}

#[tokio::test]
async fn a_slow_stream_comes_in_small_pieces() {
    let (response, ended) = begun(MadeUp::default(), Some(500), LARGE, "").await;
    let mut pieces = response.into_body().into_data_stream();
    assert_eq!(pieces.next().await.expect("is there").expect("is read").len(), 50);
    drop(pieces);
    assert_eq!(told(&ended), [Ended { sent: 50, complete: false }]);
}

#[tokio::test]
async fn a_download_ends_cut_off_when_whoever_asked_for_it_may_not_have_it_any_more() {
    let (ended, asked) = (Arc::default(), Arc::new(AtomicUsize::new(0)));
    let counted = asked.clone();
    // Nobody can tell the first time; then they may, and then they may not.
    let answers = [Err(()), Ok(true), Ok(false)];
    let may: May = Box::new(move || {
        let answer = answers[counted.fetch_add(1, Ordering::Relaxed).min(2)];
        Box::pin(async move { answer })
    });
    let guard = Some(Guard::new(Duration::ZERO, may));
    let sending = Sending { source: Arc::new(MadeUp::default()), speed: None, ended: noted(&ended), guard };
    let response = respond(&described(LARGE, [1; 32]), sending, &Method::GET, &written(&[])).await.expect("is read");
    let mut pieces = response.into_body().into_data_stream();
    for _ in 0..2 {
        pieces.next().await.expect("is there").expect("is read");
    }
    pieces.next().await.expect("is there").expect_err("they may not any more");
    assert!(pieces.next().await.is_none());
    drop(pieces);
    assert_eq!((asked.load(Ordering::Relaxed), told(&ended)), (3, vec![Ended { sent: 2 * PIECE, complete: false }]));
}
