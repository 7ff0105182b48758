//! Where syslog messages are taken.

use crate::manner::Manner;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

/// One listener: `udp://ADDRESS:PORT?format=NAME`, `tcp://...` or `tls://...?cert=FILE&key=FILE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyslogListener {
    pub transport: Transport,
    pub address: SocketAddr,
    /// Name of the format of the messages.
    pub format: String,
    /// Source of the events; `None` for the format's.
    pub source: Option<String>,
    pub manner: Manner,
    /// Whether other machines may send: `remote=allow`.
    pub remote: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transport {
    Udp,
    Tcp,
    Tls {
        /// PEM files: the certificate with its chain, and its key.
        cert: PathBuf,
        key: PathBuf,
        /// PEM file of the authorities whose certificates senders have to bring; `None` to take messages of any sender.
        client_ca: Option<PathBuf>,
    },
}

impl Transport {
    const fn scheme(&self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Tls { .. } => "tls",
        }
    }
}

impl FromStr for SyslogListener {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let right = "write for example udp://127.0.0.1:1514?format=cef&source=segura, tcp://... or tls://...&cert=FILE&key=FILE";
        let (scheme, rest) = text.split_once("://").ok_or_else(|| format!("is not a listener; {right}"))?;
        let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
        let address: SocketAddr =
            address.trim_end_matches('/').parse().map_err(|_| format!("has no address with a port behind {scheme}://; {right}"))?;
        let (mut format, mut source, mut cert, mut key, mut client_ca, mut remote) = (None, None, None, None, None, false);
        let mut manner = Manner::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.into_owned();
            match &*name {
                "format" => format = Some(value),
                "source" => source = Some(value),
                "cert" if scheme == "tls" => cert = Some(PathBuf::from(value)),
                "key" if scheme == "tls" => key = Some(PathBuf::from(value)),
                "client_ca" if scheme == "tls" => client_ca = Some(PathBuf::from(value)),
                name if Manner::NAMES.contains(&name) => {
                    manner.set(name, &value).map_err(|wrong| format!("has {name}={value:?}, which cannot be; {wrong}"))?;
                }
                "remote" if value == "allow" => remote = true,
                "remote" => return Err("has a remote that is not allow; write remote=allow, or leave it out".to_owned()),
                _ => {
                    return Err(format!(
                        "has the parameter {name:?}; there are format, source, encoding, without_time, remote, and with tls:// cert, key and client_ca"
                    ));
                }
            }
        }
        let transport = match (scheme, cert, key) {
            ("udp", ..) => Transport::Udp,
            ("tcp", ..) => Transport::Tcp,
            ("tls", Some(cert), Some(key)) => Transport::Tls { cert, key, client_ca },
            ("tls", ..) => return Err("needs its certificate and key: cert=FILE&key=FILE, both PEM".to_owned()),
            _ => return Err(format!("is neither udp://, tcp:// nor tls://; {right}")),
        };
        if !(remote || address.ip().is_loopback()) {
            return Err(format!(
                "can be reached from other machines, and whoever reaches it can send events; listen on 127.0.0.1:{}, or, in a network you \
                 trust, add remote=allow",
                address.port()
            ));
        }
        let format = format.ok_or("does not say what the messages are; add format=NAME")?;
        if let Some(source) = &source {
            crate::source_name::check(source).map_err(|wrong| format!("has the source {source:?}, which cannot be; {wrong}"))?;
        }
        Ok(Self { transport, address, format, source, manner, remote })
    }
}

/// As it is written in the settings.
impl fmt::Display for SyslogListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("format", &self.format);
        if let Some(source) = &self.source {
            query.append_pair("source", source);
        }
        query.extend_pairs(self.manner.said());
        if let Transport::Tls { cert, key, client_ca } = &self.transport {
            query.append_pair("cert", &cert.to_string_lossy()).append_pair("key", &key.to_string_lossy());
            if let Some(client_ca) = client_ca {
                query.append_pair("client_ca", &client_ca.to_string_lossy());
            }
        }
        if self.remote {
            query.append_pair("remote", "allow");
        }
        write!(f, "{}://{}?{}", self.transport.scheme(), self.address, query.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_is_written_as_it_is_read() {
        for text in [
            "udp://127.0.0.1:1514?format=cef&source=segura",
            "tcp://[::1]:1514?format=openbao",
            "udp://127.0.0.1:1514?format=segura&encoding=windows-1252&without_time=arrival",
            "tls://127.0.0.1:6514?format=cef&cert=c.pem&key=k.pem&client_ca=ca.pem",
            "tcp://0.0.0.0:1514?format=cef&remote=allow",
        ] {
            assert_eq!(text.parse::<SyslogListener>().map(|listener| listener.to_string()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_cannot_be_a_listener_is_told_with_what_would_be_right() {
        let wrong = |text: &str| text.parse::<SyslogListener>().expect_err(text);
        insta::assert_snapshot!(wrong("0.0.0.0:514"), @"is not a listener; write for example udp://127.0.0.1:1514?format=cef&source=segura, tcp://... or tls://...&cert=FILE&key=FILE");
        insta::assert_snapshot!(wrong("tcp://localhost:514"), @"has no address with a port behind tcp://; write for example udp://127.0.0.1:1514?format=cef&source=segura, tcp://... or tls://...&cert=FILE&key=FILE");
        insta::assert_snapshot!(wrong("udp://0.0.0.0:514?format=cef"), @"can be reached from other machines, and whoever reaches it can send events; listen on 127.0.0.1:514, or, in a network you trust, add remote=allow");
        insta::assert_snapshot!(wrong("udp://127.0.0.1:514"), @"does not say what the messages are; add format=NAME");
        insta::assert_snapshot!(wrong("tls://127.0.0.1:514?format=cef"), @"needs its certificate and key: cert=FILE&key=FILE, both PEM");
        insta::assert_snapshot!(wrong("tcp://127.0.0.1:514?format=cef&cert=x"), @r#"has the parameter "cert"; there are format, source, encoding, without_time, remote, and with tls:// cert, key and client_ca"#);
        insta::assert_snapshot!(wrong("tcp://127.0.0.1:514?format=cef&source=vigia"), @r#"has the source "vigia", which cannot be; this name is for Vigia's own events; use another"#);
        insta::assert_snapshot!(wrong("udp://127.0.0.1:514?format=cef&encoding=latin9"), @r#"has encoding="latin9", which cannot be; write utf-8 or windows-1252"#);
        insta::assert_snapshot!(wrong("unix:///run/x"), @"has no address with a port behind unix://; write for example udp://127.0.0.1:1514?format=cef&source=segura, tcp://... or tls://...&cert=FILE&key=FILE");
    }
}
