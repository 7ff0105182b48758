//! What a column can be asked, as the filter editor offers it.

use crate::model::filter::Operator;
use crate::model::{Column, Filter, Kind, Report, Test};
use crate::text;
use crate::words::Text;

/// One or two operators that are one thing to the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    One(Operator),
    /// From one value to another; either may be left out.
    Range,
    Empty,
    Present,
}

/// The conditions of a column, the most useful first. Of the report's time there is one, for hours of the week: the time range is for the rest.
pub fn conditions(report: &Report, column: &Column) -> Vec<Condition> {
    if report.is_time(column) {
        return vec![Condition::One(Operator::Is)];
    }
    let mut all = Vec::new();
    for operator in column.kind.operators() {
        match operator {
            Operator::Min | Operator::From => all.push(Condition::Range),
            Operator::Max | Operator::To => {}
            Operator::Empty => all.extend([Condition::Empty, Condition::Present]),
            Operator::Is | Operator::Not | Operator::Contains | Operator::Starts => all.push(Condition::One(*operator)),
        }
    }
    all
}

impl Condition {
    pub const fn label(self) -> Text {
        match self {
            Self::One(operator) => operator.label(),
            Self::Range => text!("filter.between"),
            Self::Empty => text!("filter.empty"),
            Self::Present => text!("filter.present"),
        }
    }

    /// The condition of a filter that is there already.
    pub fn of(filter: &Filter) -> Self {
        match &filter.test {
            Test::Empty(true) => Self::Empty,
            Test::Empty(false) => Self::Present,
            Test::Between { .. } | Test::Time { .. } => Self::Range,
            _ => Self::One(filter.parts().first().map_or(Operator::Is, |(operator, _)| *operator)),
        }
    }

    /// The parameters that put the condition into an address: suffix of the column's key, and value.
    pub fn parameters(self, kind: Kind, values: Vec<String>, low: String, high: String) -> Vec<(&'static str, String)> {
        let given = |suffix: &'static str, value: String| (!value.is_empty()).then_some((suffix, value));
        match self {
            Self::Empty => vec![(".empty", "yes".to_owned())],
            Self::Present => vec![(".empty", "no".to_owned())],
            Self::Range => {
                let (from, to) = if kind == Kind::Time { (".from", ".to") } else { (".min", ".max") };
                given(from, low).into_iter().chain(given(to, high)).collect()
            }
            Self::One(operator) => {
                let suffix = match operator {
                    Operator::Not => ".not",
                    Operator::Contains => ".contains",
                    Operator::Starts => ".starts",
                    _ => "",
                };
                values.into_iter().filter_map(|value| given(suffix, value)).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::codec::decode;
    use crate::reports;

    #[test]
    fn every_condition_of_every_column_can_be_asked() {
        for report in reports::ALL {
            for column in report.columns {
                let value = match column.kind {
                    Kind::Time if report.is_time(column) => "mon-14",
                    Kind::Id => "1P3QZ9G6W0000",
                    Kind::Ip => "10.0.0.0/8",
                    Kind::Flag => "yes",
                    Kind::Choice { values, .. } => values[0].name,
                    _ => "a",
                };
                let (low, high) = match column.kind {
                    Kind::Time => ("2026-11-01T00:00", "2026-11-02T00:00"),
                    Kind::Duration => ("90s", "1h"),
                    _ => ("1", "2"),
                };
                for condition in conditions(report, column) {
                    let parameters = condition.parameters(column.kind, vec![value.to_owned()], low.to_owned(), high.to_owned());
                    let search: Vec<_> = parameters.iter().map(|(suffix, value)| format!("{}{suffix}={value}", column.key)).collect();
                    let query = decode(report, &search.join("&")).unwrap_or_else(|error| panic!("{search:?}: {error}"));
                    assert_eq!(query.filters.iter().map(Condition::of).collect::<Vec<_>>(), [condition], "{search:?}");
                }
            }
        }
    }
}
