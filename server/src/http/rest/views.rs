//! `/api/v1/views`: questions to the reports that people keep under a name.

use super::asked::query;
use super::body::Body;
use super::schema;
use crate::http::endpoint::{Endpoint, Invalid, NotFound, endpoint, tags};
use crate::http::problem::Refused;
use crate::http::session::{SignedIn, User};
use crate::http::state::AppState;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;
use vigia_app::model::Role;
use vigia_app::reports;
use vigia_app::views::{NewView, SavedView};

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(list), endpoint!(create), endpoint!(one), endpoint!(change), endpoint!(remove), endpoint!(open_with)]
}

fn report() -> Object {
    schema::word(reports::ALL.map(|report| report.key))
}

fn shared() -> Object {
    let roles = schema::word_or_null(Role::ALL.map(Role::name));
    schema::described(roles, "Who sees it besides its owner: whoever has this role, or one that may do more; null for nobody.")
}

fn name() -> Object {
    let mut name = schema::text();
    name.max_length = Some(NewView::MAX_NAME);
    schema::described(name, "Another for each view that a person keeps of a report, whatever its case.")
}

fn description() -> Object {
    let mut description = schema::text();
    description.max_length = Some(NewView::MAX_DESCRIPTION);
    schema::described(description, "What it is for.")
}

#[derive(Serialize, ToSchema)]
#[schema(as = SavedView)]
struct ViewJson {
    id: String,
    /// User name of whoever keeps it.
    owner: String,
    #[schema(schema_with = name)]
    name: String,
    #[schema(schema_with = description)]
    description: String,
    #[schema(schema_with = report)]
    report: String,
    /// What it asks, as a query string of the report.
    query: String,
    #[schema(required, schema_with = shared)]
    shared: Option<Role>,
    /// Whether you may change and remove it: yours, and as an administrator what is shared.
    changes: bool,
    /// Whether the report opens with it for you.
    first: bool,
    /// Why it cannot be shown: this version does not understand what it asks. Null where it does.
    #[schema(required)]
    problem: Option<String>,
}

impl From<SavedView> for ViewJson {
    fn from(saved: SavedView) -> Self {
        let SavedView { id, owner, view, changes, first, problem } = saved;
        let NewView { name, description, report, query, shared } = view;
        let problem = problem.map(|problem| problem.said().into_owned());
        Self { id, owner, name, description, report, query, shared, changes, first, problem }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewView)]
struct NewJson {
    #[schema(schema_with = name)]
    name: String,
    #[serde(default)]
    #[schema(schema_with = description)]
    description: String,
    #[schema(schema_with = report)]
    report: String,
    /// What it asks, as a query string of the report; where a page starts is left out.
    #[serde(default)]
    query: String,
    #[serde(default)]
    #[schema(schema_with = shared)]
    shared: Option<Role>,
}

impl From<NewJson> for NewView {
    fn from(new: NewJson) -> Self {
        let NewJson { name, description, report, query, shared } = new;
        Self { name, description, report, query, shared }
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OfReport {
    /// Key of a report; the views of all where it is left out.
    report: Option<String>,
}

/// Saved views
///
/// Yours first, and those that are shared with you, each by name. Managers who see pseudonyms see theirs alone.
#[utoipa::path(get, path = "/api/v1/views", operation_id = "saved_views", tag = tags::VIEWS, params(OfReport),
    responses((status = 200, description = "The views that you see.", body = Vec<ViewJson>), Invalid))]
async fn list(
    SignedIn(viewer): SignedIn,
    State(state): State<AppState>,
    asked: Result<Query<OfReport>, QueryRejection>,
) -> Result<Json<Vec<ViewJson>>, Refused> {
    let OfReport { report } = query(asked)?;
    Ok(Json(state.views().list(&viewer, report.as_deref()).await?.into_iter().map(Into::into).collect()))
}

#[derive(Serialize, ToSchema)]
#[schema(as = KeptView)]
struct KeptJson {
    id: String,
}

/// Save a view
///
/// A person keeps at most 50 of a report; a query has at most 4,000 bytes.
#[utoipa::path(post, path = "/api/v1/views", operation_id = "save_view", tag = tags::VIEWS, request_body = NewJson,
    responses((status = 201, description = "It is kept.", body = KeptJson)))]
async fn create(
    User { viewer, actor }: User,
    State(state): State<AppState>,
    Body(new): Body<NewJson>,
) -> Result<(StatusCode, Json<KeptJson>), Refused> {
    let id = state.views().save(&viewer, &actor, None, new.into()).await?;
    Ok((StatusCode::CREATED, Json(KeptJson { id })))
}

/// One saved view
#[utoipa::path(get, path = "/api/v1/views/{id}", operation_id = "saved_view", tag = tags::VIEWS,
    params(("id" = String, Path, description = "Of the view.")),
    responses((status = 200, description = "The view.", body = ViewJson), NotFound))]
async fn one(SignedIn(viewer): SignedIn, State(state): State<AppState>, Path(id): Path<String>) -> Result<Json<ViewJson>, Refused> {
    Ok(Json(state.views().one(&viewer, &id).await?.into()))
}

/// Change a saved view
///
/// It stays of its report, and its owner's, whoever changes it.
#[utoipa::path(put, path = "/api/v1/views/{id}", operation_id = "change_view", tag = tags::VIEWS, request_body = NewJson,
    params(("id" = String, Path, description = "Of the view.")),
    responses((status = 204, description = "It is changed."), NotFound))]
async fn change(
    User { viewer, actor }: User,
    State(state): State<AppState>,
    Path(id): Path<String>,
    Body(new): Body<NewJson>,
) -> Result<StatusCode, Refused> {
    state.views().save(&viewer, &actor, Some(&id), new.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove a saved view
#[utoipa::path(delete, path = "/api/v1/views/{id}", operation_id = "remove_view", tag = tags::VIEWS,
    params(("id" = String, Path, description = "Of the view.")),
    responses((status = 204, description = "It is gone."), NotFound))]
async fn remove(User { viewer, actor }: User, State(state): State<AppState>, Path(id): Path<String>) -> Result<StatusCode, Refused> {
    state.views().remove(&viewer, &actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FirstView)]
struct FirstJson {
    /// Id of a view that you see; null for what the report opens with for everybody.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required)]
    id: Option<String>,
}

/// Choose what a report opens with
///
/// For you, where an address asks for nothing.
#[utoipa::path(put, path = "/api/v1/views/first/{key}", operation_id = "open_with_view", tag = tags::VIEWS, request_body = FirstJson,
    params(("key" = String, Path, description = "Of the report.")),
    responses((status = 204, description = "It is chosen."), NotFound))]
async fn open_with(
    User { viewer, actor }: User,
    State(state): State<AppState>,
    Path(key): Path<String>,
    Body(FirstJson { id }): Body<FirstJson>,
) -> Result<StatusCode, Refused> {
    state.views().open_with(&viewer, &actor, &key, id.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}
