//! The kinds of device the company runs, and the accounts on each.

use super::offices::{ATH, DXB, GRU, LIS, PNQ, SEL, SIN, SOF, TLV, TYO};

/// What a device is for; teams look after some of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Oracle,
    Postgres,
    Linux,
    Web,
    Kubernetes,
    Windows,
    Directory,
    Hypervisor,
    Firewall,
    Switch,
    Balancer,
    Storage,
    Cloud,
    Business,
}

/// A kind of device.
pub(super) struct Kind {
    pub(super) class: Class,
    /// Host names: `{site}` is the office's code, `{n}` and `{nn}` count; names between `|` are used one after the other.
    pub(super) name: &'static str,
    pub(super) vendor: &'static str,
    pub(super) product: &'static str,
    pub(super) tags: &'static str,
    /// What tasks and sets call the group.
    pub(super) group: &'static str,
    pub(super) protocol: &'static str,
    pub(super) port: u16,
    /// Script template that changes passwords there.
    pub(super) template: &'static str,
    /// Office and number of devices.
    pub(super) places: &'static [(usize, usize)],
    /// User name and credential type.
    pub(super) accounts: &'static [(&'static str, &'static str)],
}

pub(super) const LOCAL: &str = "Local User";
pub(super) const ADMIN: &str = "Local Administrator";
pub(super) const DOMAIN: &str = "Domain User";
pub(super) const DOMAIN_ADMIN: &str = "Domain Admin";
pub(super) const KEY: &str = "SSH Key";
pub(super) const APPLICATION: &str = "Application";
pub(super) const CLOUD: &str = "Cloud";

const fn kind(
    class: Class,
    name: &'static str,
    [vendor, product, tags, group]: [&'static str; 4],
    (protocol, port): (&'static str, u16),
    template: &'static str,
    places: &'static [(usize, usize)],
    accounts: &'static [(&'static str, &'static str)],
) -> Kind {
    Kind { class, name, vendor, product, tags, group, protocol, port, template, places, accounts }
}

const SSH: (&str, u16) = ("SSH", 22);
const RDP: (&str, u16) = ("RDP", 3389);
const HTTPS: (&str, u16) = ("HTTPS", 443);

pub(super) static KINDS: &[Kind] = &[
    kind(
        Class::Oracle,
        "srv-ora-{nn}",
        ["Oracle", "Oracle Database 19c", "production, oracle, pci", "Oracle production"],
        ("Oracle Net", 1521),
        "oracle-alter-user",
        &[(LIS, 6), (GRU, 4)],
        &[("root", ADMIN), ("oracle", LOCAL), ("SYS", APPLICATION), ("svc_backup", LOCAL)],
    ),
    kind(
        Class::Postgres,
        "srv-db-{nn}",
        ["PostgreSQL", "PostgreSQL 16", "production, postgres", "PostgreSQL clusters"],
        ("PostgreSQL", 5432),
        "postgres-alter-role",
        &[(LIS, 5), (GRU, 3), (PNQ, 2)],
        &[("root", ADMIN), ("postgres", LOCAL), ("app_billing", APPLICATION), ("barman@backup", KEY)],
    ),
    kind(
        Class::Linux,
        "srv-app-{nn}",
        ["Red Hat", "Enterprise Linux 9", "linux, applications", "Linux servers"],
        SSH,
        "linux-passwd",
        &[(LIS, 6), (GRU, 4), (PNQ, 4), (SOF, 2), (ATH, 1)],
        &[("root", ADMIN), ("svc_backup", LOCAL), ("deploy@ci", KEY)],
    ),
    kind(
        Class::Web,
        "web-{site}-{nn}",
        ["Canonical", "Ubuntu Server 24.04", "linux, dmz, web", "DMZ web servers"],
        SSH,
        "linux-passwd",
        &[(LIS, 4), (GRU, 2)],
        &[("root", ADMIN), ("www-data", LOCAL), ("ansible@control", KEY)],
    ),
    kind(
        Class::Kubernetes,
        "k8s-{site}-node-{nn}",
        ["Talos", "Kubernetes 1.33", "kubernetes, production", "Kubernetes nodes"],
        SSH,
        "kubernetes-secret",
        &[(LIS, 9), (GRU, 5)],
        &[("core@node", KEY), ("system:admin", APPLICATION)],
    ),
    kind(
        Class::Windows,
        "srv-win-{nn}",
        ["Microsoft", "Windows Server 2022", "windows", "Windows servers"],
        RDP,
        "windows-net-user",
        &[(LIS, 6), (GRU, 4), (DXB, 1), (TLV, 1), (SIN, 1), (TYO, 1)],
        &[("administrator", ADMIN), ("MERIDIANO\\svc-iis", DOMAIN), ("MERIDIANO\\svc-backup", DOMAIN), ("helpdesk", LOCAL)],
    ),
    kind(
        Class::Directory,
        "dc-{site}-{n}",
        ["Microsoft", "Active Directory", "windows, tier0, directory", "Domain controllers"],
        RDP,
        "ldap-set-password",
        &[(LIS, 2), (GRU, 2), (PNQ, 1)],
        &[
            ("MERIDIANO\\administrator", DOMAIN_ADMIN),
            ("MERIDIANO\\adm-tier0", DOMAIN_ADMIN),
            ("MERIDIANO\\svc-adsync", DOMAIN),
            ("MERIDIANO\\svc-radius", DOMAIN),
            ("administrator", ADMIN),
        ],
    ),
    kind(
        Class::Hypervisor,
        "esx-{site}-{nn}",
        ["VMware", "ESXi 8", "virtualization, tier0", "Hypervisors"],
        HTTPS,
        "esxi-account",
        &[(LIS, 5), (GRU, 3)],
        &[("root", ADMIN), ("vpxuser", LOCAL), ("svc_monitor", LOCAL)],
    ),
    kind(
        Class::Firewall,
        "fw-{site}-edge-{n}",
        ["Fortinet", "FortiGate 200F", "network, dmz, perimeter", "DMZ firewalls"],
        SSH,
        "fortios-admin",
        &[(LIS, 2), (GRU, 2), (ATH, 1), (SOF, 1), (DXB, 1), (TLV, 1), (PNQ, 1), (SIN, 1), (TYO, 1), (SEL, 1)],
        &[("admin", ADMIN), ("svc_audit", LOCAL), ("ha-sync", LOCAL)],
    ),
    kind(
        Class::Switch,
        "sw-{site}-core-{n}",
        ["Cisco", "Catalyst 9500", "network, campus", "Core switches"],
        SSH,
        "ios-username",
        &[(LIS, 3), (GRU, 2), (ATH, 1), (SOF, 1), (DXB, 1), (TLV, 1), (PNQ, 1)],
        &[("netadmin", ADMIN), ("enable", LOCAL)],
    ),
    kind(
        Class::Switch,
        "rt-{site}-wan-{n}",
        ["Juniper", "MX204", "network, wan", "WAN routers"],
        SSH,
        "junos-login",
        &[(LIS, 1), (GRU, 1), (PNQ, 1), (SIN, 1)],
        &[("root", ADMIN), ("netops", LOCAL)],
    ),
    kind(
        Class::Balancer,
        "lb-{site}-{n}",
        ["F5", "BIG-IP 17", "network, dmz, tls", "Load balancers"],
        HTTPS,
        "bigip-user",
        &[(LIS, 2), (GRU, 1)],
        &[("admin", ADMIN), ("root", ADMIN), ("certbot", APPLICATION)],
    ),
    kind(
        Class::Storage,
        "nas-{site}-{n}",
        ["NetApp", "ONTAP 9.15", "storage, backup", "Storage"],
        HTTPS,
        "ontap-login",
        &[(LIS, 2), (GRU, 1)],
        &[("admin", ADMIN), ("vsadmin", LOCAL), ("svc_backup", APPLICATION)],
    ),
    kind(
        Class::Cloud,
        "aws-prod-payments|aws-prod-data|aws-staging",
        ["Amazon", "AWS", "cloud, aws", "AWS accounts"],
        HTTPS,
        "aws-iam",
        &[(LIS, 3)],
        &[("root-account", CLOUD), ("iam/break-glass", CLOUD), ("iam/deploy-bot", CLOUD)],
    ),
    kind(
        Class::Cloud,
        "azure-core-eu|azure-latam|m365-tenant",
        ["Microsoft", "Azure", "cloud, azure", "Azure subscriptions"],
        HTTPS,
        "entra-application",
        &[(LIS, 3)],
        &[("global-admin@meridiano.example", CLOUD), ("sp-terraform", APPLICATION), ("sp-backup", APPLICATION)],
    ),
    kind(
        Class::Cloud,
        "gcp-analytics|gcp-ml-lab",
        ["Google", "Google Cloud", "cloud, gcp", "Google Cloud projects"],
        HTTPS,
        "gcp-service-account",
        &[(LIS, 2)],
        &[("owner@meridiano.example", CLOUD), ("etl@gcp-analytics", APPLICATION)],
    ),
    kind(
        Class::Business,
        "srv-sap-{nn}",
        ["SAP", "S/4HANA", "production, sap, sox", "SAP"],
        ("HANA", 30015),
        "hana-alter-user",
        &[(LIS, 2)],
        &[("SAP*", APPLICATION), ("DDIC", APPLICATION), ("p01adm", LOCAL), ("SYSTEM", ADMIN)],
    ),
    kind(
        Class::Linux,
        "jump-{site}-{n}",
        ["Debian", "Debian 12", "linux, bastion", "Jump hosts"],
        SSH,
        "linux-passwd",
        &[(LIS, 1), (GRU, 1)],
        &[("root", ADMIN), ("operator", LOCAL), ("oncall@jump", KEY)],
    ),
];
