//! The people of the company, and the applications that sign in like them.

use super::kinds::Class;
use super::offices::{ATH, DXB, GRU, LIS, PNQ, SEL, SIN, SOF, TLV, TYO};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What somebody's work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Team {
    Identity,
    Network,
    Databases,
    Unix,
    Windows,
    Cloud,
    /// Keeps watch around the clock, in shifts.
    Noc,
    Audit,
    Business,
    /// No person: an application with an API token.
    Application,
}

impl Team {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Identity => "Identity and access",
            Self::Network => "Network",
            Self::Databases => "Databases",
            Self::Unix => "Unix platform",
            Self::Windows => "Windows and directory",
            Self::Cloud => "Cloud",
            Self::Noc => "Operations centre",
            Self::Audit => "Internal audit",
            Self::Business => "Business applications",
            Self::Application => "Applications",
        }
    }

    /// What the team looks after.
    pub(super) const fn duty(self) -> &'static [Class] {
        match self {
            Self::Identity => &[Class::Directory, Class::Windows, Class::Linux],
            Self::Network => &[Class::Firewall, Class::Switch, Class::Balancer],
            Self::Databases => &[Class::Oracle, Class::Postgres, Class::Storage],
            Self::Unix => &[Class::Linux, Class::Web, Class::Kubernetes, Class::Hypervisor],
            Self::Windows => &[Class::Windows, Class::Directory],
            Self::Cloud => &[Class::Cloud, Class::Kubernetes, Class::Balancer],
            Self::Noc => &[Class::Firewall, Class::Linux, Class::Switch, Class::Windows, Class::Hypervisor],
            Self::Audit => &[Class::Oracle, Class::Business],
            Self::Business => &[Class::Business, Class::Oracle],
            Self::Application => &[Class::Postgres, Class::Cloud, Class::Linux],
        }
    }
}

/// The language somebody likes to write in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    English,
    Portuguese,
    Spanish,
    French,
    German,
    Polish,
    Greek,
    Bulgarian,
    Ukrainian,
    Arabic,
    Hebrew,
    Hindi,
    Chinese,
    Japanese,
    Korean,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Person {
    pub(super) name: &'static str,
    pub(super) login: &'static str,
    /// Index into the offices.
    pub(super) office: usize,
    pub(super) team: Team,
    pub(super) language: Language,
    /// How much they do, in tenths of the usual; 0 for applications, which keep no office hours.
    pub(super) activity: u8,
}

impl Person {
    pub(super) fn is_application(&self) -> bool {
        self.team == Team::Application
    }
}

/// The address of a person's device: in the office, over IPv6 for some, or at home.
pub(super) fn address(at: u16, home: bool) -> IpAddr {
    let low = at as u8;
    let person = person(at);
    match (home, at % 3) {
        (false, 0) => Ipv6Addr::new(0x2001, 0xdb8, 0x10 + person.office as u16, 0xff, 0, 0, 0, 0x100 + at).into(),
        (false, _) => Ipv4Addr::new(10, 20 + person.office as u8, 200, 10 + low).into(),
        (true, 0) => Ipv4Addr::new(203, 0, 113, 10 + low).into(),
        (true, 1) => Ipv4Addr::new(198, 51, 100, 10 + low).into(),
        (true, _) => Ipv6Addr::new(0x2001, 0xdb8, 0xa000 + at, 0x1, 0x7c2f, 0x11ff, 0xfe00 + at, 0x42).into(),
    }
}

pub(super) fn person(at: u16) -> &'static Person {
    &PEOPLE[usize::from(at) % PEOPLE.len()]
}

/// The first of each team leads it, and approves.
pub(super) fn lead(team: Team) -> u16 {
    (0u16..).zip(PEOPLE).find(|(_, person)| person.team == team).map_or(0, |(at, _)| at)
}

const fn who(name: &'static str, login: &'static str, office: usize, team: Team, language: Language, activity: u8) -> Person {
    Person { name, login, office, team, language, activity }
}

use Language as L;
use Team as T;

#[rustfmt::skip]
pub(super) static PEOPLE: &[Person] = &[
    who("Inês Carvalho", "icarvalho", LIS, T::Identity, L::Portuguese, 22),
    who("João Magalhães", "jmagalhaes", LIS, T::Network, L::Portuguese, 12),
    who("Conceição Araújo", "caraujo", LIS, T::Databases, L::Portuguese, 60),
    who("Rui Gonçalves", "rgoncalves", LIS, T::Unix, L::Portuguese, 14),
    who("Márcia Antunes", "mantunes", LIS, T::Audit, L::Portuguese, 6),
    who("Tiago Brandão", "tbrandao", LIS, T::Noc, L::Portuguese, 16),
    who("Beatriz Nóbrega", "bnobrega", LIS, T::Noc, L::Portuguese, 14),
    who("Zoë van der Meer", "zvandermeer", LIS, T::Cloud, L::English, 15),
    who("Siobhán O'Neill", "soneill", LIS, T::Windows, L::English, 11),
    who("Łukasz Wiśniewski", "lwisniewski", LIS, T::Unix, L::Polish, 48),
    who("Žofie Nováková", "znovakova", LIS, T::Business, L::English, 7),
    who("Björn Åkesson", "bakesson", LIS, T::Network, L::English, 9),
    who("François Lefèvre", "flefevre", LIS, T::Databases, L::French, 8),
    who("José Peñalver", "jpenalver", LIS, T::Noc, L::Spanish, 15),
    who("Ayşe Yılmaz", "ayilmaz", LIS, T::Cloud, L::English, 10),
    who("Nguyễn Thị Minh", "nminh", LIS, T::Business, L::English, 5),
    who("Ana Lúcia Ferrão", "alferrao", GRU, T::Unix, L::Portuguese, 16),
    who("Marcos Vinícius Prado", "mprado", GRU, T::Databases, L::Portuguese, 13),
    who("Thaís Conceição", "tconceicao", GRU, T::Network, L::Portuguese, 10),
    who("Antônio Guimarães", "aguimaraes", GRU, T::Noc, L::Portuguese, 15),
    who("Débora Sato", "dsato", GRU, T::Windows, L::Portuguese, 38),
    who("Felipe Assunção", "fassuncao", GRU, T::Cloud, L::Portuguese, 9),
    who("Luíza Brandt", "lbrandt", GRU, T::Identity, L::Portuguese, 11),
    who("Caio Müller", "cmuller", GRU, T::Unix, L::German, 8),
    who("Patrícia Nakamura", "pnakamura", GRU, T::Audit, L::Portuguese, 4),
    who("Sebastião Rocha", "srocha", GRU, T::Noc, L::Portuguese, 12),
    who("Ελένη Παπαδοπούλου", "epapadopoulou", ATH, T::Business, L::Greek, 9),
    who("Γιώργος Αντωνίου", "gantoniou", ATH, T::Network, L::Greek, 8),
    who("Κατερίνα Δημητρίου", "kdimitriou", ATH, T::Unix, L::Greek, 7),
    who("Νίκος Καραγιάννης", "nkaragiannis", ATH, T::Windows, L::Greek, 6),
    who("Σοφία Οικονόμου", "soikonomou", ATH, T::Databases, L::Greek, 5),
    who("Мария Петрова", "mpetrova", SOF, T::Unix, L::Bulgarian, 14),
    who("Георги Димитров", "gdimitrov", SOF, T::Cloud, L::Bulgarian, 13),
    who("Олександр Шевченко", "oshevchenko", SOF, T::Databases, L::Ukrainian, 9),
    who("Екатерина Соколова", "esokolova", SOF, T::Identity, L::Bulgarian, 8),
    who("Йордан Стоянов", "jstoyanov", SOF, T::Windows, L::Bulgarian, 7),
    who("Наталія Коваленко", "nkovalenko", SOF, T::Audit, L::Ukrainian, 5),
    who("محمد الهاشمي", "malhashimi", DXB, T::Network, L::Arabic, 8),
    who("فاطمة الزهراء", "fzahra", DXB, T::Windows, L::Arabic, 7),
    who("خالد بن سعيد", "kbinsaeed", DXB, T::Business, L::Arabic, 4),
    who("نورة المنصوري", "nalmansoori", DXB, T::Identity, L::Arabic, 5),
    who("יעל כהן", "ycohen", TLV, T::Cloud, L::Hebrew, 11),
    who("דוד לוי", "dlevi", TLV, T::Network, L::Hebrew, 7),
    who("נועם פרידמן", "nfriedman", TLV, T::Unix, L::Hebrew, 9),
    who("שירה אברהמי", "savrahami", TLV, T::Databases, L::Hebrew, 6),
    who("איתן ברק", "ebarak", TLV, T::Windows, L::Hebrew, 3),
    who("प्रिया शर्मा", "psharma", PNQ, T::Unix, L::Hindi, 17),
    who("राहुल देशमुख", "rdeshmukh", PNQ, T::Noc, L::Hindi, 18),
    who("अनिल कुलकर्णी", "akulkarni", PNQ, T::Noc, L::Hindi, 14),
    who("स्नेहा पाटिल", "spatil", PNQ, T::Databases, L::Hindi, 9),
    who("विक्रम जोशी", "vjoshi", PNQ, T::Cloud, L::Hindi, 8),
    who("काव्या नायर", "knair", PNQ, T::Windows, L::English, 6),
    who("陈伟明", "wmchen", SIN, T::Network, L::Chinese, 8),
    who("林美玲", "mllin", SIN, T::Windows, L::Chinese, 6),
    who("黃志強", "ckwong", SIN, T::Business, L::Chinese, 4),
    who("佐藤 健一", "ksato", TYO, T::Windows, L::Japanese, 7),
    who("鈴木 美咲", "msuzuki", TYO, T::Network, L::Japanese, 5),
    who("高橋 翔太", "stakahashi", TYO, T::Unix, L::Japanese, 6),
    who("김민준", "mjkim", SEL, T::Network, L::Korean, 6),
    who("이서연", "sylee", SEL, T::Business, L::Korean, 3),
    who("Billing service", "app-billing", LIS, T::Application, L::English, 0),
    who("Build pipeline", "ci-pipeline", LIS, T::Application, L::English, 0),
    who("Configuration manager", "app-ansible", GRU, T::Application, L::English, 0),
    who("Data warehouse loader", "app-etl", PNQ, T::Application, L::English, 0),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn sixty_people_write_in_many_scripts_and_no_two_share_a_login_or_an_address() {
        let people = PEOPLE.iter().filter(|person| !person.is_application()).count();
        assert_eq!(people, 60);
        let logins: HashSet<_> = PEOPLE.iter().map(|person| person.login).collect();
        assert_eq!(logins.len(), PEOPLE.len());
        let count = u16::try_from(PEOPLE.len()).unwrap();
        let addresses: HashSet<_> = (0..count).flat_map(|at| [address(at, false), address(at, true)]).collect();
        assert_eq!(addresses.len(), 2 * PEOPLE.len());
        for first in ['Λ', 'ה', 'ا', 'श', '美', '김', 'М', 'Ł'] {
            let script = |name: &&Person| name.name.chars().any(|c| (c as u32).abs_diff(first as u32) < 0x60);
            assert!(PEOPLE.iter().any(|person| script(&person)), "somebody's name is written like {first}");
        }
    }
}
