//! Files of a chart: the picture as SVG and as PNG, its numbers as CSV.

use crate::browser::save::{as_png, save};
use crate::charts::{Key, Paint, Sheet, Size};
use crate::pages::behavior::marks::{Chart, Mark, Names};
use crate::say;
use leptos::prelude::*;

/// Pixels of the picture in a file.
const SIZE: Size = Size { width: 960, height: 320 };

/// A button for each kind of file.
pub fn buttons(chart: Chart) -> AnyView {
    let button = |kind: &'static str| {
        let name = say!("behavior.save", kind = kind);
        view! { <button type="button" class="link" aria-label=name on:click=move |_| untrack(|| write(chart, kind))>{kind}</button> }
    };
    view! { <span role="group" aria-label=say!("behavior.files")>{["SVG", "PNG", "CSV"].map(button).collect_view()}</span> }.into_any()
}

fn write(chart: Chart, kind: &str) {
    let file = format!("vigia-{}.{}", chart.name, kind.to_ascii_lowercase());
    match kind {
        "CSV" => save(&file, "text/csv", &chart.marks.with(|marks| csv(marks, chart.names.get()))),
        "SVG" => save(&file, "image/svg+xml", &sheet(chart)),
        _ => as_png(file, &sheet(chart)),
    }
}

/// The picture with its title and its key, in colours of its own.
fn sheet(chart: Chart) -> String {
    let names = chart.names.get();
    let key: Vec<(Key, &str)> = [
        (Key::Bars, Some(names.all)),
        (Key::Second, names.second),
        (Key::Risk, Some(names.part)),
        (Key::Before, names.before),
        (Key::Silent, chart.silence()),
    ]
    .into_iter()
    .filter_map(|(key, name)| name.map(|name| (key, name)))
    .collect();
    let span =
        chart.marks.with(|marks| marks.first().zip(marks.last()).map(|(first, last)| format!(", {} \u{2013} {}", first.from, last.to)));
    let title = format!("{}{}", chart.title.get(), span.unwrap_or_default());
    Sheet { title: &title, key: &key }.around(&chart.draw(SIZE.width, SIZE.height, Paint::Colours).svg, SIZE)
}

/// The numbers as RFC 4180 has them: no cell of theirs can be a formula.
fn csv(marks: &[Mark], names: Names) -> String {
    let heads = [Some(names.all), Some(names.part), names.second, names.before].into_iter().flatten();
    let head: Vec<String> = ["from", "to"].into_iter().chain(heads).map(|name| format!("\"{}\"", name.replace('"', "\"\""))).collect();
    let row = |mark: &Mark| {
        let counts = mark.counts(names).into_iter().map(|(_, count, _)| count.to_string());
        [mark.from.clone(), mark.to.clone()].into_iter().chain(counts).collect::<Vec<_>>().join(",")
    };
    let mut lines = vec![head.join(",")];
    lines.extend(marks.iter().map(row));
    lines.push(String::new());
    lines.join("\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::behavior::Step;

    #[test]
    fn numbers_are_written_as_csv() {
        let mark = |day: u8, second| Mark {
            from: format!("2026-11-{day:02}T00:00:00"),
            to: format!("2026-11-{:02}T00:00:00", day + 1),
            step: Step::Day,
            all: 1_200,
            part: 3,
            second,
            before: Some(7),
            so_far: false,
            silent: true,
        };
        let names = Names { all: "Views, \"all\"", part: "With risk", second: Some("Sessions"), before: Some("Before") };
        assert_eq!(
            csv(&[mark(1, Some(4)), mark(2, Some(0))], names),
            "\"from\",\"to\",\"Views, \"\"all\"\"\",\"With risk\",\"Sessions\",\"Before\"\r\n\
             2026-11-01T00:00:00,2026-11-02T00:00:00,1200,3,4,7\r\n2026-11-02T00:00:00,2026-11-03T00:00:00,1200,3,0,7\r\n"
        );
    }
}
