//! Days on which a source said nothing: few views may then only mean that nothing is known of them.

use super::{BehaviorService, Failed, Look};
use crate::store::ResolvedQuery;
use std::ops::Range;
use vigia_app::behavior::{Asked, Span, Step};
use vigia_app::model::{Cell, Query, Report, Test, TimeRange, Timestamp};
use vigia_app::reports::{self, PASSWORD_VIEW};

/// Sources that are listened for: those with most views.
const SOURCES: usize = 8;

/// Marks the spans, of a day or more, in which a source that had been heard of before said nothing in any report. A filter by source says which are
/// meant.
pub(super) async fn mark(service: &BehaviorService, asked: &Asked, look: &Look, spans: &mut [Span]) -> Result<(), Failed> {
    if look.period.step == Step::Hour {
        return Ok(());
    }
    let filters = asked.query.filters.iter().filter(|filter| filter.column.key == "source").cloned().collect();
    let Some(column) = PASSWORD_VIEW.column("source") else { return Ok(()) };
    let until = look.period.all().end;
    let (sources, _) = look.values(&Query { filters, ..Query::all(&PASSWORD_VIEW) }, column, Timestamp::MIN..until, SOURCES).await?;
    for (source, _) in sources {
        for (span, silent) in spans.iter_mut().zip(silent(service, look, &source).await?) {
            span.silent |= silent && !span.so_far;
        }
    }
    Ok(())
}

/// Of each span, whether a source said nothing in it, though it had before.
async fn silent(service: &BehaviorService, look: &Look, source: &Cell) -> Result<Vec<bool>, Failed> {
    let mut counts = said(service, look, &PASSWORD_VIEW, source).await?;
    // Other reports are looked at where there are no views alone.
    if counts.contains(&0) {
        for report in reports::ALL.into_iter().filter(|report| report.key != PASSWORD_VIEW.key) {
            let more = said(service, look, report, source).await?;
            counts.iter_mut().zip(more).for_each(|(count, more)| *count += more);
        }
    }
    let mut heard = false;
    let mut silent = Vec::with_capacity(counts.len());
    for count in counts {
        silent.push(heard && count == 0);
        heard |= count > 0;
    }
    // The first is of the time before the period.
    silent.remove(0);
    Ok(silent)
}

/// How many events of a report a source had before the period, and in each of its spans.
async fn said(service: &BehaviorService, look: &Look, report: &'static Report, source: &Cell) -> Result<Vec<u64>, Failed> {
    let bounds: Vec<Timestamp> = std::iter::once(Timestamp::MIN).chain(look.period.bounds.iter().copied()).collect();
    let none = vec![0; bounds.len() - 1];
    let Some(query) = Query::all(report).narrowed("source", Test::Is(vec![source.plain()])) else { return Ok(none) };
    let range: Range<Timestamp> = bounds[0]..bounds[bounds.len() - 1];
    let resolved = ResolvedQuery { range, ..ResolvedQuery::new(Query { range: TimeRange::All, ..query }, look.now)? };
    let other = if report.key == PASSWORD_VIEW.key { None } else { Some(service.known(&resolved).await?) };
    other.as_ref().unwrap_or(&look.known).spans(&resolved, &bounds).await?.ok_or(Failed::NotYet)
}
