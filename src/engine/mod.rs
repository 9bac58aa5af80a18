//! Joins the rooms: accounts, store, media, audio and net meet here, and nowhere else.
//! It decides nothing that logic/ could decide.
pub mod api;
mod handle;
