//! Downloading a backup through the page: into a file of the reader's choice, which is there once its bytes were found to be those of the manifest.

use crate::api::backups::backup_archive;
use crate::browser::{self, file, intl};
use crate::components::follow::follow;
use crate::model::{ApiError, BackupSeen};
use crate::say;
use futures_util::StreamExt as _;
use futures_util::future::{AbortHandle, abortable};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// How often it is shown how far it is, in milliseconds.
const SHOWN: f64 = 250.0;

/// A download, and how it goes.
#[derive(Clone, Copy)]
pub struct Download {
    stage: RwSignal<Stage>,
    stop: StoredValue<Option<AbortHandle>>,
}

#[derive(Clone, Default)]
enum Stage {
    #[default]
    Nothing,
    Going(Moved),
    /// In words, and whether it is saved.
    Ended(String, bool),
}

/// How far one is.
#[derive(Clone, Copy)]
struct Moved {
    done: u64,
    all: u64,
    /// Bytes a second.
    rate: u64,
}

/// Why nothing was saved.
enum Broken {
    Server(ApiError),
    Disk,
    Differs,
}

impl Download {
    pub fn new() -> Self {
        Self { stage: RwSignal::default(), stop: StoredValue::new(None) }
    }

    pub fn is_going(self) -> bool {
        self.stage.with(|stage| matches!(stage, Stage::Going(_)))
    }

    pub fn is_shown(self) -> bool {
        self.stage.with(|stage| !matches!(stage, Stage::Nothing))
    }

    /// Asks where it is to go, and begins. It ends with the part of the page that began it.
    pub fn begin(self, one: BackupSeen) {
        let (work, stop) = abortable(self.saved(one));
        self.stop.set_value(Some(stop));
        spawn_local_scoped_with_cancellation(async move {
            let stage = match work.await {
                Ok(Ok(None)) => Stage::Nothing,
                Ok(Ok(Some(file))) => Stage::Ended(say!("backups.saved", file = file), true),
                Ok(Err(Broken::Server(error))) => Stage::Ended(say!("backups.broken", wrong = error.message.said()), false),
                Ok(Err(Broken::Disk)) => Stage::Ended(say!("backups.no-file").to_owned(), false),
                Ok(Err(Broken::Differs)) => Stage::Ended(say!("backups.differs").to_owned(), false),
                Err(_) => Stage::Ended(say!("backups.canceled").to_owned(), false),
            };
            self.stage.set(stage);
        });
    }

    /// The name of the file, which is whole; `None` where the reader would rather have none.
    async fn saved(self, one: BackupSeen) -> Result<Option<String>, Broken> {
        let name = format!("{}.tar.zst.age", one.name);
        let Some(file) = file::ask(&name).await.map_err(|_| Broken::Disk)? else { return Ok(None) };
        let (began, mut shown) = (browser::now(), 0.0);
        let mut moved = Moved { done: 0, all: one.size, rate: 0 };
        self.stage.set(Stage::Going(moved));
        let mut pieces = Box::pin(backup_archive(one.name).await.map_err(Broken::Server)?.into_inner());
        let mut hash = Sha256::new();
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(Broken::Server)?;
            hash.update(&piece);
            file.write(&piece).await.map_err(|_| Broken::Disk)?;
            moved.done += piece.len() as u64;
            let now = browser::now();
            if now - shown >= SHOWN {
                shown = now;
                moved.rate = rate(moved.done, now - began);
                self.stage.set(Stage::Going(moved));
            }
        }
        if moved.done != one.size || hex(&hash.finalize()) != one.sha256 {
            return Err(Broken::Differs);
        }
        file.keep().await.map_err(|_| Broken::Disk)?;
        Ok(Some(name))
    }

    /// How it goes, or went.
    pub fn shown(self) -> AnyView {
        // While it goes, its button stays, and with it the focus.
        let going = Memo::new(move |_| self.is_going());
        let cancel = move |_| {
            self.stop.with_value(|stop| {
                if let Some(stop) = stop {
                    stop.abort();
                }
            });
        };
        let moved = move || self.stage.with(|stage| if let Stage::Going(moved) = stage { Some(*moved) } else { None });
        let far = move || moved().map(|moved| words(&moved));
        let part = move |of: fn(&Moved) -> u64| move || moved().map(|moved| of(&moved).to_string());
        let bar = move || {
            view! {
                <p class="actions-row">
                    <progress max=part(|moved| moved.all.max(1)) value=part(|moved| moved.done) aria-hidden="true"></progress>
                    <span>{follow(far)}</span>
                    <button type="button" class="button small" on:click=cancel>{say!("backups.cancel")}</button>
                </p>
            }
        };
        let ended = move || {
            self.stage.with(|stage| match stage {
                Stage::Ended(words, saved) => Some(view! { <p class=if *saved { "tone good" } else { "tone bad" }>{words.clone()}</p> }),
                _ => None,
            })
        };
        view! { {follow(move || going.get().then(bar))} <div role="status">{follow(ended)}</div> }.into_any()
    }
}

/// `12 MB of 1.4 GB (1 %), 50 MB a second.`
fn words(moved: &Moved) -> String {
    let bytes = |count: u64| intl::bytes(i64::try_from(count).unwrap_or(i64::MAX));
    let share = moved.done.saturating_mul(100).checked_div(moved.all).unwrap_or(100);
    say!("backups.going", done = bytes(moved.done), all = bytes(moved.all), share = share.to_string(), rate = bytes(moved.rate))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss, reason = "shown to three digits")]
fn rate(bytes: u64, millis: f64) -> u64 {
    (bytes as f64 / millis.max(1.0) * 1000.0) as u64
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
