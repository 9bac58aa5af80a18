//! One instance a home: a locked file says who it is, a private socket beside it is where it listens. The lock goes with the
//! process, so a killed instance leaves none, and only its holder touches the socket.
use super::fault::Fault;
use crate::config::Home;
use std::{
    fs::{File, OpenOptions, Permissions, TryLockError},
    io,
    os::unix::{
        fs::{OpenOptionsExt, PermissionsExt},
        net::UnixListener,
    },
    path::PathBuf,
};

fn lock_path(home: &Home) -> PathBuf {
    home.state.join("landline.lock")
}

/// The right to be the one that works on a home.
#[derive(Debug)]
pub(super) struct Claim {
    _lock: File,
    socket: PathBuf,
}

impl Claim {
    /// Takes the right; `None`: somebody has it. Makes the folders.
    pub(super) fn take(home: &Home) -> Result<Option<Self>, Fault> {
        home.create()?;
        home.create_socket_dir()?;
        let lock =
            OpenOptions::new().append(true).create(true).mode(0o600).open(lock_path(home)).map_err(|_| Fault::Home)?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Self { _lock: lock, socket: home.socket() })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(_)) => Err(Fault::Home),
        }
    }

    /// Opens the socket (0600) in place of one that a killed instance left.
    pub(super) fn listen(&self) -> Result<UnixListener, Fault> {
        let open = || {
            remove(&self.socket)?;
            let listener = UnixListener::bind(&self.socket)?;
            // its folder is ours alone (0700), so nobody came in before this
            std::fs::set_permissions(&self.socket, Permissions::from_mode(0o600))?;
            listener.set_nonblocking(true)?;
            Ok(listener)
        };
        open().map_err(|_: io::Error| Fault::Home)
    }

    /// Takes the socket away, while the lock is still held.
    pub(super) fn silence(&self) {
        // one that stays is replaced by the next instance
        let _ = remove(&self.socket);
    }
}

fn remove(path: &std::path::Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Whether somebody works on this home now. Makes nothing.
pub(super) fn is_claimed(home: &Home) -> bool {
    let Ok(lock) = File::open(lock_path(home)) else { return false };
    matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixStream;

    #[test]
    fn one_at_a_time_and_a_dead_ones_socket_is_taken_over() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::in_dir(dir.path());
        assert!(!is_claimed(&home));
        let first = Claim::take(&home).unwrap().unwrap();
        assert!(Claim::take(&home).unwrap().is_none());
        assert!(is_claimed(&home));
        let listener = first.listen().unwrap();
        assert_eq!(std::fs::metadata(home.socket()).unwrap().permissions().mode() & 0o777, 0o600);
        UnixStream::connect(home.socket()).unwrap();
        // as after kill -9: the socket file stays, nobody listens, the lock is gone
        drop((listener, first));
        assert!(home.socket().exists() && UnixStream::connect(home.socket()).is_err());
        let second = Claim::take(&home).unwrap().unwrap();
        let _listener = second.listen().unwrap();
        UnixStream::connect(home.socket()).unwrap();
        second.silence();
        assert!(!home.socket().exists());
    }

    #[test]
    fn of_many_starts_one_wins() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::in_dir(dir.path());
        let claims = std::thread::scope(|scope| {
            let all: Vec<_> = (0..16).map(|_| scope.spawn(|| Claim::take(&home).unwrap())).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>()
        });
        assert_eq!(claims.iter().flatten().count(), 1);
    }
}
