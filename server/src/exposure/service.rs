//! What readers ask of credentials that were seen. Each answer is one of the index to questions that the report Password view answers alike.

use super::changes;
use super::credential::{Credential, Key, filter};
use super::follow::is_complete;
use crate::clock::Clock;
use crate::index::{GroupRow, Index, Known, TooManyGroups};
use crate::pseudonyms::veil;
use crate::reports::being_prepared;
use crate::store::{ResolvedQuery, Store};
use crate::veil::Veil;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;
use vigia_app::model::{
    ActorKind, ApiError, Cell, Column, Exposure, Filter, Knower, Moment, Query, SeenCredential, Test, Timestamp, Viewer,
};
use vigia_app::reports::{PASSWORD_OPERATION, PASSWORD_VIEW};
use vigia_app::sentence;
use vigia_app::story::{KnownBy, StillKnown, Subject};

/// Groups of views that one question may have.
const MOST: usize = 200_000;

/// Answers them. Every role sees them; a manager with pseudonyms in place of names, where an administrator has switched them on.
#[derive(Clone)]
pub struct ExposureService {
    store: Arc<dyn Store>,
    clock: Clock,
    index: Index,
}

/// What the index knows, for one reader.
struct Look {
    views: Known,
    veil: Option<Arc<Veil>>,
    now: Timestamp,
}

/// Views of a credential.
struct Seen {
    credential: Credential,
    views: u64,
    unchanged: u64,
    last: Timestamp,
    changed: Option<Timestamp>,
}

impl ExposureService {
    pub fn new(store: Arc<dyn Store>, clock: Clock, index: Index) -> Self {
        Self { store, clock, index }
    }

    /// The credentials that people have seen and that were not changed since: those with most such views.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`](vigia_app::model::ErrorKind::Unavailable) while the index is being built and where the database cannot be reached.
    pub async fn unchanged(&self, viewer: &Viewer) -> Result<Exposure, ApiError> {
        let look = self.look(viewer).await?;
        let machines = ActorKind::MACHINES.map(|kind| kind.word().to_owned()).to_vec();
        let filters = conditions([("changed", Test::Empty(true)), ("actor_kind", Test::Not(machines))]);
        let (groups, _) = self.groups(&look, filters.clone(), Timestamp::MIN..Timestamp::MAX, ["device", "username"]).await?;
        let groups: Vec<GroupRow> = groups.into_iter().filter(|group| credential(group).is_some()).collect();
        let unchanged = groups.len() as u64;
        let question = look.question(Vec::new(), Timestamp::MIN..Timestamp::MAX)?;
        let operations = self.operations().await?;
        let mut credentials = Vec::new();
        for group in groups.into_iter().take(Exposure::LISTED) {
            let Some(credential) = credential(&group) else { continue };
            let changes = changes::of(&*self.store, &operations, &credential).await?.ok_or_else(|| being_prepared(&self.index))?;
            let [sources, credential_types] = self.words(&look, &question, &filters, &credential).await?;
            credentials.push(SeenCredential {
                device: credential.device,
                username: credential.username,
                sources,
                credential_types,
                views: group.rows,
                unchanged: group.rows,
                last: group.last,
                changed: changes.last().map(|time| Timestamp::saturating(*time)),
                way: None,
            });
        }
        Ok(Exposure { credentials, unchanged, progress: None, preparing: !is_complete(&*self.store).await? })
    }

    /// The sources of a credential's views and its types.
    async fn words(
        &self,
        look: &Look,
        question: &ResolvedQuery,
        filters: &[Filter],
        credential: &Credential,
    ) -> Result<[Vec<String>; 2], ApiError> {
        let mut query = question.query.clone();
        query.filters = filters.iter().cloned().chain(credential.filters(&PASSWORD_VIEW)).collect();
        let mut found = [Vec::new(), Vec::new()];
        for (key, found) in ["source", "credential_type"].into_iter().zip(&mut found) {
            let Some(column) = PASSWORD_VIEW.column(key) else { continue };
            let resolved = look.resolved(query.clone(), question.range.clone())?;
            let values = look.views.values(&resolved, column, 8).await?.ok_or_else(|| being_prepared(&self.index))?.0;
            found.extend(values.into_iter().filter(|(value, _)| !value.is_empty()).map(|(value, _)| value.plain()));
            found.sort();
        }
        Ok(found)
    }

    /// The credentials that somebody has viewed, copied or used before a moment, or ever: once each, those first that were not changed since.
    ///
    /// # Errors
    /// Names what cannot be asked; as [`unchanged`](Self::unchanged) besides.
    pub async fn of_person(&self, viewer: &Viewer, user: &str, until: Option<Timestamp>) -> Result<Exposure, ApiError> {
        if user.trim().is_empty() {
            return Err(ApiError::invalid("user", sentence!("exposure.no-user")));
        }
        let look = self.look(viewer).await?;
        let filters = conditions([("user", Test::Is(vec![user.to_owned()]))]);
        let range = Timestamp::MIN..until.unwrap_or(Timestamp::MAX);
        let (groups, _) = self.groups(&look, filters.clone(), range.clone(), ["device", "username", "changed"]).await?;
        let mut seen: HashMap<Key, Seen> = HashMap::new();
        for group in groups {
            let Some(credential) = credential(&group) else { continue };
            let changed = if let Some(Cell::Time(time)) = group.cells.get(2) { Some(*time) } else { None };
            let new = |credential| Seen { credential, views: 0, unchanged: 0, last: Timestamp::MIN, changed: None };
            let seen = seen.entry(credential.key()).or_insert_with(|| new(credential));
            seen.views += group.rows;
            seen.unchanged += if changed.is_none() { group.rows } else { 0 };
            seen.last = seen.last.max(group.last);
            seen.changed = seen.changed.max(changed);
        }
        if seen.len() > Exposure::MAX {
            return Err(ApiError::invalid("user", sentence!("exposure.too-many", count = seen.len(), most = Exposure::MAX)));
        }
        let [mut sources, mut types] = [HashMap::new(), HashMap::new()];
        for (key, words) in [("source", &mut sources), ("credential_type", &mut types)] {
            let (groups, _) = self.groups(&look, filters.clone(), range.clone(), ["device", "username", key]).await?;
            for group in groups {
                if let (Some(credential), Some(word)) = (credential(&group), group.cells.get(2).filter(|word| !word.is_empty())) {
                    words.entry(credential.key()).or_insert_with(BTreeSet::new).insert(word.plain());
                }
            }
        }
        let words = |words: &mut HashMap<Key, BTreeSet<String>>, key: &Key| words.remove(key).unwrap_or_default().into_iter().collect();
        let mut credentials: Vec<SeenCredential> = seen
            .into_iter()
            .map(|(key, seen)| SeenCredential {
                device: seen.credential.device,
                username: seen.credential.username,
                sources: words(&mut sources, &key),
                credential_types: words(&mut types, &key),
                views: seen.views,
                unchanged: seen.unchanged,
                last: seen.last,
                changed: seen.changed.filter(|_| seen.unchanged == 0),
                way: None,
            })
            .collect();
        credentials.sort_by(|one, other| {
            let order = |seen: &SeenCredential| (seen.unchanged == 0, std::cmp::Reverse(seen.last));
            order(one).cmp(&order(other)).then_with(|| (&one.device, &one.username).cmp(&(&other.device, &other.username)))
        });
        let unchanged = credentials.iter().filter(|seen| seen.unchanged > 0).count() as u64;
        Ok(Exposure { credentials, unchanged, progress: None, preparing: !is_complete(&*self.store).await? })
    }

    /// Who could know a credential at a moment, or now: whoever had seen it by then with no change between.
    ///
    /// # Errors
    /// As [`of_person`](Self::of_person).
    pub async fn who_knew(&self, viewer: &Viewer, device: &str, username: &str, at: Option<Timestamp>) -> Result<Vec<Knower>, ApiError> {
        if device.trim().is_empty() && username.trim().is_empty() {
            return Err(ApiError::invalid("device", sentence!("exposure.no-credential")));
        }
        let look = self.look(viewer).await?;
        let at = at.unwrap_or(look.now);
        let end = Timestamp::saturating(at.millis() + 1);
        let credential = Credential { device: device.to_owned(), username: username.to_owned() };
        let mut knowers: BTreeMap<Vec<String>, Knower> = BTreeMap::new();
        for test in [Test::Empty(true), Test::Time { from: Some(Moment::utc(end)), to: None }] {
            let filters = credential.filters(&PASSWORD_VIEW).into_iter().chain(conditions([("changed", test)])).collect();
            let (groups, _) = self.groups(&look, filters, Timestamp::MIN..end, ["user", "login", "actor_kind"]).await?;
            for group in groups {
                let [user, login, actor_kind] = [0, 1, 2].map(|at| group.cells.get(at).map(Cell::plain).unwrap_or_default());
                let key = [&user, &login, &actor_kind].map(|text| crate::fold::key(text).into_owned()).to_vec();
                let new = Knower { user, login, actor_kind, views: 0, last: Timestamp::MIN };
                let knower = knowers.entry(key).or_insert(new);
                knower.views += group.rows;
                knower.last = knower.last.max(group.last);
            }
        }
        let mut knowers: Vec<Knower> = knowers.into_values().collect();
        knowers.sort_by(|one, other| other.last.cmp(&one.last).then_with(|| one.user.cmp(&other.user)));
        Ok(knowers)
    }

    /// Of a question about the views of somebody or something, those after which the password was not changed.
    ///
    /// # Errors
    /// As [`unchanged`](Self::unchanged).
    pub async fn still_known(&self, viewer: &Viewer, subject: &Subject, views: &Query) -> Result<StillKnown, ApiError> {
        let preparing = !is_complete(&*self.store).await?;
        let Some(query) = subject.still_known(views) else { return Ok(StillKnown { preparing, ..StillKnown::default() }) };
        let look = self.look(viewer).await?;
        let (by, question) = (subject.known_by(), look.resolved(query, Timestamp::MIN..Timestamp::MAX)?);
        let views = look.views.count(&question).await?.ok_or_else(|| being_prepared(&self.index))?;
        let groups = look.views.groups(&question, &by, None, (usize::MAX, MOST)).await?.ok_or_else(|| being_prepared(&self.index))?;
        // Where there are too many to tell apart, the views are counted all the same.
        let groups = groups.ok().map(|(groups, _)| {
            // Views that name no credential are none of one.
            groups.into_iter().filter(|group| by.len() < 2 || credential(group).is_some()).collect::<Vec<_>>()
        });
        let different = groups.as_ref().map(|groups| groups.len() as u64);
        let most = groups.unwrap_or_default().into_iter().take(StillKnown::LISTED);
        let most = most.map(|GroupRow { cells, rows, last, .. }| KnownBy { cells, views: rows, last }).collect();
        Ok(StillKnown { views, different, most, preparing })
    }

    /// What the index knows of operations now.
    pub(super) async fn operations(&self) -> Result<Known, ApiError> {
        let all = ResolvedQuery::new(Query::all(&PASSWORD_OPERATION), (self.clock)())?;
        self.index.known(&*self.store, &all).await?.ok_or_else(|| self.not_yet())
    }

    /// Why there is no answer yet.
    pub(super) fn not_yet(&self) -> ApiError {
        being_prepared(&self.index)
    }

    async fn look(&self, viewer: &Viewer) -> Result<Look, ApiError> {
        let now = (self.clock)();
        let resolved = ResolvedQuery::new(Query::all(&PASSWORD_VIEW), now)?;
        let views = self.index.known(&*self.store, &resolved).await?.ok_or_else(|| being_prepared(&self.index))?;
        Ok(Look { views, veil: veil(&*self.store, viewer).await?, now })
    }

    /// All groups of views, by some columns.
    async fn groups<const N: usize>(
        &self,
        look: &Look,
        filters: Vec<Filter>,
        range: Range<Timestamp>,
        by: [&str; N],
    ) -> Result<(Vec<GroupRow>, usize), ApiError> {
        let by: Vec<&'static Column> = by.into_iter().filter_map(|key| PASSWORD_VIEW.column(key)).collect();
        let found = look.views.groups(&look.question(filters, range)?, &by, None, (usize::MAX, MOST)).await?;
        let found = found.ok_or_else(|| being_prepared(&self.index))?;
        let too_many = |count: usize| ApiError::invalid("user", sentence!("exposure.too-many", count = count, most = Exposure::MAX));
        let (groups, there) = found.map_err(|TooManyGroups| too_many(MOST))?;
        if groups.len() < there { Err(too_many(there)) } else { Ok((groups, there)) }
    }
}

impl Look {
    /// A question of its reader.
    fn question(&self, filters: Vec<Filter>, range: Range<Timestamp>) -> Result<ResolvedQuery, ApiError> {
        self.resolved(Query { filters, ..Query::all(&PASSWORD_VIEW) }, range)
    }

    fn resolved(&self, query: Query, range: Range<Timestamp>) -> Result<ResolvedQuery, ApiError> {
        let resolved = ResolvedQuery::new(query, self.now)?.veiled(self.veil.clone())?;
        Ok(ResolvedQuery { range, ..resolved })
    }
}

/// Conditions on columns of the report.
fn conditions<const N: usize>(tests: [(&str, Test); N]) -> Vec<Filter> {
    tests.into_iter().filter_map(|(key, test)| filter(&PASSWORD_VIEW, key, test)).collect()
}

/// The credential of a group by device and username; `None` where there is neither.
fn credential(group: &GroupRow) -> Option<Credential> {
    let [device, username] = [0, 1].map(|at| group.cells.get(at).map(Cell::plain).unwrap_or_default());
    (!device.is_empty() || !username.is_empty()).then_some(Credential { device, username })
}
