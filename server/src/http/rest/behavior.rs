//! `/api/v1/dashboards/behavior`: what the Behavior dashboard shows, as numbers.

use super::counts::OwnedCell;
use super::schema;
use crate::http::endpoint::{Endpoint, Invalid, endpoint, tags};
use crate::http::problem::Refused;
use crate::http::session::Reader;
use crate::http::state::AppState;
use axum::Json;
use axum::extract::{RawQuery, State};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;
use vigia_app::behavior::{Behavior, Excess, Figure, Measure, Patterns, Span, Step, Stretch, Tally, Top, Trend, TrendKind, Used, ViewSeen};

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(behavior), endpoint!(patterns)]
}

/// The Behavior dashboard
///
/// How many passwords were viewed and how unusual that was, and the same of the period before. It is asked as the report Password view is; where nothing is
/// said of time, it is about the last 15 days. Each number is that of the rows that the report has for the same question.
#[utoipa::path(get, path = "/api/v1/dashboards/behavior", operation_id = "read_behavior", tag = tags::REPORTS,
    responses((status = 200, description = "The first screen of the dashboard.", body = BehaviorJson), Invalid))]
async fn behavior(Reader(viewer): Reader, State(state): State<AppState>, RawQuery(query): RawQuery) -> Result<Json<BehaviorJson>, Refused> {
    Ok(Json(state.behavior.behavior(&viewer, query.as_deref().unwrap_or_default()).await?.into()))
}

/// The Behavior dashboard: patterns
///
/// What it shows below its first screen.
#[utoipa::path(get, path = "/api/v1/dashboards/behavior/patterns", operation_id = "read_behavior_patterns", tag = tags::REPORTS,
    responses((status = 200, description = "What the views of the period have in common.", body = PatternsJson), Invalid))]
async fn patterns(Reader(viewer): Reader, State(state): State<AppState>, RawQuery(query): RawQuery) -> Result<Json<PatternsJson>, Refused> {
    Ok(Json(state.behavior.patterns(&viewer, query.as_deref().unwrap_or_default()).await?.into()))
}

#[derive(Serialize, ToSchema)]
#[schema(as = Behavior)]
struct BehaviorJson {
    /// How long spans are.
    #[schema(schema_with = steps)]
    step: &'static str,
    /// The spans that the period is cut into; none where there is nothing.
    spans: Vec<SpanJson>,
    figures: Vec<FigureJson>,
    /// The 20 views with the greatest risk, of those with risk.
    riskiest: Vec<ViewJson>,
    /// The last 20 views with risk.
    latest: Vec<ViewJson>,
    rankings: Vec<RankingJson>,
    /// How many views have no risk yet: it is being found out.
    unscored: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BehaviorSpan)]
struct SpanJson {
    /// On the clock of the zone; in UTC, with a `Z`, where that shows the time twice.
    from: String,
    to: String,
    views: TallyJson,
    sessions: TallyJson,
    /// It has not ended.
    so_far: bool,
    /// A day or more in which a source said nothing, in any report.
    silent: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BehaviorTally)]
struct TallyJson {
    all: u64,
    with_risk: u64,
    /// In the same span of the period before, up to the same moment in it.
    before: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BehaviorFigure)]
struct FigureJson {
    #[schema(schema_with = measures)]
    measure: &'static str,
    now: u64,
    /// In the period before, up to the same moment.
    before: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BehaviorView)]
pub(super) struct ViewJson {
    id: String,
    #[schema(required)]
    risk: Option<i64>,
    #[schema(value_type = Option<String>, required)]
    user: OwnedCell,
    #[schema(value_type = Option<String>, required)]
    device: OwnedCell,
    /// Whose password it was.
    #[schema(value_type = Option<String>, required)]
    username: OwnedCell,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BehaviorRanking)]
pub(super) struct RankingJson {
    column: String,
    /// Those with most views first.
    values: Vec<RankedJson>,
    /// How many values there are beside them, and how many views those have.
    other_values: u64,
    other_views: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BehaviorRanked)]
struct RankedJson {
    #[schema(value_type = Option<String>, required)]
    value: OwnedCell,
    views: u64,
    with_risk: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BehaviorPatterns)]
struct PatternsJson {
    /// The 168 hours of the week, from the first of Monday; none where there is nothing.
    week: Vec<HourJson>,
    trends: Vec<TrendJson>,
    /// The credentials with most views.
    credentials: Vec<CredentialJson>,
    /// How many credentials were viewed.
    credentials_total: u64,
    /// The last 20 views.
    latest: Vec<ViewJson>,
    /// The last 20 views of credentials that their users had not viewed before.
    first_accesses: Vec<ViewJson>,
    first_accesses_total: u64,
    /// Views on days on which their users viewed unusually many passwords, by user and credential.
    excessive: Vec<ExcessJson>,
    excessive_total: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BehaviorHour)]
pub(super) struct HourJson {
    views: u64,
    with_risk: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BehaviorTrend)]
struct TrendJson {
    #[schema(schema_with = trends)]
    kind: &'static str,
    #[schema(schema_with = steps)]
    step: &'static str,
    spans: Vec<StretchJson>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BehaviorStretch)]
pub(super) struct StretchJson {
    from: String,
    to: String,
    all: u64,
    /// Those that stand out: without a governance ID, without a justification, with risk, or failed.
    part: u64,
    so_far: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BehaviorCredential)]
struct CredentialJson {
    #[schema(value_type = Option<String>, required)]
    device: OwnedCell,
    #[schema(value_type = Option<String>, required)]
    username: OwnedCell,
    views: u64,
    with_risk: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BehaviorExcess)]
struct ExcessJson {
    #[schema(value_type = Option<String>, required)]
    user: OwnedCell,
    #[schema(value_type = Option<String>, required)]
    device: OwnedCell,
    #[schema(value_type = Option<String>, required)]
    username: OwnedCell,
    views: u64,
    /// On average; null where none is known.
    #[schema(required)]
    risk: Option<f64>,
}

pub(super) const STEPS: [(&str, Step); 4] = [("hour", Step::Hour), ("day", Step::Day), ("week", Step::Week), ("month", Step::Month)];
const MEASURES: [(&str, Measure); 6] = [
    ("views", Measure::Views),
    ("users", Measure::Users),
    ("with_risk", Measure::WithRisk),
    ("emergency", Measure::Emergency),
    ("without_governance_id", Measure::Ungoverned),
    ("not_changed_since", Measure::Unchanged),
];
const TRENDS: [(&str, TrendKind); 6] = [
    ("governance", TrendKind::Governance),
    ("justification", TrendKind::Justification),
    ("custody_days", TrendKind::CustodyDays),
    ("custody_months", TrendKind::CustodyMonths),
    ("operations", TrendKind::Operations),
    ("backups", TrendKind::Backups),
];

pub(super) fn steps() -> Object {
    schema::word(STEPS.map(|(name, _)| name))
}

fn measures() -> Object {
    schema::word(MEASURES.map(|(name, _)| name))
}

fn trends() -> Object {
    schema::word(TRENDS.map(|(name, _)| name))
}

/// What one of a list is called.
pub(super) fn name<T: PartialEq>(of: &T, all: &[(&'static str, T)]) -> &'static str {
    all.iter().find(|(_, one)| one == of).map_or("", |(name, _)| name)
}

impl From<Behavior> for BehaviorJson {
    fn from(shown: Behavior) -> Self {
        let tally = |Tally { all, risky, before }: Tally| TallyJson { all, with_risk: risky, before };
        let span = |span: Span| SpanJson {
            from: span.from,
            to: span.to,
            views: tally(span.views),
            sessions: tally(span.sessions),
            so_far: span.so_far,
            silent: span.silent,
        };
        let figure = |Figure { measure, now, before }: Figure| FigureJson { measure: name(&measure, &MEASURES), now, before };
        Self {
            step: name(&shown.step, &STEPS),
            spans: shown.spans.into_iter().map(span).collect(),
            figures: shown.figures.into_iter().map(figure).collect(),
            riskiest: views(shown.riskiest),
            latest: views(shown.latest),
            rankings: shown.tops.into_iter().map(ranking).collect(),
            unscored: shown.unscored,
        }
    }
}

pub(super) fn views(seen: Vec<ViewSeen>) -> Vec<ViewJson> {
    let view = |ViewSeen { id, risk, user, device, username }: ViewSeen| ViewJson {
        id: id.to_string(),
        risk,
        user: OwnedCell(user),
        device: OwnedCell(device),
        username: OwnedCell(username),
    };
    seen.into_iter().map(view).collect()
}

pub(super) fn ranking(Top { column, values, others }: Top) -> RankingJson {
    RankingJson {
        column,
        values: values.into_iter().map(|(value, views, with_risk)| RankedJson { value: OwnedCell(value), views, with_risk }).collect(),
        other_values: others.0,
        other_views: others.1,
    }
}

pub(super) fn stretch(Stretch { from, to, all, part, so_far }: Stretch) -> StretchJson {
    StretchJson { from, to, all, part, so_far }
}

pub(super) const fn hour((views, with_risk): (u64, u64)) -> HourJson {
    HourJson { views, with_risk }
}

impl From<Patterns> for PatternsJson {
    fn from(shown: Patterns) -> Self {
        let trend = |Trend { kind, step, spans }: Trend| TrendJson {
            kind: name(&kind, &TRENDS),
            step: name(&step, &STEPS),
            spans: spans.into_iter().map(stretch).collect(),
        };
        let used = |Used { device, username, views, risky }: Used| CredentialJson {
            device: OwnedCell(device),
            username: OwnedCell(username),
            views,
            with_risk: risky,
        };
        let excess = |Excess { user, device, username, views, risk }: Excess| ExcessJson {
            user: OwnedCell(user),
            device: OwnedCell(device),
            username: OwnedCell(username),
            views,
            risk,
        };
        Self {
            week: shown.week.into_iter().map(hour).collect(),
            trends: shown.trends.into_iter().map(trend).collect(),
            credentials: shown.credentials.into_iter().map(used).collect(),
            credentials_total: shown.credentials_there,
            latest: views(shown.latest),
            first_accesses: views(shown.first),
            first_accesses_total: shown.first_there,
            excessive: shown.excessive.into_iter().map(excess).collect(),
            excessive_total: shown.excessive_there,
        }
    }
}
