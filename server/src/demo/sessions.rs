//! What people do between signing in and signing out.

use super::calendar::{at_work, clock, offset};
use super::offices::OFFICES;
use super::people::{PEOPLE, Team, person};
use super::plan::{Act, Asker, Fate, Manner, Platform, Session, TRAILS, What};
use super::stage::Stage;

/// Rare duties, which take turns so that none is forgotten.
const RARE: [Act; 6] = [Act::Restart, Act::Download, Act::Revoke, Act::Deny, Act::Export, Act::Probe];
/// What people ask for, by weight.
const ASKED: &[(usize, &str)] = &[
    (45, "Change password"),
    (14, "Verify password"),
    (8, "Reconcile password"),
    (7, "Credential activation"),
    (6, "Credential inactivation"),
    (4, "User creation"),
    (3, "User deletion"),
    (3, "User creation in group"),
    (3, "User deletion from group"),
    (2, "Group creation"),
    (2, "Group exclusion"),
    (3, "Certificate publication"),
];

/// Somebody signs in, looks at passwords, and does this and that besides.
pub(super) fn views(stage: &mut Stage<'_>) {
    let user = somebody(stage);
    let (session, mut at) = sign_in(stage, user);
    let count = 1 + stage.dice.below(3) + if person(user).activity > 30 { stage.dice.below(4) } else { 0 };
    for _ in 0..count {
        let credential = habitual(stage, user);
        let approval = stage.dice.below(100);
        if approval < 18 {
            at = stage.later(at, 60, 1500);
            let act = if approval < 3 { Act::Disapprove } else { Act::Approve };
            let approver = Session { user: stage.world.approver(user), home: false, platform: Platform::Web, ..session };
            stage.agenda.plan(at, What::Trail { act, session: approver, object: credential });
            if act == Act::Disapprove {
                continue;
            }
        }
        at = stage.later(at, 20, 600);
        let manner = match approval {
            0..18 => Manner::Approved,
            18 => Manner::Emergency,
            _ => Manner::Usual,
        };
        stage.agenda.plan(at, What::View { session, credential, manner });
        if stage.dice.percent(12) {
            at = ask(stage, session, credential, at);
        }
    }
    if stage.dice.percent(20) {
        at = change(stage, session, at);
    }
    sign_out(stage, session, at);
}

/// Somebody signs in and keeps the system in order.
pub(super) fn duties(stage: &mut Stage<'_>) {
    let user = somebody(stage);
    let (session, mut at) = sign_in(stage, user);
    if stage.round.is_multiple_of(3) {
        let act = RARE[(stage.round / 3) as usize % RARE.len()];
        let object = habitual(stage, user);
        at = stage.later(at, 30, 900);
        stage.agenda.plan(at, What::Trail { act, session, object });
    }
    if person(user).team == Team::Audit {
        for _ in 0..1 + stage.dice.below(3) {
            at = stage.later(at, 120, 1800);
            stage.agenda.plan(at, What::Trail { act: Act::Export, session, object: 0 });
        }
    } else {
        for _ in 0..stage.dice.below(4) {
            at = change(stage, session, at);
        }
    }
    sign_out(stage, session, at);
}

/// Somebody who is about at this hour.
fn somebody(stage: &mut Stage<'_>) -> u16 {
    stage.dice.among(&stage.hour.people) as u16
}

/// One of the credentials the user works with; the first ones far more often than the last.
fn habitual(stage: &mut Stage<'_>, user: u16) -> u16 {
    let habits = &stage.world.habits[usize::from(user)];
    let far = stage.dice.unit().powi(3);
    habits[(far * habits.len() as f64) as usize % habits.len()]
}

fn sign_in(stage: &mut Stage<'_>, user: u16) -> (Session, i64) {
    let mut at = stage.moment();
    let office = person(user).office;
    let working = at_work(office, clock(at + offset(office % OFFICES.len(), at)));
    let home = stage.dice.percent(if working { 18 } else { 85 });
    let platform = match stage.dice.below(100) {
        0..9 => Platform::Cli,
        9..14 => Platform::Mobile,
        14..60 if home => Platform::Remote,
        _ => Platform::Web,
    };
    let session = Session { number: stage.turn, user, home, platform };
    let trail = |act| What::Trail { act, session, object: 0 };
    if stage.dice.percent(9) {
        for _ in 0..1 + stage.dice.below(2) {
            stage.agenda.plan(at, trail(Act::LoginFailed));
            at = stage.later(at, 4, 40);
        }
    }
    stage.agenda.plan(at, trail(Act::Login));
    (session, at)
}

fn sign_out(stage: &mut Stage<'_>, session: Session, at: i64) {
    if stage.dice.percent(65) {
        let at = stage.later(at, 30, 2400);
        stage.agenda.plan(at, What::Trail { act: Act::Logout, session, object: 0 });
    }
}

fn change(stage: &mut Stage<'_>, session: Session, at: i64) -> i64 {
    let at = stage.later(at, 40, 700);
    let act = *stage.dice.weighted(&[(20, Act::Create), (64, Act::Update), (16, Act::Delete)]);
    let object = stage.dice.below(PEOPLE.len().max(stage.world.estate.credentials.len())) as u16;
    stage.agenda.plan(at, What::Trail { act, session, object });
    at
}

fn ask(stage: &mut Stage<'_>, session: Session, credential: u16, at: i64) -> i64 {
    let at = stage.later(at, 20, 300);
    let operation = *stage.dice.weighted(ASKED);
    if stage.agenda.planned(TRAILS) < stage.agenda.quota(TRAILS) {
        stage.agenda.plan(at, What::Trail { act: Act::Ask, session, object: credential });
    }
    stage.agenda.plan(at, What::Operation { asker: Asker::User(session), credential, operation, fate: Fate::Open });
    at
}
