//! Every sentence a person reads, in English and Spanish (Fluent).
//! The only room that imports fluent. Views and commands ask by key; no sentence is written anywhere else.
mod catalogue;
mod language;

pub use catalogue::{Value, Words};
pub use language::Language;
