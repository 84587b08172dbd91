//! Escaping by the vector instructions of x86-64, chosen when the program runs.
#![expect(
    unsafe_code,
    reason = "vectors are loaded and stored by pointer, and instructions are used that not every machine has"
)]

use std::arch::x86_64::*;
use std::sync::LazyLock;

use super::{MARGIN, append_bytewise, escape};

/// How many bytes are looked at together: escaped, they fill a vector at most.
const BLOCK: usize = 32;

/// Whether the machine has what [`append_by_avx512`] needs: asked once, since most texts are short.
static AVX512: LazyLock<bool> = LazyLock::new(|| {
    is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512vbmi2")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("popcnt")
});

/// Appends as much of the inside of a string as this machine has the instructions for, and gives back the rest of the
/// text.
#[inline]
pub(super) fn append_blocks<'t>(text: &'t [u8], out: &mut Vec<u8>) -> &'t [u8] {
    if *AVX512 {
        // SAFETY: the machine has the instructions.
        unsafe { append_by_avx512(text, out) };
        return &[];
    }
    append_short_blocks(text, out)
}

/// As [`append_blocks`], on machines with half as wide vectors.
pub(super) fn append_short_blocks<'t>(text: &'t [u8], out: &mut Vec<u8>) -> &'t [u8] {
    if text.len() >= BLOCK && is_x86_feature_detected!("avx2") {
        // SAFETY: the machine has the instructions.
        return unsafe { append_by_avx2(text, out) };
    }
    text
}

/// Copies each block whole, and what comes after the first byte that must be escaped once more behind its escape.
#[target_feature(enable = "avx2")]
fn append_by_avx2<'t>(text: &'t [u8], out: &mut Vec<u8>) -> &'t [u8] {
    let mut rest = text;
    while let Some(block) = rest.first_chunk::<BLOCK>() {
        // SAFETY: a block is as long as the vector, and the load needs no alignment.
        let bytes = unsafe { _mm256_loadu_si256(block.as_ptr().cast()) };
        let equal = |byte: u8| _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte as i8));
        let last = _mm256_set1_epi8(0x1f);
        let controls = _mm256_cmpeq_epi8(_mm256_max_epu8(bytes, last), last);
        let special = _mm256_or_si256(_mm256_or_si256(equal(b'"'), equal(b'\\')), controls);
        let plain = (_mm256_movemask_epi8(special) as u32).trailing_zeros() as usize;
        out.reserve(MARGIN);
        // SAFETY: there is room for a whole vector, and of it as many bytes count as are plain: at most all.
        unsafe {
            _mm256_storeu_si256(out.as_mut_ptr().add(out.len()).cast(), bytes);
            out.set_len(out.len() + plain);
        }
        rest = &rest[plain..];
        if plain < BLOCK {
            escape(rest[0], out);
            rest = &rest[1..];
        }
    }
    rest
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi2,bmi2,popcnt")]
fn append_by_avx512(text: &[u8], out: &mut Vec<u8>) {
    for block in text.chunks(BLOCK) {
        let there = u32::MAX >> (BLOCK - block.len());
        // SAFETY: no more bytes are loaded than the block has, and the load needs no alignment.
        let bytes = unsafe { _mm256_maskz_loadu_epi8(there, block.as_ptr().cast()) };
        let equal = |byte: u8| _mm256_cmpeq_epi8_mask(bytes, _mm256_set1_epi8(byte as i8));
        let mut escaped = equal(b'"') | equal(b'\\');
        let mut letters = bytes;
        let controls = _mm256_mask_cmplt_epu8_mask(there, bytes, _mm256_set1_epi8(0x20));
        if controls != 0 {
            let mut known = 0;
            for (control, letter) in [(b'\n', b'n'), (b'\r', b'r'), (b'\t', b't')] {
                known |= equal(control);
                let letter = _mm256_set1_epi8(letter as i8);
                letters = _mm256_mask_mov_epi8(letters, equal(control), letter);
            }
            if controls != known {
                append_bytewise(block, out);
                continue;
            }
            escaped |= known;
        }
        // Each byte with a backslash before it, of which those are left out that no byte needs.
        let pairs = _mm512_or_si512(
            _mm512_slli_epi16::<8>(_mm512_cvtepu8_epi16(letters)),
            _mm512_set1_epi16(b'\\' as i16),
        );
        const FIRSTS: u64 = 0x5555_5555_5555_5555;
        const SECONDS: u64 = !FIRSTS;
        let kept = _pdep_u64(u64::from(escaped), FIRSTS) | _pdep_u64(u64::from(there), SECONDS);
        out.reserve(MARGIN);
        // SAFETY: there is room for a whole vector, and of it so much has been written as there are bits in `kept`.
        unsafe {
            let end = out.as_mut_ptr().add(out.len());
            _mm512_storeu_si512(end.cast(), _mm512_maskz_compress_epi8(kept, pairs));
            out.set_len(out.len() + kept.count_ones() as usize);
        }
    }
}
