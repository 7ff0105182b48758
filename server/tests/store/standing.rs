//! Whether the policy of backups is kept.

use crate::backups::{HOUR, Made, backups};
use crate::on_every_store_unfollowed;
use crate::troubles::damage;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use vigia::backups::archive::manifest::Type;
use vigia::config::BackupPolicy;
use vigia::event::Event;
use vigia::identity::Actor;
use vigia::store::Store;
use vigia_app::model::{BackupStanding, Times, Timestamp};
use vigia_app::reports::PERFORMED_BACKUPS;

on_every_store_unfollowed!(each_scheduled_time_is_counted, what_would_be_lost_is_what_no_good_backup_has,);

/// Monday, 01:00.
const MONDAY: i64 = 1_795_395_600_000;

async fn standing(made: &Made) -> BackupStanding {
    made.backups.standing(Timestamp::MIN..Timestamp::MAX).await.expect("an answer")
}

fn times(kept: u64, late: u64, failed: u64, missed: u64) -> Times {
    Times { kept, late, failed, missed }
}

async fn each_scheduled_time_is_counted(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let policy = |cron: &str| BackupPolicy { full: Some(cron.parse().expect("a schedule")), ..BackupPolicy::default() };
    let made = backups(&store, folder.path(), policy("0 2 * * *"));
    made.now.store(MONDAY, Ordering::Relaxed);
    // Backups of other systems have no policy.
    let mut other = Event::new(&PERFORMED_BACKUPS, &"pam".into(), "one", Timestamp::saturating(MONDAY + 2 * HOUR));
    other.set("type", "Full").set("status", "Error");
    store.append(vec![other]).await.expect("stored");
    made.backups.round().await.expect("the first look");
    assert_eq!(standing(&made).await.types[0].times, Times::default());
    for hours in [1, 24, 72] {
        made.wait(hours);
        made.backups.round().await.expect("a round");
    }
    // Monday, Tuesday and Friday; nobody was there on Wednesday and Thursday.
    let full = &standing(&made).await.types[0];
    assert_eq!((full.times, full.overdue, full.last_good.map(|(_, age)| age)), (times(3, 0, 0, 2), false, Some(0)));
    let name = made.backups.list().await.expect("a list").last().expect("a backup").name.clone();
    damage(&made.backups.find(&name).await.expect("there").path);
    made.backups.verify(&name, &Actor::vigia()).await.expect_err("damaged");
    let full = &standing(&made).await.types[0];
    assert_eq!((full.times, full.overdue, full.last_good.map(|(_, age)| age)), (times(2, 0, 1, 2), true, Some(72 * HOUR)));
    // By hand, after it was found damaged: late.
    made.wait(3);
    made.backups.make(made.wanted(Type::Full)).await.expect("a backup");
    assert_eq!(standing(&made).await.types[0].times, times(2, 1, 0, 2));
    let friday = Timestamp::saturating(MONDAY + 95 * HOUR)..Timestamp::MAX;
    assert_eq!(made.backups.standing(friday).await.expect("an answer").types[0].times, times(0, 1, 0, 0));
    assert_eq!((made.backups.missed(Type::Full).await.expect("a number"), standing(&made).await.times().share()), (2, Some(600)));
    // Another schedule begins when it is first looked at: its times before were nobody's.
    let changed = backups(&store, folder.path(), policy("0 * * * *"));
    changed.now.store(made.now.load(Ordering::Relaxed) + HOUR / 2, Ordering::Relaxed);
    changed.backups.round().await.expect("the first look");
    assert_eq!(
        (standing(&changed).await.types[0].times, changed.backups.missed(Type::Full).await.expect("a number")),
        (Times::default(), 2)
    );
}

async fn what_would_be_lost_is_what_no_good_backup_has(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let made = backups(&store, folder.path(), BackupPolicy { partial_days: 1, ..BackupPolicy::default() });
    made.now.store(MONDAY, Ordering::Relaxed);
    let exposed = async || standing(&made).await.exposed.map(|exposed| (exposed + HOUR / 2) / HOUR);
    made.backups.make(made.wanted(Type::Partial)).await.expect("a backup");
    assert_eq!(exposed().await, None, "no full one has what was before");
    made.backups.make(made.wanted(Type::Full)).await.expect("a backup");
    made.wait(10);
    assert_eq!(exposed().await, Some(10));
    made.backups.make(made.wanted(Type::Partial)).await.expect("a backup");
    assert_eq!(exposed().await, Some(0), "it goes on from the full one");
    made.wait(30);
    made.backups.make(made.wanted(Type::Partial)).await.expect("a backup");
    assert_eq!(exposed().await, Some(30), "nobody has the six hours between");
    let full = made.backups.make(made.wanted(Type::Full)).await.expect("a backup").name;
    assert_eq!((exposed().await, standing(&made).await.drill), (Some(0), None));
    let (_, drilled) = made.backups.drill(None, &Actor::vigia()).await.expect("it passes");
    assert_eq!(standing(&made).await.drill, Some((drilled.at, drilled.took)));
    damage(&made.backups.find(&full).await.expect("there").path);
    made.backups.drill(None, &Actor::vigia()).await.expect_err("damaged");
    made.backups.verify(&full, &Actor::vigia()).await.expect_err("damaged");
    assert_eq!((exposed().await, standing(&made).await.drill), (Some(30), Some((drilled.at, drilled.took))), "the last that passed");
}
