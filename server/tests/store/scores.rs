//! Tests for what is found out about events after they were stored.

use crate::{on_every_store, queries::ask, samples};
use std::sync::Arc;
use vigia::event::Event;
use vigia::store::Store;
use vigia::store::scores::KeptScore;
use vigia_app::model::{Cell, Query, Timestamp};
use vigia_app::reports::PASSWORD_VIEW;

on_every_store!(
    the_first_without_a_score_is_found,
    a_score_is_kept_with_what_it_is_made_of,
    a_score_of_an_event_that_is_gone_is_passed_over
);

fn view(number: i64) -> Event {
    let mut event = Event::new(&PASSWORD_VIEW, &"a".into(), number.to_string(), Timestamp::saturating(samples::START + number * 1000));
    event.set("user", "Ana Lima");
    event
}

fn score(id: i64, risk: i64) -> KeptScore {
    KeptScore { id, values: vec![risk, 1, 0, 0, 1, 0], parts: vec![7, u8::try_from(risk).expect("a score")] }
}

async fn ids(store: &Arc<dyn Store>) -> Vec<i64> {
    store.rows().ids_after(&PASSWORD_VIEW, -1, 100).await.expect("ids")
}

async fn the_first_without_a_score_is_found(store: Arc<dyn Store>) {
    let first = async |below| store.scores().first_unscored(&PASSWORD_VIEW, below).await.expect("an answer");
    assert_eq!(first(i64::MAX).await, None);
    store.append((0..4).map(view).collect()).await.expect("stored");
    let ids = ids(&store).await;
    assert_eq!((first(i64::MAX).await, first(ids[0]).await), (Some(ids[0]), None), "what lies behind the bound waits");
    store.scores().keep_scores(&PASSWORD_VIEW, vec![score(ids[3], 0), score(ids[0], 90)]).await.expect("kept");
    assert_eq!(first(i64::MAX).await, Some(ids[1]), "nothing unusual is a score, too");
    store.scores().keep_scores(&PASSWORD_VIEW, vec![score(ids[1], 1), score(ids[2], 2)]).await.expect("kept");
    assert_eq!(first(i64::MAX).await, None);
    // One that comes late.
    store.append(vec![view(-5)]).await.expect("stored");
    assert!(first(ids[0]).await.expect("it has none") < ids[0]);
}

async fn a_score_is_kept_with_what_it_is_made_of(store: Arc<dyn Store>) {
    store.append((0..3).map(view).collect()).await.expect("stored");
    let ids = ids(&store).await;
    let parts = async |id| store.scores().score_parts(&PASSWORD_VIEW, id).await.expect("an answer");
    assert_eq!(parts(ids[0]).await, None);
    for risk in [20, 90] {
        store.scores().keep_scores(&PASSWORD_VIEW, vec![score(ids[1], risk), score(ids[0], 10)]).await.expect("kept");
    }
    assert_eq!((parts(ids[0]).await, parts(ids[1]).await, parts(ids[2]).await), (Some(vec![7, 10]), Some(vec![7, 90]), None));
    let columns = ["risk", "unusual_time", "unusual_origin"].map(|key| PASSWORD_VIEW.column(key).expect("a column")).to_vec();
    let rows = ask(&store, Query { columns, ..Query::all(&PASSWORD_VIEW) }).await.rows;
    let cells: Vec<Vec<Cell>> = rows.into_iter().map(|row| row.cells).collect();
    let scored = |risk| vec![Cell::Number(risk), Cell::Flag(true), Cell::Flag(false)];
    assert_eq!(cells, [vec![Cell::Empty, Cell::Empty, Cell::Empty], scored(90), scored(10)]);
}

async fn a_score_of_an_event_that_is_gone_is_passed_over(store: Arc<dyn Store>) {
    store.append((0..2).map(view).collect()).await.expect("stored");
    let known = ids(&store).await;
    store.remove_before(&PASSWORD_VIEW, None, Timestamp::saturating(samples::START + 500), 10).await.expect("removed");
    let scores = known.iter().map(|id| score(*id, 50)).collect();
    store.scores().keep_scores(&PASSWORD_VIEW, scores).await.expect("kept");
    assert_eq!(ids(&store).await, known[1..]);
    assert_eq!(store.scores().score_parts(&PASSWORD_VIEW, known[0]).await.expect("an answer"), None);
}
