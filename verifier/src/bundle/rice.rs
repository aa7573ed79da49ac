//! Golomb-Rice coded sets: sorted numbers as small differences, as BIP 158 codes its filters.
//!
//! The first number, and from then on each difference less one, is `q` ones, a zero, and the `k` low bits of what was coded, where `q` is
//! the rest of it. Bits are written from the high end of each byte, the last byte filled with zeros. One in a hundred costs about eight bits.

use crate::base64url;
use crate::json;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

/// The largest `k`: a difference below 2^32 with one bit of `q`.
const K_MAX: u8 = 32;

/// A set of numbers as it is written in a part.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct RiceSet {
    /// How many numbers there are.
    pub n: u32,
    /// How many low bits of each are written as they are.
    pub k: u8,
    /// The bits, base64url.
    pub bits: String,
}

json::from_members!(RiceSet { n, k, bits });

impl RiceSet {
    /// Encodes strictly rising numbers, with the smallest `k` that gives the fewest bits.
    pub fn encode(numbers: &[u64]) -> RiceSet {
        let k = shortest(numbers);
        let mut bits = Writer::default();
        for gap in gaps(numbers) {
            for _ in 0..gap >> k {
                bits.push(true);
            }
            bits.push(false);
            for at in (0..k).rev() {
                bits.push(gap >> at & 1 == 1);
            }
        }
        RiceSet { n: numbers.len() as u32, k, bits: base64url::encode(&bits.bytes) }
    }

    /// Whether it is the coding of no number.
    pub const fn is_empty(&self) -> bool {
        self.n == 0 && self.k == 0 && self.bits.is_empty()
    }

    /// Decodes numbers below `end`; `None` unless it is exactly what [`RiceSet::encode`] writes.
    pub fn decode(&self, end: u64) -> Option<Vec<u64>> {
        let bytes = base64url::decode(&self.bits).ok()?;
        // Each number takes more than `k` bits, so a short text cannot ask for much memory.
        if self.k > K_MAX || u64::from(self.n) * (u64::from(self.k) + 1) > bytes.len() as u64 * 8 {
            return None;
        }
        let mut bits = Reader { bytes: &bytes, at: 0 };
        let mut numbers = Vec::with_capacity(self.n as usize);
        let mut next = 0_u64;
        for _ in 0..self.n {
            let mut gap = 0_u64;
            while bits.next()? {
                gap += 1;
            }
            for _ in 0..self.k {
                gap = gap << 1 | u64::from(bits.next()?);
            }
            let number = next.checked_add(gap).filter(|number| *number < end)?;
            numbers.push(number);
            next = number + 1;
        }
        (bits.is_at_end() && self.k == shortest(&numbers)).then_some(numbers)
    }
}

/// The smallest `k` that gives the fewest bits. The bits fall and then rise with `k`, so the first `k` that does not save any ends the search.
fn shortest(numbers: &[u64]) -> u8 {
    let bits = |k: u8| gaps(numbers).map(|gap| (gap >> k) + 1 + u64::from(k)).sum::<u64>();
    let (mut k, mut fewest) = (0, bits(0));
    while k < K_MAX {
        let next = bits(k + 1);
        if next >= fewest {
            break;
        }
        (k, fewest) = (k + 1, next);
    }
    k
}

fn gaps(numbers: &[u64]) -> impl Iterator<Item = u64> + '_ {
    let before = core::iter::once(0).chain(numbers.iter().map(|number| number + 1));
    numbers.iter().zip(before).map(|(number, before)| number.saturating_sub(before))
}

#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    used: u8,
}

impl Writer {
    fn push(&mut self, bit: bool) {
        if self.used == 0 {
            self.bytes.push(0);
        }
        if let Some(last) = self.bytes.last_mut() {
            *last |= u8::from(bit) << (7 - self.used);
        }
        self.used = (self.used + 1) % 8;
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<bool> {
        let byte = self.bytes.get(self.at / 8)?;
        let bit = byte >> (7 - self.at % 8) & 1 == 1;
        self.at += 1;
        Some(bit)
    }

    /// Whether only the zeros that fill the last byte are left.
    fn is_at_end(&self) -> bool {
        let left = self.bytes.len() * 8 - self.at;
        let fill = self.bytes.last().is_none_or(|last| left < 8 && last & ((1_u8 << left) - 1) == 0);
        left < 8 && fill
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn an_example_by_hand() {
        // 3, 4, 9: coded 3, 0, 4. k = 1: 3 is 10 1, 0 is 0 0, 4 is 110 0; in all 1010 0110 0, filled up.
        let set = RiceSet { n: 3, k: 1, bits: base64url::encode(&[0b1010_0110, 0b0000_0000]) };
        assert_eq!(set.decode(10), Some(vec![3, 4, 9]));
        assert_eq!(set.decode(9), None, "9 is not below 9");
        assert_eq!(RiceSet::encode(&[3, 4, 9]), set);
        assert_eq!(RiceSet::encode(&[]), RiceSet::default());
    }

    #[test]
    fn bits_left_over_and_bits_that_lack_are_refused() {
        let set = RiceSet::encode(&[5, 500, 50_000]);
        assert_eq!(set.decode(u64::MAX), Some(vec![5, 500, 50_000]));
        for n in [0, 1, 2, 4, u32::MAX] {
            assert_eq!(RiceSet { n, ..set.clone() }.decode(u64::MAX), None, "{n}");
        }
        let mut bytes = base64url::decode(&set.bits).expect("base64url");
        bytes.push(0);
        assert_eq!(RiceSet { bits: base64url::encode(&bytes), ..set.clone() }.decode(u64::MAX), None);
        assert_eq!(RiceSet { k: 33, ..set }.decode(u64::MAX), None);
    }
}
