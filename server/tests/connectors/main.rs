//! Operations carried out for real: an executor on a real store, connectors against real programs and servers.

#[expect(dead_code, reason = "other targets need the rest")]
#[path = "../openbao_live/bao.rs"]
mod bao;
mod command;
mod crash;
mod executor;
mod hangs;
mod house;
#[path = "../support/http.rs"]
mod http;
mod nodes;
mod openbao;
#[expect(dead_code, reason = "other targets need the rest")]
#[path = "../support/postgres.rs"]
mod postgres;
mod rogue;
#[expect(dead_code, reason = "other targets need the rest")]
#[path = "../support/vigia.rs"]
mod vigia;
mod webhook;
