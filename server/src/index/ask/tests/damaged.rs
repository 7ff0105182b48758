//! A file in which something was overwritten.

use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]
    #[test]
    fn what_is_damaged_is_an_error_or_was_not_needed(seed: u64) {
        let random = &mut StdRng::seed_from_u64(seed);
        let mut world = World::new();
        let mut builder = Builder::new(&EVERY_KIND);
        for number in 0..2_000 {
            let id = EventId::first(Timestamp::saturating(number / 100)).get() + number % 100;
            let values: Vec<Value> = EVERY_KIND.stored().map(|column| value(random, column, true)).collect();
            world.rows.insert(id, values.clone());
            builder.push(id, values);
        }
        let segment = builder.finish();
        let path = world.folder.path().join("damaged");
        segment.write(&path).expect("writes");
        let mut bytes = std::fs::read(&path).expect("a file");
        let at = random.random_range(0..bytes.len());
        bytes[at] ^= 0xFF;
        std::fs::write(&path, bytes).expect("written");
        let whole = Snapshot { held: vec![Held::new(segment)] };
        let Ok(damaged) = Segment::open(&path, &EVERY_KIND, &world.cache) else { return Ok(()) };
        let damaged = Snapshot { held: vec![Held::new(damaged)] };
        for _ in 0..10 {
            let resolved = ResolvedQuery::new(question(random, &world.rows), Timestamp::MIN).expect("resolves");
            let question = Question::new(&resolved);
            let column = random.random_range(0..EVERY_KIND.stored().count());
            let order = Order { column: Some(column), direction: resolved.query.sort.direction };
            if let Ok(count) = damaged.count(&question) {
                assert_eq!(count, whole.count(&question).expect("counts"));
            }
            if let Ok(page) = damaged.page(&question, order, None, 30) {
                assert_eq!(page, whole.page(&question, order, None, 30).expect("a page"));
            }
            if let Ok(values) = damaged.values(&question, column, 10) {
                assert_eq!(values, whole.values(&question, column, 10).expect("values"));
            }
        }
        let [held] = &damaged.held[..] else { unreachable!("one segment") };
        if let Ok(merged) = merge(&[(held.segment.clone(), held.dead.clone())]) {
            assert_eq!(merged.map(|segment| segment.rows()), Some(2_000));
        }
    }
}
