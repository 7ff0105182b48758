//! What is asked and told about actions.

use crate::components::report::asked::{About, Asked, Known};
use crate::model::{Action, ActionResult, ErrorClass, Keeper, OperationStatus, visible};
use crate::words::Text;
use crate::{say, text};

/// `Restart 12 operations`: what the button does.
pub fn deed(action: Action, count: usize) -> String {
    match action {
        Action::Restart => say!("deed.restart", count = count),
        Action::RunNow => say!("deed.run-now", count = count),
        Action::Cancel => say!("deed.cancel", count = count),
        Action::Approve => say!("deed.approve", count = count),
        Action::Disapprove => say!("deed.disapprove", count = count),
    }
}

/// The dialog's title.
pub fn title(asked: &Asked) -> String {
    match &asked.about {
        About::One { headline, .. } => say!("ask.title", action = asked.action.label(), operation = visible(headline)),
        About::Many { count, .. } => say!("ask.title-many", deed = deed(asked.action, *count)),
    }
}

/// The button that does it.
pub fn act(asked: &Asked) -> String {
    match &asked.about {
        About::One { locks: Some(_), .. } if asked.action == Action::Restart => say!("ask.mended").to_owned(),
        About::One { status: OperationStatus::Success, .. } => say!("ask.once-more").to_owned(),
        // `Cancel` alone would be what leaves a dialog.
        About::One { .. } if asked.action == Action::Cancel => say!("ask.cancel").to_owned(),
        About::One { .. } => asked.action.label().said().to_owned(),
        About::Many { count, .. } if locks(asked).is_some() => say!("ask.mended-many", count = *count),
        About::Many { count, .. } => deed(asked.action, *count),
    }
}

/// Of how many another try would lock an account, as far as that is known, and how they failed.
pub fn locks(asked: &Asked) -> Option<(usize, ErrorClass)> {
    match &asked.about {
        _ if asked.action != Action::Restart => None,
        About::One { locks, .. } => locks.map(|class| (1, class)),
        About::Many { known, .. } => known.and_then(|known| known.locks),
    }
}

/// Why nothing can be done with a row, or no more than to take it back.
pub const fn why_not(keeper: Keeper, nothing: bool) -> Option<Text> {
    match keeper {
        Keeper::Vigia => None,
        Keeper::Stranded => Some(text!("why-not.stranded")),
        Keeper::Routed if !nothing => None,
        Keeper::Routed => Some(text!("why-not.routed")),
        Keeper::Other => Some(text!("why-not.other")),
    }
}

/// Whether what it would do cannot be taken back, or is done a second time.
pub fn is_grave(asked: &Asked) -> bool {
    match (&asked.about, asked.action) {
        _ if locks(asked).is_some() => true,
        (_, Action::Cancel | Action::Disapprove) => true,
        (About::One { status, .. }, Action::Restart) => matches!(status, OperationStatus::Success),
        (About::Many { known: Some(Known { succeeded, .. }), .. }, Action::Restart) => *succeeded > 0,
        (About::Many { known: None, .. }, Action::Restart) => true,
        _ => false,
    }
}

/// What will happen, in sentences.
pub fn consequences(asked: &Asked) -> Vec<String> {
    let count = match asked.about {
        About::One { .. } => 1,
        About::Many { count, .. } => count,
    };
    let mut sentences = Vec::new();
    if let Some((locking, class)) = locks(asked) {
        let mend = match class {
            ErrorClass::AccountLocked => text!("ask.mend.unlock"),
            _ => text!("ask.mend.password"),
        };
        let class = class.label();
        sentences.push(if locking == count {
            say!("ask.locks", count = locking, class = class, mend = mend)
        } else {
            say!("ask.locks-some", count = locking, class = class, mend = mend)
        });
    }
    match &asked.about {
        About::One { status: OperationStatus::Success, ended: Some(at), .. } => sentences.push(say!("ask.succeeded-at", when = at)),
        About::One { status: OperationStatus::Success, .. } => sentences.push(say!("ask.succeeded", count = 1_i64)),
        About::One { status: OperationStatus::Error, ended: Some(at), .. } => sentences.push(say!("ask.failed-at", when = at)),
        About::One { .. } => {}
        About::Many { count, known: Some(known) } => {
            if known.suit < *count {
                sentences.push(say!("ask.suit", count = known.suit, rest = count - known.suit));
            }
            if asked.action == Action::Restart && known.succeeded > 0 {
                sentences.push(say!("ask.succeeded-some", count = known.succeeded));
            }
        }
        About::Many { known: None, .. } => {
            sentences.push(say!("ask.not-all").to_owned());
            if asked.action == Action::Restart {
                sentences.push(say!("ask.succeeded-any").to_owned());
                sentences.push(say!("ask.locks-any").to_owned());
            }
        }
    }
    sentences.push(match asked.action {
        Action::Restart => say!("ask.then.restart", count = count),
        Action::RunNow => say!("ask.then.run-now", count = count),
        Action::Cancel => say!("ask.then.cancel", count = count),
        Action::Approve => say!("ask.then.approve", count = count),
        Action::Disapprove => say!("ask.then.disapprove", count = count),
    });
    sentences
}

/// What came of it, in a sentence.
pub fn done(asked: &Asked, results: &[ActionResult]) -> String {
    let refused = results.iter().filter(|result| result.result.is_err()).count();
    let moved = results.len() - refused;
    match &asked.about {
        About::One { headline, .. } if refused == 0 => moved_one(asked.action, &visible(headline)),
        About::One { headline, .. } => say!("done.not", operation = visible(headline)),
        About::Many { .. } if refused == 0 => moved_all(asked.action, moved),
        About::Many { .. } if moved == 0 => say!("done.none", count = refused),
        About::Many { .. } => say!("done.some", count = refused, moved = moved_all(asked.action, moved)),
    }
}

fn moved_one(action: Action, operation: &str) -> String {
    match action {
        Action::Restart => say!("done.restart", operation = operation),
        Action::RunNow => say!("done.run-now", operation = operation),
        Action::Cancel => say!("done.cancel", operation = operation),
        Action::Approve => say!("done.approve", operation = operation),
        Action::Disapprove => say!("done.disapprove", operation = operation),
    }
}

fn moved_all(action: Action, count: usize) -> String {
    match action {
        Action::Restart => say!("done.all.restart", count = count),
        Action::RunNow => say!("done.all.run-now", count = count),
        Action::Cancel => say!("done.all.cancel", count = count),
        Action::Approve => say!("done.all.approve", count = count),
        Action::Disapprove => say!("done.all.disapprove", count = count),
    }
}
