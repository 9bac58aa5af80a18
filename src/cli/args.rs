//! What may be written on the command line: the stable contract of scripts. Help texts are in `words/`, put in by
//! `help.rs`. It must not do anything.
use super::rules::Changes;
use crate::engine::export::Format;
use crate::{
    config::Provider,
    domain::{
        account::{Encryption, Keys, SipTransport, XmppTls},
        link::WiredPolicy,
        private::Private,
        server::{StunServer, TurnServer},
    },
    logic::handed,
};
use clap::{Parser, Subcommand, ValueEnum};
use std::{num::NonZeroU32, path::PathBuf};

/// `landline …`
#[derive(Debug, Parser)]
#[command(name = "landline", version)]
pub(super) struct Args {
    /// The instance.
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) home: Option<PathBuf>,
    /// Machine-readable.
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// The embedded exchange.
    #[arg(long, global = true)]
    pub(super) demo: bool,
    /// Without showing the window.
    #[arg(long)]
    pub(super) minimized: bool,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant)] // one of them is made in the life of a process
pub(super) enum Command {
    Run {
        #[arg(long)]
        headless: bool,
    },
    Open {
        #[arg(value_name = "LINK", value_parser = link)]
        link: Option<Private<String>>,
    },
    #[command(subcommand)]
    Account(AccountCommand),
    Status,
    Backup {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[arg(long)]
        password_stdin: bool,
    },
    Restore {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[arg(long)]
        password_stdin: bool,
    },
    Export {
        #[arg(long, value_name = "html|csv|vcard")]
        format: Exported,
        #[arg(long)]
        with_codes: bool,
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    Repair {
        #[arg(long)]
        anew: bool,
    },
    Recovery {
        #[arg(long)]
        password_stdin: bool,
    },
    Devices,
    Wired {
        #[arg(long = "use", value_name = "cable|ask|any")]
        policy: Option<Links>,
        #[arg(long = "allow", value_name = "LINK")]
        allow_link: Option<String>,
        #[arg(long = "refuse", value_name = "LINK", conflicts_with = "allow_link")]
        refuse_link: Option<String>,
    },
    Call {
        #[arg(value_name = "ADDRESS")]
        to: String,
        #[arg(long, value_name = "ID")]
        account: Option<String>,
    },
    Calls,
    Voicemail {
        #[arg(long, value_name = "ID")]
        account: Option<String>,
    },
    Answer(Which),
    Decline(Which),
    Hangup(Which),
    Hold(Which),
    Resume(Which),
    Mute(Which),
    Unmute(Which),
    Join,
    Transfer {
        #[arg(long = "to", value_name = "CALL|ADDRESS")]
        target: Option<String>,
        #[arg(long, conflicts_with_all = ["target", "refuse"])]
        accept: bool,
        #[arg(long, conflicts_with = "target")]
        refuse: bool,
        #[command(flatten)]
        which: Which,
    },
    Volume {
        #[arg(value_name = "PERCENT")]
        percent: u16,
        #[command(flatten)]
        which: Which,
    },
    Note {
        #[arg(value_name = "WORDS")]
        words: String,
        #[command(flatten)]
        which: Which,
    },
    Record {
        #[arg(value_name = "on|off")]
        switch: Switch,
        #[command(flatten)]
        which: Which,
    },
    Dtmf {
        #[arg(value_name = "DIGITS", allow_hyphen_values = true)]
        digits: String,
        #[command(flatten)]
        which: Which,
    },
    Text {
        #[arg(value_name = "ADDRESS", display_order = 0)]
        to: String,
        #[arg(
            value_name = "BODY",
            display_order = 1,
            allow_hyphen_values = true,
            required_unless_present = "attached"
        )]
        body: Option<String>,
        #[arg(long = "file", value_name = "FILE", conflicts_with = "body")]
        attached: Option<PathBuf>,
        #[arg(long, value_name = "ID")]
        account: Option<String>,
        #[arg(long, value_name = "sent|delivered")]
        wait: Option<Wait>,
        #[arg(long, value_name = "S", default_value = "60")]
        timeout: NonZeroU32,
    },
    #[command(flatten)]
    Deed(Deed),
    Messages {
        #[arg(value_name = "ADDRESS")]
        with: Option<String>,
        #[arg(long, value_name = "WORDS")]
        search: Option<String>,
        #[arg(long, value_name = "N", default_value = "50")]
        limit: NonZeroU32,
    },
    Codes {
        #[arg(long = "wait", value_name = "S")]
        seconds: Option<NonZeroU32>,
        #[arg(long)]
        copy: bool,
    },
}

/// What is done to a text that is here.
#[derive(Debug, Subcommand)]
pub(super) enum Deed {
    Reply {
        #[arg(value_name = "MESSAGE")]
        message: i64,
        #[arg(value_name = "BODY", allow_hyphen_values = true)]
        body: String,
    },
    Correct {
        #[arg(value_name = "MESSAGE")]
        message: i64,
        #[arg(value_name = "BODY", allow_hyphen_values = true)]
        body: String,
    },
    React {
        #[arg(value_name = "MESSAGE")]
        message: i64,
        #[arg(value_name = "EMOJI")]
        signs: Vec<String>,
    },
    Withdraw {
        #[arg(value_name = "MESSAGE")]
        message: i64,
    },
    Save {
        #[arg(value_name = "MESSAGE")]
        message: i64,
        #[arg(long, value_name = "S", default_value = "60")]
        timeout: NonZeroU32,
    },
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant)] // one of them is made in the life of a process
pub(super) enum AccountCommand {
    #[command(subcommand)]
    Add(Add),
    List,
    Providers,
    Rules {
        #[arg(value_name = "ID")]
        id: String,
        #[command(flatten)]
        changes: Changes,
    },
    Remove {
        #[arg(value_name = "ID")]
        id: String,
    },
}

/// Whose settings a new account gets.
#[derive(Debug, Clone, Copy)]
pub(super) enum Preset {
    None,
    Of(&'static Provider),
}

/// The short name of a service that is known, or `none`.
fn preset(text: &str) -> Result<Preset, clap::Error> {
    match Provider::named(text) {
        Some(provider) => Ok(Preset::Of(provider)),
        None if text == "none" => Ok(Preset::None),
        None => Err(clap::Error::new(clap::error::ErrorKind::ValueValidation)),
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Add {
    Sip {
        #[command(flatten)]
        common: Common,
        #[arg(long, value_name = "udp|tcp|tls")]
        transport: Option<Transport>,
        #[arg(long, value_name = "USER")]
        auth_user: Option<String>,
        #[arg(long, value_name = "REALM")]
        realm: Option<String>,
        #[arg(long, value_name = "S", value_parser = clap::value_parser!(u32).range(60..=86_400))]
        expires: Option<u32>,
        #[arg(long, value_name = "ID|none", value_parser = preset)]
        provider: Option<Preset>,
    },
    Xmpp {
        #[command(flatten)]
        common: Common,
        #[arg(long, value_name = "direct|starttls")]
        tls: Option<Tls>,
    },
}

/// What both kinds of account have.
#[derive(Debug, clap::Args)]
pub(super) struct Common {
    #[arg(long, value_name = "ADDRESS")]
    pub(super) address: String,
    #[arg(long, value_name = "HOST:PORT")]
    pub(super) server: Option<String>,
    #[arg(long, value_name = "FILE")]
    pub(super) ca: Option<PathBuf>,
    #[arg(long, value_name = "required|preferred|off")]
    pub(super) encryption: Option<Encrypt>,
    #[arg(long, value_name = "sdes|dtls")]
    pub(super) keys: Option<KeyKind>,
    #[arg(long, value_name = "on|off")]
    pub(super) ice: Option<Switch>,
    #[arg(long, value_name = "HOST:PORT")]
    pub(super) stun: Option<StunServer>,
    #[arg(long, value_name = "URI", requires = "turn_user")]
    pub(super) turn: Option<TurnServer>,
    #[arg(long, value_name = "USER", requires = "turn")]
    pub(super) turn_user: Option<String>,
    #[command(flatten)]
    pub(super) rules: Rules,
    #[arg(long)]
    pub(super) password_stdin: bool,
}

/// How its calls are placed and taken.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Rules {
    #[arg(long, value_name = "CODE", value_parser = digits)]
    pub(super) country: Option<String>,
    #[arg(long, value_name = "CODE", value_parser = digits, requires = "country")]
    pub(super) area: Option<String>,
    #[arg(long, value_name = "NUMBER")]
    pub(super) voicemail: Option<String>,
    #[arg(long)]
    pub(super) hide_number: bool,
    #[arg(long)]
    pub(super) answer_at_once: bool,
}

/// A calling code as it stands in front of a number, perhaps with the `+`.
pub(super) fn digits(text: &str) -> Result<String, clap::Error> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let whole = (1..=6).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    whole.then(|| digits.to_owned()).ok_or_else(|| clap::Error::new(clap::error::ErrorKind::ValueValidation))
}

/// A link that a phone is for.
fn link(text: &str) -> Result<Private<String>, clap::Error> {
    let fits = handed::read(text).is_some();
    fits.then(|| text.into()).ok_or_else(|| clap::Error::new(clap::error::ErrorKind::ValueValidation))
}

/// Which call; the ids of calls are numbers in JSON, too.
#[derive(Debug, clap::Args)]
pub(super) struct Which {
    #[arg(long, value_name = "ID")]
    pub(super) call: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Exported {
    Html,
    Csv,
    Vcard,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Links {
    Cable,
    Ask,
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Switch {
    On,
    Off,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Wait {
    Sent,
    Delivered,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Transport {
    Udp,
    Tcp,
    Tls,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Tls {
    Direct,
    Starttls,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Encrypt {
    Required,
    Preferred,
    Off,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum KeyKind {
    Sdes,
    Dtls,
}

impl From<KeyKind> for Keys {
    fn from(kind: KeyKind) -> Self {
        match kind {
            KeyKind::Sdes => Self::Sdes,
            KeyKind::Dtls => Self::Dtls,
        }
    }
}

impl From<Links> for WiredPolicy {
    fn from(links: Links) -> Self {
        match links {
            Links::Cable => Self::WiredOnly,
            Links::Ask => Self::Ask,
            Links::Any => Self::AllowWireless,
        }
    }
}

impl From<Exported> for Format {
    fn from(format: Exported) -> Self {
        match format {
            Exported::Html => Self::Html,
            Exported::Csv => Self::Csv,
            Exported::Vcard => Self::Vcard,
        }
    }
}

impl From<Encrypt> for Encryption {
    fn from(encrypt: Encrypt) -> Self {
        match encrypt {
            Encrypt::Required => Self::Required,
            Encrypt::Preferred => Self::Preferred,
            Encrypt::Off => Self::Off,
        }
    }
}

impl From<Transport> for SipTransport {
    fn from(transport: Transport) -> Self {
        match transport {
            Transport::Udp => Self::Udp,
            Transport::Tcp => Self::Tcp,
            Transport::Tls => Self::Tls,
        }
    }
}

impl From<Tls> for XmppTls {
    fn from(tls: Tls) -> Self {
        match tls {
            Tls::Direct => Self::Direct,
            Tls::Starttls => Self::Starttls,
        }
    }
}
