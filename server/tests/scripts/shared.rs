//! Tests for what the scripts share: where a connection has to be verified, and which operations are refused before anything is begun.

use std::path::Path;
use std::process::Command;

/// What Python prints for an expression of docs/connectors/vigia_change.py.
fn evaluates(expression: &str, plain: Option<&str>) -> String {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/connectors");
    let program = "import sys; sys.path.insert(0, sys.argv[1]); from vigia_change import *; print(eval(sys.argv[2]))";
    let mut python = Command::new("/usr/bin/python3");
    python.args(["-B", "-c", program]).arg(scripts).arg(expression).env_clear().envs(plain.map(|plain| ("VIGIA_PLAIN", plain)));
    let done = python.output().expect("runs");
    format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr))
}

#[test]
fn only_this_machine_is_spoken_to_in_the_clear_unless_the_network_is_trusted() {
    let hosts = "['srv-1', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1', '::', 'LocalHost', '127.0.0.9', '::1', '::ffff:127.0.0.1']";
    let demanded = |plain| evaluates(&format!("''.join('ny'[demands_tls(host)] for host in {hosts})"), plain);
    assert_eq!(demanded(None).trim(), "yyyyynnnn");
    assert_eq!(demanded(Some("this-network-is-trusted")).trim(), "nnnnnnnnn");
    assert_eq!(demanded(Some("nowhere")).trim(), "yyyyyyyyy");
    for wrong in ["", "yes", "1", "This-network-is-trusted"] {
        let said = demanded(Some(wrong));
        assert!(said.contains("it may be this-network-is-trusted or nowhere"), "{wrong}: {said}");
    }
}

#[test]
fn a_device_or_port_that_leads_elsewhere_is_refused_by_the_scripts_too() {
    let checked = |device: &str, username: &str, port: &str| {
        let job = serde_json::json!({ "device": device, "username": username, "parameters": { "port": port } });
        evaluates(&format!("check({job})"), None)
    };
    for device in ["srv-1", "SRV_1.example.com", "10.0.0.1", "fd00::1"] {
        assert_eq!(checked(device, "app", "22").trim(), "None", "{device}");
    }
    for device in [
        "",
        "-oProxyCommand=x",
        "a,b",
        "a/b",
        "/tmp",
        "a b",
        "a.",
        "a..b",
        "root@a",
        "a:1",
        "127.1",
        "0x7f.1",
        "fe80::1%eth0",
        "[::1]",
        "a\nb",
    ] {
        assert!(checked(device, "app", "22").contains("neither the name of a host nor an address"), "{device:?}");
    }
    for port in ["", "0", "022", "65536", "22,23", "22 -v", "-1", "\u{0662}"] {
        assert!(checked("srv-1", "app", port).contains("not a number from 1 to 65535"), "{port:?}");
    }
    for username in ["", "a\nb", "a\u{7f}"] {
        assert!(checked("srv-1", username, "22").contains("not the name of an account"), "{username:?}");
    }
}
