//! The three users of a demo. Their passwords are in the README, so they must not be there where others can sign in.

use vigia_app::model::Role;

/// A user of the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoUser {
    pub username: &'static str,
    pub name: &'static str,
    pub role: Role,
    pub password: &'static str,
}

pub(super) const USERS: [DemoUser; 3] = [
    DemoUser { username: "manager", name: "Marina Duarte", role: Role::Manager, password: "manager-demo-2026" },
    DemoUser { username: "auditor", name: "Andrés Molina", role: Role::Auditor, password: "auditor-demo-2026" },
    DemoUser { username: "admin", name: "Alice Moreau", role: Role::Admin, password: "admin-demo-2026" },
];
