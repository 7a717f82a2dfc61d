//! Version numbers as programs print them. Only comparing; no ranges, no pre-releases.

/// Up to three numbers, missing ones are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub(crate) [u32; 3]);

impl Version {
    /// The first word of `text` that begins with a digit: `wasm-opt version 132 (version_132)` is 132.0.0.
    pub(crate) fn find_in(text: &str) -> Option<Self> {
        let word = text
            .split_whitespace()
            .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
        let mut numbers = word
            .split(|c: char| !c.is_ascii_digit())
            .map_while(|number| number.parse().ok());
        Some(Self([
            numbers.next()?,
            numbers.next().unwrap_or(0),
            numbers.next().unwrap_or(0),
        ]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_as_programs_print_them() {
        assert_eq!(
            Version::find_in("wasm-opt version 132 (version_132)"),
            Some(Version([132, 0, 0]))
        );
        assert_eq!(Version::find_in("cargo-leptos 0.3.10"), Some(Version([0, 3, 10])));
        assert_eq!(
            Version::find_in("rustc 1.95.0-nightly (abc 2026-01-01)"),
            Some(Version([1, 95, 0]))
        );
        assert_eq!(Version::find_in("no number here"), None);
    }

    #[test]
    fn versions_compare_by_number_and_not_by_letter() {
        assert!(Version([0, 3, 10]) > Version([0, 3, 9]));
        assert!(Version([108, 0, 0]) < Version([116, 0, 0]));
    }
}
