//! Operations that Vigia carries out: who may ask for what, how it is carried out ([`setup`], [`connectors`]), and who does it
//! ([`executor`]).

pub mod classes;
pub mod connectors;
pub mod executor;
pub mod outcome;
pub mod reported;
pub mod setup;
pub mod turn;
