//! A bad line: SIP goes through it to a server with its media drawn in as well, and of each direction's voice packets a
//! share is lost. Reports pass.
use super::free_port;
use std::{
    net::{SocketAddr, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

/// How often a forwarder looks whether its owner is gone.
const LOOK: Duration = Duration::from_millis(100);

/// Lost packets of a thousand, which may change while it runs.
type Loss = Arc<AtomicU32>;

/// The line, until it is dropped.
#[derive(Debug)]
pub struct Relay {
    /// Where a phone sends its SIP, `HOST:PORT`.
    pub server: String,
    /// From the phone to the other side.
    pub out: Loss,
    /// From the other side to the phone.
    pub back: Loss,
    stop: Arc<AtomicBool>,
}

/// One port of the line and where its packets go on to: from the other port, to whom this one has heard described last.
struct Side {
    socket: UdpSocket,
    /// The address behind it, as its description says.
    to: Arc<AtomicU64>,
}

fn pack(at: SocketAddr) -> u64 {
    match at {
        SocketAddr::V4(at) => u64::from(u32::from(*at.ip())) << 16 | u64::from(at.port()),
        SocketAddr::V6(_) => 0,
    }
}

fn unpack(packed: u64) -> SocketAddr {
    SocketAddr::from((((packed >> 16) as u32).to_be_bytes(), packed as u16))
}

fn bind(port: u16) -> Option<UdpSocket> {
    let socket = UdpSocket::bind(("127.0.0.1", port)).ok()?;
    socket.set_read_timeout(Some(LOOK)).ok()?;
    Some(socket)
}

/// A pair of ports for media and reports.
fn pair() -> [UdpSocket; 2] {
    (0..100)
        .find_map(|_| {
            let port = free_port() & !1;
            Some([bind(port)?, bind(port + 1)?])
        })
        .expect("two neighbouring ports")
}

impl Relay {
    /// A line to the server at `HOST:PORT`.
    pub fn start(server: &str) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let [out, back] = [Loss::default(), Loss::default()];
        let (near, far) = (pair(), pair());
        let port = |pair: &[UdpSocket; 2]| pair[0].local_addr().expect("an address").port();
        let ports = (port(&near), port(&far));
        let (phone, peer) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        for (kind, (near, far)) in near.into_iter().zip(far).enumerate() {
            let voice = kind == 0;
            let side = |socket: &UdpSocket, to: &Arc<AtomicU64>| Side {
                socket: socket.try_clone().expect("a second handle"),
                to: Arc::clone(to),
            };
            // what comes at the near port is the phone's, and leaves by the far port
            forward(
                near.try_clone().expect("a handle"),
                side(&far, &peer),
                voice.then(|| Arc::clone(&out)),
                kind,
                &stop,
            );
            forward(
                far.try_clone().expect("a handle"),
                side(&near, &phone),
                voice.then(|| Arc::clone(&back)),
                kind,
                &stop,
            );
        }
        let (here, there) = (bind(free_port()).expect("a port"), bind(free_port()).expect("a port"));
        let at = here.local_addr().expect("an address");
        there.connect(server).expect("the server");
        signal(here, there, (phone, peer), ports, &stop);
        Self { server: at.to_string(), out, back, stop }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Hands packets on; `offset`: of the port from the described one.
fn forward(from: UdpSocket, side: Side, loss: Option<Loss>, offset: usize, stop: &Arc<AtomicBool>) {
    let stop = Arc::clone(stop);
    thread::spawn(move || {
        let (mut packet, mut chance) = ([0; 2048], 0x9E37_79B9_7F4A_7C15_u64);
        while !stop.load(Ordering::Relaxed) {
            let Ok(length) = from.recv(&mut packet) else { continue };
            // a generator of our own: the same losses in each run
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let lost =
                loss.as_ref().is_some_and(|loss| (chance >> 33) % 1000 < u64::from(loss.load(Ordering::Relaxed)));
            let mut to = unpack(side.to.load(Ordering::Relaxed));
            to.set_port(to.port() + offset as u16);
            if !lost && to.port() > 1 {
                side.socket.send_to(&packet[..length], to).ok();
            }
        }
    });
}

/// Hands SIP on, and puts the line's own ports into the descriptions.
fn signal(
    here: UdpSocket,
    there: UdpSocket,
    (phone, peer): (Arc<AtomicU64>, Arc<AtomicU64>),
    (near, far): (u16, u16),
    stop: &Arc<AtomicBool>,
) {
    let caller = Arc::new(AtomicU64::new(0));
    let (back, seen, ended) = (here.try_clone().expect("a handle"), Arc::clone(&caller), Arc::clone(stop));
    let (on, stop) = (there.try_clone().expect("a handle"), Arc::clone(stop));
    thread::spawn(move || {
        let mut datagram = [0; 65_535];
        while !stop.load(Ordering::Relaxed) {
            let Ok((length, from)) = here.recv_from(&mut datagram) else { continue };
            caller.store(pack(from), Ordering::Relaxed);
            on.send(&redirect(&datagram[..length], &phone, far)).ok();
        }
    });
    thread::spawn(move || {
        let mut datagram = [0; 65_535];
        while !ended.load(Ordering::Relaxed) {
            let Ok(length) = there.recv(&mut datagram) else { continue };
            let to = unpack(seen.load(Ordering::Relaxed));
            back.send_to(&redirect(&datagram[..length], &peer, near), to).ok();
        }
    });
}

/// The message with `port` for its sound; where the sound was to go is kept in `described`.
fn redirect(message: &[u8], described: &AtomicU64, port: u16) -> Vec<u8> {
    let text = String::from_utf8_lossy(message).into_owned();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return message.to_vec() };
    let Some(own) = body.lines().find_map(|line| line.strip_prefix("m=audio ")?.split(' ').next()?.parse::<u16>().ok())
    else {
        return message.to_vec();
    };
    described.store(pack(SocketAddr::from(([127, 0, 0, 1], own))), Ordering::Relaxed);
    let body = body.replace(&format!("m=audio {own} "), &format!("m=audio {port} "));
    let body = body.replace(&format!("a=rtcp:{}", own + 1), &format!("a=rtcp:{}", port + 1));
    let length = |line: &str| line.to_ascii_lowercase().starts_with("content-length") || line.starts_with("l:");
    let head: Vec<String> = head
        .lines()
        .map(|line| if length(line) { format!("Content-Length: {}", body.len()) } else { line.to_owned() })
        .collect();
    format!("{}\r\n\r\n{body}", head.join("\r\n")).into_bytes()
}
