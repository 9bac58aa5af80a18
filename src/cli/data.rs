//! Backup, restoring and export. They read the home's files by themselves, also while Landline runs: the database allows it, and a
//! long copy then holds up nobody. Restoring needs a home that nobody works on.
use super::{ask, fault::Fault, instance::Claim, print, print::Printer};
use crate::{
    config::{Home, write_atomically},
    domain::{account::AccountId, key::StoreKey},
    engine::{
        self,
        api::StoreState,
        export::{self, Format},
    },
    secrets::Secrets,
    store::{self, Beside, Kind, Store, StoreError},
    words::{Value, Words},
};
use serde::Serialize;
use std::{io::IsTerminal, path::Path};

#[derive(Serialize)]
struct Done<'a> {
    done: bool,
    path: &'a Path,
}

/// Shows how far it is, where somebody looks.
fn tell(words: &Words, last: &mut u64, done: u64, all: u64) {
    let percent = done.saturating_mul(100).checked_div(all).unwrap_or(100).min(100);
    if percent != *last && percent.is_multiple_of(10) && std::io::stderr().is_terminal() {
        *last = percent;
        print::complain(&words.with("cli-progress", &[("percent", Value::Number(percent.cast_signed()))]));
    }
}

async fn opened(home: &Home, words: &Words) -> Result<(Secrets, StoreKey, Store), Fault> {
    if store::kind(&home.database())? != Kind::Sealed {
        return Err(Fault::NothingKept);
    }
    let secrets = Secrets::open(home, ask::passphrase()).await;
    let key = ask::store_key(&secrets, true, words).await?;
    let store = Store::open(&home.database(), &key)?;
    Ok((secrets, key, store))
}

fn answer(printer: &Printer<'_>, path: &Path, key: &str) -> Result<(), Fault> {
    let text = printer.words.with(key, &[("path", Value::Text(&path.to_string_lossy()))]);
    printer.answer(&Done { done: true, path }, &text)
}

/// Everything in one file under a passphrase.
pub(super) async fn back_up(file: &Path, from_stdin: bool, home: &Home, printer: &Printer<'_>) -> Result<(), Fault> {
    let words = printer.words;
    if file.exists() {
        return Err(Fault::Exists(file.to_owned()));
    }
    let (secrets, key, store) = opened(home, words).await?;
    let passphrase = ask::new_passphrase(words, "backup-about", from_stdin)?;
    let mut beside =
        Beside { config: std::fs::read_to_string(home.config_file()).unwrap_or_default(), secrets: Vec::new() };
    for account in store.accounts().await? {
        for name in [account.id.clone(), account.turn_secret()] {
            if let Some(secret) = secrets.get(&name).await? {
                beside.secrets.push((name.0, secret));
            }
        }
    }
    let mut last = 0;
    store::back_up(&home.database(), &key, file, &passphrase, &beside, |step| {
        tell(words, &mut last, step.done, step.all)
    })
    .map_err(|error| at(error, file))?;
    answer(printer, file, "cli-backed-up")
}

/// A file that cannot be written is not the store.
fn at(error: StoreError, file: &Path) -> Fault {
    match error {
        StoreError::Full | StoreError::ReadOnly | StoreError::Io => Fault::NotWritten(file.to_owned()),
        error => error.into(),
    }
}

/// Puts a backup in the place of what is there, which is put aside.
pub(super) async fn restore(file: &Path, from_stdin: bool, home: &Home, printer: &Printer<'_>) -> Result<(), Fault> {
    let words = printer.words;
    let _claim = Claim::take(home)?.ok_or(Fault::RunsAlready)?;
    let passphrase = ask::backup_passphrase(words, from_stdin)?;
    let secrets = Secrets::open(home, ask::passphrase()).await;
    ask::unlock(&secrets, words).await?;
    let key = match secrets.store_key(store::kind(&home.database())? == Kind::Sealed).await {
        Ok(key) => key,
        // what is there cannot be opened any more; it is put aside as it is
        Err(_) => secrets.store_key(false).await?,
    };
    let mut last = 0;
    let tell = |step: store::Progress| tell(words, &mut last, step.done, step.all);
    let beside =
        store::restore(file, &passphrase, &home.database(), &key, &engine::aside(), tell).map_err(|error| {
            if error == StoreError::Damaged { Fault::NoBackup(file.to_owned()) } else { error.into() }
        })?;
    for (name, secret) in &beside.secrets {
        secrets.set(&AccountId(name.clone()), secret).await?;
    }
    if !home.config_file().exists() && !beside.config.is_empty() {
        write_atomically(&home.config_file(), beside.config.as_bytes()).map_err(|_| Fault::Home)?;
    }
    answer(printer, file, "cli-restored")
}

/// Writes files that other programs read.
pub(super) async fn export(
    (format, folder, codes): (Format, &Path, bool),
    home: &Home,
    printer: &Printer<'_>,
) -> Result<(), Fault> {
    let (_, _, store) = opened(home, printer.words).await?;
    export::export(&store, format, folder, codes, |_| ()).await.map_err(|error| match error {
        StoreError::Damaged | StoreError::Closed => Fault::Store(StoreState::from(error)),
        error => at(error, folder),
    })?;
    answer(printer, folder, "cli-exported")
}
