use super::*;
use vigia_app::reports::{AUDIT_TRACKING, PASSWORD_VIEW};

/// A format of words: `view` and `trail` are events, `none` is unwanted, anything else is broken.
struct Words;

impl Format for Words {
    fn name(&self) -> &'static str {
        "list of words"
    }

    fn refuses(&self, head: &[u8]) -> Option<&'static str> {
        head.starts_with(b"[").then_some("It is a list of something else.")
    }

    fn line(&mut self, number: u64, line: &str, out: &mut Vec<Event>) -> Result<(), Skip> {
        let report = match line {
            "view" => &PASSWORD_VIEW,
            "trail" => &AUDIT_TRACKING,
            "none" => return Err(Skip::Unwanted("nothing to say")),
            _ => return Err(Skip::Broken { reason: "no word", detail: "it is unknown".to_owned() }),
        };
        out.push(Event::new(report, &"test".into(), number.to_string(), vigia_app::model::Timestamp::MIN));
        Ok(())
    }

    fn finish(&mut self, out: &mut Vec<Event>, _: &mut Vec<Skip>) {
        out.push(Event::new(&AUDIT_TRACKING, &"test".into(), "end", vigia_app::model::Timestamp::MIN));
    }
}

fn run(text: &str) -> Result<(Summary, Vec<usize>), ImportError> {
    let mut batches = Vec::new();
    let summary = import(text.as_bytes(), &mut Words, &mut |batch: Vec<Event>| {
        assert!(batch.iter().all(|event| event.report.key == batch[0].report.key), "a batch is of one report");
        batches.push(batch.len());
        let duplicate = u64::from(batches.len() == 2);
        Ok(Appended { stored: u64::try_from(batch.len()).unwrap() - duplicate, duplicate })
    })?;
    Ok((summary, batches))
}

#[test]
fn the_summary_says_what_became_of_every_line() {
    let (summary, _) = run("view\nnone\ntrail\nwhat\nview\n").expect("imports");
    assert_eq!(
        summary.to_string(),
        "5 lines read.\n\
         Password view: 2 rows stored\n\
         Audit tracking: 1 row stored, 1 already there\n\
         Skipped 1 line: no word\n\
         Skipped 1 line: nothing to say\n\
         Broken lines:\n  line 4: no word: it is unknown\n"
    );
}

#[test]
fn only_the_first_broken_lines_are_listed() {
    let (summary, _) = run(&format!("view\n{}", "x\n".repeat(2_000))).expect("imports");
    assert_eq!((summary.broken_lines, summary.broken.len()), (2_000, Summary::LISTED));
    assert!(summary.to_string().ends_with("  line 21: no word: it is unknown\n  and 1980 more\n"), "{summary}");
}

#[test]
fn events_are_handed_over_in_batches() {
    let (_, batches) = run(&"view\n".repeat(BATCH * 2 + 5)).expect("imports");
    assert_eq!(batches, [BATCH, BATCH, 5, 1]);
}

#[test]
fn an_empty_stream_is_an_import_of_nothing() {
    let (summary, _) = run("").expect("imports");
    assert_eq!((summary.lines, summary.stored()), (0, 1), "only what the format adds at the end");
}

#[test]
fn a_file_of_another_kind_is_refused_in_a_sentence() {
    let error = run("[1, 2]").expect_err("refused");
    assert_eq!(error.to_string(), "This is not in the format \"list of words\". It is a list of something else. Nothing was stored.");
    let error = run(&"x\n".repeat(5_000)).expect_err("refused");
    assert_eq!(
        error.to_string(),
        "This is not in the format \"list of words\". None of its 1000 lines could be read; line 1: no word: it is unknown. Nothing was stored."
    );
}

#[test]
fn what_was_read_before_the_stream_broke_is_stored() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the cable is out"))
        }
    }
    let mut stored = 0;
    let before = "view\n".repeat(200);
    let error = import(before.as_bytes().chain(Broken), &mut Words, &mut |batch: Vec<Event>| {
        stored += batch.len();
        Ok(Appended { stored: 200, duplicate: 0 })
    });
    let error = error.expect_err("breaks").to_string();
    assert!(error.starts_with("Reading stopped after line 200; 200 rows were stored"), "{error}");
    assert_eq!(stored, 200, "and the format was not told that it was the end");
}

#[test]
fn a_store_that_fails_stops_the_import() {
    let error = import(&b"view\n"[..], &mut Words, &mut |_: Vec<Event>| Err(StoreError::Locked)).expect_err("fails");
    assert!(matches!(error, ImportError::Store { line: 1, stored: 0, source: StoreError::Locked }), "{error}");
}
