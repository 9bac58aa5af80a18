//! The folders of one instance. Two instances with different homes share nothing.
use super::ConfigError;
use sha2::{Digest, Sha256};
use std::{
    env,
    os::unix::{
        ffi::OsStrExt,
        fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    },
    path::{Path, PathBuf},
};

/// The longest path a Unix socket may have (`sun_path` without its NUL).
const SOCKET_PATH_MAX: usize = 107;

/// Where this instance keeps its files: XDG folders, or `DIR/{config,data,state,cache}` for `--home DIR`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// `config.toml`.
    pub config: PathBuf,
    /// The store, the vault, the recovery file, recordings.
    pub data: PathBuf,
    /// The private socket, the log, window state.
    pub state: PathBuf,
    /// What can be made again.
    pub cache: PathBuf,
}

impl Home {
    /// The person's own: XDG Base Directory folders.
    pub fn xdg() -> Self {
        let home = env::var_os("HOME").map_or_else(|| PathBuf::from("/"), PathBuf::from);
        let at = |variable: &str, fallback: &str| {
            let given = env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
            given.unwrap_or_else(|| home.join(fallback)).join("landline")
        };
        Self {
            config: at("XDG_CONFIG_HOME", ".config"),
            data: at("XDG_DATA_HOME", ".local/share"),
            state: at("XDG_STATE_HOME", ".local/state"),
            cache: at("XDG_CACHE_HOME", ".cache"),
        }
    }
    /// An isolated instance below one folder.
    pub fn in_dir(dir: &Path) -> Self {
        let dir = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
        Self { config: dir.join("config"), data: dir.join("data"), state: dir.join("state"), cache: dir.join("cache") }
    }
    /// Makes the folders, for the person alone (0700).
    pub fn create(&self) -> Result<(), ConfigError> {
        for dir in [&self.config, &self.data, &self.state, &self.cache] {
            private_dir(dir)?;
        }
        Ok(())
    }
    /// Where recordings of calls are kept.
    pub fn recordings_folder(&self) -> PathBuf {
        self.data.join("recordings")
    }
    /// The same; made when it is not there (0700).
    pub fn recordings(&self) -> Result<PathBuf, ConfigError> {
        let folder = self.recordings_folder();
        private_dir(&folder)?;
        Ok(folder)
    }
    /// `config.toml`.
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }
    /// The store.
    pub fn database(&self) -> PathBuf {
        self.data.join("landline.db")
    }
    /// The encrypted vault of passwords.
    pub fn vault(&self) -> PathBuf {
        self.data.join("vault")
    }
    /// The store's key under the recovery passphrase.
    pub fn recovery(&self) -> PathBuf {
        self.data.join("recovery")
    }
    /// The log.
    pub fn log(&self) -> PathBuf {
        self.state.join("landline.log")
    }
    /// A short name that is this home's alone, for names in places that all homes share.
    pub fn tag(&self) -> String {
        let hash = Sha256::digest(self.data.as_os_str().as_bytes());
        hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
    /// The private socket of the running instance. Where the path would be too long for one, a short name in
    /// `XDG_RUNTIME_DIR`, or in a folder of the person's own below `/tmp`.
    pub fn socket(&self) -> PathBuf {
        let plain = self.state.join("landline.sock");
        if plain.as_os_str().as_bytes().len() <= SOCKET_PATH_MAX {
            return plain;
        }
        let runtime = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_dir());
        let dir = runtime.unwrap_or_else(|| {
            let uid = std::fs::metadata("/proc/self").map_or(0, |meta| meta.uid());
            PathBuf::from(format!("/tmp/landline-{uid}"))
        });
        dir.join(format!("landline-{}.sock", self.tag()))
    }
    /// Makes the folder of [`Self::socket`]; refuses one that belongs to somebody else.
    pub fn create_socket_dir(&self) -> Result<(), ConfigError> {
        let socket = self.socket();
        let Some(dir) = socket.parent() else { return Ok(()) };
        private_dir(dir)?;
        let owner = |path: &Path| std::fs::metadata(path).map(|meta| meta.uid()).map_err(ConfigError::Io);
        if owner(dir)? == owner(Path::new("/proc/self"))? { Ok(()) } else { Err(ConfigError::NotOurs) }
    }
}

/// Makes a folder 0700; one that is there already is closed to others.
fn private_dir(dir: &Path) -> Result<(), ConfigError> {
    if !dir.is_dir() {
        return std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(ConfigError::Io);
    }
    let mode = std::fs::metadata(dir).map_err(ConfigError::Io)?.permissions().mode();
    if mode & 0o077 != 0 {
        std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700)).map_err(ConfigError::Io)?;
    }
    Ok(())
}
