//! Passes over values that no field takes.

use super::{MAX_DEPTH, Malformed, Reader};

/// The brackets that are open within a value that is passed over: a bit for each, 1 for a brace, the innermost lowest.
#[derive(Clone, Copy, Default)]
struct Open {
    braces: u64,
    count: usize,
}

// Each level has its bit.
const _: () = assert!(MAX_DEPTH <= u64::BITS as usize);

impl Reader<'_> {
    /// Reads any value and makes nothing of it.
    pub(crate) fn skip(&mut self) -> Result<(), Malformed> {
        let mut open = Open::default();
        loop {
            // A value starts here.
            match self.after_space() {
                Some(b'"') => self.pass_string()?,
                Some(b'-' | b'0'..=b'9') => self.pass_number()?,
                Some(bracket @ (b'{' | b'[')) => {
                    let brace = bracket == b'{';
                    self.open(&mut open, brace)?;
                    let next = self.after_space();
                    if brace && next != Some(b'}') {
                        self.pass_key()?;
                        continue;
                    }
                    if !brace && next != Some(b']') {
                        continue;
                    }
                }
                Some(b't') => self.word("true")?,
                Some(b'f') => self.word("false")?,
                Some(b'n') => self.word("null")?,
                _ => return Err(Malformed),
            }
            // A value has ended here, or an empty object or list is about to.
            loop {
                if open.count == 0 {
                    return Ok(());
                }
                let brace = open.braces & 1 == 1;
                match self.after_space() {
                    Some(b',') => {
                        self.at += 1;
                        if brace {
                            self.pass_key()?;
                        }
                        break;
                    }
                    Some(b'}') if brace => self.close(&mut open),
                    Some(b']') if !brace => self.close(&mut open),
                    _ => return Err(Malformed),
                }
            }
        }
    }

    #[inline]
    fn open(&mut self, open: &mut Open, brace: bool) -> Result<(), Malformed> {
        if self.depth + open.count == MAX_DEPTH {
            return Err(Malformed);
        }
        open.braces = open.braces << 1 | u64::from(brace);
        open.count += 1;
        self.at += 1;
        self.next += 1;
        Ok(())
    }

    #[inline]
    fn close(&mut self, open: &mut Open) {
        open.braces >>= 1;
        open.count -= 1;
        self.at += 1;
        self.next += 1;
    }

    /// Passes over a key and the colon after it.
    #[inline]
    fn pass_key(&mut self) -> Result<(), Malformed> {
        if self.after_space() != Some(b'"') {
            return Err(Malformed);
        }
        self.pass_string()?;
        if self.after_space() != Some(b':') {
            return Err(Malformed);
        }
        self.at += 1;
        Ok(())
    }

    #[inline]
    fn pass_number(&mut self) -> Result<(), Malformed> {
        if self.short_integer().is_some() {
            return Ok(());
        }
        self.number().map(drop)
    }

    fn word(&mut self, word: &'static str) -> Result<(), Malformed> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return Err(Malformed);
        }
        self.at += word.len();
        Ok(())
    }
}
