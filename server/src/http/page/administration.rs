//! What administrators do in the page, for the server functions of one request.

use super::server_functions::ForRequest;
use crate::event::Event;
use crate::identity::NewToken;
use crate::ingest::quarantine_desk::{Chosen, QuarantineDesk};
use crate::ingest::trying::{Outcome, Tried, try_lines};
use crate::manner::{Encoding, WithoutTime};
use crate::store::quarantine::{QuarantineFilter, Quarantined};
use crate::store::tokens::ApiToken;
use vigia_app::api::admin::Administration;
use vigia_app::model::{
    ApiError, QuarantineGroup, QuarantineLine, QuarantinePage, Replayed, Timestamp, TokenInfo, TokenRequest, TriedEvent, TriedLine,
    TriedOutcome, TriedTry,
};
use vigia_app::sentence;

/// Lines of the quarantine a page.
const LINES: u32 = 30;
/// Longest time a token may be good for, in days: ten years.
const MOST_DAYS: u32 = 3_660;
const DAY: i64 = 24 * 60 * 60 * 1000;

impl ForRequest {
    fn desk(&self) -> QuarantineDesk<'_> {
        QuarantineDesk { intake: &self.state.intake, identity: &self.state.identity }
    }
}

#[async_trait::async_trait]
impl Administration for ForRequest {
    async fn tokens(&self) -> Result<Vec<TokenInfo>, ApiError> {
        self.caller.admin(&self.state, "Tokens").await?;
        Ok(self.state.identity.tokens().await?.into_iter().map(info).collect())
    }

    async fn issue_token(&self, new: TokenRequest) -> Result<String, ApiError> {
        let actor = self.caller.admin(&self.state, "New token").await?;
        if new.days.is_some_and(|days| !(1..=MOST_DAYS).contains(&days)) {
            return Err(ApiError::invalid("days", sentence!("token.days", most = MOST_DAYS)));
        }
        let expires = new.days.map(|days| Timestamp::saturating((self.state.clock)().millis() + i64::from(days) * DAY));
        let new = NewToken { name: &new.name, owner: &actor.username, scope: new.scope, sources: &new.sources, expires };
        Ok(self.state.identity.issue_token(&new, &actor).await?.text)
    }

    async fn revoke_token(&self, name: &str) -> Result<(), ApiError> {
        let actor = self.caller.admin(&self.state, "Revoking a token").await?;
        self.state.identity.revoke_token(name, &actor).await.map(drop)
    }

    async fn quarantine(&self) -> Result<Vec<QuarantineGroup>, ApiError> {
        self.caller.admin(&self.state, "Quarantine").await?;
        let counts = self.desk().counts().await?.into_iter();
        Ok(counts.map(|of| QuarantineGroup { source: of.source, format: of.format, reason: of.reason, lines: of.lines }).collect())
    }

    async fn quarantined(&self, group: QuarantineGroup, before: Option<i64>) -> Result<QuarantinePage, ApiError> {
        self.caller.admin(&self.state, "Quarantine").await?;
        let (lines, next) = self.desk().list(&filter(group), before, LINES).await?;
        Ok(QuarantinePage { lines: lines.into_iter().map(line).collect(), next })
    }

    async fn replay(&self, group: QuarantineGroup) -> Result<Replayed, ApiError> {
        let actor = self.caller.admin(&self.state, "Replay of the quarantine").await?;
        self.desk().replay(&Chosen::All(filter(group)), None, Encoding::Utf8, &actor).await
    }

    async fn drop_quarantined(&self, group: QuarantineGroup) -> Result<u64, ApiError> {
        let actor = self.caller.admin(&self.state, "Removal from the quarantine").await?;
        self.desk().discard(&Chosen::All(filter(group)), &actor).await
    }

    async fn formats(&self) -> Result<Vec<String>, ApiError> {
        self.caller.admin(&self.state, "Formats").await?;
        Ok(self.state.intake.formats.names().map(str::to_owned).collect())
    }

    async fn try_lines(&self, lines: TriedTry) -> Result<Vec<TriedLine>, ApiError> {
        self.caller.admin(&self.state, "Trying lines").await?;
        let TriedTry { text, format, arrival } = lines;
        let without_time = if arrival { WithoutTime::Arrival } else { WithoutTime::default() };
        let lines = text.lines().map(str::to_owned).collect();
        let tried = try_lines(&self.state.intake, lines, format.as_deref(), without_time).await?;
        Ok(tried.into_iter().map(tried_line).collect())
    }
}

fn filter(group: QuarantineGroup) -> QuarantineFilter {
    QuarantineFilter { source: Some(group.source), format: Some(group.format), reason: Some(group.reason) }
}

fn info(token: ApiToken) -> TokenInfo {
    let ApiToken { name, scope, sources, created, created_by, expires, revoked, last_used, hash: _, owner: _ } = token;
    TokenInfo { name, scope, sources, created, created_by, expires, revoked, last_used }
}

fn line(Quarantined { id, received, line }: Quarantined) -> QuarantineLine {
    let source = line.source.to_string();
    QuarantineLine { id, received, source, format: line.format, reason: line.reason, detail: line.detail, original: line.original }
}

fn tried_line(Tried { line, outcome, format, why, events, original }: Tried) -> TriedLine {
    let outcome = match outcome {
        Outcome::Event => TriedOutcome::Event,
        Outcome::Waiting => TriedOutcome::Waiting,
        Outcome::LeftOut => TriedOutcome::LeftOut,
        Outcome::Refused => TriedOutcome::Refused,
    };
    TriedLine { line, outcome, format, why, events: events.into_iter().map(tried_event).collect(), original }
}

fn tried_event(event: Event) -> TriedEvent {
    let Event { report, time, cells, attempts, extra, .. } = event;
    let columns = report.stored().zip(cells).filter(|(_, cell)| !cell.is_empty()).map(|(column, cell)| (column.key.to_owned(), cell));
    TriedEvent { report: report.key.to_owned(), time, columns: columns.collect(), attempts, extra }
}
