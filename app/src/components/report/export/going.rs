//! An export on its way: the browser takes the file by itself, and the server says how far it is.

use crate::api::exports::{cancel_export, followed_export};
use crate::browser;
use crate::components::follow::follow;
use crate::model::{ExportProgress, ExportStage};
use crate::say;
use gloo::timers::callback::Timeout;
use leptos::{prelude::*, task::spawn_local};

/// How often it is asked how far it is, in milliseconds.
const EVERY: u32 = 500;
/// How often it is asked where the server knows nothing of it, before it is taken to be out of sight: another server may be at it.
const UNKNOWN: u32 = 20;

/// An export, and how it goes.
#[derive(Clone, Copy)]
pub struct Going {
    ticket: StoredValue<String>,
    progress: RwSignal<Option<ExportProgress>>,
    /// Begun, and nobody can say how far it is.
    unseen: RwSignal<bool>,
}

impl Going {
    pub fn new() -> Self {
        Self { ticket: StoredValue::default(), progress: RwSignal::new(None), unseen: RwSignal::new(false) }
    }

    pub fn is_going(self) -> bool {
        self.progress.with(|progress| progress.as_ref().is_some_and(|progress| !progress.stage.is_over()))
    }

    /// Has the browser save what is at a path.
    pub fn begin(self, path: &str) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "any digits will do")]
        let ticket = format!("page-{}-{:09}", browser::now() as u64, (js_sys::Math::random() * 1e9) as u64);
        self.unseen.set(false);
        self.progress.set(Some(ExportProgress { stage: ExportStage::Waiting, rows: 0, of: 0 }));
        self.ticket.set_value(ticket.clone());
        browser::save::from(&format!("{path}&ticket={ticket}"));
        self.ask(ticket, 0);
    }

    /// Asks until it is over, or the page shows something else.
    async fn watch(self, ticket: String, unknown: u32) {
        if self.ticket.try_with_value(|now| *now == ticket) != Some(true) {
            return;
        }
        let unknown = match followed_export(ticket.clone()).await {
            Ok(Some(progress)) => {
                let over = progress.stage.is_over();
                self.progress.try_set(Some(progress));
                if over {
                    return;
                }
                0
            }
            Ok(None) => unknown + 1,
            // What is wrong with asking says nothing of the export.
            Err(_) => unknown,
        };
        if unknown == UNKNOWN {
            self.progress.try_set(None);
            self.unseen.try_set(true);
            return;
        }
        Timeout::new(EVERY, move || self.ask(ticket, unknown)).forget();
    }

    fn ask(self, ticket: String, unknown: u32) {
        spawn_local(self.watch(ticket, unknown));
    }

    /// How it goes, or went.
    pub fn shown(self) -> AnyView {
        let cancel = move |_| {
            let ticket = self.ticket.get_value();
            spawn_local(async move {
                // Where that cannot be told, it goes on, and is shown to.
                let _ = cancel_export(ticket).await;
            });
        };
        let going = Memo::new(move |_| self.is_going());
        let part = move |of: fn(&ExportProgress) -> u64| {
            move || self.progress.with(|progress| progress.as_ref().map(|progress| of(progress).to_string()))
        };
        let bar = move || {
            view! {
                <p class="actions-row">
                    <progress max=part(|progress| progress.of.max(1)) value=part(|progress| progress.rows) aria-hidden="true"></progress>
                    <button type="button" class="button small" on:click=cancel>{say!("export.cancel")}</button>
                </p>
            }
        };
        let words = move || match self.progress.get() {
            None => self.unseen.get().then(|| say!("export.unseen").to_owned()),
            Some(ExportProgress { stage, rows, of }) => Some(match stage {
                ExportStage::Waiting => say!("export.waiting").to_owned(),
                ExportStage::Running => say!("export.running", rows = rows, of = of),
                ExportStage::Complete => say!("export.complete", count = rows),
                ExportStage::Canceled => say!("export.canceled").to_owned(),
                ExportStage::CutOff => say!("export.cut-off").to_owned(),
                ExportStage::Failed(why) => why.said().into_owned(),
            }),
        };
        view! { {follow(move || going.get().then(bar))} <div role="status">{follow(words)}</div> }.into_any()
    }
}
