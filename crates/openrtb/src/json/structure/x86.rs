//! Stage one by the vector instructions of x86-64, chosen when the program runs.
#![expect(
    unsafe_code,
    reason = "vectors are loaded and stored by pointer, and instructions are used that not every machine has"
)]

use std::arch::x86_64::*;

use bumpalo::collections::Vec;

use super::{BLOCK, Block, Carried};

/// A way of scanning; `None` on a machine without its instructions.
type Scan = fn(&[u8], &mut Vec<'_, u32>) -> Option<Carried>;

/// All ways, the fastest first.
pub(super) const WAYS: [(&str, Scan); 2] = [("AVX-512", by_avx512), ("AVX2", by_avx2)];

/// Scans by the widest vectors that this machine has; `None` where it has none of those known here.
#[inline]
pub(super) fn scan(text: &[u8], marks: &mut Vec<'_, u32>) -> Option<Carried> {
    WAYS.iter().find_map(|(_, scan)| scan(text, marks))
}

fn by_avx512(text: &[u8], marks: &mut Vec<'_, u32>) -> Option<Carried> {
    if !is_x86_feature_detected!("avx512bw")
        || !is_x86_feature_detected!("avx512vbmi2")
        || !is_x86_feature_detected!("pclmulqdq")
        || !is_x86_feature_detected!("popcnt")
    {
        return None;
    }
    assert_room(text, marks);
    // SAFETY: the machine has the instructions, and there is room for the marks of each byte and a block more.
    Some(unsafe { scan_avx512(text, marks) })
}

fn by_avx2(text: &[u8], marks: &mut Vec<'_, u32>) -> Option<Carried> {
    if !is_x86_feature_detected!("avx2")
        || !is_x86_feature_detected!("pclmulqdq")
        || !is_x86_feature_detected!("bmi1")
        || !is_x86_feature_detected!("popcnt")
    {
        return None;
    }
    assert_room(text, marks);
    // SAFETY: the machine has the instructions, and there is room for the marks of each byte and a block more.
    Some(unsafe { scan_avx2(text, marks) })
}

fn assert_room(text: &[u8], marks: &Vec<'_, u32>) {
    assert!(marks.capacity() - marks.len() >= text.len() + BLOCK);
}

/// # Safety
/// `marks` has room for `text.len() + BLOCK` more.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,pclmulqdq,popcnt")]
unsafe fn scan_avx512(text: &[u8], marks: &mut Vec<'_, u32>) -> Carried {
    let classify = |block: &[u8; BLOCK]| classify_avx512(block);
    super::scan(
        text,
        classify,
        |bits| parity(bits),
        |places, start| {
            // SAFETY: before each block there is room for as many marks as bytes are left, and for a block more.
            unsafe { keep_avx512(places, start, marks) }
        },
    )
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn classify_avx512(block: &[u8; BLOCK]) -> Block {
    // SAFETY: a block is as long as the vector, and the load needs no alignment.
    let bytes = unsafe { _mm512_loadu_si512(block.as_ptr().cast()) };
    let equal = |vector, byte: u8| _mm512_cmpeq_epi8_mask(vector, _mm512_set1_epi8(byte as i8));
    // `[` and `{`, and `]` and `}`, differ in this bit alone.
    let folded = _mm512_or_si512(bytes, _mm512_set1_epi8(0x20));
    Block {
        quotes: equal(bytes, b'"'),
        backslashes: equal(bytes, b'\\'),
        brackets: equal(folded, b'{') | equal(folded, b'}'),
        controls: _mm512_cmplt_epu8_mask(bytes, _mm512_set1_epi8(0x20)),
        beyond_ascii: _mm512_movepi8_mask(bytes),
    }
}

/// # Safety
/// `marks` has room for [`BLOCK`] more.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,popcnt")]
unsafe fn keep_avx512(places: u64, start: u32, marks: &mut Vec<'_, u32>) {
    const EACH: [u8; BLOCK] = {
        let mut each = [0; BLOCK];
        let mut index = 0;
        while index < BLOCK {
            each[index] = index as u8;
            index += 1;
        }
        each
    };
    // SAFETY: the array is as long as the vector.
    let each = unsafe { _mm512_loadu_si512(EACH.as_ptr().cast()) };
    let offsets = _mm512_maskz_compress_epi8(places, each);
    let count = places.count_ones() as usize;
    let start = _mm512_set1_epi32(start as i32);
    // SAFETY: the caller vouches for room for all that is written: 16 at a time, and no more than BLOCK. What is below
    // the new length has been written.
    unsafe {
        let end = marks.as_mut_ptr().add(marks.len());
        let store = |nth: usize, offsets: __m128i| {
            let places = _mm512_add_epi32(_mm512_cvtepu8_epi32(offsets), start);
            _mm512_storeu_si512(end.add(nth).cast(), places);
        };
        store(0, _mm512_castsi512_si128(offsets));
        if count > 16 {
            store(16, _mm512_extracti32x4_epi32::<1>(offsets));
            if count > 32 {
                store(32, _mm512_extracti32x4_epi32::<2>(offsets));
                store(48, _mm512_extracti32x4_epi32::<3>(offsets));
            }
        }
        marks.set_len(marks.len() + count);
    }
}

/// # Safety
/// `marks` has room for `text.len() + BLOCK` more.
#[target_feature(enable = "avx2,pclmulqdq,bmi1,popcnt")]
unsafe fn scan_avx2(text: &[u8], marks: &mut Vec<'_, u32>) -> Carried {
    let classify = |block: &[u8; BLOCK]| classify_avx2(block);
    super::scan(
        text,
        classify,
        |bits| parity(bits),
        |places, start| {
            // SAFETY: before each block there is room for as many marks as bytes are left, and for a block more.
            unsafe { keep_avx2(places, start, marks) }
        },
    )
}

#[inline]
#[target_feature(enable = "avx2")]
fn classify_avx2(block: &[u8; BLOCK]) -> Block {
    // SAFETY: a block is as long as two vectors, and the loads need no alignment.
    let (low, high) = unsafe {
        (
            _mm256_loadu_si256(block.as_ptr().cast()),
            _mm256_loadu_si256(block.as_ptr().add(BLOCK / 2).cast()),
        )
    };
    let word = |low: __m256i, high: __m256i| {
        let bits = |half| u64::from(_mm256_movemask_epi8(half) as u32);
        bits(low) | bits(high) << 32
    };
    let equal = |low: __m256i, high: __m256i, byte: u8| {
        let wanted = _mm256_set1_epi8(byte as i8);
        word(
            _mm256_cmpeq_epi8(low, wanted),
            _mm256_cmpeq_epi8(high, wanted),
        )
    };
    // `[` and `{`, and `]` and `}`, differ in this bit alone.
    let bit = _mm256_set1_epi8(0x20);
    let folded = (_mm256_or_si256(low, bit), _mm256_or_si256(high, bit));
    let last = _mm256_set1_epi8(0x1f);
    let capped = (_mm256_max_epu8(low, last), _mm256_max_epu8(high, last));
    Block {
        quotes: equal(low, high, b'"'),
        backslashes: equal(low, high, b'\\'),
        brackets: equal(folded.0, folded.1, b'{') | equal(folded.0, folded.1, b'}'),
        controls: equal(capped.0, capped.1, 0x1f),
        beyond_ascii: word(low, high),
    }
}

/// # Safety
/// `marks` has room for [`BLOCK`] more.
#[inline]
#[target_feature(enable = "bmi1,popcnt")]
unsafe fn keep_avx2(mut places: u64, start: u32, marks: &mut Vec<'_, u32>) {
    let count = places.count_ones() as usize;
    // SAFETY: the caller vouches for room for all that is written: 8 at a time, and no more than BLOCK. What is below
    // the new length has been written.
    unsafe {
        let end = marks.as_mut_ptr().add(marks.len());
        let mut written = 0;
        while written < count {
            // Writing some that do not count costs less than a loop of another length each time.
            for nth in written..written + 8 {
                end.add(nth)
                    .write(start.wrapping_add(places.trailing_zeros()));
                places &= places.wrapping_sub(1);
            }
            written += 8;
        }
        marks.set_len(marks.len() + count);
    }
}

/// A bit is set where the number of set bits up to it is odd: a product without carries by all ones.
#[inline]
#[target_feature(enable = "pclmulqdq")]
fn parity(bits: u64) -> u64 {
    let product = _mm_clmulepi64_si128::<0>(_mm_set_epi64x(0, bits as i64), _mm_set1_epi8(-1));
    _mm_cvtsi128_si64(product) as u64
}
