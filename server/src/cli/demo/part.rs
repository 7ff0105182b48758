//! What the scripts of the demo's connector call: a made-up device, and the vault.

use super::{Out, Status};
use crate::demo::sandbox::{Network, Request, Vault};
use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde_json::Value;
use std::io::{Write, stdin};
use std::path::PathBuf;

/// See the module.
#[derive(Subcommand)]
pub(in crate::cli) enum Part {
    /// Be a made-up device: read one request from standard input, and answer it.
    ///
    /// A request is JSON, as in {"do": "set", "device": "srv-db-01", "username": "root", "password": "..."}; instead of `set` also `reach`
    /// and `sign_in`.
    Device(Folder),
    /// Be the vault of the made-up devices.
    Vault {
        #[command(flatten)]
        folder: Folder,
        #[command(subcommand)]
        verb: Verb,
    },
}

#[derive(Args)]
pub struct Folder {
    /// Where the devices are kept
    #[arg(long, value_name = "FOLDER")]
    folder: PathBuf,
}

#[derive(Subcommand)]
pub enum Verb {
    /// Print the record of an account; nothing where there is none
    Get(Of),
    /// Keep a record, JSON from standard input, for an account
    Put(Of),
}

/// An account.
#[derive(Args)]
pub struct Of {
    /// The device's name in hexadecimal
    device: Hex,
    /// The user name in hexadecimal
    username: Hex,
}

/// A text that was given in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hex(String);

impl std::str::FromStr for Hex {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digit = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let bytes: Option<Vec<u8>> = text.as_bytes().chunks(2).map(|pair| digit(pair).filter(|_| pair.len() == 2)).collect();
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        text.map(Self).ok_or_else(|| "is not UTF-8 in hexadecimal; write for example 726f6f74 for root".to_owned())
    }
}

impl Part {
    /// # Errors
    /// When the sandbox cannot be read or written, or the request cannot be read; what a device refuses is an answer.
    pub(in crate::cli) fn run(&self, out: &mut Out<impl Write>) -> anyhow::Result<Status> {
        match self {
            Self::Device(Folder { folder }) => {
                let request: Request = serde_json::from_reader(stdin()).context("the request cannot be read")?;
                let answer = Network::new(folder, std::thread::sleep).ask(&request)?;
                out.line(&serde_json::to_string(&answer)?)?;
            }
            Self::Vault { folder, verb: Verb::Get(of) } => {
                if let Some(record) = Vault::new(&folder.folder).get(&of.device.0, &of.username.0)? {
                    out.line(&record.to_string())?;
                }
            }
            Self::Vault { folder, verb: Verb::Put(of) } => {
                let record: Value = serde_json::from_reader(stdin()).context("the record cannot be read")?;
                Vault::new(&folder.folder).put(&of.device.0, &of.username.0, record)?;
            }
        }
        Ok(Status::Done)
    }
}
