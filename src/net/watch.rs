//! Tells when the network changes: a cable in or out, an address, a route. Driven by netlink multicast; what is told
//! is always read anew, so a lost or unknown notice can delay news but never falsify it.
use super::{
    interfaces::{numbered, outward},
    sysfs::SYSFS,
};
use crate::domain::link::Interface;
use rtnetlink::{
    MulticastGroup,
    sys::{AsyncSocket, AsyncSocketExt, SocketAddr, TokioSocket, protocols::NETLINK_ROUTE},
};
use std::{io, path::Path, time::Duration};
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout_at},
};

/// Notices come in bursts; this long after the last one the state is read.
const QUIET: Duration = Duration::from_millis(200);
/// A burst is not waited for longer than this.
const BURST: Duration = Duration::from_secs(1);
/// How often to look where the kernel will not tell.
const POLL: Duration = Duration::from_secs(30);

const GROUPS: [MulticastGroup; 5] = [
    MulticastGroup::Link,
    MulticastGroup::Ipv4Ifaddr,
    MulticastGroup::Ipv6Ifaddr,
    MulticastGroup::Ipv4Route,
    MulticastGroup::Ipv6Route,
];

/// The interfaces, and a notice whenever they or the ways out change. Must be called within a tokio runtime: spawns
/// a task that ends when every receiver is dropped.
pub fn watch() -> watch::Receiver<Vec<Interface>> {
    // subscribed before the first reading: a change in between is seen twice rather than never
    let socket = subscribe();
    let picture = Picture::take();
    let (sender, receiver) = watch::channel(picture.interfaces.clone());
    tokio::spawn(follow(socket, picture, sender));
    receiver
}

/// What a change is measured by.
#[derive(PartialEq)]
struct Picture {
    interfaces: Vec<Interface>,
    outward: Vec<String>,
}

impl Picture {
    fn take() -> Self {
        let links = numbered(Path::new(SYSFS));
        let outward = outward(&links);
        Self { interfaces: links.into_iter().map(|(_, link)| link).collect(), outward }
    }
}

fn subscribe() -> io::Result<TokioSocket> {
    let mut socket = TokioSocket::new(NETLINK_ROUTE)?;
    let groups = GROUPS.iter().fold(0, |all, group| all | 1 << (*group as u32 - 1));
    socket.socket_mut().bind(&SocketAddr::new(0, groups))?;
    Ok(socket)
}

async fn follow(mut socket: io::Result<TokioSocket>, mut last: Picture, sender: watch::Sender<Vec<Interface>>) {
    loop {
        tokio::select! {
            () = sender.closed() => return,
            () = change(&mut socket) => {}
        }
        let now = Picture::take();
        if now != last {
            sender.send_replace(now.interfaces.clone());
            last = now;
        }
    }
}

/// Waits for a reason to look: a notice and the end of its burst, or the next poll where no notices can be had.
/// What a notice says is not read: only that something happened.
async fn change(socket: &mut io::Result<TokioSocket>) {
    let open = match socket {
        Ok(open) => open,
        Err(error) => {
            tracing::warn!(%error, "no notice of network changes: looking every 30 s");
            sleep(POLL).await;
            *socket = subscribe();
            return;
        }
    };
    if burst(open).await.is_err() {
        // an overrun (ENOBUFS) is a notice as good as any; a broken socket is replaced
        sleep(QUIET).await;
        *socket = subscribe();
    }
}

async fn burst(socket: &mut TokioSocket) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(65_536);
    socket.recv(&mut buffer).await?;
    let end = Instant::now() + BURST;
    while Instant::now() < end {
        buffer.clear();
        match timeout_at((Instant::now() + QUIET).min(end), socket.recv(&mut buffer)).await {
            Ok(notice) => notice?,
            Err(_) => break,
        }
    }
    Ok(())
}
