//! A cable to a TCP server that can be pulled: while it is out nothing passes, and nobody is told. Put back it goes on where it was,
//! or everything that went over it before is gone, as behind a router that has forgotten.
use super::free_port;
use std::{
    io::{ErrorKind, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(20);

#[derive(Debug, Default)]
struct State {
    out: AtomicBool,
    /// Connections of earlier generations are gone.
    generation: AtomicU32,
    /// Bytes that have passed.
    passed: AtomicU64,
    /// Pulled once so many have.
    fuse: AtomicU64,
    over: AtomicBool,
}

/// The cable, until it is dropped.
#[derive(Debug)]
pub struct Cable {
    /// Its near end, `HOST:PORT`.
    pub server: String,
    state: Arc<State>,
}

impl Cable {
    /// A cable to the server at `HOST:PORT`.
    pub fn to(server: &str) -> Self {
        let (state, far) = (Arc::new(State::default()), server.to_owned());
        let near = TcpListener::bind(("127.0.0.1", free_port())).expect("a port");
        let server = near.local_addr().expect("an address").to_string();
        near.set_nonblocking(true).expect("a listener");
        let accepting = Arc::clone(&state);
        thread::spawn(move || {
            while !accepting.over.load(Ordering::Relaxed) {
                match near.accept() {
                    Ok((client, _)) => connect(client, far.clone(), &accepting),
                    Err(_) => thread::sleep(LOOK),
                }
            }
        });
        Self { server, state }
    }
    /// Nothing passes.
    pub fn pull(&self) {
        self.state.out.store(true, Ordering::Relaxed);
    }
    /// Nothing passes any more once so many bytes have.
    pub fn pull_after(&self, bytes: u64) {
        self.state.fuse.store(self.state.passed.load(Ordering::Relaxed) + bytes, Ordering::Relaxed);
    }
    /// Whether it is out.
    pub fn is_out(&self) -> bool {
        self.state.out.load(Ordering::Relaxed)
    }
    /// All that waited passes.
    pub fn put_back(&self) {
        self.state.out.store(false, Ordering::Relaxed);
    }
    /// New connections pass; those of before are gone.
    pub fn put_back_elsewhere(&self) {
        self.state.generation.fetch_add(1, Ordering::Relaxed);
        self.put_back();
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        self.state.over.store(true, Ordering::Relaxed);
    }
}

fn connect(client: TcpStream, server: String, state: &Arc<State>) {
    let state = Arc::clone(state);
    thread::spawn(move || {
        wait_until_in(&state);
        // a server that is gone is gone for the client, too
        let Ok(server) = TcpStream::connect(server) else { return };
        let generation = state.generation.load(Ordering::Relaxed);
        let handle = |stream: &TcpStream| stream.try_clone().expect("a handle");
        let (other, back) = (Arc::clone(&state), (handle(&server), handle(&client)));
        thread::spawn(move || carry(back.0, back.1, generation, &other));
        carry(client, server, generation, &state);
    });
}

fn wait_until_in(state: &State) {
    while state.out.load(Ordering::Relaxed) && !state.over.load(Ordering::Relaxed) {
        thread::sleep(LOOK);
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, generation: u32, state: &State) {
    from.set_nonblocking(false).expect("a stream");
    from.set_read_timeout(Some(LOOK)).expect("a stream");
    let mut bytes = vec![0; 64 * 1024];
    while state.generation.load(Ordering::Relaxed) == generation && !state.over.load(Ordering::Relaxed) {
        let length = match from.read(&mut bytes) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => continue,
            Err(_) => break,
        };
        let passed = state.passed.fetch_add(length as u64, Ordering::Relaxed) + length as u64;
        if (1..=passed).contains(&state.fuse.load(Ordering::Relaxed)) {
            state.fuse.store(0, Ordering::Relaxed);
            state.out.store(true, Ordering::Relaxed);
        }
        wait_until_in(state);
        if state.generation.load(Ordering::Relaxed) != generation || to.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
    for end in [from, to] {
        end.shutdown(Shutdown::Both).ok();
    }
}
