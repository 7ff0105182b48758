//! Where operations go that are about to be carried out: connectors and devices, as the server knows them.

use crate::api::operations::operation_destinations;
use crate::components::follow::follow;
use crate::components::load::load;
use crate::components::report::asked::{About, Asked};
use crate::components::report::state::State;
use crate::model::{Action, Destination, visible};
use crate::say;
use leptos::prelude::*;

/// Of what is asked about now; nothing for an action that has nothing carried out.
pub fn destinations(state: State) -> AnyView {
    let asked = state.acting.asked.get_untracked().filter(|asked| !matches!(asked.action, Action::Cancel | Action::Disapprove));
    let Some(Asked { action, chosen, about }) = asked else { return ().into_any() };
    let one = matches!(about, About::One { .. });
    let key = (action, chosen);
    let found = load(move || Some(key.clone()), |(action, chosen)| operation_destinations(action, chosen));
    let lines = move || match (found.value.get(), found.error.get()) {
        (_, Some(error)) => vec![error.message.said().into_owned()],
        (None, _) => vec![say!("ask.goes.looking").to_owned()],
        (Some(found), _) if found.is_empty() => vec![say!("ask.goes.nowhere").to_owned()],
        (Some(found), _) => found.iter().map(|destination| line(destination, one)).collect(),
    };
    let lines = move || lines().into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
    view! { <div class="stack destinations" role="status">{follow(lines)}</div> }.into_any()
}

fn line(Destination { connector, devices, named, .. }: &Destination, one: bool) -> String {
    let names = named.join(", ");
    let names = visible(&names);
    if one {
        say!("ask.goes", connector = connector, device = names)
    } else if *devices > named.len() {
        say!("ask.goes.among", count = *devices, connector = connector, devices = names)
    } else {
        say!("ask.goes.many", count = *devices, connector = connector, devices = names)
    }
}
