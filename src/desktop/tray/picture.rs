//! The sign's picture, drawn here: a desk telephone on a petrol disc, grey while offline, with an amber dot for news. A tray
//! is dark or light, and does not say which; the disc stands out on both.
use super::Sign;

/// Edges of the pictures that are offered, in pixels.
pub(super) const SIZES: [i32; 2] = [22, 48];
/// Points looked at in each direction of a pixel.
const FINE: i32 = 4;

const PETROL: u32 = 0x000B_5557;
const GREY: u32 = 0x0055_5B5D;
const PAPER: u32 = 0x00F7_F5F0;
const AMBER: u32 = 0x00FF_D27A;

/// A box with round corners, in parts of the edge: centre, half its width and height, radius.
struct Block(f32, f32, f32, f32, f32);

impl Block {
    fn holds(&self, x: f32, y: f32) -> bool {
        let &Self(cx, cy, w, h, r) = self;
        let (dx, dy) = (((x - cx).abs() - w + r).max(0.0), ((y - cy).abs() - h + r).max(0.0));
        (x - cx).abs() <= w && (y - cy).abs() <= h && dx * dx + dy * dy <= r * r
    }
}

/// The receiver, its two ends, and the set below it.
const TELEPHONE: [Block; 4] = [
    Block(0.50, 0.315, 0.29, 0.055, 0.055),
    Block(0.26, 0.36, 0.065, 0.075, 0.04),
    Block(0.74, 0.36, 0.065, 0.075, 0.04),
    Block(0.50, 0.585, 0.225, 0.165, 0.07),
];
/// The dial.
const DIAL: Block = Block(0.50, 0.585, 0.09, 0.09, 0.09);
const DISC: Block = Block(0.50, 0.50, 0.48, 0.48, 0.48);
const NEWS: Block = Block(0.79, 0.21, 0.2, 0.2, 0.2);

/// The colour at a point; `None`: nothing.
fn colour(sign: Sign, x: f32, y: f32) -> Option<u32> {
    let ground = if sign == Sign::Offline { GREY } else { PETROL };
    if sign == Sign::News && NEWS.holds(x, y) {
        return Some(AMBER);
    }
    if TELEPHONE.iter().any(|block| block.holds(x, y)) && !DIAL.holds(x, y) {
        return Some(PAPER);
    }
    DISC.holds(x, y).then_some(ground)
}

/// The picture: ARGB in network byte order, row by row.
pub(super) fn draw(sign: Sign, size: i32) -> Vec<u8> {
    let edge = (size * FINE) as f32;
    let points = (FINE * FINE) as u32;
    let mut pixels = Vec::with_capacity((size * size * 4) as usize);
    for at in 0..size * size {
        let (column, row) = (at % size, at / size);
        let (mut seen, mut sum) = (0, [0_u32; 3]);
        for point in 0..FINE * FINE {
            let x = (column * FINE + point % FINE) as f32 + 0.5;
            let y = (row * FINE + point / FINE) as f32 + 0.5;
            let Some(colour) = colour(sign, x / edge, y / edge) else { continue };
            seen += 1;
            for (part, shift) in sum.iter_mut().zip([16, 8, 0]) {
                *part += (colour >> shift) & 0xff;
            }
        }
        let parts = [255 * seen / points].into_iter().chain(sum.map(|part| part / u32::max(seen, 1)));
        pixels.extend(parts.map(|part| u8::try_from(part).unwrap_or(u8::MAX)));
    }
    pixels
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn each_sign_is_a_picture_of_its_own_with_clear_corners() {
        for size in SIZES {
            let all = [Sign::Offline, Sign::Calm, Sign::News].map(|sign| draw(sign, size));
            assert!(all.iter().all(|one| one.len() == (size * size * 4) as usize && one[0] == 0));
            assert!(all[0] != all[1] && all[1] != all[2]);
            // the middle of the dial is the ground
            let middle = ((size / 2 + 2) * size + size / 2) as usize * 4;
            assert_eq!(&all[1][middle..middle + 4], [0xff, 0x0b, 0x55, 0x57]);
        }
    }
}
