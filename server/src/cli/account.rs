//! Who runs the program, as far as the system and the environment tell.

use crate::identity::Actor;
use std::ffi::OsString;
use std::fs;

/// The system's list of users.
const USERS: &str = "/etc/passwd";
/// So much of a name that the environment tells is repeated, in characters.
const LONGEST: usize = 64;

/// Whoever runs the program, for the trail. The number is the one the system knows the process by, and the name the system's for that number:
/// nobody says either of themselves. Whom sudo was asked by, the environment says, and whoever set it may have written anything there: it stands
/// beside, as what it is.
pub(super) fn actor(environment: &[(OsString, OsString)]) -> Actor {
    let number = rustix::process::getuid().as_raw();
    told(number, &fs::read_to_string(USERS).unwrap_or_default(), environment)
}

/// `users` is the text of the system's list of users.
fn told(number: u32, users: &str, environment: &[(OsString, OsString)]) -> Actor {
    let value = |wanted: &str| {
        let text = environment.iter().find(|(name, _)| name == wanted)?.1.to_string_lossy();
        let plain: String = text.chars().filter(|one| one.is_alphanumeric() || "._@-\\$+".contains(*one)).take(LONGEST).collect();
        (!plain.is_empty()).then_some(plain)
    };
    let name = name_of(number, users);
    let mut user = match &name {
        Some(name) => format!("os user {name} (uid {number})"),
        // A directory may know it; the program asks no network who somebody is.
        None => format!("os user uid {number}{}", value("USER").map_or_else(String::new, |name| format!(", {name} as USER says"))),
    };
    if let Some(before) = value("SUDO_USER") {
        let number = value("SUDO_UID").map_or_else(String::new, |number| format!(" (uid {number})"));
        user.push_str(&format!(", for {before}{number} as SUDO_USER says"));
    }
    Actor { user, ..Actor::command_line(&name.unwrap_or_else(|| format!("uid {number}"))) }
}

/// The name of a number, by a list as `/etc/passwd` is one.
fn name_of(number: u32, users: &str) -> Option<String> {
    let number = number.to_string();
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _, id) = (fields.next()?, fields.next()?, fields.next()?);
        (id == number && !name.is_empty()).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "root:x:0:0:root:/root:/bin/sh\n# a note\nbroken\nmaria:x:1001:1001::/home/maria:/bin/sh\n";

    #[track_caller]
    fn is(number: u32, environment: &[(&str, &str)], username: &str, user: &str) {
        let environment: Vec<_> = environment.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect();
        let actor = told(number, LIST, &environment);
        assert_eq!((actor.username.as_str(), actor.user.as_str(), actor.origin), (username, user, "Command line"));
    }

    #[test]
    fn the_system_says_who_it_is_whatever_the_environment_says() {
        is(1001, &[], "maria", "os user maria (uid 1001)");
        is(1001, &[("USER", "root"), ("LOGNAME", "root"), ("USERNAME", "root")], "maria", "os user maria (uid 1001)");
    }

    #[test]
    fn whom_sudo_was_asked_by_stands_beside_it() {
        let sudo = [("USER", "root"), ("SUDO_USER", "maria"), ("SUDO_UID", "1001")];
        is(0, &sudo, "root", "os user root (uid 0), for maria (uid 1001) as SUDO_USER says");
        // Somebody who only says so.
        is(1001, &[("SUDO_USER", "root")], "maria", "os user maria (uid 1001), for root as SUDO_USER says");
        is(0, &[("SUDO_USER", "a\u{202e}b\u{1b}[31m) (c")], "root", "os user root (uid 0), for ab31mc as SUDO_USER says");
    }

    #[test]
    fn a_number_that_the_list_does_not_have_is_told_as_one() {
        is(70_000, &[("USER", "ana")], "uid 70000", "os user uid 70000, ana as USER says");
        is(70_000, &[], "uid 70000", "os user uid 70000");
    }
}
