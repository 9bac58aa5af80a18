//! What everything is drawn with: colours, type, space and shapes. Holds no state and knows no screen.
pub mod palette;
pub mod shape;
pub mod space;
pub mod text;

pub use palette::Palette;
