//! Bytes of files: into the store, which encrypts them, and out of it as a copy in the folder of downloads; names that are only
//! names, media types by their endings.
//! A name from outside never leads anywhere, and nothing that is there is overwritten.
use super::{
    api::{Refusal, Reply},
    run::Engine,
};
use crate::{
    domain::message::{Message, MessageId},
    net::Sink,
    store::{Store, StoreError},
};
use std::path::{Path, PathBuf};
use tokio::io::AsyncWriteExt;

/// Bytes of a piece in the store.
const PIECE: usize = 128 * 1024;

/// Keeps what is fetched in the store, piece by piece.
pub(super) struct Keep {
    store: Store,
    id: MessageId,
    number: usize,
    place: u32,
    held: Vec<u8>,
}

impl Keep {
    /// Begins the file with this number of a text anew.
    pub(super) async fn begin(store: Store, id: MessageId, number: usize) -> Result<Self, StoreError> {
        store.drop_file(id, number).await?;
        Ok(Self { store, id, number, place: 0, held: Vec::with_capacity(PIECE) })
    }

    /// What is left is kept, too: the file is whole.
    pub(super) async fn end(mut self) -> Result<(), StoreError> {
        self.flush().await
    }

    /// Nothing of it is kept.
    pub(super) async fn give_up(self) -> Result<(), StoreError> {
        self.store.drop_file(self.id, self.number).await
    }

    async fn flush(&mut self) -> Result<(), StoreError> {
        let piece = std::mem::replace(&mut self.held, Vec::with_capacity(PIECE));
        self.store.add_piece(self.id, self.number, self.place, piece).await?;
        self.place += 1;
        Ok(())
    }
}

impl Sink for Keep {
    async fn take(&mut self, piece: &[u8]) -> std::io::Result<()> {
        self.held.extend_from_slice(piece);
        if self.held.len() >= PIECE { self.flush().await.map_err(std::io::Error::other) } else { Ok(()) }
    }
}

impl Engine {
    /// Copies a file that came to where the person keeps such files: it is readable there. Reply: [`Reply::Saved`].
    pub(super) async fn save_file(&mut self, message: &Message) -> Result<Reply, Refusal> {
        let mut files = message.extras.attachments.iter().enumerate();
        let (number, file) = files.find(|(_, file)| file.here).ok_or(Refusal::NoFile)?;
        let folder = downloads().ok_or(Refusal::NoFile)?;
        let path = save(&self.store, message.id, number, &folder, &plain(file.name.expose())).await;
        Ok(Reply::Saved { path: path.map_err(|_| Refusal::DiskFull)? })
    }
}

/// A copy under the first name that is free.
async fn save(store: &Store, id: MessageId, number: usize, folder: &Path, name: &str) -> std::io::Result<PathBuf> {
    tokio::fs::create_dir_all(folder).await?;
    let (stem, ending) = name.rsplit_once('.').map_or((name, String::new()), |(stem, end)| (stem, format!(".{end}")));
    for again in 0..1000 {
        let name = if again == 0 { name.to_owned() } else { format!("{stem} ({again}){ending}") };
        let path = folder.join(name);
        let mut file = match tokio::fs::OpenOptions::new().write(true).create_new(true).open(&path).await {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(error),
        };
        let mut place = 0;
        while let Some(piece) = store.piece(id, number, place).await.map_err(std::io::Error::other)? {
            file.write_all(&piece).await?;
            place += 1;
        }
        file.flush().await?;
        return Ok(path);
    }
    Err(std::io::ErrorKind::AlreadyExists.into())
}

/// The folder for downloads, by the desktop's word (xdg-user-dirs) or the usual one.
fn downloads() -> Option<PathBuf> {
    let home = PathBuf::from(std::env::var_os("HOME")?);
    let config = std::env::var_os("XDG_CONFIG_HOME").map_or_else(|| home.join(".config"), PathBuf::from);
    let told = std::fs::read_to_string(config.join("user-dirs.dirs")).unwrap_or_default();
    let line = told.lines().find_map(|line| line.trim().strip_prefix("XDG_DOWNLOAD_DIR="));
    let told = line.map(|line| line.trim_matches('"')).and_then(|path| match path.strip_prefix("$HOME/") {
        Some(rest) => Some(home.join(rest)),
        None => Some(PathBuf::from(path)).filter(|path| path.is_absolute()),
    });
    Some(told.unwrap_or_else(|| home.join("Downloads")))
}

/// A name that is only a name.
pub(super) fn plain(name: &str) -> String {
    let name: String = name.chars().filter(|c| !c.is_control() && !matches!(c, '/' | '\\' | ':')).take(120).collect();
    let name = name.trim_matches(['.', ' ']);
    if name.is_empty() { "file".to_owned() } else { name.to_owned() }
}

/// The ending of a name.
fn ending(name: &str) -> String {
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    let fits = (1..=8).contains(&end.len()) && end.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if fits { end.to_ascii_lowercase() } else { "bin".to_owned() }
}

/// The media type of a name's ending; others go without.
pub(super) fn media_type(name: &str) -> &'static str {
    match ending(name).as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "wav" => "audio/wav",
        "ogg" | "opus" | "oga" => "audio/ogg",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "mp4" => "video/mp4",
        "pdf" => "application/pdf",
        "txt" => "text/plain",
        _ => "",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::{
        account::AccountId,
        message::{Direction, NewMessage},
    };

    #[test]
    fn names_lead_nowhere() {
        assert_eq!(plain("../../.bashrc"), "bashrc");
        assert_eq!(plain("..."), "file");
        assert_eq!(plain("año: 1/2.png"), "año 12.png");
        assert_eq!((ending("a.PNG").as_str(), ending("a.p/g").as_str(), ending("x").as_str()), ("png", "bin", "bin"));
        assert_eq!(media_type("photo.JPG"), "image/jpeg");
    }

    #[tokio::test]
    async fn what_is_saved_is_whole_and_takes_no_others_place() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::in_memory().unwrap();
        let new = NewMessage {
            peer: "xmpp:luis@jabber.example".parse().unwrap(),
            sender: None,
            sender_name: None,
            direction: Direction::Incoming,
            body: "a".into(),
            sent_at: None,
            dedupe: vec!["k".to_owned()],
            in_order: false,
            wire_id: None,
            extras: Default::default(),
            change: None,
            archive: None,
        };
        let id =
            store.receive(AccountId("one".into()), new, None, jiff::Timestamp::UNIX_EPOCH).await.unwrap().message.id;
        let bytes: Vec<u8> = (0..300_000_u32).map(|n| (n % 251) as u8).collect();
        let mut keep = Keep::begin(store.clone(), id, 0).await.unwrap();
        for piece in bytes.chunks(16_000) {
            keep.take(piece).await.unwrap();
        }
        keep.end().await.unwrap();
        let folder = dir.path().join("down");
        let first = save(&store, id, 0, &folder, "a.txt").await.unwrap();
        std::fs::write(&first, b"old").unwrap();
        let second = save(&store, id, 0, &folder, "a.txt").await.unwrap();
        assert_eq!(second.file_name().unwrap(), "a (1).txt");
        assert_eq!((std::fs::read(first).unwrap(), std::fs::read(second).unwrap()), (b"old".to_vec(), bytes));
        Keep::begin(store.clone(), id, 0).await.unwrap().give_up().await.unwrap();
        assert_eq!(store.piece(id, 0, 0).await.unwrap(), None);
    }
}
