//! The scripts of docs/connectors against the real servers they are for, on free ports of the loopback and in folders of their own; with a
//! real OpenBao as the vault. A server that is not installed is said, and its tests are left out.

#[expect(dead_code, reason = "other targets need the rest")]
#[path = "../openbao_live/bao.rs"]
mod bao;
#[expect(dead_code, reason = "other targets need the rest")]
#[path = "../connectors/house.rs"]
mod house;
#[path = "../support/http.rs"]
mod http;
mod linux;
mod mariadb;
mod openldap;
#[expect(dead_code, reason = "other targets need the rest")]
#[path = "../support/postgres.rs"]
mod postgres;
mod postgresql;
mod programs;
mod safe;
mod shared;
#[expect(dead_code, reason = "other targets need the rest")]
#[path = "../support/vigia.rs"]
mod vigia;
