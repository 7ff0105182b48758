//! A condition on one column.

use super::{Column, EventId, Kind, Moment, duration};
use crate::text;
use crate::words::Text;
use ipnet::IpNet;
use std::borrow::Cow;
use std::net::IpAddr;

/// A condition a row must meet. A query's filters all have to be met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    pub column: &'static Column,
    pub test: Test,
}

/// The test itself. Which ones a column offers follows from its kind: see [`Kind::operators`].
///
/// Comparisons of text ignore case in every script, and whether a letter with marks is composed or taken apart; [`Test::Contains`] and
/// [`Test::Starts`] ignore the marks around letters, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// One of these texts; at least one. Of the time of a report: one of these hours of the week, as [`hour_of_week`] reads them.
    Is(Vec<String>),
    /// None of these texts; at least one. A missing value passes.
    Not(Vec<String>),
    Contains(String),
    Starts(String),
    /// One of these networks; a single address is a network of one. At least one.
    InNet(Vec<IpNet>),
    /// In none of these networks. A missing value passes.
    NotInNet(Vec<IpNet>),
    /// One of these ids.
    Ids(Vec<EventId>),
    Flag(bool),
    /// `min <= value <= max`; at least one of the two is there.
    Between {
        min: Option<i64>,
        max: Option<i64>,
    },
    /// `from <= value < to`; at least one of the two is there.
    Time {
        from: Option<Moment>,
        to: Option<Moment>,
    },
    /// True: the value is missing. False: it is there.
    Empty(bool),
}

/// How a filter is written: `column=value` for [`Operator::Is`], `column.operator=value` for the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Is,
    Not,
    Contains,
    Starts,
    Min,
    Max,
    From,
    To,
    Empty,
}

impl Operator {
    pub const fn key(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::Not => "not",
            Self::Contains => "contains",
            Self::Starts => "starts",
            Self::Min => "min",
            Self::Max => "max",
            Self::From => "from",
            Self::To => "to",
            Self::Empty => "empty",
        }
    }

    /// The parameter of a query string that filters the column of this key: `status`, `attempts.min`.
    pub fn parameter(self, key: &'static str) -> Cow<'static, str> {
        match self {
            Self::Is => Cow::Borrowed(key),
            _ => Cow::Owned(format!("{key}.{}", self.key())),
        }
    }

    /// Words for the screen.
    pub const fn label(self) -> Text {
        match self {
            Self::Is => text!("filter.is"),
            Self::Not => text!("filter.not"),
            Self::Contains => text!("filter.contains"),
            Self::Starts => text!("filter.starts"),
            Self::Min => text!("filter.min"),
            Self::Max => text!("filter.max"),
            Self::From => text!("filter.from"),
            Self::To => text!("filter.to"),
            Self::Empty => text!("filter.empty"),
        }
    }
}

impl Kind {
    /// Whether its values can be added up.
    pub const fn is_number(&self) -> bool {
        matches!(self, Self::Number | Self::Bytes | Self::Duration)
    }

    /// The operators a column of this kind offers, the most useful first.
    pub const fn operators(&self) -> &'static [Operator] {
        use Operator::{Contains, Empty, From, Is, Max, Min, Not, Starts, To};
        match self {
            Self::Id => &[Is],
            Self::Text => &[Contains, Is, Not, Starts, Empty],
            Self::LongText => &[Contains, Empty],
            Self::Choice { .. } => &[Is, Not, Empty],
            Self::Time => &[From, To, Empty],
            Self::Number | Self::Bytes | Self::Duration => &[Min, Max, Empty],
            Self::Ip => &[Is, Not, Empty],
            Self::Flag => &[Is],
        }
    }
}

impl Filter {
    /// The filter as operator and value pairs, as the URL writes them and the page shows them.
    pub fn parts(&self) -> Vec<(Operator, String)> {
        let each = |operator: Operator, values: &[String]| values.iter().map(|value| (operator, value.clone())).collect();
        let nets = |operator: Operator, nets: &[IpNet]| nets.iter().map(|net| (operator, net_text(net))).collect();
        let yes_no = |flag: bool| if flag { "yes" } else { "no" }.to_owned();
        match &self.test {
            Test::Is(values) => each(Operator::Is, values),
            Test::Not(values) => each(Operator::Not, values),
            Test::Contains(text) => vec![(Operator::Contains, text.clone())],
            Test::Starts(text) => vec![(Operator::Starts, text.clone())],
            Test::InNet(list) => nets(Operator::Is, list),
            Test::NotInNet(list) => nets(Operator::Not, list),
            Test::Ids(ids) => ids.iter().map(|id| (Operator::Is, id.to_string())).collect(),
            Test::Flag(flag) => vec![(Operator::Is, yes_no(*flag))],
            Test::Between { min, max } => {
                let text = |value: i64| if self.column.kind == Kind::Duration { duration::write(value) } else { value.to_string() };
                let bound = |operator, value: &Option<i64>| value.map(|value| (operator, text(value)));
                bound(Operator::Min, min).into_iter().chain(bound(Operator::Max, max)).collect()
            }
            Test::Time { from, to } => {
                let bound = |operator, value: &Option<Moment>| value.map(|value| (operator, value.to_string()));
                bound(Operator::From, from).into_iter().chain(bound(Operator::To, to)).collect()
            }
            Test::Empty(flag) => vec![(Operator::Empty, yes_no(*flag))],
        }
    }
}

/// The days of the week as addresses name them.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The hour of the week that `mon-00` to `sun-23` name, from 0 to 167.
pub fn hour_of_week(text: &str) -> Option<usize> {
    let (day, hour) = text.split_once('-').filter(|(_, hour)| hour.len() == 2)?;
    let day = DAYS.iter().position(|one| *one == day)?;
    hour.parse().ok().filter(|hour: &usize| *hour < 24).map(|hour| day * 24 + hour)
}

/// An hour of the week, from 0 to 167, as [`hour_of_week`] reads it.
pub fn hour_name(hour: usize) -> String {
    format!("{}-{:02}", DAYS[hour / 24 % 7], hour % 24)
}

/// A network of one address is written as the address.
fn net_text(net: &IpNet) -> String {
    if net.prefix_len() == net.max_prefix_len() { net.addr().to_string() } else { net.to_string() }
}

/// An address, or a network in CIDR form; IPv4 inside IPv6 becomes IPv4, and bits behind the prefix are dropped.
pub fn parse_net(text: &str) -> Option<IpNet> {
    let net = match text.parse::<IpNet>() {
        Ok(net) => net,
        Err(_) => IpNet::from(text.parse::<IpAddr>().ok()?),
    };
    let net = match (net.addr().to_canonical(), net) {
        (IpAddr::V4(v4), IpNet::V6(v6)) if v6.prefix_len() >= 96 => IpNet::new(IpAddr::V4(v4), v6.prefix_len() - 96).ok()?,
        _ => net,
    };
    Some(net.trunc())
}
