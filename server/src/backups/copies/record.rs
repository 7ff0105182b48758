//! What is remembered of copies. Whatever may be in a place is remembered before it is there, so that it is found again however a process ends.

use crate::backups::turn::SPACE;
use crate::store::{Store, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vigia_app::model::Timestamp;

/// What the keys begin with: of copies, and of the manifests of what may be nowhere but in copies.
const COPIES: &str = "copies/";
const MANIFEST: &str = "manifest/";
/// Backups that are asked for at once.
const STEP: usize = 500;

/// Where a backup is beside its folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copies {
    /// By place, as the settings write it.
    pub places: BTreeMap<String, Copy>,
    /// Whether no rule keeps the backup any more, so that it goes from every place.
    pub unwanted: bool,
    /// Until when it may be that somebody reads a copy: none is removed before.
    pub(super) read_until: Option<Timestamp>,
}

/// How a backup stands in a place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copy {
    /// When what was read back there was what is in the manifest.
    pub checked: Option<Timestamp>,
    /// What was wrong when it was last tried to copy or to remove it: a sentence.
    pub wrong: Option<String>,
    /// An upload in parts that was begun, and neither ended nor taken back.
    pub(super) upload: Option<String>,
}

impl Copies {
    /// The places that have a copy that was read back.
    pub fn checked(&self) -> impl Iterator<Item = &str> {
        self.places.iter().filter(|(_, copy)| copy.checked.is_some()).map(|(place, _)| place.as_str())
    }

    /// The places that have none or still have one, and why.
    pub fn wrong(&self) -> impl Iterator<Item = (&str, &str)> {
        self.places.iter().filter_map(|(place, copy)| Some((place.as_str(), copy.wrong.as_deref()?)))
    }

    /// Those places that a backup could not be removed from.
    pub(in crate::backups) fn left(mut self) -> Self {
        self.places.retain(|_, copy| copy.wrong.is_some());
        self
    }

    /// How it stands in a place.
    pub(super) fn of(&mut self, place: &str) -> &mut Copy {
        self.places.entry(place.to_owned()).or_default()
    }
}

pub(super) async fn get(store: &dyn Store, name: &str) -> Result<Option<Copies>, StoreError> {
    Ok(store.kept().get(SPACE, &format!("{COPIES}{name}")).await?.and_then(|kept| serde_json::from_str(&kept).ok()))
}

/// Of every backup, by name.
pub(super) async fn all(store: &dyn Store) -> Result<BTreeMap<String, Copies>, StoreError> {
    let (mut all, mut after) = (BTreeMap::new(), COPIES.to_owned());
    loop {
        let some = store.kept().behind(SPACE, &after, STEP).await?;
        for (key, kept) in &some {
            let Some(name) = key.strip_prefix(COPIES) else { return Ok(all) };
            if let Ok(copies) = serde_json::from_str(kept) {
                all.insert(name.to_owned(), copies);
            }
        }
        let Some((last, _)) = some.into_iter().next_back() else { return Ok(all) };
        after = last;
    }
}

/// Changes what is remembered, whoever else does at the same time, and returns how it is now.
pub(super) async fn change(store: &dyn Store, name: &str, change: impl Fn(&mut Copies) + Send) -> Result<Copies, StoreError> {
    let key = format!("{COPIES}{name}");
    loop {
        let was = store.kept().get(SPACE, &key).await?;
        let mut copies: Copies = was.as_deref().and_then(|was| serde_json::from_str(was).ok()).unwrap_or_default();
        change(&mut copies);
        let kept = serde_json::to_string(&copies).map_err(|error| StoreError::Failed(error.into()))?;
        if was.as_ref() == Some(&kept) || store.kept().replace(SPACE, &key, was.as_deref(), &kept).await? {
            return Ok(copies);
        }
    }
}

/// Forgets what is nowhere any more.
pub(super) async fn forget(store: &dyn Store, name: &str) -> Result<(), StoreError> {
    store.kept().set(SPACE, vec![(format!("{COPIES}{name}"), None), (format!("{MANIFEST}{name}"), None)]).await
}

/// Keeps the signed manifest of a backup that may soon be nowhere but in copies.
pub(super) async fn keep_note(store: &dyn Store, name: &str, note: &str) -> Result<(), StoreError> {
    store.kept().set(SPACE, vec![(format!("{MANIFEST}{name}"), Some(note.to_owned()))]).await
}

pub(super) async fn note(store: &dyn Store, name: &str) -> Result<Option<String>, StoreError> {
    store.kept().get(SPACE, &format!("{MANIFEST}{name}")).await
}
