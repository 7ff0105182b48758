//! Whom an endpoint answers, read off the first argument of its handler.

use crate::http::session::{
    Admin, Auditor, Caller, Executor, Exporting, LookingOn, Operator, Reader, ReviewReader, Reviewer, SignedIn, Ticket, User, Watcher,
    Writer,
};
use crate::http::state::AppState;
use crate::operations::operation_desk;
use crate::store::tokens::Scope;
use axum::extract::State;
use serde_json::{Value, json};
use vigia_app::model::Role;

/// Whom an endpoint answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Who {
    Anybody,
    /// An administrator, or a token of the scope read.
    Watcher,
    SignedIn,
    /// Of the session, or with a token of the scope read.
    Reader,
    Admin,
    /// An auditor or administrator.
    Auditor,
    /// An auditor or administrator, or a manager where an administrator lets them.
    Reviewer,
    /// The same, or with a token of the scope read.
    ReviewReader,
    /// The same of who may export.
    Exporter,
    /// An administrator, or a token of the scope operate.
    Operator,
    /// A token of the scope write.
    Writer,
    /// A token of the scope execute.
    Executor,
    /// The ticket of the attempt it is about.
    Ticket,
}

impl Who {
    /// What has to be sent, one of these: with the role that a session has to have at least, where not every role will do, and the scope of a
    /// token.
    pub(in crate::http) fn security(self) -> Value {
        let (admin, auditor) = (Role::Admin.name(), Role::Auditor.name());
        let token = |scope: Scope| json!({ "token": [scope.name()] });
        match self {
            Self::Anybody => json!([]),
            Self::SignedIn => json!([{ "session": [] }]),
            Self::Admin => json!([{ "session": [admin] }]),
            Self::Auditor => json!([{ "session": [auditor] }]),
            Self::Reviewer => json!([{ "session": [] }]),
            Self::ReviewReader | Self::Exporter => json!([{ "session": [] }, token(Scope::Read)]),
            Self::Watcher => json!([{ "session": [admin] }, token(Scope::Read)]),
            Self::Reader => json!([{ "session": [] }, token(Scope::Read)]),
            Self::Operator => json!([{ "session": [operation_desk::role().name()] }, token(Scope::Operate)]),
            Self::Writer => json!([token(Scope::Write)]),
            Self::Executor => json!([token(Scope::Execute)]),
            Self::Ticket => json!([{ "ticket": [] }]),
        }
    }

    /// The sentence that says so.
    pub(in crate::http) const fn words(self) -> &'static str {
        match self {
            Self::Anybody => "Needs no session.",
            Self::Watcher => "For administrators, and tokens of the scope read.",
            Self::SignedIn => "For users of every role.",
            Self::Reader => "For users of every role, and tokens of the scope read.",
            Self::Admin => "For administrators.",
            Self::Auditor => "For auditors and administrators.",
            Self::Reviewer => "For auditors and administrators, and for managers where an administrator lets them review.",
            Self::ReviewReader => {
                "For auditors and administrators, for managers where an administrator lets them review, and for tokens of the scope read."
            }
            Self::Exporter => {
                "For auditors and administrators, for managers where an administrator lets them export, and for tokens of the scope read."
            }
            Self::Operator => "For administrators, and tokens of the scope operate.",
            Self::Writer => "For tokens of the scope write; a session is not enough.",
            Self::Executor => "For tokens of the scope execute; a session is not enough.",
            Self::Ticket => "For whoever has the ticket of the attempt.",
        }
    }
}

/// An argument of a handler that says whom it answers.
pub(in crate::http) trait Asker {
    const WHO: Who;
}

macro_rules! askers {
    ($($argument:ty => $who:ident),+ $(,)?) => { $(impl Asker for $argument { const WHO: Who = Who::$who; })+ };
}

askers! {
    // Nothing is asked of who only looks at the server, and signing in answers for itself.
    State<AppState> => Anybody,
    Caller => Anybody,
    Watcher => Watcher,
    SignedIn => SignedIn,
    LookingOn => SignedIn,
    User => SignedIn,
    Reader => Reader,
    Admin => Admin,
    Auditor => Auditor,
    Reviewer => Reviewer,
    ReviewReader => ReviewReader,
    Exporting => Exporter,
    Operator => Operator,
    Writer => Writer,
    Executor => Executor,
    Ticket => Ticket,
}

/// The arguments of a handler, as axum sees them: how they are taken from a request, then each.
pub(in crate::http) trait Arguments {
    const WHO: Who;
}

impl Arguments for ((),) {
    const WHO: Who = Who::Anybody;
}

macro_rules! arguments {
    ($($other:ident)*) => {
        impl<M, A: Asker, $($other),*> Arguments for (M, A, $($other,)*) { const WHO: Who = A::WHO; }
    };
}

arguments!();
arguments!(T1);
arguments!(T1 T2);
arguments!(T1 T2 T3);
arguments!(T1 T2 T3 T4);
