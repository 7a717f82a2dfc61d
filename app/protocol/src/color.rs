//! The colour of a person: one hue, steady for a user id, readable by night and by day.

use crate::UserId;
use serde::{Deserialize, Serialize};

/// A hue in degrees of the OKLCH circle, 0..=359. Lightness and chroma belong to the theme, so that every person is
/// readable on both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Hue(u16);

/// Why a number is not a [`Hue`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a hue is a whole number of degrees from 0 to 359")]
pub struct BadHue;

impl Hue {
    /// The steady hue of a user id: FNV-1a (Fowler, Noll, Vo) over its bytes, spread over 24 directions of the circle,
    /// since closer hues look alike.
    #[must_use]
    pub fn of(user: &UserId) -> Self {
        let hash = user.as_str().bytes().fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
        let mixed = hash ^ (hash >> 15);
        Self(u16::try_from(mixed % 24).unwrap_or_default() * 15)
    }

    /// Degrees.
    #[must_use]
    pub fn degrees(self) -> u16 {
        self.0
    }

    /// The CSS colour on the night theme.
    #[must_use]
    pub fn night(self) -> String {
        format!("oklch(0.8 0.12 {})", self.0)
    }

    /// The CSS colour on the day theme.
    #[must_use]
    pub fn day(self) -> String {
        format!("oklch(0.5 0.12 {})", self.0)
    }
}

impl TryFrom<u16> for Hue {
    type Error = BadHue;

    fn try_from(degrees: u16) -> Result<Self, BadHue> {
        if degrees < 360 { Ok(Self(degrees)) } else { Err(BadHue) }
    }
}

impl From<Hue> for u16 {
    fn from(hue: Hue) -> Self {
        hue.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2.2 relative luminance of an OKLCH colour, by way of `OKLab` and linear sRGB (Björn Ottosson, 2020), clipped to
    /// the gamut as a screen would.
    fn luminance(lightness: f64, chroma: f64, hue: f64) -> f64 {
        let (sin, cos) = hue.to_radians().sin_cos();
        let (a, b) = (chroma * cos, chroma * sin);
        let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
        let red = 4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s;
        let green = -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s;
        let blue = -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s;
        0.2126 * red.clamp(0.0, 1.0) + 0.7152 * green.clamp(0.0, 1.0) + 0.0722 * blue.clamp(0.0, 1.0)
    }

    fn contrast(one: f64, other: f64) -> f64 {
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_hue_is_readable_on_both_themes() {
        let night = luminance(0.17, 0.03, 265.0);
        let day = luminance(0.98, 0.01, 85.0);
        for hue in 0..360 {
            let hue = f64::from(hue);
            assert!(contrast(luminance(0.8, 0.12, hue), night) >= 4.5, "night, {hue}");
            assert!(contrast(luminance(0.5, 0.12, hue), day) >= 4.5, "day, {hue}");
        }
    }

    #[test]
    fn a_person_keeps_the_colour() {
        let ann: UserId = "ann".parse().unwrap();
        assert_eq!(Hue::of(&ann), Hue::of(&ann.clone()));
    }

    #[test]
    fn people_are_spread_over_the_circle() {
        let hues = (0..500).map(|n| Hue::of(&format!("user-{n}").parse().unwrap()));
        assert_eq!(hues.collect::<std::collections::HashSet<_>>().len(), 24);
    }

    #[test]
    fn degrees_end_at_359() {
        assert_eq!(serde_json::from_str::<Hue>("359").unwrap().degrees(), 359);
        assert!(serde_json::from_str::<Hue>("360").is_err());
        assert!(serde_json::from_str::<Hue>("-1").is_err());
    }
}
