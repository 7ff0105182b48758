use super::*;

const WHOLE: &str = r#"
[limits]
concurrent = 32
per_device = 1
attempts = 3
approve_within = "2d"
backoff_first = "1s"
backoff_cap = "1m"
lease = "30s"
drain = "5s"

[connector.vault]
kind = "openbao"
address = "https://bao.example:8200"
namespace = "team"
approle = { role_id = "vigia", secret_id_file = "/run/secrets/secret-id" }
timeout = "10s"

[connector.pam]
kind = "webhook"
url = "https://pam.example/hooks/vigia"
secret_file = "/run/secrets/pam"
allow = ["pam.example", "*.pam.example", "10.0.0.0/8", "::1"]
hosts = ["srv-*"]
operations = ["Change password", "Verify password"]
approval = true
attempts = 1
parameters = { site = "required", note = "optional" }

[connector.old]
kind = "pull"
hosts = ["srv-*"]
lease = "1h"

[connector.linux]
kind = "command"
hosts = ["SRV-*", "10.20.0.0/16"]
parameters = { port = "optional", site = "optional", jump = "optional", dn = "optional" }
command = ["/usr/local/lib/vigia/linux-ssh", "--quiet"]
env = { PATH = "/usr/bin" }

[[route]]
match = { source = "openbao*", operation = "Change password", device = "database/*" }
connector = "vault"
parameters = { role = "{username}", mount = { from = "{extra:mount}", form = "name" } }

[[route]]
match = { source = "segura", device = "SRV-*", operation = "Change password" }
connector = "linux"

[[route]]
match = { source = "segura*", device = "*.db.example" }
connector = "linux"

[[route]]
match = { source = "wallix", device = "SRV-*" }
connector = "linux"

[route.parameters]
port = { from = "{extra:port}", form = "port" }
site = { from = "{extra:site}", one_of = ["Porto", "Lisbon"] }
jump = { from = "{extra:jump}", form = "host" }
dn = "uid={username},ou=people"
"#;

fn setup() -> Setup {
    Setup::parse(WHOLE).expect("is sound")
}

fn target(connector: &str, parameters: &[(&str, &str)]) -> Target {
    Target {
        device: "Srv-DB-01".into(),
        username: "App".into(),
        credential_type: String::new(),
        connector: connector.into(),
        parameters: parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    }
}

const ROW: Asked<'_> = Asked {
    source: "openbao",
    operation: "Change password",
    device: "database/erp",
    username: "app",
    credential_type: "",
    template: "",
    extra: &[],
};

/// What the route from wallix takes.
const SOUND: [(&str, &str); 3] = [("port", "2222"), ("site", "Porto"), ("jump", "srv-jump")];

fn extra(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn wrong(text: &str) -> String {
    Setup::parse(text).expect_err("is wrong")
}

#[test]
fn a_whole_file_is_read() {
    let setup = setup();
    assert_eq!((setup.limits.total, setup.limits.device, setup.approve_within), (32, 1, Duration::from_secs(2 * 86_400)));
    assert_eq!(setup.pace.cap, Duration::from_secs(60));
    let of = |name: &str| setup.connectors.iter().find(|info| info.name == name).expect("a connector");
    assert_eq!((of("vault").kind.as_str(), of("vault").approval), ("openbao", false));
    assert_eq!((of("pam").operations.len(), of("pam").approval), (2, true));
    assert_eq!(of("pam").parameters, [("note".to_owned(), false), ("site".to_owned(), true)]);
    assert_eq!((setup.ways["pam"].attempts, setup.ways["vault"].attempts), (1, 3), "its own, or that of all");
    assert_eq!(setup.ways["vault"].timeout, Duration::from_secs(10));
}

#[test]
fn an_operation_is_planned_or_the_field_at_fault_is_named() {
    let setup = setup();
    let plan = setup.plan(&target("vault", &[("role", "app")]), "Change password").expect("a plan");
    assert_eq!((plan.connector.as_str(), plan.credential.as_str(), plan.max_tries), ("vault", "app@srv-db-01", 3));
    let refused = |connector: &str, parameters: &[(&str, &str)], operation: &str| {
        setup.plan(&target(connector, parameters), operation).map(|_| ()).expect_err("is refused")
    };
    insta::assert_debug_snapshot!([
        refused("valt", &[], "Change password"),
        refused("vault", &[("role", "app")], "Verify password"),
        refused("vault", &[], "Change password"),
        refused("vault", &[("role", "app"), ("connection", "erp")], "Change password"),
        refused("vault", &[("role", "../sys/seal")], "Change password"),
        refused("vault", &[("role", "app"), ("role", "ops")], "Change password"),
        refused("vault", &[("rolle", "app")], "Change password"),
        refused("pam", &[], "Verify password"),
        refused("pam", &[("site", "a\nb")], "Verify password"),
        refused("linux", &[("ports", "22")], "Change password"),
        setup.plan(&Target { device: "srv-1.evil.example".into(), ..target("linux", &[]) }, "Change password").map(|_| ()).expect_err("elsewhere"),
    ], @r#"
    [
        (
            "target.connector",
            "There is no connector \"valt\"; there are linux, old, pam, vault.",
        ),
        (
            "operation",
            "The connector vault does not do \"Verify password\". It does: Change password.",
        ),
        (
            "target.parameters",
            "Name either the static role to rotate (role) or the connection whose own password to change (connection).",
        ),
        (
            "target.parameters",
            "Name either the static role to rotate (role) or the connection whose own password to change (connection).",
        ),
        (
            "target.parameters",
            "role: \"../sys/seal\" is not a name in OpenBao; letters, digits, _, - and . make one, with a letter, digit or _ at both ends.",
        ),
        (
            "target.parameters",
            "The parameter \"role\" is there twice.",
        ),
        (
            "target.parameters",
            "The connector vault has no parameter \"rolle\"; it has: role, connection, mount.",
        ),
        (
            "target.parameters",
            "The connector pam needs the parameter site.",
        ),
        (
            "target.parameters",
            "site: 1 to 512 bytes without control characters are expected.",
        ),
        (
            "target.parameters",
            "The connector linux has no parameter \"ports\"; it has: dn, jump, port, site.",
        ),
        (
            "target.device",
            "The connector linux does not go to \"srv-1.evil.example\", which is not among its hosts. If it is one of your devices, add it to hosts or hosts_file of [connector.linux] in the connectors file.",
        ),
    ]
    "#);
}

#[test]
fn where_no_account_is_told_the_parameters_say_what_is_changed() {
    let setup = setup();
    let mut one = target("vault", &[("connection", "ERP"), ("mount", "db")]);
    one.username = String::new();
    let mut other = target("vault", &[("mount", "db"), ("connection", "erp")]);
    other.username = String::new();
    let credential = |target: &Target| setup.plan(target, "Change password").expect("a plan").credential;
    assert_eq!(credential(&one), credential(&other));
}

#[test]
fn a_route_leads_what_others_reported_to_a_connector() {
    let setup = setup();
    let extra = extra(&[("mount", "database")]);
    let plan = setup.route(&Asked { extra: &extra, ..ROW }).expect("a plan");
    assert_eq!(plan.parameters, [("mount".to_owned(), "database".to_owned()), ("role".to_owned(), "app".to_owned())]);
    let plan = setup.route(&Asked { source: "segura", device: "srv-web-01", ..ROW }).expect("a plan");
    assert_eq!(plan.connector, "linux");
    let sound = self::extra(&SOUND);
    insta::assert_debug_snapshot!([
        setup.route(&ROW).expect_err("there is no mount"),
        setup.route(&Asked { extra: &extra, username: "a b", ..ROW }).expect_err("is not a role"),
        setup.route(&Asked { device: "db", ..ROW }).expect_err("no route"),
        setup.route(&Asked { source: "wallix", device: "srv-1", operation: "User creation", extra: &sound, ..ROW }).expect_err("not done here"),
        Setup::default().route(&ROW).expect_err("nothing is set up"),
    ], @r#"
    [
        "The route to the connector vault takes the parameter mount from {extra:mount}, which the operation does not have.",
        "The route to the connector vault takes the parameter role from the operation, which has \"a b\" there. Expected: up to 128 letters, digits and _ . - @ $, with a letter, digit or _ at the start and no two dots together.",
        "The connectors file has no route for this operation.",
        "The connector linux does not do \"User creation\". It does: Change password.",
        "No connector is set up, so nothing can be carried out. Write a connectors file (a table [connector.NAME] with its kind, openbao, webhook, pull or command, and a [[route]] for operations that other systems report), name it in the setting connectors (VIGIA_CONNECTORS), and start Vigia again.",
    ]
    "#);
}

/// A file with a route to a connector that has the parameter `p`.
fn routed(route: &str) -> String {
    format!(
        "[connector.x]\nkind = \"pull\"\nhosts = [\"srv-*\"]\nparameters = {{ p = \"optional\" }}\n[[route]]\nconnector = \"x\"\n{route}"
    )
}

#[test]
fn no_event_sends_a_connector_to_a_device_that_is_not_listed() {
    let setup = setup();
    let asked = |source, device| Asked { source, device, ..ROW };
    for device in ["srv-1", "SRV-DB-01"] {
        assert_eq!(setup.leads(&asked("segura", device)), Some("linux"), "{device}");
        assert_eq!(setup.route(&asked("segura", device)).map(|plan| plan.connector), Ok("linux".to_owned()), "{device}");
    }
    // No route has a pattern for them.
    for device in ["srv-1.evil.example", "srv-1.", "srv-1\u{3002}evil", "x.db.example.evil", "a.b.db.example"] {
        assert_eq!(setup.leads(&asked("segura", device)), None, "{device}");
        let refused = setup.route(&asked("segura", device)).expect_err(device).to_string();
        assert_eq!(refused, "The connectors file has no route for this operation.", "{device}");
    }
    // The route is wider than the list.
    let device = "x.db.example";
    assert_eq!(setup.leads(&asked("segura", device)), None);
    let refused = setup.route(&asked("segura", device)).expect_err("is not listed").to_string();
    assert!(refused.contains("does not go to \"x.db.example\"") && refused.contains("[connector.linux]"), "{refused}");
    assert!(setup.obstacle("linux", device).is_some() && setup.obstacle("linux", "10.20.0.9").is_none());
    assert!(setup.obstacle("vault", "database/erp").is_none(), "OpenBao goes to no device");
    assert_eq!(setup.leads(&asked("segura-of-somebody-else", "srv-1")), None, "the source is another one");
}

#[test]
fn what_an_event_says_is_told_a_connector_only_in_the_form_that_the_route_names() {
    let setup = setup();
    let route = |username: &str, changed: &[(&str, &str)]| {
        let mut fields = extra(&SOUND);
        for (name, value) in &mut fields {
            if let Some((_, new)) = changed.iter().find(|(changed, _)| changed == name) {
                *value = (*new).to_owned();
            }
        }
        setup.route(&Asked { source: "wallix", device: "srv-1", username, extra: &fields, ..ROW })
    };
    let plan = route("app", &[]).expect("a plan");
    let told = [("dn", "uid=app,ou=people"), ("jump", "srv-jump"), ("port", "2222"), ("site", "Porto")];
    assert_eq!(plan.parameters, extra(&told));
    for (username, name, value, says) in [
        ("app", "port", "22 -o ProxyCommand=x", "a number from 1 to 65535"),
        ("app", "port", "0", "a number from 1 to 65535"),
        ("app", "site", "porto", "one of: Porto, Lisbon"),
        ("app", "jump", "srv-1.evil.example", "not among its hosts"),
        ("app", "jump", "-oProxyCommand=x", "one of the connector's hosts"),
        ("app,ou=admins", "dn", "", "up to 128 letters"),
        ("../../root", "dn", "", "up to 128 letters"),
        ("-v", "dn", "", "up to 128 letters"),
    ] {
        let refused = route(username, &[(name, value)]).expect_err(value).to_string();
        assert!(refused.contains(says), "{username} {name} {value}: {refused}");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_table_and_key() {
    insta::assert_debug_snapshot!([
        wrong("[limit]\nconcurrent = 1"),
        wrong("[limits]\nconcurent = 1"),
        wrong("[limits]\nconcurrent = 0"),
        wrong("[limits]\nconcurrent = \"many\""),
        wrong("[limits]\nlease = \"1 fortnight\""),
        wrong("[limits]\nbackoff_cap = \"1s\""),
        wrong("[connector.x]\nkind = \"ssh\""),
        wrong("[connector.x]\nurl = \"https://x\""),
        wrong("[connector.'a b']\nkind = \"pull\"\nhosts = [\"srv-*\"]"),
        wrong("[connector.x]\nkind = \"pull\"\nhosts = [\"srv-*\"]\nleese = \"1m\""),
        wrong("[connector.x]\nkind = \"pull\"\nhosts = [\"srv-*\"]\nattempts = 0"),
        wrong("[connector.x]\nkind = \"pull\"\nhosts = [\"srv-*\"]\ntimeout = \"2d\""),
        wrong("[connector.x]\nkind = \"pull\"\nhosts = [\"srv-*\"]\noperations = []"),
        wrong("[connector.x]\nkind = \"openbao\"\naddress = \"https://b\"\ntoken_file = \"t\"\noperations = [\"Verify password\"]"),
        wrong("[connector.x]\nkind = \"openbao\"\naddress = \"https://b\""),
        wrong("[connector.x]\nkind = \"webhook\"\nhosts = [\"srv-*\"]\nurl = \"https://b\"\nsecret_file = \"s\"\nallow = [\"10.0.0.0/99\"]"),
        wrong("[connector.x]\nkind = \"command\"\nhosts = [\"srv-*\"]\ncommand = [\"rotate\"]"),
        wrong("[connector.x]\nkind = \"command\"\nhosts = [\"srv-*\"]\ncommand = \"/bin/rotate --now\""),
        wrong("[[route]]\nconnector = \"x\""),
        wrong("[connector.x]\nkind = \"pull\"\nhosts = [\"srv-*\"]\n[[route]]\nconnector = \"x\"\nmatch = { host = \"a\" }"),
        wrong("[connector.x]\nkind = \"pull\"\nhosts = [\"srv-*\"]\n[[route]]\nconnector = \"x\"\nmatch = { source = \"a\" }\nparameters = { role = \"{username}\" }"),
        wrong("[connector.x]\nkind = \"pull\"\nhosts = [\"srv-*\"]\nparameters = { role = \"optional\" }\n[[route]]\nconnector = \"x\"\nmatch = { source = \"a\" }\nparameters = { role = \"{user}\" }"),
        wrong("[connector.x]\nkind = \"command\"\ncommand = [\"/bin/true\"]"),
        wrong("[connector.x]\nkind = \"pull\"\nhosts = []"),
        wrong("[connector.x]\nkind = \"pull\"\nhosts = [\"srv-1\", \"*\"]"),
        wrong("[connector.x]\nkind = \"pull\"\nhosts_file = \"/nowhere/hosts\""),
        wrong("[connector.x]\nkind = \"openbao\"\naddress = \"https://b\"\ntoken_file = \"t\"\nhosts = [\"srv-1\"]"),
        wrong(&routed("match = { device = \"srv-*\" }")),
        wrong(&routed("match = { source = \"*\" }")),
        wrong(&routed("match = { source = \"?*\" }")),
        wrong(&routed("")),
        wrong(&routed("match = { source = \"a\" }\nparameters = { p = \"{extra:port}\" }")),
        wrong(&routed("match = { source = \"a\" }\nparameters = { p = { from = \"{extra:port}\" } }")),
        wrong(&routed("match = { source = \"a\" }\nparameters = { p = { from = \"{extra:port}\", form = \"text\" } }")),
        wrong(&routed("match = { source = \"a\" }\nparameters = { p = { from = \"{extra:port}\", one_of = [] } }")),
        wrong(&routed("match = { source = \"a\" }\nparameters = { p = { from = \"{extra:port}\", forms = \"port\" } }")),
        wrong(&routed("match = { source = \"a\" }\nparameters = { p = { from = \"{extra\", form = \"port\" } }")),
        wrong(&routed("match = { source = \"a\" }\nparameters = { p = 22 }")),
        wrong("x = = 1"),
    ], @r#"
    [
        ": there is no table \"limit\"; tables are [limits], [connector.NAME] and [[route]]",
        ", [limits] concurent: unknown field `concurent`, expected one of `concurrent`, `per_device`, `attempts`, `backoff_first`, `backoff_cap`, `approve_within`, `lease`, `drain`",
        ", [limits] concurrent: must be from 1 to 1024",
        ", [limits] concurrent: invalid type: string \"many\", expected u32",
        ", [limits] lease: \"1 fortnight\" is not a length of time; write for example 500ms, 30s, 5m, 12h or 7d",
        ", [limits] backoff_cap: must be from 10s to 7days",
        ", [connector.x] kind: there is no kind \"ssh\"; kinds are openbao, webhook, pull, command",
        ", [connector.x]: missing field `kind`",
        ", [connector.a b]: a connector's name has letters, digits, - and _, at most 64",
        ", [connector.x] leese: unknown field `leese`, expected `lease` or `parameters`, `kind`, `operations`, `approval`, `attempts`, `timeout`, `hosts`, `hosts_file`",
        ", [connector.x] attempts: must be from 1 to 100",
        ", [connector.x] timeout: must be from 100ms to 1h",
        ", [connector.x] operations: words of the column Operation are expected, of 1 to 128 bytes",
        ", [connector.x] operations: \"Verify password\" is nothing OpenBao does; a connector of this kind only has [\"Change password\"]",
        ", [connector.x] needs one way to sign in: token_file = \"...\", or approle = { role_id = \"...\", secret_id_file = \"...\" }",
        ", [connector.x] allow[0]: \"10.0.0.0/99\" is not a host, address or network; write for example pam.example.com, *.example.com or 10.0.0.0/8",
        ", [connector.x] command: names no program; write its whole path and then its arguments, as in [\"/usr/local/bin/rotate\", \"--now\"]",
        ", [connector.x] command: invalid type: string \"/bin/rotate --now\", expected a sequence",
        ", [[route]] number 1 connector: No connector is set up",
        ", [[route]] number 1 match.host: there is no such column; columns are source, operation, device, username, credential_type, template",
        ", [[route]] number 1 parameters: The connector x has no parameter \"role\"; it has none",
        ", [[route]] number 1 parameters.role: \"{user}\" names {user}, which there is not; write {source}, {operation}, {device}, {username}, {credential_type}, {template} or {extra:NAME}",
        ", [connector.x] names no hosts: an operation may be of any device that an event speaks of; write those that it goes to, as in hosts = [\"srv-db-*\", \"*.db.example.com\", \"10.20.0.0/16\"], or hosts_file = \"...\" with one a line",
        ", [connector.x] names no hosts: an operation may be of any device that an event speaks of; write those that it goes to, as in hosts = [\"srv-db-*\", \"*.db.example.com\", \"10.20.0.0/16\"], or hosts_file = \"...\" with one a line",
        ", [connector.x] hosts[1]: \"*\" would be every name; write what the names of the devices have in common, as in srv-db-*",
        ", [connector.x] hosts_file: /nowhere/hosts cannot be read: No such file or directory (os error 2)",
        ", [connector.x] hosts: OpenBao goes where its own connections lead, and not to the device; leave it out",
        ", [[route]] number 1 match.source: is missing, so that whoever may send any events could have this route taken. Write the source whose operations it is for, as in match = { source = \"segura-prod\" }",
        ", [[route]] number 1 match.source: \"*\" is every source, so that whoever may send any events could have this route taken. Write the source whose operations it is for, as in match = { source = \"segura-prod\" }",
        ", [[route]] number 1 match.source: \"?*\" is every source, so that whoever may send any events could have this route taken. Write the source whose operations it is for, as in match = { source = \"segura-prod\" }",
        ", [[route]] number 1 match.source: is missing, so that whoever may send any events could have this route taken. Write the source whose operations it is for, as in match = { source = \"segura-prod\" }",
        ", [[route]] number 1 parameters.p: \"{extra:port}\" would tell the connector whatever an event says; name the form that it has to have, as in { from = \"{extra:port}\", form = \"port\" } (forms are port, name, host), or the values there may be, as in { from = \"{extra:port}\", one_of = [\"erp\", \"crm\"] }",
        ", [[route]] number 1 parameters.p needs either form (port, name, host) or one_of, a list of the values there may be",
        ", [[route]] number 1 parameters.p.form: there is no form \"text\"; forms are port, name, host, or write one_of = [...]",
        ", [[route]] number 1 parameters.p needs either form (port, name, host) or one_of, a list of the values there may be",
        ", [[route]] number 1 parameters.p.forms: unknown field `forms`, expected one of `from`, `form`, `one_of`",
        ", [[route]] number 1 parameters.p: \"{extra\" has a bracket without its other half; write {source}, {operation}, {device}, {username}, {credential_type}, {template} or {extra:NAME}",
        ", [[route]] number 1 parameters.p: is neither a text nor a table, as { from = \"{extra:port}\", form = \"port\" }",
        ", line 1: extra `=`, expected nothing",
    ]
    "#);
}

#[test]
fn the_examples_of_the_docs_are_sound() {
    let docs = include_str!("../../../../docs/connectors.md");
    let examples = docs.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let parsed = examples.map(|example| Setup::parse(example).unwrap_or_else(|wrong| panic!("{wrong}\n{example}")));
    let parts: Vec<_> = parsed.map(|setup| (setup.connectors.len(), setup.routes.len())).collect();
    assert_eq!(parts, [(4, 2), (1, 0)]);
}

#[test]
fn the_docs_have_the_defaults() {
    let (setup, docs) = (Setup::default(), include_str!("../../../../docs/connectors.md"));
    let shown = |time: Duration| format!("`{}`", humantime::format_duration(time).to_string().replace("days", "d").replace(' ', ""));
    for (name, default) in [
        ("concurrent", setup.limits.total.to_string()),
        ("per_device", setup.limits.device.to_string()),
        ("backoff_first", shown(setup.pace.first)),
        ("backoff_cap", shown(setup.pace.cap)),
        ("approve_within", shown(setup.approve_within)),
        ("lease", shown(setup.pace.lease)),
        ("drain", shown(setup.pace.drain)),
    ] {
        assert!(docs.contains(&format!("| `{name}` | {default} |")), "{name} is {default}");
    }
}

#[test]
fn whoever_reports_from_outside_is_waited_for_as_the_connector_says() {
    let file = r#"
        [limits]
        lease = "20s"
        [connector.pulled]
        kind = "pull"
        hosts = ["srv-*"]
        lease = "7m"
        [connector.called]
        kind = "webhook"
        hosts = ["srv-*"]
        url = "https://pam.example.com/"
        secret_file = "/run/secrets/pam"
        answer_within = "2h"
        [connector.run]
        kind = "command"
        hosts = ["srv-*"]
        command = ["/bin/true"]"#;
    let setup = Setup::parse(file).expect("is sound");
    let waits = ["pulled", "called", "run"].map(|connector| setup.held_for(connector).as_secs());
    assert_eq!(waits, [7 * 60, 2 * 60 * 60, 20]);
    assert_eq!(["pulled", "called"].map(|connector| setup.pull_lease(connector).is_some()), [true, false]);
}
