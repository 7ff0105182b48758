//! The one way in: lines become events, masked originals go with them, broken lines go to the quarantine, and all of it is durable
//! before the sender is told. HTTP, syslog, files that grow and imports differ only in where their lines come from.

use super::allowance::{Allowance, Growth};
use super::format::{Format, Skip};
use super::formats::Known;
use super::halves::{Arrived, Exchanges};
use super::lines::NoText;
use super::original::original;
use super::{Context, Formats, encoding};
use crate::event::Event;
use crate::jobs::{Job, On};
use crate::store::quarantine::Refused;
use crate::store::{Appended, Store, StoreError};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use vigia_app::model::{Delay, DelayMark, Timestamp};
use vigia_app::sentence;

/// So much of a line that is not text is kept, in bytes.
const MAX_NO_TEXT: usize = Event::MAX_ORIGINAL;
/// What a line takes in the quarantine beside its text, in bytes.
const BESIDE: usize = 128;
/// The space of the store with the spaces in which halves wait that every server may sweep.
const SPACES: &str = "halves";

/// How often what waits for the other half of its exchange is looked through.
const SWEEP: Duration = Duration::from_secs(30);

/// Where lines come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Http,
    Syslog,
    Tail,
    Import,
    /// Out of the quarantine.
    Replay,
}

impl Way {
    const fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Syslog => "syslog",
            Self::Tail => "tail",
            Self::Import => "import",
            Self::Replay => "replay",
        }
    }
}

/// What all ways in share. Cheap to clone.
#[derive(Clone)]
pub struct Intake {
    pub store: Arc<dyn Store>,
    pub formats: Arc<Formats>,
    pub context: Context,
    /// Spaces this process has entered into [`SPACES`].
    entered: Arc<Mutex<HashSet<String>>>,
    allowance: Allowance,
}

/// What became of the lines that were handed over together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stored {
    pub appended: Appended,
    /// Lines that wait for the other half of their exchange.
    pub waiting: u64,
    /// Halves of exchanges that are stored already.
    pub again: u64,
    /// Broken lines that are in the quarantine now.
    pub quarantined: u64,
}

impl Intake {
    pub fn new(store: Arc<dyn Store>, formats: Formats, context: Context) -> Self {
        Self { store, formats: Arc::new(formats), context, entered: Arc::default(), allowance: Allowance::default() }
    }

    /// With another growth of the quarantine by one source.
    pub fn quarantining(self, growth: Growth) -> Self {
        Self { allowance: Allowance::new(growth), ..self }
    }

    /// A stream of lines of one source. Halves of exchanges are put together with whatever comes in from the same source, at any server.
    pub fn feed(&self, way: Way, known: &Known, source: &str) -> Feed {
        let space = format!("{}/{source}", known.name);
        Feed { shared: true, ..Feed::new(self.clone(), way, known, source, space) }
    }

    /// A stream whose halves nobody else may put together or give up: the one reader of it sweeps them itself.
    pub fn own_feed(&self, way: Way, known: &Known, source: &str, space: String) -> Feed {
        Feed::new(self.clone(), way, known, source, space)
    }

    /// Puts in order what waits for the other half of its exchange.
    pub fn job(&self) -> Job {
        let intake = self.clone();
        let purpose = sentence!("job.purpose.halves");
        Job::every("halves", purpose, SWEEP, On::One, move || {
            let intake = intake.clone();
            async move { Ok(intake.sweep().await.map(drop)?) }
        })
    }

    /// Makes events of halves that waited too long, of every stream that is not swept by its reader.
    pub async fn sweep(&self) -> Result<u64, StoreError> {
        let mut stored = 0;
        for (space, _) in self.store.kept().all(SPACES).await? {
            let Some((format, source)) = space.split_once('/') else { continue };
            if let Some(known) = self.formats.get(format) {
                let exchanges = Exchanges { store: &*self.store, known, source, context: &self.context, space: &space };
                stored += exchanges.sweep().await?;
            }
        }
        Ok(stored)
    }

    /// Lets every server know of a space before anything waits in it.
    async fn enter(&self, space: &str) -> Result<(), StoreError> {
        if self.entered.lock().unwrap_or_else(PoisonError::into_inner).contains(space) {
            return Ok(());
        }
        self.store.kept().set(SPACES, vec![(space.to_owned(), Some(String::new()))]).await?;
        self.entered.lock().unwrap_or_else(PoisonError::into_inner).insert(space.to_owned());
        Ok(())
    }
}

/// Lines of one source and format on their way into the store.
pub struct Feed {
    intake: Intake,
    way: Way,
    known: Known,
    source: Arc<str>,
    space: String,
    shared: bool,
    reader: Box<dyn Format>,
    /// Whether broken lines go to the quarantine; a sender who is told of them may keep them.
    quarantine: bool,
    number: u64,
    events: Vec<Event>,
    halves: Vec<Arrived>,
    refused: Vec<Refused>,
    /// What was taken of the allowance for them, in bytes.
    taken: u64,
    lines: u64,
    bytes: usize,
}

impl Feed {
    fn new(intake: Intake, way: Way, known: &Known, source: &str, space: String) -> Self {
        Self {
            reader: known.open(source, &intake.context),
            known: known.clone(),
            source: source.into(),
            shared: false,
            quarantine: true,
            number: 0,
            events: Vec::new(),
            halves: Vec::new(),
            refused: Vec::new(),
            taken: 0,
            lines: 0,
            bytes: 0,
            intake,
            way,
            space,
        }
    }

    /// Leaves broken lines to the sender, who is told of each.
    pub fn without_quarantine(self) -> Self {
        Self { quarantine: false, ..self }
    }

    /// Reads a line. A broken one is on its way into the quarantine when this returns, unless that is the sender's, or its source brings more than the
    /// quarantine [keeps](super::allowance).
    pub fn line(&mut self, line: &str) -> Result<(), Skip> {
        self.count(line.len());
        let read = match self.reader.half(line) {
            Some(half) => {
                self.halves.push(Arrived { half, line: line.to_owned() });
                Ok(())
            }
            None => {
                let first = self.events.len();
                let read = self.reader.line(self.number, line, &mut self.events);
                let reader = &self.reader;
                original(&mut self.events, first, || reader.masked(line));
                read
            }
        };
        if let Err(Skip::Broken { reason, detail }) = &read {
            let masked = self.reader.masked(line);
            self.refuse(reason, detail.clone(), &masked);
        }
        read
    }

    /// Takes a line that is not UTF-8, of which these bytes are known: reads it where its source has said what it is, else takes note of it.
    pub fn no_text(&mut self, why: NoText, bytes: &[u8]) -> Result<(), Skip> {
        if let Some(line) = encoding::decoded(why, bytes, self.reader.encoding()) {
            return self.line(&line);
        }
        self.count(bytes.len());
        let (reason, detail, shown) = encoding::refused(why, &bytes[..bytes.len().min(MAX_NO_TEXT)]);
        let masked = self.reader.masked(&shown);
        self.refuse(reason, detail.to_owned(), &masked);
        Err(Skip::Broken { reason, detail: detail.to_owned() })
    }

    fn count(&mut self, bytes: usize) {
        self.number += 1;
        self.lines += 1;
        self.bytes += bytes;
    }

    fn refuse(&mut self, reason: &str, detail: String, masked: &str) {
        metrics::counter!("vigia_ingest_rejected_total", "format" => self.known.name.clone()).increment(1);
        if self.quarantine {
            let original = super::text::cut(masked, Event::MAX_ORIGINAL).into_owned();
            let (source, format) = (self.source.clone(), self.known.name.clone());
            let bytes = original.len() + detail.len() + BESIDE;
            // Whoever imports a file stands beside it, and may want all of it.
            if self.way != Way::Import && !self.intake.allowance.take(&source, bytes, (self.intake.context.clock)()) {
                metrics::counter!("vigia_quarantine_left_out_total", "format" => format).increment(1);
                return;
            }
            self.taken += bytes as u64;
            self.refused.push(Refused { source, format, reason: reason.to_owned(), detail, original });
        }
    }

    /// How many lines were read since the last [`Feed::store`].
    pub const fn lines(&self) -> u64 {
        self.lines
    }

    /// How many bytes these lines have.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Stores what the lines said; on return it is durable. After an error, call it again on a stream that cannot be read again (syslog,
    /// files that grow); elsewhere, drop the feed and hand the lines over again.
    pub async fn store(&mut self) -> Result<Stored, StoreError> {
        let mut stored = Stored::default();
        let now = (self.intake.context.clock)();
        let mut after = Vec::new();
        // A sender over HTTP, or a file, is asked again after an error; what came in otherwise is there only once.
        let mut events = if matches!(self.way, Way::Syslog | Way::Tail) { self.events.clone() } else { std::mem::take(&mut self.events) };
        if !self.halves.is_empty() {
            if self.shared {
                self.intake.enter(&self.space).await?;
            }
            let met = self.exchanges().meet(&self.halves).await?;
            (stored.waiting, stored.again, after) = (met.waiting, met.again, met.after);
            events.extend(met.events);
        }
        clock_skew(&events, now);
        let store = &self.intake.store;
        if !events.is_empty() {
            stored.appended = store.append(events).await?;
        }
        if !self.refused.is_empty() {
            stored.quarantined = self.refused.len() as u64;
            let new = store.quarantine().add(self.refused.clone(), now).await?;
            metrics::counter!("vigia_quarantine_lines_total").increment(new);
            let again = stored.quarantined.saturating_sub(new);
            self.intake.allowance.give_back(&self.source, self.taken / stored.quarantined * again);
            self.taken = 0;
        }
        if !after.is_empty() {
            store.kept().set(&self.space, after).await?;
        }
        metrics::counter!("vigia_ingest_lines_total", "way" => self.way.name(), "format" => self.known.name.clone()).increment(self.lines);
        self.forget();
        Ok(stored)
    }

    /// Drops what was read since the last [`Feed::store`].
    pub fn forget(&mut self) {
        self.events.clear();
        self.halves.clear();
        self.refused.clear();
        self.taken = 0;
        (self.lines, self.bytes) = (0, 0);
    }

    /// Makes events of halves that waited too long. For a feed of one's own; the servers sweep the others.
    pub async fn sweep(&mut self) -> Result<u64, StoreError> {
        self.exchanges().sweep().await
    }

    fn exchanges(&self) -> Exchanges<'_> {
        let Self { intake, known, source, space, .. } = self;
        Exchanges { store: &*intake.store, known, source, context: &intake.context, space }
    }
}

/// Events whose time is far from the clock are stored like others; that there are some is worth knowing.
fn clock_skew(events: &[Event], now: Timestamp) {
    let (mut future, mut late) = (0, 0);
    for event in events {
        match Delay::of(event.report, event.time, now).mark {
            Some(DelayMark::Future) => future += 1,
            Some(DelayMark::Late) => late += 1,
            None => {}
        }
    }
    for (kind, count) in [("future", future), ("late", late)].into_iter().filter(|(_, count)| *count > 0) {
        metrics::counter!("vigia_events_clock_total", "kind" => kind).increment(count);
    }
}
