//! Stage one of reading: where the strings, their escapes and the brackets of a text stand.
//!
//! A text is looked at in blocks of 64 bytes. Of each block, one bit a byte tells where its quotes, backslashes and
//! brackets are; what is inside a string follows from these words by arithmetic on whole words (Langdale and Lemire,
//! "Parsing gigabytes of JSON per second", VLDB Journal 28, 2019, sections 3.1.1 and 3.1.2). The places that are left
//! are written down in order, and [`super::Reader`] goes from one to the next without looking at what is between.

#[cfg(target_arch = "x86_64")]
mod x86;

use bumpalo::Bump;
use bumpalo::collections::Vec;

/// How many bytes are looked at together: as many as a word has bits.
const BLOCK: usize = 64;

/// How long a text may be, so that its places and those of a block more are a `u32` each. Bodies end far below.
pub(super) const MAX_LEN: usize = u32::MAX as usize - BLOCK;

/// Where the things of a text stand.
pub(super) struct Structure<'a> {
    /// The places, in bytes from the start, of
    /// - the quotes at both ends of each string,
    /// - the backslash of each escape,
    /// - the brackets and braces outside strings.
    pub(super) marks: &'a [u32],
    /// No byte is beyond ASCII.
    pub(super) ascii: bool,
}

/// What a block holds: one bit a byte, the first byte's lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Block {
    quotes: u64,
    backslashes: u64,
    /// `[`, `]`, `{` and `}`.
    brackets: u64,
    /// Below 0x20.
    controls: u64,
    /// From 0x80 on.
    beyond_ascii: u64,
}

/// What goes over from one block to the next.
#[derive(Default)]
struct Carried {
    /// 1 where the first byte is escaped by the last one before.
    escaped: u64,
    /// All ones within a string.
    inside: u64,
    beyond_ascii: u64,
    /// Control characters within strings.
    forbidden: u64,
}

impl Carried {
    /// What the text comes to: whether its strings are whole, and all of it is ASCII.
    fn judgement(&self) -> (bool, bool) {
        let whole = self.inside == 0 && self.forbidden == 0;
        (whole, self.beyond_ascii == 0)
    }
}

impl Carried {
    /// The places of a block that are written down, one bit a byte.
    #[inline(always)]
    fn marks(&mut self, block: Block, parity: impl FnOnce(u64) -> u64) -> u64 {
        let (mut quotes, mut escapes) = (block.quotes, 0);
        if block.backslashes | self.escaped != 0 {
            let escaped;
            (escapes, escaped) = self.escapes(block.backslashes);
            quotes &= !escaped;
        }
        // From each opening quote to the byte before the closing one.
        let inside = parity(quotes) ^ self.inside;
        self.inside = (inside as i64 >> 63) as u64;
        self.beyond_ascii |= block.beyond_ascii;
        self.forbidden |= block.controls & inside;
        quotes | escapes | block.brackets & !inside
    }

    /// The backslashes that start an escape, and the bytes that are escaped by one.
    #[inline(always)]
    fn escapes(&mut self, backslashes: u64) -> (u64, u64) {
        const ODD: u64 = 0xaaaa_aaaa_aaaa_aaaa;
        // The first byte may be escaped from the block before; then it starts nothing. Of a run of backslashes every
        // second one starts an escape, from its first on: subtraction carries through the run, and the xor with the
        // odd bits tells at which parity it began.
        let starts = backslashes & !self.escaped;
        let followed = (starts << 1) | ODD;
        let ends = followed.wrapping_sub(starts) ^ ODD;
        let escaped = ends ^ (backslashes | self.escaped);
        let escapes = ends & backslashes;
        self.escaped = escapes >> 63;
        (escapes, escaped)
    }
}

/// Finds where the things of a text stand. `None` where a string does not end or has a control character within; what
/// else may be wrong is for the reader to find.
pub(super) fn of<'a>(text: &[u8], arena: &'a Bump) -> Option<Structure<'a>> {
    if text.len() > MAX_LEN {
        return None;
    }
    // Each byte may be a mark, and blocks of places may be written past the last one.
    let mut marks = Vec::with_capacity_in(text.len() + BLOCK, arena);
    let end = scan_by_best(text, &mut marks);
    let (whole, ascii) = end.judgement();
    let marks = marks.into_bump_slice();
    whole.then_some(Structure { marks, ascii })
}

/// The text that these bytes are, if they are UTF-8.
#[expect(unsafe_code, reason = "what has been looked at is not looked at again")]
pub(super) fn text<'t>(bytes: &'t [u8], structure: &Structure<'_>) -> Option<&'t str> {
    if structure.ascii {
        // SAFETY: ASCII is UTF-8.
        return Some(unsafe { std::str::from_utf8_unchecked(bytes) });
    }
    std::str::from_utf8(bytes).ok()
}

/// Whether every way of scanning that this machine has finds the same in a text.
pub fn all_ways_agree(text: &[u8]) -> bool {
    let arena = Bump::new();
    let marks = || Vec::with_capacity_in(text.len() + BLOCK, &arena);
    let mut plain = marks();
    let expect = scan_plainly(text, &mut plain).judgement();
    #[cfg(target_arch = "x86_64")]
    let agree = x86::WAYS.iter().all(|(_, scan)| {
        let mut by_vectors = marks();
        scan(text, &mut by_vectors)
            .is_none_or(|end| end.judgement() == expect && by_vectors == plain)
    });
    #[cfg(not(target_arch = "x86_64"))]
    let agree = expect == scan_by_best(text, &mut marks()).judgement();
    agree
}

fn scan_by_best(text: &[u8], marks: &mut Vec<'_, u32>) -> Carried {
    #[cfg(target_arch = "x86_64")]
    if let Some(end) = x86::scan(text, marks) {
        return end;
    }
    scan_plainly(text, marks)
}

/// For machines that nothing better is known for.
fn scan_plainly(text: &[u8], marks: &mut Vec<'_, u32>) -> Carried {
    scan(text, classify, parity, |mut places, start| {
        while places != 0 {
            marks.push(start + places.trailing_zeros());
            places &= places - 1;
        }
    })
}

/// Goes over the blocks of a text. `keep` gets the places to be written down of the block that starts at its second
/// argument. Always inlined, so that each caller's instruction set is used throughout.
#[inline(always)]
fn scan(
    text: &[u8],
    classify: impl Fn(&[u8; BLOCK]) -> Block,
    parity: impl Fn(u64) -> u64,
    mut keep: impl FnMut(u64, u32),
) -> Carried {
    let mut carried = Carried::default();
    let (blocks, rest) = text.as_chunks::<BLOCK>();
    let mut start = 0;
    for block in blocks {
        keep(carried.marks(classify(block), &parity), start);
        start += BLOCK as u32;
    }
    if !rest.is_empty() {
        // Spaces mean nothing, wherever they stand but for a string that does not end.
        let mut block = [b' '; BLOCK];
        block[..rest.len()].copy_from_slice(rest);
        keep(carried.marks(classify(&block), &parity), start);
    }
    carried
}

/// A bit is set where the number of set bits up to it is odd.
fn parity(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

fn classify(block: &[u8; BLOCK]) -> Block {
    let bits = |is: fn(u8) -> bool| {
        let mut bits = 0;
        for (index, &byte) in block.iter().enumerate() {
            bits |= u64::from(is(byte)) << index;
        }
        bits
    };
    Block {
        quotes: bits(|byte| byte == b'"'),
        backslashes: bits(|byte| byte == b'\\'),
        brackets: bits(|byte| matches!(byte | 0x20, b'{' | b'}')),
        controls: bits(|byte| byte < 0x20),
        beyond_ascii: bits(|byte| byte >= 0x80),
    }
}

#[cfg(test)]
mod tests;
