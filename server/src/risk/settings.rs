//! What administrators set.

use serde::{Deserialize, Serialize};

/// The days of history that may be set.
pub const HISTORY_DAYS: std::ops::RangeInclusive<u16> = 1..=1000;
/// The largest weight of a part.
pub const WEIGHT_MAX: f64 = 3.0;

/// How scores are made. Another setting makes other scores of all views.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Views are compared with those of so many days before their own day, and of that day: 1 to 1,000.
    pub history_days: u16,
    pub weights: Weights,
}

/// By how much the bits of each part are multiplied: 0 to 3. A part of weight 0 is left out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    pub time: f64,
    pub origin: f64,
    pub credential: f64,
    pub volume: f64,
    pub emergency: f64,
    pub governance: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { history_days: 90, weights: Weights::default() }
    }
}

impl Default for Weights {
    fn default() -> Self {
        Self { time: 1.0, origin: 1.0, credential: 1.0, volume: 1.0, emergency: 1.0, governance: 1.0 }
    }
}

impl Settings {
    /// Says what is wrong with the first value that is out of its bounds, and what would be right.
    pub fn validate(&self) -> Result<(), String> {
        if !HISTORY_DAYS.contains(&self.history_days) {
            return Err(format!("history_days is {}; it has to be from 1 to 1,000 days", self.history_days));
        }
        let Weights { time, origin, credential, volume, emergency, governance } = self.weights;
        let named = [
            ("time", time),
            ("origin", origin),
            ("credential", credential),
            ("volume", volume),
            ("emergency", emergency),
            ("governance", governance),
        ];
        for (name, weight) in named {
            if !(0.0..=WEIGHT_MAX).contains(&weight) {
                return Err(format!("the weight of {name} is {weight}; it has to be from 0, which leaves the part out, to 3"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_out_of_bounds_is_refused_by_name() {
        assert_eq!(Settings::default().validate(), Ok(()));
        let days = |history_days| Settings { history_days, ..Settings::default() }.validate();
        assert_eq!(days(1).and(days(1000)), Ok(()));
        assert_eq!(days(0), Err("history_days is 0; it has to be from 1 to 1,000 days".into()));
        assert!(days(1001).is_err());
        let weight = |volume| Settings { weights: Weights { volume, ..Weights::default() }, ..Settings::default() }.validate();
        assert_eq!(weight(0.0).and(weight(3.0)), Ok(()));
        for wrong in [-0.1, 3.1, f64::NAN, f64::INFINITY] {
            let error = weight(wrong).unwrap_err();
            assert!(error.starts_with("the weight of volume is "), "{error}");
        }
    }
}
