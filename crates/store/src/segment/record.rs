//! One record as bytes.

use super::MAX_PAYLOAD_LENGTH;

/// Length, sequence, place, checksum.
pub const HEADER_LENGTH: usize = 4 + 8 + 4 + 4;

/// A record that is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    pub sequence: u64,
    pub place: u32,
    pub payload: &'a [u8],
}

/// Why bytes are no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// They end too early.
    Incomplete,
    /// Length or checksum are wrong.
    Invalid,
}

impl Record<'_> {
    pub fn encoded_length(&self) -> usize {
        HEADER_LENGTH + self.payload.len()
    }

    /// Where the record's commit starts.
    pub fn commit(&self) -> u64 {
        self.sequence.saturating_sub(u64::from(self.place))
    }

    /// Appends the record's bytes. The payload is no longer than [`MAX_PAYLOAD_LENGTH`].
    pub fn encode(&self, out: &mut Vec<u8>) {
        let mut header = [0; HEADER_LENGTH];
        header[..4].copy_from_slice(&(self.payload.len() as u32).to_le_bytes());
        header[4..12].copy_from_slice(&self.sequence.to_le_bytes());
        header[12..16].copy_from_slice(&self.place.to_le_bytes());
        let crc = crc32c::crc32c_append(crc32c::crc32c(&header[..16]), self.payload);
        header[16..].copy_from_slice(&crc.to_le_bytes());
        out.extend(header);
        out.extend(self.payload);
    }
}

/// Reads the record that `bytes` starts with.
pub fn decode(bytes: &[u8]) -> Result<Record<'_>, Broken> {
    let (header, crc) = decode_header(bytes)?;
    let payload = bytes[HEADER_LENGTH..]
        .get(..header.length)
        .ok_or(Broken::Incomplete)?;
    if crc32c::crc32c_append(crc32c::crc32c(&bytes[..16]), payload) != crc {
        return Err(Broken::Invalid);
    }
    Ok(Record {
        sequence: header.sequence,
        place: header.place,
        payload,
    })
}

/// What stands before the checksum. Not checked, so fit for a quick look only.
#[derive(Clone, Copy, Debug)]
pub struct Header {
    pub length: usize,
    pub sequence: u64,
    pub place: u32,
}

/// Reads the header and the checksum that `bytes` starts with.
pub fn decode_header(bytes: &[u8]) -> Result<(Header, u32), Broken> {
    let Some(header) = bytes.first_chunk::<HEADER_LENGTH>() else {
        return Err(Broken::Incomplete);
    };
    let u32_at = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|i| header[at + i]));
    let length = u32_at(0) as usize;
    if length > MAX_PAYLOAD_LENGTH {
        return Err(Broken::Invalid);
    }
    let sequence = u64::from_le_bytes([0, 1, 2, 3, 4, 5, 6, 7].map(|i| header[4 + i]));
    let header = Header {
        length,
        sequence,
        place: u32_at(12),
    };
    Ok((header, u32_at(16)))
}
