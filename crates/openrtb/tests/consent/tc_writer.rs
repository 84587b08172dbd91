//! A small writer of TC strings, so that a table can say what a string grants.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What a TC string is to say. The default one is well-formed, recent, and grants nothing.
#[derive(Clone, Debug)]
pub struct Tc {
    pub version: u64,
    pub created_deciseconds: u64,
    pub policy_version: u64,
    pub service_specific: bool,
    pub special_features: Vec<u16>,
    pub purposes: Vec<u16>,
    pub interests: Vec<u16>,
    pub vendors: Vendors,
    pub vendor_interests: Vendors,
    /// Purpose, kind, first and last vendor.
    pub restrictions: Vec<(u8, u8, u16, u16)>,
    pub disclosed: Option<Vendors>,
}

/// Vendors as a bitfield of ids or as ranges.
#[derive(Clone, Debug)]
pub enum Vendors {
    Bits(Vec<u16>),
    Ranges(Vec<(u16, u16)>),
}

impl Default for Tc {
    fn default() -> Self {
        Self {
            version: 2,
            created_deciseconds: 17_800_000_000, // 2026-05-28
            policy_version: 5,
            service_specific: true,
            special_features: Vec::new(),
            purposes: Vec::new(),
            interests: Vec::new(),
            vendors: Vendors::Bits(Vec::new()),
            vendor_interests: Vendors::Bits(Vec::new()),
            restrictions: Vec::new(),
            disclosed: None,
        }
    }
}

impl Tc {
    pub fn write(&self) -> String {
        let mut core = Writer::default();
        core.put(self.version, 6);
        core.put(self.created_deciseconds, 36);
        core.put(self.created_deciseconds, 36);
        core.put(7, 12);
        core.put(1, 12);
        core.put(1, 6);
        core.put(4 * 64 + 13, 12);
        core.put(100, 12);
        core.put(self.policy_version, 6);
        core.put(u64::from(self.service_specific), 1);
        core.put(0, 1);
        core.put_numbered(&self.special_features, 12);
        core.put_numbered(&self.purposes, 24);
        core.put_numbered(&self.interests, 24);
        core.put(0, 1);
        core.put(3 * 64 + 4, 12);
        core.put_vendors(&self.vendors);
        core.put_vendors(&self.vendor_interests);
        core.put(self.restrictions.len() as u64, 12);
        for &(purpose, kind, first, last) in &self.restrictions {
            core.put(u64::from(purpose), 6);
            core.put(u64::from(kind), 2);
            core.put_ranges(&[(first, last)]);
        }
        let mut text = core.text();
        if let Some(disclosed) = &self.disclosed {
            let mut segment = Writer::default();
            segment.put(1, 3);
            segment.put_vendors(disclosed);
            text = format!("{text}.{}", segment.text());
        }
        text
    }
}

/// Bits from the left, six to a character.
#[derive(Default)]
pub struct Writer {
    bits: Vec<bool>,
}

impl Writer {
    pub fn put(&mut self, value: u64, count: usize) {
        self.bits
            .extend((0..count).rev().map(|bit| value >> bit & 1 == 1));
    }

    pub fn put_numbered(&mut self, numbers: &[u16], count: u16) {
        for n in 1..=count {
            self.put(u64::from(numbers.contains(&n)), 1);
        }
    }

    pub fn put_vendors(&mut self, vendors: &Vendors) {
        match vendors {
            Vendors::Bits(ids) => {
                let max = ids.iter().copied().max().unwrap_or(0);
                self.put(u64::from(max), 16);
                self.put(0, 1);
                self.put_numbered(ids, max);
            }
            Vendors::Ranges(ranges) => {
                let max = ranges.iter().map(|range| range.1).max().unwrap_or(0);
                self.put(u64::from(max), 16);
                self.put(1, 1);
                self.put_ranges(ranges);
            }
        }
    }

    pub fn put_ranges(&mut self, ranges: &[(u16, u16)]) {
        self.put(ranges.len() as u64, 12);
        for &(first, last) in ranges {
            self.put(u64::from(first != last), 1);
            self.put(u64::from(first), 16);
            if first != last {
                self.put(u64::from(last), 16);
            }
        }
    }

    pub fn text(&self) -> String {
        self.bits
            .chunks(6)
            .map(|six| {
                let value = (0..6).fold(0, |value, i| {
                    value << 1 | usize::from(six.get(i) == Some(&true))
                });
                char::from(ALPHABET[value])
            })
            .collect()
    }
}
