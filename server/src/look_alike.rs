//! Names that the eye takes for each other.

use unicode_normalization::UnicodeNormalization as _;

/// A colon, or what looks like one.
pub fn is_colon(one: char) -> bool {
    matches!(one, ':' | '\u{2d0}' | '\u{589}' | '\u{5c3}' | '\u{2236}' | '\u{205a}' | '\u{a789}' | '\u{fe13}' | '\u{fe55}' | '\u{ff1a}')
}

/// A name as the eye takes it: two that come to the same are easily mistaken for each other. Case does not count, nor which of `. _ -` it is;
/// `0` is `o`, `1` and `i` are `l`, `rn` is `m` and `vv` is `w`.
pub fn look(name: &str) -> String {
    let plain: String = name.nfkc().filter(|one| !one.is_whitespace() && !one.is_control()).flat_map(char::to_lowercase).collect();
    let alike = |one| match one {
        '0' => 'o',
        '1' | 'i' | '|' => 'l',
        '_' | '-' => '.',
        one if is_colon(one) => ':',
        one => one,
    };
    plain.chars().map(alike).collect::<String>().replace("rn", "m").replace("vv", "w")
}

#[cfg(test)]
mod tests {
    use super::look;

    #[test]
    fn names_that_look_alike_come_to_the_same() {
        for (one, other) in
            [("ana.lima", "ANA_LIMA"), ("bill", "b1ll"), ("bill", "bi1l"), ("root", "r00t"), ("marnie", "mamie"), ("wanda", "vvanda")]
        {
            assert_eq!(look(one), look(other), "{one} {other}");
        }
        assert_ne!(look("ana"), look("anna"));
        assert_eq!(look("token\u{ff1a}x"), look("TOKEN: x"));
    }
}
