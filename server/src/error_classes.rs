//! What kind of failure a message of a database, a directory or a vault speaks of: one table for what is imported and for what Vigia does
//! itself.

use vigia_app::model::ErrorClass;

/// Words of messages, in lower case. The order matters: the first that matches is the most dangerous to try again.
const CLASSES: [(ErrorClass, &[&str]); 8] = [
    (
        ErrorClass::AccountLocked,
        &["account is locked", "account locked", "locked out", "user is locked", "ora-28000", "data 775", "too many failed"],
    ),
    (
        ErrorClass::CredentialRejected,
        &[
            "password authentication failed",
            "authentication failed",
            "invalid credentials",
            "invalid password",
            "invalid token",
            "bad token",
            "invalid role or secret id",
            "invalid secret id",
            "invalid role_id",
            "login failed",
            "access denied for user",
            "28p01",
            "ora-01017",
            "unable to authenticate",
            "result code 49",
        ],
    ),
    (
        ErrorClass::PermissionDenied,
        &[
            "permission denied",
            "42501",
            "insufficient privilege",
            "insufficient access",
            "not authorized",
            "unauthorized",
            "accessdenied",
            "must be superuser",
            "ora-01031",
            "result code 50",
        ],
    ),
    (
        ErrorClass::PolicyRejected,
        &[
            "does not satisfy the current policy",
            "password does not meet",
            "password is too",
            "fails quality",
            "password in history",
            "ora-28003",
            "result code 19",
        ],
    ),
    (
        ErrorClass::NotFound,
        &[
            "unknown role",
            "no static role found",
            "failed to find entry for connection",
            "no handler for route",
            "42704",
            "3d000",
            "no such object",
            "result code 32",
            "no such user",
        ],
    ),
    (
        ErrorClass::Inconclusive,
        &["deadline exceeded", "context canceled", "unexpected eof", "connection reset", "broken pipe", "timed out", "i/o timeout"],
    ),
    (
        ErrorClass::Unavailable,
        &[
            "is sealed",
            "too many connections",
            "too many clients",
            "53300",
            "57p03",
            "the database system is",
            "rate limit",
            "quota exceeded",
        ],
    ),
    (
        ErrorClass::Connectivity,
        &[
            "connection refused",
            "no such host",
            "no route to host",
            "network is unreachable",
            "dial tcp",
            "failed to connect",
            "connection timed out",
            "error verifying connection",
            "tls:",
            "x509:",
        ],
    ),
];

/// The class a message of a failure speaks of.
pub fn of_message(message: &str) -> ErrorClass {
    let message = message.to_lowercase();
    // A connection that never came to be changed nothing, however it failed.
    if message.contains("dial tcp") {
        return ErrorClass::Connectivity;
    }
    let found = CLASSES.iter().find(|(_, patterns)| patterns.iter().any(|pattern| message.contains(pattern)));
    found.map_or(ErrorClass::Other, |(class, _)| *class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_tells_the_class_of_its_error() {
        for (message, class) in [
            ("failed to execute query: ERROR: permission denied (SQLSTATE 42501)", ErrorClass::PermissionDenied),
            ("ldap: LDAP Result Code 49 \"Invalid Credentials\": data 775", ErrorClass::AccountLocked),
            ("pq: password authentication failed for user \"root\"", ErrorClass::CredentialRejected),
            (
                "error verifying connection: failed to connect to `user=mgr database=postgres`: failed SASL auth: FATAL: password \
                 authentication failed for user \"mgr\" (SQLSTATE 28P01)",
                ErrorClass::CredentialRejected,
            ),
            ("dial tcp 10.0.0.9:5432: i/o timeout", ErrorClass::Connectivity),
            ("dial tcp: lookup db: no such host", ErrorClass::Connectivity),
            ("read tcp 10.0.0.9:5432: i/o timeout", ErrorClass::Inconclusive),
            ("context deadline exceeded", ErrorClass::Inconclusive),
            ("FATAL: sorry, too many clients already (SQLSTATE 53300)", ErrorClass::Unavailable),
            ("no static role found for role name", ErrorClass::NotFound),
            ("ERROR: role \"gone\" does not exist (SQLSTATE 42704)", ErrorClass::NotFound),
            ("ERROR 1045 (28000): Access denied for user 'vigia'@'localhost'", ErrorClass::CredentialRejected),
            ("Vault is sealed", ErrorClass::Unavailable),
            ("something else", ErrorClass::Other),
        ] {
            assert_eq!(of_message(message), class, "{message}");
        }
    }
}
