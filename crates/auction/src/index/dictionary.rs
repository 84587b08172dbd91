//! The numbers that a book's ads give to the terms that they ask for, looked up by what a term says.
//!
//! A table is larger than a core's nearest caches, and a request says some sixty terms. So they are looked up together,
//! step by step: of all of them the place in the table is read, then what is known of all that were found there. No
//! step of one term waits for the step before it of another, and memory is waited for a few times, not sixty.

use bumpalo::Bump;

use super::term::{Attribute, Ends, Term};

/// A term's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TermId(pub u32);

/// The terms that the ads of a book ask for, numbered as they come.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    /// A hash table, by the lowest bits of the hash; what finds its place taken has the next one that is free. Of each
    /// term the upper half of the hash, and below it its number and one; 0 where there is none. At most half are taken.
    slots: Vec<u64>,
    known: Vec<Known>,
    texts: String,
}

/// A term, in half a line of a cache.
#[derive(Clone, Copy, Debug)]
struct Known {
    ends: Ends,
    number: u64,
    /// Where its text begins.
    start: u32,
    length: Length,
    attribute: Attribute,
}

const _: () = assert!(size_of::<Known>() == 32);

/// How long a text is, below 16 MiB. A longer one is found nowhere, since it equals none that is shorter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Length([u8; 3]);

impl Length {
    #[inline]
    fn of(text: &str) -> Length {
        let [low, middle, high, ..] = text.len().to_le_bytes();
        Length([low, middle, high])
    }

    fn bytes(self) -> usize {
        let Length([low, middle, high]) = self;
        u32::from_le_bytes([low, middle, high, 0]) as usize
    }
}

/// A term on its way through [`Dictionary::find_all`].
#[derive(Clone, Copy)]
struct Look {
    hash: u64,
    ends: Ends,
    slot: u64,
    found: Option<TermId>,
    same: bool,
}

impl Dictionary {
    /// The term's number, if an ad asks for it.
    pub fn find(&self, term: &Term<'_>) -> Option<TermId> {
        let ends = Ends::of(term.text);
        let hash = term.hash(ends);
        let id = self.alike(hash, *self.slots.get(self.place(hash))?)?;
        match self.known[id.0 as usize].is_at_ends(term, ends) && self.is_within(id, term) {
            true => Some(id),
            false => self.find_at(hash, term, ends),
        }
    }

    /// Calls `found` with the numbers of those terms that an ad asks for, in their order.
    pub fn find_all(&self, terms: &[Term<'_>], arena: &Bump, mut found: impl FnMut(TermId)) {
        if self.slots.is_empty() {
            return;
        }
        let looks = arena.alloc_slice_fill_iter(terms.iter().map(|term| {
            let ends = Ends::of(term.text);
            let hash = term.hash(ends);
            Look {
                hash,
                ends,
                slot: self.slots[self.place(hash)],
                found: None,
                same: false,
            }
        }));
        for (look, term) in looks.iter_mut().zip(terms) {
            look.found = self.alike(look.hash, look.slot);
            if let Some(id) = look.found {
                look.same = self.known[id.0 as usize].is_at_ends(term, look.ends);
            }
        }
        for (look, term) in looks.iter().zip(terms) {
            match look.found {
                Some(id) if look.same && self.is_within(id, term) => found(id),
                // Another term's hash has the same upper half.
                Some(_) => self
                    .find_at(look.hash, term, look.ends)
                    .into_iter()
                    .for_each(&mut found),
                None => {}
            }
        }
    }

    fn place(&self, hash: u64) -> usize {
        hash as usize & self.slots.len().wrapping_sub(1)
    }

    /// The first term in or behind the place of a hash that has its upper half too.
    #[inline]
    fn alike(&self, hash: u64, first: u64) -> Option<TermId> {
        let (mut place, mut slot) = (self.place(hash), first);
        while slot != 0 {
            if slot >> 32 == hash >> 32 {
                return Some(TermId(slot as u32 - 1));
            }
            place = (place + 1) & (self.slots.len() - 1);
            slot = self.slots[place];
        }
        None
    }

    fn find_at(&self, hash: u64, term: &Term<'_>, ends: Ends) -> Option<TermId> {
        if self.slots.is_empty() {
            return None;
        }
        let from = self.place(hash);
        let (behind, before) = (&self.slots[from..], &self.slots[..from]);
        let until_free = behind.iter().chain(before).take_while(|slot| **slot != 0);
        let alike = until_free.filter(|slot| **slot >> 32 == hash >> 32);
        alike.map(|slot| TermId(*slot as u32 - 1)).find(|id| {
            self.known[id.0 as usize].is_at_ends(term, ends) && self.is_within(*id, term)
        })
    }

    /// Whether the term is this one, whose ends are the same.
    #[inline]
    fn is_within(&self, id: TermId, term: &Term<'_>) -> bool {
        term.text.len() <= 16 || *self.known[id.0 as usize].text(&self.texts) == *term.text
    }

    /// The term's number; a new one for a new term.
    pub fn add(&mut self, term: &Term<'_>) -> TermId {
        if let Some(known) = self.find(term) {
            return known;
        }
        let id = TermId(u32::try_from(self.known.len()).expect("fewer than 2^32 terms"));
        // What does not fit would be found by nobody: a book's texts would have to outgrow four gigabytes.
        let start = u32::try_from(self.texts.len()).expect("a book's texts are shorter than 4 GiB");
        self.texts.push_str(term.text);
        self.known.push(Known {
            ends: Ends::of(term.text),
            number: term.number,
            start,
            length: Length::of(term.text),
            attribute: term.attribute,
        });
        if self.known.len() * 2 > self.slots.len() {
            self.grow();
        } else {
            self.insert(id);
        }
        id
    }

    fn grow(&mut self) {
        let slots = (self.slots.len() * 2).max(64);
        self.slots.clear();
        self.slots.resize(slots, 0);
        for id in 0..self.known.len() as u32 {
            self.insert(TermId(id));
        }
    }

    fn insert(&mut self, id: TermId) {
        let known = &self.known[id.0 as usize];
        let hash = known.term(&self.texts).hash(known.ends);
        let mut place = self.place(hash);
        while self.slots[place] != 0 {
            place = (place + 1) & (self.slots.len() - 1);
        }
        self.slots[place] = hash >> 32 << 32 | u64::from(id.0 + 1);
    }

    /// What the term with this number is about.
    pub fn attribute(&self, id: TermId) -> Attribute {
        self.known[id.0 as usize].attribute
    }

    /// Gives back what was taken for more to come.
    pub fn shrink(&mut self) {
        self.known.shrink_to_fit();
        self.texts.shrink_to_fit();
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// How many bytes it takes.
    pub fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<u64>()
            + self.known.capacity() * size_of::<Known>()
            + self.texts.capacity()
    }
}

impl Known {
    /// Whether it is the term, as far as can be told without what a long text has in its middle.
    #[inline]
    fn is_at_ends(&self, term: &Term<'_>, ends: Ends) -> bool {
        let same = (self.ends == ends) & (self.number == term.number);
        same & (self.attribute == term.attribute) & (self.length == Length::of(term.text))
    }

    fn text<'t>(&self, texts: &'t str) -> &'t str {
        &texts[self.start as usize..][..self.length.bytes()]
    }

    fn term<'t>(&self, texts: &'t str) -> Term<'t> {
        Term {
            attribute: self.attribute,
            number: self.number,
            text: self.text(texts),
        }
    }
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;

    use super::*;

    #[test]
    fn texts_of_any_length_are_told_apart() {
        let mut dictionary = Dictionary::default();
        let long = "0123456789abcdefghijklmnopqrstuvwxyz";
        let mut all: Vec<String> = (0..=long.len())
            .map(|end| long[..end].to_string())
            .collect();
        // One letter changed, wherever it stands.
        for length in [1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 24, 33] {
            for at in 0..length {
                let mut text = long[..length].to_string();
                text.replace_range(at..=at, "-");
                all.push(text);
            }
        }
        for (number, text) in (0..).zip(&all) {
            let term = Term::text(Attribute::Keyword, text);
            assert_eq!(dictionary.find(&term), None, "{text}");
            assert_eq!(dictionary.add(&term), TermId(number));
        }
        for (number, text) in (0..).zip(&all) {
            let term = Term::text(Attribute::Keyword, text);
            assert_eq!(dictionary.find(&term), Some(TermId(number)), "{text}");
        }
        // All at once, with others between that are not known.
        let unknown = |text| Term::text(Attribute::Domain, text);
        let asked: Vec<Term<'_>> = all
            .iter()
            .flat_map(|text| [Term::text(Attribute::Keyword, text), unknown(text)])
            .collect();
        let (arena, mut found) = (Bump::new(), Vec::new());
        dictionary.find_all(&asked, &arena, |id| found.push(id));
        assert_eq!(found, (0..all.len() as u32).map(TermId).collect::<Vec<_>>());
    }

    #[test]
    fn terms_of_one_place_in_the_table_are_told_apart() {
        let mut dictionary = Dictionary::default();
        let arena = Bump::new();
        let nothing = |_| unreachable!("nobody was added");
        dictionary.find_all(&[Term::number(Attribute::Size, 1)], &arena, nothing);
        // So many that each has neighbours, and the table has grown.
        let terms: Vec<_> = (0..5_000)
            .map(|n| Term::number(Attribute::Size, n * 64))
            .collect();
        for (number, term) in (0..).zip(&terms) {
            assert_eq!(dictionary.add(term), TermId(number));
            assert_eq!(dictionary.add(term), TermId(number));
        }
        // Two whose tags are the same, as the table's slots show them.
        dictionary
            .slots
            .iter_mut()
            .for_each(|slot| *slot &= u64::from(u32::MAX));
        for (number, term) in (0..).zip(&terms) {
            let hash = term.hash(Ends::of(""));
            let alike = dictionary.find_at(hash & u64::from(u32::MAX), term, Ends::of(""));
            assert_eq!(alike, Some(TermId(number)));
        }
    }

    #[test]
    fn a_term_is_found_by_all_that_it_says() {
        let mut dictionary = Dictionary::default();
        let site = Term::text(Attribute::Domain, "example.com");
        let app = Term::text(Attribute::Bundle, "example.com");
        let third = Term { number: 3, ..site };
        assert_eq!(dictionary.find(&site), None);
        let ids = [site, app, third].map(|term| dictionary.add(&term));
        assert_eq!(ids, [0, 1, 2].map(TermId));
        assert_eq!(dictionary.add(&app), ids[1]);
        assert_eq!(dictionary.find(&third), Some(ids[2]));
        assert_eq!(dictionary.attribute(ids[0]), Attribute::Domain);
        assert_eq!(dictionary.attribute(ids[1]), Attribute::Bundle);
        assert_eq!(dictionary.len(), 3);
    }
}
