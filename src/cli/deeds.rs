//! What is done to texts and files from the command line: texts by the numbers that `messages --json` shows.
use super::{args::Deed as Asked, commands::done, fault::Fault, line::Line, print::Printer};
use crate::{
    config::Home,
    domain::{message::MessageId, private::Private},
    engine::api::{Command, Deed, Event, FileState, Refusal, Reply},
    words::Value,
};
use std::time::Duration;

/// Carries one out.
pub(super) async fn carry_out(asked: Asked, home: &Home, printer: &Printer<'_>) -> Result<(), Fault> {
    let (message, deed) = match asked {
        Asked::Reply { message, body } => (message, Deed::Reply(Private::new(body))),
        Asked::Correct { message, body } => (message, Deed::Correct(Private::new(body))),
        Asked::React { message, signs } => (message, Deed::React(signs)),
        Asked::Withdraw { message } => (message, Deed::Withdraw),
        Asked::Save { message, timeout } => return save(MessageId(message), timeout.get(), home, printer).await,
    };
    match Line::to_running(home).await?.ask(Command::Do { id: MessageId(message), deed }).await? {
        Reply::Message(message) => printer.answer(&message, &super::print::message(printer.words, &message)),
        _ => printer.answer(&done(), ""),
    }
}

/// Saves a file that came; it is fetched first where it was not.
async fn save(id: MessageId, seconds: u32, home: &Home, printer: &Printer<'_>) -> Result<(), Fault> {
    let mut client = Line::to_running(home).await?;
    client.subscribe().await?;
    let save = Command::Do { id, deed: Deed::Save };
    let saved = match client.ask(save.clone()).await {
        Err(Fault::Refused(Refusal::NoFile)) => {
            client.ask(Command::Do { id, deed: Deed::Fetch }).await?;
            let here = async {
                loop {
                    match client.event().await? {
                        Event::File(moved) if moved.message == id => match moved.state {
                            FileState::Moving(..) => {}
                            FileState::Done => return Ok(()),
                            FileState::Failed(problem) => return Err(Fault::File(problem)),
                        },
                        _ => {}
                    }
                }
            };
            let fetched = tokio::time::timeout(Duration::from_secs(seconds.into()), here).await;
            fetched.unwrap_or(Err(Fault::FileLate { seconds }))?;
            client.ask(save).await
        }
        saved => saved,
    };
    let Reply::Saved { path } = saved? else { return Err(Fault::OtherVersion) };
    let words = printer.words.with("file-saved", &[("path", Value::Text(&path.to_string_lossy()))]);
    printer.answer(&std::collections::BTreeMap::from([("path", &path)]), &words)
}
