//! The switch of pseudonyms and their key, as all servers of a database find them.

use crate::{on_every_store, samples};
use std::sync::Arc;
use vigia::clock::Clock;
use vigia::identity::{Actor, Identity};
use vigia::pseudonyms::{PseudonymDesk, veil};
use vigia::store::Store;
use vigia_app::model::{Role, Timestamp, Viewer};

on_every_store!(all_who_switch_pseudonyms_on_at_once_make_the_same_ones);

async fn all_who_switch_pseudonyms_on_at_once_make_the_same_ones(store: Arc<dyn Store>) {
    let clock: Clock = Arc::new(|| Timestamp::saturating(samples::START));
    let viewer = |role| Viewer { username: "ana".to_owned(), name: "Ana".to_owned(), role };
    let (manager, auditor) = (viewer(Role::Manager), viewer(Role::Auditor));
    let switch = async |on| {
        let identity = Identity::new(store.clone(), clock.clone());
        PseudonymDesk { store: &*store, identity: &identity }.set(on, &Actor::vigia()).await.expect("switches them");
        veil(&*store, &manager).await.expect("an answer")
    };
    assert_eq!(veil(&*store, &manager).await.expect("an answer"), None);
    let (one, other, third) = tokio::join!(switch(true), switch(true), switch(true));
    assert!(one.is_some());
    assert_eq!((&one, &one), (&other, &third), "they have one key");
    assert_eq!(veil(&*store, &auditor).await.expect("an answer"), None);
    assert_eq!(switch(false).await, None);
    assert_eq!(switch(true).await, one, "the key is kept");
}
