//! Errors as OpenBao and HashiCorp Vault write them.

/// Takes the lists out that OpenBao nests its errors in: `1 error occurred:\n\t* permission denied\n\n` is `permission denied`.
pub fn flatten(error: &str) -> String {
    let mut flat = String::new();
    for line in error.lines() {
        let line = line.trim();
        let line = line.strip_prefix("* ").unwrap_or(line);
        let line = without_count(line).trim_end();
        if line.is_empty() {
            continue;
        }
        if !flat.is_empty() {
            flat.push_str(if flat.ends_with(':') { " " } else { "; " });
        }
        flat.push_str(line);
    }
    flat
}

/// Without a final `2 errors occurred:`.
fn without_count(line: &str) -> &str {
    let Some(start) = line.strip_suffix(" occurred:").and_then(|line| line.strip_suffix("errors").or_else(|| line.strip_suffix("error")))
    else {
        return line;
    };
    let start = start.trim_end();
    let text = start.trim_end_matches(|c: char| c.is_ascii_digit());
    if text.len() < start.len() { text } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_errors_become_one_sentence() {
        assert_eq!(flatten("1 error occurred:\n\t* permission denied\n\n"), "permission denied");
        assert_eq!(flatten("2 errors occurred:\n\t* a\n\t* b\n\n"), "a; b");
        assert_eq!(flatten("x: 1 error occurred:\n\t* y: ERROR: no (SQLSTATE 1)\n\n\n\n"), "x: y: ERROR: no (SQLSTATE 1)");
        assert_eq!(flatten("invalid credentials"), "invalid credentials");
    }
}
