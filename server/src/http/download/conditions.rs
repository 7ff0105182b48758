//! The conditions that a request may make (RFC 9110, section 13), in the order of 13.2.2.

use super::ranges::trimmed;
use axum::http::header::{HeaderMap, HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE};
use std::time::SystemTime;

/// By what a request tells one state of the file from another.
#[derive(Debug, Clone)]
pub(super) struct Validators {
    /// The strong entity tag, with its quotes.
    pub etag: String,
    /// In whole seconds.
    pub modified: SystemTime,
}

/// What follows from the conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The request is answered.
    Holds,
    /// 304: who asks has it already.
    NotModified,
    /// 412: it is not what was asked for.
    Failed,
}

impl Validators {
    /// Judges a GET or HEAD.
    pub(super) fn verdict(&self, headers: &HeaderMap) -> Verdict {
        let same = match (list(headers, &IF_MATCH), date(headers, &IF_UNMODIFIED_SINCE)) {
            (Some(tags), _) => self.is_among(&tags, false),
            (None, Some(date)) => self.modified <= date,
            (None, None) => true,
        };
        let known = match (list(headers, &IF_NONE_MATCH), date(headers, &IF_MODIFIED_SINCE)) {
            (Some(tags), _) => self.is_among(&tags, true),
            (None, Some(date)) => self.modified <= date,
            (None, None) => false,
        };
        match (same, known) {
            (false, _) => Verdict::Failed,
            (true, true) => Verdict::NotModified,
            (true, false) => Verdict::Holds,
        }
    }

    /// Whether a `Range` is to be looked at: there is no `If-Range`, or it names this very file. A date does where it is exactly that of `Last-Modified`: what is
    /// stored is not written to again, so it did not change twice within that second (8.8.2.2).
    pub(super) fn ranges_apply(&self, headers: &HeaderMap) -> bool {
        match only(headers, &IF_RANGE) {
            Ok(None) => true,
            Ok(Some(value)) if value == self.etag.as_bytes() => true,
            Ok(Some(value)) => parsed(value) == Some(self.modified),
            Err(Several) => false,
        }
    }

    /// Whether a list of tags has this one, or is `*`. Compared weakly, a tag that is weak itself is as good. What stands behind a mistake is not read.
    fn is_among(&self, tags: &[u8], weakly: bool) -> bool {
        let mut rest = trimmed(tags);
        if rest == b"*" {
            return true;
        }
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix(b",") {
                rest = trimmed(after);
                continue;
            }
            let (weak, tag) = rest.strip_prefix(b"W/").map_or((false, rest), |tag| (true, tag));
            let Some(end) = tag.strip_prefix(b"\"").and_then(|inside| inside.iter().position(|byte| *byte == b'"')) else { return false };
            let (tag, after) = tag.split_at(end + 2);
            rest = trimmed(after);
            if !(rest.is_empty() || rest.starts_with(b",")) {
                return false;
            }
            if tag == self.etag.as_bytes() && (weakly || !weak) {
                return true;
            }
        }
        false
    }
}

/// A header that may be there once was there several times.
struct Several;

/// The value of a header that is no list.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a [u8]>, Several> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (value, None) => Ok(value.map(|value| trimmed(value.as_bytes()))),
        _ => Err(Several),
    }
}

/// The lines of a header that is a list, as one.
fn list(headers: &HeaderMap, name: &HeaderName) -> Option<Vec<u8>> {
    let lines: Vec<&[u8]> = headers.get_all(name).iter().map(axum::http::HeaderValue::as_bytes).collect();
    if lines.is_empty() { None } else { Some(lines.join(&b","[..])) }
}

/// A date; `None` also for what is none, which is to be ignored (13.1.3, 13.1.4).
fn date(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    only(headers, name).ok().flatten().and_then(parsed)
}

fn parsed(value: &[u8]) -> Option<SystemTime> {
    httpdate::parse_http_date(std::str::from_utf8(value).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use proptest::prelude::*;
    use std::time::{Duration, UNIX_EPOCH};

    const BEFORE: &str = "Sun, 22 Nov 2026 14:03:26 GMT";
    const THEN: &str = "Sun, 22 Nov 2026 14:03:27 GMT";
    const AFTER: &str = "Sun, 22 Nov 2026 14:03:28 GMT";

    fn file() -> Validators {
        Validators { etag: "\"abc\"".to_owned(), modified: UNIX_EPOCH + Duration::from_secs(1_795_356_207) }
    }

    fn headers(said: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in said {
            headers.append(*name, HeaderValue::from_str(value).expect("a value"));
        }
        headers
    }

    #[test]
    fn conditions_are_judged_alone_and_in_their_order() {
        use Verdict::{Failed, Holds, NotModified};
        let cases: &[(&[(&str, &str)], Verdict)] = &[
            (&[], Holds),
            (&[("if-match", "\"abc\"")], Holds),
            (&[("if-match", "*")], Holds),
            (&[("if-match", "\"x\", \"a,b\" , ,\"abc\"")], Holds),
            (&[("if-match", "\"x\""), ("if-match", "\"abc\"")], Holds),
            (&[("if-match", "\"x\"")], Failed),
            (&[("if-match", "W/\"abc\"")], Failed),
            (&[("if-match", "abc")], Failed),
            (&[("if-match", "\"x\" \"abc\"")], Failed),
            (&[("if-match", "")], Failed),
            (&[("if-unmodified-since", BEFORE)], Failed),
            (&[("if-unmodified-since", THEN)], Holds),
            (&[("if-unmodified-since", AFTER)], Holds),
            (&[("if-unmodified-since", "yesterday")], Holds),
            (&[("if-none-match", "\"abc\"")], NotModified),
            (&[("if-none-match", "W/\"abc\"")], NotModified),
            (&[("if-none-match", "*")], NotModified),
            (&[("if-none-match", "\"x\",\"y\"")], Holds),
            (&[("if-modified-since", BEFORE)], Holds),
            (&[("if-modified-since", THEN)], NotModified),
            (&[("if-modified-since", AFTER)], NotModified),
            (&[("if-modified-since", "yesterday")], Holds),
            // A tag says more than a date.
            (&[("if-match", "\"abc\""), ("if-unmodified-since", BEFORE)], Holds),
            (&[("if-none-match", "\"x\""), ("if-modified-since", AFTER)], Holds),
            // What has to be the same is judged before what is known.
            (&[("if-match", "\"x\""), ("if-none-match", "\"abc\"")], Failed),
            (&[("if-unmodified-since", BEFORE), ("if-none-match", "\"abc\"")], Failed),
            (&[("if-match", "\"abc\""), ("if-none-match", "\"abc\"")], NotModified),
            (&[("if-match", "*"), ("if-modified-since", THEN)], NotModified),
        ];
        for (said, expected) in cases {
            assert_eq!(file().verdict(&headers(said)), *expected, "{said:?}");
        }
    }

    #[test]
    fn only_this_very_file_is_resumed() {
        let cases: &[(&[(&str, &str)], bool)] = &[
            (&[], true),
            (&[("if-range", "\"abc\"")], true),
            (&[("if-range", "W/\"abc\"")], false),
            (&[("if-range", "\"x\"")], false),
            (&[("if-range", "\"x\", \"abc\"")], false),
            (&[("if-range", "*")], false),
            (&[("if-range", THEN)], true),
            (&[("if-range", "Sunday, 22-Nov-26 14:03:27 GMT")], true),
            (&[("if-range", BEFORE)], false),
            (&[("if-range", AFTER)], false),
            (&[("if-range", "\"abc\""), ("if-range", "\"abc\"")], false),
        ];
        for (said, expected) in cases {
            assert_eq!(file().ranges_apply(&headers(said)), *expected, "{said:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_judged(value in prop_oneof!["[*\"W/abcx, ]{0,30}", "[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT", "[ -~]{0,40}"]) {
            for name in ["if-match", "if-none-match", "if-range", "if-modified-since", "if-unmodified-since"] {
                file().verdict(&headers(&[(name, &value)]));
                file().ranges_apply(&headers(&[(name, &value)]));
            }
        }
    }
}
