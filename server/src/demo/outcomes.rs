//! How operations end, in the system's words.

/// Error classes.
pub(super) const CONNECTIVITY: &str = "Connectivity";
pub(super) const REJECTED: &str = "Credential rejected";
pub(super) const LOCKED: &str = "Account locked";
pub(super) const DENIED: &str = "Permission denied";
pub(super) const INCONCLUSIVE: &str = "Inconclusive";

const CONNECTIVITY_TEXTS: &[&str] = &[
    "connect to {endpoint}: timed out after 30 s",
    "connect to {endpoint}: no route to host",
    "connect to {endpoint}: connection refused",
    "{endpoint} closed the connection before the sign-in was complete",
];
const REJECTED_TEXTS: &[&str] = &[
    "{device} refused the sign-in of {username}: the password kept is not the one on the device. Reconcile it.",
    "{endpoint}: authentication failed for user \"{username}\"",
];
const LOCKED_TEXTS: &[&str] = &[
    "The account {username} is locked on {device}. Unlock it there, then restart the operation.",
    "{device}: {username} is locked after {n} failed sign-ins",
];
const DENIED_TEXTS: &[&str] = &[
    "The reconciliation account may not change the password of {username} on {device}: insufficient privileges",
    "{device}: the new password does not meet the password policy of {group}",
];
const INCONCLUSIVE_TEXTS: &[&str] =
    &["{endpoint} closed the connection after the new password was sent. Whether it took effect is not known; verify it."];

/// Templates of the messages of an error class.
pub(super) fn error_texts(class: &str) -> &'static [&'static str] {
    match class {
        CONNECTIVITY => CONNECTIVITY_TEXTS,
        REJECTED => REJECTED_TEXTS,
        LOCKED => LOCKED_TEXTS,
        DENIED => DENIED_TEXTS,
        _ => INCONCLUSIVE_TEXTS,
    }
}

/// Template of the message of an operation that succeeded.
pub(super) fn success_text(operation: &str) -> &'static str {
    match operation {
        "Change password" => "Password of {username} changed on {device}, and verified by a sign-in.",
        "Child password change" => "Password of {username} on {device} changed together with its parent credential.",
        "Verify password" => "{username} signed in to {device}: the password kept is the one on the device.",
        "Reconcile password" => "Password of {username} on {device} set again with the reconciliation credential, and verified.",
        "Credential activation" => "{username} enabled on {device}.",
        "Credential inactivation" => "{username} disabled on {device}.",
        "User creation" => "User created on {device} from the template of {username}.",
        "User deletion" => "User removed from {device}.",
        "Group creation" => "Group created on {device}.",
        "Group exclusion" => "Group removed from {device}.",
        "User creation in group" => "{username} added to the group on {device}.",
        "User deletion from group" => "{username} removed from the group on {device}.",
        "Ephemeral credential creation" => "Ephemeral credential created on {device}, valid for {n} minutes.",
        "Ephemeral credential removal" => "Ephemeral credential removed from {device}.",
        "Certificate publication" => "Certificate published to {device}; it is served on {endpoint}.",
        "Secret automation" => "Secret of {username} written to {device}, {n} consumers restarted.",
        _ => "Task finished on {device}: {n} steps done.",
    }
}

#[cfg(test)]
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    let operations = vigia_app::reports::PASSWORD_OPERATION.column("operation").map(|column| column.kind);
    let Some(vigia_app::model::Kind::Choice { values, .. }) = operations else { unreachable!("operations are a choice") };
    let errors = [CONNECTIVITY, REJECTED, LOCKED, DENIED, INCONCLUSIVE].into_iter().flat_map(error_texts).copied();
    errors.chain(values.iter().map(|choice| success_text(choice.name)))
}
