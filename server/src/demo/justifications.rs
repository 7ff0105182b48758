//! What people write when they are asked why.

use super::people::Language;

/// Types of justification, as the report declares them.
pub(super) const CHANGE: &str = "Change";
pub(super) const INCIDENT: &str = "Incident";
pub(super) const REMOTE: &str = "Remote work";
pub(super) const UNREACHABLE: &str = "Device with no connectivity";
pub(super) const OTHER: &str = "Other";

const CHANGES: &[&str] = &[
    "Planned change {ticket} on {device}.",
    "Patch window of {group}, step {n} of the plan.",
    "Apply configuration from {ticket}, then verify with the owner.",
    "Renew certificate on {device}; the old one ends this month.",
    "Upgrade to the release approved in {ticket}.",
    "Rule change requested by the application team, see {ticket}.",
    "Month-end closing: extend tablespace on {device}.",
    "Rotate the integration account {username} after the project's end.",
];
const INCIDENTS: &[&str] = &[
    "{ticket}: {device} does not answer on {endpoint}.",
    "Disk full on {device}, clearing old logs.",
    "Users in {site} cannot sign in, looking at {device}.",
    "Monitoring alert {n}: service restarts in a loop.",
    "High load since the last deployment; need {username} to take a thread dump.",
    "Replication lag on {group}, {n} seconds and growing.",
];
const REMOTES: &[&str] = &[
    "On call from home, checking {device}.",
    "Working remotely this week; maintenance of {device}.",
    "Travelling, VPN only. Check of {group}.",
];
const UNREACHABLES: &[&str] = &[
    "{device} has lost its uplink: local sign-in at the console in {site}.",
    "No connectivity to {endpoint}; technician on site needs {username}.",
    "Console access, management network is down.",
];
const OTHERS: &[&str] = &[
    "Quarterly review of {group}.",
    "Handover to the new colleague.",
    "test",
    "As agreed with Inês.",
    "asked by phone",
    "Audit sample {n}: show that {username} on {device} is under management.",
    ".",
];

const PORTUGUESE: &[&str] = &[
    "Mudança {ticket} programada em {device}; validação com a área após a execução.",
    "Incidente em produção: {device} sem resposta desde as {n} h.",
    "Acesso remoto para manutenção do {group}, conforme combinado na reunião de ontem.",
    "Correção de configuração não aplicada na última janela — ação de emergência não necessária.",
    "Verificação da cópia de segurança em {device}.",
];
const SPANISH: &[&str] =
    &["Cambio {ticket}: actualización de {device} según el plan.", "¿Por qué no responde {device}? Revisión urgente con el señor Núñez."];
const FRENCH: &[&str] = &[
    "Intervention {ticket} prévue sur {device}, déjà validée.",
    "Vérification de l'accès à {device} : « connexion refusée » depuis ce matin.",
];
const GERMAN: &[&str] =
    &["Geplante Änderung {ticket} an {device}, Rückfall geprüft.", "Störung: {device} überlastet, Größe des Protokolls prüfen."];
const POLISH: &[&str] = &["Zaplanowana zmiana {ticket} na {device}.", "Błąd połączenia z {device}, sprawdzam źródło usterki."];
const GREEK: &[&str] = &[
    "Προγραμματισμένη αλλαγή {ticket} στο {device}.",
    "Το {device} δεν αποκρίνεται, έλεγχος σύνδεσης.",
    "Έλεγχος αντιγράφων ασφαλείας για {group}.",
];
const BULGARIAN: &[&str] = &[
    "Планирана промяна {ticket} на {device}.",
    "Няма връзка с {device}, проверка от конзолата.",
    "Обновяване на сертификата, заявка {ticket}.",
];
const UKRAINIAN: &[&str] = &["Планові роботи {ticket} на {device}.", "Немає з'єднання з {device}, перевіряю журнал."];
const ARABIC: &[&str] = &[
    "تغيير مخطط له {ticket} على الجهاز {device}.",
    "لا يمكن الوصول إلى {device} منذ الصباح، فحص عاجل.",
    "تحديث الشهادة حسب الطلب {ticket}.",
];
const HEBREW: &[&str] = &["שינוי מתוכנן {ticket} בשרת {device}.", "אין תקשורת אל {device}, בודק מהבית.", "עדכון תעודה לפי קריאה {ticket}."];
const HINDI: &[&str] = &["{device} पर नियोजित बदलाव {ticket}।", "{device} उत्तर नहीं दे रहा है, तत्काल जाँच।", "{group} का मासिक रखरखाव।"];
const CHINESE: &[&str] = &["按变更单 {ticket} 升级 {device}。", "{device} 无法连接，紧急排查。", "月末結帳，檢查 {device} 的磁碟空間。"];
const JAPANESE: &[&str] =
    &["変更 {ticket} に伴う {device} の作業です。", "{device} に接続できないため、緊急確認を行います。", "月次の点検（{group}）。"];
const KOREAN: &[&str] = &["{ticket} 변경 작업: {device} 설정 적용.", "{device} 응답 없음, 긴급 점검."];

const ENGLISH: &[(&str, &[&str])] =
    &[(CHANGE, CHANGES), (INCIDENT, INCIDENTS), (REMOTE, REMOTES), (UNREACHABLE, UNREACHABLES), (OTHER, OTHERS)];

/// Templates in English, for a reason.
pub(super) fn english(reason: &str) -> &'static [&'static str] {
    ENGLISH.iter().find(|(of, _)| *of == reason).map_or(OTHERS, |(_, templates)| templates)
}

/// Templates in the language, none of which depends on the reason; `None` for English.
pub(super) const fn own(language: Language) -> Option<&'static [&'static str]> {
    Some(match language {
        Language::English => return None,
        Language::Portuguese => PORTUGUESE,
        Language::Spanish => SPANISH,
        Language::French => FRENCH,
        Language::German => GERMAN,
        Language::Polish => POLISH,
        Language::Greek => GREEK,
        Language::Bulgarian => BULGARIAN,
        Language::Ukrainian => UKRAINIAN,
        Language::Arabic => ARABIC,
        Language::Hebrew => HEBREW,
        Language::Hindi => HINDI,
        Language::Chinese => CHINESE,
        Language::Japanese => JAPANESE,
        Language::Korean => KOREAN,
    })
}

#[cfg(test)]
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    let own = [PORTUGUESE, SPANISH, FRENCH, GERMAN, POLISH, GREEK, BULGARIAN, UKRAINIAN, ARABIC, HEBREW, HINDI, CHINESE, JAPANESE, KOREAN];
    let english = ENGLISH.iter().flat_map(|(_, templates)| templates.iter());
    english.copied().chain(own.into_iter().flatten().copied()).chain(super::oddities::LONG.iter().copied())
}
