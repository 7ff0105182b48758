//! Hashes of passwords: who has one may find the password.

/// How they begin as systems keep them (crypt(3), LDAP).
pub(super) const HASHES: [&str; 14] =
    ["$1$", "$5$", "$6$", "$y$", "$2a$", "$2b$", "$2y$", "$apr1$", "$argon2id$", "$argon2i$", "$pbkdf2", "{SSHA}", "{SSHA512}", "{SHA}"];
/// Shortest of them, in bytes.
const SHORTEST_HASH: usize = 20;

/// The hash that stands here, if one does.
pub(super) fn known(text: &str, start: usize) -> Option<(usize, usize)> {
    HASHES.iter().any(|hash| text[start..].starts_with(hash)).then(|| hash(text, start))?
}

/// The hash that begins here, as [`HASHES`] do.
pub(super) fn hash(text: &str, start: usize) -> Option<(usize, usize)> {
    let length = text.as_bytes()[start..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"$./+={}_,-".contains(byte)).count();
    (length >= SHORTEST_HASH).then_some((start, start + length))
}

/// The hash of no password of a LAN Manager, with which lines of dumped accounts begin: the other hash is behind it.
pub(super) const NO_LANMAN: &str = "aad3b435b51404eeaad3b435b51404ee:";

/// The hash behind [`NO_LANMAN`], which ends at `end`.
pub(super) fn windows_hash(text: &str, end: usize) -> Option<(usize, usize)> {
    let length = text.as_bytes()[end..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    (length == 32).then_some((end, end + length))
}
