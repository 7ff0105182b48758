//! An export from the question to the first byte: its turn, what it has, and the record in the trail.

use super::csv::Csv;
use super::ndjson::Ndjson;
use super::queue::Turn;
use super::running::Entered;
use super::sending::{Ending, Form, May, Outcome, Recheck, Sending, Sent};
use super::{ExportDesk, Exporter, Right, settings, zoned};
use crate::identity::{Actor, Identity, Trail, random_text};
use crate::index::Run;
use crate::store::ResolvedQuery;
use chrono_tz::Tz;
use std::sync::Arc;
use vigia_app::model::{ApiError, Column, ErrorKind, Export, ExportFormat, ExportProgress, ExportStage, Kind, Role, Timestamp, codec};
use vigia_app::{say, sentence};

/// An export that has begun.
pub struct Begun {
    /// Under which a browser keeps the file: it has the report, when it was asked for, and the zone.
    pub name: String,
    pub media_type: &'static str,
    /// Rows that match.
    pub rows: u64,
    pub(super) sending: Sending,
}

impl ExportDesk<'_> {
    /// Waits for the turn of whoever asks, and begins. The trail has the question and the number of rows by then; it is told the outcome when it ends.
    ///
    /// # Errors
    /// [`ErrorKind::SlowDown`] when the turn does not come in time; those of the report; and when the trail cannot be written.
    pub async fn begin(&self, exporter: Exporter, export: Export) -> Result<Begun, ApiError> {
        let entered = self.exports.running.enter(&exporter.viewer.username, &export.ticket)?;
        let progress = entered.0.clone();
        let begun = self.begun(exporter, export, entered).await;
        if let Err(error) = &begun {
            progress.is(ExportStage::Failed(error.message.clone()));
        }
        begun
    }

    async fn begun(&self, exporter: Exporter, export: Export, entered: Entered) -> Result<Begun, ApiError> {
        let resolved = self.reports.resolved(export.query.clone())?;
        let turn = self.turn(&exporter.viewer.username).await?;
        let (asked, zone) = ((self.clock)(), resolved.zone());
        let run = self.reports.run(&exporter.viewer, resolved.clone()).await?;
        let trail = told(&export, &run)?;
        self.identity.record(trail.clone(), &exporter.actor).await?;
        entered.0.begins(run.rows());
        Ok(Begun {
            name: name(&export, asked, zone),
            media_type: export.format.media_type(),
            rows: run.rows(),
            sending: self.sending(&exporter, run, form(&export, &resolved), trail, entered, turn),
        })
    }

    async fn turn(&self, person: &str) -> Result<Turn, ApiError> {
        let queue = &self.exports.queue;
        let turn = queue.turn(person).await;
        turn.ok_or_else(|| {
            metrics::counter!("vigia_exports_refused_total").increment(1);
            ApiError::new(ErrorKind::SlowDown, sentence!("export.queue", each = queue.limits.each, all = queue.limits.at_once))
        })
    }

    fn sending(&self, exporter: &Exporter, run: Run, form: Box<dyn Form>, trail: Trail, entered: Entered, turn: Turn) -> Sending {
        let ending = recorded(self.identity.clone(), trail, exporter.actor.clone());
        let recheck = Recheck { every: self.exports.recheck, may: self.may(exporter) };
        Sending::new(run, self.store.clone(), form, recheck, entered, turn, ending)
    }

    /// Whether somebody may export still, and would see the same.
    fn may(&self, exporter: &Exporter) -> May {
        let (store, identity, right) = (self.store.clone(), self.identity.clone(), exporter.right.clone());
        let username = exporter.viewer.username.clone();
        Box::new(move || {
            let (store, identity, right, username) = (store.clone(), identity.clone(), right.clone(), username.clone());
            Box::pin(async move {
                match right {
                    Right::Token(hash) => identity.is_good(hash).await.map_err(drop),
                    Right::User(role) => {
                        let user = store.user(&username).await.map_err(drop)?;
                        let managers = role > Role::Manager || settings::managers(&*store).await.map_err(drop)?;
                        Ok(managers && user.is_some_and(|user| user.role == role && !user.disabled))
                    }
                }
            })
        })
    }

    /// How far the export is that this person calls so; `None` when this server has none, or it was over long ago.
    pub fn progress(&self, person: &str, ticket: &str) -> Option<ExportProgress> {
        Some(self.exports.running.of(person, ticket)?.told())
    }

    /// Ends the export that this person calls so; one that is over stays as it is.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when this server has none, or it was over long ago.
    pub fn cancel(&self, person: &str, ticket: &str) -> Result<(), ApiError> {
        let found = self.exports.running.of(person, ticket);
        found.ok_or_else(|| ApiError::new(ErrorKind::NotFound, sentence!("export.unknown")))?.cancelled.cancel();
        Ok(())
    }
}

/// What the trail tells of an export.
fn told(export: &Export, run: &Run) -> Result<Trail, ApiError> {
    let (query, report) = (&export.query, export.query.report);
    let columns: Vec<_> = query.columns.iter().map(|column| column.key).collect();
    Ok(Trail::new("Export", "Report")
        .on(report.words.title.english())
        .with_id(report.key)
        .note("Export", random_text::<9>()?)
        .note("Format", export.format.name())
        .note("Query", codec::encode(query))
        .note("Columns", columns.join(","))
        .note("Zone", &*query.zone)
        .note("Rows", run.rows().to_string()))
}

/// Has the trail say how it ended.
fn recorded(identity: Arc<Identity>, trail: Trail, actor: Actor) -> Ending {
    Box::new(move |Sent { rows, outcome }| {
        let result = if outcome == Outcome::Complete { "complete" } else { "broken_off" };
        metrics::counter!("vigia_exports_total", "result" => result).increment(1);
        metrics::counter!("vigia_export_rows_total").increment(rows);
        let trail = trail.note("Rows written", rows.to_string()).note("Outcome", outcome.words());
        Box::pin(async move {
            if let Err(error) = identity.record(trail, &actor).await {
                tracing::error!(%error.message, "how an export ended could not be written into the audit trail");
            }
        })
    })
}

fn form(export: &Export, resolved: &ResolvedQuery) -> Box<dyn Form> {
    let columns = export.query.columns.clone();
    match export.format {
        ExportFormat::Csv => Box::new(Csv {
            separator: export.separator,
            bom: export.bom,
            zone: resolved.zone(),
            headings: columns.into_iter().map(heading).collect(),
        }),
        ExportFormat::Ndjson => Box::new(Ndjson { columns }),
    }
}

/// What stands above a column: its name on the screen, and the unit of what has one there.
fn heading(column: &'static Column) -> String {
    let label = column.label.said().to_owned();
    match column.kind {
        Kind::Duration => say!("export.milliseconds", column = label),
        Kind::Bytes => say!("export.bytes", column = label),
        _ => label,
    }
}

/// `password-view_2026-11-22T11-03-27_America-Sao_Paulo.csv`.
fn name(export: &Export, asked: Timestamp, zone: Tz) -> String {
    let mut clock = Vec::new();
    zoned::write(asked, zone, &mut clock);
    let clock = String::from_utf8_lossy(&clock[..19]).replace(':', "-");
    format!("{}_{clock}_{}.{}", export.query.report.key, zone.name().replace('/', "-"), export.format.name())
}
