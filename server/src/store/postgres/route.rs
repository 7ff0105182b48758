//! From the hosts of a URL to a connection: one after the other, each for a limited time. One that accepts and then says nothing is left like one that
//! refuses.

use super::connection::Address;
use super::error::failed;
use super::stop::Stop;
use super::tls;
use crate::store::StoreError;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::net::lookup_host;
use tokio::time::timeout;
use tokio_postgres::config::Host;
use tokio_postgres::tls::TlsStream;
use tokio_postgres::{Client, Connection, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

/// What is remembered between two connections.
#[derive(Default)]
struct Memory {
    /// Where the last connection went: it is tried first.
    good: Option<Stop>,
    /// Where the last try failed, or that has fallen silent since: it is tried last.
    bad: Option<Stop>,
}

/// The hosts of a URL, and which of them was good last.
pub(super) struct Route {
    address: Address,
    connector: MakeRustlsConnect,
    memory: Mutex<Memory>,
}

impl Route {
    pub(super) fn new(address: Address) -> Result<Self, StoreError> {
        Ok(Self { connector: tls::connector(address.mode(), address.root())?, address, memory: Mutex::default() })
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The others come first from here on.
    pub(super) fn leave(&self, stop: &Stop) {
        let mut memory = self.memory();
        memory.good.take_if(|good| good == stop);
        memory.bad = Some(stop.clone());
    }

    /// A connection that does nothing until it is polled, and where it leads.
    ///
    /// # Errors
    /// What was wrong with each host; of one that answered and refused, why it did.
    pub(super) async fn connect(&self) -> Result<(Client, Connection<Socket, impl TlsStream + Unpin + Send + 'static>, Stop), StoreError> {
        let patience = self.address.patience();
        let (mut silent, mut refused) = (Vec::new(), None);
        for stop in self.stops(&mut silent).await {
            let error = match timeout(patience, self.address.at(&stop).connect(self.connector.clone())).await {
                Ok(Ok((client, connection))) => {
                    let mut memory = self.memory();
                    memory.bad.take_if(|bad| *bad == stop);
                    memory.good = Some(stop.clone());
                    return Ok((client, connection, stop));
                }
                Ok(Err(error)) => failed(error),
                Err(_) => StoreError::Unreachable(format!("it did not let us in within {} s", patience.as_secs())),
            };
            match error {
                StoreError::Unreachable(why) => silent.push(format!("{stop}: {why}")),
                other => refused = refused.or(Some(other)),
            }
            self.leave(&stop);
        }
        Err(refused.unwrap_or_else(|| StoreError::Unreachable(silent.join("; "))))
    }

    /// All addresses of all hosts, in the order in which they are tried; `unknown` gets the names that lead nowhere.
    async fn stops(&self, unknown: &mut Vec<String>) -> Vec<Stop> {
        let mut stops = Vec::new();
        for stop in self.address.stops() {
            let name = match (&stop.host, stop.address) {
                (Some(Host::Tcp(name)), None) => name.clone(),
                _ => {
                    stops.push(stop);
                    continue;
                }
            };
            match timeout(self.address.patience(), lookup_host((&*name, stop.port))).await {
                Ok(Ok(found)) => stops.extend(found.map(|found| Stop { address: Some(found.ip()), ..stop.clone() })),
                Ok(Err(error)) => unknown.push(format!("{name}: {error}")),
                Err(_) => unknown.push(format!("{name}: nobody says its address")),
            }
        }
        let memory = self.memory();
        stops.sort_by_key(|stop| match Some(stop) {
            stop if stop == memory.good.as_ref() => 0,
            stop if stop == memory.bad.as_ref() => 2,
            _ => 1,
        });
        stops
    }
}
