//! Rows of a few values, in the order of time.

use super::{Search, any_value};
use crate::store::part::Part;
use crate::store::postgres::predicate::{Access, FEW, Is, Predicate};
use crate::store::postgres::sql::{Param, Sql};
use std::collections::BTreeSet;
use tokio_postgres::Error;

/// Up to so many values are merged.
const MERGE: usize = 200;

/// What is merged: what the indexes are on, and the values to look up in them.
pub(super) type Values = Vec<(String, Param)>;

impl Search<'_> {
    /// The values of the only predicate, if they are so few that merging is quick however many rows they have.
    pub(super) fn few(&self) -> Option<Values> {
        let [Predicate { access: Some(Access { columns, exact: true }), .. }] = &self.predicates[..] else { return None };
        let lists: Option<Vec<_>> =
            columns.iter().map(|(key, is)| if let Is::OneOf(list) = is { Some((key.clone(), list.clone())) } else { None }).collect();
        lists.filter(|lists| lists.iter().all(|(key, _)| key != "id") && lists.iter().map(|(_, list)| list.len()).sum::<usize>() <= FEW)
    }

    /// The predicate with the fewest values, if one has few enough; and the values of its columns.
    pub(super) async fn merge(&self) -> Result<Option<(usize, Values)>, Error> {
        let mut best: Option<(usize, Values)> = None;
        let mut most = MERGE;
        for (at, access) in self.predicates.iter().enumerate().filter_map(|(at, p)| Some((at, p.access.as_ref()?))) {
            if let Some((values, lists)) = self.values(access, most).await? {
                most = values.saturating_sub(1);
                best = Some((at, lists));
            }
        }
        Ok(best)
    }

    /// How many values an access has, and which, if they are not more than `most`.
    async fn values(&self, access: &Access, most: usize) -> Result<Option<(usize, Values)>, Error> {
        let (mut count, mut lists) = (0, Vec::new());
        for (key, is) in &access.columns {
            let list = match is {
                Is::OneOf(list) => list.clone(),
                Is::In(parts) => {
                    let Some(list) = self.distinct(key, parts, most).await? else { return Ok(None) };
                    list
                }
            };
            count += list.len();
            if count > most {
                return Ok(None);
            }
            lists.push((key.clone(), list));
        }
        Ok(Some((count, lists)))
    }

    /// The values that stand in the parts, if they are not more than `most`: from value to value, skipping the rows between.
    async fn distinct(&self, key: &str, parts: &[Part], most: usize) -> Result<Option<Param>, Error> {
        let mut found = BTreeSet::new();
        for part in parts {
            let within = Is::In(vec![part.clone()]);
            let table = self.report.table;
            let mut sql = Sql::new(format!("WITH RECURSIVE v(value) AS ((SELECT {key} FROM {table} WHERE "), []);
            sql.add(&within.sql(key)).push(&format!(" ORDER BY {key} LIMIT 1) UNION ALL SELECT (SELECT {key} FROM {table} WHERE "));
            sql.add(&within.sql(key)).push(&format!(
                " AND {key} > v.value ORDER BY {key} LIMIT 1) FROM v WHERE v.value IS NOT NULL)
                 SELECT value FROM v WHERE value IS NOT NULL LIMIT {}",
                most + 1
            ));
            for row in sql.rows(self.client).await? {
                found.insert(any_value(&row, 0)?);
            }
            if found.len() > most {
                return Ok(None);
            }
        }
        Ok(Some(Param::list(found)))
    }

    /// The first `limit` rows of the values, in the order of time.
    pub(super) async fn merged(&self, predicate: usize, lists: &[(String, Param)], limit: usize) -> Result<Vec<i64>, Error> {
        let word = self.word();
        let mut sql = Sql::new("SELECT DISTINCT id FROM (SELECT NULL::bigint AS id WHERE false", []);
        for (key, list) in lists {
            sql.push(" UNION ALL SELECT found.id FROM ");
            sql.add(&Sql::new(format!("unnest(?::{}) AS v(value)", list.cast()), [list.clone()]));
            // As pairs, which only the index on the key has in order: to the planner, which does not know the value, the rows of one
            // value in the order of time are rows like others, and soon met along the table. They are not, where they are few.
            let pairs = format!(" AND ({key}, id) >= (v.value, ?) AND ({key}, id) < (v.value, ?)");
            sql.push(" CROSS JOIN LATERAL (SELECT id").add(&self.from());
            sql.add(&Sql::new(pairs, [Param::Number(self.ids.start), Param::Number(self.ids.end)])).add(&self.tests(Some(predicate)));
            sql.push(&format!(" ORDER BY {key} {word}, id {word} LIMIT {limit}) AS found"));
        }
        sql.push(&format!(") AS merged ORDER BY id {word} LIMIT {limit}"));
        sql.ids(self.client).await
    }
}
