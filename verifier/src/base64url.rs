//! Strict base64url (RFC 4648 section 5): no padding, no stray bits, no white space.

use alloc::string::String;
use alloc::vec::Vec;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

coded_error! {
    /// Why a text is not strict base64url.
    Base64Error {
        /// A character outside the alphabet, padding, an impossible length, or bits that must be zero.
        Malformed = "base64url.malformed",
    }
}

/// Encodes bytes without padding.
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Appends the encoding of `bytes` to `text`.
pub fn encode_onto(bytes: &[u8], text: &mut String) {
    URL_SAFE_NO_PAD.encode_string(bytes, text);
}

/// Decodes; exactly one text decodes to given bytes, so a signed text cannot be altered without altering its bytes.
pub fn decode(text: &str) -> Result<Vec<u8>, Base64Error> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Base64Error::Malformed)
}

/// Decodes a text that must hold exactly `N` bytes.
pub fn decode_array<const N: usize>(text: &str) -> Result<[u8; N], Base64Error> {
    decode(text)?.try_into().map_err(|_| Base64Error::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_string_has_exactly_one_text() {
        assert_eq!(encode(&[0xfb, 0xff]), "-_8");
        assert_eq!(decode("-_8"), Ok([0xfb, 0xff].to_vec()));
        for stray in ["-_9", "-_8=", "+/8", "-_8 ", "-", "-_8\n", "é"] {
            assert_eq!(decode(stray), Err(Base64Error::Malformed), "{stray:?}");
        }
        assert!(decode_array::<3>("-_8").is_err());
    }
}
