//! What one column of a bar chart counts.

use std::fmt;

/// One stretch of time (a day, an hour, a month) and what happened in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    pub(super) label: String,
    pub(super) short: String,
    pub(super) tally: Tally,
}

/// The numbers of a bucket, and how far they can be relied on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub count: u64,
    pub risk: Option<u64>,
    pub second: Option<u64>,
    pub so_far: bool,
    pub silent: bool,
}

impl Bucket {
    /// A stretch of time and its count. `label` is shown where all of them have room ("Mon 23 Nov"), else `short` ("23 Nov"), of as
    /// many as have; a `short` that is empty is never shown.
    pub fn new(label: impl Into<String>, short: impl Into<String>, count: u64) -> Self {
        Self { label: label.into(), short: short.into(), tally: Tally { count, ..Tally::default() } }
    }

    /// How many of the counted are views with risk: a point of the line over the bars.
    ///
    /// # Errors
    /// When that is more than are counted: a part is never more than its whole.
    pub fn with_risk(mut self, risk: u64) -> Result<Self, MoreRiskThanViews> {
        if risk > self.tally.count {
            return Err(MoreRiskThanViews { risk, views: self.tally.count });
        }
        self.tally.risk = Some(risk);
        Ok(self)
    }

    /// The count of the second series: sessions beside views.
    #[must_use]
    pub fn beside(mut self, second: u64) -> Self {
        self.tally.second = Some(second);
        self
    }

    /// The time is not over yet.
    #[must_use]
    pub fn so_far(mut self) -> Self {
        self.tally.so_far = true;
        self
    }

    /// A source said nothing in that time: a low count may only mean that we do not know.
    #[must_use]
    pub fn silent(mut self) -> Self {
        self.tally.silent = true;
        self
    }
}

/// A bucket was to have more views with risk than views.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoreRiskThanViews {
    pub risk: u64,
    pub views: u64,
}

impl fmt::Display for MoreRiskThanViews {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "{} views with risk among {} views: the former are a part of the latter", self.risk, self.views)
    }
}

impl std::error::Error for MoreRiskThanViews {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn risk_is_a_part_of_the_views() {
        assert_eq!(Bucket::new("", "", 4).with_risk(4).map(|bucket| bucket.tally.risk), Ok(Some(4)));
        let refused = Bucket::new("", "", 4).with_risk(5).expect_err("more than all");
        assert_eq!(refused.to_string(), "5 views with risk among 4 views: the former are a part of the latter");
    }
}
