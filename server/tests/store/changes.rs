//! The board of password changes: its figures against the rows they lead to.

use crate::{agrees::Following, naive, on_every_store, samples};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::sync::Arc;
use vigia::behavior::BehaviorService;
use vigia::event::Event;
use vigia::reports::ReportService;
use vigia::store::{ResolvedQuery, Store};
use vigia_app::behavior::changes::{Changes, ChangesAsked, Outcome, Standing, again, ended, exhausted};
use vigia_app::behavior::{having, within};
use vigia_app::model::{Cell, Count, ErrorClass, Moment, OperationStatus, Query, Role, Row, Timestamp, Viewer, codec};
use vigia_app::reports::PASSWORD_OPERATION;

on_every_store!(every_figure_is_the_number_of_operations_it_leads_to);

const DAY: i64 = 24 * 60 * 60 * 1000;
/// Some operations lie ahead of it.
const NOW: i64 = samples::START + 38 * DAY + 12_345_678;

/// Operations of forty days, with whatever their columns may have.
fn operations(count: usize, seed: u64) -> Vec<Event> {
    let mut rng = StdRng::seed_from_u64(seed);
    let one = |number| {
        let time = Timestamp::saturating(samples::START + rng.random_range(0..40 * DAY));
        let mut event = Event::new(&PASSWORD_OPERATION, &"test".into(), format!("{seed}-{number}"), time);
        for column in PASSWORD_OPERATION.stored().filter(|column| column.key != "source") {
            event.set(column.key, samples::value(column, &mut rng));
        }
        event.set("status", OperationStatus::ALL[rng.random_range(0..OperationStatus::ALL.len())].name());
        // Other systems have classes of their own, and some say nothing of it.
        let class = match rng.random_range(0..ErrorClass::ALL.len() + 2) {
            0 => Cell::Empty,
            1 => Cell::text("Weather"),
            at => Cell::text(ErrorClass::ALL[at - 2].name()),
        };
        event.set("error_class", class);
        event
    };
    (0..count).map(one).collect()
}

/// Who asks, and all there is: so that what is opened is counted by the report, and once more in the plainest way.
struct Reader {
    reports: ReportService,
    viewer: Viewer,
    rows: Vec<Row>,
}

impl Reader {
    /// Counts as whoever clicks does: by the address that is opened.
    async fn count(&self, query: Option<Query>) -> u64 {
        let Some(query) = query else { return 0 };
        let address = codec::encode(&query);
        let told = self.reports.summary(&self.viewer, PASSWORD_OPERATION.key, &address).await.expect("an answer").count;
        let opened = codec::decode(&PASSWORD_OPERATION, &address).expect("an address that can be read");
        let plain = naive::answer(&ResolvedQuery::new(opened, Timestamp::saturating(NOW)).expect("resolves"), &self.rows).len() as u64;
        assert_eq!(told, Count::Exactly(plain), "{address}");
        plain
    }
}

async fn every_figure_is_the_number_of_operations_it_leads_to(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let following = Following::start(folder.path(), &store);
    let clock: vigia::clock::Clock = Arc::new(|| Timestamp::saturating(NOW));
    let service = BehaviorService::new(store.clone(), clock.clone(), following.index.clone());
    let viewer = Viewer { username: "ana".to_owned(), name: "Ana".to_owned(), role: Role::Manager };
    following.ready().await;
    let nothing = service.changes(&viewer, "").await.expect("an answer");
    assert!(nothing.spans.is_empty() && nothing.standing.iter().all(|(_, count)| *count == 0), "there is nothing yet");
    for round in 0..2 {
        store.append(operations(500, round)).await.expect("stored");
        store.settle().await;
        following.ready().await;
        let reports = ReportService::new(store.clone(), clock.clone(), following.index.clone());
        let reader = Reader { reports, viewer: viewer.clone(), rows: naive::rows(&following, &*store, &PASSWORD_OPERATION).await };
        for search in [
            "",
            "time=today&show=all",
            "time=last-24-hours&zone=America/Sao_Paulo&show=all",
            "time=this-week&zone=Asia/Kathmandu",
            "time=last-month&show=all&requester.contains=s",
            "time=this-year&device=srv-db-01&show=all",
            "from=2026-11-03&to=2026-11-05T13:30&zone=Europe/Lisbon",
            "to=2026-11-20&status=Error&attempts.max=3",
            "schedule_date=tue-09&schedule_date=sun-23&time=last-month&zone=Asia/Kathmandu&show=all",
            "from=2030-01-01&show=all",
            "operation=Verify password",
        ] {
            let search = search.replace(' ', "%20");
            let asked = ChangesAsked::decode(&search).expect("can be read");
            let shown = service.changes(&viewer, &search).await.expect("an answer");
            agrees(&asked, &shown, &reader, &format!("round {round}, {search:?}")).await;
        }
        let all = service.changes(&viewer, "time=this-year&show=all").await.expect("an answer");
        assert!(all.standing.iter().all(|(_, count)| *count > 0) && all.outcomes.iter().all(|figure| figure.now > 0), "{all:?}");
    }
    following.stop().await;
}

async fn agrees(asked: &ChangesAsked, shown: &Changes, reader: &Reader, of: &str) {
    for (standing, count) in &shown.standing {
        assert_eq!(*count, reader.count(standing.of(asked)).await, "{of}: {standing:?}");
    }
    assert_eq!((shown.standing.len(), shown.outcomes.len()), (Standing::ALL.len(), Outcome::ALL.len()), "{of}");
    let mut total = [0; 4];
    for span in &shown.spans {
        let moment = |text: &str| Moment::parse(text).expect("a moment");
        let opened = |query: Option<Query>| query.map(|query| within(&query, moment(&span.from), moment(&span.to)));
        let succeeded = opened(Outcome::Succeeded.of(asked));
        let told = [
            reader.count(succeeded.clone()).await,
            reader.count(succeeded.as_ref().and_then(again)).await,
            reader.count(opened(Outcome::Failed.of(asked))).await,
        ];
        assert_eq!([span.succeeded, span.again, span.failed], told, "{of}: from {}", span.from);
        assert_eq!(reader.count(opened(ended(asked))).await, span.succeeded + span.failed, "{of}: the column from {}", span.from);
        for (sum, count) in total.iter_mut().zip([span.succeeded, span.again, span.failed, span.before]) {
            *sum += count;
        }
    }
    for figure in &shown.outcomes {
        assert_eq!(figure.now, reader.count(figure.outcome.of(asked)).await, "{of}: {:?}", figure.outcome);
        match figure.outcome {
            Outcome::Succeeded => assert_eq!((figure.now, figure.before), (total[0], total[3]), "{of}: the spans are the period"),
            Outcome::Failed => assert_eq!(figure.now, total[2], "{of}: the spans are the period"),
            Outcome::Exhausted | Outcome::Unverified => {}
        }
    }
    let Some(failed) = Outcome::Failed.of(asked) else {
        assert!(shown.failed.is_empty() && shown.alike.is_empty(), "{of}: nothing can have failed");
        return;
    };
    let column = |key: &str| PASSWORD_OPERATION.column(key).expect("a column");
    let all = reader.count(Some(failed.clone())).await;
    for top in &shown.failed {
        for (value, count, of_them_exhausted) in &top.values {
            let opened = having(&failed, column(&top.column), value);
            let told = (reader.count(opened.clone()).await, reader.count(opened.as_ref().and_then(exhausted)).await);
            assert_eq!((*count, *of_them_exhausted), told, "{of}: {} {value:?}", top.column);
        }
        assert_eq!(top.values.iter().map(|(_, count, _)| count).sum::<u64>() + top.others.1, all, "{of}: {}", top.column);
    }
    for alike in &shown.alike {
        let opened = having(&failed, column("error_class"), &alike.class);
        let opened = opened.and_then(|query| having(&query, column("device"), &alike.device));
        assert_eq!(alike.failed, reader.count(opened).await, "{of}: {alike:?}");
    }
    assert!(shown.alike.len() as u64 <= shown.alike_there && shown.alike_there <= all, "{of}");
}
