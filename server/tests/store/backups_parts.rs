//! Backups of chosen reports, of a time range, and of the configuration alone.

use crate::backups::backups;
use crate::on_every_store_unfollowed;
use crate::{copy::fill, samples};
use std::sync::Arc;
use vigia::backups::archive::manifest::Type;
use vigia::backups::restore::restore;
use vigia::backups::{Configuration, Part, Wanted};
use vigia::config::BackupPolicy;
use vigia::identity::Actor;
use vigia::store::Store;
use vigia::store::whole::Whole;
use vigia_app::model::{EventId, Timestamp};
use vigia_app::reports::{self, PASSWORD_VIEW};

on_every_store_unfollowed!(a_part_has_what_was_chosen_and_is_restored,);

async fn a_part_has_what_was_chosen_and_is_restored(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    fill(&store, 500).await;
    store.settle().await;
    let made = backups(&store, folder.path(), BackupPolicy { partial_days: 3_650, ..BackupPolicy::default() });
    let (from, to) = (Timestamp::saturating(samples::START + 30_000), Timestamp::saturating(samples::START + 60_000));
    let views_of = store.transfer().events_after(&PASSWORD_VIEW, -1, 1_000).await.expect("events");
    let is_within = |event: &&Whole| EventId::from_i64(event.id).is_some_and(|id| (from..to).contains(&id.time()));
    let within = views_of.iter().filter(is_within).count();
    let views = vec!["password-view".to_owned()];
    let parts = [
        Part { reports: views.clone(), ..Part::default() },
        Part { reports: views, from: Some(from), to: Some(to), configuration: Configuration::Without },
        Part { configuration: Configuration::Only, ..Part::default() },
    ];
    let mut counts = Vec::new();
    for (number, part) in parts.into_iter().enumerate() {
        let contents = made.backups.contents(Type::Partial, part).expect("contents");
        let stored = made.backups.make(Wanted { contents: contents.clone(), ..made.wanted(Type::Partial) }).await.expect("a backup");
        assert_eq!(stored.manifest.contents, contents);
        made.backups.verify(&stored.name, &Actor::vigia()).await.expect("it is whole");
        made.backups.drill(Some(&stored.name), &Actor::vigia()).await.expect("restored and equal");
        let target = crate::sqlite(&folder.path().join(format!("to-{number}"))).await;
        let keys = made.backups.keys().await.expect("keys");
        restore(&stored.path, vec![keys.identity()], Some(keys.verifier()), &*target, &mut |_| {}).await.expect("restored");
        let mut events = [0, 0];
        for report in reports::ALL {
            let found = target.transfer().events_after(report, -1, 1_000_000).await.expect("events").len();
            events[usize::from(report.key == "password-view")] += found;
        }
        counts.push((events, target.users().await.expect("users").len()));
        made.wait(1);
    }
    assert!(within > 0 && within < views_of.len());
    assert_eq!(counts, [([0, views_of.len()], 2), ([0, within], 0), ([0, 0], 2)], "events of others, views, and users");
}
