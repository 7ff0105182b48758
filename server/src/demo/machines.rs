//! What happens without anybody there: rotations at night, applications that fetch their passwords.

use super::calendar::{HOUR, MINUTE, ROTATION_HOUR, clock, offset};
use super::kinds::Class;
use super::people::{PEOPLE, Person};
use super::plan::{Act, Asker, Fate, Manner, Platform, Session, What};
use super::stage::Stage;

/// Every sixth operation takes its turn here, so that each kind occurs, on devices it makes sense for.
const TURNS: [(&str, &[Class]); 17] = [
    ("Change password", &[Class::Windows, Class::Linux]),
    ("Child password change", &[Class::Directory, Class::Windows]),
    ("Verify password", &[Class::Firewall, Class::Switch]),
    ("Reconcile password", &[Class::Oracle, Class::Windows]),
    ("Credential activation", &[Class::Business, Class::Oracle]),
    ("Credential inactivation", &[Class::Business, Class::Oracle]),
    ("User creation", &[Class::Directory, Class::Linux]),
    ("User deletion", &[Class::Directory, Class::Linux]),
    ("Group creation", &[Class::Directory]),
    ("Group exclusion", &[Class::Directory]),
    ("User creation in group", &[Class::Directory, Class::Windows]),
    ("User deletion from group", &[Class::Directory, Class::Windows]),
    ("Ephemeral credential creation", &[Class::Cloud, Class::Postgres]),
    ("Ephemeral credential removal", &[Class::Cloud, Class::Postgres]),
    ("Certificate publication", &[Class::Balancer, Class::Web]),
    ("Secret automation", &[Class::Kubernetes, Class::Cloud]),
    ("Task", &[Class::Storage, Class::Hypervisor]),
];

const BY_DAY: &[(usize, &str)] = &[
    (40, "Change password"),
    (18, "Ephemeral credential creation"),
    (18, "Ephemeral credential removal"),
    (10, "Verify password"),
    (8, "Secret automation"),
    (6, "Child password change"),
];
const WEEKNIGHT: &[(usize, &str)] = &[(44, "Change password"), (50, "Verify password"), (6, "Reconcile password")];
const SUNDAY: &[(usize, &str)] = &[(82, "Change password"), (12, "Verify password"), (6, "Reconcile password")];

/// An operation that a task or a set asks for.
pub(super) fn operation(stage: &mut Stage<'_>) {
    let office = stage.dice.among(&stage.hour.machines);
    let middle = stage.hour.from / HOUR * HOUR + HOUR / 2;
    let local = middle + offset(office, middle);
    let (weekday, hour) = clock(local);
    let (time, choices) = if hour == ROTATION_HOUR {
        let start = local / HOUR * HOUR - (local - middle) + stage.dice.between(0, 5) * 5 * MINUTE;
        (start.clamp(stage.hour.from, stage.hour.to - 1), if weekday == 6 { SUNDAY } else { WEEKNIGHT })
    } else {
        (stage.moment(), BY_DAY)
    };
    let (operation, credential) = if stage.round.is_multiple_of(6) {
        let (operation, classes) = TURNS[(stage.round / 6) as usize % TURNS.len()];
        (operation, *stage.dice.pick(&stage.world.estate.of_classes(classes, office)))
    } else {
        (*stage.dice.weighted(choices), *stage.dice.pick(stage.world.estate.of_office(office)))
    };
    let asker = if operation == "Child password change" || stage.dice.percent(30) { Asker::Set } else { Asker::Task };
    stage.agenda.plan(time, What::Operation { asker, credential, operation, fate: Fate::Open });
    if operation == "Change password" && stage.dice.percent(60) {
        let session = application(stage);
        let at = stage.later(time, 2, 20);
        stage.agenda.plan(at, What::Trail { act: Act::Rotated, session, object: credential });
    }
}

/// An application fetches a password.
pub(super) fn view(stage: &mut Stage<'_>) {
    let session = application(stage);
    let at = stage.moment();
    let credential = its_own(stage, session);
    if stage.dice.percent(30) {
        stage.agenda.plan(at, What::Trail { act: Act::Login, session, object: 0 });
    }
    let at = stage.later(at, 0, 2);
    stage.agenda.plan(at, What::View { session, credential, manner: Manner::Machine });
}

/// An application signs in and reads what it may.
pub(super) fn read(stage: &mut Stage<'_>) {
    let session = application(stage);
    let mut at = stage.moment();
    stage.agenda.plan(at, What::Trail { act: Act::Login, session, object: 0 });
    for _ in 0..1 + stage.dice.below(3) {
        at = stage.later(at, 0, 3);
        let object = its_own(stage, session);
        stage.agenda.plan(at, What::Trail { act: Act::Read, session, object });
    }
}

fn application(stage: &mut Stage<'_>) -> Session {
    let first = PEOPLE.iter().position(Person::is_application).unwrap_or_default();
    let user = (first + stage.dice.below(PEOPLE.len() - first)) as u16;
    Session { number: stage.turn, user, home: false, platform: Platform::Api }
}

/// Applications know a dozen credentials each.
fn its_own(stage: &mut Stage<'_>, session: Session) -> u16 {
    let habits = &stage.world.habits[usize::from(session.user)];
    habits[stage.dice.below(12.min(habits.len()))]
}
