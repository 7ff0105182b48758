//! What administrators change, and from what to what.

use super::dice::Dice;
use super::estate::Device;
use super::oddities::hostile;
use super::people::{PEOPLE, person};
use super::plan::Act;
use super::world::World;

/// The thing an operation was performed on.
pub(super) struct Entity {
    pub(super) kind: &'static str,
    pub(super) id: u64,
    pub(super) name: String,
}

pub(super) struct Change {
    pub(super) entity: Entity,
    /// The module it was changed with.
    pub(super) origin: &'static str,
    /// Name of the field, and `from -> to`.
    pub(super) fields: Vec<(&'static str, String)>,
}

/// A field and the values it takes, all of them different.
type Field = (&'static str, &'static [&'static str]);

const OF_CREDENTIAL: &[Field] = &[
    ("Days between rotations", &["30", "60", "90", "7"]),
    ("Needs approval", &["No", "Yes"]),
    ("Owner", &["Unix platform", "Databases", "Network", "Cloud"]),
    ("Password policy", &["Standard 16", "Strong 24", "Legacy 12"]),
    ("Tags", &["production", "production, pci", "staging", "dmz"]),
    ("Status", &["Active", "Inactive"]),
];
const OF_DEVICE: &[Field] = &[
    ("Connectivity test", &["Daily", "Hourly", "Off"]),
    ("Criticality", &["Low", "Medium", "High"]),
    ("Port", &["22", "2222", "8022"]),
    ("Site", &["Lisboa", "São Paulo", "Pune", "Αθήνα", "東京"]),
    ("Description", &["", "replaced in spring", "to be replaced", "see runbook §4"]),
];
const OF_USER: &[Field] = &[
    ("Role", &["Operator", "Auditor", "Administrator", "Read only"]),
    ("Department", &["Infrastructure", "Finance IT", "Security"]),
    ("Second factor", &["Off", "TOTP", "Security key"]),
    ("Language", &["pt", "en", "el", "bg", "he", "ja"]),
];
const OF_GROUP: &[Field] = &[
    ("Approvals needed", &["0", "1", "2"]),
    ("Members", &["12", "13", "14", "11"]),
    ("Hours of access", &["08:00-20:00", "00:00-24:00", "22:00-06:00"]),
    ("Governance ID required", &["No", "Yes"]),
];
const OF_POLICY: &[Field] = &[
    ("Minimum length", &["12", "16", "20", "24"]),
    ("Rotation after view", &["No", "After 1 hour", "After 8 hours"]),
    ("Emergency access", &["Allowed", "Not allowed"]),
];
const OF_BACKUP_POLICY: &[Field] = &[
    ("Days a full backup is kept", &["30", "60", "90"]),
    ("Time of the backup", &["01:00", "03:30", "23:00"]),
    ("Encryption", &["AES-256-GCM", "age"]),
];

/// A change of something: a credential, a device, a user, an access group or a policy.
pub(super) fn draw(world: &World, act: Act, object: u16, dice: &mut Dice) -> Change {
    let number = usize::from(object);
    let device = || &world.estate.devices[number % world.estate.devices.len()];
    let (entity, origin, fields) = match dice.below(100) {
        0..38 => (credential(world, object), "Credentials", OF_CREDENTIAL),
        38..60 => (device_entity(device(), number % world.estate.devices.len()), "Devices", OF_DEVICE),
        60..75 => (user(object % PEOPLE.len() as u16), "Settings", OF_USER),
        75..90 => (group(device()), "Access control", OF_GROUP),
        90..97 => (named("Access policy", 80, &["Standard", "Third parties", "Tier 0", "Break glass"], dice), "Access control", OF_POLICY),
        _ => (named("Backup policy", 90, &["Vault", "Recordings"], dice), "Settings", OF_BACKUP_POLICY),
    };
    let count = if act == Act::Update { 1 + dice.below(3).min(fields.len() - 1) } else { 2.min(fields.len()) };
    let first = dice.below(fields.len());
    let fields = (0..count).map(|next| {
        let (name, values) = fields[(first + next) % fields.len()];
        let from = dice.below(values.len());
        let to = (from + 1 + dice.below(values.len() - 1)) % values.len();
        let (from, to) = match act {
            Act::Create => ("", values[to]),
            Act::Delete => (values[from], ""),
            _ => (values[from], values[to]),
        };
        // A few people write what they should not into free text.
        let to = if name == "Description" { hostile(dice.bits() % 1000).unwrap_or(to) } else { to };
        (name, format!("{from} -> {to}"))
    });
    let fields = fields.collect();
    Change { entity, origin, fields }
}

pub(super) fn credential(world: &World, at: u16) -> Entity {
    let at = at % world.estate.credentials.len() as u16;
    let (credential, device) = world.estate.credential(at);
    Entity { kind: "Credential", id: 20_000 + u64::from(at), name: format!("{} on {}", credential.username, device.name) }
}

pub(super) fn user(at: u16) -> Entity {
    Entity { kind: "User", id: 300 + u64::from(at), name: person(at).name.to_owned() }
}

fn device_entity(device: &Device, at: usize) -> Entity {
    Entity { kind: "Device", id: 1000 + at as u64, name: device.name.clone() }
}

fn group(device: &Device) -> Entity {
    Entity { kind: "Access group", id: 60 + device.kind.name.len() as u64, name: device.kind.group.to_owned() }
}

fn named(kind: &'static str, first: u64, names: &[&'static str], dice: &mut Dice) -> Entity {
    let at = dice.below(names.len());
    Entity { kind, id: first + at as u64, name: names[at].to_owned() }
}
