//! A text cut into stretches of whole lines, so that a browser lays out anew only the stretch in which something changed. Pure.

use str_indices::utf16;

/// Bytes of a stretch at least, if the text has so many: about a screenful of a phone. Each stretch is laid out at once; ten
/// times as many would be too many elements, ten times as few too much to lay out.
const LEAST: usize = 1024;

/// What stands behind the last character, so that the place there can be measured like any other.
const END: &str = "\u{200b}";

/// A text, cut. Every stretch but the last ends with a line feed.
#[derive(Debug, Default)]
pub(super) struct Stretches {
    text: String,
    lengths: Vec<Length>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Length {
    bytes: usize,
    /// UTF-16 units.
    units: usize,
}

/// What is to be changed on the page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// The first stretch that goes.
    pub(super) from: usize,
    /// The first that stays behind it.
    pub(super) to: usize,
    /// What stands there in their stead.
    pub(super) texts: Vec<String>,
}

impl Stretches {
    /// The text is this now. `None` where it was the same before.
    pub(super) fn update(&mut self, text: &str) -> Option<Change> {
        if self.text == text && !self.lengths.is_empty() {
            return None;
        }
        let (front, back) = common(self.text.as_bytes(), text.as_bytes());
        let (from, begin) = self.holding(front);
        let (to, end) = self.whole(from, begin, self.text.len() - back);
        let piece = &text[begin..text.len() - (self.text.len() - end)];
        let last = to == self.lengths.len();
        let lengths: Vec<Length> = cut(piece).collect();
        let texts = written(piece, &lengths, last);
        self.lengths.splice(from..to, lengths);
        text.clone_into(&mut self.text);
        Some(Change { from, to, texts })
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.lengths.len()
    }

    /// In which stretch a place is, and where in that; in UTF-16 units. One beyond the end is the end.
    pub(super) fn locate(&self, place: usize) -> (usize, usize) {
        let mut within = place;
        for (index, length) in self.lengths.iter().enumerate() {
            if within < length.units {
                return (index, within);
            }
            within -= length.units;
        }
        let last = self.lengths.len().saturating_sub(1);
        (last, self.lengths.get(last).map_or(0, |last| last.units))
    }

    /// Where a stretch begins and how long it is, in UTF-16 units. One beyond the last begins at the end.
    pub(super) fn extent(&self, index: usize) -> (usize, usize) {
        let begin = self.lengths.iter().take(index).map(|length| length.units).sum();
        (begin, self.lengths.get(index).map_or(0, |length| length.units))
    }

    /// The stretch that a byte is in, or the last, and where it begins.
    fn holding(&self, byte: usize) -> (usize, usize) {
        let mut begin = 0;
        for (index, length) in self.lengths.iter().enumerate() {
            if byte < begin + length.bytes || index + 1 == self.lengths.len() {
                return (index, begin);
            }
            begin += length.bytes;
        }
        (0, 0)
    }

    /// The stretch behind the one that holds byte `last`, and where it begins; further on, while there would be less than
    /// [`LEAST`] between.
    fn whole(&self, from: usize, begin: usize, last: usize) -> (usize, usize) {
        let (mut to, mut end) = (from, begin);
        for length in &self.lengths[from..] {
            if last < end && end - begin >= LEAST {
                break;
            }
            end += length.bytes;
            to += 1;
        }
        (to, end)
    }
}

/// The lengths of the stretches of a text; one that is empty where the text is.
fn cut(text: &str) -> impl Iterator<Item = Length> + '_ {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        let line = text.bytes().skip(LEAST).position(|byte| byte == b'\n');
        let bytes = line.map_or(text.len(), |line| LEAST + line + 1);
        rest = Some(&text[bytes..]).filter(|rest| !rest.is_empty());
        Some(Length {
            bytes,
            units: utf16::count(&text[..bytes]),
        })
    })
}

/// The stretches of a text as they stand on the page.
fn written(text: &str, lengths: &[Length], last: bool) -> Vec<String> {
    let mut rest = text;
    let mut texts: Vec<String> = lengths
        .iter()
        .map(|length| {
            let (stretch, behind) = rest.split_at(length.bytes);
            rest = behind;
            stretch.to_owned()
        })
        .collect();
    if let Some(text) = texts.last_mut().filter(|_| last) {
        text.push_str(END);
    }
    texts
}

/// Bytes that two texts have in common at their front and at their back, which do not overlap. They may end within a
/// character; stretches never do.
fn common(old: &[u8], new: &[u8]) -> (usize, usize) {
    let alike = |(old, new): &(&u8, &u8)| old == new;
    let front = old.iter().zip(new).take_while(alike).count();
    let (old, new) = (&old[front..], &new[front..]);
    let back = old.iter().rev().zip(new.iter().rev()).take_while(alike).count();
    (front, back)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Does to a page what a browser does.
    fn show(page: &mut Vec<String>, stretches: &mut Stretches, text: &str) -> usize {
        stretches.update(text).map_or(0, |Change { from, to, texts }| {
            let changed = texts.len();
            page.splice(from..to, texts);
            changed
        })
    }

    fn lines(count: usize) -> String {
        "a line of thirty-two characters.\n".repeat(count)
    }

    #[test]
    fn one_letter_changes_one_stretch() {
        let (mut page, mut stretches) = (Vec::new(), Stretches::default());
        let mut text = lines(6000);
        assert!(show(&mut page, &mut stretches, &text) > 150);
        text.insert(99_000, 'x');
        assert_eq!(show(&mut page, &mut stretches, &text), 1);
        text.remove(99_000);
        assert_eq!(show(&mut page, &mut stretches, &text), 1);
        assert_eq!(show(&mut page, &mut stretches, &text), 0, "the same text is no news");
    }

    #[test]
    fn an_empty_text_is_one_stretch_to_measure_in() {
        let (mut page, mut stretches) = (Vec::new(), Stretches::default());
        show(&mut page, &mut stretches, "");
        assert_eq!(page, [END]);
        assert_eq!(stretches.locate(7), (0, 0));
    }

    #[test]
    fn much_rewriting_leaves_no_crumbs() {
        let (mut page, mut stretches) = (Vec::new(), Stretches::default());
        let mut text = lines(600);
        show(&mut page, &mut stretches, &text);
        while text.len() > 3 * LEAST {
            text.replace_range(LEAST..LEAST + 400, "");
            show(&mut page, &mut stretches, &text);
        }
        assert!(page.len() <= 4, "{}", page.len());
    }

    fn text() -> impl Strategy<Value = String> {
        prop::collection::vec(
            prop_oneof![Just("\n".to_owned()), "[a🙂ä]{1,40}", "[a🙂]{300,700}"],
            0..24,
        )
        .prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn the_page_holds_the_text_however_it_changes(texts in prop::collection::vec((text(), 0_usize..2000, 0_usize..2000), 1..8)) {
            let (mut page, mut stretches) = (Vec::new(), Stretches::default());
            let mut text = String::new();
            for (piece, at, gone) in texts {
                let at = text.floor_char_boundary(at);
                let to = text.floor_char_boundary(at + gone);
                text.replace_range(at..to, &piece);
                show(&mut page, &mut stretches, &text);
                prop_assert_eq!(page.concat(), text.clone() + END);
                prop_assert_eq!(page.len(), stretches.count());
                let (last, before) = page.split_last().unwrap();
                prop_assert!(before.iter().all(|stretch| stretch.ends_with('\n')));
                prop_assert!(last.ends_with(END));
            }
        }

        #[test]
        fn a_place_is_found_where_it_is(text in text(), place in 0_usize..4000) {
            let mut stretches = Stretches::default();
            stretches.update(&text);
            let (index, within) = stretches.locate(place);
            let (begin, length) = stretches.extent(index);
            prop_assert!(within <= length);
            prop_assert_eq!(begin + within, place.min(utf16::count(&text)));
        }
    }
}
