//! G.711 (ITU-T): µ-law and A-law, one octet per sample at 8 kHz.

/// Bias of µ-law's segments, at 16 bits.
const BIAS: i32 = 132;
const LOUDEST: i32 = 32_635;

/// One sample as µ-law.
pub(super) const fn to_ulaw(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let mut magnitude = (sample as i32).abs();
    if magnitude > LOUDEST {
        magnitude = LOUDEST;
    }
    magnitude += BIAS;
    // the segment is the position of the highest bit above the seventh
    let segment = 24 - (magnitude as u32).leading_zeros();
    let step = (magnitude >> (segment + 3)) & 0x0F;
    !(sign | (segment as u8) << 4 | step as u8)
}

/// One µ-law octet as a sample.
pub(crate) const fn from_ulaw(octet: u8) -> i16 {
    let octet = !octet;
    let segment = (octet >> 4) & 7;
    let magnitude = (((((octet & 0x0F) as i32) << 3) + BIAS) << segment) - BIAS;
    (if octet & 0x80 != 0 { -magnitude } else { magnitude }) as i16
}

/// One sample as A-law.
pub(super) const fn to_alaw(sample: i16) -> u8 {
    // A-law rounds towards minus infinity: -1 belongs to the first negative step
    let (sign, magnitude) = if sample < 0 { (0, !(sample as i32) >> 4) } else { (0x80, sample as i32 >> 4) };
    let segment = 32 - ((magnitude >> 4) as u32).leading_zeros();
    let step = if segment < 2 { magnitude & 0x0F } else { (magnitude >> (segment - 1)) & 0x0F };
    let segment = if magnitude >> 4 == 0 { 0 } else { segment as u8 };
    (sign | segment << 4 | step as u8) ^ 0x55
}

/// One A-law octet as a sample.
pub(super) const fn from_alaw(octet: u8) -> i16 {
    let octet = octet ^ 0x55;
    let segment = (octet >> 4) & 7;
    let step = ((octet & 0x0F) as i32) << 4;
    let magnitude = if segment == 0 { step + 8 } else { (step + 0x108) << (segment - 1) };
    (if octet & 0x80 != 0 { magnitude } else { -magnitude }) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        // ITU-T G.711 tables 1 and 2: quiet, a step, the loudest of both signs
        for (sample, ulaw, alaw) in [(0, 0xFF, 0xD5), (32_767, 0x80, 0xAA), (-32_768, 0x00, 0x2A), (-1, 0x7F, 0x55)] {
            assert_eq!((to_ulaw(sample), to_alaw(sample)), (ulaw, alaw), "{sample}");
        }
        for (octet, sample) in [(0xFF, 0), (0x80, 32_124), (0x00, -32_124), (0xF0, 120), (0x7F, 0)] {
            assert_eq!(from_ulaw(octet), sample, "µ-law {octet:#x}");
        }
        for (octet, sample) in [(0xD5, 8), (0x55, -8), (0xAA, 32_256), (0x2A, -32_256), (0xC5, 264)] {
            assert_eq!(from_alaw(octet), sample, "A-law {octet:#x}");
        }
    }

    #[test]
    fn every_octet_survives() {
        for octet in 0..=u8::MAX {
            assert_eq!(to_alaw(from_alaw(octet)), octet, "A-law {octet:#x}");
            let again = to_ulaw(from_ulaw(octet));
            assert!(again == octet || (octet, again) == (0x7F, 0xFF), "µ-law {octet:#x}: both zeros are one");
        }
    }

    #[test]
    fn every_sample_comes_back_within_its_step() {
        for sample in i16::MIN..=i16::MAX {
            let allowed = i32::from(sample).abs() / 16 + 16;
            for (law, back) in [("µ-law", from_ulaw(to_ulaw(sample))), ("A-law", from_alaw(to_alaw(sample)))] {
                let off = (i32::from(back) - i32::from(sample)).abs();
                assert!(off <= allowed.max(i32::from(sample).abs() - 32_124), "{law} {sample}: {back}");
            }
        }
    }
}
