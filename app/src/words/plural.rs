//! Which form of a text a number calls for, outside the browser, which knows that by itself.

use intl_pluralrules::{PluralCategory, PluralRuleType, PluralRules};
use unic_langid::LanguageIdentifier;

/// The category of a number in a language, as the Unicode CLDR has it; `other` where the language is not known.
pub(super) fn category(language: &str, count: i64) -> &'static str {
    let primary = language.split('-').next().unwrap_or_default();
    // Some regions have rules of their own.
    let rules = [language, primary]
        .into_iter()
        .find_map(|name| PluralRules::create(name.parse::<LanguageIdentifier>().ok()?, PluralRuleType::CARDINAL).ok());
    match rules.and_then(|rules| rules.select(count).ok()) {
        Some(PluralCategory::ZERO) => "zero",
        Some(PluralCategory::ONE) => "one",
        Some(PluralCategory::TWO) => "two",
        Some(PluralCategory::FEW) => "few",
        Some(PluralCategory::MANY) => "many",
        Some(PluralCategory::OTHER) | None => "other",
    }
}
