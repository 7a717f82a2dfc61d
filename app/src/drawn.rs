//! Views whose type is erased, without what Leptos keeps open for them.
//!
//! Leptos' own erased view keeps every way of treating a view open: to hydrate it bit by bit, to rebuild it in place, to add
//! attributes later. For each type that is kilobytes of WASM which no page here uses. A [`Drawn`] can do what they need: be
//! built, be hydrated at once, be written as HTML on the server; and where it changes it is drawn anew, in the place of the
//! one before.

use leptos::{
    attr::{Attribute, any_attribute::AnyAttribute},
    prelude::*,
    tachys::{
        hydration::Cursor,
        renderer::types::{Element, Node},
        view::{Mountable, Position, PositionState},
    },
};

/// A view without its type.
pub struct Drawn(Box<dyn AnyDraw>);

/// Erases the type of a view.
pub trait Draw {
    /// The view, without its type.
    fn drawn(self) -> Drawn;

    /// The same, of what stands on the page as the server painted it, and is never drawn anew as a whole. Half of its code is
    /// left out: that which makes its elements.
    fn painted(self) -> Drawn;

    /// The same, of what never stands on the page as the server painted it. Half of its code is left out: that which finds
    /// its elements.
    fn later(self) -> Drawn;
}

impl<V: RenderHtml + Send + 'static> Draw for V {
    fn drawn(self) -> Drawn {
        Drawn(Box::new(Both(self)))
    }

    fn painted(self) -> Drawn {
        Drawn(Box::new(Painted(self)))
    }

    fn later(self) -> Drawn {
        Drawn(Box::new(Later(self)))
    }
}

/// See [`Draw::drawn`].
struct Both<V>(V);

/// See [`Draw::painted`].
struct Painted<V>(V);

/// See [`Draw::later`].
struct Later<V>(V);

/// What remains of a view once its type is erased.
trait AnyDraw: Send {
    fn build(self: Box<Self>) -> Box<dyn Mountable>;
    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> Box<dyn Mountable>;
    fn write(self: Box<Self>, html: &mut String, position: &mut Position, escape: bool);
}

impl<V: RenderHtml + Send + 'static> AnyDraw for Both<V> {
    fn build(self: Box<Self>) -> Box<dyn Mountable> {
        Box::new(self.0.build())
    }

    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> Box<dyn Mountable> {
        Box::new(self.0.hydrate::<true>(cursor, position))
    }

    fn write(self: Box<Self>, html: &mut String, position: &mut Position, escape: bool) {
        write(self.0, html, position, escape);
    }
}

impl<V: RenderHtml + Send + 'static> AnyDraw for Painted<V> {
    fn build(self: Box<Self>) -> Box<dyn Mountable> {
        unreachable!("what the server painted is not made anew")
    }

    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> Box<dyn Mountable> {
        Box::new(self.0.hydrate::<true>(cursor, position))
    }

    fn write(self: Box<Self>, html: &mut String, position: &mut Position, escape: bool) {
        write(self.0, html, position, escape);
    }
}

impl<V: RenderHtml + Send + 'static> AnyDraw for Later<V> {
    fn build(self: Box<Self>) -> Box<dyn Mountable> {
        Box::new(self.0.build())
    }

    fn hydrate(self: Box<Self>, _: &Cursor, _: &PositionState) -> Box<dyn Mountable> {
        unreachable!("the server does not paint what comes later")
    }

    fn write(self: Box<Self>, html: &mut String, position: &mut Position, escape: bool) {
        debug_assert!(false, "what comes later stands on a page that the server paints");
        write(self.0, html, position, escape);
    }
}

/// A browser writes no HTML; told so, the compiler leaves out all code that would.
fn write(view: impl RenderHtml, html: &mut String, position: &mut Position, escape: bool) {
    if cfg!(not(target_arch = "wasm32")) {
        view.to_html_with_buf(html, position, escape, false, Vec::new());
    }
}

/// A view on the page.
pub struct DrawnState(Box<dyn Mountable>);

impl Mountable for DrawnState {
    fn unmount(&mut self) {
        self.0.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.0.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.0.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        self.0.elements()
    }
}

impl Render for Drawn {
    type State = DrawnState;

    fn build(self) -> DrawnState {
        DrawnState(self.0.build())
    }

    fn rebuild(self, state: &mut DrawnState) {
        let mut new = self.build();
        state.insert_before_this(&mut new);
        state.unmount();
        *state = new;
    }
}

impl AddAnyAttr for Drawn {
    type Output<A: Attribute> = Self;

    /// Attributes stand in the view that was drawn; none are added from outside.
    fn add_any_attr<A: Attribute>(self, _: A) -> Self
    where
        Self: RenderHtml,
    {
        self
    }
}

impl RenderHtml for Drawn {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        html: &mut String,
        position: &mut Position,
        escape: bool,
        _mark_branches: bool,
        _attributes: Vec<AnyAttribute>,
    ) {
        self.0.write(html, position, escape);
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> DrawnState {
        DrawnState(self.0.hydrate(cursor, position))
    }

    fn into_owned(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_its_type_a_view_reads_the_same() {
        let draw = || ("one & ", 2);
        assert_eq!(draw().drawn().to_html(), draw().to_html());
    }
}
