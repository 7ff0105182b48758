//! Parts of the page that the browser loads when they are first needed.
//!
//! The build cuts the page's wasm into parts at the functions marked `wasm_split` (`scripts/parts.mjs`). Such a function gives a plain
//! function that draws: only loading is asynchronous, and from then on everything is as if the part had been there from the start.
//!
//! A part that cannot be had leaves the rest of the page as it is. Where the server has another version of the page by now, and so no
//! longer the parts of this one, the page is loaded anew: once, so that two versions behind one address cannot make it go round.

use crate::browser::{fetch, stored, tables};
use crate::components::follow::{follow, react};
use crate::components::said::span;
use crate::words::Text;
use crate::{say, text};
use leptos::wasm_split::SplitLoaderError;
use leptos::{prelude::*, task::spawn_local};
use std::future::Future;
use std::pin::Pin;

/// How long the page says why it is about to be loaded anew, in milliseconds.
const NOTICE: u32 = 1_500;

type Boxed<T> = Box<dyn Fn() -> T + Send + Sync>;
/// What stands in a piece's place while its part has not come, or cannot be had, which it is told then.
type Instead = Box<dyn Fn(Option<AnyView>) -> AnyView + Send + Sync>;
/// What draws a part's pieces.
pub type Draw<A> = fn(A) -> AnyView;
/// A part on its way.
pub type Coming<A> = Pin<Box<dyn Future<Output = Result<Draw<A>, SplitLoaderError>>>>;

/// A part that the browser loads when it is first needed. `A` says which piece of it is asked for, and with what.
pub struct LatePart<A: 'static> {
    stage: RwSignal<Stage<A>>,
    /// Whether the reader waits for it.
    needed: StoredValue<bool>,
    words: LateWords,
    load: fn() -> Coming<A>,
}

/// Whether the words are there that come with the first part that is loaded late: labels that have to wait for them follow it.
#[derive(Clone, Copy)]
pub struct LateWords(RwSignal<bool>);

impl LateWords {
    pub fn on_their_way() -> Self {
        Self(RwSignal::new(false))
    }

    /// A text, as soon as it is there.
    pub fn text(self, text: Text) -> Option<String> {
        self.0.get().then(|| text.said().to_owned())
    }

    pub fn are_there(self) -> bool {
        self.0.get()
    }

    fn set(self, there: bool) {
        if there && !self.0.get_untracked() {
            self.0.set(true);
        }
    }
}

enum Stage<A: 'static> {
    Away,
    Coming,
    Here(Draw<A>),
    Missing(Missing),
}

/// Why a part is not to be had.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    /// The server does not answer, or not with it.
    Unreachable,
    /// The server has another version of the page.
    Outdated,
    /// The same, and this page is about to give way to it.
    Reloading,
}

impl<A> Clone for LatePart<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for LatePart<A> {}

impl<A> Clone for Stage<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for Stage<A> {}

impl<A: 'static> LatePart<A> {
    pub fn new(words: LateWords, load: fn() -> Coming<A>) -> Self {
        Self { stage: RwSignal::new(Stage::Away), needed: StoredValue::new(false), words, load }
    }

    /// Loads the part before anybody waits for it. What goes wrong is told when it is needed.
    pub fn prefetch(self) {
        if matches!(self.stage.get_untracked(), Stage::Away) {
            self.fetch();
        }
    }

    /// What the part draws. Until it has come, `instead` of nothing; where it cannot be had, `instead` of what is wrong and the way out.
    pub fn draw(
        self,
        asked: impl Fn() -> A + Send + Sync + 'static,
        instead: impl Fn(Option<AnyView>) -> AnyView + Send + Sync + 'static,
    ) -> AnyView {
        self.draw_when(|| true, asked, instead)
    }

    /// The same for what is asked for only while `wanted`: before that, nothing is shown `instead`.
    pub fn draw_when(
        self,
        wanted: impl Fn() -> bool + Send + Sync + 'static,
        asked: impl Fn() -> A + Send + Sync + 'static,
        instead: impl Fn(Option<AnyView>) -> AnyView + Send + Sync + 'static,
    ) -> AnyView {
        self.drawn(Box::new(wanted), Box::new(asked), Box::new(instead))
    }

    /// Compiled once for each kind of part, not for each piece of one.
    #[inline(never)]
    fn drawn(self, wanted: Boxed<bool>, asked: Boxed<A>, instead: Instead) -> AnyView {
        let wanted = Memo::new(move |_| wanted());
        react(move || {
            if wanted.get() {
                self.need();
            }
        });
        follow(move || match self.stage.get() {
            Stage::Here(draw) => untrack(|| draw(asked())),
            _ if !wanted.get() => ().into_any(),
            Stage::Missing(missing) => instead(Some(self.missing(missing))),
            Stage::Away | Stage::Coming => instead(None),
        })
    }

    /// Somebody waits for it: what could not be had before may be there now.
    pub fn need(self) {
        self.needed.set_value(true);
        if matches!(self.stage.get_untracked(), Stage::Away | Stage::Missing(Missing::Unreachable | Missing::Outdated)) {
            self.fetch();
        }
    }

    fn fetch(self) {
        self.stage.set(Stage::Coming);
        let coming = (self.load)();
        let words = tables::late();
        // Not ended with what asked for it: the next one to ask finds it there.
        spawn_local(async move {
            let (coming, words) = (coming.await, words.await);
            self.words.set(words);
            let stage = match (coming, words) {
                (Ok(draw), true) => Stage::Here(draw),
                _ => Stage::Missing(why().await),
            };
            let stage = match stage {
                Stage::Missing(Missing::Outdated) if self.needed.get_value() && reload_soon() => Stage::Missing(Missing::Reloading),
                other => other,
            };
            self.needed.set_value(false);
            self.stage.set(stage);
        });
    }

    fn missing(self, why: Missing) -> AnyView {
        let (title, words, way_out) = match why {
            Missing::Unreachable => (say!("part.unreachable"), say!("part.unreachable.why"), Some(say!("again"))),
            Missing::Outdated => (say!("part.outdated"), say!("part.outdated.why"), Some(say!("part.reload"))),
            Missing::Reloading => (say!("part.outdated"), say!("part.reloading"), None),
        };
        let go = move |_| if why == Missing::Outdated { reload() } else { self.need() };
        let button = way_out.map(|words| view! { <p><button type="button" class="button primary" on:click=go>{words}</button></p> });
        view! {
            <div class="state late" role="alert">
                <h2>{title}</h2>
                <p>{words}</p>
                {button}
            </div>
        }
        .into_any()
    }
}

/// What stands where a part will draw, while it is on its way.
pub fn bones(count: usize) -> AnyView {
    let bones = (0..count).map(|_| view! { <span class="bone"></span> }).collect_view();
    view! { <div class="bones" role="status">{span("sr", text!("loading"))}{bones}</div> }.into_any()
}

/// Why a part could not be had: the server's own document says whether it is still the one this page was started by.
async fn why() -> Missing {
    match (running_script(), fetch::text("/index.html").await) {
        (Some(script), Some(document)) if !document.contains(&script) => Missing::Outdated,
        _ => Missing::Unreachable,
    }
}

/// Address of the script that started this page. Its name has a hash of the whole build in it.
fn running_script() -> Option<String> {
    let link = document().query_selector("link[rel=modulepreload]").ok().flatten()?;
    link.get_attribute("href")
}

/// Loads the page anew after a moment, unless this version of it has done so before in this tab.
fn reload_soon() -> bool {
    let Some(script) = running_script() else { return false };
    let before = stored::of_tab("reloaded").unwrap_or_default();
    if before.split(' ').any(|other| other == script) || !stored::keep_in_tab("reloaded", &format!("{before} {script}")) {
        return false;
    }
    gloo::timers::callback::Timeout::new(NOTICE, reload).forget();
    true
}

fn reload() {
    let _ = window().location().reload();
}
