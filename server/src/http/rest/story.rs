//! `/api/v1/timeline`: the rows of all reports, mixed; and `/api/v1/profile`: what is known of a user, a device or a credential.

use super::behavior::{HourJson, RankingJson, StretchJson, ViewJson, hour, ranking, stretch, views};
use super::counts::OwnedCell;
use super::reviews::QueueJson;
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
use vigia_app::model::{ApiError, Cell, Query, Report, codec};
use vigia_app::reports;
use vigia_app::story::{Asked, KnownBy, Profile, Subject, Told, of_views, whole};
use vigia_app::words::here;

const PATH: &str = "/api/v1/timeline";

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(timeline), endpoint!(profile)]
}

/// The timeline
///
/// The rows of all reports in one list, newest first: what a user, a device, an account, a governance ID or a time has to do with. A row has to meet all that is
/// asked for; reports whose events never have it are left out. A user is whoever acted, by name or by login. With `event` and `within` it is what was
/// around an event.
#[utoipa::path(get, path = "/api/v1/timeline", operation_id = "read_timeline", tag = tags::REPORTS,
    responses((status = 200, description = "A page of rows.", body = TimelineJson), Invalid))]
async fn timeline(Reader(viewer): Reader, State(state): State<AppState>, RawQuery(query): RawQuery) -> Result<Json<TimelineJson>, Refused> {
    let query = query.unwrap_or_default();
    let page = state.story.timeline(&viewer, &query).await?;
    let asked = Asked::decode(&query).map_err(ApiError::from)?;
    let link = |cursor: Option<String>| {
        let asked = |cursor| Asked { query: Query { cursor: Some(cursor), ..asked.query.clone() }, ..asked.clone() };
        cursor.map(|cursor| format!("{PATH}?{}", asked(cursor).encode()))
    };
    Ok(Json(TimelineJson { rows: rows(page.rows), next: link(page.next), previous: link(page.previous) }))
}

/// A profile
///
/// What is known of a user (`user`), a device (`device`) or a credential (`device` and `username`): how many rows of each report name it, the views of the last
/// 45 days, and operations. Of a user the views are those of the name or the login, whichever has more.
#[utoipa::path(get, path = "/api/v1/profile", operation_id = "read_profile", tag = tags::REPORTS,
    responses((status = 200, description = "The profile.", body = ProfileJson), Invalid))]
async fn profile(Reader(viewer): Reader, State(state): State<AppState>, RawQuery(query): RawQuery) -> Result<Json<ProfileJson>, Refused> {
    let query = query.unwrap_or_default();
    let (subject, zone) = Subject::decode(&query).map_err(ApiError::from)?;
    Ok(Json(ProfileJson::new(state.profile(&viewer, &query).await?, &subject, &zone)))
}

#[derive(Serialize, ToSchema)]
#[schema(as = Profile)]
struct ProfileJson {
    /// How many rows the reports have with it.
    reports: Vec<MentionJson>,
    /// The 20 sources of each report that use the name most.
    sources: Vec<SourceJson>,
    /// The last 45 days; none where there are no views.
    days: Vec<StretchJson>,
    /// The 168 hours of the week in these days, from the first of Monday; none where there are no views.
    week: Vec<HourJson>,
    /// Views of these days.
    views: u64,
    with_risk: u64,
    emergency: u64,
    without_governance_id: u64,
    first_accesses_total: u64,
    /// The 20 views of these days with the greatest risk, of those with risk.
    riskiest: Vec<ViewJson>,
    /// The last 20 of these days.
    latest: Vec<ViewJson>,
    /// The last 20 first accesses of these days.
    first_accesses: Vec<ViewJson>,
    rankings: Vec<RankingJson>,
    /// Operations by how they stand, of whatever time.
    operations: Vec<StatusJson>,
    /// The last 10 operations.
    last_operations: Vec<TimelineRow>,
    still_known: StillKnownJson,
    /// Null for those who do not review.
    #[schema(required)]
    reviews: Option<OpenReviewsJson>,
}

/// Views after which the password was not changed: of a user all, of a device or a credential what people have seen.
#[derive(Serialize, ToSchema)]
#[schema(as = StillKnown)]
struct StillKnownJson {
    views: u64,
    /// How many credentials of a user, accounts of a device, or users of a credential that are; null where they are too many to count.
    #[schema(required)]
    different: Option<u64>,
    /// The 8 of them with most views.
    most: Vec<KnownByJson>,
    /// Events that were stored earlier are still being gone through: some that were changed may be counted.
    preparing: bool,
    /// Address of the rows; null where there are no views.
    #[schema(required, format = "uri-reference")]
    href: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = KnownBy)]
struct KnownByJson {
    /// Of a credential.
    #[schema(value_type = Option<String>, required)]
    user: OwnedCell,
    /// Of a user.
    #[schema(value_type = Option<String>, required)]
    device: OwnedCell,
    /// Of a user or a device.
    #[schema(value_type = Option<String>, required)]
    username: OwnedCell,
    views: u64,
    #[schema(format = DateTime)]
    last: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = OpenReviews)]
struct OpenReviewsJson {
    /// Events that the rules find and nobody has reviewed, each once.
    to_review: u64,
    /// Those of each rule that finds any; twice, where somebody is known by two names.
    queues: Vec<QueueJson>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ProfileReport)]
struct MentionJson {
    #[schema(schema_with = reports)]
    report: &'static str,
    /// Address of the rows.
    #[schema(format = "uri-reference")]
    href: String,
    rows: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ProfileSource)]
struct SourceJson {
    #[schema(value_type = Option<String>, required)]
    source: OwnedCell,
    rows: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ProfileOperations)]
struct StatusJson {
    #[schema(value_type = Option<String>, required)]
    status: OwnedCell,
    operations: u64,
    /// How often they were tried, on average; null where that is not known.
    #[schema(required)]
    attempts: Option<f64>,
}

impl ProfileJson {
    fn new(shown: Profile, subject: &Subject, zone: &str) -> Self {
        let mention = |(query, rows): (Query, u64)| MentionJson {
            report: query.report.key,
            href: format!("/api/v1/reports/{}?{}", query.report.key, codec::encode(&query)),
            rows,
        };
        let known = subject.known_by();
        let known_by = |KnownBy { cells, views, last }: KnownBy| {
            let cell = |key: &str| {
                OwnedCell(known.iter().position(|column| column.key == key).and_then(|at| cells.get(at)).cloned().unwrap_or_default())
            };
            let [user, device, username] = ["user", "device", "username"].map(cell);
            KnownByJson { user, device, username, views, last: last.rfc3339() }
        };
        let questions = subject.questions(zone);
        let views_known = of_views(&questions, &shown.rows).and_then(|views| subject.still_known(views));
        let still_known = StillKnownJson {
            views: shown.still_known.views,
            different: shown.still_known.different,
            most: shown.still_known.most.into_iter().map(known_by).collect(),
            preparing: shown.still_known.preparing,
            href: views_known.map(|query| format!("/api/v1/reports/{}?{}", query.report.key, codec::encode(&query))),
        };
        let reviews = shown
            .reviews
            .map(|open| OpenReviewsJson { to_review: open.rows, queues: open.queues.into_iter().map(QueueJson::from).collect() });
        Self {
            still_known,
            reviews,
            reports: subject.questions(zone).into_iter().zip(shown.rows).map(mention).collect(),
            sources: shown.sources.into_iter().map(|(source, rows)| SourceJson { source: OwnedCell(source), rows }).collect(),
            days: shown.days.into_iter().map(stretch).collect(),
            week: shown.week.into_iter().map(hour).collect(),
            views: shown.views,
            with_risk: shown.risky,
            emergency: shown.emergency,
            without_governance_id: shown.ungoverned,
            first_accesses_total: shown.firsts,
            riskiest: views(shown.riskiest),
            latest: views(shown.latest),
            first_accesses: views(shown.first),
            rankings: shown.tops.into_iter().map(ranking).collect(),
            operations: shown
                .operations
                .into_iter()
                .map(|seen| StatusJson { status: OwnedCell(seen.status), operations: seen.operations, attempts: seen.attempts })
                .collect(),
            last_operations: rows(shown.last_operations),
        }
    }
}

fn rows(told: Vec<Told>) -> Vec<TimelineRow> {
    told.into_iter().filter_map(|told| Some(TimelineRow::new(reports::by_key(&told.report)?, &told))).collect()
}

#[derive(Serialize, ToSchema)]
#[schema(as = Timeline)]
struct TimelineJson {
    rows: Vec<TimelineRow>,
    /// Address of the page after this one; null where there is none.
    #[schema(required, format = "uri-reference")]
    next: Option<String>,
    /// Address of the page before this one; null where there is none.
    #[schema(required, format = "uri-reference")]
    previous: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = TimelineRow)]
struct TimelineRow {
    #[schema(schema_with = reports)]
    report: &'static str,
    id: String,
    #[schema(format = DateTime)]
    date: String,
    /// Who acted, by all names that the event has.
    users: Vec<String>,
    /// What happened, in words.
    what: String,
    #[schema(value_type = Option<String>, required)]
    device: OwnedCell,
    /// The account on the device.
    #[schema(value_type = Option<String>, required)]
    username: OwnedCell,
    #[schema(value_type = Option<String>, required)]
    governance_id: OwnedCell,
    /// How it ended, where the report says so.
    #[schema(value_type = Option<String>, required)]
    outcome: OwnedCell,
    #[schema(value_type = Option<String>, required)]
    source: OwnedCell,
}

fn reports() -> Object {
    schema::word(reports::ALL.map(|report| report.key))
}

impl TimelineRow {
    fn new(report: &'static Report, told: &Told) -> Self {
        let cells = whole(report, &told.row);
        let about = &report.about;
        let cell = |key: Option<&str>| OwnedCell(key.and_then(|key| cells.get(report.position(key)?)).cloned().unwrap_or_default());
        let users = about.user.iter().map(|key| cell(Some(key)).0).filter(|cell| !cell.is_empty());
        Self {
            report: report.key,
            id: told.row.id.to_string(),
            date: told.row.id.time().rfc3339(),
            users: users.map(|cell: Cell| cell.plain()).collect(),
            what: report.say(about.what, &cells, here()),
            device: cell(about.device),
            username: cell(about.username),
            governance_id: cell(about.governance_id),
            outcome: cell(about.outcome),
            source: cell(Some("source")),
        }
    }
}
