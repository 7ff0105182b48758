//! Operations that Vigia carries out: who may ask for what, and how it is carried out ([`setup`]).

pub mod setup;
