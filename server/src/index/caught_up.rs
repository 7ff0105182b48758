//! For whoever derives something of rows: what is in the index when all that was committed is, and not what it happens to know.

use super::Index;
use super::ask::{Order, Question};
use super::pages::{Known, blocking};
use crate::store::{ResolvedQuery, Store, StoreError};
use vigia_app::model::{Direction, Report};

impl Index {
    /// What it knows of two reports, with all that was committed before this; `None` where it does not have all of that soon.
    pub async fn caught_up(&self, store: &dyn Store, reports: [&'static Report; 2]) -> Result<Option<[Known; 2]>, StoreError> {
        let committed = store.journal().committed().await?;
        if !self.catches_up(&committed).await {
            return Ok(None);
        }
        let [one, other] = reports.map(|report| self.held(report));
        Ok(one.zip(other).map(|(one, other)| [one, other]))
    }

    fn held(&self, report: &'static Report) -> Option<Known> {
        Some(Known::new(self.clone(), self.shown(report)?))
    }
}

impl Known {
    /// The ids of the rows that match, in their order; `None` where that cannot be read.
    pub async fn ids(&self, resolved: &ResolvedQuery) -> Result<Option<Vec<i64>>, StoreError> {
        let (snapshot, question) = (self.snapshot.clone(), Question::new(resolved));
        let order = Order { column: None, direction: Direction::Ascending };
        let places = blocking(move || snapshot.page(&question, order, None, usize::MAX)).await?;
        Ok(self.index.readable(places).map(|places| places.into_iter().map(|place| place.id).collect()))
    }
}
