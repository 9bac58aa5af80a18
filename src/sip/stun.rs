//! The keepalive of a flow over datagrams (RFC 5626 section 4.4.2, RFC 8489): a Binding request, whose answer shows that the
//! server is there and where it sees us. Pure; it must not be taken for a log-in: nothing is signed.
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// In every message of today's STUN.
const COOKIE: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];
/// Before the attributes.
const HEADER: usize = 20;
const BINDING: [u8; 2] = [0, 1];
const SUCCESS: [u8; 2] = [1, 1];
const XOR_MAPPED_ADDRESS: u16 = 0x20;

/// Names one request and its answer.
pub(super) type Id = [u8; 12];

/// A Binding request.
pub(super) fn request(id: Id) -> Vec<u8> {
    [&BINDING[..], &[0, 0], &COOKIE, &id].concat()
}

/// Whether a datagram is STUN: SIP begins with a letter.
pub(super) fn is_stun(bytes: &[u8]) -> bool {
    bytes.len() >= HEADER && bytes.first().is_some_and(|first| *first < 4) && bytes.get(4..8) == Some(&COOKIE)
}

/// Where the server sees us, from the answer to the request of this name.
pub(super) fn answer(bytes: &[u8], id: Id) -> Option<SocketAddr> {
    if !is_stun(bytes) || bytes.get(..2)? != SUCCESS || bytes.get(8..HEADER)? != id {
        return None;
    }
    let mut rest = bytes.get(HEADER..)?;
    loop {
        let number = |at: usize| Some(u16::from_be_bytes([*rest.get(at)?, *rest.get(at + 1)?]));
        let (kind, length) = (number(0)?, usize::from(number(2)?));
        let value = rest.get(4..4 + length)?;
        if kind == XOR_MAPPED_ADDRESS {
            return mapped(value, id);
        }
        rest = rest.get(4 + length.next_multiple_of(4)..)?;
    }
}

fn mapped(value: &[u8], id: Id) -> Option<SocketAddr> {
    let mask: Vec<u8> = COOKIE.into_iter().chain(id).collect();
    let clear = |at: usize, from: usize| Some(value.get(at)? ^ mask.get(from)?);
    let port = u16::from_be_bytes([clear(2, 0)?, clear(3, 1)?]);
    let ip: IpAddr = match value.get(1)? {
        1 => Ipv4Addr::from([clear(4, 0)?, clear(5, 1)?, clear(6, 2)?, clear(7, 3)?]).into(),
        2 => {
            let mut six = [0; 16];
            for (at, byte) in six.iter_mut().enumerate() {
                *byte = clear(4 + at, at)?;
            }
            Ipv6Addr::from(six).into()
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The answer that says: there.
    pub(crate) fn seen_at(request: &[u8], there: SocketAddr) -> Vec<u8> {
        let id = request.get(8..HEADER).unwrap_or_default();
        let mask: Vec<u8> = COOKIE.iter().chain(id).copied().collect();
        let xor = |bytes: &[u8]| bytes.iter().zip(&mask).map(|(a, b)| a ^ b).collect::<Vec<u8>>();
        let (family, ip) = match there.ip() {
            IpAddr::V4(ip) => (1, ip.octets().to_vec()),
            IpAddr::V6(ip) => (2, ip.octets().to_vec()),
        };
        let value = [vec![0, family], xor(&there.port().to_be_bytes()), xor(&ip)].concat();
        // one that is not known here stands before it
        let software = [0x80, 0x22, 0, 3, b'a', b'b', b'c', 0];
        let length = (software.len() + 4 + value.len()) as u8;
        let head = [&SUCCESS[..], &[0, length], &COOKIE, id, &software, &[0, 0x20, 0, value.len() as u8]].concat();
        [head, value].concat()
    }

    #[test]
    fn asked_and_answered() {
        let id = [7; 12];
        for there in ["192.0.2.7:40000", "[2001:db8::7]:1"] {
            let there: SocketAddr = there.parse().unwrap_or_else(|_| unreachable!());
            let told = seen_at(&request(id), there);
            assert_eq!(answer(&told, id), Some(there));
            assert_eq!(answer(&told, [8; 12]), None, "of another question");
            for length in 0..told.len() {
                assert_eq!(told.get(..length).and_then(|part| answer(part, id)), None, "cut off at {length}");
            }
        }
        assert_eq!(answer(&request(id), id), None, "a question is no answer");
        assert!(!is_stun(b"SIP/2.0 200 OK\r\nVia: x\r\n\r\n") && !is_stun(b"\r\n\r\n"));
    }
}
