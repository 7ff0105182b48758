//! What the words of a time say, each one thing.

use super::zone::{Word, Zone};
use super::{Context, at, nearest};
use chrono::{Days, FixedOffset, NaiveDate, NaiveTime, Offset, TimeZone, Timelike};
use chrono_tz::Tz;
use vigia_app::model::Timestamp;

const MONTHS: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The time of day.
#[derive(Clone, Copy)]
struct Clock {
    time: NaiveTime,
    /// `24:00:00`, with which a day ends: the next one begins.
    end_of_day: bool,
    /// Four digits stand behind a comma: the fraction of a second, or a year.
    may_be_year: bool,
}

/// See the module.
#[derive(Default, Clone)]
pub(super) struct Parts {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
    clock: Option<Clock>,
    /// Whether the clock has twelve hours, and they are those after noon.
    after_noon: Option<bool>,
    zone: Option<Zone>,
    /// An offset, or `Z`, was said, behind which a name may stand.
    offset: Option<Said>,
    /// The place that stands behind an offset, which has to fit.
    place: Option<Tz>,
    named: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    Utc,
    Offset(FixedOffset),
}

impl Parts {
    /// `None` where a word says nothing, or one says what another said.
    pub(super) fn of(text: &str) -> Option<Self> {
        let mut parts = Self::default();
        for (at, word) in text.split_whitespace().enumerate() {
            parts = parts.and(at == 0, word)?;
        }
        Some(parts)
    }

    /// Takes words as long as they say something of a time, and gives back what follows.
    pub(super) fn start(text: &str) -> (Self, &str) {
        let (mut parts, mut rest) = (Self::default(), text.trim_start());
        for first in std::iter::once(true).chain(std::iter::repeat(false)) {
            let (word, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            let ended = word.strip_suffix(':');
            let Some(more) = parts.clone().and(first, ended.unwrap_or(word)).filter(|_| !word.is_empty()) else { break };
            (parts, rest) = (more, after.trim_start());
            if ended.is_some() {
                break;
            }
        }
        (parts, rest)
    }

    /// With what the next word between blanks says. Commas part words, but for one behind the time of day.
    fn and(mut self, first: bool, word: &str) -> Option<Self> {
        let end = word.find(':').unwrap_or(word.len());
        let clock = word[..end].rfind(',').map_or(0, |comma| comma + 1);
        let (before, clock) = if end < word.len() { word.split_at(clock) } else { (word, "") };
        let words = before.split(',').chain([clock.trim_end_matches(',')]).filter(|word| !word.is_empty());
        for (at, word) in words.enumerate() {
            if !(first && at == 0 && place(word, &DAYS).is_some()) {
                self.word(word)?;
            }
        }
        Some(self)
    }

    fn word(&mut self, word: &str) -> Option<()> {
        let first = word.bytes().next()?;
        if let Some(month) = month(word).filter(|_| self.month.is_none()) {
            self.month = Some(month);
        } else if let Some((date, clock)) = date_and_clock(word) {
            self.date(date)?;
            self.clock(clock)?;
        } else if first.is_ascii_digit() && word.contains(':') && self.clock.is_none() {
            self.clock(word)?;
        } else if first.is_ascii_digit() && word.contains(['-', '/']) {
            self.date(word)?;
        } else if word.bytes().all(|byte| byte.is_ascii_digit()) {
            match word.len() {
                1 | 2 if self.day.is_none() => self.day = word.parse().ok(),
                4 if self.year.is_none() => self.year = word.parse().ok(),
                _ => return None,
            }
        } else if self.clock.is_some() {
            self.behind(word)?;
        } else {
            return None;
        }
        Some(())
    }

    /// `2026-11-22`, `2026/11/22`, `2026-Nov-22`, `22-Nov-2026` or `22/Nov/2026`.
    fn date(&mut self, word: &str) -> Option<()> {
        let mut parts = word.split(['-', '/']);
        let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || self.year.is_some() || self.month.is_some() || self.day.is_some() {
            return None;
        }
        let (year, day) = match month(second) {
            Some(_) if first.len() < 4 => (third, first),
            None if first.len() < 4 => return None,
            _ => (first, third),
        };
        let number = |text: &str, digits: &[usize]| {
            let sound = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
            sound.then(|| text.parse::<u16>().ok()).flatten()
        };
        let month = month(second).or_else(|| number(second, &[1, 2]).map(u32::from))?;
        (self.year, self.month, self.day) = (Some(number(year, &[4])?.into()), Some(month), Some(number(day, &[1, 2])?.into()));
        Some(())
    }

    /// `14:03:27` or `14:03`, with a fraction behind `.` or `,`, and with half of the day or zone right behind it.
    fn clock(&mut self, word: &str) -> Option<()> {
        if self.clock.is_some() {
            return None;
        }
        let end = word.find(|c: char| !c.is_ascii_digit() && !":.,".contains(c)).unwrap_or(word.len());
        let (clock, rest) = word.split_at(end);
        self.clock = Some(Clock::read(clock)?);
        let (near, bracket) = rest.find('[').map_or((rest, ""), |at| rest.split_at(at));
        [near, bracket].into_iter().filter(|word| !word.is_empty()).try_for_each(|word| self.behind(word))
    }

    /// What stands behind the time of day: `PM`, a zone, a name behind an offset, or Go's other clock.
    fn behind(&mut self, word: &str) -> Option<()> {
        if let Some(after_noon) = half(word) {
            let fits = self.clock.is_some_and(|clock| (1..=12).contains(&clock.time.hour()) && !clock.end_of_day);
            if !fits || self.after_noon.is_some() || self.zone.is_some() {
                return None;
            }
            self.after_noon = Some(after_noon);
            return Some(());
        }
        if word.strip_prefix("m=").is_some_and(|rest| rest.starts_with(['+', '-'])) && self.offset.is_some() {
            return Some(());
        }
        let said = Word::read(word)?;
        if self.zone.is_none() {
            self.zone = Some(match said {
                Word::Utc => Zone::Named(Tz::UTC),
                Word::Offset(offset) => Zone::Offset(offset),
                Word::Letters(zone) => zone,
                Word::Place(zone) => Zone::Named(zone),
                Word::Unknown => return None,
            });
            self.offset = match said {
                Word::Utc => Some(Said::Utc),
                Word::Offset(offset) => Some(Said::Offset(offset)),
                _ => None,
            };
            return Some(());
        }
        let offset = self.offset.filter(|_| !std::mem::replace(&mut self.named, true))?;
        let zero = match offset {
            Said::Utc => true,
            Said::Offset(offset) => offset.local_minus_utc() == 0,
        };
        match said {
            Word::Utc => zero.then_some(()),
            Word::Offset(again) => (offset == Said::Offset(again)).then_some(()),
            // The offset says it all: letters are several zones' as often as not.
            Word::Letters(_) | Word::Unknown => (offset != Said::Utc).then_some(()),
            Word::Place(place) => {
                // What is said of UTC holds wherever it is read (RFC 9557).
                self.place = Some(place).filter(|_| offset != Said::Utc);
                Some(())
            }
        }
    }

    /// The instant. Without a context, where year and zone are said.
    pub(super) fn resolve(&self, context: Option<&Context>) -> Option<Timestamp> {
        let (month, day, clock) = (self.month?, self.day?, self.clock?);
        let zone = self.zone.or(context.map(|context| Zone::Named(context.zone)))?;
        let hour = clock.time.hour() % 12;
        let time = match self.after_noon {
            None => clock.time,
            Some(after_noon) => clock.time.with_hour(if after_noon { hour + 12 } else { hour })?,
        };
        let in_year = |year: i32| {
            let date = NaiveDate::from_ymd_opt(year, month, day)?;
            let date = if clock.end_of_day { date.checked_add_days(Days::new(1))? } else { date };
            at(zone, date.and_time(time)).filter(|time| self.fits(*time))
        };
        match self.year {
            Some(year) => in_year(year),
            None if clock.may_be_year => None,
            None => nearest(context?, in_year),
        }
    }

    /// Whether the place has the offset that stands before it.
    fn fits(&self, time: Timestamp) -> bool {
        let (Some(place), Some(Said::Offset(offset))) = (self.place, self.offset) else { return true };
        place.offset_from_utc_datetime(&time.utc().naive_utc()).fix() == offset
    }
}

impl Clock {
    fn read(text: &str) -> Option<Self> {
        let (whole, fraction) = text.find(['.', ',']).map_or((text, ""), |at| text.split_at(at));
        let mut parts = whole.split(':');
        let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next());
        if parts.next().is_some() || !(1..=2).contains(&hour.len()) || minute.len() != 2 || second.is_some_and(|second| second.len() != 2) {
            return None;
        }
        let digits = fraction.get(1..).unwrap_or_default();
        let is_fraction = second.is_some() && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !fraction.is_empty() && !is_fraction {
            return None;
        }
        let nanos: u32 = format!("{digits:0<9.9}").parse().ok()?;
        let number = |text: &str| text.parse::<u32>().ok();
        let (hour, minute, second) = (number(hour)?, number(minute)?, second.map_or(Some(0), number)?);
        let end_of_day = (hour, minute, second, nanos) == (24, 0, 0, 0);
        let time = match second {
            _ if end_of_day => NaiveTime::MIN,
            // A leap second.
            60 => NaiveTime::from_hms_nano_opt(hour, minute, 59, 1_000_000_000 + nanos)?,
            _ => NaiveTime::from_hms_nano_opt(hour, minute, second, nanos)?,
        };
        Some(Self { time, end_of_day, may_be_year: fraction.starts_with(',') && digits.len() == 4 })
    }
}

/// `2026-11-22T14:03:27`, or `22/Nov/2026:14:03:27` as web servers write it.
fn date_and_clock(word: &str) -> Option<(&str, &str)> {
    let at = word.find(':')?;
    let date = &word[..at];
    if date.contains('/') && date.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        return Some((date, &word[at + 1..]));
    }
    let (date, clock) = word.split_at_checked(date.rfind(['T', 't'])?)?;
    date.contains(['-', '/']).then(|| (date, &clock[1..]))
}

/// Whether a word says that the hours are those after noon, or before.
fn half(word: &str) -> Option<bool> {
    let letters = |a: &str, b: &str| word.eq_ignore_ascii_case(a) || word.eq_ignore_ascii_case(b);
    if letters("PM", "P.M.") {
        Some(true)
    } else if letters("AM", "A.M.") {
        Some(false)
    } else {
        None
    }
}

/// Which of the names a word is, or the beginning of, of three letters at least.
fn place(word: &str, names: &[&str]) -> Option<usize> {
    let letters = word.strip_suffix('.').unwrap_or(word);
    let is = |name: &&str| letters.len() >= 3 && name.get(..letters.len()).is_some_and(|start| start.eq_ignore_ascii_case(letters));
    names.iter().position(is)
}

fn month(word: &str) -> Option<u32> {
    u32::try_from(place(word, &MONTHS)? + 1).ok()
}
