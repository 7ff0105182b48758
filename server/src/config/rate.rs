//! How fast something may go.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

const KIB: u64 = 1 << 10;
const UNITS: [(&str, u64); 4] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", KIB), ("", 1)];
const WRONG: &str = "is not a rate; write bytes a second, at least 1KiB, as in 500KiB or 20MiB";

/// Bytes a second: at least 1 KiB, and at most 1023 GiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate(NonZeroU64);

impl Rate {
    pub const fn bytes(self) -> NonZeroU64 {
        self.0
    }
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (digits, unit) =
            UNITS.iter().find_map(|(name, unit)| text.strip_suffix(name).map(|digits| (digits.trim_end(), *unit))).unwrap_or((text, 1));
        let number: u64 = digits.parse().map_err(|_| WRONG.to_owned())?;
        let bytes = number.checked_mul(unit).filter(|bytes| (KIB..1 << 40).contains(bytes));
        bytes.and_then(NonZeroU64::new).map(Self).ok_or_else(|| WRONG.to_owned())
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.0.get();
        let (name, unit) = UNITS.into_iter().find(|(_, unit)| bytes.is_multiple_of(*unit)).unwrap_or(("", 1));
        write!(f, "{}{name}", bytes / unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_how_fast_it_goes() {
        for (text, bytes, shown) in [
            ("500KiB", 512_000, "500KiB"),
            ("20 MiB", 20 << 20, "20MiB"),
            ("2048", 2048, "2KiB"),
            ("1GiB", 1 << 30, "1GiB"),
            ("1025", 1025, "1025"),
        ] {
            let rate: Rate = text.parse().expect("a rate");
            assert_eq!((rate.bytes().get(), rate.to_string().as_str()), (bytes, shown));
            assert_eq!(rate.to_string().parse(), Ok(rate));
        }
        for wrong in ["", "0", "1023", "fast", "-1MiB", "1.5MiB", "20MB", "1024GiB", "99999999999999999999", "18014398509481984KiB"] {
            assert_eq!(wrong.parse::<Rate>(), Err(WRONG.to_owned()), "{wrong}");
        }
    }
}
