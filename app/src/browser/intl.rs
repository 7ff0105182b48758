//! Times, numbers and sizes as the reader's browser writes them.

use crate::model::Timestamp;
use js_sys::{Array, Function, Object, Reflect};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};

thread_local! {
    /// The formatter of the zone used last: a table has one zone and hundreds of times.
    static FORMATTER: RefCell<Option<(String, Option<Function>)>> = const { RefCell::new(None) };
}

fn get(object: &JsValue, key: &str) -> Option<JsValue> {
    Reflect::get(object, &key.into()).ok().filter(|value| !value.is_undefined())
}

/// A new `Intl.DateTimeFormat`; `None` where the browser knows no such zone.
fn date_time_format(locale: Option<&str>, options: &Object) -> Option<JsValue> {
    let constructor: Function = get(&get(&js_sys::global(), "Intl")?, "DateTimeFormat")?.dyn_into().ok()?;
    let locale = locale.map_or(JsValue::UNDEFINED, Into::into);
    Reflect::construct(&constructor, &Array::of2(&locale, options)).ok()
}

/// The zone of the reader's machine, by its IANA name.
pub fn local_zone() -> String {
    let resolved = || -> Option<String> {
        let format = date_time_format(None, &Object::new())?;
        let resolve: Function = get(&format, "resolvedOptions")?.dyn_into().ok()?;
        get(&resolve.call0(&format).ok()?, "timeZone")?.as_string()
    };
    resolved().unwrap_or_else(|| "UTC".to_owned())
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
    let (count, unit) = match distance {
        0..=59 => (distance, "s"),
        60..=3_599 => (distance / 60, "min"),
        3_600..=86_399 => (distance / 3_600, "h"),
        86_400..=5_183_999 => (distance / 86_400, if distance < 172_800 { "day" } else { "days" }),
        5_184_000..=63_071_999 => (distance / 2_592_000, "months"),
        _ => (distance / 31_536_000, "years"),
    };
    if seconds < 0 { format!("in {count} {unit}") } else { format!("{count} {unit} ago") }
}

/// With the separators of the reader's locale: `10,000`.
pub fn number(number: i64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "what is counted here is far below 2^53, and the last digits of more are noise")]
    let value = JsValue::from_f64(number as f64);
    value.unchecked_into::<Object>().to_locale_string().into()
}

/// `1.4 GB`; thousands are 1000.
pub fn bytes(count: i64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if count < 1000 {
        return format!("{count} B");
    }
    // Tenths, in whole numbers: formatting floats would cost the page 10 kB.
    let mut tenths = count / 100;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1000;
        unit += 1;
    }
    let name = UNITS[unit];
    if tenths >= 1000 { format!("{} {name}", tenths / 10) } else { format!("{}.{} {name}", tenths / 10, tenths % 10) }
}
