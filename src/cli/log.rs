//! The log file of a running instance: our own words only, bounded in size, for the person alone. Libraries are never let
//! through, whatever `LANDLINE_LOG` says: at their lower levels they write stanzas, packets and passwords.
use crate::config::Home;
use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    panic::PanicHookInfo,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Mutex,
};
use tracing::Metadata;
use tracing_subscriber::{
    Layer,
    filter::{FilterExt, Targets, filter_fn},
    layer::SubscriberExt,
};

/// The log and the one before it hold this many bytes each at the most.
const MOST: u64 = 4 * 1024 * 1024;

/// Writes the log from now on. A log that cannot be opened is none: the program does not fail for it.
pub(super) fn start(home: &Home) {
    let Ok(file) = Bounded::open(home.log(), MOST) else { return };
    let asked = std::env::var("LANDLINE_LOG").unwrap_or_default();
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(Mutex::new(file))
        .with_filter(levels(&asked).and(filter_fn(is_ours)));
    // a second start in one process (a test) keeps the first
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer));
}

/// `debug`, `landline::xmpp=trace`, or both with a comma; what is no filter counts as not given.
fn levels(asked: &str) -> Targets {
    let given = Targets::from_str(asked).ok().filter(|_| !asked.trim().is_empty());
    given.unwrap_or_else(|| Targets::new().with_default(tracing::Level::INFO))
}

fn is_ours(metadata: &Metadata<'_>) -> bool {
    is_our_target(metadata.target())
}

fn is_our_target(target: &str) -> bool {
    target == "landline" || target.starts_with("landline::")
}

/// A panic tells where it happened and nothing else: its message may quote what was received.
pub(super) fn hook_panics() {
    std::panic::set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        let place = info.location().map_or_else(|| "?".to_owned(), |at| format!("{}:{}", at.file(), at.line()));
        let thread = std::thread::current();
        let thread = thread.name().unwrap_or("?");
        tracing::error!(%place, thread, "panicked");
        let _ = writeln!(io::stderr(), "landline: panicked at {place} (thread {thread})");
    }));
}

/// A file that is put aside when it is full.
struct Bounded {
    path: PathBuf,
    file: File,
    size: u64,
    most: u64,
}

impl Bounded {
    fn open(path: PathBuf, most: u64) -> io::Result<Self> {
        let file = append(&path)?;
        let size = file.metadata()?.len();
        Ok(Self { path, file, size, most })
    }

    fn turn(&mut self) -> io::Result<()> {
        std::fs::rename(&self.path, self.path.with_extension("old.log"))?;
        (self.file, self.size) = (append(&self.path)?, 0);
        Ok(())
    }
}

fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.size > 0 && self.size + bytes.len() as u64 > self.most {
            self.turn()?;
        }
        let count = self.file.write(bytes)?;
        self.size += count as u64;
        Ok(count)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use tracing::Level;

    #[test]
    fn libraries_are_never_let_through() {
        for target in ["landline", "landline::xmpp::task"] {
            assert!(is_our_target(target), "{target}");
        }
        for target in ["tokio_xmpp", "hickory_proto", "landlines", "rustls::client", "zbus", "log", ""] {
            assert!(!is_our_target(target), "{target}");
        }
    }

    #[test]
    fn the_level_is_the_persons_choice() {
        let on = |asked: &str, level| levels(asked).would_enable("landline::xmpp", &level);
        assert!(on("", Level::INFO) && !on("", Level::DEBUG));
        assert!(on("trace", Level::TRACE));
        assert!(on("warn,landline::xmpp=debug", Level::DEBUG) && !on("warn", Level::INFO));
        assert!(on("landline=loud", Level::INFO) && !on("landline=loud", Level::DEBUG), "nonsense counts as not given");
    }

    #[test]
    fn two_files_of_a_bounded_size() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("landline.log");
        let mut log = Bounded::open(path.clone(), 100).unwrap();
        for n in 0..50 {
            writeln!(log, "line number {n:02}").unwrap();
        }
        let old = std::fs::read_to_string(dir.path().join("landline.old.log")).unwrap();
        let new = std::fs::read_to_string(&path).unwrap();
        assert!(old.len() <= 100 && new.len() <= 100 && new.contains("line number 49"));
        assert!(old.lines().last() < new.lines().next());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2);
        let again = Bounded::open(path, 100).unwrap();
        assert_eq!(again.size, new.len() as u64, "what is there counts");
    }
}
