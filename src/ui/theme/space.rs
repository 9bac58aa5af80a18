//! The spacing scale, in logical pixels: every gap, padding and radius of the window is one of these.

/// Between an icon and its word.
pub const XS: f32 = 4.0;
/// Inside small controls, between lines that belong together.
pub const S: f32 = 8.0;
/// Inside rows and fields.
pub const M: f32 = 12.0;
/// Around panes, between groups.
pub const L: f32 = 16.0;
/// Between sections.
pub const XL: f32 = 24.0;
/// Around a screen with one thing on it.
pub const XXL: f32 = 40.0;

/// Corners of chips and fields.
pub const RADIUS: f32 = 8.0;
/// Corners of cards and bubbles.
pub const RADIUS_LARGE: f32 = 14.0;
/// Fully round.
pub const PILL: f32 = 999.0;

/// Height of a control that a finger or an unsteady hand can hit.
pub const CONTROL: f32 = 40.0;
/// Widest column of text or fields that still reads well.
pub const COLUMN: f32 = 680.0;
