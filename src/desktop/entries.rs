//! What the desktop keeps about Landline in the person's own files: whether it starts with the session (Desktop Application
//! Autostart Specification), and whether links for phones open with it (MIME Applications Associations). Written only when
//! the person asks for it; what others wrote there stays.
use super::application::NAME;
use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

/// The kinds of links there are for phones.
const LINKS: [&str; 5] = ["tel", "sms", "sip", "sips", "xmpp"];
/// As it is installed.
const ENTRY: &str = include_str!("../../packaging/org.landline.Landline.desktop");
const DEFAULTS: &str = "[Default Applications]";

/// What stands there now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Landline starts with the session.
    pub starts: bool,
    /// All links for phones open with it.
    pub links: bool,
}

/// The folders.
#[derive(Debug, Clone)]
pub struct Entries {
    /// `XDG_CONFIG_HOME`.
    config: PathBuf,
    /// `XDG_DATA_HOME`.
    data: PathBuf,
    /// `XDG_DATA_DIRS`: where programs are installed for everybody.
    installed: Vec<PathBuf>,
    /// This program.
    program: PathBuf,
}

impl Entries {
    /// The person's own. `None`: there is no home, or no saying where this program is.
    pub fn own() -> Option<Self> {
        let home = env::var_os("HOME").map(PathBuf::from);
        let at = |variable: &str, fallback: &str| {
            let given = env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
            given.or_else(|| Some(home.as_ref()?.join(fallback)))
        };
        let shared = env::var_os("XDG_DATA_DIRS").filter(|dirs| !dirs.is_empty());
        let shared = shared.unwrap_or_else(|| "/usr/local/share:/usr/share".into());
        Some(Self {
            config: at("XDG_CONFIG_HOME", ".config")?,
            data: at("XDG_DATA_HOME", ".local/share")?,
            installed: env::split_paths(&shared).collect(),
            program: env::current_exe().ok()?,
        })
    }

    fn file() -> String {
        format!("{NAME}.desktop")
    }
    fn autostart(&self) -> PathBuf {
        self.config.join("autostart").join(Self::file())
    }
    fn associations(&self) -> PathBuf {
        self.config.join("mimeapps.list")
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        let kept = fs::read_to_string(self.associations()).unwrap_or_default();
        Standing {
            starts: fs::read_to_string(self.autostart()).is_ok_and(|text| !text.contains("Hidden=true")),
            links: LINKS.iter().all(|link| default_for(&kept, link).is_some_and(|name| name == Self::file())),
        }
    }

    /// Landline starts with the session from now on, without showing its window; or no longer.
    pub fn start_with_session(&self, yes: bool) -> io::Result<()> {
        if yes {
            let text = format!(
                "[Desktop Entry]\nType=Application\nName=Landline\nIcon={NAME}\nExec={} --minimized\nTerminal=false\n",
                quoted(&self.program)
            );
            return write(&self.autostart(), &text);
        }
        match fs::remove_file(self.autostart()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Links for phones open with Landline from now on; or with what they opened with before somebody chose.
    pub fn open_links(&self, yes: bool) -> io::Result<()> {
        if yes && !self.is_installed() {
            let exec = format!("Exec={} open %u", quoted(&self.program));
            let lines = ENTRY.lines().filter(|line| !line.starts_with("DBusActivatable"));
            let lines: Vec<_> =
                lines.map(|line| if line.starts_with("Exec=") { exec.as_str() } else { line }).collect();
            write(&self.data.join("applications").join(Self::file()), &(lines.join("\n") + "\n"))?;
        }
        let kept = match fs::read_to_string(self.associations()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            kept => kept.unwrap_or_default(),
        };
        write(&self.associations(), &associated(&kept, yes))
    }

    fn is_installed(&self) -> bool {
        let all = self.installed.iter().chain([&self.data]);
        all.map(|dir| dir.join("applications").join(Self::file())).any(|file| file.is_file())
    }
}

/// The program that opens a kind of links.
fn default_for<'a>(kept: &'a str, link: &str) -> Option<&'a str> {
    let section = kept.lines().map(str::trim).skip_while(|line| *line != DEFAULTS).skip(1);
    let mut section = section.take_while(|line| !line.starts_with('['));
    section.find_map(|line| {
        let (key, programs) = line.split_once('=')?;
        let ours = key.trim().strip_prefix("x-scheme-handler/")? == link;
        ours.then(|| programs.split(';').next().unwrap_or_default().trim())
    })
}

/// The file with our lines in it, or without them.
fn associated(kept: &str, yes: bool) -> String {
    let ours: Vec<String> = LINKS.iter().map(|link| format!("x-scheme-handler/{link}={}", Entries::file())).collect();
    let (mut text, mut inside, mut written) = (String::new(), false, false);
    let mut push = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    for line in kept.lines() {
        if line.trim_start().starts_with('[') {
            inside = line.trim() == DEFAULTS;
        }
        let key = line.split_once('=').map_or("", |(key, _)| key.trim());
        let link = key.strip_prefix("x-scheme-handler/").unwrap_or_default();
        let replaced = inside && LINKS.contains(&link) && (yes || ours.iter().any(|ours| ours == line.trim()));
        if !replaced {
            push(line);
        }
        if yes && inside && !written && line.trim() == DEFAULTS {
            ours.iter().for_each(|line| push(line));
            written = true;
        }
    }
    if yes && !written {
        push(DEFAULTS);
        ours.iter().for_each(|line| push(line));
    }
    text
}

/// A program in an `Exec` line (Desktop Entry Specification, "The Exec key").
fn quoted(program: &Path) -> String {
    let mut text = String::from("\"");
    for c in program.to_string_lossy().chars() {
        match c {
            // once for the quotes, once for the value of the key
            '\\' => text.push_str("\\\\\\\\"),
            '"' | '`' | '$' => text.push_str(&format!("\\\\{c}")),
            '%' => text.push_str("%%"),
            c => text.push(c),
        }
    }
    text.push('"');
    text
}

/// All or nothing, as somebody else may read it at any time.
fn write(file: &Path, text: &str) -> io::Result<()> {
    let folder = file.parent().unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(folder)?;
    // what is a link to a file elsewhere stays one
    let file = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let new = file.with_extension(format!("{}.new", std::process::id()));
    let written = fs::write(&new, text).and_then(|()| fs::rename(&new, &file));
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn entries(dir: &TempDir) -> Entries {
        let at = |name: &str| dir.path().join(name);
        Entries { config: at("config"), data: at("data"), installed: vec![at("share")], program: at("my $app") }
    }

    #[test]
    fn it_starts_with_the_session_only_while_that_is_wanted() {
        let dir = TempDir::new().unwrap();
        let entries = entries(&dir);
        assert_eq!(entries.standing(), Standing { starts: false, links: false });
        entries.start_with_session(true).unwrap();
        assert!(entries.standing().starts);
        let text = fs::read_to_string(entries.autostart()).unwrap();
        assert!(text.contains("my \\\\$app\" --minimized\n"), "{text}");
        entries.start_with_session(false).unwrap();
        entries.start_with_session(false).unwrap();
        assert!(!entries.standing().starts && !entries.autostart().exists());
    }

    #[test]
    fn links_open_with_it_and_others_keep_theirs() {
        let dir = TempDir::new().unwrap();
        let entries = entries(&dir);
        let before = "[Added Associations]\nx-scheme-handler/tel=other.desktop;\n\n[Default Applications]\n\
                      x-scheme-handler/http=browser.desktop\nx-scheme-handler/tel=other.desktop\n[More]\na=b\n";
        fs::create_dir_all(&entries.config).unwrap();
        fs::write(entries.associations(), before).unwrap();
        entries.open_links(true).unwrap();
        assert!(entries.standing().links);
        let text = fs::read_to_string(entries.associations()).unwrap();
        assert_eq!(default_for(&text, "http"), Some("browser.desktop"));
        assert_eq!(text.matches("x-scheme-handler/tel").count(), 2, "{text}");
        assert!(text.ends_with("[More]\na=b\n"));
        // run from a folder of its own, it is installed for this person
        let entry = fs::read_to_string(entries.data.join("applications/org.landline.Landline.desktop")).unwrap();
        assert!(entry.contains("my \\\\$app\" open %u\n") && !entry.contains("DBusActivatable"), "{entry}");
        entries.open_links(false).unwrap();
        let text = fs::read_to_string(entries.associations()).unwrap();
        assert!(!entries.standing().links && default_for(&text, "tel").is_none());
        assert_eq!(default_for(&text, "http"), Some("browser.desktop"));
    }

    #[test]
    fn an_empty_file_gets_its_section_and_an_installed_entry_is_left_alone() {
        let dir = TempDir::new().unwrap();
        let entries = entries(&dir);
        let installed = dir.path().join("share/applications");
        fs::create_dir_all(&installed).unwrap();
        fs::write(installed.join(Entries::file()), "x").unwrap();
        entries.open_links(true).unwrap();
        assert!(entries.standing().links && !entries.data.exists());
        entries.open_links(true).unwrap();
        let text = fs::read_to_string(entries.associations()).unwrap();
        assert_eq!(text.lines().count(), 1 + LINKS.len(), "{text}");
    }
}
