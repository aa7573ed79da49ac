//! gzip (RFC 1952) of one member, without names and times, so that the same bytes give the same stream.

use super::StatusError;
use crate::inflate::{InflateError, Wrapping, inflate};
use alloc::vec::Vec;
use miniz_oxide::deflate::compress_to_vec;

/// Magic, DEFLATE, no flags, no time, no extra flags, unknown system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
const LEVEL: u8 = 9;

/// Compresses.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut stream = HEADER.to_vec();
    stream.extend_from_slice(&compress_to_vec(bytes, LEVEL));
    stream.extend_from_slice(&crc32(bytes).to_le_bytes());
    stream.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
    stream
}

/// Decompresses exactly one member to at most `limit` bytes and verifies its checksum and length. Optional header fields are
/// skipped.
pub fn gunzip(stream: &[u8], limit: usize) -> Result<Vec<u8>, StatusError> {
    let (body, trailer) = stream.split_last_chunk::<8>().ok_or(StatusError::Compression)?;
    let deflated = after_header(body).ok_or(StatusError::Compression)?;
    let bytes = inflate(deflated, &[], limit, Wrapping::Raw).map_err(StatusError::from)?;
    let expected = (u64::from(bytes.len() as u32) << 32) | u64::from(crc32(&bytes));
    if u64::from_le_bytes(*trailer) == expected { Ok(bytes) } else { Err(StatusError::Compression) }
}

/// The checksum of RFC 1952. Its table is small, because a browser has to load it.
fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut at = 0;
        while at < 256 {
            let (mut value, mut bit) = (at as u32, 0);
            while bit < 8 {
                value = if value & 1 == 1 { 0xedb8_8320 ^ value >> 1 } else { value >> 1 };
                bit += 1;
            }
            table[at] = value;
            at += 1;
        }
        table
    };
    !bytes.iter().fold(!0, |crc, byte| TABLE.get(usize::from(crc as u8 ^ byte)).map_or(0, |entry| entry ^ crc >> 8))
}

/// What follows the header and its optional extra field, name, comment and checksum; reserved flags are refused.
fn after_header(stream: &[u8]) -> Option<&[u8]> {
    let (&[0x1f, 0x8b, 8, flags, ..], mut rest) = stream.split_first_chunk::<10>()? else { return None };
    if flags & 0xe0 != 0 {
        return None;
    }
    if flags & 4 != 0 {
        let (length, after) = rest.split_first_chunk::<2>()?;
        rest = after.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    for text_flag in [8, 16] {
        if flags & text_flag != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = rest.get(end + 1..)?;
        }
    }
    if flags & 2 != 0 { rest.get(2..) } else { Some(rest) }
}

impl From<InflateError> for StatusError {
    fn from(error: InflateError) -> StatusError {
        match error {
            InflateError::Malformed => StatusError::Compression,
            InflateError::TooLarge => StatusError::TooLarge,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_reads_back_and_any_damage_is_noticed() {
        let stream = gzip(b"hello hello hello");
        assert_eq!(gunzip(&stream, 17), Ok(b"hello hello hello".to_vec()));
        assert_eq!(gunzip(&stream, 16), Err(StatusError::TooLarge));
        // The text flag, the time, the extra flags and the system (bytes 3 to 9) mean nothing; every other byte does.
        for at in (0..3).chain(10..stream.len()) {
            let mut damaged = stream.clone();
            damaged[at] ^= 1;
            assert!(gunzip(&damaged, 1000).is_err(), "byte {at}");
        }
        assert!(gunzip(&[&stream[..], &stream[..]].concat(), 1000).is_err());
        assert!(gunzip(&stream[..9], 1000).is_err());
    }

    #[test]
    fn the_checksum_is_the_one_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn optional_header_fields_are_skipped() {
        let plain = gzip(b"x");
        let mut named = plain[..3].to_vec();
        named.push(4 | 8 | 16 | 2);
        named.extend_from_slice(&plain[4..10]);
        named.extend_from_slice(b"\x02\x00ABname\0comment\0\x12\x34");
        named.extend_from_slice(&plain[10..]);
        assert_eq!(gunzip(&named, 10), Ok(b"x".to_vec()));
        let mut reserved = plain;
        reserved[3] = 0x20;
        assert!(gunzip(&reserved, 10).is_err(), "a reserved flag may mean another layout");
    }
}
