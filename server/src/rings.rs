//! Holds the modules of server and page against circles: of modules that stand side by side, none may use another that uses it in turn, straight
//! or over others.
//!
//! A module counts with all that is in it, and uses what its paths lead to, also by a name that a module on the way hands on. Not counted are a
//! module and its own parent, which are one thing in several files, and what only tests use.

use crate::layers::files;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

/// Where a module or something in it is, from the root on.
type ModulePath = Vec<String>;

/// What a module's text says of others.
#[derive(Default)]
struct Module {
    /// What `use` brings in: the name it has here, and where it is.
    names: HashMap<String, ModulePath>,
    /// All that is named in it.
    used: Vec<ModulePath>,
}

/// Every module of a crate; text by place.
struct Modules(BTreeMap<ModulePath, Module>);

impl Modules {
    fn read(texts: BTreeMap<ModulePath, String>) -> Self {
        let places: BTreeSet<ModulePath> = texts.keys().cloned().collect();
        let read = |(at, text): (ModulePath, String)| {
            let module = Module::read(&at, &text, &places);
            (at, module)
        };
        Self(texts.into_iter().map(read).collect())
    }

    /// The module that something is in, behind all names that only hand it on.
    fn home(&self, place: &ModulePath, hops: usize) -> ModulePath {
        let depth = (0..=place.len()).rev().find(|depth| self.0.contains_key(&place[..*depth])).unwrap_or(0);
        let module = place[..depth].to_vec();
        let handed_on = place.get(depth).and_then(|name| self.0.get(&module)?.names.get(name));
        match handed_on {
            Some(further) if hops > 0 => self.home(&further.iter().chain(&place[depth + 1..]).cloned().collect(), hops - 1),
            _ => module,
        }
    }

    /// Which modules use which beside them, by their parent, each with a file that does.
    fn uses(&self) -> BTreeMap<ModulePath, BTreeMap<(String, String), String>> {
        let mut uses: BTreeMap<ModulePath, BTreeMap<_, _>> = BTreeMap::new();
        for (at, module) in &self.0 {
            for home in module.used.iter().map(|used| self.home(used, 8)) {
                let common = at.iter().zip(&home).take_while(|(one, other)| one == other).count();
                if let (Some(one), Some(other)) = (at.get(common), home.get(common)) {
                    uses.entry(at[..common].to_vec()).or_default().insert((one.clone(), other.clone()), at.join("/"));
                }
            }
        }
        uses
    }

    /// What every circle consists of, in words.
    fn circles(&self) -> Vec<String> {
        let mut circles = Vec::new();
        for (parent, mut uses) in self.uses() {
            loop {
                let (using, used): (BTreeSet<String>, BTreeSet<String>) = uses.keys().cloned().unzip();
                let before = uses.len();
                // What uses nothing is in no circle, nor is what nothing uses.
                uses.retain(|(one, other), _| using.contains(other) && used.contains(one));
                if uses.len() == before {
                    break;
                }
            }
            circles.extend(uses.into_iter().map(|((one, other), file)| format!("{}: {one} uses {other}, in {file}", parent.join("/"))));
        }
        circles
    }
}

impl Module {
    fn read(at: &ModulePath, text: &str, places: &BTreeSet<ModulePath>) -> Self {
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let code: String = text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
        let mut module = Self::default();
        for statement in code.split(';') {
            // What stands before the word are visibility, attributes, or the end of something else.
            let (code, tree) = match statement.rsplit_once("use ") {
                Some((before, tree)) if !tree.contains(['(', '=']) => (before, tree),
                _ => (statement, ""),
            };
            let mut leaves = Vec::new();
            unfold(&[], tree, &mut leaves);
            for (path, name) in leaves {
                if let Some(place) = whole(at, &path, places) {
                    module.names.insert(name, place.clone());
                    module.used.push(place);
                }
            }
            let paths =
                code.split(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != ':').filter(|word| word.contains("::"));
            let split = |word: &str| word.split("::").map(str::to_owned).collect::<ModulePath>();
            module.used.extend(paths.filter_map(|word| whole(at, &split(word), places)));
        }
        module
    }
}

/// The leaves of the tree behind a `use`: the path of each, and its name here.
fn unfold(before: &[String], tree: &str, leaves: &mut Vec<(ModulePath, String)>) {
    let (path, group) = tree.split_once('{').map_or((tree, None), |(path, rest)| (path, rest.rsplit_once('}').map(|(group, _)| group)));
    let (path, renamed) = path.split_once(" as ").map_or((path, None), |(path, name)| (path, Some(name.trim().to_owned())));
    let mut place = before.to_vec();
    place.extend(path.split("::").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()));
    let Some(group) = group else {
        place.pop_if(|last| last == "self");
        if let Some(name) = renamed.or_else(|| place.last().cloned()) {
            leaves.push((place, name));
        }
        return;
    };
    let (mut depth, mut start) = (0, 0);
    for (at, letter) in group.char_indices().chain([(group.len(), ',')]) {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                unfold(&place, &group[start..at], leaves);
                start = at + 1;
            }
            _ => {}
        }
    }
}

/// A path of a module from the root on; `None` for one that leads out of the crate, or begins with a name that a `use` brought in.
fn whole(at: &ModulePath, path: &[String], places: &BTreeSet<ModulePath>) -> Option<ModulePath> {
    let ups = path.iter().take_while(|part| *part == "super").count();
    let inside = |first: &String| places.contains(&at.iter().chain([first]).cloned().collect::<ModulePath>());
    match path.first().map(String::as_str) {
        Some("crate") => Some(path[1..].to_vec()),
        Some("self") => Some(at.iter().chain(&path[1..]).cloned().collect()),
        Some("super") => Some(at.iter().take(at.len().saturating_sub(ups)).chain(&path[ups..]).cloned().collect()),
        Some(_) if inside(&path[0]) => Some(at.iter().chain(path).cloned().collect()),
        _ => None,
    }
}

/// The place of a file's module below the root; `None` for tests.
fn place(below: &Path) -> Option<ModulePath> {
    let mut place: ModulePath = below.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if place.iter().any(|part| part == "tests" || part.ends_with("_tests")) {
        return None;
    }
    place.pop_if(|last| last == "mod" || last == "lib");
    Some(place)
}

#[test]
fn circles_are_found_through_names_that_are_handed_on() {
    let circles = |c: &str| {
        let texts = [
            ("", "mod a;"),
            ("a", "mod b;\nmod c;\n#[path = \"d.rs\"]\nmod d;\npub use b::{self, deep::Thing as B};"),
            ("a/b", "mod deep;\nuse std::io;"),
            ("a/b/deep", "use crate::{a::{c::C, d}, x};\nfn f() { d::g() }"),
            ("a/c", c),
            ("a/d", "// super::b::x is only spoken of"),
        ];
        let place = |path: &str| path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        Modules::read(texts.into_iter().map(|(path, text)| (place(path), text.to_owned())).collect()).circles()
    };
    assert!(circles("use super::d;").is_empty());
    for c in ["use super::B;", "fn f() {\n    super::b::deep::g();\n}", "#[cfg(test)]\nmod e {}\nuse super::{\n    d,\n    b as other,\n};"]
    {
        assert_eq!(circles(c), ["a: b uses c, in a/b/deep", "a: c uses b, in a/c"], "{c}");
    }
    assert!(circles("#[cfg(test)]\nmod tests {\n    use super::super::B;\n}").is_empty());
}

/// Every module below a folder.
fn modules(source: &Path) -> Modules {
    let (mut all, mut texts): (Vec<PathBuf>, _) = (Vec::new(), BTreeMap::new());
    files(source, &mut all);
    for path in all {
        if let Some(place) = place(path.strip_prefix(source).expect("below")) {
            texts.insert(place, fs::read_to_string(&path).expect("text"));
        }
    }
    Modules::read(texts)
}

#[test]
fn no_modules_go_round_in_circles() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (source, least_modules, least_uses) in [("src", 200, 500), ("../app/src", 100, 150)] {
        let modules = modules(&here.join(source));
        let uses: usize = modules.uses().values().map(BTreeMap::len).sum();
        assert!(modules.0.len() > least_modules && uses > least_uses, "these are all modules of {source}");
        let circles = modules.circles();
        assert!(circles.is_empty(), "{source}: {circles:#?}");
    }
}
