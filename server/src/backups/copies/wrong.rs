//! What a store says against something, in sentences. Of its answers only the code is repeated: they may have in them what was signed, and are anybody's text.

use crate::causes::chain;
use object_store::client::{HttpError, HttpErrorKind};
use std::error::Error;

/// Longest code or cause that is repeated.
const LONGEST: usize = 200;

/// Whom was asked, and for what.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub bucket: String,
    /// The address of the store, for people.
    pub store: String,
    /// Whether the environment names a key, or where one is to be had.
    pub key: bool,
}

impl Asked {
    /// Why a request failed.
    pub(super) fn why(&self, error: &object_store::Error) -> String {
        let Self { bucket, store, key } = self;
        let all = chain(error);
        match code(&all) {
            Some("NoSuchBucket") => {
                format!("There is no bucket {bucket} at {store}. Make it, or name another one in backup_copies.")
            }
            Some(
                code @ ("InvalidAccessKeyId"
                | "SignatureDoesNotMatch"
                | "InvalidToken"
                | "ExpiredToken"
                | "AuthFailure"
                | "InvalidClientTokenId"),
            ) => {
                format!("{store} does not take the key ({code}). Look at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")
            }
            Some(code @ ("AccessDenied" | "AllAccessDisabled")) => format!(
                "{store} refuses it ({code}). The key needs s3:PutObject, s3:GetObject, s3:DeleteObject and s3:AbortMultipartUpload in {bucket}."
            ),
            Some(code @ ("PermanentRedirect" | "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException")) => {
                format!("{store} says that {bucket} is in another region ({code}). Set AWS_REGION.")
            }
            Some("InvalidRange") => format!("{store} has less of it than its manifest says."),
            Some(code) => format!("{store} refuses it ({code})."),
            None if all.contains("redirect without LOCATION") => {
                format!("{store} says that {bucket} is in another region. Set AWS_REGION.")
            }
            None => match (status(&all), http(error)) {
                (Some("401" | "403"), _) if *key => {
                    format!("{store} refuses it: the key in AWS_ACCESS_KEY_ID is not known there, or may not read and write in {bucket}.")
                }
                (Some("404"), _) => format!("{store} does not have it."),
                (Some(status), _) if *key => format!("{store} refuses it (HTTP status {status})."),
                _ if !key => {
                    "No key is given, and this machine has none of its own. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.".to_owned()
                }
                (None, Some(error)) => match error.kind() {
                    HttpErrorKind::Timeout => format!("{store} did not answer in time."),
                    HttpErrorKind::Connect => format!("{store} was not reached: {}.", innermost(error)),
                    _ => format!("The connection to {store} was lost: {}.", innermost(error)),
                },
                // Its text is anybody's.
                _ if all.contains('<') => format!("{store} gave an answer that S3 does not have."),
                _ => format!("{store} cannot be asked: {}.", innermost(error)),
            },
        }
    }
}

/// The code in the answer of a store, as S3 has it.
fn code(text: &str) -> Option<&str> {
    let code = text.split_once("<Code>")?.1.split_once("</Code>")?.0;
    let is_code = !code.is_empty() && code.len() <= LONGEST && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
    is_code.then_some(code)
}

/// The HTTP status of an answer without a text.
fn status(text: &str) -> Option<&str> {
    let digits = text.split_once("status code: ")?.1.get(..3)?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(digits)
}

fn http<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a HttpError> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<HttpError>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// What an error comes from, in short.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string().chars().filter(|letter| !letter.is_control()).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(text: &str, key: bool) -> String {
        let asked = Asked { bucket: "vault".to_owned(), store: "s3.example".to_owned(), key };
        asked.why(&object_store::Error::Generic { store: "S3", source: text.into() })
    }

    #[test]
    fn nothing_but_the_code_is_repeated() {
        let said = why("403: <Error><Code>SignatureDoesNotMatch</Code><StringToSign>AKIA hunter2</StringToSign></Error>", true);
        assert_eq!(said, "s3.example does not take the key (SignatureDoesNotMatch). Look at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.");
        assert_eq!(
            why("<Code>NoSuchBucket</Code>", true),
            "There is no bucket vault at s3.example. Make it, or name another one in backup_copies."
        );
        assert_eq!(why("<Code>SlowDown</Code>", true), "s3.example refuses it (SlowDown).");
        assert_eq!(why("<Code>\u{1b}[31mhello</Code>", true), "s3.example gave an answer that S3 does not have.");
        assert_eq!(
            why("Server returned non-2xx status code: 507 Insufficient Storage: ", true),
            "s3.example refuses it (HTTP status 507)."
        );
        assert!(why("no metadata", false).contains("Set AWS_ACCESS_KEY_ID"));
    }
}
