//! Where the company works.

use chrono_tz::Tz;

/// An office, and the machines beside it.
pub(super) struct Office {
    /// Part of device names.
    pub(super) code: &'static str,
    /// Name of the site.
    pub(super) site: &'static str,
    pub(super) zone: Tz,
    /// Days off, Monday being 0.
    pub(super) weekend: [i64; 2],
}

const fn office(code: &'static str, site: &'static str, zone: Tz) -> Office {
    Office { code, site, zone, weekend: [5, 6] }
}

pub(super) const LIS: usize = 0;
pub(super) const GRU: usize = 1;
pub(super) const ATH: usize = 2;
pub(super) const SOF: usize = 3;
pub(super) const DXB: usize = 4;
pub(super) const TLV: usize = 5;
pub(super) const PNQ: usize = 6;
pub(super) const SIN: usize = 7;
pub(super) const TYO: usize = 8;
pub(super) const SEL: usize = 9;

pub(super) static OFFICES: [Office; 10] = [
    office("lis", "Lisboa", Tz::Europe__Lisbon),
    office("gru", "São Paulo", Tz::America__Sao_Paulo),
    office("ath", "Athens", Tz::Europe__Athens),
    office("sof", "Sofia", Tz::Europe__Sofia),
    office("dxb", "Dubai", Tz::Asia__Dubai),
    Office { code: "tlv", site: "Tel Aviv", zone: Tz::Asia__Jerusalem, weekend: [4, 5] },
    office("pnq", "Pune", Tz::Asia__Kolkata),
    office("sin", "Singapore", Tz::Asia__Singapore),
    office("tyo", "Tokyo", Tz::Asia__Tokyo),
    office("sel", "Seoul", Tz::Asia__Seoul),
];

/// The offices with a computer room large enough that its outage is news.
pub(super) const ROOMS: [usize; 3] = [LIS, GRU, PNQ];
