//! Which passwords are good enough: NIST SP 800-63B, section 3.1.1.2. Length counts; rules of composition do not.
//!
//! What is easily guessed is told by [`zxcvbn`]: it knows the 30,000 passwords, 30,000 words and the names that are tried first, with the ways in which
//! people change them, and walks over the keyboard, dates, repetitions and sequences. It is told what is known of the user and of this place.

use super::demo_users;
use vigia_app::model::ApiError;
use vigia_app::sentence;
use vigia_app::words::Sentence;
use zxcvbn::{Score, zxcvbn};

/// Shortest and longest password, in characters. The longest is far beyond what anybody types; a limit keeps what is
/// hashed small.
const MIN: usize = 12;
const MAX: usize = 128;

/// Words of this place.
const OURS: [&str; 8] = ["vigia", "vault", "cofre", "senha", "contrasena", "audit", "auditoria", "admin"];

/// The passwords people choose when twelve characters are asked for, in lower case. Repeated short pieces (`aaaa...`,
/// `123412341234`) are found by [`is_repetition`].
const COMMON: &[&str] = &[
    "0123456789ab",
    "012345678910",
    "098765432109",
    "102030405060",
    "111222333444",
    "112233445566",
    "1234567890-=",
    "123456789012",
    "1234567890123",
    "123456789abc",
    "1234567890qwerty",
    "1q2w3e4r5t6y",
    "1q2w3e4r5t6y7u8i",
    "1qaz2wsx3edc",
    "1qaz2wsx3edc4rfv",
    "abc123456789",
    "abcdefghijkl",
    "abcdefghijklm",
    "adminadmin12",
    "administrador",
    "administrator",
    "administrator1",
    "asdfghjkl123",
    "basketball12",
    "changeme1234",
    "changemenow1",
    "contrasena123",
    "correcthorsebatterystaple",
    "iloveyou1234",
    "iloveyouforever",
    "letmein12345",
    "letmeinplease",
    "mypassword12",
    "mypassword123",
    "p@ssw0rd1234",
    "p@ssword1234",
    "passw0rd1234",
    "password1234",
    "password12345",
    "password123456",
    "password2024",
    "password2025",
    "password2026",
    "passwordpassword",
    "q1w2e3r4t5y6",
    "qazwsxedcrfv",
    "qwerty123456",
    "qwertyqwerty",
    "qwertyuiop12",
    "qwertyuiop123",
    "qwertyuiop[]",
    "qwertyuiopasdf",
    "senha1234567",
    "senha12345678",
    "senhasenha12",
    "supersecret1",
    "supersecret123",
    "trustno1trustno1",
    "vigiavigia12",
    "welcome12345",
    "welcome123456",
    "zaq12wsxcde3",
    "zxcvbnm12345",
];

/// Whether `password` may become the user's. `field` is the input an error is about.
pub(super) fn check_new(field: &str, password: &str, username: &str, name: &str) -> Result<(), ApiError> {
    let refuse = |why: Sentence| Err(ApiError::invalid(field, why));
    let length = password.chars().count();
    if length < MIN {
        return refuse(sentence!("password.short", count = length, least = MIN, most = MAX));
    }
    if length > MAX {
        return refuse(sentence!("password.long", count = length, least = MIN, most = MAX));
    }
    let plain = password.to_lowercase();
    if plain.replace(&username.to_lowercase(), "").chars().count() < MIN / 2 {
        return refuse(sentence!("password.name"));
    }
    let known = COMMON.contains(&plain.as_str()) || demo_users::USERS.iter().any(|user| user.password == plain);
    if known || is_repetition(&plain) || is_guessed(password, username, name) {
        return refuse(sentence!("password.common"));
    }
    Ok(())
}

/// Whether guessing finds it within 10^10 tries, which is what a thief of the database does in some days.
fn is_guessed(password: &str, username: &str, name: &str) -> bool {
    let host = rustix::system::uname();
    let host = host.nodename().to_string_lossy();
    let parts = |text: &str| text.split(|one: char| !one.is_alphanumeric()).map(str::to_lowercase).collect::<Vec<_>>();
    let known: Vec<String> =
        [username, name, &host].into_iter().flat_map(parts).chain(OURS.map(str::to_owned)).chain([username.to_lowercase()]).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).filter(|word| word.len() >= 3).collect();
    zxcvbn(password, &known).score() < Score::Four
}

/// Whether a piece of up to four characters is all there is.
fn is_repetition(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    (1..=4).any(|period| characters.iter().zip(characters.iter().skip(period)).all(|(one, next)| one == next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(password: &str) -> ApiError {
        let error = check_new("new", password, "ana.lima", "Ana Lima").expect_err("is refused");
        assert_eq!(error.field.as_deref(), Some("new"));
        error
    }

    #[test]
    fn length_is_all_a_good_password_needs() {
        for password in ["violet harbor 12", "correct-violet-harbor", "ação à beça, né?", &"ab cd ef gh".repeat(11)] {
            assert_eq!(check_new("new", password, "ana.lima", "Ana Lima"), Ok(()), "{password}");
        }
    }

    #[test]
    fn a_password_has_12_to_128_characters_not_bytes() {
        assert!(refused("violet12345").message.to_string().contains("has 11 characters"));
        assert!(refused("ãõçéíúàâêôü").message.to_string().contains("has 11 characters"));
        assert!(refused(&"violet ha".repeat(15)).message.to_string().contains("has 135 characters"));
        assert_eq!(check_new("new", &"violet h".repeat(16), "ana.lima", "Ana Lima"), Ok(()));
    }

    #[test]
    fn the_user_name_is_no_password() {
        for password in ["Ana.Lima2026", "ana.limaana.lima", "ana.lima1234"] {
            assert!(refused(password).message.to_string().contains("user name"), "{password}");
        }
    }

    #[test]
    fn what_everybody_tries_first_is_no_password() {
        for password in ["Password1234", "aaaaaaaaaaaaaaa", "123412341234", "admin-demo-2026", "QWERTYuiop12"] {
            assert!(refused(password).message.to_string().contains("guessing"), "{password}");
        }
    }

    #[test]
    fn what_is_made_of_what_everybody_knows_is_no_password() {
        for password in [
            "Password2027!",
            "Summer2026!!",
            "Welcome12345!",
            "liverpool1892",
            "manchesterunited",
            "christopher1",
            "michaeljackson",
            "Vigia2026Vigia",
            "P@ssw0rd2024!",
            "corinthians1910",
            "flamengo1981flamengo",
            "jkl;asdfjkl;asdf",
            "anaLima2026!",
            "limalimalima99",
            "Auditoria2026!",
        ] {
            assert!(
                refused(password).message.to_string().contains("guessing") || refused(password).message.to_string().contains("user name"),
                "{password}"
            );
        }
        for password in ["cobalt otter 41", "tKz-4fLq-92mw", "correct horse battery staple", "amber lighthouse 7"] {
            assert_eq!(check_new("new", password, "ana.lima", "Ana Lima"), Ok(()), "{password}");
        }
    }

    #[test]
    fn the_common_ones_are_written_so_that_they_are_found() {
        for password in COMMON {
            assert_eq!(*password, password.to_lowercase());
            assert!(password.chars().count() >= MIN, "{password} is refused for its length anyway");
        }
    }
}
