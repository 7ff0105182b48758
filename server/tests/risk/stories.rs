//! What should be found.

use super::world::{CREDENTIALS, DAYS, DEVICES, Event, JUDGED_FROM, Person, World};

/// The stories, in the order in which their people are chosen.
pub const STORIES: [&str; 4] = ["stolen account", "leaver who collects", "slow excess", "slow poisoning"];

/// All views of the four stories of a world.
pub fn all(world: &mut World) -> Vec<Event> {
    let mut events = Vec::new();
    for (number, story) in STORIES.into_iter().enumerate() {
        let person = world.victim(number);
        let day = world.dice().between(JUDGED_FROM + 32, DAYS - 8);
        let views = match number {
            0 => stolen(world, &person, day),
            1 => leaver(world, &person, day),
            2 => excess(world, &person, day),
            _ => poisoning(world, &person, day),
        };
        events.extend(views.into_iter().map(|event| Event { story: Some(story), ..event }));
    }
    events
}

/// One night, from a network that nobody knows: eight views, a third of them of what the user views anyway.
fn stolen(world: &mut World, person: &Person, day: usize) -> Vec<Event> {
    let network = world.dice().between(1, 200);
    (0..8)
        .map(|number| {
            let own = world.view(person, day);
            let event = if number % 3 == 0 { own } else { elsewhere(world, own) };
            // Ten to fourteen hours from the middle of the shift.
            let minutes = ((person.noon + 10.0) * 60.0) as usize + world.dice().below(240);
            Event { minute: (day * 1440 + minutes) as i64, ip: format!("185.{network}.4.20"), ..event }
        })
        .collect()
}

/// Five days in the office, at usual hours, and twice as many views again of whatever there is.
fn leaver(world: &mut World, person: &Person, day: usize) -> Vec<Event> {
    let mut events = Vec::new();
    for day in day..day + 5 {
        for _ in 0..person.pace * 2 {
            let own = world.view(person, day);
            events.push(elsewhere(world, own));
        }
    }
    events
}

/// Over thirty days more and more of the usual, up to five times as much.
fn excess(world: &mut World, person: &Person, last: usize) -> Vec<Event> {
    let mut events = Vec::new();
    for step in 1..=30 {
        let day = last - 30 + step;
        if day % 7 < 5 {
            events.extend((0..person.pace * 4 * step / 30).map(|_| world.view(person, day)));
        }
    }
    events
}

/// For four weeks a view on most days from the thief's network, late in the evening, of the user's own credentials: until that looks
/// usual. Then ten of others'.
fn poisoning(world: &mut World, person: &Person, last: usize) -> Vec<Event> {
    let ip = format!("193.{}.8.1", world.dice().between(1, 200));
    let mut events = Vec::new();
    for day in last - 28..=last {
        let views = if day == last { 10 } else { usize::from(world.dice().chance(700)) };
        for _ in 0..views {
            let own = world.view(person, day);
            let event = if day == last { elsewhere(world, own) } else { own };
            let minutes = ((person.noon + 8.0) * 60.0) as usize + world.dice().below(90);
            events.push(Event { minute: (day * 1440 + minutes) as i64, ip: ip.clone(), ..event });
        }
    }
    events
}

/// The view, but of a credential from anywhere.
fn elsewhere(world: &mut World, event: Event) -> Event {
    let dice = world.dice();
    let device = format!("device{}-{}", dice.below(8), dice.below(DEVICES));
    Event { device, credential: format!("account{}", dice.below(CREDENTIALS)), ..event }
}
