//! Credential and device: how usual is the device, and how usual the credential among those of the device?
//!
//! A credential that the user has never viewed says little where they look after the whole device, and much on a device that they have
//! never touched. Somebody who views new credentials of a device all the time is expected to go on so.

use super::part_of;
use crate::risk::case::Case;
use crate::risk::usual::{PRIOR, Usual, share, together};
use vigia_app::model::risk::Facts;

/// Devices that everybody views less often than this share of their views are taken for this.
const RARE_DEVICE: f64 = 0.1;
/// The same of a credential among those of its device.
const RARE_CREDENTIAL: f64 = 0.02;

pub fn part(case: &Case) -> (f64, Facts) {
    let counts = case.counts;
    let views = f64::from(case.views);
    let (device, user_device) = (counts.device, counts.user_device);
    let (credential, user_credential) = (counts.credential, counts.user_credential);

    let device_share = share(device.views, case.everybody.views, case.everybody.devices);
    let on_device = Usual::new(device_share, RARE_DEVICE).ratio(f64::from(user_device.views), views, PRIOR, views);
    let on_credential = Usual::new(share(credential.views, device.views, device.kinds), RARE_CREDENTIAL).ratio(
        f64::from(user_credential.views),
        f64::from(user_device.views),
        PRIOR.max(f64::from(user_device.kinds)),
        f64::INFINITY,
    );

    let facts = Facts::Credential {
        credential_views: user_credential.views,
        credential_others: credential.kinds.saturating_sub(u32::from(user_credential.views > 0)),
        device_views: user_device.views,
        device_credentials: user_device.kinds,
        device_share: part_of(device.views, case.everybody.views),
    };
    (together(&[on_device, on_credential]), facts)
}
