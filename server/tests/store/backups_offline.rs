//! Backups that the instance that makes them does not open.

use crate::backups::{backups, rows};
use crate::copy::fill;
use crate::on_every_store_unfollowed;
use age::secrecy::ExposeSecret as _;
use std::path::Path;
use std::sync::Arc;
use vigia::backups::archive::keys::Identity;
use vigia::backups::archive::manifest::Type;
use vigia::backups::drill::drill;
use vigia::backups::{BackupError, Backups};
use vigia::config::BackupPolicy;
use vigia::identity::Actor;
use vigia::store::Store;

on_every_store_unfollowed!(what_only_others_open_has_its_hash_checked, each_archive_goes_by_its_own_keys);

/// A pair of keys that is kept elsewhere, and the policy that makes backups for it alone.
fn offline() -> (age::x25519::Identity, BackupPolicy) {
    let key = age::x25519::Identity::generate();
    let recipients = vec![key.to_public().to_string().parse().expect("a recipient")];
    (key, BackupPolicy { recipients, offline_only: true, ..BackupPolicy::default() })
}

fn identity(key: &age::x25519::Identity) -> Identity {
    Identity::of_file(key.to_string().expose_secret()).expect("a key")
}

/// Changes a byte in the middle of a file.
fn spoil(file: &Path) {
    let mut bytes = std::fs::read(file).expect("bytes");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(file, bytes).expect("written");
}

/// Whether the details of a backup's row say that its hash was checked, and its content not.
async fn is_hash_alone(store: &Arc<dyn Store>, name: &str) -> bool {
    store.settle().await;
    let events = store.transfer().events_after(&vigia_app::reports::PERFORMED_BACKUPS, -1, 1_000).await.expect("events");
    let event = events.into_iter().find(|event| event.source_id == name).expect("a row");
    event.extra.contains("Hash checked, content not: 20")
}

async fn what_only_others_open_has_its_hash_checked(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    fill(&store, 500).await;
    let (key, policy) = offline();
    let made = backups(&store, folder.path(), policy);
    let stored = made.backups.make(made.wanted(Type::Full)).await.expect("a backup");
    assert!(!stored.manifest.opens_here());
    let recipient = key.to_public().to_string();
    assert_eq!(rows(&store, "keys").await, [(stored.name.clone(), "Success".to_owned(), recipient)]);
    made.backups.verify(&stored.name, &Actor::vigia()).await.expect("its hash is right");
    assert_eq!(rows(&store, "verified").await, [(stored.name.clone(), "Success".to_owned(), String::new())], "nobody read its content");
    assert!(is_hash_alone(&store, &stored.name).await);
    // The instance cannot restore it, and whoever has the key can.
    assert!(matches!(made.backups.drill(Some(&stored.name), &Actor::vigia()).await, Err(BackupError::Offline(_))));
    assert!(matches!(made.backups.drill(None, &Actor::vigia()).await, Err(BackupError::None(_))));
    let signer = made.backups.keys().await.expect("keys").verifier();
    let (manifest, _) = drill(&stored.path, vec![identity(&key)], Some(signer), folder.path()).await.expect("restored and equal");
    assert_eq!(manifest.tables, stored.manifest.tables);
    spoil(&stored.path);
    let error = made.backups.verify(&stored.name, &Actor::vigia()).await.expect_err("damaged");
    assert!(error.to_string().contains("SHA-256"), "{error}");
    assert_eq!(rows(&store, "reason").await[0].1, "Error");
}

async fn each_archive_goes_by_its_own_keys(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let (key, policy) = offline();
    let own = backups(&store, folder.path(), BackupPolicy { offline_only: false, ..policy.clone() });
    let first = own.backups.make(own.wanted(Type::Full)).await.expect("a backup");
    let alone = backups(&store, folder.path(), policy);
    alone.wait(1);
    let second = alone.backups.make(alone.wanted(Type::Full)).await.expect("a backup");
    assert_eq!((first.manifest.keys.len(), second.manifest.keys.len()), (2, 1));
    // Whatever the setting says now.
    for made in [&own, &alone] {
        let whole = async |backups: &Backups, name: &str| backups.verify(name, &Actor::vigia()).await.expect("right").manifest.opens_here();
        assert!(whole(&made.backups, &first.name).await && !whole(&made.backups, &second.name).await);
        let (drilled, _) = made.backups.drill(None, &Actor::vigia()).await.expect("it passes");
        assert_eq!(drilled.name, first.name, "the newest that it opens");
    }
    assert!(!is_hash_alone(&store, &first.name).await && is_hash_alone(&store, &second.name).await);
    // A manifest that somebody else has signed is not believed, though its hash is right.
    let beside = folder.path().join(format!("{}.tar.zst.age.manifest", second.name));
    let note = std::fs::read_to_string(&beside).expect("a manifest").replace("\"requested_by\": \"ana\"", "\"requested_by\": \"bia\"");
    std::fs::write(&beside, note).expect("written");
    assert!(alone.backups.verify(&second.name, &Actor::vigia()).await.is_err());
    drill(&second.path, vec![identity(&key)], None, folder.path()).await.expect("the archive itself is whole");
}
