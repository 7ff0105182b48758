//! Tests for docs/connectors/linux-ssh, with an SSH server of their own that sees a copy of /etc: no account of this machine is touched.

use crate::programs::{Server, ends_well, installed};
use crate::safe::Safe;
use crate::vigia::free_address;
use serde_json::json;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use vigia_app::model::OperationStatus::Success;

/// Puts a copy over /etc and an empty folder over /run, for itself alone, makes an account, and serves.
const SERVE: &str = r#"set -eu
cp -a /etc "$1/etc"
mount --make-rprivate /
mount --bind "$1/etc" /etc
mount -t tmpfs tmpfs /run
mkdir -p /run/sshd
useradd --no-create-home --home-dir / --shell /bin/sh vigia-test
echo vigia-test:first | chpasswd
exec "$2" -D -e -f "$1/sshd_config"
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_gets_a_new_password_and_the_old_one_is_refused() {
    let Some([sshd, _, _, _]) = installed(["sshd", "ssh", "sshpass", "useradd"]) else { return };
    if !ends_well("unshare", &["--mount", "sh", "-c", "mount --make-rprivate / && mount -t tmpfs tmpfs /run"], &[]) {
        eprintln!("SKIPPED: an SSH server with accounts of its own needs root and mount namespaces.");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().display().to_string();
    for key in ["host", "admin"] {
        assert!(ends_well("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", &format!("{place}/{key}")], &[]), "a key is made");
    }
    std::fs::copy(folder.path().join("admin.pub"), folder.path().join("authorized")).expect("copied");
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).expect("is open");
    let address = free_address();
    let port = address.port().to_string();
    let settings = format!(
        "ListenAddress 127.0.0.1\nPort {port}\nHostKey {place}/host\nPidFile none\nUsePAM no\nPasswordAuthentication yes\n\
         PermitRootLogin prohibit-password\nAuthorizedKeysFile {place}/authorized\nStrictModes no\nMaxStartups 100\n"
    );
    std::fs::write(folder.path().join("sshd_config"), settings).expect("written");
    let host_key = std::fs::read_to_string(folder.path().join("host.pub")).expect("a key");
    std::fs::write(folder.path().join("known"), format!("[127.0.0.1]:{port} {host_key}")).expect("written");
    let mut serve = Command::new("unshare");
    serve.args(["--mount", "--kill-child", "--fork", "sh", "-c", SERVE, "sh", &place]).arg(sshd);
    let _server = Server::start(serve, address).await;

    let admin = [
        ("SSH_USER", "root"),
        ("SSH_KEY", "{folder}/admin"),
        ("SSH_KNOWN_HOSTS", "{folder}/known"),
        ("SSH_CHPASSWD", "/usr/sbin/chpasswd"),
    ];
    let mut safe = Safe::new(folder, "linux-ssh", &admin).await;
    let known = format!("UserKnownHostsFile={}", safe.house.path("known").display());
    let signs_in = |password: &str| {
        let options = ["-e", "ssh", "-p", &port, "-o", &known, "-o", "PubkeyAuthentication=no", "-o", "NumberOfPasswordPrompts=1"];
        ends_well("sshpass", &[&options[..], &["vigia-test@127.0.0.1", "true"]].concat(), &[("SSHPASS", password)])
    };
    assert!(signs_in("first"));
    safe.put("vigia-test", json!({ "password": "first" })).await;
    let (status, attempt) = safe.change("vigia-test", &[("port", &port)]).await;
    assert_eq!((status, attempt.template.as_str()), (Success, "linux-ssh"), "{attempt:?}");
    assert!(signs_in(&safe.password("vigia-test").await) && !signs_in("first"));
    assert!(!std::fs::read_to_string("/etc/passwd").expect("accounts").contains("vigia-test"), "this machine has no such account");
    let (_, attempt) = safe.change("nobody-at-all", &[("port", &port)]).await;
    assert_eq!(attempt.error_class, "Not found", "{attempt:?}");
    std::fs::write(safe.house.path("known"), "").expect("written");
    let (_, attempt) = safe.change("vigia-test", &[("port", &port)]).await;
    assert_eq!(attempt.error_class, "Configuration", "a machine that nobody knows: {attempt:?}");
}
