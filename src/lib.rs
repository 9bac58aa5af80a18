//! Landline: a wired desktop phone. This page is the map of the code.
//!
//! # Rooms
//! | room | its one job |
//! | --- | --- |
//! | [`domain`] | nouns: account, address, call and its quality, code, contact, conversation, message and what hangs on it, mailbox, session description; `Private<T>` |
//! | [`logic`] | decisions without I/O or clock: codes, dialling, outbox, switchboard (conference, transfer), what a line's figures mean, wired, a cable that is out |
//! | [`account`] | the seam: commands down, events up; SIP and XMPP are two tasks behind it |
//! | [`sip`] | our sans-IO SIP user agent, and its sockets; the only room that imports the SIP crates |
//! | [`xmpp`] | our XMPP session, one file per extension, calls in `jingle`; the only room that imports the XMPP crates |
//! | [`media`] | one engine for both: negotiation, transports (RTP, SRTP, ICE, TURN, DTLS), jitter buffer, codecs, DTMF, recordings |
//! | [`audio`] | devices, realtime callbacks, rings, echo and noise control, mixer, tones, hold, levels; PCM only; the only room that imports cpal |
//! | [`store`] | SQLite on one thread, encrypted at rest: accounts, messages, codes, calls, contacts, search, outbox; backup and repair |
//! | [`secrets`] | passwords, tokens and the store's key: Secret Service or an encrypted vault; the recovery passphrase |
//! | [`net`] | which interface is wired; every socket is opened through [`net::Bind`]; DNS, TLS and HTTPS; how a connection is given up; when the computer has slept |
//! | [`config`] | `config.toml`, folders, what is known of phone services |
//! | [`engine`] | joins the rooms; [`engine::api`] is all that the window and the command line know of it |
//! | [`words`] | every sentence a person reads, in English and Spanish |
//! | [`ui`] | the window; the only room that imports iced |
//! | [`cli`] | the command line, and the private socket to the running instance |
//! | [`desktop`] | what surrounds the window: notifications, tray, links of other programs, sleep and players in a call, secrets on the clipboard; the only room that imports x11rb |
//! | [`demo`] | an embedded exchange on loopback: real SIP, no account, no network |
//!
//! # Data flow
//! ui `Message` -> [`engine::api::Command`] -> engine -> logic -> account / store / media -> [`engine::api::Event`] -> ui model.
//! One direction, bounded channels everywhere; a window that lags asks for a snapshot.
//!
//! - A text with a code: task -> [`account::AccountEvent::Message`] -> `logic::codes` -> store commits -> only then
//!   `committed` is answered, so that the account acknowledges it to its server, and only then an event.
//! - A call: task -> [`account::AccountEvent::Call`] -> `logic::switchboard` -> ring -> answer -> the media engine's
//!   description -> task; audio flows between [`media`] and [`audio`] as PCM.
//! - A call that is handed over: [`engine::api::Command::Transfer`] -> `logic::switchboard` holds it -> task asks the other side
//!   (REFER); asked ourselves, [`engine::api::Event::Referred`] waits for the person's yes before anything is dialled.
//! - How a call sounds: [`media::Statistics`] once a second -> `logic::quality` -> [`engine::api::Event::Quality`] -> one
//!   sentence of `words`, and figures for who wants them.
//!
//! # Why it is so
//! - `tests/rooms.rs` keeps the import rules and the size of files.
//! - `words` and `secrets` are rooms of their own: the command line speaks and keeps passwords too, not only the window.
//! - Sockets of SIP are our own: rvoip's transport crate connects TCP and TLS from any interface, which breaks the wired
//!   promise, and drops what its parser refuses. Its core crate names methods, headers and statuses; messages are our own,
//!   because its parsers print what they refuse.
//! - ICE and DTLS are our own, in `media/transport`: of the crates without sockets the one for DTLS refuses the RSA
//!   certificates that baresip 1.0, Linphone and FreeSWITCH show, and the one for ICE takes no port of RTCP's own.
//! - A session description is a noun of `domain`, free of SDP and Jingle: both account kinds translate it.
//! - Screens of the window return wishes and `ui::shell` alone carries them out: tests go through whole journeys with mouse
//!   and keyboard and no window, and keep the look of every screen as hashes in `tests/snapshots`.
//! - Calls use libopus through `opusic-sys`, in `media/libopus.rs`, the only file with `unsafe`: no safe crate reaches deep
//!   redundancy. Streams to a PulseAudio server are our own: cpal's cost ten times the processor.
//! - From the wish to hold on, a call has a stream of silence or music in place of the devices: its media cannot send the
//!   microphone, whatever the other side answers.
//! - A thread stands in the server's order, not in that of clocks: `place` in the store says where a text belongs.
//! - The store is SQLCipher's on the system's libcrypto: built in as well it would take minutes. Its last handle waits for its
//!   thread, since libcrypto takes itself down when the process ends.
//! - One list of dedupe keys per text (`NewMessage::dedupe`) serves live texts, carbons, archive and SIP retransmissions.
pub mod account;
pub mod audio;
pub mod cli;
pub mod config;
pub mod demo;
pub mod desktop;
pub mod domain;
pub mod engine;
pub mod logic;
pub mod media;
pub mod net;
pub mod secrets;
pub mod sip;
pub mod store;
pub mod ui;
pub mod words;
pub mod xmpp;
