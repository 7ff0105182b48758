use super::*;

const VIEW: &str = "<13>1 2026-11-22T14:03:30Z segura-1 segura 77 - - CEF:0|MT4|senhasegura|3.27.0-4|164|PASSWORD VISUALIZATION|5|\
    rt=1795356207120 act=view requestMethod=GET sname=Ana Lima spid=981 spriv=Auditor suid=12 suser=ana src=fe80::1%eth0 dhost=db-1.example \
    dst=10.0.0.5 duid=35 duser=root cs1Label=GMUD cs1=CHG0031337 cs2Label=Reason cs2=Change \
    msg=Password db-1.example (10.0.0.5) - Domain User - root viewed by user ana";

#[test]
fn a_password_view_says_who_saw_what_and_why() {
    let event = event("segura", VIEW);
    says(
        &event,
        "password-view",
        &[
            ("operation", "View password"),
            ("user", "Ana Lima"),
            ("login", "ana"),
            ("ip", "fe80::1"),
            ("device", "db-1.example"),
            ("username", "root"),
            ("credential_type", "Domain User"),
            ("reason", "Change"),
            ("governance_id", "CHG0031337"),
        ],
    );
    assert_eq!(event.time.rfc3339(), "2026-11-22T14:03:27.120Z");
    assert_eq!((extra(&event, "spid"), extra(&event, "spriv"), extra(&event, "cef.id")), ("981", "Auditor", "164"));
    assert_eq!(extra(&event, "GMUD"), "", "what a column holds is not said twice");
}

#[test]
fn the_same_line_over_two_ways_is_one_event() {
    let direct = event("segura", VIEW);
    let relayed = VIEW.replace("<13>1 2026-11-22T14:03:30Z segura-1", "<13>1 2026-11-22T14:09:00Z relay-2");
    assert_eq!(event("senhasegura", &relayed).source_id, direct.source_id);
    assert_ne!(event("segura", &VIEW.replace("duser=root", "duser=sys")).source_id, direct.source_id);
}

#[test]
fn the_name_decides_where_the_two_lists_of_ids_disagree() {
    let line =
        |id: &str, name: &str| format!("CEF:0|Segura|Segura|4.0|{id}|{name}|5|rt=1795356207120 suser=ana sname=Ana dhost=db-1 duser=root");
    for (id, name, report, operation) in [
        ("15", "Access disapproved", "audit-tracking", "Disapproval"),
        ("15", "BACKUP COMPLETE", "performed-backups", ""),
        ("17", "Session finished", "audit-tracking", "Session finished"),
        ("17", "PASSWORD CHANGED", "password-operation", "Change password"),
        ("9", "ROTATION", "password-operation", "Change password"),
        ("14", "Access approved", "audit-tracking", "Approval"),
        ("13", "Access requested", "audit-tracking", "Creation"),
        ("22", "Password confirmed", "password-operation", "Verify password"),
        ("24", "Activation executed", "password-operation", "Credential activation"),
        ("65", "Go", "password-view", "View password"),
        ("66", "Go", "password-view", "Copy password"),
        ("153", "SESSION START", "password-view", "Start session"),
        ("120", "x", "audit-tracking", "Unusual access"),
        ("3", "Password expired", "audit-tracking", "Expiration"),
        ("336.501", "UPDATE INCIDENT", "audit-tracking", "Update"),
        ("336501", "UPDATE INCIDENT", "audit-tracking", "Update"),
        ("1426", "Successfully authenticated", "audit-tracking", "Login"),
    ] {
        let event = event("segura", &line(id, name));
        assert_eq!(event.report.key, report, "{id} {name}");
        assert_eq!(event.get("operation").plain(), operation, "{id} {name}");
    }
    assert_eq!(refused("segura", &line("15", "Something")), "no mapping: CEF event 15 of Segura Segura");
}

#[test]
fn failures_are_told_from_successes() {
    let line =
        |name: &str| format!("CEF:0|MT4|Segura|4.0|0|{name}|5|rt=1795356207120 suser=ana dhost=db-1 duser=root msg=No route to host");
    for (name, report, status) in [
        ("Change failed", "password-operation", "Error"),
        ("Change executed for password", "password-operation", "Success"),
        ("Invalid password", "password-operation", ""),
        ("Password invalid", "password-operation", "Error"),
        ("Activation failed", "password-operation", "Error"),
        ("Backup failed", "performed-backups", "Error"),
        ("Backup performed", "performed-backups", "Success"),
    ] {
        let Ok(event) = read("segura", &line(name)) else {
            assert_eq!(status, "", "{name} is read");
            continue;
        };
        says(&event, report, &[("status", status)]);
    }
    let failed = event("segura", &line("Change failed"));
    assert_eq!((failed.attempts.len(), &*failed.attempts[0].result, &*failed.attempts[0].message), (1, "Error", "No route to host"));
    says(&event("segura", &line("UPDATE INCIDENT")), "audit-tracking", &[("entity", "INCIDENT"), ("change", "Yes")]);
}

#[test]
fn a_line_without_a_time_takes_the_transports_or_is_kept_aside() {
    let bare = "CEF:0|MT4|Segura|4.0|164|PASSWORD VIEW|5|suser=ana duser=root";
    assert_eq!(refused("segura", bare), "no time: the CEF event 164 of MT4 Segura has no time that can be read");
    let first = event("segura", &format!("<13>Nov 22 14:03:27 s {bare}"));
    let again = event("segura", &format!("<13>Nov 22 14:03:28 s {bare}"));
    assert_eq!(first.time.rfc3339(), "2026-11-22T14:03:27.000Z");
    assert_ne!(first.source_id, again.source_id, "two views within two seconds are two events");
}

#[test]
fn portuguese_says_what_english_does() {
    let line = |name: &str| format!("CEF:0|MT4|senhasegura|3.27|19|{name}|8|rt=1795356209120 suser=ana dhost=db-7 duser=root");
    for (name, report, cells) in [
        ("Falha no backup", "performed-backups", [("status", "Error"), ("type", "Full")]),
        ("Backup com erro", "performed-backups", [("status", "Error"), ("type", "Full")]),
        ("Backup realizado", "performed-backups", [("status", "Success"), ("type", "Full")]),
        ("Senha alterada", "password-operation", [("operation", "Change password"), ("status", "Success")]),
        ("Falha na troca de senha", "password-operation", [("operation", "Change password"), ("status", "Error")]),
        ("Rotação da credencial executada", "password-operation", [("operation", "Change password"), ("status", "Success")]),
        ("Senha inválida", "password-operation", [("operation", "Verify password"), ("status", "Error")]),
        ("Senha confirmada", "password-operation", [("operation", "Verify password"), ("status", "Success")]),
        ("Falha na ativação", "password-operation", [("operation", "Credential activation"), ("status", "Error")]),
        ("Senha visualizada", "password-view", [("operation", "View password"), ("username", "root")]),
        ("VISUALIZAÇÃO DE SENHA", "password-view", [("operation", "View password"), ("device", "db-7")]),
        ("Senha copiada", "password-view", [("operation", "Copy password"), ("username", "root")]),
        ("Sessão iniciada", "password-view", [("operation", "Start session"), ("username", "root")]),
        ("Sessão finalizada", "audit-tracking", [("operation", "Session finished"), ("change", "No")]),
        ("Acesso solicitado", "audit-tracking", [("operation", "Creation"), ("entity", "Access request")]),
        ("Acesso aprovado", "audit-tracking", [("operation", "Approval"), ("entity", "Access request")]),
        ("Acesso reprovado", "audit-tracking", [("operation", "Disapproval"), ("entity", "Access request")]),
        ("Acesso incomum", "audit-tracking", [("operation", "Unusual access"), ("change", "No")]),
        ("Senha expirada", "audit-tracking", [("operation", "Expiration"), ("entity", "Credential")]),
        ("Falha de autenticação", "audit-tracking", [("operation", "Login failed"), ("entity", "User")]),
        ("Usuário excluído", "audit-tracking", [("operation", "Deletion"), ("entity", "Usuário")]),
        ("Cadastro de dispositivo", "audit-tracking", [("operation", "Creation"), ("entity", "dispositivo")]),
    ] {
        says(&event("segura", &line(name)), report, &cells);
    }
}
