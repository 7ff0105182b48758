//! What an audit trail is about: the kind of thing and its name, told by the path.

use super::exchange::Exchange;
use super::exchange_end::name;
use super::mount_path::MountPath;
use crate::mask;
use std::borrow::Cow;

/// The kind of thing and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entity<'a> {
    pub kind: &'static str,
    /// Empty for all of the kind.
    pub name: Cow<'a, str>,
}

impl<'a> Entity<'a> {
    pub(super) fn of(exchange: &'a Exchange<'a>) -> Self {
        let place = exchange.place;
        if place.is_login() {
            return new("Auth method", place.mount.strip_prefix("auth/").unwrap_or(place.mount));
        }
        match (place.kind, place.auth) {
            ("system", _) => system(exchange),
            ("token", true) => token(exchange),
            (_, true) => auth_method(place),
            _ => engine(place),
        }
    }
}

fn new<'a>(kind: &'static str, name: impl Into<Cow<'a, str>>) -> Entity<'a> {
    Entity { kind, name: name.into() }
}

/// The name in a folder: the rest of the path without what may follow the name.
fn after<'a>(place: MountPath<'a>, folder: &str) -> &'a str {
    place.inside(folder).map(|name| name.strip_suffix("/tune").unwrap_or(name)).unwrap_or_default()
}

fn system<'a>(exchange: &'a Exchange<'a>) -> Entity<'a> {
    let place @ MountPath { rest, .. } = exchange.place;
    let mut parts = rest.split('/');
    match (parts.next().unwrap_or_default(), parts.next().unwrap_or_default()) {
        ("policies", kind @ ("acl" | "password" | "egp" | "rgp")) => {
            new("Policy", rest.strip_prefix("policies/").and_then(|rest| rest.strip_prefix(kind)).unwrap_or_default().trim_matches('/'))
        }
        ("policies", _) => new("Policy", ""),
        ("policy", _) => new("Policy", after(place, "policy")),
        ("mounts", _) => new("Mount", after(place, "mounts")),
        ("remount", _) => new("Mount", ""),
        ("auth", _) => new("Auth method", after(place, "auth")),
        ("audit", _) => new("Audit device", after(place, "audit")),
        ("audit-hash", _) => new("Audit device", after(place, "audit-hash")),
        ("config", "auditing") => new("Audit device", ""),
        ("leases" | "renew" | "revoke" | "revoke-prefix" | "revoke-force", _) => new("Lease", lease(exchange)),
        ("namespaces", _) => new("Namespace", after(place, "namespaces")),
        ("plugins", _) => new("Plugin", place.name()),
        ("quotas", _) => new("Quota", place.name()),
        ("wrapping", _) => new("Wrapped response", ""),
        _ => new("System", rest),
    }
}

/// The lease, from the path or, mostly hashed, from the request.
fn lease<'a>(exchange: &'a Exchange<'a>) -> Cow<'a, str> {
    let MountPath { rest, .. } = exchange.place;
    let rest = rest.strip_prefix("leases/").unwrap_or(rest);
    match rest.split_once('/') {
        Some((_, lease)) => Cow::Borrowed(lease),
        None => match &*exchange.record.request.data.lease_id {
            "" => Cow::Borrowed(""),
            lease => Cow::Owned(name(lease)),
        },
    }
}

fn token<'a>(exchange: &'a Exchange<'a>) -> Entity<'a> {
    let place = exchange.place;
    if let Some(role) = place.inside("roles") {
        return new("Role", role);
    }
    let made = exchange.record.response.as_ref().and_then(|response| response.auth.as_ref());
    match made {
        Some(auth) if !auth.display_name.is_empty() => new("Token", name(&auth.display_name)),
        _ if place.rest.ends_with("-self") => new("Token", exchange.who.login.as_str()),
        _ if place.rest.contains('/') && exchange.path.ends_with(mask::MASKED) => new("Token", mask::MASKED),
        _ => new("Token", ""),
    }
}

fn auth_method(place: MountPath<'_>) -> Entity<'_> {
    let MountPath { mount, rest, .. } = place;
    let (folder, name) = rest.split_once('/').unwrap_or((rest, ""));
    match folder {
        "users" | "user" => new("User", name.strip_suffix("/password").or_else(|| name.strip_suffix("/policies")).unwrap_or(name)),
        "groups" | "group" => new("Group", name),
        "role" | "roles" | "certs" => match name.split_once("/secret-id") {
            Some((role, _)) => new("Secret ID", role),
            None => new("Role", name.split('/').next().unwrap_or_default()),
        },
        _ => new("Auth method", mount.strip_prefix("auth/").unwrap_or(mount)),
    }
}

fn engine(place: MountPath<'_>) -> Entity<'_> {
    let MountPath { mount, kind, rest, .. } = place;
    let (folder, name) = rest.split_once('/').unwrap_or((rest, ""));
    match (kind, folder) {
        ("kv", "config") if name.is_empty() => new("Mount", mount),
        ("kv", "data" | "metadata" | "delete" | "undelete" | "destroy" | "subkeys" | "detailed-metadata") => {
            new("Secret", name.trim_matches('/'))
        }
        ("kv" | "cubbyhole", _) => new("Secret", rest),
        ("database", "config" | "reset" | "rotate-root") => new("Database connection", name),
        ("transit" | "totp", "keys" | "encrypt" | "decrypt" | "rewrap" | "sign" | "verify" | "hmac" | "datakey" | "export" | "code") => {
            new("Key", place.name())
        }
        ("pki", "root" | "intermediate" | "config" | "ca" | "issuer" | "issuers") => new("Certificate authority", mount),
        ("pki", "sign" | "sign-verbatim" | "issue" | "cert" | "certs" | "revoke") => new("Certificate", name),
        ("identity", "entity" | "entity-alias") => new("Identity", place.name()),
        ("identity", "group" | "group-alias") => new("Group", place.name()),
        ("ldap" | "openldap" | "ad", "library") => new("Account set", name.split('/').next().unwrap_or_default()),
        (_, "role" | "roles" | "static-role" | "static-roles" | "creds" | "static-creds" | "rotate-role") => new("Role", name),
        (_, "config") => new("Configuration", if name.is_empty() { mount } else { name }),
        _ => new("Engine", rest),
    }
}
