//! Lines of CSV, with quotes (RFC 4180) but without line breaks in them.

/// The fields of a line, or what is wrong with it.
pub(super) fn fields(line: &str) -> Result<Vec<String>, String> {
    if !line.contains('"') {
        return Ok(line.split(',').map(str::to_owned).collect());
    }
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        let Some(field) = fields.last_mut() else { break };
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            _ => field.push(character),
        }
    }
    if quoted { Err("a quote is not closed; a field may not go over several lines".into()) } else { Ok(fields) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_commas_and_quotes() {
        assert_eq!(fields(r#"a,"b,c","say ""so""",,"#).unwrap(), ["a", "b,c", r#"say "so""#, "", ""]);
        assert_eq!(fields("a,b").unwrap(), ["a", "b"]);
        assert!(fields("a,\"b").is_err());
    }
}
