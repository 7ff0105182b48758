//! What draws the pages beside the reports: two parts of the page, so that neither is large.

use super::account::Account;
use super::admin::{Notifications, Operations, Quarantine, Tokens};
use super::new_operation::NewOperation;
use crate::components::late_part::{Coming, Draw, LatePart};
use crate::components::shell::late_page::LatePage;
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

/// The parts, for the whole page.
#[derive(Clone, Copy)]
pub struct LatePages {
    administration: LatePart<Administration>,
    execution: LatePart<Execution>,
}

#[derive(Clone, Copy)]
enum Administration {
    Account,
    Notifications,
    Tokens,
    Quarantine,
}

#[derive(Clone, Copy)]
enum Execution {
    Operations,
    NewOperation,
}

impl LatePages {
    pub fn provide() {
        provide_context(Self {
            administration: LatePart::new(|| -> Coming<Administration> { Box::pin(load_administration()) }),
            execution: LatePart::new(|| -> Coming<Execution> { Box::pin(load_execution()) }),
        });
    }

    /// Draws a page, or `instead` of it what [`LatePart::draw`] says.
    pub fn draw(self, page: LatePage, instead: impl Fn(Option<AnyView>) -> AnyView + Copy + Send + Sync + 'static) -> AnyView {
        let administration = |page| self.administration.draw(move || page, instead);
        match page {
            LatePage::Account => administration(Administration::Account),
            LatePage::Notifications => administration(Administration::Notifications),
            LatePage::Tokens => administration(Administration::Tokens),
            LatePage::Quarantine => administration(Administration::Quarantine),
            LatePage::Execution => self.execution.draw(|| Execution::Operations, instead),
            LatePage::NewOperation => self.execution.draw(|| Execution::NewOperation, instead),
        }
    }
}

#[wasm_split(administration, fallible, wasm_split_path = ::leptos::wasm_split)]
fn load_administration() -> Result<Draw<Administration>, SplitLoaderError> {
    Ok(|page| match page {
        Administration::Account => view! { <Account /> }.into_any(),
        Administration::Notifications => view! { <Notifications /> }.into_any(),
        Administration::Tokens => view! { <Tokens /> }.into_any(),
        Administration::Quarantine => view! { <Quarantine /> }.into_any(),
    })
}

#[wasm_split(execution, fallible, wasm_split_path = ::leptos::wasm_split)]
fn load_execution() -> Result<Draw<Execution>, SplitLoaderError> {
    Ok(|page| match page {
        Execution::Operations => view! { <Operations /> }.into_any(),
        Execution::NewOperation => view! { <NewOperation /> }.into_any(),
    })
}
