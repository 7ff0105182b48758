//! What the board of password changes shows.

use super::{BehaviorService, Failed, Look};
use futures_util::future::try_join_all;
use vigia_app::behavior::changes::{Alike, Changes, ChangesAsked, ChangesSpan, Outcome, OutcomeFigure, Standing, again, exhausted};
use vigia_app::model::{Cell, Query, Timestamp, Viewer};
use vigia_app::reports::PASSWORD_OPERATION;

/// The columns by which failures are counted.
const TOPS: [&str; 3] = ["error_class", "device", "site"];

pub(super) async fn of(service: &BehaviorService, viewer: &Viewer, asked: &ChangesAsked) -> Result<Changes, Failed> {
    let look = service.look_at(viewer, &asked.query).await?;
    let look = &look;
    let standing = try_join_all(Standing::ALL.into_iter().map(async |standing| match standing.of(asked) {
        Some(query) => look.count(&query, Timestamp::MIN..Timestamp::MAX).await.map(|count| (standing, count)),
        None => Ok((standing, 0)),
    }));
    let outcomes = try_join_all(Outcome::ALL.into_iter().map(|outcome| look.outcome(asked, outcome)));
    let failed = async {
        let Some(failed) = Outcome::Failed.of(asked) else { return Ok((Vec::new(), Vec::new(), 0)) };
        let exhausted = exhausted(&failed);
        let tops = TOPS.into_iter().filter_map(|key| PASSWORD_OPERATION.column(key));
        let tops = try_join_all(tops.map(|column| look.top(&failed, exhausted.as_ref(), column)));
        let (tops, (groups, there)) = tokio::try_join!(tops, look.groups(&failed, &["error_class", "device"]))?;
        let alike = groups.into_iter().map(|(cells, failed, _)| {
            let [class, device] = cells.try_into().unwrap_or([Cell::Empty, Cell::Empty]);
            Alike { class, device, failed }
        });
        Ok::<_, Failed>((tops, alike.collect(), there))
    };
    // Side by side: each takes one core.
    let (spans, standing, outcomes, (failed, alike, alike_there)) = tokio::try_join!(look.change_spans(asked), standing, outcomes, failed)?;
    let is_empty = spans.iter().all(|span| span.succeeded + span.failed + span.before == 0);
    let spans = if is_empty { Vec::new() } else { spans };
    Ok(Changes { step: look.period.step, spans, standing, outcomes, failed, alike, alike_there })
}

impl Look {
    async fn outcome(&self, asked: &ChangesAsked, outcome: Outcome) -> Result<OutcomeFigure, Failed> {
        let Some(query) = outcome.of(asked) else { return Ok(OutcomeFigure { outcome, now: 0, before: 0 }) };
        let (now, before) = (self.count(&query, self.period.all()).await?, self.count(&query, self.period.all_before(self.now)).await?);
        Ok(OutcomeFigure { outcome, now, before })
    }

    async fn change_spans(&self, asked: &ChangesAsked) -> Result<Vec<ChangesSpan>, Failed> {
        let bounds = &self.period.bounds;
        let counts = async |query: Option<Query>, bounds: &[Timestamp]| match query {
            Some(query) => self.histogram(&query, bounds).await,
            None => Ok(vec![0; bounds.len().saturating_sub(1)]),
        };
        if self.period.is_empty() {
            return Ok(Vec::new());
        }
        let succeeded = Outcome::Succeeded.of(asked);
        let all = counts(succeeded.clone(), bounds).await?;
        let repeated = counts(succeeded.as_ref().and_then(again), bounds).await?;
        let failed = counts(Outcome::Failed.of(asked), bounds).await?;
        let before = counts(succeeded, &self.period.before(self.now)).await?;
        let moment = |at| self.period.moment(at).to_string();
        let spans = self.period.spans().zip(all.into_iter().zip(repeated)).zip(failed.into_iter().zip(before));
        let spans = spans.map(|(((from, to), (succeeded, again)), (failed, before))| ChangesSpan {
            from: moment(from),
            to: moment(to),
            succeeded,
            again,
            failed,
            before,
            so_far: self.has_begun(from, to),
        });
        Ok(spans.collect())
    }
}
