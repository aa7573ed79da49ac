//! Reads JSON (RFC 8259) for derived parsers. Stricter than a general reader and a fraction of its size, which a browser has to load:
//! an object is never written as an array of its values, numbers are whole, and a refusal has no words, because it needs none here.

use alloc::borrow::Cow;
use core::fmt;
use serde::de::{self, Deserialize, DeserializeSeed, IntoDeserializer, Visitor};

/// How deep arrays and objects may lie in each other.
const DEPTH_MAX: u8 = 64;

/// It cannot be read.
#[derive(Debug)]
pub(super) struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the expected JSON")
    }
}

impl core::error::Error for Refused {}

impl de::Error for Refused {
    fn custom<T: fmt::Display>(_: T) -> Refused {
        Refused
    }
}

/// Reads one value and nothing after it.
pub(super) fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, Refused> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let value = T::deserialize(&mut reader)?;
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(Refused),
    }
}

struct Reader<'de> {
    text: &'de str,
    /// The next byte; always at the border of a character.
    at: usize,
    depth: u8,
}

impl<'de> Reader<'de> {
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.byte() {
            self.at += 1;
        }
        self.byte()
    }

    fn expect(&mut self, wanted: u8) -> Result<(), Refused> {
        if self.peek() != Some(wanted) {
            return Err(Refused);
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self, word: &str) -> Result<(), Refused> {
        self.peek();
        let rest = self.text.get(self.at..).ok_or(Refused)?;
        if !rest.starts_with(word) {
            return Err(Refused);
        }
        self.at += word.len();
        Ok(())
    }

    /// Up to the next byte of a string that is not itself.
    fn plain(&mut self) -> Result<&'de str, Refused> {
        let rest = self.text.get(self.at..).ok_or(Refused)?;
        let length = rest.bytes().position(|b| matches!(b, b'"' | b'\\' | 0..0x20)).ok_or(Refused)?;
        self.at += length;
        rest.get(..length).ok_or(Refused)
    }

    /// A string, borrowed where it has no escapes.
    fn string(&mut self) -> Result<Cow<'de, str>, Refused> {
        self.expect(b'"')?;
        let mut text = Cow::Borrowed(self.plain()?);
        loop {
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => {
                    let escaped = self.escape()?;
                    let whole = text.to_mut();
                    whole.push(escaped);
                    whole.push_str(self.plain()?);
                }
                _ => return Err(Refused),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Refused> {
        self.at += 1;
        let kind = self.byte().ok_or(Refused)?;
        self.at += usize::from(kind.is_ascii());
        Ok(match kind {
            b'"' | b'\\' | b'/' => char::from(kind),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.hex()?;
                let code = if (0xd800..0xdc00).contains(&first) {
                    self.word_here("\\u")?;
                    let second = self.hex()?.checked_sub(0xdc00).filter(|low| *low < 0x400).ok_or(Refused)?;
                    0x1_0000 + ((first - 0xd800) << 10 | second)
                } else {
                    first
                };
                char::from_u32(code).ok_or(Refused)?
            }
            _ => return Err(Refused),
        })
    }

    fn word_here(&mut self, word: &str) -> Result<(), Refused> {
        if self.byte() == word.bytes().next() { self.word(word) } else { Err(Refused) }
    }

    fn hex(&mut self) -> Result<u32, Refused> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(Refused)?;
        self.at += 4;
        digits.chars().try_fold(0, |value, digit| Some(value << 4 | digit.to_digit(16)?)).ok_or(Refused)
    }

    /// Skips decimal digits, of which there is at least one.
    fn digits(&mut self) -> Result<(), Refused> {
        let from = self.at;
        while self.byte().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at > from { Ok(()) } else { Err(Refused) }
    }

    /// A number as it is written, and whether it is written as a whole one.
    fn number(&mut self) -> Result<(&'de str, bool), Refused> {
        self.peek();
        let from = self.at;
        self.at += usize::from(self.byte() == Some(b'-'));
        match self.byte() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        let whole_end = self.at;
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok((self.text.get(from..self.at).ok_or(Refused)?, self.at == whole_end))
    }

    /// A whole number that `i64` or `u64` holds.
    fn integer<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Refused> {
        let (digits, is_whole) = self.number()?;
        if !is_whole || digits == "-0" {
            return Err(Refused);
        }
        if digits.starts_with('-') {
            visitor.visit_i64(digits.parse().map_err(|_| Refused)?)
        } else {
            visitor.visit_u64(digits.parse().map_err(|_| Refused)?)
        }
    }

    /// What lies between two brackets.
    fn inside<T>(&mut self, open: u8, close: u8, read: impl FnOnce(&mut Self) -> Result<T, Refused>) -> Result<T, Refused> {
        self.expect(open)?;
        self.depth = self.depth.checked_add(1).filter(|depth| *depth <= DEPTH_MAX).ok_or(Refused)?;
        let value = read(self)?;
        self.depth -= 1;
        self.expect(close)?;
        Ok(value)
    }

    fn list<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Refused> {
        self.inside(b'[', b']', |reader| visitor.visit_seq(Items { reader, is_first: true }))
    }

    fn object<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Refused> {
        self.inside(b'{', b'}', |reader| visitor.visit_map(Items { reader, is_first: true }))
    }

    fn text<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Refused> {
        match self.string()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn none<V: Visitor<'de>>(&mut self, _: V) -> Result<V::Value, Refused> {
        Err(Refused)
    }

    /// Skips one value of any kind.
    fn skip(&mut self) -> Result<(), Refused> {
        match self.peek().ok_or(Refused)? {
            b'"' => self.string().map(drop),
            b'[' => self.list(de::IgnoredAny).map(drop),
            b'{' => self.object(de::IgnoredAny).map(drop),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => self.number().map(drop),
        }
    }
}

/// The items of an array or the members of an object, up to the closing bracket.
struct Items<'r, 'de> {
    reader: &'r mut Reader<'de>,
    is_first: bool,
}

impl Items<'_, '_> {
    /// Whether another one comes; the comma before it is read.
    fn is_next(&mut self, close: u8) -> Result<bool, Refused> {
        if self.reader.peek() == Some(close) {
            return Ok(false);
        }
        if !core::mem::take(&mut self.is_first) {
            self.reader.expect(b',')?;
        }
        Ok(true)
    }
}

impl<'de> de::SeqAccess<'de> for Items<'_, 'de> {
    type Error = Refused;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Refused> {
        if self.is_next(b']')? { seed.deserialize(&mut *self.reader).map(Some) } else { Ok(None) }
    }
}

impl<'de> de::MapAccess<'de> for Items<'_, 'de> {
    type Error = Refused;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Refused> {
        if self.is_next(b'}')? { seed.deserialize(&mut *self.reader).map(Some) } else { Ok(None) }
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Refused> {
        self.reader.expect(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}

/// An enum: `"variant"`, or `{"variant":content}`.
impl<'de> de::VariantAccess<'de> for &mut Reader<'de> {
    type Error = Refused;

    fn unit_variant(self) -> Result<(), Refused> {
        Err(Refused)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Refused> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Refused> {
        self.list(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Refused> {
        self.object(visitor)
    }
}

impl<'de> de::EnumAccess<'de> for &mut Reader<'de> {
    type Error = Refused;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Refused> {
        let name = seed.deserialize(&mut *self)?;
        self.expect(b':')?;
        Ok((name, self))
    }
}

/// Sends the methods of the left to the one on the right.
macro_rules! all {
    ($method:ident: $($name:ident)+) => {
        $(fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
            self.$method(visitor)
        })+
    };
}

impl<'de> de::Deserializer<'de> for &mut Reader<'de> {
    type Error = Refused;

    all!(integer: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64);
    all!(text: deserialize_str);
    all!(list: deserialize_seq);
    all!(object: deserialize_map);
    // Nothing signed or sent has these.
    all!(none: deserialize_any deserialize_f32 deserialize_f64 deserialize_char deserialize_bytes deserialize_byte_buf deserialize_unit);

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        visitor.visit_string(self.string()?.into_owned())
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        visitor.visit_str(&self.string()?)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        let is_true = self.peek() == Some(b't');
        self.word(if is_true { "true" } else { "false" })?;
        visitor.visit_bool(is_true)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        if self.peek() != Some(b'n') {
            return visitor.visit_some(self);
        }
        self.word("null")?;
        visitor.visit_none()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Refused> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Refused> {
        self.none(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Refused> {
        self.list(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(self, _: &'static str, _: usize, visitor: V) -> Result<V::Value, Refused> {
        self.list(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Refused> {
        self.object(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Refused> {
        match self.peek() {
            Some(b'"') => {
                let name = self.string()?;
                visitor.visit_enum(name.into_deserializer())
            }
            _ => self.inside(b'{', b'}', |reader| visitor.visit_enum(reader)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.skip()?;
        visitor.visit_unit()
    }
}

#[cfg(test)]
mod tests;
