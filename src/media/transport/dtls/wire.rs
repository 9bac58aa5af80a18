//! Bytes of TLS and DER, read with bounds and written with lengths.

/// What is left to read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) const fn rest(self) -> &'a [u8] {
        self.0
    }

    pub(super) const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn peek(self) -> Option<u8> {
        self.0.first().copied()
    }

    pub(super) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn u24(&mut self) -> Option<usize> {
        self.array().map(|[a, b, c]| usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c))
    }

    /// A vector behind a length of one octet.
    pub(super) fn short(&mut self) -> Option<&'a [u8]> {
        let length = self.u8()?;
        self.take(length.into())
    }

    /// A vector behind a length of two octets.
    pub(super) fn long(&mut self) -> Option<&'a [u8]> {
        let length = self.u16()?;
        self.take(length.into())
    }

    /// A vector behind a length of three octets.
    pub(super) fn longer(&mut self) -> Option<&'a [u8]> {
        let length = self.u24()?;
        self.take(length)
    }

    /// The content of an element of DER with this tag.
    pub(super) fn der(&mut self, tag: u8) -> Option<&'a [u8]> {
        if self.u8()? != tag {
            return None;
        }
        let length = match self.u8()? {
            short @ 0..=0x7F => usize::from(short),
            0x81 => self.u8()?.into(),
            0x82 => self.u16()?.into(),
            _ => return None,
        };
        self.take(length)
    }
}

/// Numbers of 16 bits, one behind the other.
pub(super) fn numbers(bytes: &[u8]) -> impl Iterator<Item = u16> {
    bytes.as_chunks::<2>().0.iter().map(|pair| u16::from_be_bytes(*pair))
}

/// Writes a vector behind a length of one octet; ours are no longer.
pub(super) fn put_short(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(bytes.len() as u8);
    out.extend(bytes);
}

/// The same behind two octets.
pub(super) fn put_long(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend((bytes.len() as u16).to_be_bytes());
    out.extend(bytes);
}

/// The same behind three octets.
pub(super) fn put_longer(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend(u24(bytes.len()));
    out.extend(bytes);
}

/// The lower 24 bits.
pub(super) const fn u24(number: usize) -> [u8; 3] {
    let [_, a, b, c] = (number as u32).to_be_bytes();
    [a, b, c]
}
