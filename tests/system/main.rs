//! System tests: the program against real servers and peers, one behaviour per file.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
#[path = "../support/mod.rs"]
mod support;

mod audio_pulse;
mod call_aiortc;
mod call_flooded;
mod call_path_lost;
mod call_paths_baresip;
mod call_paths_linphone;
mod call_quality;
mod call_relayed;
mod call_turn;
mod cli_contract;
mod codes_copied;
mod codes_forgotten;
mod codes_warned;
mod demo_shows_a_code;
mod keyring;
mod media_relayed;
mod peers_start;
mod privacy;
mod private_socket;
mod sip_calls_in;
mod sip_calls_joined;
mod sip_calls_out;
mod sip_calls_recorded;
mod sip_dialogs;
mod sip_encrypted;
mod sip_encrypted_linphone;
mod sip_hold_sound;
mod sip_recovers;
mod sip_registers;
mod sip_survives;
mod sip_texts;
mod sip_transfers;
mod window_answers;
mod wired_only;
mod xmpp_archive;
mod xmpp_calls;
mod xmpp_calls_gateway;
mod xmpp_codes;
mod xmpp_downgrade;
mod xmpp_logs_in;
mod xmpp_nothing_lost;
mod xmpp_recovers;
mod xmpp_texts;
