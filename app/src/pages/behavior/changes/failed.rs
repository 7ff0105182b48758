//! Why and where operations failed: each row leads to those it counts.

use super::ChangesBoard;
use crate::behavior::changes::{Alike, Outcome};
use crate::behavior::{Top, having};
use crate::components::follow::follow;
use crate::components::report::cell;
use crate::components::report::links::{named, page_of};
use crate::model::{Cell, Column, Query, visible};
use crate::pages::behavior::patterns::ranking::{Ranked, leading, ranking};
use crate::reports::PASSWORD_OPERATION;
use crate::{say, text};
use leptos::prelude::*;

#[component]
pub fn Failed(board: ChangesBoard) -> impl IntoView {
    // Drawn again only where something has changed, a list for itself: what has the focus keeps it.
    let count = Memo::new(move |_| board.of(|changes| changes.failed.len()));
    let lists = move || (0..count.get()).map(|at| list(board, at)).collect_view();
    let alike = Memo::new(move |_| board.of(|changes| changes.alike.clone()));
    let alike = move || {
        let query = board.asked.with(|asked| Outcome::Failed.of(asked));
        let row = |alike: &Alike| {
            let of = |query: &Query| having(&having(query, column("error_class")?, &alike.class)?, column("device")?, &alike.device);
            let (class, device) = (word("error_class", &alike.class), word("device", &alike.device));
            Ranked {
                name: say!("changes.alike-on", class = class, device = device),
                page: None,
                href: leading(query.as_ref().and_then(of)),
                all: alike.failed,
                part: 0,
            }
        };
        let rows = alike.with(|alike| alike.iter().map(row).collect());
        ranking(say!("changes.alike").to_owned(), rows, (0, 0), text!("changes.exhausted"))
    };
    view! { <div class="tops">{follow(alike)} {follow(lists)}</div> }.into_any()
}

fn list(board: ChangesBoard, at: usize) -> AnyView {
    let top = Memo::new(move |_| board.of(|changes| changes.failed.get(at).cloned()));
    follow(move || {
        let query = board.asked.with(|asked| Outcome::Failed.of(asked));
        top.with(|top| ranked(top.as_ref()?, query.as_ref()))
    })
}

fn ranked(top: &Top, query: Option<&Query>) -> Option<AnyView> {
    let column = column(&top.column)?;
    let value = |(value, all, part): &(Cell, u64, u64)| Ranked {
        name: word(column.key, value),
        page: named(&PASSWORD_OPERATION, column.key, value, None)
            .map(|subject| page_of(&subject, query.map_or("UTC", |query| &*query.zone))),
        href: leading(query.and_then(|query| having(query, column, value))),
        all: *all,
        part: *part,
    };
    let rows = top.values.iter().map(value).collect();
    Some(ranking(say!("changes.failed-by", column = column.label), rows, top.others, text!("changes.exhausted")))
}

fn column(key: &str) -> Option<&'static Column> {
    PASSWORD_OPERATION.column(key)
}

/// A value in words.
fn word(key: &str, value: &Cell) -> String {
    match column(key).filter(|_| !value.is_empty()) {
        Some(column) => visible(&cell::words(column, value, "UTC")).into_owned(),
        None => say!("behavior.nothing-there").to_owned(),
    }
}
