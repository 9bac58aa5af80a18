//! Verification codes: is there one in this text, which, for whom, how long.
mod candidates;
mod detect;
mod expiry;
mod fold;
mod keywords;
mod lexicon;
mod origin;
mod rules;
mod text;

pub use detect::detect;
