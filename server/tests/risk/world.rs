//! Users who do what users do: office hours and night shifts, holidays, new starters, moves from team to team, work from home and, on one
//! day, a new VPN for everybody. Some are programs.

use super::dice::Dice;

/// Days in all, and those before views are judged.
pub const DAYS: usize = 150;
pub const JUDGED_FROM: usize = 90;
const PEOPLE: usize = 80;
const PROGRAMS: usize = 4;
const TEAMS: usize = 8;
pub const DEVICES: usize = 8;
pub const CREDENTIALS: usize = 4;

/// A view, and of which bad story it is, if of one.
#[derive(Debug, Clone)]
pub struct Event {
    /// Minutes since the first day's midnight, UTC.
    pub minute: i64,
    pub user: String,
    pub ip: String,
    pub origin: &'static str,
    pub device: String,
    pub credential: String,
    pub emergency: bool,
    pub governance_id: bool,
    pub story: Option<&'static str>,
}

/// Somebody.
#[derive(Debug, Clone)]
pub struct Person {
    pub name: String,
    pub program: bool,
    /// The site: its network and its clock.
    pub site: usize,
    pub team: usize,
    /// The hour, UTC, around which the shift lies.
    pub noon: f64,
    pub night: bool,
    /// Views on a usual day.
    pub pace: usize,
    /// Of a thousand views from home.
    home: usize,
    first_day: usize,
    /// Moves to another team.
    moves: Option<(usize, usize)>,
    holiday: usize,
    number: usize,
}

/// The world of a seed.
pub struct World {
    pub people: Vec<Person>,
    vpn_from: usize,
    dice: Dice,
}

impl World {
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let mut people: Vec<Person> = (0..PEOPLE + PROGRAMS).map(|number| Person::new(number, &mut dice)).collect();
        for person in people.iter_mut().filter(|person| !person.program) {
            match person.number {
                0..6 => person.first_day = dice.between(JUDGED_FROM, DAYS - 20),
                6..12 => person.moves = Some((dice.between(JUDGED_FROM, DAYS - 20), dice.below(TEAMS))),
                _ => {}
            }
        }
        let vpn_from = dice.between(JUDGED_FROM + 5, DAYS - 15);
        Self { people, vpn_from, dice }
    }

    /// All views that are as they should be.
    pub fn normal(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        for day in 0..DAYS {
            for at in 0..self.people.len() {
                let person = self.people[at].clone();
                for _ in 0..person.views_of(day, &mut self.dice) {
                    events.push(self.view(&person, day));
                }
            }
        }
        events
    }

    /// A usual view of somebody.
    pub fn view(&mut self, person: &Person, day: usize) -> Event {
        let dice = &mut self.dice;
        let team = match person.moves {
            Some((from, team)) if day >= from => team,
            _ => person.team,
        };
        // Now and then somebody helps another team out.
        let team = if !person.program && dice.chance(30) { dice.below(TEAMS) } else { team };
        let device = if person.program { person.number % DEVICES } else { dice.early(DEVICES) };
        let credential = if person.program { 0 } else { dice.early(CREDENTIALS) };
        let hours = if person.program {
            dice.below(24 * 60) as f64 / 60.0
        } else {
            person.noon + dice.bell() * if dice.chance(15) { 5.0 } else { 2.2 }
        };
        let ip = if person.program {
            format!("10.200.0.{}", person.number)
        } else if dice.chance(person.home) {
            if day >= self.vpn_from {
                format!("10.99.7.{}", dice.between(1, 250))
            } else {
                format!("84.{}.{}.9", 10 + person.number, person.number)
            }
        } else if dice.chance(2) {
            format!("91.{}.{}.7", dice.below(200), dice.below(200))
        } else {
            format!("10.{}.1.{}", person.site, if dice.chance(900) { person.number } else { dice.between(1, 250) })
        };
        let strict = device % 2 == 0;
        Event {
            minute: (day as f64 * 1440.0 + hours * 60.0) as i64,
            user: person.name.clone(),
            ip,
            origin: if person.program {
                "API (A2A)"
            } else if person.number.is_multiple_of(9) {
                "CLI"
            } else {
                "Web"
            },
            device: format!("device{team}-{device}"),
            credential: format!("account{credential}"),
            emergency: dice.chance(4),
            governance_id: if strict { dice.chance(985) } else { dice.chance(300) },
            story: None,
        }
    }

    pub fn dice(&mut self) -> &mut Dice {
        &mut self.dice
    }

    /// Somebody with office hours and a whole history, who stays where they are; different ones for different stories.
    pub fn victim(&mut self, story: usize) -> Person {
        let settled: Vec<Person> =
            self.people.iter().filter(|person| !person.program && !person.night && person.number >= 12).cloned().collect();
        let part = settled.len() / 4;
        settled[story * part + self.dice.below(part)].clone()
    }
}

impl Person {
    fn new(number: usize, dice: &mut Dice) -> Self {
        let site = dice.below(3);
        let night = dice.chance(100);
        Self {
            name: format!("user{number}"),
            program: number >= PEOPLE,
            site,
            team: dice.below(TEAMS),
            noon: 10.0 + 2.0 * site as f64 + dice.bell() + if night { 12.0 } else { 0.0 },
            night,
            pace: dice.between(3, 12),
            home: if dice.chance(400) { dice.between(100, 500) } else { 0 },
            first_day: 0,
            moves: None,
            holiday: dice.below(DAYS),
            number,
        }
    }

    /// How many views somebody has on a day.
    pub fn views_of(&self, day: usize, dice: &mut Dice) -> usize {
        if self.program {
            return dice.between(20, 30);
        }
        let away = day < self.first_day || (self.holiday..self.holiday + 14).contains(&day);
        let weekend = day % 7 >= 5;
        if away || (weekend && !dice.chance(if self.night { 400 } else { 30 })) {
            return 0;
        }
        let busy = if dice.chance(20) { 3 } else { 1 };
        dice.between(self.pace / 2, self.pace * 3 / 2) * busy
    }
}
