//! Texts with holes: what is the same for every bid is written once, at the start, by those who know how to write it;
//! a bid copies it and fills the holes.
//!
//! A sheet is made by writing the document with a mark in the place of each value. A mark is one private character,
//! which every escaping leaves as it is; and since no text of anybody else is in the document then, nothing can look
//! like a mark that is none.

use bumpalo::collections::String as Text;

/// The first mark; the others follow. A plane of Unicode that is for private use.
const FIRST_MARK: u32 = 0xF_0000;

/// What may stand in the holes of one kind of sheet. Made by [`holes!`].
pub(super) trait Hole: Copy + 'static {
    /// All of them, in order.
    const ALL: &'static [Self];

    /// Its place in [`Hole::ALL`].
    fn number(self) -> u32;

    /// What stands for it in a document that becomes a sheet.
    fn mark(self) -> String {
        let mark = char::from_u32(FIRST_MARK + self.number());
        mark.expect("there are fewer holes than private characters")
            .to_string()
    }
}

/// Declares an enum of holes.
macro_rules! holes {
    ($(#[$about:meta])* $name:ident { $($(#[$of_hole:meta])* $hole:ident,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum $name { $($(#[$of_hole])* $hole,)* }

        impl crate::markup::sheet::Hole for $name {
            const ALL: &'static [$name] = &[$($name::$hole),*];

            fn number(self) -> u32 {
                self as u32
            }
        }
    };
}
pub(super) use holes;

/// A text with holes of one kind.
#[derive(Debug)]
pub(super) struct Sheet<H> {
    text: Box<str>,
    /// How far the text goes before each hole, and the hole.
    holes: Box<[(usize, H)]>,
}

impl<H: Hole> Sheet<H> {
    /// Cuts a document at its marks.
    pub(super) fn cut(document: &str) -> Sheet<H> {
        let mut text = String::with_capacity(document.len());
        let mut holes = Vec::new();
        for character in document.chars() {
            let number = u32::from(character).checked_sub(FIRST_MARK);
            match number.and_then(|number| H::ALL.get(number as usize)) {
                Some(hole) => holes.push((text.len(), *hole)),
                None => text.push(character),
            }
        }
        Sheet {
            text: text.into(),
            holes: holes.into(),
        }
    }

    /// How many bytes it has without what goes into its holes.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Appends the text; `fill` appends what goes into each hole, escaped for the place.
    pub(super) fn write<'a>(&self, out: &mut Text<'a>, mut fill: impl FnMut(H, &mut Text<'a>)) {
        let mut written = 0;
        for (end, hole) in &self.holes {
            out.push_str(&self.text[written..*end]);
            fill(*hole, out);
            written = *end;
        }
        out.push_str(&self.text[written..]);
    }
}
