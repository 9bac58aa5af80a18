//! `--help` and wrong usage in the person's language: every text that clap would show comes from `words/`, by keys made of
//! the command's path (`help-landline-account-add`) and the argument's name (`help-arg-address`).
use super::args::Args;
use crate::words::{Value, Words};
use clap::{
    Arg, ArgAction, Command, CommandFactory, FromArgMatches,
    error::{ContextKind, ErrorKind},
};
use std::ffi::OsString;

/// Why there are no arguments to work with.
pub(super) enum Stop {
    /// Help or version: asked for, and no error.
    Told(String),
    /// Wrong usage: one sentence.
    Wrong(String),
}

/// Reads the command line.
pub(super) fn parse(line: Vec<OsString>, words: &Words) -> Result<Args, Stop> {
    let mut command = command(words);
    let named = deepest(&command, &line);
    let matches = command.try_get_matches_from_mut(line).and_then(|matches| Args::from_arg_matches(&matches));
    matches.map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Stop::Told(error.to_string()),
        _ => {
            let see = words.with("usage-see", &[("command", (&named).into())]);
            Stop::Wrong(format!("{} {see}", sentence(&error, words)))
        }
    })
}

/// `landline account add`: the deepest command that the line names.
fn deepest(command: &Command, line: &[OsString]) -> String {
    let (mut path, mut here) = (command.get_name().to_owned(), command);
    for word in line.iter().skip(1) {
        if let Some(below) = here.find_subcommand(word) {
            path = format!("{path} {}", below.get_name());
            here = below;
        }
    }
    path
}

fn command(words: &Words) -> Command {
    let mut command = Args::command().disable_help_subcommand(true).disable_version_flag(true).arg(
        Arg::new("version").long("version").short('V').action(ArgAction::Version).help(words.text("help-arg-version")),
    );
    command = localise(command, "help-landline".to_owned(), words);
    command.build();
    command
}

/// Puts the words into a command and all below it.
fn localise(command: Command, key: String, words: &Words) -> Command {
    let heading = |key: &str| words.text(key);
    let more_key = format!("{key}-more");
    let more = words.text(&more_key);
    let template =
        format!("{{about-with-newline}}\n{} {{usage}}\n\n{{all-args}}{{after-help}}", heading("usage-usage"));
    let mut command = command
        .about(words.text(&key))
        .long_about(None)
        .help_template(template)
        .subcommand_help_heading(heading("usage-commands"))
        .subcommand_value_name("…")
        .disable_help_flag(true)
        .arg(Arg::new("help").long("help").short('h').action(ArgAction::HelpLong))
        .mut_args(|arg| {
            let place = if arg.is_positional() { "usage-arguments" } else { "usage-options" };
            let help = words.text(&format!("help-arg-{}", arg.get_id()));
            let arg = arg.help(help).long_help(None).help_heading(heading(place));
            if arg.get_action().takes_values() { arg.hide_possible_values(true).hide_default_value(true) } else { arg }
        });
    if more != more_key {
        command = command.after_help(more);
    }
    command.mut_subcommands(|below| {
        let key = format!("{key}-{}", below.get_name());
        localise(below, key, words)
    })
}

/// Wrong usage in one sentence.
fn sentence(error: &clap::Error, words: &Words) -> String {
    let part = |kind| error.get(kind).map(|value| value.to_string().replace('\n', " ")).unwrap_or_default();
    let (what, value) = (part(ContextKind::InvalidArg), part(ContextKind::InvalidValue));
    let command = part(ContextKind::InvalidSubcommand);
    let named = |key: &str, what: &str| words.with(key, &[("what", Value::Text(what))]);
    match error.kind() {
        ErrorKind::UnknownArgument => named("usage-unknown-argument", &what),
        ErrorKind::InvalidSubcommand => named("usage-unknown-command", &command),
        ErrorKind::MissingRequiredArgument => named("usage-missing", &what),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            words.text("usage-missing-command")
        }
        ErrorKind::InvalidValue if value.is_empty() => named("usage-missing-value", &what),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            words.with("usage-bad-value", &[("value", (&value).into()), ("what", (&what).into())])
        }
        ErrorKind::NoEquals | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            named("usage-missing-value", &what)
        }
        ErrorKind::ArgumentConflict => named("usage-twice", &what),
        _ => words.text("usage-wrong"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::words::Language;
    use std::collections::BTreeSet;

    fn told(line: &[&str], language: Language) -> Result<Args, String> {
        let line = std::iter::once("landline").chain(line.iter().copied()).map(OsString::from).collect();
        parse(line, &Words::new(language)).map_err(|stop| match stop {
            Stop::Told(text) | Stop::Wrong(text) => text,
        })
    }

    fn keys(command: &Command, key: String, found: &mut BTreeSet<String>) {
        found.insert(key.clone());
        for argument in command.get_arguments() {
            found.insert(format!("help-arg-{}", argument.get_id()));
        }
        for below in command.get_subcommands() {
            keys(below, format!("{key}-{}", below.get_name()), found);
        }
    }

    #[test]
    fn clap_finds_no_fault() {
        command(&Words::new(Language::En)).debug_assert();
    }

    #[test]
    fn every_command_and_argument_has_its_help_and_no_help_is_left_over() {
        let mut wanted = BTreeSet::new();
        keys(&command(&Words::new(Language::En)), "help-landline".to_owned(), &mut wanted);
        for (words, name) in
            [(include_str!("../../assets/words/en.ftl"), "en"), (include_str!("../../assets/words/es.ftl"), "es")]
        {
            let there: BTreeSet<_> = words
                .lines()
                .filter(|line| line.starts_with("help-"))
                .filter_map(|line| Some(line.split_once(" =")?.0.trim_end_matches("-more").to_owned()))
                .collect();
            assert_eq!(wanted, there, "{name}");
        }
    }

    #[test]
    fn help_is_in_the_persons_language() {
        let help = told(&["account", "add", "xmpp", "--help"], Language::Es).unwrap_err();
        for part in ["Uso: landline account add xmpp", "Opciones:", "--password-stdin", "Leer la contraseña"] {
            assert!(help.contains(part), "{part}: {help}");
        }
        for english in ["Usage", "Options", "Print help", "possible values", "default"] {
            assert!(!help.contains(english), "{english}: {help}");
        }
        assert!(told(&["--help"], Language::En).unwrap_err().contains(r#"{"refusal":"not_connected"}"#));
    }

    #[test]
    fn wrong_usage_is_one_sentence() {
        let cases: [(&[&str], &str); 9] = [
            (&["no-such-command"], "no-such-command"),
            (&["account", "add", "sip"], "--address"),
            (&["account"], "landline account --help"),
            (&["text", "bob"], "<BODY>"),
            (&["call"], "<ADDRESS>"),
            (&["status", "--nonsense"], "--nonsense"),
            (&["text", "bob", "x", "--wait", "soon"], "soon"),
            (&["messages", "--limit", "0"], "--limit"),
            (&["codes", "--wait"], "--wait"),
        ];
        for (line, part) in cases {
            for language in Language::ALL {
                let said = told(line, language).unwrap_err();
                assert_eq!(said.lines().count(), 1, "{said}");
                assert!(said.contains(part) && said.contains("--help"), "{said}");
            }
        }
    }

    #[test]
    fn a_text_may_begin_with_a_hyphen_and_the_flags_may_follow() {
        let args = told(&["text", "+1555", "- one", "--wait", "sent", "--home", "/x", "--json"], Language::En).unwrap();
        assert!(args.json && args.home.is_some());
        assert!(
            matches!(args.command, Some(super::super::args::Command::Text { body, wait: Some(_), .. }) if body.as_deref() == Some("- one"))
        );
    }
}
