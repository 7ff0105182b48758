//! A line to a store that a test can do things to.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What is done to what goes over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Does {
    /// Nothing.
    Pass,
    /// Nobody takes the call.
    Refuse,
    /// Somebody takes it, and never says a word.
    Stall,
    /// It is cut when some MiB have gone to the store over one connection.
    Cut,
    /// It is cut when some KB have come back over one connection: whoever calls again goes on.
    Break,
    /// The same, and nobody takes a further call.
    Vanish,
    /// What comes back is not what was asked for: long pieces of it have a bit changed.
    Change,
}

const ALL: [Does; 7] = [Does::Pass, Does::Refuse, Does::Stall, Does::Cut, Does::Break, Does::Vanish, Does::Change];
/// Bytes that go to the store before the line is cut.
const CUT: usize = 3 << 20;
/// Bytes that come back before it breaks.
const BROKEN: usize = 40 << 10;
/// Pieces of answers that are longer than their headers are.
const LONG: usize = 4_000;

#[derive(Clone)]
pub struct Line {
    address: SocketAddr,
    does: Arc<AtomicUsize>,
}

impl Line {
    pub async fn to(store: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let line = Self { address: listener.local_addr().expect("an address"), does: Arc::default() };
        let of = line.clone();
        tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                let of = of.clone();
                tokio::spawn(async move { of.carry(caller, store).await });
            }
        });
        line
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn set(&self, does: Does) {
        self.does.store(does as usize, Ordering::Relaxed);
    }

    fn does(&self) -> Does {
        ALL[self.does.load(Ordering::Relaxed)]
    }

    async fn carry(&self, caller: TcpStream, store: SocketAddr) {
        match self.does() {
            Does::Refuse => return,
            Does::Stall => return std::future::pending().await,
            _ => {}
        }
        let store = TcpStream::connect(store).await.expect("the store is there");
        let ((mut from_caller, mut to_caller), (mut from_store, mut to_store)) = (caller.into_split(), store.into_split());
        let there = async {
            let (mut bytes, mut sent) = (vec![0; 1 << 16], 0);
            while let Ok(read @ 1..) = from_caller.read(&mut bytes).await {
                sent += read;
                if self.does() == Does::Refuse
                    || self.does() == Does::Cut && sent > CUT
                    || to_store.write_all(&bytes[..read]).await.is_err()
                {
                    break;
                }
            }
        };
        let back = async {
            let (mut bytes, mut came) = (vec![0; 1 << 14], 0);
            while let Ok(read @ 1..) = from_store.read(&mut bytes).await {
                came += read;
                if came > BROKEN && matches!(self.does(), Does::Break | Does::Vanish) {
                    if self.does() == Does::Vanish {
                        self.set(Does::Refuse);
                    }
                    break;
                }
                if self.does() == Does::Change && read > LONG {
                    bytes[read - 1] ^= 1;
                }
                if to_caller.write_all(&bytes[..read]).await.is_err() {
                    break;
                }
            }
        };
        // Whichever ends first ends the other.
        tokio::select! { () = there => {}, () = back => {} }
    }
}
