//! Tests for docs/connectors/openldap, with a slapd of their own.

use crate::programs::{Server, certify, ends_well, installed};
use crate::safe::Safe;
use crate::vigia::free_address;
use serde_json::json;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use vigia_app::model::OperationStatus::{Error, Success};

const ENTRIES: &str = "dn: dc=example\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example\n\n\
                       dn: uid=app,dc=example\nobjectClass: account\nobjectClass: simpleSecurityObject\nuid: app\nuserPassword: first\n";

/// A directory, and where it is.
struct Directory {
    program: PathBuf,
    folder: PathBuf,
    address: SocketAddr,
    server: Option<Server>,
}

impl Directory {
    /// In this folder, with the password of its administrator in `admin`; `None` where OpenLDAP is not installed.
    async fn start(folder: &Path) -> Option<Self> {
        let [program, slapadd, _, _] = installed(["slapd", "slapadd", "ldappasswd", "ldapwhoami"])?;
        std::fs::create_dir(folder.join("data")).expect("made");
        std::fs::write(folder.join("entries"), ENTRIES).expect("written");
        std::fs::write(folder.join("admin"), "only-for-tests").expect("written");
        let closed = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(folder.join("admin"), closed).expect("is closed");
        let mut directory = Self { program, folder: folder.to_owned(), address: free_address(), server: None };
        directory.settings("");
        let (conf, entries) = (directory.at("slapd.conf"), directory.at("entries"));
        assert!(ends_well(&slapadd.display().to_string(), &["-f", &conf, "-l", &entries], &[]), "the entries are added");
        directory.serve("").await;
        Some(directory)
    }

    fn at(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn uri(&self) -> String {
        format!("ldap://{}", self.address)
    }

    fn settings(&self, more: &str) {
        let place = self.folder.display();
        let settings = format!(
            "include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\n\
             pidfile {place}/pid\nargsfile {place}/args\n{more}database mdb\nmaxsize 10485760\nsuffix dc=example\nrootdn cn=admin,dc=example\n\
             rootpw only-for-tests\ndirectory {place}/data\n\
             access to attrs=userPassword by anonymous auth by * none\naccess to * by * read\n"
        );
        std::fs::write(self.folder.join("slapd.conf"), settings).expect("written");
    }

    /// Starts it with more settings, anew where it runs.
    async fn serve(&mut self, more: &str) {
        self.server = None;
        self.settings(more);
        let mut serve = Command::new(&self.program);
        serve.args(["-f", &self.at("slapd.conf"), "-h", &self.uri(), "-d", "0"]);
        self.server = Some(Server::start(serve, self.address).await);
    }
}

/// What the script is told of a directory.
fn admin(uri: &str) -> [(&'static str, &str); 4] {
    [
        ("LDAP_URI", uri),
        ("LDAP_ADMIN", "cn=admin,dc=example"),
        ("LDAP_ADMIN_FILE", "{folder}/admin"),
        ("LDAP_DN", "uid={username},dc=example"),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_gets_a_new_password_and_the_old_one_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(directory) = Directory::start(folder.path()).await else { return };
    let uri = directory.uri();
    let mut safe = Safe::new(folder, "openldap", &admin(&uri.replace("127.0.0.1", "{device}"))).await;
    let signs_in = |password: &str| ends_well("ldapwhoami", &["-x", "-H", &uri, "-D", "uid=app,dc=example", "-w", password], &[]);
    assert!(signs_in("first"));
    safe.put("app", json!({ "password": "first" })).await;
    let (status, attempt) = safe.change("app", &[]).await;
    assert_eq!((status, attempt.template.as_str()), (Success, "openldap"), "{attempt:?}");
    assert!(signs_in(&safe.password("app").await) && !signs_in("first"));
    let (status, attempt) = safe.change("app", &[("dn", "uid=app,dc=example")]).await;
    assert_eq!(status, Success, "{attempt:?}");
    let (_, attempt) = safe.change("nobody", &[]).await;
    assert_eq!(attempt.error_class, "Not found", "{attempt:?}");
    std::fs::write(safe.house.path("admin"), "wrong").expect("written");
    let (_, attempt) = safe.change("app", &[]).await;
    assert_eq!(attempt.error_class, "Credential rejected", "{attempt:?}");
    assert!(signs_in(&safe.password("app").await), "the vault and the directory agree");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_directory_that_does_not_prove_its_name_gets_no_password() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(mut directory) = Directory::start(folder.path()).await else { return };
    let uri = directory.uri().replace("127.0.0.1", "{device}");
    let env =
        [&admin(&uri)[..], &[("LDAPTLS_CACERT", "{folder}/ca.pem"), ("LDAPTLS_REQCERT", "never"), ("VIGIA_PLAIN", "nowhere")]].concat();
    let mut safe = Safe::new(folder, "openldap", &env).await;
    let folder = safe.house.path("");
    let own = format!("TLSCertificateFile {0}server.crt\nTLSCertificateKeyFile {0}server.key\n", folder.display());
    certify(&folder, "ldap.example");
    for encrypted in [false, true] {
        if encrypted {
            directory.serve(&own).await;
        }
        let (status, attempt) = safe.change("app", &[]).await;
        assert_eq!((status, attempt.error_class.as_str()), (Error, "Configuration"), "{encrypted}: {attempt:?}");
    }
    certify(&folder, "127.0.0.1");
    directory.serve(&own).await;
    let (status, attempt) = safe.change("app", &[]).await;
    assert_eq!(status, Success, "{attempt:?}");
}
