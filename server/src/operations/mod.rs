//! Operations that Vigia carries out: who may ask for what ([`desk`]), credentials that are seen to again and again ([`sets`]), results
//! that come from outside ([`remote`]), and how it is carried out ([`setup`]).

pub mod act;
pub mod create;
pub mod desk;
mod failures;
pub mod remote;
pub mod sets;
pub mod setup;
mod window;
