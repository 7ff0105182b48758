//! Operations that Vigia carries out: who may ask for what ([`desk`]), how it is carried out ([`setup`]).

pub mod setup;
