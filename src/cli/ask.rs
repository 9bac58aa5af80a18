//! Passwords and the passphrase: from the environment, from standard input, or asked on the terminal without being shown.
use super::fault::Fault;
use crate::{
    domain::{key::StoreKey, private::Private},
    engine::api::StoreState,
    secrets::{Secrets, SecretsError, State},
    words::{Value, Words},
};
use std::io::{self, BufRead, Read};

/// The longest password or passphrase in bytes.
const LONGEST: u64 = 4096;
/// How often the passphrase is asked for.
const TRIES: usize = 3;

/// The passphrase of the environment.
pub(super) fn passphrase() -> Option<Private<String>> {
    std::env::var("LANDLINE_PASSPHRASE").ok().filter(|value| !value.is_empty()).map(Private::new)
}

/// The password of a new account.
pub(super) fn password(words: &Words, account: &str, from_stdin: bool) -> Result<Private<String>, Fault> {
    let password = if from_stdin {
        line(&mut io::stdin().lock())?
    } else {
        hidden(&words.with("cli-ask-password", &[("account", Value::Text(account))]))?
    };
    if password.expose().is_empty() { Err(Fault::NoPassword) } else { Ok(password) }
}

/// The first line, without its end.
fn line(input: &mut impl BufRead) -> Result<Private<String>, Fault> {
    let mut line = String::new();
    input.take(LONGEST).read_line(&mut line).map_err(|_| Fault::NoPassword)?;
    let end = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(end);
    Ok(Private::new(line))
}

/// Asks on the terminal.
fn hidden(prompt: &str) -> Result<Private<String>, Fault> {
    rpassword::prompt_password(format!("{prompt} ")).map(Private::new).map_err(|_| Fault::NoTerminal)
}

/// The passphrase that opens the vault, or a new one typed twice.
pub(super) fn passphrase_from_terminal(words: &Words, new: bool) -> Result<Private<String>, Fault> {
    if new { twice(words, "unlock-choose-about") } else { hidden(&words.text("cli-ask-passphrase")) }
}

/// A passphrase that is to be kept; `about` is the key of what it is for.
pub(super) fn new_passphrase(words: &Words, about: &str, from_stdin: bool) -> Result<Private<String>, Fault> {
    let passphrase = if from_stdin { line(&mut io::stdin().lock())? } else { twice(words, about)? };
    if passphrase.expose().is_empty() { Err(Fault::NoPassword) } else { Ok(passphrase) }
}

/// The passphrase of a backup.
pub(super) fn backup_passphrase(words: &Words, from_stdin: bool) -> Result<Private<String>, Fault> {
    if from_stdin { line(&mut io::stdin().lock()) } else { hidden(&words.text("cli-ask-backup")) }
}

fn twice(words: &Words, about: &str) -> Result<Private<String>, Fault> {
    let first = hidden(&format!("{}\n{}:", words.text(about), words.text("unlock-passphrase")))?;
    let again = hidden(&format!("{}:", words.text("unlock-again")))?;
    if first != again {
        return Err(Fault::PassphrasesDiffer);
    }
    if first.expose().is_empty() { Err(Fault::NoPassword) } else { Ok(first) }
}

/// The store's key of a home that nobody runs in, asking for passphrases if need be; `there`: an encrypted store is there.
pub(super) async fn store_key(secrets: &Secrets, there: bool, words: &Words) -> Result<StoreKey, Fault> {
    if secrets.state().await == State::Locked {
        unlock(secrets, words).await?;
    }
    match secrets.store_key(there).await {
        Err(SecretsError::Recoverable) => match passphrase() {
            Some(passphrase) => secrets.recover(passphrase).await.map_err(|_| Fault::Store(StoreState::Recoverable)),
            None => {
                let typed = hidden(&words.text("cli-ask-recovery"));
                Ok(secrets.recover(typed.map_err(|_| Fault::Store(StoreState::Recoverable))?).await?)
            }
        },
        result => Ok(result?),
    }
}

/// Opens the passwords of a home, asking if need be. A passphrase of the environment that does not fit is a fault:
/// a script cannot be asked again.
pub(super) async fn unlock(secrets: &Secrets, words: &Words) -> Result<(), Fault> {
    let new = match secrets.state().await {
        State::Open => return Ok(()),
        State::Locked if passphrase().is_some() => return Err(Fault::WrongPassphrase),
        State::Locked => false,
        State::NeedsPassphrase => true,
    };
    for left in (0..TRIES).rev() {
        match secrets.unlock(passphrase_from_terminal(words, new)?).await {
            Err(SecretsError::WrongPassphrase) if left > 0 => super::print::complain(&words.text("unlock-wrong")),
            result => return result.map_err(Into::into),
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_the_password() {
        assert_eq!(line(&mut &b"pass word \r\nmore\n"[..]).unwrap().expose(), "pass word ");
        assert_eq!(line(&mut &b"no end"[..]).unwrap().expose(), "no end");
        assert!(line(&mut &b"\xff\xff\n"[..]).is_err());
        assert_eq!(line(&mut &vec![b'x'; 10_000][..]).unwrap().expose().len(), 4096);
    }
}
