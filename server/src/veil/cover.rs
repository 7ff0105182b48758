//! Which columns a veil covers, and what cannot be asked through it.

use vigia_app::model::{Cell, Column, Filter, Group, Kind, Query, QueryError, Report, Test};
use vigia_app::sentence;

/// How a column looks through a veil.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cover {
    /// It holds names: a pseudonym stands in place of each.
    Names,
    /// It holds what people have written, where anybody may be named: nothing of it is seen.
    Prose,
}

/// Texts that say who, and are no names: report and column. All others that say who are taken for names.
const NO_NAMES: [(&str, &str); 1] = [("audit-tracking", "origin")];
/// Texts that say what, and are names where what was changed is a user.
const NAMES_TOO: [(&str, &str); 2] = [("audit-tracking", "entity_id"), ("audit-tracking", "entity_name")];

/// How a column looks; `None` for one that anybody sees as it is.
pub fn cover(report: &Report, column: &Column) -> Option<Cover> {
    let is_among = |all: &[(&str, &str)]| all.contains(&(report.key, column.key));
    match column.kind {
        Kind::LongText => Some(Cover::Prose),
        Kind::Text if column.group == Group::Who && !is_among(&NO_NAMES) || is_among(&NAMES_TOO) => Some(Cover::Names),
        _ => None,
    }
}

/// Rows that are not seen at all: report, column, and its values. Whoever asks has chosen the name that stands in them: who failed to sign in by
/// somebody's name would read its pseudonym there.
const CHOSEN: (&str, &str, [&str; 2]) = ("audit-tracking", "operation", ["Login failed", "Login attempt"]);

/// What a row has to be to be seen; `None` for a report all of whose rows are.
pub fn visible(report: &'static Report) -> Option<Filter> {
    let (of, column, values) = CHOSEN;
    let column = report.column(column).filter(|_| report.key == of)?;
    Some(Filter { column, test: Test::Not(values.map(str::to_owned).into()) })
}

/// Whether an event is seen, which has a cell for each column of its report.
pub fn is_visible(report: &Report, cells: &[Cell]) -> bool {
    let (of, column, values) = CHOSEN;
    let cell = report.position(column).filter(|_| report.key == of).and_then(|at| cells.get(at));
    !cell.is_some_and(|cell| values.iter().any(|value| cell.plain().eq_ignore_ascii_case(value)))
}

/// Refuses what a pseudonym or an empty cell cannot answer: the order of a covered column, which would give names away, and what people have
/// written.
///
/// # Errors
/// Names the parameter.
pub fn check(query: &Query) -> Result<(), QueryError> {
    let sorted = query.sort.column;
    if cover(query.report, sorted).is_some() {
        return Err(QueryError::new("sort", sentence!("veil.sort", column = sorted.label)));
    }
    for filter in &query.filters {
        if cover(query.report, filter.column) == Some(Cover::Prose) && !matches!(filter.test, Test::Empty(_)) {
            let parameter = filter.parts().first().map(|(operator, _)| operator.parameter(filter.column.key).into_owned());
            return Err(QueryError::new(parameter.unwrap_or_default(), sentence!("veil.prose", column = filter.column.label)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigia_app::model::codec;
    use vigia_app::reports::{self, AUDIT_TRACKING, PASSWORD_VIEW};

    #[test]
    fn what_is_named_is_a_text_of_its_report() {
        let column = |report, column| reports::by_key(report).and_then(|report| report.column(column)).expect("a column");
        for (report, key) in NO_NAMES.into_iter().chain(NAMES_TOO) {
            assert_eq!(column(report, key).kind, Kind::Text, "{report}: {key}");
        }
        let (report, key, values) = CHOSEN;
        assert!(matches!(column(report, key).kind, Kind::Choice { .. }));
        assert!(column(report, key).listed(values[0]).is_some());
    }

    #[test]
    fn every_column_that_may_name_a_person_is_covered() {
        let covered = |cover_of: Cover| -> Vec<String> {
            let all = reports::ALL.into_iter().flat_map(|report| report.columns.iter().map(move |column| (report, column)));
            let all = all.filter(|(report, column)| cover(report, column) == Some(cover_of) && report.key != "account-discovery");
            all.map(|(report, column)| format!("{} {}", report.key, column.key)).collect()
        };
        assert_eq!(
            covered(Cover::Names),
            [
                "password-operation requester",
                "password-operation reviewed_by",
                "password-view user",
                "password-view login",
                "password-view reviewed_by",
                "performed-backups requested_by",
                "audit-tracking entity_id",
                "audit-tracking entity_name",
                "audit-tracking user",
                "audit-tracking username",
                "audit-tracking reviewed_by",
            ]
        );
        assert_eq!(covered(Cover::Prose), ["password-operation message", "password-view justification", "password-view message"]);
    }

    #[test]
    fn an_order_of_names_and_a_search_in_prose_are_refused() {
        let refused = |report, query: &str| check(&codec::decode(report, query).expect("a query")).err().map(|error| error.field);
        assert_eq!(refused(&PASSWORD_VIEW, "sort=-user").as_deref(), Some("sort"));
        assert_eq!(refused(&PASSWORD_VIEW, "sort=message").as_deref(), Some("sort"));
        assert_eq!(refused(&AUDIT_TRACKING, "sort=entity_name").as_deref(), Some("sort"));
        assert_eq!(refused(&PASSWORD_VIEW, "justification.contains=ana").as_deref(), Some("justification.contains"));
        for query in ["", "sort=device", "user=ana", "user.contains=a", "justification.empty=yes", "q=ana"] {
            assert_eq!(refused(&PASSWORD_VIEW, query), None, "{query}");
        }
        assert_eq!(refused(&AUDIT_TRACKING, "sort=origin"), None);
    }
}
