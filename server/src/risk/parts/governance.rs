//! Governance ID: is one missing where it is usually given?
//!
//! Where that is, the credential says, from the views of everybody; while it has few, its device does, and before that all views. A habit
//! of leaving it out makes nothing better, so the user's own share plays no part. The ratio is that of the even chance, which is what
//! leaving an ID out is taken for with somebody who does not care, to the share of views without an ID in this place.

use crate::risk::bits::log2;
use crate::risk::case::Case;
use crate::risk::usual::share;
use vigia_app::model::risk::Facts;

/// What is known of the device counts for so many views of the credential, and what is known of all for so many of the device.
const WIDER: f64 = 5.0;
/// The even chance.
const CARELESS: f64 = 0.5;
/// No more bits than this: a missing ID alone is a reason to look, not an alarm.
const MOST: f64 = 5.0;

pub fn part(case: &Case) -> (f64, Facts) {
    let counts = case.counts;
    let (device, device_missing) = (counts.device.views, counts.device_missing.views);
    let (credential, credential_missing) = (counts.credential.views, counts.credential_missing.views);

    let mut bits = 0.0;
    if !case.view.governance_id {
        let anywhere = share(case.everybody.missing, case.everybody.views, 1);
        let narrower = |missing: u32, views: u32, wider: f64| (f64::from(missing) + WIDER * wider) / (f64::from(views) + WIDER);
        let here = narrower(credential_missing, credential, narrower(device_missing, device, anywhere));
        bits = log2(CARELESS / here).clamp(0.0, MOST);
    }
    let facts = Facts::Governance {
        given: case.view.governance_id,
        credential_views: credential,
        credential_missing,
        device_views: device,
        device_missing,
    };
    (bits, facts)
}
