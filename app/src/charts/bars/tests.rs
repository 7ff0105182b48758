//! What holds for every bar chart.

use super::super::check::{points, sound, texts};
use super::super::text::width;
use super::*;

fn said(number: u64) -> String {
    number.to_string()
}

fn chart(buckets: Vec<Bucket>, width: u32) -> BarChart {
    BarChart { name: "views".to_owned(), buckets, before: Vec::new(), size: Size { width, height: 200 } }
}

/// So many days with counts up to `largest`, some without any, some silent, the last not over.
fn days(count: usize, largest: u64) -> Vec<Bucket> {
    let mut state = 88_172_645_463_325_252_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..count)
        .map(|day| {
            let views = if day % 7 == 3 { 0 } else { next() % largest.max(1) + u64::from(largest == u64::MAX) };
            let mut bucket = Bucket::new(format!("Monday {day} November"), format!("{day} Nov"), views);
            if day % 11 != 5 {
                bucket = bucket.with_risk(next() % views.saturating_add(1)).expect("a part");
            }
            if day % 13 == 6 {
                bucket = bucket.silent();
            }
            if day + 1 == count { bucket.so_far() } else { bucket }
        })
        .collect()
}

#[test]
fn every_size_and_length_is_sound_and_its_columns_cover_the_plot() {
    for count in [0, 1, 2, 7, 15, 45, 90, 365, 3_653] {
        for wide in [0, 320, 700, 1_200, 1_600, u32::MAX] {
            for largest in [0, 1, 40, 1_000_000, u64::MAX] {
                let mut chart = chart(days(count, largest), wide);
                chart.before = vec![largest / 2; count / 2];
                chart.size.height = wide.min(200);
                let drawn = chart.draw(Paint::Classes, &said);
                sound(&drawn.svg);
                let plot = drawn.plot;
                assert!(plot.width > 0.0 && plot.height > 0.0, "{wide}: {plot:?}");
                assert_eq!(drawn.columns.len(), count);
                let mut x = plot.x;
                for column in &drawn.columns {
                    assert!((column.x - x).abs() < 1e-6, "columns touch");
                    x += column.width;
                }
                assert!(count == 0 || (x - plot.x - plot.width).abs() < 1e-6, "the last ends where the plot does");
            }
        }
    }
}

#[test]
fn marks_stay_in_the_plot() {
    for (count, wide) in [(1, 320), (15, 320), (15, 1_200), (365, 320), (3_653, 1_600)] {
        let mut chart = chart(days(count, 900), wide);
        chart.before = vec![2_000; count + 5];
        let drawn = chart.draw(Paint::Classes, &said);
        let Rect { x, y, width, height } = drawn.plot;
        for ink in [Ink::Bar, Ink::BarSoFar, Ink::Before, Ink::BeforeEdge, Ink::Risk, Ink::RiskSoFar, Ink::Silent, Ink::Grid] {
            for (across, down) in points(&drawn.svg, ink.class()).into_iter().flatten() {
                assert!((x - 0.01..=x + width + 0.01).contains(&across), "{ink:?} at {across} of {:?}", drawn.plot);
                assert!((y - 0.01..=y + height + 0.01).contains(&down), "{ink:?} at {down} of {:?}", drawn.plot);
            }
        }
    }
}

#[test]
fn the_line_of_risk_is_never_above_its_bar() {
    for (count, wide, largest) in [(15, 320, 3), (15, 1_200, 900), (45, 700, u64::MAX), (90, 700, 50)] {
        let drawn = chart(days(count, largest), wide).draw(Paint::Classes, &said);
        let base = drawn.plot.y + drawn.plot.height;
        let bars: Vec<_> = [Ink::Bar, Ink::BarSoFar].iter().flat_map(|ink| points(&drawn.svg, ink.class())).collect();
        let line: Vec<_> = [Ink::Risk, Ink::RiskSoFar].iter().flat_map(|ink| points(&drawn.svg, ink.class())).flatten().collect();
        assert!(line.len() > count / 2);
        for (x, y) in line {
            let bar = bars.iter().find(|bar| bar[0].0 <= x && x <= bar[2].0);
            let top = bar.map_or(base, |bar| bar[1].1);
            assert!(y >= top - 0.01, "at {x} the line is at {y}, and the bar begins at {top}");
        }
    }
}

#[test]
fn bars_start_at_zero_and_are_as_high_as_they_count() {
    let buckets = [0, 1, 50, 100].map(|views| Bucket::new("", "", views)).to_vec();
    let drawn = chart(buckets, 400).draw(Paint::Classes, &said);
    let base = drawn.plot.y + drawn.plot.height;
    let bars = points(&drawn.svg, "c-bar");
    assert_eq!(bars.len(), 3, "nothing is drawn for none");
    let heights: Vec<f64> = bars.iter().map(|bar| base - bar[1].1).collect();
    assert!(bars.iter().all(|bar| (bar[0].1 - base).abs() < 0.01));
    assert!(heights[0] >= 1.0, "one is seen");
    assert!((heights[2] - 2.0 * heights[1]).abs() < 0.2, "{heights:?}");
}

#[test]
fn labels_do_not_overlap_and_are_in_the_picture() {
    for count in [1, 3, 15, 31, 45, 365, 3_653] {
        for wide in [320, 700, 1_200, 1_600] {
            let drawn = chart(days(count, 2_000_000), wide).draw(Paint::Classes, &said);
            let below = texts(&drawn.svg).into_iter().filter(|text| text.2 == "middle");
            let ends: Vec<(f64, f64)> = below
                .map(|(x, _, _, said)| {
                    let half = f64::from(width(&said)) / 20.0;
                    (x - half, x + half)
                })
                .collect();
            assert!(!ends.is_empty());
            assert!(ends.iter().all(|(left, right)| *left >= -0.1 && *right <= f64::from(wide) + 0.1), "{count} in {wide}: {ends:?}");
            assert!(ends.windows(2).all(|pair| pair[0].1 < pair[1].0), "{count} in {wide}: {ends:?}");
            let last = texts(&drawn.svg).last().map(|text| text.3.clone());
            assert!(last.is_some_and(|last| last.contains(&(count - 1).to_string())), "the last day has its label");
        }
    }
}

#[test]
fn hostile_labels_are_text() {
    let hostile = [
        "<script>alert(1)</script>",
        "\"/><svg onload='x'>",
        "&lt;b&gt; &#0;",
        "\u{202e}txt.exe\u{0}\u{1b}[2J\n",
        "يوم الاثنين",
        "日本",
        "\u{ffff}",
        "]]>",
    ];
    for label in hostile.map(str::to_owned).into_iter().chain(["long ".repeat(50_000)]) {
        for paint in [Paint::Classes, Paint::Colours] {
            let mut chart = chart(vec![Bucket::new(&label, &label, 7).silent(), Bucket::new(&label, &label, 7)], 320);
            chart.name = label.clone();
            let drawn = chart.draw(paint, &|_| label.clone());
            sound(&drawn.svg);
            assert!(!drawn.svg.contains("<script") && drawn.svg.len() < 200_000 + label.len(), "{label}");
            assert!(texts(&drawn.svg).iter().all(|text| width(&text.3) <= 3_200 / 3 || text.2 == "end"));
        }
    }
}

#[test]
fn ten_years_of_days_are_below_two_hundred_kilobytes() {
    let mut chart = chart(days(3_653, 1_000_000).into_iter().map(|day| day.beside(77)).collect(), 1_600);
    chart.before = (0..3_653).map(|day| day * 7_919 % 900_000).collect();
    let size = chart.draw(Paint::Colours, &said).svg.len();
    assert!(size < 200_000, "{size} bytes");
}

#[test]
fn what_is_not_known_and_what_is_not_over_look_different() {
    let buckets = vec![Bucket::new("", "", 0), Bucket::new("", "", 0).silent(), Bucket::new("", "", 4).with_risk(1).expect("a part"), {
        Bucket::new("", "", 4).with_risk(2).expect("a part").so_far()
    }];
    let drawn = chart(buckets, 400).draw(Paint::Classes, &said);
    let silent = points(&drawn.svg, "c-silent");
    assert_eq!(silent.len(), 1);
    let column = drawn.columns[1];
    assert!((silent[0][0].0 - column.x).abs() < 0.01 && (silent[0][2].0 - column.x - column.width).abs() < 0.01, "the whole column");
    assert_eq!((points(&drawn.svg, "c-bar").len(), points(&drawn.svg, "c-bar-so-far").len()), (1, 1));
    assert_eq!(points(&drawn.svg, "c-risk-so-far").len(), 1);
    assert!(drawn.svg.contains(r#"<pattern id="views-hatch""#));
}

#[test]
fn two_series_stand_side_by_side() {
    let drawn = chart((0..10).map(|_| Bucket::new("", "", 5).beside(3)).collect(), 700).draw(Paint::Classes, &said);
    let (views, sessions) = (points(&drawn.svg, "c-bar"), points(&drawn.svg, "c-second"));
    assert_eq!((views.len(), sessions.len()), (10, 10));
    for ((view, session), column) in views.iter().zip(&sessions).zip(&drawn.columns) {
        assert!(view[0].0 >= column.x && view[2].0 < session[0].0 && session[2].0 <= column.x + column.width);
    }
    let crowded = chart((0..700).map(|_| Bucket::new("", "", 5).beside(3)).collect(), 700).draw(Paint::Classes, &said);
    assert_eq!(
        (points(&crowded.svg, "c-second").len(), points(&crowded.svg, "c-second-line").len()),
        (0, 1),
        "a line where there is no room"
    );
}

#[test]
fn the_period_before_ends_where_it_was_cut() {
    let mut chart = chart(days(10, 100), 700);
    chart.before = vec![50, 60, 0];
    let drawn = chart.draw(Paint::Classes, &said);
    assert_eq!(points(&drawn.svg, "c-before").len(), 2);
    assert!(points(&drawn.svg, "c-before").iter().flatten().all(|(x, _)| *x <= drawn.columns[2].x));
}
