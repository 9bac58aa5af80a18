//! The commands that end at once: they ask, print the answer, and are done.
use super::{
    account::account_config,
    args::{AccountCommand, Add, Command as Asked, Preset, Switch, Wait, Which},
    ask,
    client::Client,
    data, deeds,
    fault::Fault,
    line::Line,
    print::{self, Printer},
    providers, rules,
};
use crate::{
    audio::Devices,
    config::Home,
    desktop::clipboard::Held,
    domain::{
        account::{AccountConfig, AccountId, AccountKind, SipTransport},
        call::CallId,
        code::ReceivedCode,
        message::{MessageState, SendFailure},
        private::Private,
    },
    engine::api::{AccountStatus, Attach, Command, Event, Refusal, Reply, SecretsState, Snapshot, StoreState},
    logic::emergency::is_emergency,
    words::{Value, Words},
};
use serde::Serialize;
use std::time::Duration;

/// Codes that are shown.
const CODES: u32 = 20;
/// How long a copied code stays on the clipboard.
const KEPT: Duration = Duration::from_secs(60);

/// Carries one command out.
pub(super) async fn carry_out(command: Asked, home: &Home, printer: &Printer<'_>) -> Result<(), Fault> {
    let words = printer.words;
    match command {
        // `run.rs` has them
        Asked::Run { .. } | Asked::Open { .. } => Ok(()),
        Asked::Account(AccountCommand::Add(add)) => add_account(add, home, printer).await,
        Asked::Account(AccountCommand::List) => {
            let mut line = Line::to_read(home, words).await?;
            let mut all = snapshot(&mut line).await?;
            if all.store == StoreState::Closed
                && all.accounts.is_empty()
                && all.secrets != SecretsState::NeedsPassphrase
            {
                line.unlock().await?;
                all = snapshot(&mut line).await?;
            }
            let text = print::list(words, &all.accounts, "cli-no-accounts", print::account);
            printer.answer(&all.accounts.iter().map(account).collect::<Vec<_>>(), &text)
        }
        Asked::Account(AccountCommand::Providers) => providers::list(printer),
        Asked::Account(AccountCommand::Rules { id, changes }) => rules::rules(&id, changes, home, printer).await,
        Asked::Account(AccountCommand::Remove { id }) => {
            let mut line = Line::to_write(home, words).await?;
            line.ask(Command::RemoveAccount { id: AccountId(id.clone()) }).await?;
            printer.answer(&done(), &words.with("cli-account-removed", &[("account", (&id).into())]))
        }
        Asked::Status => status(home, printer).await,
        Asked::Backup { file, password_stdin } => data::back_up(&file, password_stdin, home, printer).await,
        Asked::Restore { file, password_stdin } => data::restore(&file, password_stdin, home, printer).await,
        Asked::Export { format, with_codes, folder } => {
            data::export((format.into(), &folder, with_codes), home, printer).await
        }
        Asked::Repair { anew } => {
            let command = if anew { Command::BeginAnew } else { Command::Repair };
            Line::to_write(home, words).await?.ask(command).await?;
            printer.answer(&done(), &words.text("cli-repaired"))
        }
        Asked::Recovery { password_stdin } => {
            let passphrase = ask::new_passphrase(words, "recovery-about", password_stdin)?;
            Line::to_write(home, words).await?.ask(Command::SetRecovery { passphrase }).await?;
            printer.answer(&done(), &words.text("cli-recovery-set"))
        }
        Asked::Devices => devices(home, printer).await,
        Asked::Wired { policy, allow_link, refuse_link } => {
            let answer = allow_link.map(|link| (link, true)).or(refuse_link.map(|link| (link, false)));
            let choice = policy.map(|policy| Command::ChooseLinks { policy: policy.into() });
            let answer = answer.map(|(link, allow)| Command::AnswerLink { link, allow });
            for command in choice.into_iter().chain(answer) {
                Line::to_write(home, words).await?.ask(command).await?;
            }
            let status = snapshot(&mut Line::to_read(home, words).await?).await?.wired;
            printer.answer(&status, &print::wired(words, &status))
        }
        Asked::Call { to, account } => {
            if is_emergency(&to, None) {
                print::complain(&words.text("dial-emergency"));
            }
            let command = Command::Call { to: to.into(), account: account.map(AccountId) };
            about_call(command, home, printer).await
        }
        Asked::Calls => match Line::to_running(home).await?.ask(Command::Calls).await? {
            Reply::Calls(calls) => {
                printer.answer(&calls, &print::list(words, &calls, "cli-calls-none", print::call_and_line))
            }
            _ => Err(Fault::OtherVersion),
        },
        Asked::Voicemail { account } => {
            about_call(Command::Voicemail { account: account.map(AccountId) }, home, printer).await
        }
        Asked::Answer(which) => about_call(Command::Answer { call: id(&which) }, home, printer).await,
        Asked::Decline(which) => about_call(Command::Decline { call: id(&which) }, home, printer).await,
        Asked::Hangup(which) => about_call(Command::HangUp { call: id(&which) }, home, printer).await,
        Asked::Hold(which) => about_call(Command::Hold { call: id(&which) }, home, printer).await,
        Asked::Resume(which) => about_call(Command::Resume { call: id(&which) }, home, printer).await,
        Asked::Mute(which) => about_call(Command::Mute { call: id(&which), on: true }, home, printer).await,
        Asked::Unmute(which) => about_call(Command::Mute { call: id(&which), on: false }, home, printer).await,
        Asked::Join => match Line::to_running(home).await?.ask(Command::Join).await? {
            Reply::Calls(calls) => printer.answer(&calls, &print::list(words, &calls, "cli-calls-none", print::call)),
            _ => Err(Fault::OtherVersion),
        },
        Asked::Transfer { which, accept, refuse, .. } if accept || refuse => {
            about_call(Command::Follow { call: id(&which), yes: accept }, home, printer).await
        }
        Asked::Transfer { target, which, .. } => transfer(target, id(&which), home, printer).await,
        Asked::Volume { percent, which } => {
            about_call(Command::Volume { call: id(&which), percent }, home, printer).await
        }
        Asked::Note { words: note, which } => {
            about_call(Command::NoteCall { call: id(&which), note: note.into() }, home, printer).await
        }
        Asked::Record { switch, which } => {
            about_call(Command::Record { call: id(&which), on: switch == Switch::On }, home, printer).await
        }
        Asked::Dtmf { digits, which } => {
            about_call(Command::Dtmf { call: id(&which), digits: digits.into() }, home, printer).await
        }
        Asked::Text { to, body, attached, account, wait, timeout } => {
            let (to, account) = (to.into(), account.map(AccountId));
            let command = match attached {
                // the running instance has another folder of its own
                Some(path) => {
                    let path = std::path::absolute(&path).map_err(|_| Fault::Refused(Refusal::NoFile))?;
                    Command::Attach(Attach { to, path: path.into(), account })
                }
                None => Command::Text { to, body: body.unwrap_or_default().into(), account },
            };
            text(command, wait.map(|wait| (wait, timeout.get())), home, printer).await
        }
        Asked::Deed(deed) => deeds::carry_out(deed, home, printer).await,
        Asked::Messages { with, search, limit } => {
            let (with, search) = (with.map(Private::new), search.map(Private::new));
            let command = Command::Messages { with, search, limit: limit.get() };
            let Reply::Messages(messages) = Line::to_read(home, words).await?.ask(command).await? else {
                return Err(Fault::OtherVersion);
            };
            // JSON as the engine gives it, newest first; on a terminal the newest stands last, as in a conversation
            let oldest_first: Vec<_> = messages.iter().rev().collect();
            let text =
                print::list(words, &oldest_first, "cli-messages-none", |words, message| print::message(words, message));
            printer.answer(&messages, &text)
        }
        Asked::Codes { seconds: None, copy: false } => {
            let codes = codes(CODES, home, words).await?;
            printer.answer(&codes, &print::list(words, &codes, "cli-codes-none", print::code))
        }
        Asked::Codes { seconds: None, copy: true } => {
            let newest = codes(1, home, words).await?.into_iter().next().ok_or(Fault::NoCodes)?;
            copy(newest, printer).await
        }
        Asked::Codes { seconds: Some(seconds), copy: true } => {
            copy(next_code(seconds.get(), home).await?, printer).await
        }
        Asked::Codes { seconds: Some(seconds), copy: false } => {
            let code = next_code(seconds.get(), home).await?;
            printer.answer(&code, &print::code_now(words, &code))
        }
    }
}

fn id(which: &Which) -> Option<CallId> {
    which.call.map(CallId)
}

/// What a script reads where there is nothing to tell.
pub(super) fn done() -> impl Serialize {
    std::collections::BTreeMap::from([("done", true)])
}

/// An account in one flat object.
#[derive(Serialize)]
struct Account<'a> {
    #[serde(flatten)]
    config: &'a AccountConfig,
    registration: &'a crate::domain::account::Registration,
    #[serde(skip_serializing_if = "Option::is_none")]
    mailbox: Option<&'a crate::domain::mailbox::Mailbox>,
}

const fn account(status: &AccountStatus) -> Account<'_> {
    Account { config: &status.config, registration: &status.registration, mailbox: status.mailbox.as_ref() }
}

pub(super) async fn snapshot(line: &mut Line) -> Result<Snapshot, Fault> {
    match line.ask(Command::Snapshot).await? {
        Reply::Snapshot(snapshot) => Ok(*snapshot),
        _ => Err(Fault::OtherVersion),
    }
}

async fn status(home: &Home, printer: &Printer<'_>) -> Result<(), Fault> {
    #[derive(Serialize)]
    struct Status<'a> {
        running: bool,
        demo: bool,
        accounts: Vec<Account<'a>>,
        wired: &'a crate::net::WiredStatus,
        calls: &'a [crate::domain::call::Call],
        referrals: &'a [crate::domain::transfer::Referral],
        unread: u32,
        /// Only a running instance knows.
        secrets: Option<SecretsState>,
        store: StoreState,
        /// Why nothing new is kept.
        not_kept: Option<StoreState>,
    }
    let words = printer.words;
    let mut line = Line::to_read(home, words).await?;
    let running = line.is_running();
    let snapshot = snapshot(&mut line).await?;
    let unread = snapshot.conversations.iter().fold(0u32, |sum, one| sum.saturating_add(one.unread));
    let mut lines = vec![words.text(if running { "cli-running-yes" } else { "cli-running-no" })];
    if snapshot.demo {
        lines.push(words.text("demo-on"));
    }
    lines.push(print::list(words, &snapshot.accounts, "cli-no-accounts", print::account));
    lines.push(print::carrier(words, &snapshot.wired));
    lines.extend(snapshot.calls.iter().map(|call| print::call(words, call)));
    lines.extend(snapshot.referrals.iter().map(|referral| print::referral(words, referral)));
    if unread > 0 {
        lines.push(words.with("cli-unread", &[("count", unread.into())]));
    }
    match snapshot.secrets {
        SecretsState::Locked => lines.push(words.text("cli-secrets-locked")),
        SecretsState::NeedsPassphrase => lines.push(words.text("cli-secrets-none")),
        SecretsState::Open => {}
    }
    if running && snapshot.open_swap {
        lines.push(words.text("settings-swap"));
    }
    if let Some(state) = snapshot.not_kept {
        lines.push(words.text(state.key()));
    }
    if !matches!(snapshot.store, StoreState::Open | StoreState::Closed) {
        let path = snapshot.store_file.to_string_lossy();
        lines.push(words.text(snapshot.store.key()));
        lines.push(words.with("store-file", &[("path", Value::Text(&path))]));
    }
    let all = Status {
        running,
        demo: snapshot.demo,
        accounts: snapshot.accounts.iter().map(account).collect(),
        wired: &snapshot.wired,
        calls: &snapshot.calls,
        referrals: &snapshot.referrals,
        unread,
        secrets: running.then_some(snapshot.secrets),
        store: snapshot.store,
        not_kept: snapshot.not_kept,
    };
    printer.answer(&all, &lines.join("\n"))
}

async fn devices(home: &Home, printer: &Printer<'_>) -> Result<(), Fault> {
    #[derive(Serialize)]
    struct All<'a> {
        #[serde(flatten)]
        devices: &'a Devices,
        chosen: &'a crate::audio::DeviceChoice,
    }
    let words = printer.words;
    let Reply::Devices { devices, choice } = Line::to_read(home, words).await?.ask(Command::Devices).await? else {
        return Err(Fault::OtherVersion);
    };
    let mut lines = Vec::new();
    for (title, list, chosen) in [
        ("settings-microphone", &devices.inputs, &choice.input),
        ("settings-loudspeaker", &devices.outputs, &choice.output),
    ] {
        lines.push(format!("{}:", words.text(title)));
        if list.is_empty() {
            lines.push(format!("  {}", words.text("cli-devices-none")));
        }
        for device in list {
            let mut line = format!("  {}  {}", print::clean(&device.id), print::clean(&device.name));
            let marks = [
                (device.default, "cli-device-default"),
                (device.wireless, "cli-device-wireless"),
                (chosen.as_ref() == Some(&device.id), "cli-device-chosen"),
            ];
            for (_, mark) in marks.iter().filter(|(on, _)| *on) {
                line.push_str(&format!("  ({})", words.text(mark)));
            }
            lines.push(line);
        }
    }
    printer.answer(&All { devices: &devices, chosen: &choice }, &lines.join("\n"))
}

async fn about_call(command: Command, home: &Home, printer: &Printer<'_>) -> Result<(), Fault> {
    match Line::to_running(home).await?.ask(command).await? {
        Reply::Call(call) => printer.answer(&call, &print::call(printer.words, &call)),
        _ => printer.answer(&done(), ""),
    }
}

/// Hands a call over: to a call of now, to an address, or to the one that is talked in.
async fn transfer(to: Option<String>, call: Option<CallId>, home: &Home, printer: &Printer<'_>) -> Result<(), Fault> {
    let mut client = Line::to_running(home).await?;
    let Reply::Calls(calls) = client.ask(Command::Calls).await? else { return Err(Fault::OtherVersion) };
    let named = |to: &String| calls.iter().find(|one| one.id.0.to_string() == *to).map(|one| one.id);
    let command = match to {
        None => Command::PutThrough { call, to: None },
        Some(to) => match named(&to) {
            Some(other) => Command::PutThrough { call, to: Some(other) },
            None => Command::Transfer { call, to: to.into() },
        },
    };
    about_call(command, home, printer).await
}

async fn text(command: Command, wait: Option<(Wait, u32)>, home: &Home, printer: &Printer<'_>) -> Result<(), Fault> {
    let mut client = Line::to_running(home).await?;
    if wait.is_some() {
        client.subscribe().await?;
    }
    let Reply::Message(mut message) = client.ask(command).await? else { return Err(Fault::OtherVersion) };
    let mut result = Ok(());
    if let Some((wait, seconds)) = wait {
        let wanted = match wait {
            Wait::Sent => MessageState::Sent,
            Wait::Delivered => MessageState::Delivered,
        };
        let progress = async {
            while message.state < wanted {
                if message.state == MessageState::Failed {
                    return Err(Fault::TextFailed(message.failure.unwrap_or(SendFailure::Server)));
                }
                match client.event().await? {
                    Event::MessageState { id, state, failure, .. } if id == message.id => {
                        (message.state, message.failure) = (state, failure);
                    }
                    _ => {}
                }
            }
            Ok(())
        };
        let waited = tokio::time::timeout(Duration::from_secs(seconds.into()), progress).await;
        result = waited.unwrap_or_else(|_| Err(Fault::TextLate { seconds, state: print::state(message.state) }));
    }
    // a script gets the text in any case: it is kept, whatever became of it so far
    if printer.json || result.is_ok() {
        printer.answer(&message, &print::sent(printer.words, &message))?;
    }
    result
}

async fn codes(limit: u32, home: &Home, words: &Words) -> Result<Vec<ReceivedCode>, Fault> {
    match Line::to_read(home, words).await?.ask(Command::Codes { limit }).await? {
        Reply::Codes(codes) => Ok(codes),
        _ => Err(Fault::OtherVersion),
    }
}

/// Keeps a code on the clipboard for a while, or until something else is copied. The program that owns a clipboard must
/// run: when this one is ended the code leaves at once.
async fn copy(code: ReceivedCode, printer: &Printer<'_>) -> Result<(), Fault> {
    let mut held = Held::hold(code.code.value.clone()).map_err(|_| Fault::NoClipboard)?;
    let seconds = i64::try_from(KEPT.as_secs()).unwrap_or_default();
    printer.answer(&code, &printer.words.with("cli-code-copied", &[("seconds", Value::Number(seconds))]))?;
    let _ = tokio::time::timeout(KEPT, held.lost()).await;
    Ok(())
}

async fn next_code(seconds: u32, home: &Home) -> Result<ReceivedCode, Fault> {
    let mut client = Line::to_running(home).await?;
    client.subscribe().await?;
    let next = async {
        loop {
            if let Event::Code { code, .. } = client.event().await? {
                return Ok(code);
            }
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(seconds.into()), next).await;
    waited.unwrap_or(Err(Fault::NoCode { seconds }))
}

async fn add_account(add: Add, home: &Home, printer: &Printer<'_>) -> Result<(), Fault> {
    let words = printer.words;
    let (mut expires, mut preset, mut asked_by) = (None, Some(Preset::None), None);
    let (common, kind, schemes): (_, _, &[&str]) = match add {
        Add::Sip { common, transport, auth_user, realm, expires: wish, provider } => {
            (expires, preset, asked_by) = (wish, provider, realm);
            let secure = has_scheme(&common.address, "sips").then_some(SipTransport::Tls);
            let transport = transport.map(Into::into).or(secure);
            (common, AccountKind::Sip { transport, auth_user }, &["sip", "sips"])
        }
        Add::Xmpp { common, tls } => (common, AccountKind::Xmpp { tls: tls.map(Into::into) }, &["xmpp"]),
    };
    let mut config = account_config(&common, kind, schemes)?;
    (config.calls.expires, config.calls.realm) = (expires, asked_by);
    let provider = providers::fill(&mut config, preset);
    let password = ask::password(words, &config.address, common.password_stdin)?;
    let turn_password = match &config.calls.turn {
        Some(turn) => Some(ask::password(words, &turn.to_string(), common.password_stdin)?),
        None => None,
    };
    let mut line = Line::to_write(home, words).await?;
    let command = Command::AddAccount { config, password, turn_password };
    let mut reply = line.ask(command.clone()).await;
    if let (Line::Running(client), Err(Fault::Refused(Refusal::SecretsLocked))) = (&mut line, &reply) {
        unlock(client, printer).await?;
        reply = line.ask(command).await;
    }
    match reply? {
        Reply::Account(status) => {
            let id = &status.config.id.0;
            printer.answer(&account(&status), &providers::added(words, id, provider))
        }
        _ => Err(Fault::OtherVersion),
    }
}

/// Gives the running instance its passphrase.
async fn unlock(client: &mut Client, printer: &Printer<'_>) -> Result<(), Fault> {
    let passphrase = match ask::passphrase() {
        Some(passphrase) => passphrase,
        None => {
            let state = match client.ask(Command::Snapshot).await? {
                Reply::Snapshot(snapshot) => snapshot.secrets,
                _ => return Err(Fault::OtherVersion),
            };
            ask::passphrase_from_terminal(printer.words, state == SecretsState::NeedsPassphrase)?
        }
    };
    client.ask(Command::Unlock { passphrase }).await.map(drop)
}

fn has_scheme(address: &str, scheme: &str) -> bool {
    address.split_once(':').is_some_and(|(given, _)| given.eq_ignore_ascii_case(scheme))
}
