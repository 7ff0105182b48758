//! Times, numbers and sizes as the reader's browser writes them.

use crate::model::Timestamp;
use crate::say;
use crate::words::{here, on_page};
use js_sys::{Array, Function, Object, Reflect};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};

thread_local! {
    /// The formatter of the zone used last: a table has one zone and hundreds of times.
    static FORMATTER: RefCell<Option<(String, Option<Function>)>> = const { RefCell::new(None) };
}

/// A member of an object; `None` where there is none.
pub(super) fn get(object: &JsValue, key: &str) -> Option<JsValue> {
    Reflect::get(object, &key.into()).ok().filter(|value| !value.is_undefined())
}

/// A new `Intl.DateTimeFormat`; `None` where the browser knows no such zone.
fn date_time_format(locale: Option<&str>, options: &Object) -> Option<JsValue> {
    let constructor: Function = get(&get(&js_sys::global(), "Intl")?, "DateTimeFormat")?.dyn_into().ok()?;
    let locale = locale.map_or(JsValue::UNDEFINED, Into::into);
    Reflect::construct(&constructor, &Array::of2(&locale, options)).ok()
}

/// The zone of the reader's machine, by its IANA name; UTC where the browser says none.
pub fn local_zone() -> String {
    let resolved = || -> Option<String> {
        let format = date_time_format(None, &Object::new())?;
        let resolve: Function = get(&format, "resolvedOptions")?.dyn_into().ok()?;
        get(&resolve.call0(&format).ok()?, "timeZone")?.as_string()
    };
    // Some say `Etc/Unknown`, `+03:00` or nothing where they do not know it.
    let named = |zone: &String| zone.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) && !zone.ends_with("Unknown");
    resolved().filter(named).unwrap_or_else(|| "UTC".to_owned())
}

/// `format` of a formatter that writes `2026-11-22 14:03:27`: what Swedish readers are used to is what we want for everybody.
fn formatter(zone: &str) -> Option<Function> {
    let options = Object::new();
    let set = |key: &str, value: JsValue| Reflect::set(&options, &key.into(), &value).ok();
    for key in ["month", "day", "hour", "minute", "second"] {
        set(key, "2-digit".into())?;
    }
    set("year", "numeric".into())?;
    set("hourCycle", "h23".into())?;
    set("timeZone", zone.into())?;
    get(&date_time_format(Some("sv-SE"), &options)?, "format")?.dyn_into().ok()
}

/// `2026-11-22 14:03:27` on the clock of `zone`; in UTC and with a `Z` where the browser does not know the zone.
pub fn clock(at: Timestamp, zone: &str) -> String {
    FORMATTER.with_borrow_mut(|cached| {
        if cached.as_ref().is_none_or(|(name, _)| name != zone) {
            *cached = Some((zone.to_owned(), formatter(zone)));
        }
        #[expect(clippy::cast_precision_loss, reason = "43 bits fit a double")]
        let millis = JsValue::from_f64(at.millis() as f64);
        let written = cached.as_ref().and_then(|(_, format)| format.as_ref()?.call1(&JsValue::NULL, &millis).ok()?.as_string());
        written.unwrap_or_else(|| {
            let utc = at.rfc3339();
            format!("{} {}Z", utc.get(..10).unwrap_or_default(), utc.get(11..19).unwrap_or_default())
        })
    })
}

/// `12 s ago`, `in 3 h`: how far `at` is from `now` (milliseconds since 1970), in the largest unit that fits.
pub fn relative(at: Timestamp, now: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of the clock")]
    let seconds = (now as i64 - at.millis()) / 1000;
    let distance = seconds.abs();
    let span = match distance {
        0..=59 => say!("span.seconds", count = distance),
        60..=3_599 => say!("span.minutes", count = distance / 60),
        3_600..=86_399 => say!("span.hours", count = distance / 3_600),
        86_400..=5_183_999 => say!("span.days", count = distance / 86_400),
        5_184_000..=63_071_999 => say!("span.months", count = distance / 2_592_000),
        _ => say!("span.years", count = distance / 31_536_000),
    };
    if seconds < 0 { say!("span.in", span = span) } else { say!("span.ago", span = span) }
}

/// A count, with separators.
pub fn count(count: u64) -> String {
    number(i64::try_from(count).unwrap_or(i64::MAX))
}

/// With the separators of the page's language: `10,000`.
pub fn number(number: i64) -> String {
    on_page::number(number, here().language)
}

/// `1.4`, of fourteen tenths. In whole numbers: formatting floats would cost the page 10 kB.
pub fn tenths(count: i64) -> String {
    say!("number.tenths", whole = count / 10, tenth = count % 10)
}

/// What a language calls itself.
pub fn language_name(language: &str) -> String {
    let named = || -> Option<String> {
        let constructor: Function = get(&get(&js_sys::global(), "Intl")?, "DisplayNames")?.dyn_into().ok()?;
        let options = Object::new();
        Reflect::set(&options, &"type".into(), &"language".into()).ok()?;
        let names = Reflect::construct(&constructor, &Array::of2(&language.into(), &options)).ok()?;
        let of: Function = get(&names, "of")?.dyn_into().ok()?;
        of.call1(&names, &language.into()).ok()?.as_string()
    };
    named().unwrap_or_else(|| language.to_owned())
}

/// `1.4 GB`; thousands are 1000.
pub fn bytes(count: i64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if count < 1000 {
        return say!("number.bytes", number = count, unit = "B");
    }
    let mut all = count / 100;
    let mut unit = 0;
    while all >= 10_000 && unit + 1 < UNITS.len() {
        all /= 1000;
        unit += 1;
    }
    let number = if all >= 1000 { number(all / 10) } else { tenths(all) };
    say!("number.bytes", number = number, unit = UNITS[unit])
}
