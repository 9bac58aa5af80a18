//! One TCP connection out of several addresses (RFC 8305, happy eyeballs): the next is tried when the one before has failed or is
//! slow, and the first that answers wins. It must not know what is spoken on the connection.
use crate::domain::account::Problem;
use futures::{StreamExt, stream::FuturesUnordered};
use std::{collections::VecDeque, net::SocketAddr, time::Duration};

/// How long one address may keep the next one waiting (RFC 8305 section 8).
const STAGGER: Duration = Duration::from_millis(250);

/// The order to try addresses in: families take turns, beginning with the one that the system prefers.
pub(super) fn order(addresses: Vec<SocketAddr>) -> VecDeque<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (mut preferred, mut other): (VecDeque<_>, VecDeque<_>) =
        addresses.into_iter().partition(|address| address.is_ipv6() == first_is_v6);
    let mut ordered = VecDeque::new();
    while !(preferred.is_empty() && other.is_empty()) {
        ordered.extend(preferred.pop_front());
        ordered.extend(other.pop_front());
    }
    ordered
}

/// The first connection that stands. Addresses that were tried are taken out; those that are left may be tried again when this
/// one turns out to be of no use.
pub(super) async fn race<T, F>(
    addresses: &mut VecDeque<SocketAddr>,
    connect: impl Fn(SocketAddr) -> F,
) -> Result<T, Problem>
where
    F: Future<Output = Result<T, Problem>>,
{
    let mut attempts = FuturesUnordered::new();
    let mut problem = Problem::Unreachable;
    loop {
        attempts.extend(addresses.pop_front().map(&connect));
        if attempts.is_empty() {
            return Err(problem);
        }
        tokio::select! {
            Some(done) = attempts.next() => match done {
                Ok(connection) => return Ok(connection),
                Err(failed) => problem = worse(problem, failed),
            },
            () = tokio::time::sleep(STAGGER), if !addresses.is_empty() => {}
        }
    }
}

/// Of several failures, the one a person can act on: a forbidden route says more than an unreachable one.
pub(super) const fn worse(so_far: Problem, new: Problem) -> Problem {
    match so_far {
        Problem::NotWired => Problem::NotWired,
        _ => new,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn addresses(list: &[&str]) -> Vec<SocketAddr> {
        list.iter().map(|address| address.parse().unwrap()).collect()
    }

    #[test]
    fn families_take_turns() {
        let mixed = addresses(&["[::1]:1", "[::2]:1", "[::3]:1", "192.0.2.1:1"]);
        let ordered: Vec<_> = order(mixed).into_iter().collect();
        assert_eq!(ordered, addresses(&["[::1]:1", "192.0.2.1:1", "[::2]:1", "[::3]:1"]));
        assert!(order(Vec::new()).is_empty());
    }

    #[tokio::test]
    async fn one_that_fails_or_is_silent_keeps_nobody_waiting() {
        let mut list = order(addresses(&["192.0.2.1:1", "192.0.2.2:1", "192.0.2.3:1", "192.0.2.4:1"]));
        let connect = |address: SocketAddr| async move {
            match address.to_string().as_str() {
                "192.0.2.1:1" => Err(Problem::Unreachable),
                "192.0.2.2:1" => std::future::pending().await,
                other => Ok(other.to_owned()),
            }
        };
        assert_eq!(race(&mut list, connect).await.as_deref(), Ok("192.0.2.3:1"));
        assert_eq!(list, addresses(&["192.0.2.4:1"]), "what was not needed is left");
    }

    #[tokio::test]
    async fn the_reason_that_can_be_acted_on_is_told() {
        let mut list = order(addresses(&["192.0.2.1:1", "192.0.2.2:1"]));
        let connect = |address: SocketAddr| async move {
            let wired = address.port() == 1 && address.to_string().starts_with("192.0.2.2");
            Err::<(), _>(if wired { Problem::Unreachable } else { Problem::NotWired })
        };
        assert_eq!(race(&mut list, connect).await, Err(Problem::NotWired));
        assert_eq!(race(&mut VecDeque::new(), connect).await, Err(Problem::Unreachable));
    }
}
