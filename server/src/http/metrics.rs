//! Figures about the server itself, in the text format of Prometheus.

use super::endpoint::{Endpoint, endpoint, tags};
use super::session::Watcher;
use super::state::AppState;
use crate::backups::archive::manifest::Type;
use crate::backups::{BackupError, Backups};
use crate::jobs::{Job, On};
use ::metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;
use std::time::Duration;

const SECONDS: [f64; 14] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Between two rounds of upkeep.
const UPKEEP: Duration = Duration::from_secs(5);

/// The recorder of the process. There can be one only: the `metrics` macros find it without being told.
pub(super) fn recorder() -> &'static PrometheusHandle {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    RECORDER.get_or_init(|| {
        let builder = PrometheusBuilder::new();
        let recorder = builder.set_buckets(&SECONDS).unwrap_or_else(|_| PrometheusBuilder::new()).build_recorder();
        let handle = recorder.handle();
        if ::metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("another metrics recorder is installed: /metrics will be empty");
        }
        describe_counter!("vigia_http_requests_total", "Requests answered, by method, route and status.");
        describe_counter!("vigia_http_refused_connections_total", "Connections that there was no place for: full, or too many of an address.");
        describe_counter!(
            "vigia_http_cut_connections_total",
            "Connections that gave way to others, did not end the head of a request or were idle for too long, or took nothing of an answer."
        );
        describe_histogram!("vigia_http_request_seconds", Unit::Seconds, "Time to the first byte of an answer.");
        describe_histogram!("vigia_store_query_seconds", Unit::Seconds, "Time the store took for a question, by report.");
        describe_gauge!("vigia_index_rows", "Rows that the index of this server knows, by report.");
        describe_gauge!("vigia_index_segments", "Segments of the index, by report.");
        describe_gauge!("vigia_index_bytes", Unit::Bytes, "Size of the index, in memory and in files, by report.");
        describe_gauge!("vigia_index_cache_bytes", Unit::Bytes, "What is kept in memory of the index's files.");
        describe_gauge!(
            "vigia_index_lag_seconds",
            Unit::Seconds,
            "For how long the index has been behind what is stored; near 0 where it keeps up."
        );
        describe_counter!(
            "vigia_index_differences_total",
            "Rows that the index knew differently than the database, by report; they are mended."
        );
        describe_gauge!("vigia_inbox_events", "Events that are durable and on their way into the reports (SQLite).");
        describe_counter!("vigia_events_stored_total", "Events stored by this process.");
        describe_counter!("vigia_http_refused_bodies_total", "Large bodies of addresses of which as many as may be were being read.");
        describe_counter!("vigia_questions_refused_total", "Requests about reports of persons of whom as many as may be were being answered.");
        describe_counter!("vigia_sign_ins_total", "Tries to sign in, by result.");
        describe_counter!("vigia_attempts_total", "Attempts of operations, by connector and result.");
        describe_gauge!("vigia_operations_in_flight", "Operations that this server is carrying out.");
        describe_gauge!("vigia_operations_due", "Operations that are due and have not started, over all servers.");
        describe_gauge!(
            "vigia_operations_overdue_seconds",
            Unit::Seconds,
            "How long the next operation of this server's connectors has been due."
        );
        describe_counter!("vigia_job_runs_total", "Runs of work in the background, by job and result: success, failure or panic.");
        describe_histogram!("vigia_job_seconds", Unit::Seconds, "Time a run of work in the background took, by job.");
        describe_gauge!("vigia_jobs_lead", "1 on the server that does what one of several is to do, 0 on the others.");
        describe_counter!("vigia_operations_lost_total", "Operations whose executor did not come back, as found by this server.");
        describe_gauge!(
            "vigia_backup_age_seconds",
            Unit::Seconds,
            "How long ago the last backup was begun that was not found damaged, by type."
        );
        describe_counter!("vigia_backups_missed_total", "Scheduled backups that were not begun, over all servers, by type.");
        metrics_process::Collector::default().describe();
        handle
    })
}

/// Lets go of what histograms have gathered since the last round.
pub fn job() -> Job {
    Job::every("metrics", "Keeps what /metrics gathers from growing.", UPKEEP, On::Each, || async {
        recorder().run_upkeep();
        Ok(())
    })
}

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(figures).quiet()]
}

/// Figures about the server, for Prometheus
#[utoipa::path(get, path = "/metrics", operation_id = "metrics", tag = tags::SERVER,
    responses((status = 200, description = "Text format of Prometheus.", body = String)))]
async fn figures(_: Watcher, State(state): State<AppState>) -> impl IntoResponse {
    if let Err(error) = backups(&state.backups).await {
        tracing::warn!(%error, "how backups stand could not be measured");
    }
    metrics_process::Collector::default().collect();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], recorder().render())
}

async fn backups(backups: &Backups) -> Result<(), BackupError> {
    let ages = backups.ages().await?;
    for of in Type::ALL {
        let is_scheduled = backups.plans().iter().any(|plan| plan.full == (of == Type::Full));
        let none = if is_scheduled { f64::INFINITY } else { f64::NAN };
        gauge!("vigia_backup_age_seconds", "type" => of.word()).set(ages.get(&of).map_or(none, |age| *age as f64 / 1000.0));
        counter!("vigia_backups_missed_total", "type" => of.word()).absolute(backups.missed(of).await?);
    }
    Ok(())
}
