use super::*;

const LIMITS: Limits = Limits { all: 4, per_address: 3, asking: 2, known_give_way: true };

struct House {
    doors: Doors,
}

impl House {
    fn new(limits: Limits) -> Self {
        Self { doors: Doors::new(limits, CancellationToken::new()) }
    }

    fn enter(&self, ip: &str) -> Result<Place, Refusal> {
        self.doors.enter(ip.parse().expect("an address"))
    }

    /// A connection that stands so.
    #[track_caller]
    fn stands(&self, ip: &str, standing: Standing) -> Place {
        let place = self.enter(ip).expect("a place");
        place.stands(standing);
        place
    }
}

#[test]
fn when_all_places_are_taken_the_one_that_waits_longest_gives_way_and_first_one_that_is_not_known() {
    let house = House::new(LIMITS);
    let idle = house.stands("192.0.2.1", Standing::Idle);
    let busy = house.stands("192.0.2.2", Standing::Busy);
    let (older, newer) = (house.stands("192.0.2.3", Standing::New), house.stands("192.0.2.4", Standing::New));
    let left = || [&idle, &busy, &older, &newer].map(Place::gave_way);
    assert_eq!(left(), [false; 4]);
    let fifth = house.stands("192.0.2.5", Standing::Busy);
    assert_eq!(left(), [false, false, true, false]);
    let sixth = house.stands("192.0.2.6", Standing::Busy);
    assert_eq!(left(), [false, false, true, true]);
    let seventh = house.stands("192.0.2.7", Standing::Busy);
    assert_eq!(left(), [true, false, true, true]);
    assert_eq!(house.enter("192.0.2.8").err(), Some(Refusal::Full), "what is being worked on is not cut");
    drop((idle, older, newer, seventh));
    assert!(house.enter("192.0.2.8").is_ok(), "a place is free");
    drop((busy, fifth, sixth));
    assert!(house.doors.inside().per_address.is_empty());
}

#[test]
fn one_address_does_not_get_all_places_and_this_machine_does() {
    let house = House::new(LIMITS);
    let first: Vec<_> = (0..3).map(|_| house.stands("2001:db8:1:2::1", Standing::Busy)).collect();
    assert_eq!(house.enter("2001:db8:1:2::2").err(), Some(Refusal::Address));
    first[0].stands(Standing::Idle);
    let instead = house.enter("2001:db8:1:2::2").expect("its own idle one gives way");
    assert!(first[0].gave_way() && !first[1].gave_way());
    drop((first, instead));
    let local: Vec<_> = (0..3).map(|_| house.stands("127.0.0.1", Standing::Busy)).collect();
    assert_eq!(house.enter("127.0.0.1").err(), Some(Refusal::Address), "this machine is an address like others");
    assert!(local.iter().all(|place| !place.gave_way()));
    house.enter("192.0.2.1").expect("others find one");
}

#[test]
fn of_those_that_have_begun_to_ask_only_so_many_stay() {
    let house = House::new(LIMITS);
    let asking: Vec<_> = (0..3).map(|_| house.stands("127.0.0.1", Standing::Asking)).collect();
    assert_eq!(asking.iter().map(Place::gave_way).collect::<Vec<_>>(), [true, false, false]);
    asking[1].stands(Standing::Busy);
    let third = house.stands("127.0.0.1", Standing::Asking);
    assert!(!asking[2].gave_way() && !third.gave_way(), "one of them has asked");
}

#[test]
fn where_those_who_are_known_stay_only_the_address_with_most_gives_one_up() {
    let house = House::new(Limits { known_give_way: false, ..LIMITS });
    let many: Vec<_> = (0..3).map(|_| house.stands("192.0.2.1", Standing::Idle)).collect();
    let one = house.stands("192.0.2.2", Standing::Idle);
    let other = house.stands("192.0.2.3", Standing::Idle);
    assert_eq!((many[0].gave_way(), one.gave_way()), (true, false));
    let third = house.stands("192.0.2.4", Standing::Idle);
    assert_eq!((many[1].gave_way(), one.gave_way()), (true, false));
    assert_eq!(house.enter("192.0.2.5").err(), Some(Refusal::Full), "everybody has one");
    drop((other, third));
}

#[test]
fn when_it_closes_all_are_told_and_none_has_given_way() {
    let closing = CancellationToken::new();
    let doors = Doors::new(LIMITS, closing.clone());
    let place = doors.enter(IpAddr::from([127, 0, 0, 1])).expect("a place");
    assert!(!place.leave().is_cancelled());
    closing.cancel();
    assert!(place.leave().is_cancelled() && !place.gave_way());
}
