//! Which of the questions that a report comes with a query asks.

use super::{Query, ReadyView, Report, TimeRange, codec};

impl ReadyView {
    /// What it asks.
    pub fn query(&self, report: &'static Report) -> Query {
        // A test reads all that are declared.
        codec::decode(report, self.query).unwrap_or_else(|_| Query::all(report))
    }
}

impl Report {
    /// What an address shows that asks for nothing.
    pub fn first_view(&'static self) -> Query {
        self.views.first().map_or_else(|| Query::all(self), |view| view.query(self))
    }
}

impl Query {
    /// Whether it asks for nothing in particular: every row, from the first page on, in the usual order.
    pub fn asks_nothing(&self) -> bool {
        !self.is_filtered() && self.sort == Self::default_sort(self.report) && self.cursor.is_none()
    }

    /// The place in [`Report::views`] of the view that the query is in: of those all of whose conditions it has, the one with the
    /// most; of several, the one with the same sort. The query may be narrowed further, and be in another order.
    pub fn ready_view(&self) -> Option<usize> {
        let views = self.report.views.iter().map(|view| view.query(self.report)).enumerate();
        let within = views.filter(|(_, view)| {
            view.filters.iter().all(|filter| self.filters.contains(filter))
                && (view.search.is_empty() || view.search == self.search)
                && (view.range == TimeRange::All || view.range == self.range)
        });
        let best = within.min_by_key(|(_, view)| (std::cmp::Reverse(view.conditions()), view.sort != self.sort));
        best.map(|(at, _)| at)
    }

    /// What the view the query is in asks; every row where it is in none.
    pub fn base(&self) -> Self {
        let view = self.ready_view().and_then(|at| self.report.views.get(at));
        view.map_or_else(|| Self::all(self.report), |view| view.query(self.report))
    }

    /// Whether it is narrowed down further than the view it is in.
    pub fn is_narrowed(&self) -> bool {
        self.conditions() > self.base().conditions()
    }

    /// The view it is in, without what narrows it down further.
    pub fn widened(self) -> Self {
        let base = self.base();
        Self { search: base.search, filters: base.filters, range: base.range, cursor: None, ..self }
    }

    /// Another view for the same reader: zone, columns and page size stay, and so does what narrows the view at hand down, but for
    /// filters of columns that the other one filters by itself.
    pub fn in_view(&self, view: &Self) -> Self {
        let base = self.base();
        let own =
            self.filters.iter().filter(|own| !base.filters.contains(own) && view.filters.iter().all(|other| other.column != own.column));
        let kept = |theirs: bool, own: bool| !theirs && own;
        let search = if kept(!view.search.is_empty(), self.search != base.search) { &self.search } else { &view.search };
        let range = if kept(view.range != TimeRange::All, self.range != base.range) { self.range } else { view.range };
        Self {
            search: search.clone(),
            filters: view.filters.iter().chain(own).cloned().collect(),
            range,
            sort: view.sort,
            cursor: None,
            ..self.clone()
        }
    }

    fn conditions(&self) -> usize {
        self.filters.len() + usize::from(!self.search.is_empty()) + usize::from(self.range != TimeRange::All)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::{ALL, PASSWORD_OPERATION, PERFORMED_BACKUPS};
    use codec::{decode, encode};

    const ACTIVITY: &str = "status.not=Scheduled&status.not=Awaiting%20approval&sort=-last_attempt";
    const PLANNED: &str = "status=Scheduled&status=Awaiting%20approval&sort=schedule_date";

    fn operation(search: &str) -> Query {
        decode(&PASSWORD_OPERATION, search).unwrap_or_else(|error| panic!("{search}: {error}"))
    }

    #[test]
    fn every_view_of_every_report_can_be_read_and_says_what_it_shows() {
        for report in ALL {
            for (at, view) in report.views.iter().enumerate() {
                let query = decode(report, view.query).unwrap_or_else(|error| panic!("{}, {}: {error}", report.key, view.name.said()));
                assert_eq!(query.ready_view(), Some(at), "{}, {}: another view asks the same", report.key, view.name.said());
                assert!(view.help.said().ends_with('.'), "{}, {}: the help is a sentence", report.key, view.name.said());
                let own = Query {
                    search: query.search.clone(),
                    filters: query.filters.clone(),
                    range: query.range,
                    sort: query.sort,
                    ..Query::all(report)
                };
                assert_eq!(query, own, "{}, {}: zone, columns and page size are the reader's", report.key, view.name.said());
            }
            let asks_all = report.views.iter().any(|view| view.query(report) == Query::all(report));
            assert!(report.views.is_empty() || asks_all, "{}: no view shows all rows", report.key);
        }
    }

    #[test]
    fn a_query_is_in_the_view_whose_conditions_it_has() {
        for (search, view) in [
            (ACTIVITY, "Activity"),
            (PLANNED, "Planned"),
            ("", "All"),
            (&format!("{ACTIVITY}&device=srv-db-01&q=root"), "Activity"),
            ("status.not=Scheduled&status.not=Awaiting%20approval&sort=device", "Activity"),
            ("status=Scheduled", "All"),
            ("sort=-last_attempt", "All"),
        ] {
            let at = operation(search).ready_view();
            assert_eq!(at.map(|at| PASSWORD_OPERATION.views[at].name.said()), Some(view), "{search}");
        }
        assert_eq!(Query::all(&PERFORMED_BACKUPS).ready_view(), None);
    }

    #[test]
    fn what_narrows_a_view_down_can_be_taken_away_alone() {
        assert!(!operation(ACTIVITY).is_narrowed());
        let narrowed = operation(&format!("{ACTIVITY}&device=srv-db-01&time=today&q=root&zone=Asia/Tokyo&cursor=x"));
        assert!(narrowed.is_narrowed());
        assert_eq!(encode(&narrowed.widened()), "status.not=Scheduled&status.not=Awaiting%20approval&zone=Asia/Tokyo&sort=-last_attempt");
        assert!(operation("status=Error").is_narrowed());
        assert_eq!(operation("status=Error").widened(), operation(""));
    }

    #[test]
    fn another_view_keeps_what_is_the_readers() {
        let planned = operation(PLANNED);
        for (before, after) in [
            (ACTIVITY.to_owned(), PLANNED.to_owned()),
            (
                format!("{ACTIVITY}&zone=Asia/Tokyo&columns=status,device&limit=100&cursor=x"),
                format!("{PLANNED}&zone=Asia/Tokyo&columns=status,device&limit=100"),
            ),
            (format!("{ACTIVITY}&device=srv-db-01&q=root&time=today"), format!("{PLANNED}&device=srv-db-01&q=root&time=today")),
            ("status=Error&attempts.min=2".to_owned(), format!("{PLANNED}&attempts.min=2")),
        ] {
            assert_eq!(operation(&before).in_view(&planned), operation(&after), "{before}");
        }
        let all = Query::all(&PASSWORD_OPERATION);
        assert_eq!(operation(&format!("{PLANNED}&device=srv-db-01")).in_view(&all), operation("device=srv-db-01"));
    }
}
