//! The quarantine as administrators use it: look, replay, drop. What changes something is in the audit trail before it is done.

use super::encoding::is_known;
use super::understanding::understood;
use super::{Intake, Skip, Way};
use crate::identity::{Actor, Identity, Trail};
use crate::manner::Encoding;
use crate::source_name;
use crate::store::quarantine::{QuarantineCount, QuarantineFilter, Quarantined};
use std::collections::HashMap;
pub use vigia_app::model::Replayed;
use vigia_app::model::{ApiError, ErrorKind};
use vigia_app::sentence;

/// So many lines are worked on together.
const PAGE: u32 = 500;
/// Most bytes of lines that are listed at a time.
pub const PAGE_BYTES: usize = 4 << 20;

/// Lines of the quarantine to do something with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    Ids(Vec<i64>),
    All(QuarantineFilter),
}

/// See the module.
pub struct QuarantineDesk<'a> {
    pub intake: &'a Intake,
    pub identity: &'a Identity,
}

impl QuarantineDesk<'_> {
    /// The newest lines first, those with ids below `before`: up to `limit`, or [`PAGE_BYTES`] but for a single line. With them, what the next page
    /// is below, where there is one.
    pub async fn list(
        &self,
        filter: &QuarantineFilter,
        before: Option<i64>,
        limit: u32,
    ) -> Result<(Vec<Quarantined>, Option<i64>), ApiError> {
        let mut lines = self.intake.store.quarantine().list(filter, before, limit.saturating_add(1)).await?;
        let mut bytes = 0;
        let fits = lines.iter().take_while(|Quarantined { line, .. }| {
            let first = bytes == 0;
            bytes += line.original.len() + line.detail.len() + 1;
            first || bytes <= PAGE_BYTES
        });
        let fits = fits.count().min(limit as usize);
        let more = lines.len() > fits;
        lines.truncate(fits);
        let next = lines.last().filter(|_| more).map(|line| line.id);
        Ok((lines, next))
    }

    /// How many lines there are, by source, format and reason.
    pub async fn counts(&self) -> Result<Vec<QuarantineCount>, ApiError> {
        self.intake.store.quarantine().counts().await.map_err(ApiError::from)
    }

    pub async fn get(&self, id: i64) -> Result<Quarantined, ApiError> {
        let line = self.intake.store.quarantine().get(id).await?;
        line.ok_or_else(|| ApiError::new(ErrorKind::NotFound, sentence!("quarantine.unknown", line = id.to_string())))
    }

    /// Reads lines again, by their own format or by another. Those that are understood now are stored, and then removed.
    ///
    /// What is read is the line as it is kept: masked, and cut if it was very long. One that is not UTF-8 stays unless it is said what it is, and so
    /// does one of which bytes are not known any more: who was `Jo\u{fffd}o` would be somebody else.
    pub async fn replay(&self, chosen: &Chosen, format: Option<&str>, encoding: Encoding, actor: &Actor) -> Result<Replayed, ApiError> {
        if let Some(name) = format {
            self.intake.formats.named(name).map_err(|error| ApiError::invalid("format", error))?;
        }
        let trail = Trail::new("Update", "Quarantine").on(chosen.to_string()).changing().note("Action", "Replay");
        let trail = if encoding == Encoding::Windows1252 { trail.note("Encoding", "windows-1252") } else { trail };
        let trail = format.map_or_else(|| trail.clone(), |name| trail.clone().note("Format", name));
        self.identity.record(trail, actor).await?;
        let (mut replayed, mut before) = (Replayed::default(), None);
        loop {
            let page = self.page(chosen, before).await?;
            let Some(last) = page.last() else { return Ok(replayed) };
            before = Some(last.id);
            self.read_again(&page, (format, encoding), &mut replayed).await?;
            if matches!(chosen, Chosen::Ids(_)) {
                return Ok(replayed);
            }
        }
    }

    /// Removes lines for good, and says how many.
    pub async fn discard(&self, chosen: &Chosen, actor: &Actor) -> Result<u64, ApiError> {
        self.identity.record(Trail::new("Deletion", "Quarantine").on(chosen.to_string()).changing(), actor).await?;
        let mut removed = 0;
        loop {
            let ids: Vec<i64> = match chosen {
                Chosen::Ids(ids) => ids.clone(),
                Chosen::All(_) => self.page(chosen, None).await?.iter().map(|line| line.id).collect(),
            };
            removed += self.intake.store.quarantine().remove(&ids).await?;
            if ids.is_empty() || matches!(chosen, Chosen::Ids(_)) {
                return Ok(removed);
            }
        }
    }

    async fn page(&self, chosen: &Chosen, before: Option<i64>) -> Result<Vec<Quarantined>, ApiError> {
        match chosen {
            Chosen::All(filter) => Ok(self.list(filter, before, PAGE).await?.0),
            Chosen::Ids(ids) => {
                let mut lines = Vec::new();
                for id in ids {
                    lines.push(self.get(*id).await?);
                }
                Ok(lines)
            }
        }
    }

    async fn read_again(
        &self,
        page: &[Quarantined],
        (format, encoding): (Option<&str>, Encoding),
        replayed: &mut Replayed,
    ) -> Result<(), ApiError> {
        let mut by_stream: HashMap<(&str, &str), Vec<&Quarantined>> = HashMap::new();
        for line in page {
            if !is_known(&line.line.reason, &line.line.original, encoding) {
                replayed.broken += 1;
                continue;
            }
            by_stream.entry((format.unwrap_or(&line.line.format), &line.line.source)).or_default().push(line);
        }
        for ((format, source), lines) in by_stream {
            // A mapping that is no longer configured: its lines wait until it is. Under a name of Vigia's own nothing comes in, whoever put it here.
            let known = self.intake.formats.get(format).filter(|_| source_name::check(source).is_ok());
            let Some(known) = known else {
                replayed.broken += lines.len() as u64;
                continue;
            };
            let mut feed = self.intake.feed(Way::Replay, known, source).without_quarantine();
            let texts: Vec<(i64, String)> = lines.iter().map(|line| (line.id, line.line.original.clone())).collect();
            let ids;
            (feed, ids) = understood(texts.iter().map(|(_, text)| text.len()).sum(), move || {
                let mut is_understood = |text: &str| !matches!(feed.line(text), Err(Skip::Broken { .. }));
                let ids: Vec<i64> = texts.iter().filter(|(_, text)| is_understood(text)).map(|(id, _)| *id).collect();
                (feed, ids)
            })
            .await;
            let stored = feed.store().await?;
            self.intake.store.quarantine().remove(&ids).await?;
            replayed.understood += ids.len() as u64;
            replayed.broken += (lines.len() - ids.len()) as u64;
            replayed.stored += stored.appended.stored;
            replayed.duplicate += stored.appended.duplicate;
        }
        Ok(())
    }
}

/// For the trail.
impl std::fmt::Display for Chosen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ids(ids) => {
                let shown: Vec<_> = ids.iter().take(20).map(ToString::to_string).collect();
                let more = if ids.len() > shown.len() { format!(" and {} more", ids.len() - shown.len()) } else { String::new() };
                write!(f, "Lines {}{more}", shown.join(", "))
            }
            Self::All(QuarantineFilter { source, format, reason }) => {
                f.write_str("All lines")?;
                for (name, value) in [("source", source), ("format", format), ("reason", reason)] {
                    if let Some(value) = value {
                        write!(f, " of {name} {value}")?;
                    }
                }
                Ok(())
            }
        }
    }
}
