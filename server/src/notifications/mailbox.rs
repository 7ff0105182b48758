//! A mailbox of this machine, in the place of a mail server: mails are files that nobody sends anywhere.

use super::message::Message;
use crate::file;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use vigia_app::model::Mail;

/// Most mails that are kept; older ones make room.
const MOST: usize = 200;

/// A folder with a JSON file for each mail, named after the message: the same one twice is one mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Mailbox(PathBuf);

impl Mailbox {
    /// The folder has to be there.
    pub fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Keeps a message; on return it is durable.
    pub(super) fn put(&self, to: &[String], message: &Message) -> io::Result<()> {
        let mail = Mail { at: message.at, to: to.to_vec(), subject: message.subject.clone(), text: message.text.replace("\r\n", "\n") };
        file::write(&self.0.join(&message.id).with_added_extension("json"), &mail)?;
        for (path, _) in self.all()?.into_iter().skip(MOST) {
            std::fs::remove_file(path)?;
        }
        Ok(())
    }

    /// The newest first.
    pub fn mails(&self) -> io::Result<Vec<Mail>> {
        Ok(self.all()?.into_iter().map(|(_, mail)| mail).collect())
    }

    fn all(&self) -> io::Result<Vec<(PathBuf, Mail)>> {
        let mut all = Vec::new();
        for entry in std::fs::read_dir(&self.0)? {
            let path = entry?.path();
            let is_mail = |path: &Path| path.extension().is_some_and(|extension| extension == "json");
            if is_mail(&path)
                && let Some(mail) = file::read::<Mail>(&path)?
            {
                all.push((path, mail));
            }
        }
        all.sort_by(|(first, one), (second, other)| other.at.cmp(&one.at).then_with(|| first.cmp(second)));
        Ok(all)
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Mailbox").field(&self.0).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use vigia_app::model::Timestamp;

    fn message(number: i64) -> Message {
        let text = format!("line 1 of {number}\r\nline 2\r\n");
        Message {
            id: format!("msg_{number}"),
            at: Timestamp::saturating(number),
            subject: format!("Mail {number}"),
            text,
            json: Value::Null,
        }
    }

    #[test]
    fn the_newest_mails_are_kept_and_none_twice() {
        let folder = tempfile::tempdir().expect("a folder");
        let mailbox = Mailbox::new(folder.path().to_owned());
        let to = ["ops@example.com".to_owned()];
        for number in (1..=203).chain([203]) {
            mailbox.put(&to, &message(number)).expect("is kept");
        }
        let mails = mailbox.mails().expect("are read");
        let subjects: Vec<_> = mails.iter().map(|mail| mail.subject.as_str()).collect();
        assert_eq!((subjects.len(), subjects[0], subjects[MOST - 1]), (MOST, "Mail 203", "Mail 4"));
        assert_eq!(mails[0].text, "line 1 of 203\nline 2\n");
        assert_eq!(mails[0].to, to);
    }
}
