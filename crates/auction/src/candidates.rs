//! The ads that have a creative of a format that an impression asks for: all that are looked at where every ad's fate
//! is to be told. Where only the bid counts, the [`crate::index`] finds the few that want it.

use bumpalo::Bump;
use bumpalo::collections::Vec as BumpVec;
use campaign::creative::Format;
use openrtb::request::Imp;

use crate::book::{Book, Slot};

/// The ads to look at, each once, in the book's order.
pub fn every<'a>(book: &Book, imp: &Imp<'_>, arena: &'a Bump) -> &'a [Slot] {
    let mut found = BumpVec::new_in(arena);
    let mut formats = 0;
    for format in Format::ALL
        .into_iter()
        .filter(|format| asks_for(imp, *format))
    {
        found.extend_from_slice(book.of_format(format));
        formats += 1;
    }
    if formats > 1 {
        found.sort_unstable();
        found.dedup();
    }
    found.into_bump_slice()
}

/// Whether the impression asks for this format.
pub(crate) fn asks_for(imp: &Imp<'_>, format: Format) -> bool {
    match format {
        Format::Banner => imp.banner.is_some(),
        Format::Video => imp.video.is_some(),
        Format::Audio => imp.audio.is_some(),
        Format::Native => imp.native.is_some(),
    }
}
