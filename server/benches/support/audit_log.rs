//! A made-up OpenBao audit log of any length, in the shape a server writes; equal for equal seeds.

use std::fmt::Write as _;

const USERS: [&str; 8] = ["ines", "jonas", "katarzyna", "luca", "mehmet", "nadia", "oskar", "petra"];
const HOSTS: [&str; 6] = ["app-01", "app-02", "db-07", "gw-03", "mail-01", "dc-02"];
const HEX: &str = "3f9d0c4a8b7e61529d0c4a8b7e61523f9d0c4a8b7e61523f9d0c4a8b7e61523f";

/// About `lines` lines: requests and their responses, a few of them interleaved.
pub(crate) fn synthetic_log(lines: usize, seed: u64) -> String {
    let mut random = Random(seed | 1);
    let mut log = String::with_capacity(lines * 1_300);
    let mut held: Option<String> = None;
    for exchange in 0..lines.div_ceil(2) {
        let (request, response) = self::exchange(exchange, &mut random);
        log.push_str(&request);
        if let Some(response) = held.take() {
            log.push_str(&response);
        }
        if random.below(10) == 0 {
            held = Some(response);
        } else {
            log.push_str(&response);
        }
    }
    log.push_str(&held.unwrap_or_default());
    log
}

/// xorshift64*: enough to choose who reads what.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap_or(0) % limit
    }

    fn one_of(&mut self, words: &[&'static str]) -> &'static str {
        words[self.below(words.len())]
    }
}

fn exchange(number: usize, random: &mut Random) -> (String, String) {
    let user = random.one_of(&USERS);
    let host = random.one_of(&HOSTS);
    let denied = random.below(5) == 0;
    let (operation, path, mount, kind, data) = match random.below(20) {
        0..10 => (
            "read",
            format!("secret/data/hosts/{host}/root"),
            "secret/",
            "kv",
            "\"data\":{\"password\":\"hmac-sha256:HEX\"},\"metadata\":{\"version\":2,\"destroyed\":false}",
        ),
        10..13 => (
            "read",
            format!("database/static-creds/{host}"),
            "database/",
            "database",
            "\"password\":\"hmac-sha256:HEX\",\"ttl\":86400,\"username\":\"hmac-sha256:HEX\"",
        ),
        13..15 => ("update", format!("database/rotate-role/{host}"), "database/", "database", ""),
        15..18 => ("update", format!("auth/userpass/login/{user}"), "auth/userpass/", "userpass", ""),
        _ => ("list", "secret/metadata/hosts/".to_owned(), "secret/", "kv", "\"keys\":[\"hmac-sha256:HEX\",\"hmac-sha256:HEX\"]"),
    };
    let login = kind == "userpass";
    let auth = if login {
        "{\"token_type\":\"default\"}".to_owned()
    } else {
        format!(
            "{{\"client_token\":\"hmac-sha256:{HEX}\",\"accessor\":\"hmac-sha256:{HEX}\",\"display_name\":\"userpass-{user}\",\"policies\":[\"default\",\"ops\"],\"token_policies\":[\"default\",\"ops\"],\"policy_results\":{{\"allowed\":{},\"granting_policies\":[{{\"name\":\"ops\",\"namespace_id\":\"root\",\"type\":\"acl\"}}]}},\"metadata\":{{\"username\":\"{user}\"}},\"entity_id\":\"0eaf7b2e-a000-8117-6dd8-{:012x}\",\"token_type\":\"service\",\"token_ttl\":2764800,\"token_issue_time\":\"2026-10-01T00:00:00Z\"}}",
            !denied,
            user.len()
        )
    };
    let id = format!("{:08x}-0000-4000-8000-{number:012x}", random.next() >> 32);
    let second = number / 50;
    let time = |millis: usize| {
        let (day, hour, minute) = (1 + second / 86_400 % 28, second / 3_600 % 24, second / 60 % 60);
        format!("2026-10-{day:02}T{hour:02}:{minute:02}:{:02}.{millis:03}456789Z", second % 60)
    };
    let request = format!(
        "{{\"id\":\"{id}\",\"client_id\":\"0eaf7b2e-a000-8117-6dd8-6dec1eca212d\",\"operation\":\"{operation}\",\"mount_point\":\"{mount}\",\"mount_type\":\"{kind}\",\"mount_accessor\":\"{kind}_f82e4d62\",\"mount_running_version\":\"v2.7.2+builtin.bao\",\"mount_class\":\"secret\",\"client_token\":\"hmac-sha256:{HEX}\",\"client_token_accessor\":\"hmac-sha256:{HEX}\",\"namespace\":{{\"id\":\"root\"}},\"path\":\"{path}\",\"remote_address\":\"10.20.{}.{}\",\"remote_port\":33480}}",
        random.below(8),
        1 + random.below(250),
    );
    let error = match (denied, login) {
        (false, _) => "",
        (true, true) => ",\"error\":\"invalid credentials\"",
        (true, false) => ",\"error\":\"1 error occurred:\\n\\t* permission denied\\n\\n\"",
    };
    let data = if denied { "\"error\":\"hmac-sha256:HEX\"" } else { data }.replace("HEX", HEX);
    let mut response = format!("\"mount_point\":\"{mount}\",\"mount_type\":\"{kind}\",\"mount_class\":\"secret\"");
    if !data.is_empty() {
        let _ = write!(response, ",\"data\":{{{data}}}");
    }
    if login && !denied {
        let _ = write!(
            response,
            ",\"auth\":{{\"display_name\":\"userpass-{user}\",\"metadata\":{{\"username\":\"{user}\"}},\"token_type\":\"service\"}}"
        );
    }
    let millis = number % 50 * 20;
    (
        format!("{{\"time\":\"{}\",\"type\":\"request\",\"auth\":{auth},\"request\":{request}}}\n", time(millis)),
        format!(
            "{{\"time\":\"{}\",\"type\":\"response\",\"auth\":{auth},\"request\":{request},\"response\":{{{response}}}{error}}}\n",
            time(millis + 3)
        ),
    )
}
