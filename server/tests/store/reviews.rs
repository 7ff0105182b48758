//! Tests for what people say of events.

use crate::{on_every_store, queries::ask, samples};
use std::sync::Arc;
use vigia::event::Event;
use vigia::store::Store;
use vigia::store::reviews::Said;
use vigia::store::whole::Whole;
use vigia_app::model::{Cell, EventId, Query, Report, ReviewEntry, Timestamp, Verdict, codec};
use vigia_app::reports::{self, PASSWORD_OPERATION, PASSWORD_VIEW};

on_every_store!(
    the_last_word_stands_in_the_row_and_every_one_before_it_is_kept,
    rows_are_found_by_what_was_said_of_them,
    an_event_that_says_something_else_is_still_reviewed,
    what_was_said_goes_with_its_event,
    a_copy_has_all_that_was_said,
    whoever_heeds_a_verdict_is_told_when_it_comes_and_when_it_goes,
);

fn view(number: i64) -> Event {
    let mut event = Event::new(&PASSWORD_VIEW, &"a".into(), number.to_string(), Timestamp::saturating(samples::START + number * 1000));
    event.set("user", "Ana Lima");
    event
}

async fn ids(store: &Arc<dyn Store>, report: &'static Report) -> Vec<EventId> {
    let ids = store.rows().ids_after(report, -1, 1_000).await.expect("ids");
    ids.into_iter().filter_map(EventId::from_i64).collect()
}

fn step(at: i64, who: &str, verdict: Option<Verdict>, comment: &str) -> ReviewEntry {
    ReviewEntry { at: Timestamp::saturating(samples::START + at), who: who.to_owned(), verdict, comment: comment.to_owned() }
}

async fn say(store: &Arc<dyn Store>, report: &'static Report, ids: &[EventId], step: ReviewEntry) -> Vec<EventId> {
    store.reviews().review(Said { report, ids: ids.to_vec(), step, heeded: None }).await.expect("kept")
}

async fn wholes(store: &Arc<dyn Store>, report: &'static Report) -> Vec<Whole> {
    store.transfer().events_after(report, -1, 1_000).await.expect("events")
}

async fn the_last_word_stands_in_the_row_and_every_one_before_it_is_kept(store: Arc<dyn Store>) {
    store.append((0..3).map(view).collect()).await.expect("stored");
    let known = ids(&store, &PASSWORD_VIEW).await;
    let gone = EventId::from_i64(known[2].get() + 1).expect("an id");
    let steps = [
        step(1, "rui", Some(Verdict::FollowUp), "Who was that?"),
        step(2, "eva", Some(Verdict::Expected), ""),
        step(3, "rui", None, "Not so fast."),
        step(4, "eva", Some(Verdict::Incident), "\"; DROP TABLE review; --"),
    ];
    for step in &steps {
        assert_eq!(say(&store, &PASSWORD_VIEW, &[known[0], gone], step.clone()).await, [known[0]], "what is gone is passed over");
    }
    assert_eq!(say(&store, &PASSWORD_VIEW, &[known[1]], steps[0].clone()).await, [known[1]]);
    assert_eq!(say(&store, &PASSWORD_VIEW, &[known[1]], steps[2].clone()).await, [known[1]]);
    assert_eq!(say(&store, &PASSWORD_VIEW, &[gone], steps[0].clone()).await, [], "nothing at all is nothing wrong");
    let reviews = async |id| store.reviews().reviews(&PASSWORD_VIEW, id).await.expect("an answer");
    assert_eq!(reviews(known[0]).await, steps);
    assert_eq!(reviews(known[1]).await, [steps[0].clone(), steps[2].clone()]);
    assert_eq!((reviews(known[2]).await, reviews(gone).await), (vec![], vec![]));
    assert_eq!(store.reviews().reviews(&PASSWORD_OPERATION, known[0]).await.expect("an answer"), [], "it is of another report");
    let columns = ["review", "reviewed_by", "reviewed"].map(|key| PASSWORD_VIEW.column(key).expect("a column")).to_vec();
    let rows = ask(&store, Query { columns, ..Query::all(&PASSWORD_VIEW) }).await.rows;
    let cells: Vec<Vec<Cell>> = rows.into_iter().map(|row| row.cells).collect();
    let none = vec![Cell::Empty, Cell::Empty, Cell::Empty];
    let judged = vec![Cell::text("Incident"), Cell::text("eva"), Cell::Time(steps[3].at)];
    assert_eq!(cells, [none.clone(), none, judged], "what was taken back is as if it had not been said");
}

async fn rows_are_found_by_what_was_said_of_them(store: Arc<dyn Store>) {
    for report in reports::ALL.into_iter().filter(|report| report.is_reviewed()) {
        store.append(samples::events(report, 40, 3)).await.expect("stored");
        store.settle().await;
        let known = ids(&store, report).await;
        say(&store, report, &known, step(1, "eva", None, "")).await;
        say(&store, report, &known[..9], step(2, "eva", Some(Verdict::Expected), "")).await;
        say(&store, report, &known[5..12], step(3, "rui", Some(Verdict::FollowUp), "Ask.")).await;
        let house = crate::queries::House::new(&store).await;
        for (query, found) in [
            ("review=expected", known[..5].to_vec()),
            ("review=Follow up&reviewed_by=RUI", known[5..12].to_vec()),
            ("reviewed_by.contains=ev", known[..5].to_vec()),
            ("review.empty=yes", known[12..].to_vec()),
            ("q=rui", Vec::new()),
        ] {
            let query = Query { limit: Query::MAX_LIMIT, ..codec::decode(report, query).expect("a query") };
            let mut there: Vec<EventId> = house.ask(query.clone()).await.rows.into_iter().map(|row| row.id).collect();
            there.sort_unstable();
            assert_eq!(there, found, "{}: {}", report.key, codec::encode(&query));
        }
    }
}

async fn an_event_that_says_something_else_is_still_reviewed(store: Arc<dyn Store>) {
    store.append(vec![view(0)]).await.expect("stored");
    store.settle().await;
    let known = ids(&store, &PASSWORD_VIEW).await;
    say(&store, &PASSWORD_VIEW, &known, step(1, "eva", Some(Verdict::Expected), "As planned.")).await;
    let before = wholes(&store, &PASSWORD_VIEW).await;
    let mut other = view(0);
    other.set("user", "Rui Paz").set("review", "Incident").set("reviewed_by", "nobody");
    assert!(store.amend(other).await.expect("amended"));
    let after = wholes(&store, &PASSWORD_VIEW).await;
    let cell = |whole: &Whole, key: &str| {
        let place = PASSWORD_VIEW.stored().position(|column| column.key == key).expect("a column");
        whole.cells[place].clone()
    };
    assert_ne!(cell(&after[0], "user"), cell(&before[0], "user"));
    for key in ["review", "reviewed_by", "reviewed"] {
        assert_eq!(cell(&after[0], key), cell(&before[0], key), "{key} is for reviewers to say");
    }
    assert_eq!(after[0].reviews, before[0].reviews);
}

async fn what_was_said_goes_with_its_event(store: Arc<dyn Store>) {
    let month = 40 * 86_400;
    store.append(vec![view(0), view(1), view(month), view(2 * month)]).await.expect("stored");
    store.settle().await;
    let known = ids(&store, &PASSWORD_VIEW).await;
    say(&store, &PASSWORD_VIEW, &known, step(1, "eva", Some(Verdict::Expected), "")).await;
    let left = async || {
        let mut left = Vec::new();
        for id in &known {
            left.push(store.reviews().reviews(&PASSWORD_VIEW, *id).await.expect("an answer").len());
        }
        left
    };
    let before = |number: i64| Timestamp::saturating(samples::START + number * 1000);
    assert_eq!(store.remove_before(&PASSWORD_VIEW, Some("a"), before(1), 10).await.expect("removed"), 1);
    assert_eq!(left().await, [0, 1, 1, 1]);
    assert_eq!(store.remove_before(&PASSWORD_VIEW, None, before(month), 10).await.expect("removed"), 1);
    assert_eq!(left().await, [0, 0, 1, 1]);
    assert_eq!(store.remove_before(&PASSWORD_VIEW, None, before(month + 20 * 86_400), 10).await.expect("removed"), 1, "a whole month");
    assert_eq!(left().await, [0, 0, 0, 1]);
    store.remove_source("a").await.expect("removed");
    assert_eq!(left().await, [0, 0, 0, 0]);
}

async fn a_copy_has_all_that_was_said(store: Arc<dyn Store>) {
    store.append((0..4).map(view).collect()).await.expect("stored");
    store.settle().await;
    let known = ids(&store, &PASSWORD_VIEW).await;
    say(&store, &PASSWORD_VIEW, &known[..2], step(1, "rui", Some(Verdict::FollowUp), "Ask.")).await;
    say(&store, &PASSWORD_VIEW, &known[1..3], step(2, "eva", Some(Verdict::Incident), "")).await;
    let before = wholes(&store, &PASSWORD_VIEW).await;
    assert_eq!(before.iter().map(|whole| whole.reviews.len()).collect::<Vec<_>>(), [1, 2, 1, 0]);
    let folder = tempfile::tempdir().expect("a folder");
    for target in [crate::sqlite(folder.path()).await, crate::postgres().await] {
        vigia::store::copy::copy(&*store, &*target, &mut |_| {}).await.expect("a copy");
        assert_eq!(wholes(&target, &PASSWORD_VIEW).await, before);
        let said = target.reviews().reviews(&PASSWORD_VIEW, known[1]).await.expect("an answer");
        assert_eq!(said, before[1].reviews);
        say(&target, &PASSWORD_VIEW, &known[1..2], step(3, "eva", None, "")).await;
        assert_eq!(wholes(&target, &PASSWORD_VIEW).await[1].reviews.len(), 3, "it goes on from there");
    }
}

async fn whoever_heeds_a_verdict_is_told_when_it_comes_and_when_it_goes(store: Arc<dyn Store>) {
    store.append((0..3).map(view).collect()).await.expect("stored");
    store.settle().await;
    let known = ids(&store, &PASSWORD_VIEW).await;
    let say = async |ids: &[EventId], verdict| {
        let said = Said {
            report: &PASSWORD_VIEW,
            ids: ids.to_vec(),
            step: step(1, "eva", verdict, ""),
            heeded: Some((Verdict::Incident, "heed")),
        };
        store.reviews().review(said).await.expect("kept");
        let mut told: Vec<String> = store.kept().all("heed").await.expect("kept").into_iter().map(|(id, _)| id).collect();
        store.kept().set("heed", told.iter().map(|id| (id.clone(), None)).collect()).await.expect("forgotten");
        told.sort();
        told
    };
    let named = |ids: &[EventId]| ids.iter().map(|id| id.get().to_string()).collect::<Vec<_>>();
    assert_eq!(say(&known, Some(Verdict::Expected)).await, named(&[]));
    assert_eq!(say(&known[..2], Some(Verdict::Incident)).await, named(&known[..2]));
    assert_eq!(say(&known, Some(Verdict::FollowUp)).await, named(&known[..2]), "it was one until then");
    assert_eq!(say(&known, None).await, named(&[]));
}
