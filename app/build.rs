//! Makes tables of the files in `words`: the index of keys that code names texts by, and each language's texts in the order of that index.
//!
//! A table has a line for each text. A fact is the control character 1 there and a letter, `a` for the first one; the forms of a text that
//! depends on a number are separated by tabs, each behind its category, and the number is their first fact. The page loads its tables as
//! files beside the wasm (`scripts/parts.mjs`); everybody else has all languages compiled in.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The language that the others are held against.
const ENGLISH: &str = "en";
/// What the file is cut into: what the page needs before the first row, what it needs later, and what only the server says.
const SECTIONS: [&str; 3] = ["first", "late", "server"];
/// Categories of numbers, as the Unicode CLDR names them.
const CATEGORIES: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];
/// The fact that chooses a form.
const COUNT: &str = "count";

/// A text with its forms: one of no category, or one for each.
#[derive(Default)]
struct Entry {
    section: usize,
    forms: Vec<(String, String)>,
}

type Language = Vec<(String, Entry)>;

fn main() {
    println!("cargo::rerun-if-changed=words");
    let fifth = env::var_os("CARGO_FEATURE_FIFTH_REPORT").map(|_| PathBuf::from("words/fifth-report/en.ini"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let mut languages: BTreeMap<String, Language> = BTreeMap::new();
    for file in fs::read_dir("words").expect("the folder words can be read") {
        let path = file.expect("the folder words can be read").path();
        if path.is_dir() {
            continue;
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        languages.insert(name, read([Some(path), fifth.clone()].into_iter().flatten()));
    }
    let english = languages.remove(ENGLISH).expect("there is words/en.ini");
    for (name, language) in &languages {
        compare(name, language, &english);
    }
    fs::write(out.join("words.rs"), index(&english)).expect("OUT_DIR can be written");
    let mut code = String::new();
    let _ = write!(code, "#[cfg(not(target_arch = \"wasm32\"))]\npub static LANGUAGES: [Words; {}] = [", languages.len() + 1);
    for (name, language) in std::iter::once((ENGLISH, &english)).chain(languages.iter().map(|(name, language)| (&**name, language))) {
        let texts: Vec<(usize, String)> =
            english.iter().map(|(key, entry)| (entry.section, written(of(language, key), &facts(entry)))).collect();
        let all: Vec<_> = texts.iter().map(|(_, text)| text).collect();
        let _ = writeln!(code, "Words::new({name:?}, &{all:?}),");
        for (section, suffix) in ["", ".late"].into_iter().enumerate() {
            let lines: String = texts.iter().filter(|(of, _)| *of == section).map(|(_, text)| format!("{text}\n")).collect();
            fs::write(out.join(format!("{name}{suffix}.words")), lines).expect("OUT_DIR can be written");
        }
    }
    code.push_str("];\n");
    fs::write(out.join("languages.rs"), code).expect("OUT_DIR can be written");
}

/// The texts of files, section by section.
fn read(paths: impl Iterator<Item = PathBuf>) -> Language {
    let mut language: Language = Vec::new();
    paths.for_each(|path| add(&path, &mut language));
    language.sort_by_key(|(_, entry)| entry.section);
    language
}

fn add(path: &Path, language: &mut Language) {
    let text = fs::read_to_string(path).expect("a file of words can be read");
    let mut section = None;
    for (at, line) in text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        let wrong = |what: &str| -> ! { panic!("{}, line {}: {what}: {line}", path.display(), at + 1) };
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = Some(SECTIONS.iter().position(|known| *known == name).unwrap_or_else(|| wrong("there is no such section")));
            continue;
        }
        let Some(section) = section else { wrong("no section has begun yet") };
        let Some((key, text)) = line.split_once(" = ") else { wrong("a line is written KEY = TEXT") };
        let (key, category) = match key.strip_suffix(']').and_then(|key| key.split_once('[')) {
            Some((key, category)) if CATEGORIES.contains(&category) => (key, category),
            Some(_) => wrong("there is no such category of numbers"),
            None => (key, ""),
        };
        match language.iter_mut().find(|(known, _)| known == key) {
            Some((_, entry)) if !category.is_empty() && entry.forms.iter().all(|(known, _)| known != category && !known.is_empty()) => {
                entry.forms.push((category.to_owned(), text.to_owned()));
            }
            Some(_) => wrong("the key appears twice"),
            None => language.push((key.to_owned(), Entry { section, forms: vec![(category.to_owned(), text.to_owned())] })),
        }
    }
    for (key, entry) in language {
        let forms: Vec<_> = entry.forms.iter().map(|(category, _)| category.as_str()).collect();
        assert!(forms == [""] || forms.contains(&"other"), "{}: {key} has no form [other]", path.display());
    }
}

fn of<'a>(language: &'a Language, key: &str) -> &'a Entry {
    let found = language.iter().find(|(known, _)| known == key);
    found.map(|(_, entry)| entry).unwrap_or_else(|| panic!("a language has no text {key}"))
}

/// Another language has the same keys in the same sections, each with the same facts.
fn compare(name: &str, language: &Language, english: &Language) {
    for (key, entry) in english {
        let Some((_, other)) = language.iter().find(|(known, _)| known == key) else { panic!("words/{name}.ini has no text {key}") };
        let (mut own, mut wanted) = (facts(other), facts(entry));
        own.sort();
        wanted.sort();
        assert!(own == wanted, "words/{name}.ini: {key} has the facts {own:?}; in English they are {wanted:?}");
        assert!(other.section == entry.section, "words/{name}.ini: {key} stands in [{}]", SECTIONS[entry.section]);
    }
    for (key, _) in language {
        assert!(english.iter().any(|(known, _)| known == key), "words/{name}.ini: there is no text {key}");
    }
}

/// The facts of a text in the order of their first appearance; before them the one that chooses a form.
fn facts(entry: &Entry) -> Vec<String> {
    let mut found: Vec<String> = if entry.forms.len() > 1 || !entry.forms[0].0.is_empty() { vec![COUNT.to_owned()] } else { Vec::new() };
    for (_, text) in &entry.forms {
        for part in text.split('{').skip(1) {
            let name = part.split_once('}').unwrap_or_else(|| panic!("a fact has no end in: {text}")).0;
            if !found.iter().any(|known| known == name) {
                found.push(name.to_owned());
            }
        }
    }
    assert!(found.len() <= 8, "more than eight facts: {}", entry.forms[0].1);
    found
}

/// The line of a text in its table.
fn written(entry: &Entry, facts: &[String]) -> String {
    let form = |text: &str| {
        let marks = facts.iter().zip('a'..);
        marks.fold(text.to_owned(), |text, (fact, mark)| text.replace(&format!("{{{fact}}}"), &format!("\u{1}{mark}")))
    };
    // One form for every number needs no category.
    if let [(_, only)] = &entry.forms[..] {
        return form(only);
    }
    let forms = entry.forms.iter().map(|(category, text)| format!("{category} {}", form(text)));
    forms.collect::<Vec<_>>().join("\t")
}

fn index(english: &Language) -> String {
    let mut keys: Vec<(&str, usize)> = english.iter().enumerate().map(|(at, (key, _))| (key.as_str(), at)).collect();
    keys.sort_unstable();
    let facts: Vec<_> = english.iter().map(|(_, entry)| facts(entry)).collect();
    let facts: Vec<_> = facts.iter().map(|facts| format!("&{facts:?}")).collect();
    format!("pub(super) const KEYS: &[(&str, u16)] = &{keys:?};\npub(super) const FACTS: &[&[&str]] = &[{}];\n", facts.join(", "))
}
