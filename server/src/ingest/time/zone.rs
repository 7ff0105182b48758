//! Zones as times name them.

use chrono::FixedOffset;
use chrono_tz::Tz;

/// Letters that stand for an offset, in minutes east of UTC.
const LETTERS: [(&str, i32); 15] = [
    ("EDT", -240),
    ("CST", -360),
    ("CDT", -300),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
    ("BRT", -180),
    ("BRST", -120),
    ("BST", 60),
    ("CEST", 120),
    ("EEST", 180),
    ("WEST", 60),
    ("JST", 540),
    ("AEST", 600),
    ("AEDT", 660),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    Named(Tz),
    Offset(FixedOffset),
}

/// What a word says of the zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// `Z`, `UTC`, `GMT`.
    Utc,
    /// `+0200`, `+02:00`, `-03`, `GMT+02:00`.
    Offset(FixedOffset),
    /// `CET`, `BRT`: letters that are known for a zone.
    Letters(Zone),
    /// `IST`: letters that may stand for several, which say nothing on their own.
    Unknown,
    /// `America/Sao_Paulo`.
    Place(Tz),
}

impl Word {
    pub(super) fn read(word: &str) -> Option<Self> {
        let word = word.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(word);
        let word = word.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(word);
        if ["Z", "UTC", "GMT"].iter().any(|utc| utc.eq_ignore_ascii_case(word)) {
            return Some(Self::Utc);
        }
        let offset = word.strip_prefix("GMT").or_else(|| word.strip_prefix("UTC")).unwrap_or(word);
        if offset.starts_with(['+', '-']) {
            return self::offset(offset).map(Self::Offset);
        }
        // The zone database calls countries zones, too: a name without a part of the world may as well be a machine's.
        if word.contains('/') {
            return Tz::from_str_insensitive(word).ok().map(Self::Place);
        }
        if !((2..=5).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_uppercase())) {
            return None;
        }
        if let Some((_, minutes)) = LETTERS.iter().find(|(letters, _)| *letters == word) {
            return FixedOffset::east_opt(minutes * 60).map(|offset| Self::Letters(Zone::Offset(offset)));
        }
        Some(Tz::from_str_insensitive(word).map_or(Self::Unknown, |zone| Self::Letters(Zone::Named(zone))))
    }
}

/// `+0200`, `+02:00`, `-03`.
fn offset(text: &str) -> Option<FixedOffset> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits = text.get(1..)?.replace(':', "");
    if !(1..=4).contains(&digits.len()) || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    let (hours, minutes) = if digits.len() <= 2 { (number, 0) } else { (number / 100, number % 100) };
    if hours > 18 || minutes > 59 {
        return None;
    }
    FixedOffset::east_opt(sign * (hours * 60 + minutes) * 60)
}
