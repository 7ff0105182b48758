//! Tests for docs/connectors/openldap, with a slapd of their own.

use crate::programs::{Server, ends_well, installed};
use crate::safe::Safe;
use crate::vigia::free_address;
use serde_json::json;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use vigia_app::model::OperationStatus::Success;

const ENTRIES: &str = "dn: dc=example\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example\n\n\
                       dn: uid=app,dc=example\nobjectClass: account\nobjectClass: simpleSecurityObject\nuid: app\nuserPassword: first\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_gets_a_new_password_and_the_old_one_is_refused() {
    let Some([slapd, slapadd, _, _]) = installed(["slapd", "slapadd", "ldappasswd", "ldapwhoami"]) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().display().to_string();
    std::fs::create_dir(folder.path().join("data")).expect("made");
    let settings = format!(
        "include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\n\
         pidfile {place}/pid\nargsfile {place}/args\ndatabase mdb\nmaxsize 10485760\nsuffix dc=example\nrootdn cn=admin,dc=example\n\
         rootpw only-for-tests\ndirectory {place}/data\n\
         access to attrs=userPassword by anonymous auth by * none\naccess to * by * read\n"
    );
    std::fs::write(folder.path().join("slapd.conf"), settings).expect("written");
    std::fs::write(folder.path().join("entries"), ENTRIES).expect("written");
    std::fs::write(folder.path().join("admin"), "only-for-tests").expect("written");
    let closed = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(folder.path().join("admin"), closed).expect("is closed");
    let (conf, entries) = (format!("{place}/slapd.conf"), format!("{place}/entries"));
    assert!(ends_well(&slapadd.display().to_string(), &["-f", &conf, "-l", &entries], &[]), "the entries are added");
    let address = free_address();
    let uri = format!("ldap://{address}");
    let mut serve = Command::new(slapd);
    serve.args(["-f", &conf, "-h", &uri, "-d", "0"]);
    let _server = Server::start(serve, address).await;

    let uri_setting = format!("ldap://{{device}}:{}", address.port());
    let admin = [
        ("LDAP_URI", uri_setting.as_str()),
        ("LDAP_ADMIN", "cn=admin,dc=example"),
        ("LDAP_ADMIN_FILE", "{folder}/admin"),
        ("LDAP_DN", "uid={username},dc=example"),
    ];
    let mut safe = Safe::new(folder, "openldap", &admin).await;
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
