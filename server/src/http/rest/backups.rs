//! `/api/v1/backups`: backups of Vigia itself, for administrators.

use super::body::Body;
use super::tokens::time;
use crate::backups::archive::manifest::{Contents, Manifest, Type};
use crate::backups::copies::{Copy, Known};
use crate::backups::{BackupError, Backups, Configuration, Part, Turn, refusal};
use crate::http::archive::{Wanted, send};
use crate::http::endpoint::{Endpoint, Invalid, NotFound, endpoint, tags};
use crate::http::problem::Refused;
use crate::http::session::Admin;
use crate::http::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigia_app::model::{ApiError, ErrorKind, Timestamp};
use vigia_app::{sentence, text};

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(list), endpoint!(make), endpoint!(cancel), endpoint!(verify), endpoint!(drill), endpoint!(archive).streaming()]
}

impl From<BackupError> for Refused {
    fn from(error: BackupError) -> Self {
        Self(refusal(error))
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Backups)]
struct BackupsJson {
    /// Where they are kept.
    folder: String,
    /// Further places that have a copy of each.
    places: Vec<String>,
    /// Whom the next one is made for: recipients of age, the instance's own first unless the setting `backup_offline_only` leaves it out.
    recipients: Vec<String>,
    /// The key that the instance signs manifests with, as C2SP writes those of signed notes.
    signer: String,
    /// The one that is being made.
    #[schema(required)]
    running: Option<RunningJson>,
    /// Oldest first.
    backups: Vec<BackupJson>,
    /// Names of those that the setting `backup_keep` does not keep: they are removed after the next scheduled backup.
    removable: Vec<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RunningBackup)]
struct RunningJson {
    name: String,
    requested_by: String,
    /// Host and process.
    server: String,
    /// Events that are in it, and how many there will be; bytes of the copy, of one that is copied.
    done: u64,
    all: u64,
    /// Whether it is made already, and copied to further places.
    copying: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Backup)]
struct BackupJson {
    /// As in the field `source_id` of its event in the report.
    name: String,
    r#type: Type,
    /// Keys of the reports whose events are in it.
    reports: Vec<String>,
    /// Events from then on; all earlier ones where there is nothing.
    #[schema(required, format = DateTime)]
    from: Option<String>,
    /// Events before then.
    #[schema(required, format = DateTime)]
    to: Option<String>,
    /// Whether users, tokens, settings, secrets and the quarantine are in it.
    configuration: bool,
    reason: String,
    requested_by: String,
    #[schema(format = DateTime)]
    start: String,
    #[schema(format = DateTime)]
    end: String,
    /// When the newest event in it was.
    #[schema(required, format = DateTime)]
    newest: Option<String>,
    /// Events and records.
    rows: u64,
    /// Bytes of the archive, and their SHA-256 in hexadecimal digits.
    size: u64,
    sha256: String,
    /// Recipients of age that can open it.
    recipients: Vec<String>,
    /// When it was last read from its beginning to its end.
    #[schema(required, format = DateTime)]
    verified: Option<String>,
    /// Whether its content was read then, too. It is not where only keys open it that are kept elsewhere: then the SHA-256 of the file was held against the
    /// signed manifest, and nothing else.
    content_checked: bool,
    /// What was wrong with it then; empty where it was whole.
    wrong: String,
    /// Whether that is longer ago than the setting `backup_verify_days` says.
    outdated: bool,
    /// Whether the archive is in the folder.
    here: bool,
    /// How it stands in each further place.
    copies: Vec<CopyJson>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BackupCopy)]
struct CopyJson {
    /// As in the setting `backup_copies`.
    place: String,
    /// When what was read back there was what the manifest says; nothing where there is no copy yet.
    #[schema(required, format = DateTime)]
    checked: Option<String>,
    /// What was wrong when it was last tried.
    #[schema(required)]
    wrong: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewBackup)]
struct NewBackup {
    /// Everything; or a part of it. All that follows is of a partial one.
    r#type: Type,
    /// Keys of the reports whose events are in it; where none is named, those of the setting `backup_partial_reports`.
    #[serde(default)]
    reports: Vec<String>,
    /// Events from then on. Where neither this nor `to` is there, those of the last days, as the setting `backup_partial_days` says.
    #[serde(default)]
    #[schema(format = DateTime)]
    from: Option<String>,
    /// Events before then.
    #[serde(default)]
    #[schema(format = DateTime)]
    to: Option<String>,
    /// Users, tokens, settings, secrets and the quarantine: `With` has them beside events, `Without` has events alone, `Only` has them alone.
    #[serde(default)]
    configuration: Configuration,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BackupBegun)]
struct BegunJson {
    name: String,
}

impl From<Turn> for RunningJson {
    fn from(turn: Turn) -> Self {
        let Turn { name, requested_by, by, done, all, copying, .. } = turn;
        Self { name, requested_by, server: by, done, all, copying }
    }
}

impl BackupJson {
    async fn of(known: Known, backups: &Backups) -> Result<Self, BackupError> {
        let Known { stored, here, copies } = known;
        let checked = backups.checked(&stored.name).await?;
        let outdated = checked.as_ref().is_some_and(|(at, _)| backups.is_outdated(*at));
        let content_checked = checked.is_some() && stored.manifest.opens_here();
        let (verified, wrong) = checked.map_or((None, None), |(at, wrong)| (Some(at.rfc3339()), wrong));
        let rows = stored.manifest.rows();
        let Manifest { contents, reason, requested_by, start, end, newest, keys, archive, .. } = stored.manifest;
        let (size, sha256) = archive.map(|archive| (archive.size, archive.sha256)).unwrap_or_default();
        let recipients = keys.into_iter().map(|key| key.recipient).collect();
        let copy = |(place, copy): (String, Copy)| CopyJson { place, checked: copy.checked.map(Timestamp::rfc3339), wrong: copy.wrong };
        let copies = copies.places.into_iter().map(copy).collect();
        let Contents { r#type, reports, from, to, configuration } = contents;
        let (name, wrong) = (stored.name, wrong.unwrap_or_default());
        Ok(Self {
            name,
            r#type,
            reports,
            from,
            to,
            configuration,
            reason,
            requested_by,
            start,
            end,
            newest,
            rows,
            size,
            sha256,
            recipients,
            verified,
            content_checked,
            wrong,
            outdated,
            here,
            copies,
        })
    }
}

/// Backups
///
/// Those that are in the folder of this server, and those of which there are copies alone. What became of each is in the report Performed backups.
#[utoipa::path(get, path = "/api/v1/backups", operation_id = "backups", tag = tags::BACKUPS,
    responses((status = 200, description = "Those that are there.", body = BackupsJson)))]
async fn list(_: Admin, State(state): State<AppState>) -> Result<Json<BackupsJson>, Refused> {
    let backups = &state.backups;
    let mut there = Vec::new();
    for known in backups.everywhere().await? {
        there.push(BackupJson::of(known, backups).await?);
    }
    Ok(Json(BackupsJson {
        folder: backups.place().folder().display().to_string(),
        places: backups.places().map(ToString::to_string).collect(),
        recipients: backups.recipients().await?.into_iter().map(|key| key.recipient).collect(),
        signer: backups.keys().await?.verifier().to_string(),
        running: backups.running().await?.map(Into::into),
        backups: there,
        removable: backups.removable().await?,
    }))
}

/// Make a backup
///
/// There is one at a time, over all servers. How far it is, the list says; how it ended, its event in the report.
#[utoipa::path(post, path = "/api/v1/backups", operation_id = "make_backup", tag = tags::BACKUPS, request_body = NewBackup,
    responses((status = 202, description = "It has begun.", body = BegunJson), Invalid))]
async fn make(
    Admin(actor): Admin,
    State(state): State<AppState>,
    Body(new): Body<NewBackup>,
) -> Result<(StatusCode, Json<BegunJson>), Refused> {
    let NewBackup { r#type, reports, from, to, configuration } = new;
    let time = |field: &str, said: Option<String>| said.map(|said| time(field, &said, text!("backup.or-none"))).transpose();
    let part = Part { reports, from: time("from", from)?, to: time("to", to)?, configuration };
    let name = state.backups.make_soon(state.backups.contents(r#type, part)?, actor).await?;
    Ok((StatusCode::ACCEPTED, Json(BegunJson { name })))
}

/// Cancel the backup that is being made
#[utoipa::path(post, path = "/api/v1/backups/cancel", operation_id = "cancel_backup", tag = tags::BACKUPS,
    responses((status = 202, description = "It ends within seconds, and leaves no archive."), NotFound))]
async fn cancel(Admin(actor): Admin, State(state): State<AppState>) -> Result<StatusCode, Refused> {
    if state.backups.cancel(&actor).await? {
        Ok(StatusCode::ACCEPTED)
    } else {
        Err(ApiError::new(ErrorKind::NotFound, sentence!("backup.none-running")).into())
    }
}

/// Verify a backup
///
/// It is read from its beginning to its end, decrypted, and held against its manifest. Its event in the report says when it was found whole, or what is
/// wrong with it. One that only keys open that are kept elsewhere is not decrypted: its SHA-256 is held against the signed manifest.
#[utoipa::path(post, path = "/api/v1/backups/{name}/verify", operation_id = "verify_backup", tag = tags::BACKUPS,
    params(("name" = String, Path, description = "As in the list.")),
    responses((status = 202, description = "It has begun."), Invalid, NotFound))]
async fn verify(Admin(actor): Admin, State(state): State<AppState>, Path(name): Path<String>) -> Result<StatusCode, Refused> {
    state.backups.verify_soon(name, actor).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Restore a backup for a drill
///
/// It is restored into a database that nobody uses, held against its manifest event by event, and removed again. Its event in the report says when it last passed,
/// or what is wrong with it. One that only keys open that are kept elsewhere is refused.
#[utoipa::path(post, path = "/api/v1/backups/{name}/drill", operation_id = "drill_backup", tag = tags::BACKUPS,
    params(("name" = String, Path, description = "As in the list.")),
    responses((status = 202, description = "It has begun."), Invalid, NotFound))]
async fn drill(Admin(actor): Admin, State(state): State<AppState>, Path(name): Path<String>) -> Result<StatusCode, Refused> {
    state.backups.drill_soon(name, actor).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Download a backup
///
/// Whole, or in the ranges that `Range` asks for (RFC 9110), so that what was cut off can be resumed. `ETag` and `Repr-Digest` are of its SHA-256. What is not in the
/// folder comes from the first place that gives its copy. What is downloaded is in the audit trail, before the first byte and after the last.
#[utoipa::path(get, path = "/api/v1/backups/{name}/archive", operation_id = "download_backup", tag = tags::BACKUPS,
    params(("name" = String, Path, description = "As in the list.")),
    responses(
        (status = 200, description = "The archive: see docs/backups.md.", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 206, description = "The ranges that were asked for.", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 304, description = "It is what the caller has already."),
        (status = 412, description = "It is not what `If-Match` or `If-Unmodified-Since` wants."),
        (status = 416, description = "No such range is in it."),
        NotFound))]
async fn archive(
    Admin(actor): Admin,
    State(state): State<AppState>,
    Path(name): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    Ok(send(&state, Wanted { name: &name, actor, link: None }, &method, &headers).await?)
}
