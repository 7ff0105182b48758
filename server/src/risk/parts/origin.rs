//! Origin: the platform, the network, and the address in it.
//!
//! The three are steps of a chain: how usual is the platform, how usual the network, how usual the address among those of the network? A
//! new address in a new network is so not counted twice. The platform is compared among people and services together, for it tells these
//! apart: whoever is known in the console and comes through the API for the first time is not just a new service.

use super::part_of;
use crate::risk::case::Case;
use crate::risk::usual::{PRIOR, Usual, share, together};
use vigia_app::model::risk::Facts;

/// Origins that everybody has less often than this share of their views are taken for this.
const RARE: f64 = 0.1;
/// Views of the same day count by this much more: somebody who moved has moved for the day.
const TODAY: f64 = 3.0;

pub fn part(case: &Case) -> (f64, Facts) {
    let counts = case.counts;
    let views = f64::from(case.views);

    let (anything, platform) = (counts.anything, counts.platform);
    let (anywhere, user_platform) = (counts.user, counts.user_platform);
    let on_platform = Usual::new(share(platform.views, anything.views, anything.kinds), RARE).ratio(
        f64::from(user_platform.views),
        f64::from(anywhere.views),
        PRIOR,
        f64::from(anywhere.views),
    );

    // Somebody who often comes from new networks, or new addresses, is expected to do so again.
    let (network, user_network) = (counts.network, counts.user_network);
    let today = case.user.map_or(0, |user| user.days.views(case.view.day));
    let (today_network, today_address) = (counts.today_network.views, counts.today_address.views);
    let networks = case.user.map_or(0, |user| user.habits.networks);
    let network_share = share(network.views, case.everybody.views, case.everybody.networks);
    let from_network = Usual::new(network_share, RARE).ratio(
        f64::from(user_network.views) + TODAY * f64::from(today_network),
        views + TODAY * f64::from(today),
        PRIOR.max(f64::from(networks)),
        views,
    );

    let (address, user_address) = (counts.address, counts.user_address);
    let from_address = Usual::new(share(address.views, network.views, 1), RARE).ratio(
        f64::from(user_address.views) + TODAY * f64::from(today_address),
        f64::from(user_network.views) + TODAY * f64::from(today_network),
        PRIOR.max(f64::from(user_network.kinds)),
        f64::INFINITY,
    );

    let facts = Facts::Origin {
        address_views: user_address.views,
        network_views: user_network.views,
        network_users: network.kinds,
        network_share: part_of(network.views, case.everybody.views),
        platform_views: user_platform.views,
        platform_share: part_of(platform.views, anything.views),
        user_views_anywhere: anywhere.views,
    };
    (together(&[on_platform, from_network, from_address]), facts)
}
