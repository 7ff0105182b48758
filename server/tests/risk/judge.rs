//! Scores a world, and says what was found.

use super::stories::{STORIES, all};
use super::world::{Event, JUDGED_FROM, World};
use std::collections::HashMap;
use vigia::risk::{View, Window};
use vigia_app::model::risk::{Facts, RiskSettings};

/// Views that an office can look at, each day.
pub const ALERTS: usize = 5;
/// A Monday, in minutes since the epoch.
const START: i64 = 20_458 * 1440;

/// A view that was judged.
#[derive(Debug, Clone)]
pub struct Judged {
    pub day: i64,
    pub score: u8,
    pub bits: f64,
    /// Whether the volume part says that it is unusual.
    pub volume: bool,
    pub story: Option<&'static str>,
}

/// What became of a story.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Found {
    pub views: usize,
    /// Of its views, those among the 1% of all views that have the highest scores.
    pub in_top: usize,
    /// Of its views, those among the five highest of their day.
    pub alerted: usize,
    /// Of its views, those of unusual volume.
    pub volume: usize,
    /// Its highest score.
    pub highest: u8,
}

/// What became of a world.
#[derive(Debug, Clone)]
pub struct Verdict {
    pub normal: usize,
    /// Normal views of a score above 70.
    pub normal_above_70: usize,
    /// Normal views of unusual volume.
    pub normal_volume: usize,
    /// In the order of [`STORIES`].
    pub found: [Found; 4],
}

/// Makes the world of a seed, and scores it in order.
pub fn judge(seed: u64) -> Verdict {
    let mut world = World::new(seed);
    let mut events = world.normal();
    events.extend(all(&mut world));
    events.sort_by_key(|event| event.minute);
    verdict(&scores(&events))
}

/// Scores of the views of the days that are judged.
fn scores(events: &[Event]) -> Vec<Judged> {
    let settings = RiskSettings::default();
    let mut window = Window::default();
    let mut judged = Vec::new();
    for (id, event) in (1..).zip(events) {
        let view = View {
            id,
            time: (START + event.minute) * 60_000,
            user: &event.user,
            actor_kind: "",
            ip: &event.ip,
            origin: event.origin,
            device: &event.device,
            credential: &event.credential,
            emergency: event.emergency,
            governance_id: event.governance_id,
        };
        let scored = window.next(&view.keys(), &settings);
        let day = event.minute.div_euclid(1440);
        if day >= JUDGED_FROM as i64 {
            let volume = scored.parts.iter().any(|part| part.unusual && matches!(part.facts, Facts::Volume { .. }));
            judged.push(Judged { day, score: scored.score, bits: scored.bits, volume, story: event.story });
        }
    }
    judged
}

fn verdict(judged: &[Judged]) -> Verdict {
    let mut order: Vec<usize> = (0..judged.len()).collect();
    order.sort_by(|a, b| judged[*b].bits.total_cmp(&judged[*a].bits));
    let top = judged.len() / 100;
    let mut found = [Found::default(); 4];
    let mut alerts: HashMap<i64, usize> = HashMap::new();
    for (rank, at) in order.into_iter().enumerate() {
        let view = &judged[at];
        let alert = alerts.entry(view.day).or_default();
        *alert += 1;
        let Some(story) = STORIES.iter().position(|story| Some(*story) == view.story) else { continue };
        let found = &mut found[story];
        found.views += 1;
        found.in_top += usize::from(rank < top);
        found.alerted += usize::from(*alert <= ALERTS);
        found.volume += usize::from(view.volume);
        found.highest = found.highest.max(view.score);
    }
    let normal = || judged.iter().filter(|view| view.story.is_none());
    Verdict {
        normal: normal().count(),
        normal_above_70: normal().filter(|view| view.score > 70).count(),
        normal_volume: normal().filter(|view| view.volume).count(),
        found,
    }
}
