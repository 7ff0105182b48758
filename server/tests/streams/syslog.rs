//! Syslog messages over real sockets.

use crate::house::{House, view};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream, UdpSocket};
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_util::sync::CancellationToken;
use vigia::doors::Limits;
use vigia::ingest::Way;
use vigia::ingest::syslog::Bound;

struct Listener {
    address: SocketAddr,
    stop: CancellationToken,
    done: JoinHandle<()>,
}

impl Listener {
    async fn start(house: &House, listener: &str) -> Self {
        let bound = Bound::new(&listener.parse().expect("a listener"), &house.intake).await.expect("a port");
        let (address, stop) = (bound.address(), CancellationToken::new());
        let done = tokio::spawn(bound.run(stop.clone()));
        Self { address, stop, done }
    }

    async fn stop(self) {
        self.stop.cancel();
        self.done.await.expect("stops");
    }
}

#[tokio::test]
async fn over_tcp_messages_are_told_apart_by_lines_and_by_lengths() {
    let house = House::new().await;
    let listener = Listener::start(&house, "tcp://127.0.0.1:0?format=vigia&source=app").await;
    let mut sender = TcpStream::connect(listener.address).await.expect("connects");
    let counted = view("b");
    let stream = format!("{}\n{} {counted}{}\r\nno JSON, token=abc\n{}", view("a"), counted.len(), view("c"), view("d"));
    for piece in stream.as_bytes().chunks(7) {
        sender.write_all(piece).await.expect("sends");
    }
    house.until(&["a", "b", "c"]).await;
    sender.shutdown().await.expect("ends");
    house.until(&["a", "b", "c", "d"]).await;
    assert_eq!(house.quarantined().await, [("not an event of Vigia".to_owned(), "no JSON, token=[masked]".to_owned())]);
    listener.stop().await;
}

#[tokio::test]
async fn over_udp_a_datagram_is_a_message() {
    let house = House::new().await;
    let listener = Listener::start(&house, "udp://127.0.0.1:0?format=vigia&source=app").await;
    let sender = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    for device in ["a", "b"] {
        sender.send_to(format!("{}\n", view(device)).as_bytes(), listener.address).await.expect("sends");
    }
    house.until(&["a", "b"]).await;
    listener.stop().await;
}

#[tokio::test]
async fn over_tls_a_sender_needs_the_right_authority_and_one_without_tls_is_not_listened_to() {
    let house = House::new().await;
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let (cert_file, key_file) = (house.file("cert.pem"), house.file("key.pem"));
    std::fs::write(&cert_file, cert.pem()).expect("is written");
    std::fs::write(&key_file, signing_key.serialize_pem()).expect("is written");
    let listener = format!("tls://127.0.0.1:0?format=vigia&source=app&cert={}&key={}", cert_file.display(), key_file.display());
    let listener = Listener::start(&house, &listener).await;

    let mut plain = TcpStream::connect(listener.address).await.expect("connects");
    plain.write_all(format!("{}\n", view("plain")).as_bytes()).await.expect("sends");
    let connect = async |trusted: Vec<CertificateDer<'static>>| {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(trusted);
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider())).with_safe_default_protocol_versions();
        let config = config.expect("TLS").with_root_certificates(roots).with_no_client_auth();
        let socket = TcpStream::connect(listener.address).await.expect("connects");
        TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").expect("a name"), socket).await
    };
    assert!(connect(Vec::new()).await.is_err(), "a sender that does not know the certificate");
    let mut sender = connect(vec![cert.der().clone()]).await.expect("agrees on TLS");
    sender.write_all(format!("{}\n", view("a")).as_bytes()).await.expect("sends");
    house.until(&["a"]).await;
    listener.stop().await;
    assert_eq!(house.devices().await, ["a"]);
}

#[tokio::test]
async fn what_was_read_is_stored_when_the_server_stops() {
    let house = House::new().await;
    let listener = Listener::start(&house, "tcp://127.0.0.1:0?format=vigia&source=app").await;
    let mut sender = TcpStream::connect(listener.address).await.expect("connects");
    let lines: String = (0..100).map(|number| format!("{}\n", view(&format!("{number:03}")))).collect();
    sender.write_all(lines.as_bytes()).await.expect("sends");
    // The first of them is there: the listener is at it.
    while house.devices().await.is_empty() {
        tokio::task::yield_now().await;
    }
    listener.stop().await;
    assert_eq!(house.devices().await.len(), 100);
}

#[tokio::test]
async fn a_listener_that_cannot_be_is_told_in_a_sentence() {
    let house = House::new().await;
    let taken = Listener::start(&house, "tcp://127.0.0.1:0?format=vigia&source=app").await;
    for (listener, part) in [
        ("tcp://127.0.0.1:0?format=xml".to_owned(), "\"xml\" is not a format"),
        ("tcp://127.0.0.1:0?format=vigia".to_owned(), "add source=NAME"),
        (format!("tcp://{}?format=openbao", taken.address), "in use"),
        ("tls://127.0.0.1:0?format=openbao&cert=/none.pem&key=/none.pem".to_owned(), "/none.pem"),
    ] {
        let error = Bound::new(&listener.parse().expect("a listener"), &house.intake).await.err().expect("cannot start");
        let words = format!("{error:#}");
        assert!(words.contains(part) && words.contains("cannot start"), "{words}");
    }
    taken.stop().await;
}

/// Whether the other side has closed it.
async fn is_closed(connection: &mut TcpStream) -> bool {
    matches!(tokio::io::AsyncReadExt::read(connection, &mut [0; 1]).await, Ok(0) | Err(_))
}

/// A connection from one of this machine's own addresses.
async fn from(number: usize, to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    let address = Ipv4Addr::new(127, 0, 0, 1 + u8::try_from(number).expect("small"));
    socket.bind((address, 0).into()).expect("its own address");
    socket.connect(to).await.expect("connects")
}

#[tokio::test]
async fn a_connection_too_many_is_closed_and_the_others_go_on() {
    let house = House::new().await;
    let listener = Listener::start(&house, "tcp://127.0.0.1:0?format=vigia&source=app").await;
    let mut senders = Vec::new();
    for number in 0..vigia::ingest::syslog::MAX_CONNECTIONS {
        // As many of each of four addresses: none has more than another, and none as many as one may have.
        let mut sender = from(number % 4, listener.address).await;
        sender.write_all(format!("{}\n", view(&format!("{number:03}"))).as_bytes()).await.expect("sends");
        senders.push(sender);
    }
    while house.devices().await.len() < senders.len() {
        tokio::task::yield_now().await;
    }
    let mut late = from(0, listener.address).await;
    assert!(is_closed(&mut late).await, "all have sent a message");
    let last = senders.last_mut().expect("many");
    last.write_all(format!("{}\n", view("z")).as_bytes()).await.expect("sends");
    while house.devices().await.len() <= senders.len() {
        tokio::task::yield_now().await;
    }
    listener.stop().await;
}

#[tokio::test]
async fn connections_that_have_sent_nothing_give_way_to_new_ones() {
    let house = House::new().await;
    let listener = Listener::start(&house, "tcp://127.0.0.1:0?format=vigia&source=app").await;
    let mut known = TcpStream::connect(listener.address).await.expect("connects");
    known.write_all(format!("{}\n", view("a")).as_bytes()).await.expect("sends");
    house.until(&["a"]).await;
    let mut silent = Vec::new();
    for _ in 0..vigia::ingest::syslog::MAX_CONNECTIONS {
        silent.push(TcpStream::connect(listener.address).await.expect("connects"));
    }
    let mut late = TcpStream::connect(listener.address).await.expect("connects");
    late.write_all(format!("{}\n", view("b")).as_bytes()).await.expect("sends");
    house.until(&["a", "b"]).await;
    assert!(is_closed(&mut silent[0]).await, "it was there for longest");
    known.write_all(format!("{}\n", view("c")).as_bytes()).await.expect("sends");
    house.until(&["a", "b", "c"]).await;
    listener.stop().await;
}

#[tokio::test]
async fn of_first_messages_that_do_not_end_only_a_few_are_held() {
    let house = House::new().await;
    let limits = Limits { all: 64, per_address: 64, asking: 2, known_give_way: false };
    let bound = Bound::new(&"tcp://127.0.0.1:0?format=vigia&source=app".parse().expect("a listener"), &house.intake).await.expect("a port");
    let (address, stop) = (bound.address(), CancellationToken::new());
    let done = tokio::spawn(bound.within(limits).run(stop.clone()));
    let mut open = Vec::new();
    for _ in 0..3 {
        let mut sender = TcpStream::connect(address).await.expect("connects");
        sender.write_all(b"{\"never").await.expect("sends");
        open.push(sender);
    }
    let closed = futures_util::future::select_all(open.iter_mut().map(|sender| Box::pin(is_closed(sender)))).await;
    assert!(closed.0, "one of them gave way");
    stop.cancel();
    done.await.expect("stops");
}

#[tokio::test]
async fn the_messages_of_a_pam_become_the_same_rows_whichever_way_they_come() {
    let log = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/segura.log")).expect("a sample");
    let lines: Vec<_> = log.lines().filter(|line| !line.is_empty()).collect();
    let file = House::new().await;
    let known = file.intake.formats.get("segura").expect("a format").clone();
    let mut feed = file.intake.feed(Way::Import, &known, "segura");
    lines.iter().for_each(|line| drop(feed.line(line)));
    feed.store().await.expect("stores");
    let (rows, broken) = (file.devices().await, file.quarantined().await);
    assert!(!rows.is_empty());
    let devices: Vec<_> = rows.iter().map(String::as_str).collect();

    let (over_tcp, over_udp) = (House::new().await, House::new().await);
    let tcp = Listener::start(&over_tcp, "tcp://127.0.0.1:0?format=segura").await;
    let mut sender = TcpStream::connect(tcp.address).await.expect("connects");
    for line in &lines {
        sender.write_all(format!("{} {line}", line.len()).as_bytes()).await.expect("sends");
    }
    let udp = Listener::start(&over_udp, "udp://127.0.0.1:0?format=segura").await;
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    for line in &lines {
        socket.send_to(line.as_bytes(), udp.address).await.expect("sends");
    }
    for (house, listener) in [(over_tcp, tcp), (over_udp, udp)] {
        house.until(&devices).await;
        listener.stop().await;
        assert_eq!(house.quarantined().await, broken);
    }
}
