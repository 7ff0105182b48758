//! Prints what scores make of the designed cases: `cargo run --release -p vigia --example risk_cases -- [SEEDS]`.

#![expect(clippy::print_stdout, reason = "it prints figures")]

#[path = "../tests/risk/dice.rs"]
mod dice;
#[path = "../tests/risk/judge.rs"]
mod judge;
#[path = "../tests/risk/stories.rs"]
mod stories;
#[path = "../tests/risk/world.rs"]
mod world;

fn main() {
    let seeds: u64 = std::env::args().nth(1).and_then(|seeds| seeds.parse().ok()).unwrap_or(100);
    let verdicts: Vec<judge::Verdict> = (0..seeds).map(judge::judge).collect();
    let views: usize = verdicts.iter().map(|verdict| verdict.normal).sum();
    println!("{seeds} seeds, {} normal views judged in each", views / verdicts.len().max(1));
    for (at, story) in stories::STORIES.iter().enumerate() {
        let found: Vec<judge::Found> = verdicts.iter().map(|verdict| verdict.found[at]).collect();
        let seeds_with = |test: fn(&judge::Found) -> bool| 100.0 * found.iter().filter(|found| test(found)).count() as f64 / seeds as f64;
        let views: usize = found.iter().map(|found| found.views).sum();
        let share = |count: fn(&judge::Found) -> usize| 100.0 * found.iter().map(count).sum::<usize>() as f64 / views as f64;
        let mut highest: Vec<u8> = found.iter().map(|found| found.highest).collect();
        highest.sort_unstable();
        println!("{story}");
        println!(
            "  in the top 1% in {:.1}% of seeds, {:.0}% of its views",
            seeds_with(|found| found.in_top > 0),
            share(|found| found.in_top)
        );
        println!(
            "  five alerts a day find it in {:.1}%, {:.0}% of its views",
            seeds_with(|found| found.alerted > 0),
            share(|found| found.alerted)
        );
        println!(
            "  of unusual volume (10 views or more) in {:.1}%, {:.0}% of its views",
            seeds_with(|found| found.volume >= 10),
            share(|found| found.volume)
        );
        println!("  highest score: median {}, lowest {}", highest[highest.len() / 2], highest[0]);
    }
    let above: Vec<f64> = verdicts.iter().map(|verdict| 100.0 * verdict.normal_above_70 as f64 / verdict.normal as f64).collect();
    let mean = above.iter().sum::<f64>() / above.len() as f64;
    println!("normal views above 70: {mean:.3}% on average, {:.3}% in the worst seed", above.iter().fold(0.0, |a: f64, b| a.max(*b)));
    let volume: usize = verdicts.iter().map(|verdict| verdict.normal_volume).sum();
    println!("normal views of unusual volume: {:.2}%", 100.0 * volume as f64 / views as f64);
}
