//! Where a request comes from: the peer of its connection, or whoever a proxy that is trusted says.

use crate::config::{Proxies, ProxyHeader};
use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use std::net::{IpAddr, SocketAddr};

/// The address that a request comes from.
///
/// Only what a trusted proxy says is believed. Of a list it is the last address that is not one of the proxies itself: those before it may be
/// made up. What cannot be read ends the list: then it is the proxy that asked, whose limits everybody shares who sends such a thing.
pub(super) fn address(parts: &Parts, proxies: &Proxies) -> Option<IpAddr> {
    let ConnectInfo(peer) = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
    let mut peer = peer.ip().to_canonical();
    let values = parts.headers.get_all(proxies.header.name()).into_iter().rev();
    let said = values.flat_map(|value| said(value.to_str().unwrap_or("?"), proxies.header));
    for said in said {
        if !proxies.trust(peer) {
            break;
        }
        let Some(ip) = said else { break };
        peer = ip;
    }
    Some(peer)
}

/// What one header says, from the last to the first; `None` for what is no address.
fn said(value: &str, header: ProxyHeader) -> Vec<Option<IpAddr>> {
    let parts = elements(value, b',').into_iter().rev().map(str::trim).filter(|part| !part.is_empty());
    let node = |part: &str| match header {
        ProxyHeader::XForwardedFor | ProxyHeader::XRealIp => ip(part),
        ProxyHeader::Forwarded => elements(part, b';').into_iter().find_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            name.trim().eq_ignore_ascii_case("for").then(|| ip(value))?
        }),
    };
    parts.map(node).collect()
}

/// The parts between separators outside of quotes.
fn elements(text: &str, separator: u8) -> Vec<&str> {
    let mut quoted = false;
    let mut parts = Vec::new();
    let mut begin = 0;
    for (at, byte) in text.bytes().enumerate() {
        quoted ^= byte == b'"';
        if byte == separator && !quoted {
            parts.push(&text[begin..at]);
            begin = at + 1;
        }
    }
    parts.push(&text[begin..]);
    parts
}

/// An address as proxies write it: with quotes, a port, brackets.
fn ip(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let bare = text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok();
    bare.or_else(with_port).or_else(in_brackets).map(|ip| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn of(peer: &str, trusted: &str, header: ProxyHeader, values: &[&str]) -> String {
        let trusted = trusted.split(' ').filter(|text| !text.is_empty()).map(|text| text.parse().expect("a network")).collect();
        let mut request = Request::builder();
        for value in values {
            request = request.header(header.name(), *value);
        }
        let (mut parts, ()) = request.body(()).expect("a request").into_parts();
        parts.extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().expect("an address"), 1)));
        address(&parts, &Proxies { trusted, header }).expect("an address").to_string()
    }

    #[test]
    fn whoever_a_trusted_proxy_names_asks_however_it_writes_that() {
        let list = |values: &[&str]| of("127.0.0.1", "127.0.0.1/32 10.0.0.0/8", ProxyHeader::XForwardedFor, values);
        for (value, expected) in [
            ("203.0.113.7", "203.0.113.7"),
            ("203.0.113.7:51234", "203.0.113.7"),
            ("[2001:db8::7]:443", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("\"203.0.113.7\"", "203.0.113.7"),
            ("\"203.0.113.7:51234\"", "203.0.113.7"),
            ("\"[2001:db8::7]:51234\"", "2001:db8::7"),
            ("2001:db8::7", "2001:db8::7"),
            ("198.51.100.1:1, [2001:db8::7]:51234, ,", "2001:db8::7"),
            ("198.51.100.1, 203.0.113.7", "203.0.113.7"),
            ("198.51.100.1, 203.0.113.7,", "203.0.113.7"),
            ("203.0.113.7, 10.0.0.9", "203.0.113.7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("203.0.113.7, unknown", "127.0.0.1"),
            ("", "127.0.0.1"),
            ("10.0.0.9", "10.0.0.9"),
        ] {
            assert_eq!(list(&[value]), expected, "{value:?}");
        }
        assert_eq!(list(&["198.51.100.1", "203.0.113.7"]), "203.0.113.7", "the last of several headers");
        let forwarded = |value| of("127.0.0.1", "127.0.0.1/32", ProxyHeader::Forwarded, &[value]);
        for (value, expected) in [
            ("for=203.0.113.7;proto=https;by=10.0.0.1", "203.0.113.7"),
            ("For=\"[2001:db8::7]:4711\"", "2001:db8::7"),
            ("for=198.51.100.1, proto=https;for=203.0.113.7", "203.0.113.7"),
            ("for=_hidden", "127.0.0.1"),
            ("for=\"a,b\";by=x", "127.0.0.1"),
        ] {
            assert_eq!(forwarded(value), expected, "{value:?}");
        }
        assert_eq!(of("127.0.0.1", "127.0.0.1/32", ProxyHeader::XRealIp, &["203.0.113.7"]), "203.0.113.7");
    }

    #[test]
    fn nobody_else_is_believed_this_machine_neither() {
        for peer in ["127.0.0.1", "192.0.2.9", "::1"] {
            assert_eq!(of(peer, "", ProxyHeader::XForwardedFor, &["203.0.113.7"]), peer);
        }
        assert_eq!(of("192.0.2.9", "127.0.0.1/32", ProxyHeader::XForwardedFor, &["203.0.113.7"]), "192.0.2.9");
    }
}
