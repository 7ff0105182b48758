//! Where a request went: the mount, what kind of engine answers there, and the path inside it.

use super::record::Request;

/// A path, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MountPath<'a> {
    /// Without a final `/`: `secret`, `auth/userpass`, `sys`.
    pub mount: &'a str,
    /// Type of the engine or auth method: `kv`, `database`, `userpass`, `system`; empty when unknown.
    pub kind: &'a str,
    pub auth: bool,
    /// The path inside the mount, without slashes around it.
    pub rest: &'a str,
}

impl<'a> MountPath<'a> {
    /// From `mount_point` and `mount_type`; from the path itself for servers that do not log them.
    pub(super) fn of(request: &'a Request<'a>) -> Self {
        let path = request.path.trim_matches('/');
        let (mount, rest) = logged(request, path).unwrap_or_else(|| guessed(path));
        let auth = mount == "auth" || mount.starts_with("auth/");
        let kind = match request.mount_type.strip_prefix("ns_").unwrap_or(&request.mount_type) {
            "generic" => "kv",
            "" => match mount.strip_prefix("auth/").unwrap_or(mount) {
                "sys" => "system",
                "secret" => "kv",
                name => name,
            },
            kind => kind,
        };
        Self { mount, kind, auth, rest }
    }

    /// The rest after a folder: `creds/report-ro` is `report-ro` in `creds`.
    pub(super) fn inside(&self, folder: &str) -> Option<&'a str> {
        self.rest.strip_prefix(folder)?.strip_prefix('/').filter(|rest| !rest.is_empty())
    }

    /// The last part of the path inside the mount; empty for the mount itself.
    pub(super) fn name(&self) -> &'a str {
        self.rest.rsplit('/').next().unwrap_or_default()
    }

    /// Whether somebody signs in here.
    pub(super) fn is_login(&self) -> bool {
        self.auth && (self.rest == "login" || self.inside("login").is_some() || matches!(self.rest, "callback" | "oidc/callback"))
    }

    /// The module's name: `sys` for the system itself, else the type of the engine.
    pub(super) fn module(&self) -> &'a str {
        match self.kind {
            "system" => "sys",
            "" => self.mount,
            kind => kind,
        }
    }
}

fn logged<'a>(request: &'a Request<'a>, path: &'a str) -> Option<(&'a str, &'a str)> {
    let mount = request.mount_point.trim_matches('/');
    // In a namespace the mount may be logged with the namespace's path before it; the path never is.
    let short =
        request.namespace.as_ref().and_then(|ns| mount.strip_prefix(ns.path.trim_matches('/'))).map(|mount| mount.trim_matches('/'));
    [Some(mount), short].into_iter().flatten().filter(|mount| !mount.is_empty()).find_map(|mount| {
        let rest = path.strip_prefix(mount)?;
        (rest.is_empty() || rest.starts_with('/')).then(|| (mount, rest.trim_matches('/')))
    })
}

fn guessed(path: &str) -> (&str, &str) {
    let skip = if path.starts_with("auth/") { "auth/".len() } else { 0 };
    match path[skip..].split_once('/') {
        Some((mount, rest)) => (&path[..skip + mount.len()], rest.trim_matches('/')),
        None => (path, ""),
    }
}
