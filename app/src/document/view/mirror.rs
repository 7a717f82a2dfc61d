//! The text once more, laid out as the text field lays it out, but as something a browser can measure in: it tells where a
//! place in the text is, and which place is at the top of what one sees.
//!
//! Out of sight, and only kept up to date by whoever is about to measure.

use super::stretches::{Change, Stretches};
use document::utf16::{Splice, to_units};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{DomRect, Element, HtmlElement, HtmlTextAreaElement, Node, Range};

/// The mirror of one text field. Copies are the same mirror.
#[derive(Clone, Copy)]
pub(super) struct Mirror {
    /// What holds the stretches, one element each.
    pub(super) node: NodeRef<html::Div>,
    stretches: StoredValue<Stretches>,
}

/// Where something is on the paper, in CSS pixels from its top left corner; its top is where the text is scrolled to 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// What one reads: the first line in sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Read {
    /// UTF-16 units before it.
    place: usize,
    /// Pixels of it that are out of sight.
    hidden: i32,
}

impl Read {
    /// The text is changed: what is read stays what it is, and what is written right before it stands above.
    pub(super) fn follow(&mut self, splice: &Splice<'_>) {
        let inserted = to_units(splice.text, usize::MAX);
        if self.place >= splice.to {
            self.place = self.place - (splice.to - splice.from) + inserted;
        } else if self.place > splice.from {
            self.place = splice.from + inserted;
        }
    }
}

impl Mirror {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self {
            node: NodeRef::new(),
            stretches: StoredValue::new(Stretches::default()),
        }
    }

    /// Holds this text from now on.
    pub(super) fn update(self, text: &str) {
        let Some(node) = self.node.get_untracked() else { return };
        let change = self.stretches.try_update_value(|stretches| stretches.update(text));
        if let Some(change) = change.flatten() {
            write(&node, change);
        }
    }

    /// What is read where `field`, which shows `text`, is scrolled to `top`. `None` at the very top, where there is nothing
    /// above that could move it, and where the field cannot be seen.
    pub(super) fn read_at(self, field: &HtmlTextAreaElement, top: i32, text: &str) -> Option<Read> {
        if top == 0 || field.client_height() == 0 {
            return None;
        }
        self.update(text);
        let place = self.place_at(top)?;
        let hidden = top - self.measure(place)?.top;
        Some(Read { place, hidden })
    }

    /// Where the field must be scrolled to so that this is read, now that it shows `text`.
    pub(super) fn top_of(self, read: Read, text: &str) -> i32 {
        self.update(text);
        self.measure(read.place).map_or(0, |spot| spot.top + read.hidden)
    }

    /// Where a place is, in UTF-16 units of `text`.
    pub(super) fn spot(self, place: usize, text: &str) -> Option<Spot> {
        self.update(text);
        self.measure(place)
    }

    /// Where a place of the text it holds is.
    pub(super) fn measure(self, place: usize) -> Option<Spot> {
        let node = self.node.get_untracked()?;
        let (index, within) = self.stretches.with_value(|stretches| stretches.locate(place));
        let text = text_of(&node, index)?;
        let rect = range((&text, within), (&text, within + 1))?
            .get_client_rects()?
            .item(0)?;
        Some(on_paper(&rect, &paper(&node)))
    }

    /// The rectangles of what lies between two places, as far as it can be seen in `field`.
    pub(super) fn between(self, field: &HtmlTextAreaElement, from: usize, to: usize) -> Vec<Spot> {
        let top = field.scroll_top();
        let seen = (self.place_at(top), self.place_at(top + field.client_height()));
        let (Some(node), (Some(first), Some(last))) = (self.node.get_untracked(), seen) else {
            return Vec::new();
        };
        let (from, to) = (from.max(first), to.min(last + 1));
        if from >= to {
            return Vec::new();
        }
        self.rects(&node, from, to).unwrap_or_default()
    }

    fn rects(self, node: &HtmlElement, from: usize, to: usize) -> Option<Vec<Spot>> {
        let (from, to) = self
            .stretches
            .with_value(|stretches| (stretches.locate(from), stretches.locate(to)));
        let (first, last) = (text_of(node, from.0)?, text_of(node, to.0)?);
        let rects = range((&first, from.1), (&last, to.1))?.get_client_rects()?;
        let paper = paper(node);
        let rects = (0..rects.length()).filter_map(|index| rects.item(index));
        Some(rects.map(|rect| on_paper(&rect, &paper)).collect())
    }

    /// The first place of the line at this height, or the last place of all.
    fn place_at(self, height: i32) -> Option<usize> {
        let node = self.node.get_untracked()?;
        let count = self.stretches.with_value(Stretches::count);
        let begins_above = |index| stretch(&node, index).is_some_and(|stretch| stretch.offset_top() <= height);
        let index = partition(count, &begins_above).saturating_sub(1);
        let (begin, length) = self.stretches.with_value(|stretches| stretches.extent(index));
        let is_above = |within| {
            let spot = self.measure(begin + within);
            spot.is_some_and(|spot| spot.top + spot.height <= height)
        };
        Some(begin + partition(length, &is_above))
    }
}

/// Changes the stretches on the page.
fn write(node: &Element, Change { from, to, texts }: Change) {
    let children = node.children();
    let count = texts.len();
    for (index, text) in (from..).zip(texts) {
        let known = children.item(index as u32);
        match known.as_ref().filter(|_| index < to) {
            Some(stretch) => stretch.set_text_content(Some(&text)),
            None => insert(node, known.as_deref(), &text),
        }
    }
    for _ in from + count..to {
        if let Some(stretch) = children.item((from + count) as u32) {
            stretch.remove();
        }
    }
}

fn insert(node: &Node, before: Option<&Node>, text: &str) {
    if let Ok(stretch) = document().create_element("div") {
        stretch.set_text_content(Some(text));
        // It fails only where `before` is no child of `node`.
        node.insert_before(&stretch, before).ok();
    }
}

fn stretch(node: &Element, index: usize) -> Option<HtmlElement> {
    node.children().item(index as u32)?.dyn_into().ok()
}

fn text_of(node: &Element, index: usize) -> Option<Node> {
    node.children().item(index as u32)?.first_child()
}

fn paper(node: &Element) -> DomRect {
    let paper = node.parent_element();
    paper.as_ref().unwrap_or(node).get_bounding_client_rect()
}

fn range(from: (&Node, usize), to: (&Node, usize)) -> Option<Range> {
    let range = Range::new().ok()?;
    range.set_start(from.0, from.1 as u32).ok()?;
    range.set_end(to.0, to.1 as u32).ok()?;
    Some(range)
}

fn on_paper(rect: &DomRect, paper: &DomRect) -> Spot {
    let whole = |pixels: f64| pixels.round() as i32;
    Spot {
        left: whole(rect.left() - paper.left()),
        top: whole(rect.top() - paper.top()),
        width: whole(rect.width()),
        height: whole(rect.height()),
    }
}

/// How many of the first `count` numbers fulfil a condition that no number does after one that does not.
fn partition(count: usize, fulfils: &dyn Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low.midpoint(high);
        if fulfils(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_read_stays_what_it_is() {
        let mut read = Read { place: 10, hidden: 3 };
        let mut follow = |from, to, text| {
            read.follow(&Splice { from, to, text });
            read.place
        };
        assert_eq!(follow(12, 14, "below"), 10);
        assert_eq!(follow(10, 10, "🙂"), 12, "right before it");
        assert_eq!(follow(2, 6, ""), 8, "above");
        assert_eq!(follow(6, 20, "abc"), 9, "all around it");
    }

    proptest! {
        #[test]
        fn a_partition_is_found(count in 0_usize..200, point in 0_usize..200) {
            prop_assert_eq!(partition(count, &|number| number < point), point.min(count));
        }
    }
}
