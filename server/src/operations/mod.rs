//! Operations that Vigia carries out: who may ask for what ([`operation_desk`]), credentials that are seen to again and again ([`sets`]), how it is
//! carried out ([`setup`], [`connectors`]), who does it ([`executor`]), and results that come from outside ([`remote`]).

pub mod act;
pub mod connectors;
pub mod create;
mod destinations;
pub mod executor;
mod failures;
pub mod operation_desk;
pub mod outcome;
pub mod remote;
pub mod reported;
pub mod sets;
pub mod setup;
mod standings;
pub mod task;
pub mod ticket;
pub mod turn;
mod window;
