//! Operations carried out for real: an executor on a real store, connectors against real programs and servers.

mod command;
mod executor;
mod house;
