//! What users allow, in the words of the law that they live under.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::place::Law;

/// What a user's situation is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Consent {
    /// No law that the request would speak of.
    Plain,
    /// Under the GDPR, with the TC string that the user's choice made.
    Gdpr {
        /// The string.
        tc_string: String,
        /// Whether it grants everything to everybody who is named in it.
        granted: bool,
    },
    /// Under a law of a state of the USA.
    UsState {
        /// The US privacy string: "1YNN" did not opt out, "1YYN" did.
        us_privacy: &'static str,
    },
    /// A child, or content for children.
    Child,
    /// The user told the device to limit tracking.
    LimitTracking,
}

impl Consent {
    /// Rolls the situation of a user. `vendor` is the bidder's number in the Global Vendor List.
    pub(crate) fn roll(dice: &mut ChaCha8Rng, law: Law, vendor: Option<u16>) -> Consent {
        let odd = dice.random::<f64>();
        match law {
            _ if odd < 0.02 => Consent::Child,
            _ if odd < 0.08 => Consent::LimitTracking,
            Law::Plain => Consent::Plain,
            Law::Gdpr => {
                let granted = dice.random_bool(0.7);
                let tc_string = TcString { granted, vendor }.encode();
                Consent::Gdpr { tc_string, granted }
            }
            Law::UsState => Consent::UsState {
                us_privacy: if dice.random_bool(0.85) {
                    "1YNN"
                } else {
                    "1YYN"
                },
            },
        }
    }

    /// Whether the request may carry ids and interests of the user. What a bidder may do with them is another question,
    /// and its own.
    pub fn sends_ids(&self) -> bool {
        !matches!(self, Consent::Child | Consent::LimitTracking)
    }
}

/// The one bidder that everybody knows of, so that strings without us name somebody.
const ANOTHER_VENDOR: u16 = 12;

/// What a TC string is to say.
struct TcString {
    granted: bool,
    vendor: Option<u16>,
}

impl TcString {
    /// Writes the string: the core and the segment of disclosed vendors that version 2.3 of the framework asks for
    /// (IAB Europe, "Transparency and Consent String with Global Vendor & CMP List Formats").
    fn encode(&self) -> String {
        let mut vendors = vec![ANOTHER_VENDOR];
        vendors.extend(self.vendor);
        vendors.sort_unstable();
        vendors.dedup();
        let allowed: &[u16] = if self.granted { &vendors } else { &[] };
        let purposes: u64 = if self.granted { 0b11_1111_1111 } else { 0 };

        let mut core = Bits::default();
        core.put(2, 6);
        // Tenths of a second since 1970, at a fixed day: the world has no clock. 2026-05-28.
        core.put(17_800_000_000, 36);
        core.put(17_800_000_000, 36);
        core.put(7, 12);
        core.put(1, 12);
        core.put(1, 6);
        core.put(letters("EN"), 12);
        core.put(160, 12);
        // Policy version 5, service specific, no stacks.
        core.put(5, 6);
        core.put(0b10, 2);
        // Special features, then purposes 1–10 of 24 by consent, none by interest.
        core.put(0, 12);
        core.put(purposes << 14, 24);
        core.put(0, 24);
        core.put(0, 1);
        core.put(letters("DE"), 12);
        core.put_vendors(allowed);
        core.put_vendors(&[]);
        core.put(0, 12);

        let mut disclosed = Bits::default();
        disclosed.put(1, 3);
        disclosed.put_vendors(&vendors);
        format!("{}.{}", core.text(), disclosed.text())
    }
}

/// Two letters in six bits each.
fn letters(text: &str) -> u64 {
    text.bytes()
        .fold(0, |value, letter| value << 6 | u64::from(letter - b'A'))
}

/// Bits from the left.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    length: usize,
}

impl Bits {
    fn put(&mut self, value: u64, count: u32) {
        for bit in (0..count).rev() {
            if self.length.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let last = self.bytes.len() - 1;
            self.bytes[last] |= ((value >> bit & 1) as u8) << (7 - self.length % 8);
            self.length += 1;
        }
    }

    /// Vendors as a bit field up to the greatest.
    fn put_vendors(&mut self, vendors: &[u16]) {
        let greatest = vendors.iter().copied().max().unwrap_or(0);
        self.put(u64::from(greatest), 16);
        self.put(0, 1);
        for vendor in 1..=greatest {
            self.put(u64::from(vendors.contains(&vendor)), 1);
        }
    }

    fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use openrtb::consent::tcf::TcString as Read;

    #[test]
    fn the_strings_that_are_written_say_what_was_meant() {
        for (granted, vendor) in [(true, Some(755)), (false, Some(755)), (true, None)] {
            let text = TcString { granted, vendor }.encode();
            let read = Read::parse(&text).unwrap_or_else(|e| panic!("{text}: {e:?}"));
            let ours = granted && vendor.is_some();
            assert_eq!(read.vendor_consent(755), ours, "{text}");
            assert_eq!(read.purpose_consent(1), granted, "{text}");
            assert_eq!(read.purpose_consent(10), granted, "{text}");
        }
    }
}
