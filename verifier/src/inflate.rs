//! Decompression with a cap: the only way in which this crate inflates anything.

use alloc::vec;
use alloc::vec::Vec;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{TINFL_FLAG_COMPUTE_ADLER32, TINFL_FLAG_PARSE_ZLIB_HEADER, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

/// How the stream is wrapped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrapping {
    /// Raw DEFLATE (RFC 1951).
    Raw,
    /// zlib (RFC 1950), its checksum verified.
    Zlib,
}

/// Why a stream was not inflated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InflateError {
    /// Not a stream, cut short, or followed by more bytes.
    Malformed,
    /// Inflates to more than the limit.
    TooLarge,
}

/// Inflates exactly `input`, after `dictionary` as if it had just been inflated, to at most `limit` bytes.
pub(crate) fn inflate(input: &[u8], dictionary: &[u8], limit: usize, wrapping: Wrapping) -> Result<Vec<u8>, InflateError> {
    let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF
        | match wrapping {
            Wrapping::Raw => 0,
            Wrapping::Zlib => TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_COMPUTE_ADLER32,
        };
    // One byte above the limit, so that a stream of exactly the limit can reach its end mark.
    let ceiling = dictionary.len() + limit + 1;
    let mut output = vec![0; ceiling.min(dictionary.len() + input.len().saturating_mul(4) + 64)];
    output.get_mut(..dictionary.len()).ok_or(InflateError::TooLarge)?.copy_from_slice(dictionary);
    let mut state = DecompressorOxide::new();
    let (mut consumed, mut written) = (0, dictionary.len());
    loop {
        let rest = input.get(consumed..).unwrap_or_default();
        let (status, read, wrote) = decompress(&mut state, rest, &mut output, written, flags);
        consumed += read;
        written += wrote;
        match status {
            _ if written == ceiling => return Err(InflateError::TooLarge),
            TINFLStatus::Done if consumed == input.len() => break,
            TINFLStatus::HasMoreOutput => output.resize(ceiling.min(output.len().saturating_mul(2)), 0),
            _ => return Err(InflateError::Malformed),
        }
    }
    output.truncate(written);
    output.drain(..dictionary.len());
    Ok(output)
}

#[cfg(test)]
mod tests {
    use super::*;
    use miniz_oxide::deflate::{compress_to_vec, compress_to_vec_zlib};

    #[test]
    fn the_cap_is_exact_and_the_end_is_the_end() {
        let zeros = vec![0; 1000];
        for (wrapping, stream) in [(Wrapping::Raw, compress_to_vec(&zeros, 9)), (Wrapping::Zlib, compress_to_vec_zlib(&zeros, 9))] {
            assert_eq!(inflate(&stream, b"", 1000, wrapping), Ok(zeros.clone()));
            assert_eq!(inflate(&stream, b"", 999, wrapping), Err(InflateError::TooLarge));
            assert_eq!(inflate(&stream[..stream.len() - 1], b"", 1000, wrapping), Err(InflateError::Malformed));
            assert_eq!(inflate(&[&stream[..], &[0]].concat(), b"", 1000, wrapping), Err(InflateError::Malformed));
        }
        assert_eq!(inflate(&[], b"", 10, Wrapping::Raw), Err(InflateError::Malformed));
        assert_eq!(inflate(&[], b"abc", 0, Wrapping::Raw), Err(InflateError::Malformed));
    }
}
