//! A DEFLATE encoder (RFC 1951) for texts of a few hundred bytes after a preset dictionary: one block with the fixed codes, and the
//! cheapest of all possible parses, found from the end backwards. The same text always gives the same bytes.

use alloc::vec;
use alloc::vec::Vec;

const MIN_MATCH: usize = 3;
const MAX_MATCH: usize = 258;
/// That there is no place.
const NOWHERE: u32 = u32::MAX;

/// Lowest length of each length code from 257 on, and its extra bits.
const LENGTHS: [(usize, u32); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];

/// Lowest distance of each distance code, and its extra bits.
const DISTANCES: [(usize, u32); 30] = [
    (1, 0),
    (2, 0),
    (3, 0),
    (4, 0),
    (5, 1),
    (7, 1),
    (9, 2),
    (13, 2),
    (17, 3),
    (25, 3),
    (33, 4),
    (49, 4),
    (65, 5),
    (97, 5),
    (129, 6),
    (193, 6),
    (257, 7),
    (385, 7),
    (513, 8),
    (769, 8),
    (1025, 9),
    (1537, 9),
    (2049, 10),
    (3073, 10),
    (4097, 11),
    (6145, 11),
    (8193, 12),
    (12289, 12),
    (16385, 13),
    (24577, 13),
];

/// What stands at a place of the text in the cheapest parse.
#[derive(Clone, Copy)]
enum Token {
    Literal(u8),
    Match { length: usize, distance: usize },
}

/// Compresses `text` as it would follow `dictionary`.
pub(super) fn deflate(text: &[u8], dictionary: &[u8]) -> Vec<u8> {
    let window = [dictionary, text].concat();
    let tokens = cheapest_parse(&window, dictionary.len());
    let mut out = BitWriter::default();
    out.bits(0b011, 3); // last block, fixed codes
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += match *token {
            Token::Literal(byte) => {
                out.symbol(usize::from(byte));
                1
            }
            Token::Match { length, distance } => {
                let (code, base, extra) = bucket(&LENGTHS, length);
                out.symbol(257 + code);
                out.bits((length - base) as u32, extra);
                let (code, base, extra) = bucket(&DISTANCES, distance);
                out.code(code as u32, 5);
                out.bits((distance - base) as u32, extra);
                length
            }
        };
    }
    out.symbol(256);
    out.finish()
}

/// For each place of `window` from `start`, the first token of the parse that costs the fewest bits from there to the end.
fn cheapest_parse(window: &[u8], start: usize) -> Vec<Token> {
    let count = window.len() - start;
    let mut cost = vec![0u32; count + 1];
    let mut tokens = vec![Token::Literal(0); count];
    let earlier = earlier_places(window);
    for at in (0..count).rev() {
        let here = start + at;
        let byte = window[here];
        let mut best = (cost[at + 1] + symbol_bits(usize::from(byte)), Token::Literal(byte));
        let mut longest = MIN_MATCH - 1;
        let most = (count - at).min(MAX_MATCH);
        // Nearest first: a match that is further away is only worth a look where it is longer.
        let mut place = earlier[here];
        while place != NOWHERE && longest < most {
            let from = place as usize;
            place = earlier[from];
            if window[from + longest] != window[here + longest] {
                continue;
            }
            let length = common_prefix(window, from, here, most);
            let far = distance_bits(here - from);
            while longest < length {
                longest += 1;
                let price = cost[at + longest] + u32::from(LENGTH_BITS[longest]) + far;
                if price < best.0 {
                    best = (price, Token::Match { length: longest, distance: here - from });
                }
            }
        }
        (cost[at], tokens[at]) = best;
    }
    tokens
}

/// For each place, the nearest earlier one where the same three bytes may stand (a hash of them is the same).
fn earlier_places(window: &[u8]) -> Vec<u32> {
    let mut latest = [NOWHERE; 2_048];
    let mut earlier = vec![NOWHERE; window.len()];
    for (at, three) in window.windows(MIN_MATCH).enumerate() {
        let hash = three.iter().fold(0usize, |hash, byte| hash * 113 + usize::from(*byte)) % latest.len();
        earlier[at] = core::mem::replace(&mut latest[hash], at as u32);
    }
    earlier
}

/// How many bytes from `from` and from `here` are alike, at most `most`.
fn common_prefix(window: &[u8], from: usize, here: usize, most: usize) -> usize {
    window[here..].iter().take(most).zip(&window[from..]).take_while(|(a, b)| a == b).count()
}

/// What each length of a match costs, in bits.
const LENGTH_BITS: [u8; MAX_MATCH + 1] = {
    let mut bits = [0; MAX_MATCH + 1];
    let (mut length, mut code) = (MIN_MATCH, 0);
    while length <= MAX_MATCH {
        if code + 1 < LENGTHS.len() && LENGTHS[code + 1].0 <= length {
            code += 1;
        }
        bits[length] = (symbol_bits(257 + code) + LENGTHS[code].1) as u8;
        length += 1;
    }
    bits
};

/// What a distance costs, in bits.
fn distance_bits(distance: usize) -> u32 {
    5 + bucket(&DISTANCES, distance).2
}

/// The last entry at or below `value`: its place, its base and its extra bits.
fn bucket(table: &[(usize, u32)], value: usize) -> (usize, usize, u32) {
    let code = table.partition_point(|(base, _)| *base <= value).saturating_sub(1);
    let (base, extra) = table[code];
    (code, base, extra)
}

/// The length of a fixed literal or length code (RFC 1951 section 3.2.6).
const fn symbol_bits(symbol: usize) -> u32 {
    match symbol {
        0..=143 => 8,
        144..=255 => 9,
        256..=279 => 7,
        _ => 8,
    }
}

/// Packs bits into bytes from the lowest up.
#[derive(Default)]
struct BitWriter {
    bytes: Vec<u8>,
    pending: u64,
    count: u32,
}

impl BitWriter {
    /// Appends the low `count` bits, lowest first.
    fn bits(&mut self, value: u32, count: u32) {
        self.pending |= u64::from(value) << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push(self.pending as u8);
            self.pending >>= 8;
            self.count -= 8;
        }
    }

    /// Appends a Huffman code, highest bit first.
    fn code(&mut self, code: u32, length: u32) {
        self.bits(code.reverse_bits() >> (32 - length), length);
    }

    /// Appends the fixed code of a literal, a length or the end mark.
    fn symbol(&mut self, symbol: usize) {
        let value = symbol as u32;
        let code = match symbol {
            0..=143 => 0x30 + value,
            144..=255 => 0x190 + value - 144,
            256..=279 => value - 256,
            _ => 0xc0 + value - 280,
        };
        self.code(code, symbol_bits(symbol));
    }

    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.bytes.push(self.pending as u8);
        }
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inflate::{Wrapping, inflate};

    #[test]
    fn what_is_deflated_inflates_again_at_every_length_and_distance() {
        let mut noise = 1u32;
        let dictionary: Vec<u8> = core::iter::repeat_with(|| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (noise >> 24) as u8
        })
        .take(1_500)
        .collect();
        for (from, length) in [(0, 3), (0, 258), (0, 259), (1_497, 3), (700, 600), (10, 115), (1, 17), (5, 1_400)] {
            let text = &dictionary[from..(from + length).min(1_500)];
            let packed = deflate(text, &dictionary);
            assert!(packed.len() < 20 + length / 40);
            assert_eq!(inflate(&packed, &dictionary, 2_048, Wrapping::Raw).as_deref(), Ok(text));
        }
        for text in [&b""[..], b"a", &[0xff; 300], &dictionary[..400]] {
            assert_eq!(inflate(&deflate(text, b""), b"", 2_048, Wrapping::Raw).as_deref(), Ok(text));
        }
    }
}
