//! Reading and writing `config.toml`. A write is all or nothing: a power cut leaves the old file or the new one.
use super::{Config, ConfigError, Home};
use std::{
    fs::{File, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

impl Config {
    /// Reads it; a home without one gives the defaults. Keys it does not know are passed over.
    pub fn load(home: &Home) -> Result<Self, ConfigError> {
        let text = match std::fs::read_to_string(home.config_file()) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(ConfigError::Io(error)),
        };
        toml::from_str(&text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            ConfigError::Syntax { line: before.map_or(0, |before| before.matches('\n').count() + 1) }
        })
    }
    /// Writes it without its accounts: they are in the store.
    pub fn save_settings(&self, home: &Home) -> Result<(), ConfigError> {
        Self { accounts: Vec::new(), ..self.clone() }.save(home)
    }
    /// Writes it (0600).
    pub fn save(&self, home: &Home) -> Result<(), ConfigError> {
        let text = toml::to_string_pretty(self).map_err(|_| ConfigError::Syntax { line: 0 })?;
        home.create()?;
        write_atomically(&home.config_file(), text.as_bytes()).map_err(ConfigError::Io)
    }
}

/// Replaces a file in one step: temporary file beside it (0600), flushed to the disk, renamed, folder flushed.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let dir = path.parent().unwrap_or_else(|| Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = dir.join(format!(".{name}.{}.new", std::process::id()));
    let written = (|| {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)?;
        File::open(dir)?.sync_all()
    })();
    if written.is_err() {
        std::fs::remove_file(&temporary).ok();
    }
    written
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::account::{AccountConfig, AccountKind, CallSettings, Keys, SipTransport, Way, XmppTls};
    use std::os::unix::fs::PermissionsExt;

    fn account(kind: AccountKind, address: &str) -> AccountConfig {
        AccountConfig { server: Some("127.0.0.1:5060".into()), ..AccountConfig::new(kind, address) }
    }

    #[test]
    fn what_is_written_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::in_dir(dir.path());
        assert_eq!(Config::load(&home).unwrap(), Config::default());
        let mut config = Config::default();
        let sip = AccountKind::Sip { transport: Some(SipTransport::Tls), auth_user: Some("al".into()) };
        config.accounts.push(account(sip.clone(), "alice@sip.test"));
        let calls = CallSettings {
            realm: Some("pbx".into()),
            expires: Some(300),
            way: Some(Way { server: None, transport: Some(SipTransport::Udp) }),
            provider: Some("ovh".into()),
            keys: Some(Keys::Dtls),
            ice: Some(true),
            stun: Some("stun.test".parse().unwrap()),
            turn: Some("turns:turn.test".parse().unwrap()),
            turn_user: Some("al".into()),
        };
        config.accounts.push(AccountConfig { calls: Box::new(calls), ..account(sip.clone(), "al@sip.test") });
        config.accounts.push(account(AccountKind::Xmpp { tls: Some(XmppTls::Direct) }, "alice@xmpp.test"));
        config.window.language = Some("es".into());
        config.recording.format = crate::domain::call::RecordingFormat::Wav;
        config.sound.hold = crate::audio::HoldSound::File("/tune.opus".into());
        config.sound.tones = Some(crate::audio::Country::Mx);
        config.save(&home).unwrap();
        assert_eq!(Config::load(&home).unwrap(), config);
        let mode = std::fs::metadata(home.config_file()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_broken_file_is_named_by_line_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::in_dir(dir.path());
        home.create().unwrap();
        std::fs::write(home.config_file(), "wired = \"wired_only\"\nsound = 7\n").unwrap();
        assert!(matches!(Config::load(&home), Err(ConfigError::Syntax { line: 2 })));
        std::fs::write(home.config_file(), "from_the_future = 1\n").unwrap();
        assert_eq!(Config::load(&home).unwrap(), Config::default());
    }

    #[test]
    fn folders_are_private_and_a_long_socket_path_is_shortened() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::in_dir(dir.path());
        home.create().unwrap();
        let mode = std::fs::metadata(&home.data).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        assert_eq!(home.socket(), home.state.join("landline.sock"));
        let long = Home::in_dir(&dir.path().join("x".repeat(120)));
        assert!(long.socket().as_os_str().len() < 108);
        assert_ne!(long.tag(), home.tag());
    }
}
