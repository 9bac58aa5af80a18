//! The command line, and the private socket to the running instance: scripts, tests and screen-reader users have the
//! whole phone here. It decides nothing that the engine could decide, and prints no sentence that is not in `words/`.
mod account;
mod args;
mod ask;
mod client;
mod commands;
mod data;
mod deeds;
mod events;
mod fault;
mod files;
mod help;
mod instance;
mod line;
mod log;
mod print;
mod providers;
mod rules;
mod run;
mod server;
mod wire;

use crate::{
    config::{Config, Home},
    ui::Opening,
    words::{Language, Words},
};
use args::{Args, Command};
use fault::Fault;
use help::Stop;
use print::Printer;
use run::{Face, Start};
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Does what the command line says. Exit status: 0 done, 1 refused or failed, 2 wrong usage.
pub fn main() -> ExitCode {
    log::hook_panics();
    forbid_core_dumps();
    let line: Vec<OsString> = std::env::args_os().collect();
    let (folder, demo) = peek(&line);
    let words = words(&home(folder.as_deref(), demo));
    let args = match help::parse(line, &words) {
        Ok(args) => args,
        Err(Stop::Told(text)) => return if print::say(&text).is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE },
        Err(Stop::Wrong(sentence)) => {
            print::complain(&sentence);
            return ExitCode::from(2);
        }
    };
    let (home, json) = (home(args.home.as_deref(), args.demo), args.json);
    match carry_out(args, &home, &words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            if let Some(object) = fault.json().filter(|_| json) {
                // the sentence and the status still tell, where this cannot be written
                let _ = print::say(&object);
            }
            print::complain(&fault.sentence(&words, &home));
            ExitCode::FAILURE
        }
    }
}

fn carry_out(args: Args, home: &Home, words: &Words) -> Result<(), Fault> {
    let printer = Printer { words, json: args.json };
    let mut link = None;
    let face = match args.command {
        Some(Command::Open { link: given }) if run::has_display() => {
            link = given;
            Face::Window
        }
        Some(Command::Open { .. }) => return Err(Fault::NoDisplay),
        None | Some(Command::Run { headless: false }) if run::has_display() => Face::Window,
        None | Some(Command::Run { headless: false }) if !args.demo => return Err(Fault::NoDisplay),
        None | Some(Command::Run { .. }) => Face::Lines,
        Some(command) => {
            let runtime = run::runtime()?;
            let result = runtime.block_on(commands::carry_out(command, home, &printer));
            // a keyring that does not answer must not hold the command back
            runtime.shutdown_background();
            return result;
        }
    };
    let forget = args.demo && args.home.is_none();
    let opening = Opening { minimized: args.minimized && link.is_none(), link, service: *home == Home::xdg() };
    run::run(Start { home, printer, face, demo: args.demo, forget, opening })
}

/// The home and whether it is the demo's, before the command line is read: the language of errors depends on it.
fn peek(line: &[OsString]) -> (Option<PathBuf>, bool) {
    let value = |at: usize, word: &OsString| {
        if word == "--home" {
            line.get(at + 1).map(PathBuf::from)
        } else {
            Some(word.to_str()?.strip_prefix("--home=")?.into())
        }
    };
    let folder = line.iter().enumerate().find_map(|(at, word)| value(at, word));
    (folder, line.iter().any(|word| word == "--demo"))
}

/// The demo has a home of its own, so that its texts never stand among real ones.
fn home(folder: Option<&Path>, demo: bool) -> Home {
    match folder {
        Some(folder) => Home::in_dir(folder),
        None if demo => Home::in_dir(&Home::xdg().cache.join("demo")),
        None => Home::xdg(),
    }
}

/// The person's language: the one they chose, else the desktop's.
fn words(home: &Home) -> Words {
    let chosen = Config::load(home).ok().and_then(|config| config.window.language);
    Words::new(chosen.and_then(|tag| Language::parse(&tag)).unwrap_or_else(Language::from_env))
}

/// A core dump would hold passwords and texts. The process stays dumpable in the kernel's other sense: desktop portals
/// tell their callers apart by it.
fn forbid_core_dumps() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // where it cannot be lowered the system's own limit stands
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_home_is_known_before_the_line_is_read() {
        let line = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
        assert_eq!(peek(&line(&["landline", "--home", "/a", "status"])), (Some("/a".into()), false));
        assert_eq!(peek(&line(&["landline", "status", "--home=/b", "--demo"])), (Some("/b".into()), true));
        assert_eq!(peek(&line(&["landline", "--home"])), (None, false));
        assert_ne!(home(None, true), home(None, false));
        assert_eq!(home(Some(Path::new("/a")), true), home(Some(Path::new("/a")), false));
    }
}
