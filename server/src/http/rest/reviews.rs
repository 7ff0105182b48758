//! `/api/v1/reviews`: what people say of events after having looked at them, and what is still to be looked at.

use super::asked::query;
use super::body::Body;
use super::schema;
use super::tokens::time;
use crate::http::endpoint::{Endpoint, Invalid, NotFound, endpoint, tags};
use crate::http::problem::Refused;
use crate::http::session::{Admin, Auditor, ReviewReader, Reviewer};
use crate::http::state::AppState;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Array, Object};
use vigia_app::model::{ApiError, EventId, ReviewEntry, Timestamp, Verdict};
use vigia_app::reviews::{NewReview, ReviewDay, ReviewQueue, ReviewRule, ReviewSettings, ReviewState};
use vigia_app::{reports, sentence, text};

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(state), endpoint!(review), endpoint!(close), endpoint!(settings), endpoint!(set), endpoint!(history)]
}

fn reviewed() -> Object {
    schema::word(reports::ALL.into_iter().filter(|report| report.is_reviewed()).map(|report| report.key))
}

fn verdict() -> Object {
    let verdicts = schema::word_or_null(Verdict::ALL.map(Verdict::name));
    schema::described(verdicts, "Null takes back what was said last: the event is to be reviewed again.")
}

#[derive(Serialize, ToSchema)]
#[schema(as = Reviews)]
struct StateJson {
    /// In the order of the rules that are switched on.
    queues: Vec<QueueJson>,
    /// How many events the rules find that nobody has reviewed, each once.
    to_review: u64,
    /// When the first of them was; null where there is none.
    #[schema(required, format = DateTime)]
    oldest: Option<String>,
    /// The last days, the latest first.
    days: Vec<DayJson>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ReviewQueue)]
pub(super) struct QueueJson {
    /// Of its rule.
    name: String,
    #[schema(schema_with = reviewed)]
    report: String,
    /// The report has the events for this query string.
    query: String,
    to_review: u64,
    #[schema(required, format = DateTime)]
    oldest: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ReviewDay)]
struct DayJson {
    #[schema(format = Date)]
    day: String,
    /// Events that the rules find, each once.
    found: u64,
    /// Those of them that nobody has reviewed.
    to_review: u64,
    /// It has ended.
    over: bool,
    /// When somebody has stated last that it is reviewed; null where nobody has.
    #[schema(required, format = DateTime)]
    closed: Option<String>,
    #[schema(required)]
    closed_by: Option<String>,
}

impl From<ReviewQueue> for QueueJson {
    fn from(ReviewQueue { name, report, query, rows, oldest }: ReviewQueue) -> Self {
        Self { name, report, query, to_review: rows, oldest: oldest.map(Timestamp::rfc3339) }
    }
}

impl From<ReviewState> for StateJson {
    fn from(state: ReviewState) -> Self {
        let day = |ReviewDay { day, found, unreviewed, over, closed }| {
            let (closed, closed_by) = closed.map(|(at, who)| (at.rfc3339(), who)).unzip();
            DayJson { day, found, to_review: unreviewed, over, closed, closed_by }
        };
        Self {
            queues: state.queues.into_iter().map(QueueJson::from).collect(),
            to_review: state.rows,
            oldest: state.oldest.map(Timestamp::rfc3339),
            days: state.days.into_iter().map(day).collect(),
        }
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Zone {
    /// IANA name of the zone whose days are told of; UTC where it is left out.
    #[serde(default = "utc")]
    #[param(required = false)]
    zone: String,
}

fn utc() -> String {
    "UTC".to_owned()
}

/// What is to be reviewed
#[utoipa::path(get, path = "/api/v1/reviews", operation_id = "reviews", tag = tags::REVIEWS, params(Zone),
    responses((status = 200, description = "What the rules find, and what of it nobody has reviewed.", body = StateJson), Invalid))]
async fn state(
    ReviewReader(viewer): ReviewReader,
    State(state): State<AppState>,
    asked: Result<Query<Zone>, QueryRejection>,
) -> Result<Json<StateJson>, Refused> {
    let Zone { zone } = query(asked)?;
    Ok(Json(state.reviews().state(&viewer, &zone).await?.into()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewReview)]
struct NewJson {
    #[schema(schema_with = reviewed)]
    report: String,
    #[schema(schema_with = ids)]
    ids: Vec<String>,
    // Nothing is taken back because something was left out.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required, schema_with = verdict)]
    verdict: Option<Verdict>,
    #[serde(default)]
    #[schema(schema_with = comment)]
    comment: String,
}

fn ids() -> Array {
    schema::list(1..=ReviewEntry::MAX_EVENTS, schema::text())
}

fn comment() -> Object {
    let mut comment = schema::text();
    comment.max_length = Some(ReviewEntry::MAX_COMMENT);
    schema::described(comment, "Stands in the history of each.")
}

#[derive(Serialize, ToSchema)]
#[schema(as = Reviewed)]
struct ReviewedJson {
    /// The events of which it is kept; those that are gone are not among them.
    ids: Vec<String>,
}

/// Review events
///
/// What is said of an event is added to its history; the last word stands in its row.
#[utoipa::path(post, path = "/api/v1/reviews", operation_id = "review_events", tag = tags::REVIEWS, request_body = NewJson,
    responses((status = 200, description = "It is kept.", body = ReviewedJson), Invalid, NotFound))]
async fn review(
    Reviewer { viewer, actor }: Reviewer,
    State(state): State<AppState>,
    Body(new): Body<NewJson>,
) -> Result<Json<ReviewedJson>, Refused> {
    let NewJson { report, ids, verdict, comment } = new;
    let ids = ids.iter().map(|text| id("ids", text)).collect::<Result<_, _>>()?;
    let new = NewReview { report, ids, verdict, comment };
    let kept = state.reviews().review(&viewer, &actor, new).await?;
    Ok(Json(ReviewedJson { ids: kept.iter().map(ToString::to_string).collect() }))
}

fn id(field: &str, text: &str) -> Result<EventId, ApiError> {
    text.parse().map_err(|_| ApiError::invalid(field, sentence!("review.id", id = format!("{text:?}"))))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CloseDay)]
struct CloseJson {
    #[schema(format = Date)]
    day: String,
    /// IANA name of the zone on whose clock the day is.
    #[serde(default = "utc")]
    #[schema(default = "UTC")]
    zone: String,
}

/// State that a day is reviewed
///
/// It has to be over, and nothing of it may be left to review. The statement is a record of Audit tracking, with how many events were found, also where none was.
#[utoipa::path(post, path = "/api/v1/reviews/days", operation_id = "close_review_day", tag = tags::REVIEWS, request_body = CloseJson,
    responses((status = 204, description = "It is stated."), Invalid))]
async fn close(
    Auditor { viewer, actor }: Auditor,
    State(state): State<AppState>,
    Body(CloseJson { day, zone }): Body<CloseJson>,
) -> Result<StatusCode, Refused> {
    state.reviews().close(&viewer, &actor, &day, &zone).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReviewSettings)]
struct SettingsJson {
    #[schema(max_items = 20)]
    rules: Vec<RuleJson>,
    /// Managers see what is to be reviewed, and review it.
    managers: bool,
    /// Events before this time are not asked for; null for all.
    #[schema(required, format = DateTime)]
    since: Option<String>,
    /// Views of what is watched are to be reviewed, from when somebody began to watch it: a queue for each of the 50 that were begun last, for auditors and
    /// administrators.
    #[serde(default)]
    watched: bool,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReviewRule)]
struct RuleJson {
    /// Another for each rule.
    name: String,
    #[schema(schema_with = reviewed)]
    report: String,
    /// Filters and search of a query string of the report: `risk.min=70`.
    query: String,
    #[serde(default = "yes")]
    #[schema(default = true)]
    enabled: bool,
}

const fn yes() -> bool {
    true
}

/// What is to be reviewed, and by whom
#[utoipa::path(get, path = "/api/v1/reviews/settings", operation_id = "review_settings", tag = tags::REVIEWS,
    responses((status = 200, description = "As it was set last.", body = SettingsJson)))]
async fn settings(_: Admin, State(state): State<AppState>) -> Result<Json<SettingsJson>, Refused> {
    let ReviewSettings { rules, managers, since, watched } = state.reviews().settings().await?;
    let rule = |ReviewRule { name, report, query, enabled }| RuleJson { name, report, query, enabled };
    Ok(Json(SettingsJson { rules: rules.into_iter().map(rule).collect(), managers, since: since.map(Timestamp::rfc3339), watched }))
}

/// Set what is to be reviewed, and by whom
#[utoipa::path(put, path = "/api/v1/reviews/settings", operation_id = "set_review_settings", tag = tags::REVIEWS, request_body = SettingsJson,
    responses((status = 204, description = "It holds from the next answer on."), Invalid))]
async fn set(Admin(actor): Admin, State(state): State<AppState>, Body(set): Body<SettingsJson>) -> Result<StatusCode, Refused> {
    let SettingsJson { rules, managers, since, watched } = set;
    let rule = |RuleJson { name, report, query, enabled }| ReviewRule { name, report, query, enabled };
    let since = since.map(|text| time("since", &text, text!("review.or-null"))).transpose()?;
    let set = ReviewSettings { rules: rules.into_iter().map(rule).collect(), managers, since, watched };
    state.reviews().set(set, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
#[schema(as = ReviewHistory)]
struct HistoryJson {
    /// Oldest first.
    reviews: Vec<EntryJson>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ReviewEntry)]
struct EntryJson {
    #[schema(format = DateTime)]
    at: String,
    /// The name they sign in with.
    who: String,
    #[schema(required, schema_with = verdict)]
    verdict: Option<&'static str>,
    comment: String,
}

/// How an event came to be judged as it is
#[utoipa::path(get, path = "/api/v1/reviews/{key}/{id}", operation_id = "review_history", tag = tags::REVIEWS,
    params(("key" = String, Path, description = "Key of the report."), ("id" = String, Path, description = "Id of the event.")),
    responses((status = 200, description = "Every step; none where nobody has reviewed it.", body = HistoryJson), Invalid, NotFound))]
async fn history(
    ReviewReader(viewer): ReviewReader,
    State(state): State<AppState>,
    Path((report, event)): Path<(String, String)>,
) -> Result<Json<HistoryJson>, Refused> {
    let entry =
        |ReviewEntry { at, who, verdict, comment }| EntryJson { at: at.rfc3339(), who, verdict: verdict.map(Verdict::name), comment };
    let reviews = state.reviews().history(&viewer, &report, id("id", &event)?).await?;
    Ok(Json(HistoryJson { reviews: reviews.into_iter().map(entry).collect() }))
}
