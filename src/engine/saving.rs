//! Files among the person's own: names that are only names, media types by their endings, and a copy in the folder of downloads.
//! A name from outside never leads anywhere, and nothing that is there is overwritten.
use super::{
    api::{Refusal, Reply},
    run::Engine,
};
use crate::domain::message::Message;
use std::path::{Path, PathBuf};

impl Engine {
    /// Copies a file that came to where the person keeps such files. Reply: [`Reply::Saved`].
    pub(super) async fn save_file(&mut self, message: &Message) -> Result<Reply, Refusal> {
        let file = message.extras.attachments.iter().find(|file| file.path.is_some()).ok_or(Refusal::NoFile)?;
        let from = file.path.as_ref().map(|path| path.expose().clone()).ok_or(Refusal::NoFile)?;
        let folder = downloads().ok_or(Refusal::NoFile)?;
        let name = plain(file.name.expose());
        let saved = tokio::task::spawn_blocking(move || save(&from, &folder, &name));
        let path = saved.await.map_err(|_| Refusal::NoFile)?.map_err(|_| Refusal::DiskFull)?;
        Ok(Reply::Saved { path })
    }
}

/// A copy under the first name that is free.
fn save(from: &Path, folder: &Path, name: &str) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let (stem, ending) = name.rsplit_once('.').map_or((name, String::new()), |(stem, end)| (stem, format!(".{end}")));
    for number in 0..1000 {
        let name = if number == 0 { name.to_owned() } else { format!("{stem} ({number}){ending}") };
        let path = folder.join(name);
        let mut open = std::fs::OpenOptions::new();
        match open.write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                std::io::copy(&mut std::fs::File::open(from)?, &mut file)?;
                return Ok(path);
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
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

/// The ending of a name, for a name of ours.
pub(super) fn ending(name: &str) -> String {
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

    #[test]
    fn names_lead_nowhere() {
        assert_eq!(plain("../../.bashrc"), "bashrc");
        assert_eq!(plain("..."), "file");
        assert_eq!(plain("año: 1/2.png"), "año 12.png");
        assert_eq!((ending("a.PNG").as_str(), ending("a.p/g").as_str(), ending("x").as_str()), ("png", "bin", "bin"));
        assert_eq!(media_type("photo.JPG"), "image/jpeg");
    }

    #[test]
    fn what_is_saved_takes_no_others_place() {
        let dir = tempfile::tempdir().unwrap();
        let from = dir.path().join("from");
        std::fs::write(&from, b"new").unwrap();
        let folder = dir.path().join("down");
        let first = save(&from, &folder, "a.txt").unwrap();
        std::fs::write(&first, b"old").unwrap();
        let second = save(&from, &folder, "a.txt").unwrap();
        assert_eq!(second.file_name().unwrap(), "a (1).txt");
        assert_eq!((std::fs::read(first).unwrap(), std::fs::read(second).unwrap()), (b"old".to_vec(), b"new".to_vec()));
    }
}
