use super::text::KEYS;
use super::{LANGUAGES, Sentence, Words, any_of, choose, here, in_language};
use crate::model::Kind;
use crate::reports::ALL;
use crate::story::TIMELINE;
use crate::{say, sentence, text};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// English with a mark around every text; a text's facts and forms stay what they are.
fn marked() -> &'static Words {
    let mark = |text: &str| {
        let form = |form: &str| match form.split_once(' ') {
            Some((category, form)) if text.contains('\t') => format!("{category} \u{ab}{form}\u{bb}"),
            _ => format!("\u{ab}{form}\u{bb}"),
        };
        &*text.split('\t').map(form).collect::<Vec<_>>().join("\t").leak()
    };
    let texts: Vec<&'static str> = LANGUAGES[0].texts().iter().map(|text| mark(text)).collect();
    Box::leak(Box::new(Words::new("en-XA", texts.leak())))
}

#[test]
fn a_number_chooses_the_form_and_facts_stand_in_their_places() {
    assert_eq!(say!("summary.rows", count = 1_i64), "1 row");
    assert_eq!(say!("summary.rows", count = 0_i64), "0 rows");
    assert_eq!(say!("span.in", span = say!("span.days", count = 2_i64)), "in 2 days");
    assert_eq!(say!("retry"), "Retry");
    let error = sentence!("query.limit", value = "\"0\"", most = 500_u16);
    assert_eq!(error.to_string(), "\"0\" is not a page size. Use a number from 1 to 500.");
    assert_eq!(any_of(["a", "b", "c"]).to_string(), "a or b or c");
}

#[test]
fn the_form_is_the_one_of_the_language() {
    let texts = Vec::from(LANGUAGES[0].texts());
    let of = |language: &'static str, forms: &'static str| {
        let mut texts = texts.clone();
        texts[text_of("summary.rows")] = forms;
        Words::new(language, texts.leak())
    };
    let polish = of("pl", "one \u{1}a wiersz\tfew \u{1}a wiersze\tmany \u{1}a wierszy\tother \u{1}a wiersza");
    let brazilian = of("pt-BR", "one \u{1}a linha\tother \u{1}a linhas");
    let rows = |words: &Words, count: i64| {
        let Sentence::Of(text, facts) = sentence!("summary.rows", count = count) else { unreachable!("it has facts") };
        words.say(text, &facts)
    };
    assert_eq!([1, 3, 5, 22].map(|count| rows(&polish, count)), ["1 wiersz", "3 wiersze", "5 wierszy", "22 wiersze"]);
    assert_eq!([0, 1, 2, 1_000_000].map(|count| rows(&brazilian, count)), ["0 linha", "1 linha", "2 linhas", "1000000 linhas"]);
}

fn text_of(key: &str) -> usize {
    KEYS.iter().find(|(known, _)| *known == key).map(|(_, place)| usize::from(*place)).expect("a key")
}

#[test]
fn what_is_said_is_in_the_language_of_whoever_reads() {
    let words = marked();
    let error = sentence!("operation.would-lock", class = text!("choice.error-class.Account locked"));
    assert_eq!(here().language, "en");
    let told = in_language(words, async { (say!("retry"), error.said().into_owned(), error.to_string()) });
    let mut context = Context::from_waker(Waker::noop());
    let Poll::Ready(said) = pin!(told).poll(&mut context) else { unreachable!("nothing is waited for") };
    assert_eq!(said.0, "\u{ab}Retry\u{bb}");
    assert!(said.1.starts_with("\u{ab}The last attempt failed with \u{ab}Account locked\u{bb}:"), "{}", said.1);
    assert!(said.2.starts_with("The last attempt failed with Account locked:"), "what is kept is English: {}", said.2);
    assert_eq!(here().language, "en", "and afterwards it is English again");
}

#[test]
fn a_reader_gets_the_language_they_named_first() {
    static SEVERAL: [Words; 3] = [Words::new("en", &[]), Words::new("pt-BR", &[]), Words::new("es", &[])];
    for (accepted, language) in [
        ("", "en"),
        ("de", "en"),
        ("pt-BR,pt;q=0.9,en;q=0.8", "pt-BR"),
        ("pt-PT", "pt-BR"),
        ("de-DE, es-MX;q=0.7, en;q=0.3", "es"),
        ("en;q=0.3, es;q=0.7", "es"),
        ("es;q=0, en-US", "en"),
        ("*", "en"),
        (";;q=x,,", "en"),
    ] {
        assert_eq!(choose(accepted, &SEVERAL).language, language, "{accepted:?}");
    }
}

#[test]
fn no_fact_and_no_form_is_left_over() {
    for words in &LANGUAGES {
        for (key, place) in KEYS {
            let text = words.texts()[usize::from(*place)];
            assert!(!text.contains(['{', '}']) || key.starts_with("connector.none"), "{}: {key}: {text}", words.language);
            let forms = text.split('\t').filter(|_| text.contains('\t'));
            assert!(forms.clone().all(|form| form.contains(' ')), "{}: {key}: {text}", words.language);
        }
    }
}

/// Every source file of page and server.
fn sources(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            sources(&entry, found);
        } else if entry.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&entry).expect("a source file");
            found.push((entry, text));
        }
    }
}

#[test]
fn every_text_is_said_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    sources(&root.join("src"), &mut all);
    sources(&root.join("../server/src"), &mut all);
    let said: BTreeSet<&str> = all.iter().flat_map(|(_, text)| text.split('"')).collect();
    let unsaid: Vec<_> = KEYS.iter().map(|(key, _)| *key).filter(|key| !said.contains(key) && !is_declared(key)).collect();
    assert_eq!(unsaid, [""; 0], "nothing says these");
}

/// Whether a declaration of a report has a text of this key by its name.
fn is_declared(key: &str) -> bool {
    let kind = key.split('.').next();
    let reports = || ALL.into_iter().chain([&TIMELINE]);
    let columns = || reports().flat_map(|report| report.columns);
    match kind {
        Some("choice") => columns().any(|column| match column.kind {
            Kind::Choice { values, .. } => values.iter().any(|choice| key_of(choice.label) == Some(key)),
            _ => false,
        }),
        Some("report") => reports().any(|report| {
            let words = &report.words;
            let own = [words.title, words.purpose, words.headline.text, words.card.text, report.about.what.text];
            let views = report.views.iter().flat_map(|view| [view.name, view.help]);
            let columns = report.columns.iter().flat_map(|column| [column.label, column.help]);
            own.into_iter().chain(views).chain(columns).any(|text| key_of(text) == Some(key))
        }),
        _ => false,
    }
}

fn key_of(text: super::Text) -> Option<&'static str> {
    KEYS.iter().find(|(_, place)| usize::from(*place) == text.place()).map(|(key, _)| *key)
}

/// What stands between quotes in a line of code, and what stands before it.
fn literals(line: &str) -> Vec<(&str, &str)> {
    let quotes: Vec<usize> = line.match_indices('"').filter(|(at, _)| !line[..*at].ends_with('\\')).map(|(at, _)| at).collect();
    quotes.chunks_exact(2).map(|pair| (&line[..pair[0]], &line[pair[0] + 1..pair[1]])).collect()
}

/// The code of a file, without its tests and comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().map(str::trim).filter(|line| !line.starts_with("//") && !line.starts_with("#["))
}

#[test]
fn the_page_says_nothing_that_is_not_among_the_words() {
    // Names of keys, values as they are kept, and names that are the same everywhere.
    const KNOWN: [&str; 18] = [
        "Escape",
        "Enter",
        "Home",
        "End",
        "ArrowUp",
        "ArrowDown",
        "ArrowLeft",
        "ArrowRight",
        "Success",
        "Error",
        "Running",
        "Unknown",
        "Attempt ",
        "Vigia",
        "API",
        "UTC",
        "vigia import --format openbao audit.log",
        "segura-production",
    ];
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src.join("pages"), &mut files);
    sources(&src.join("components"), &mut files);
    let mut found = Vec::new();
    for (path, text) in &files {
        for line in code(text) {
            for (before, literal) in literals(line) {
                let starts = |of: &dyn Fn(char) -> bool, at: usize| literal.chars().nth(at).is_some_and(of);
                let label = starts(&|first| first.is_ascii_uppercase(), 0) && starts(&|next| next.is_ascii_lowercase() || next == ' ', 1);
                let child = before.is_empty() || before.ends_with(['>', '}']) && !before.ends_with("=>");
                let attribute = ["aria-label=", "title=", "placeholder=", "label=", "question="].iter().any(|name| before.ends_with(name));
                let word = literal.chars().filter(char::is_ascii_alphabetic).count() > 1;
                let shown = label || (child && literal.contains(' ') && word) || (attribute && word);
                if shown && !KNOWN.contains(&literal) && !before.ends_with("!(") {
                    found.push(format!("{}: {literal:?}", path.display()));
                }
            }
        }
    }
    assert_eq!(found, [""; 0], "these belong into words/en.ini");
}

#[test]
fn the_document_says_what_is_among_the_words() {
    let document = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("index.html")).expect("the document of the page");
    let english = |key| LANGUAGES[0].texts()[text_of(key)];
    assert!(document.contains(&format!("<p>{}</p>", english("document.loading"))), "what it says while the page is loaded");
    let without = english("document.no-script").replace("\u{1}a", "<a href=\"/api/docs\">/api/docs</a>");
    assert!(document.contains(&format!("<noscript><p>{without}</p></noscript>")), "what it says where no script runs");
}

#[test]
fn a_text_stands_in_the_section_of_where_it_is_said() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = fs::read_to_string(root.join("words/en.ini")).expect("the English words");
    let section = |name: &str| -> BTreeSet<String> {
        let from = file.split(&format!("\n[{name}]\n")).nth(1).expect("a section");
        let lines = from.lines().take_while(|line| !line.starts_with('['));
        lines.filter_map(|line| Some(line.split_once(" = ")?.0.split('[').next()?.to_owned())).collect()
    };
    let (late, server) = (section("late"), section("server"));
    // What is loaded after the first row, in whole or in part; what models and the API say, they say wherever they are used.
    const LATE: [&str; 30] = [
        "pages/account.rs",
        "pages/admin/",
        "pages/behavior/",
        "pages/exposure/",
        "pages/new_operation.rs",
        "pages/saved_view.rs",
        "report/links.rs",
        "pages/story/",
        "pages/reviews/",
        "report/acting/",
        "report/backup/",
        "report/details/",
        "report/export/",
        "report/live.rs",
        "report/filters/editor.rs",
        "report/filters/condition.rs",
        "report/filters/range.rs",
        "report/columns.rs",
        "report/failures.rs",
        "pages/sign_in.rs",
        "report/review.rs",
        "report/standing.rs",
        "report/story.rs",
        "report/status.rs",
        "report/views/",
        "src/behavior/",
        "src/model/",
        "src/story/",
        "src/views.rs",
        "src/words/",
    ];
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    for (path, text) in &files {
        let path = path.display().to_string();
        let said =
            |(before, literal): (_, _)| -> Option<&str> { Some(literal).filter(|_| str::is_empty(before) || before.ends_with("!(")) };
        for literal in code(text).flat_map(literals).filter_map(said) {
            let early = !LATE.iter().any(|place| path.contains(place));
            assert!(!(early && late.contains(literal)), "{path}: {literal} may not be there yet; it stands in [late]");
            let page = path.contains("src/pages/") || path.contains("src/components/") || path.contains("src/browser/");
            assert!(!(page && server.contains(literal)), "{path}: {literal} is never there; it stands in [server]");
        }
    }
}
