//! Copying everything from one store into another one, whatever their kinds.

use super::transfer::Transfer;
use super::{Store, StoreError};
use sha2::{Digest, Sha256};
use vigia_app::reports;

/// Where a copy that is under way is marked in the target.
const SPACE: &str = "vigia.copy";
const MARK: &str = "from";
/// Events, or lines of the quarantine, in one step; a copy that is ended loses at most the step it was in.
const STEP: u32 = 10_000;

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    #[error("The target holds data already ({0}). Name a database that is empty: nothing is ever copied over or mixed.")]
    NotEmpty(String),
    #[error("The target holds the begun copy of another database. Finish that one, or name a database that is empty.")]
    OtherCopy,
    #[error(
        "The copy differs from what it was made of in {table}: {from} there, {to} here. Stop every vigia on both databases and copy \
         again into an empty one."
    )]
    Differs { table: String, from: Sum, to: Sum },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How far a copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// Records of a table that are in the target, of how many.
    Copied { table: &'a str, done: u64, all: u64 },
    /// Both sides of a table are equal.
    Verified { table: &'a str, records: u64 },
}

/// The number of records, and a sum of their hashes: equal for the same records in any order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    pub records: u64,
    pub checksum: u128,
}

impl Sum {
    /// Counts one more.
    pub fn add(&mut self, record: &[u8]) {
        let digest = Sha256::digest(record);
        let hash = digest.iter().take(16).fold(0u128, |hash, byte| hash << 8 | u128::from(*byte));
        self.records += 1;
        self.checksum = self.checksum.wrapping_add(hash);
    }
}

impl std::fmt::Display for Sum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} records with checksum {:032x}", self.records, self.checksum)
    }
}

/// Moves everything but sessions and counted failures of sign-ins into an empty store, or goes on where an earlier call was ended;
/// then reads both sides and compares them.
///
/// Nothing else may use either database meanwhile: what changes behind the copy's back makes both sides differ.
pub async fn copy(from: &dyn Store, to: &dyn Store, tell: &mut (dyn FnMut(Step<'_>) + Send)) -> Result<(), CopyError> {
    begin(from, to).await?;
    // What was acknowledged and is not in the tables yet belongs to the copy.
    from.settle().await;
    let (source, target) = (from.transfer(), to.transfer());
    for report in reports::ALL {
        let all = source.events(report).await?;
        let mut done = target.events(report).await?;
        let mut after = target.last(report).await?.unwrap_or(-1);
        loop {
            tell(Step::Copied { table: report.key, done, all });
            let events = source.events_after(report, after, STEP).await?;
            let Some(last) = events.last() else { break };
            after = last.id;
            done += events.len() as u64;
            target.put_events(report, events.into_iter().map(|event| event.underived(report)).collect()).await?;
        }
    }
    quarantine(source, target).await?;
    for user in from.users().await? {
        to.add_user(user).await?;
    }
    for token in from.tokens().all().await? {
        to.tokens().add(token).await?;
    }
    for (space, key, value) in source.all_kept().await? {
        to.kept().set(&space, vec![(key, Some(value))]).await?;
    }
    target.put_secrets(source.secrets().await?).await?;
    verify(from, to, tell).await?;
    to.kept().set(SPACE, vec![(MARK.to_owned(), None)]).await?;
    Ok(())
}

/// Something that a store holds, in words; `None` for an empty one.
pub async fn contents(store: &dyn Store) -> Result<Option<String>, StoreError> {
    for report in reports::ALL {
        if store.transfer().last(report).await?.is_some() {
            return Ok(Some(format!("events of {}", report.words.title.english())));
        }
    }
    let others = [
        ("users", store.users().await?.is_empty()),
        ("tokens", store.tokens().all().await?.is_empty()),
        ("lines in the quarantine", store.transfer().quarantined_after(-1, 1).await?.is_empty()),
        ("what streams remember", store.transfer().all_kept().await?.is_empty()),
    ];
    Ok(others.into_iter().find(|(_, empty)| !empty).map(|(what, _)| what.to_owned()))
}

/// Marks an empty target, and finds the mark of a copy that was begun.
async fn begin(from: &dyn Store, to: &dyn Store) -> Result<(), CopyError> {
    let mut identity = Sum::default();
    for (name, value) in from.transfer().secrets().await? {
        identity.add(&[name.as_bytes(), &[0], &value].concat());
    }
    let identity = format!("{:032x}", identity.checksum);
    match to.kept().get(SPACE, MARK).await? {
        Some(mark) if mark == identity => return Ok(()),
        Some(_) => return Err(CopyError::OtherCopy),
        None => {}
    }
    if let Some(what) = contents(to).await? {
        return Err(CopyError::NotEmpty(what));
    }
    to.kept().set(SPACE, vec![(MARK.to_owned(), Some(identity))]).await?;
    Ok(())
}

async fn quarantine(source: &dyn Transfer, target: &dyn Transfer) -> Result<(), StoreError> {
    // What is there is a beginning of what there is to be; the step that was ended left nothing.
    let mut there = -1;
    while let Some(line) = target.quarantined_after(there, STEP).await?.last() {
        there = line.id;
    }
    loop {
        let lines = source.quarantined_after(there, STEP).await?;
        let Some(last) = lines.last() else { return Ok(()) };
        there = last.id;
        target.put_quarantined(lines).await?;
    }
}

async fn verify(from: &dyn Store, to: &dyn Store, tell: &mut (dyn FnMut(Step<'_>) + Send)) -> Result<(), CopyError> {
    let mut equal = |table: &str, from: Sum, to: Sum| {
        if from != to {
            return Err(CopyError::Differs { table: table.to_owned(), from, to });
        }
        tell(Step::Verified { table, records: from.records });
        Ok(())
    };
    for report in reports::ALL {
        let (a, b) = tokio::try_join!(events(from.transfer(), report), events(to.transfer(), report))?;
        equal(report.key, a, b)?;
    }
    let (a, b) = tokio::try_join!(beside(from), beside(to))?;
    for ((table, a), (_, b)) in a.into_iter().zip(b) {
        equal(table, a, b)?;
    }
    Ok(())
}

async fn events(store: &dyn Transfer, report: &'static vigia_app::model::Report) -> Result<Sum, StoreError> {
    let (mut sum, mut after) = (Sum::default(), -1);
    loop {
        let events = store.events_after(report, after, STEP).await?;
        let Some(last) = events.last() else { return Ok(sum) };
        after = last.id;
        for event in events.into_iter().map(|event| event.underived(report)) {
            sum.add(&postcard::to_allocvec(&event).map_err(|error| StoreError::Failed(error.into()))?);
        }
    }
}

/// The sums of everything that is not an event.
async fn beside(store: &dyn Store) -> Result<[(&'static str, Sum); 5], StoreError> {
    // Two stores of one program write a record in the same words.
    fn sum<T: std::fmt::Debug>(records: &[T]) -> Sum {
        let mut sum = Sum::default();
        records.iter().for_each(|record| sum.add(format!("{record:?}").as_bytes()));
        sum
    }
    let (mut lines, mut after) = (Sum::default(), -1);
    loop {
        let some = store.transfer().quarantined_after(after, STEP).await?;
        let Some(last) = some.last() else { break };
        after = last.id;
        some.iter().for_each(|line| lines.add(format!("{line:?}").as_bytes()));
    }
    let kept: Vec<_> = store.transfer().all_kept().await?.into_iter().filter(|(space, ..)| space != SPACE).collect();
    Ok([
        ("users", sum(&store.users().await?)),
        ("tokens", sum(&store.tokens().all().await?)),
        ("quarantine", lines),
        ("kept", sum(&kept)),
        ("secrets", sum(&store.transfer().secrets().await?)),
    ])
}
