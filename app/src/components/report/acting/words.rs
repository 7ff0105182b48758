//! What is asked and told about actions.

use super::{About, Asked, Known};
use crate::browser::intl;
use crate::model::{Action, ActionResult, ErrorClass, Keeper, OperationStatus, visible};

fn number(count: usize) -> String {
    intl::number(i64::try_from(count).unwrap_or(i64::MAX))
}

/// `12 operations`.
pub fn operations(count: usize) -> String {
    self::count(count, "operation")
}

/// `12 credentials`.
pub fn count(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{} {what}s", number(count)) }
}

/// `Restart 12 operations`: what the button does.
pub fn deed(action: Action, count: usize) -> String {
    let what = operations(count);
    match action {
        Action::Restart => format!("Restart {what}"),
        Action::RunNow => format!("Run {what} at once"),
        Action::Cancel => format!("Cancel {what}"),
        Action::Approve => format!("Approve {what}"),
        Action::Disapprove => format!("Disapprove {what}"),
    }
}

const fn past(action: Action) -> &'static str {
    match action {
        Action::Restart => "restarted",
        Action::RunNow => "asked to run at once",
        Action::Cancel => "canceled",
        Action::Approve => "approved",
        Action::Disapprove => "disapproved",
    }
}

/// The dialog's title.
pub fn title(asked: &Asked) -> String {
    match &asked.about {
        About::One { headline, .. } => format!("{}: {}?", asked.action.label(), visible(headline)),
        About::Many { count, .. } => format!("{}?", deed(asked.action, *count)),
    }
}

/// The button that does it.
pub fn act(asked: &Asked) -> String {
    match &asked.about {
        About::One { locks: Some(_), .. } if asked.action == Action::Restart => "It is mended: restart".to_owned(),
        About::One { status: OperationStatus::Success, .. } => "Perform it once more".to_owned(),
        // `Cancel` alone would be what leaves a dialog.
        About::One { .. } if asked.action == Action::Cancel => "Cancel the operation".to_owned(),
        About::One { .. } => asked.action.label().to_owned(),
        About::Many { count, .. } if locks(asked).is_some() => format!("The cause is mended: restart {}", operations(*count)),
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
pub const fn why_not(keeper: Keeper, nothing: bool) -> Option<&'static str> {
    match keeper {
        Keeper::Vigia => None,
        Keeper::Stranded => Some("Its connector is not set up: nobody would carry it out."),
        Keeper::Routed if !nothing => None,
        Keeper::Routed => Some("Another system is at it: it can be moved there only."),
        Keeper::Other => Some("Another system has carried it out, and no route leads from it to a connector here."),
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
    let one = matches!(asked.about, About::One { .. });
    let (it, is, runs, its) = if one { ("It", "is", "runs", "its") } else { ("They", "are", "run", "their") };
    let mut sentences = Vec::new();
    if let Some((count, class)) = locks(asked) {
        let what = match asked.about {
            About::One { .. } => "It".to_owned(),
            About::Many { count: all, .. } if all == count => "They".to_owned(),
            About::Many { .. } => format!("{} of them", number(count)),
        };
        let mend = match class {
            ErrorClass::AccountLocked => "unlock the account on its device, and find who still uses an old password",
            _ => "set right the password that is used, or reconcile the credential",
        };
        sentences.push(format!(
            "{what} failed with {}. Each further try with the same password is one more refused sign-in: it locks the account, or keeps it \
             locked. First {mend}; then restart.",
            class.name()
        ));
    }
    match &asked.about {
        About::One { status: OperationStatus::Success, ended, .. } => {
            let when = ended.as_ref().map(|at| format!(" at {at}")).unwrap_or_default();
            sentences.push(format!("It succeeded{when}. Restarted, it is performed once more: what it changed is changed again."));
        }
        About::One { status: OperationStatus::Error, ended: Some(at), .. } => sentences.push(format!("It failed at {at}.")),
        About::One { .. } => {}
        About::Many { count, known: Some(known) } => {
            if known.suit < *count {
                let rest = count - known.suit;
                sentences.push(format!(
                    "{} of them can be {} now; the other {} will be refused, with the reason.",
                    number(known.suit),
                    past(asked.action),
                    number(rest)
                ));
            }
            if asked.action == Action::Restart && known.succeeded > 0 {
                sentences.push(format!(
                    "{} succeeded already. Restarted, they are performed once more: what they changed is changed again.",
                    operations(known.succeeded)
                ));
            }
        }
        About::Many { known: None, .. } => {
            sentences.push("Those whose status does not allow it will be refused, with the reason.".to_owned());
            if asked.action == Action::Restart {
                sentences.push("Those that succeeded already are performed once more: what they changed is changed again.".to_owned());
                sentences.push(
                    "Those that another try would lock are left alone: restart them from their failures, once the cause is mended."
                        .to_owned(),
                );
            }
        }
    }
    sentences.push(match asked.action {
        Action::Restart => format!("{it} {is} carried out as soon as possible, as a new attempt. Earlier attempts stay on record."),
        Action::RunNow => format!("{it} {runs} now, before others that are due, and not at {its} scheduled time."),
        Action::Cancel => format!("{it} will not be carried out. A canceled operation cannot be brought back."),
        Action::Approve => format!("{it} {is} scheduled, and {runs} when due."),
        Action::Disapprove => format!("{it} {is} canceled and will not be carried out. That cannot be taken back."),
    });
    sentences
}

/// What came of it, in a sentence.
pub fn done(asked: &Asked, results: &[ActionResult]) -> String {
    let refused = results.iter().filter(|result| result.result.is_err()).count();
    let moved = results.len() - refused;
    match &asked.about {
        About::One { headline, .. } if refused == 0 => format!("{} was {}.", visible(headline), past(asked.action)),
        About::One { headline, .. } => format!("{} was not {}.", visible(headline), past(asked.action)),
        About::Many { .. } if refused == 0 => {
            format!("{} {} {}.", operations(moved), if moved == 1 { "was" } else { "were" }, past(asked.action))
        }
        About::Many { .. } if moved == 0 => format!("None {}, {} refused.", past(asked.action), number(refused)),
        About::Many { .. } => format!("{} {}, {} refused.", number(moved), past(asked.action), number(refused)),
    }
}
