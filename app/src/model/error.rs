//! What can go wrong between the page and the server. What is said of it is a [`Sentence`]: it is put into words where it is known who reads it.

use crate::sentence;
use crate::words::Sentence;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A query that cannot be read: which part, what is wrong with it, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    /// Name of the URL parameter.
    pub field: String,
    pub message: Sentence,
}

impl QueryError {
    pub fn new(field: impl Into<String>, message: impl Into<Sentence>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}

/// Why a server function or REST call was not answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiError {
    pub kind: ErrorKind,
    /// The input that is at fault, where one is.
    pub field: Option<String>,
    /// A sentence for the reader: what happened and what to do.
    pub message: Sentence,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErrorKind {
    /// The caller's input is at fault: 400.
    Invalid,
    /// Nobody is signed in: 401.
    SignedOut,
    /// The user's role does not allow it: 403.
    Forbidden,
    /// 404.
    NotFound,
    /// Too many tries: 429.
    SlowDown,
    /// The database cannot answer now, or not in time: 503.
    Unavailable,
    /// A fault of the server; its log has the cause: 500.
    Internal,
    /// The server could not be reached. Only the page makes this one.
    Offline,
}

impl ErrorKind {
    pub const fn status(self) -> u16 {
        match self {
            Self::Invalid => 400,
            Self::SignedOut => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::SlowDown => 429,
            Self::Unavailable | Self::Offline => 503,
            Self::Internal => 500,
        }
    }
}

impl ApiError {
    pub fn new(kind: ErrorKind, message: impl Into<Sentence>) -> Self {
        Self { kind, field: None, message: message.into() }
    }

    /// An input at fault.
    pub fn invalid(field: impl Into<String>, message: impl Into<Sentence>) -> Self {
        Self { kind: ErrorKind::Invalid, field: Some(field.into()), message: message.into() }
    }

    pub fn signed_out() -> Self {
        Self::new(ErrorKind::SignedOut, sentence!("error.signed-out"))
    }
}

impl From<QueryError> for ApiError {
    fn from(error: QueryError) -> Self {
        Self::invalid(error.field, error.message)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message.fmt(f)
    }
}

impl std::error::Error for ApiError {}
