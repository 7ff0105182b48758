//! Sentences with blanks in them.

use super::estate::{Credential, Device};

/// Fills the blanks of a template: `{device}`, `{username}`, `{endpoint}`, `{group}`, `{site}`, `{ticket}` and `{n}`, a number.
pub(super) fn fill(template: &str, (credential, device): (&Credential, &Device), ticket: &str, number: usize) -> String {
    let mut text = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let (blank, after) = after.split_once('}').unwrap_or((after, ""));
        match blank {
            "device" => text.push_str(&device.name),
            "username" => text.push_str(credential.username),
            "endpoint" => text.push_str(&device.endpoint()),
            "group" => text.push_str(device.kind.group),
            "site" => text.push_str(device.site()),
            "ticket" => text.push_str(ticket),
            _ => text.push_str(&number.to_string()),
        }
        rest = after;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::super::{estate::Estate, justifications, outcomes};
    use super::*;

    #[test]
    fn no_template_has_a_blank_that_nothing_fills() {
        let estate = Estate::new();
        for template in justifications::all().chain(outcomes::all()) {
            let text = fill(template, estate.credential(0), "CHG0000001", 12345);
            assert!(!text.contains(['{', '}']), "{text}");
            assert_eq!(text.contains("12345"), template.contains("{n}"), "only the number is filled in for an unknown blank: {template}");
        }
    }
}
