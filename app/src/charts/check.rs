//! What holds for every picture: it is well-formed, and has nothing that the page's policy forbids. Only for tests.

/// Panics with a sentence when an SVG is not one that the page could show.
pub fn sound(svg: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = svg.trim_end();
    while let Some(at) = rest.find('<') {
        plain(&rest[..at]);
        let end = at + rest[at..].find('>').expect("each tag ends");
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "tags close in the order in which they opened");
            assert!(!open.is_empty() || rest.is_empty(), "one element holds all");
            continue;
        }
        let (body, closed) = tag.strip_suffix('/').map_or((tag, false), |body| (body, true));
        let (name, attributes) = body.split_once(' ').unwrap_or((body, ""));
        assert!(["svg", "g", "path", "text", "defs", "pattern", "rect", "title"].contains(&name), "<{name}> is not expected");
        let parts: Vec<&str> = attributes.split('"').collect();
        assert_eq!(parts.len() % 2, 1, "each attribute is in quotes: {attributes}");
        for pair in parts.chunks_exact(2) {
            let name = pair[0].trim().strip_suffix('=').expect("name=value");
            assert!(name != "style" && !name.starts_with("on"), "{name} is against the policy");
            assert!(name.chars().all(|character| character.is_ascii_alphanumeric() || character == '-'), "{name}");
            plain(pair[1]);
        }
        if !closed {
            open.push(name);
        }
    }
    assert!(open.is_empty() && rest.is_empty(), "all is closed");
    assert!(!svg.contains("NaN") && !svg.contains("inf\""), "all numbers are numbers");
    assert_eq!(svg.matches(" id=\"").count(), svg.matches("<pattern").count(), "only hatching has an id");
}

fn plain(text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        rest = &rest[at + 1..];
        assert!(["amp;", "lt;", "gt;", "quot;", "#39;"].iter().any(|entity| rest.starts_with(entity)), "&{rest} is no entity");
    }
    assert!(
        text.chars().all(|character| character >= ' '
            && !matches!(character, '\u{7f}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')),
        "{text:?} hides something"
    );
}

/// The points of the paths of a class, in pixels: where each piece starts and where each of its lines ends.
pub fn points(svg: &str, class: &str) -> Vec<Vec<(f64, f64)>> {
    let mark = format!("<path class=\"{class}\" ");
    let paths =
        svg.split(mark.as_str()).skip(1).map(|rest| rest.split("d=\"").nth(1).and_then(|d| d.split('"').next()).expect("a path has lines"));
    paths.flat_map(|d| d.split('M').skip(1)).map(piece).collect()
}

fn piece(d: &str) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    let mut at = (0.0, 0.0);
    let commands: Vec<usize> =
        [0].into_iter().chain(d.match_indices(|character: char| character.is_ascii_alphabetic()).map(|(at, _)| at)).collect();
    for (index, start) in commands.iter().enumerate() {
        let text = &d[*start..commands.get(index + 1).copied().unwrap_or(d.len())];
        let numbers: Vec<f64> = text
            .trim_start_matches(|character: char| character.is_ascii_alphabetic())
            .replace('-', " -")
            .split_whitespace()
            .map(|number| number.parse().expect("a number"))
            .collect();
        match text.chars().next() {
            Some('h') => at.0 += numbers[0],
            Some('v') => at.1 += numbers[0],
            Some('l') => at = (at.0 + numbers[0], at.1 + numbers[1]),
            Some('a') => at = (at.0 + numbers[5], at.1 + numbers[6]),
            Some('z') | None => continue,
            _ => at = (numbers[0], numbers[1]),
        }
        points.push(at);
    }
    points
}

/// The texts of a picture: where each stands, at what anchor, and what it says.
pub fn texts(svg: &str) -> Vec<(f64, f64, String, String)> {
    let attribute =
        |tag: &str, name: &str| tag.split(&format!(" {name}=\"")).nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned);
    svg.split("<text")
        .skip(1)
        .map(|rest| {
            let (tag, rest) = rest.split_once('>').expect("a tag ends");
            let said = rest.split("</text>").next().unwrap_or_default();
            let said = said.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
            let number = |name| attribute(tag, name).and_then(|number| number.parse().ok()).expect("texts have a place");
            (number("x"), number("y"), attribute(tag, "text-anchor").unwrap_or_default(), said)
        })
        .collect()
}
