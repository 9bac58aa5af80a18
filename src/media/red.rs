//! Redundant audio (RFC 2198): a packet that carries the packets before it once more, so that a loss takes nothing away.
//! It knows no codec. What it reads comes from the network.

/// Octets of a redundant block's head.
const HEAD: usize = 4;
/// Set where another block follows.
const FOLLOWED: u8 = 0x80;
/// Most that a block may be earlier, in timestamp units, and long, in octets.
const OFFSET: u32 = (1 << 14) - 1;
const LENGTH: usize = (1 << 10) - 1;
/// Most blocks that are read of one packet.
const BLOCKS: usize = 8;

/// One packet in another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block<'a> {
    pub payload_type: u8,
    /// How much earlier it is, in timestamp units; 0: the packet's own.
    pub offset: u32,
    pub payload: &'a [u8],
}

/// Reads the blocks: earlier ones first, the packet's own last.
pub(super) fn parse(payload: &[u8]) -> Option<Vec<Block<'_>>> {
    let (mut heads, mut rest) = (Vec::new(), payload);
    loop {
        let (&first, after) = rest.split_first()?;
        if first & FOLLOWED == 0 {
            heads.push((first, 0, None));
            rest = after;
            break;
        }
        let (&[b, c, d], after) = after.split_first_chunk()?;
        let word = u32::from_be_bytes([0, b, c, d]);
        heads.push((first & !FOLLOWED, word >> 10, Some((word & LENGTH as u32) as usize)));
        rest = after;
        if heads.len() == BLOCKS {
            return None;
        }
    }
    let blocks = heads.into_iter().map(|(payload_type, offset, length)| {
        let (payload, after) = rest.split_at_checked(length.unwrap_or(rest.len()))?;
        rest = after;
        Some(Block { payload_type, offset, payload })
    });
    blocks.collect()
}

/// Writes a packet's own payload behind earlier ones (oldest first), each with its distance; those that a head cannot
/// describe are left out, and all that are older with them: where a block stands tells its number.
pub(super) fn write<'a>(
    earlier: impl DoubleEndedIterator<Item = (u32, &'a [u8])>,
    number: u8,
    payload: &[u8],
    out: &mut Vec<u8>,
) {
    let fits = |(offset, block): &(u32, &[u8])| *offset > 0 && *offset <= OFFSET && block.len() <= LENGTH;
    let mut blocks: Vec<_> = earlier.rev().take_while(fits).take(BLOCKS - 1).collect();
    blocks.reverse();
    out.clear();
    out.reserve(payload.len() + 1 + blocks.iter().map(|(_, block)| HEAD + block.len()).sum::<usize>());
    for (offset, block) in &blocks {
        let word = (offset << 10) | block.len() as u32;
        let [_, b, c, d] = word.to_be_bytes();
        out.extend([FOLLOWED | number, b, c, d]);
    }
    out.push(number & !FOLLOWED);
    blocks.iter().for_each(|(_, block)| out.extend_from_slice(block));
    out.extend_from_slice(payload);
}

#[cfg(test)]
#[path = "red_tests.rs"]
mod pair_tests;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(earlier: &[(u32, &[u8])], payload: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        write(earlier.iter().copied(), 111, payload, &mut out);
        out
    }

    #[test]
    fn what_is_written_is_read() {
        let block = |offset, payload| Block { payload_type: 111, offset, payload };
        let packet = written(&[(1920, b"a"), (960, b"bb")], b"ccc");
        // section 3: the first bit, 7 of the type, 14 of the distance, 10 of the length
        assert_eq!(packet.get(..4), Some([0xEF, 0x1E, 0x00, 0x01].as_slice()));
        assert_eq!(parse(&packet).unwrap(), [block(1920, b"a"), block(960, b"bb"), block(0, b"ccc")]);
        assert_eq!(parse(&written(&[], b"ccc")).unwrap(), [block(0, b"ccc")]);
    }

    #[test]
    fn what_no_head_can_describe_is_left_out_with_all_before_it() {
        let long = [0; LENGTH + 1];
        for earlier in [[(2880, b"a".as_slice()), (1920, &long)], [(960, b"a"), (OFFSET + 1, b"b")]] {
            assert_eq!(parse(&written(&earlier, b"c")).unwrap().len(), 1);
        }
    }

    proptest! {
        #[test]
        fn hostile_bytes_are_refused_or_bounded(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Some(blocks) = parse(&bytes) {
                prop_assert!(blocks.len() <= BLOCKS && blocks.iter().map(|b| b.payload.len()).sum::<usize>() < bytes.len());
                prop_assert_eq!(blocks.last().map(|b| b.offset), Some(0));
            }
        }
    }
}
