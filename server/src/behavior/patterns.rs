//! What the dashboard shows below its first screen.

use super::period::Period;
use super::{BehaviorService, Failed, Look, TOP};
use crate::store::query::Step as Cut;
use futures_util::future::try_join_all;
use std::ops::Range;
use vigia_app::behavior::{
    Asked, Excess, Patterns, Step, Stretch, Trend, TrendKind, Used, excessive, first, of_credential, risky, standing_out, trend,
};
use vigia_app::model::{Cell, Column, Query, Timestamp, Viewer};
use vigia_app::reports::PASSWORD_VIEW;

/// The days and the months that custody is about.
const DAYS: usize = 45;
const MONTHS: usize = 12;
/// Groups that views may fall into.
const MOST_GROUPS: usize = 200_000;

pub(super) async fn of(service: &BehaviorService, viewer: &Viewer, asked: &Asked) -> Result<Patterns, Failed> {
    let Some(look) = service.look(viewer, &asked.query).await? else { return Ok(Patterns::default()) };
    let trends = try_join_all(TrendKind::ALL.into_iter().map(async |kind| match trend(asked, kind) {
        Some(query) => trend_of(service, &look, kind, &query).await.map(Some),
        None => Ok(None),
    }));
    let Some(shown) = asked.shown() else {
        return Ok(Patterns { trends: trends.await?.into_iter().flatten().collect(), ..Patterns::default() });
    };
    let firsts = async {
        match first(&shown) {
            Some(first) => {
                tokio::try_join!(look.count(&first, look.period.all()), service.list(&first, PASSWORD_VIEW.time, &look))
            }
            None => Ok((0, Vec::new())),
        }
    };
    let excess = async {
        match excessive(&shown) {
            Some(excessive) => excesses(&look, &excessive).await,
            None => Ok((Vec::new(), 0)),
        }
    };
    let latest = service.list(&shown, PASSWORD_VIEW.time, &look);
    // Side by side: each takes one core.
    let (trends, week, used, latest, (first_there, first), excess) =
        tokio::try_join!(trends, week(&look, &shown), credentials(&look, &shown), latest, firsts, excess)?;
    Ok(Patterns {
        week,
        trends: trends.into_iter().flatten().collect(),
        credentials: used.0,
        credentials_there: used.1,
        latest,
        first,
        first_there,
        excessive: excess.0,
        excessive_there: excess.1,
    })
}

async fn trend_of(service: &BehaviorService, look: &Look, kind: TrendKind, query: &Query) -> Result<Trend, Failed> {
    let until_now = |step, count| Period::until_now(&look.resolved, step, count, look.now);
    let (step, bounds) = match kind {
        TrendKind::CustodyDays => (Step::Day, until_now(Cut::Day, DAYS)),
        TrendKind::CustodyMonths => (Step::Month, until_now(Cut::Month, MONTHS)),
        _ => (look.period.step, look.period.bounds.clone()),
    };
    // Views are counted in what was known of them all the while, other events in what is known of those now.
    let other = if query.report.key == PASSWORD_VIEW.key { None } else { Some(service.known(&look.resolve(query, ends(&bounds))?).await?) };
    let known = other.as_ref().unwrap_or(&look.known);
    let counts = async |query: &Query| {
        let resolved = look.resolve(query, ends(&bounds))?;
        known.spans(&resolved, &bounds).await?.ok_or(Failed::NotYet)
    };
    let all = counts(query).await?;
    let part = match standing_out(query, kind) {
        Some(query) => counts(&query).await?,
        None => vec![0; all.len()],
    };
    let moment = |at| look.period.moment(at).to_string();
    let spans = bounds.windows(2).zip(all.into_iter().zip(part)).map(|(bounds, (all, part))| Stretch {
        from: moment(bounds[0]),
        to: moment(bounds[1]),
        all,
        part,
        so_far: look.has_begun(bounds[0], bounds[1]),
    });
    Ok(Trend { kind, step, spans: spans.collect() })
}

fn ends(bounds: &[Timestamp]) -> Range<Timestamp> {
    bounds.first().copied().unwrap_or(Timestamp::MIN)..bounds.last().copied().unwrap_or(Timestamp::MIN)
}

/// How many views are in each hour of the week, and how many of those are with risk.
pub(super) async fn week(look: &Look, shown: &Query) -> Result<Vec<(u64, u64)>, Failed> {
    let counts = async |query: &Query| look.known.week(&look.resolve(query, look.period.all())?).await?.ok_or(Failed::NotYet);
    let all = counts(shown).await?;
    let with_risk = match risky(shown) {
        Some(query) => counts(&query).await?,
        None => vec![0; all.len()],
    };
    Ok(all.into_iter().zip(with_risk).collect())
}

/// The credentials with most views.
async fn credentials(look: &Look, shown: &Query) -> Result<(Vec<Used>, u64), Failed> {
    let (groups, there) = look.groups(shown, &["device", "username"]).await?;
    let mut used = Vec::new();
    for (cells, views, _) in groups {
        let [device, username] = cells.try_into().unwrap_or([Cell::Empty, Cell::Empty]);
        let risky = match of_credential(shown, &device, &username).as_ref().and_then(risky) {
            Some(query) => look.count(&query, look.period.all()).await?,
            None => 0,
        };
        used.push(Used { device, username, views, risky });
    }
    Ok((used, there))
}

/// Views by user and credential.
async fn excesses(look: &Look, query: &Query) -> Result<(Vec<Excess>, u64), Failed> {
    let (groups, there) = look.groups(query, &["user", "device", "username"]).await?;
    let excess = |(cells, views, risk): (Vec<Cell>, u64, Option<f64>)| {
        let [user, device, username] = cells.try_into().unwrap_or([Cell::Empty, Cell::Empty, Cell::Empty]);
        Excess { user, device, username, views, risk }
    };
    Ok((groups.into_iter().map(excess).collect(), there))
}

impl Look {
    /// The largest groups of what a question finds by some columns: their values, how many there are, and their risk on average where the report has
    /// one; and how many groups there are. Where those are too many to be told apart, none.
    pub(super) async fn groups(&self, query: &Query, by: &[&str]) -> Result<(Vec<(Vec<Cell>, u64, Option<f64>)>, u64), Failed> {
        let column = |key: &str| query.report.column(key);
        let by: Vec<&'static Column> = by.iter().filter_map(|key| column(key)).collect();
        let resolved = self.resolve(query, self.period.all())?;
        let found = self.known.groups(&resolved, &by, column("risk"), (TOP, MOST_GROUPS)).await?.ok_or(Failed::NotYet)?;
        let Ok((groups, there)) = found else { return Ok((Vec::new(), 0)) };
        Ok((groups.into_iter().map(|group| (group.cells, group.rows, group.average)).collect(), there as u64))
    }
}
