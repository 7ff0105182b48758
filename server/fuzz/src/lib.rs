//! What must hold for any line of any format.

use std::sync::LazyLock;
use vigia::event::Event;
use vigia::ingest::{Context, Formats};
use vigia_app::model::Cell;

static FORMATS: LazyLock<Formats> = LazyLock::new(Formats::built_in);

/// Reads the lines of a text; whatever they are, it ends, and what it makes can be stored.
pub fn read(format: &str, data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let context = Context::system(chrono_tz::Tz::UTC);
    let mut reader = FORMATS.named(format).expect("a format").open("fuzz", &context);
    let mut events = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let _ = reader.line(number, line, &mut events);
    }
    reader.finish(&mut events, &mut Vec::new());
    for event in &events {
        assert!((1..=Event::MAX_NAME).contains(&event.source_id.len()), "an id that can be stored");
        assert_eq!(event.cells.len(), event.report.stored().count() - 1);
        for cell in &event.cells {
            assert!(!matches!(cell, Cell::Text(text) if text.is_empty() || text.len() > Event::MAX_TEXT), "a text that can be stored");
        }
    }
}
