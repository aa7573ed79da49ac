//! Reads JSON (RFC 8259) into a tree. Stricter than a general reader and a fraction of its size, which a browser has to load: numbers are
//! whole, and a refusal has no words, because it needs none here.

use super::Value;
use alloc::borrow::Cow;
use alloc::vec::Vec;

/// How deep arrays and objects may lie in each other.
const DEPTH_MAX: u8 = 64;

/// It cannot be read.
#[derive(Debug)]
pub(super) struct Refused;

/// Reads one value and nothing after it.
pub(super) fn read(text: &str) -> Result<Value<'_>, Refused> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let value = reader.value()?;
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

    /// A number; what is not whole, or too large, is kept as such.
    fn whole(&mut self) -> Result<Value<'de>, Refused> {
        let (digits, is_whole) = self.number()?;
        let whole = if is_whole && digits != "-0" { digits.parse().ok() } else { None };
        Ok(whole.map_or(Value::OtherNumber, Value::Whole))
    }

    fn value(&mut self) -> Result<Value<'de>, Refused> {
        match self.peek().ok_or(Refused)? {
            b'"' => self.string().map(Value::Text),
            b'[' => {
                let mut items = Vec::new();
                self.inside(b']', &mut |reader| {
                    items.push(reader.value()?);
                    Ok(())
                })?;
                Ok(Value::List(items))
            }
            b'{' => {
                let mut members = Vec::new();
                self.inside(b'}', &mut |reader| {
                    let name = reader.string()?;
                    reader.expect(b':')?;
                    members.push((name, reader.value()?));
                    Ok(())
                })?;
                Ok(Value::Object(members))
            }
            b't' => self.word("true").map(|()| Value::Bool(true)),
            b'f' => self.word("false").map(|()| Value::Bool(false)),
            b'n' => self.word("null").map(|()| Value::Null),
            _ => self.whole(),
        }
    }

    /// What lies between the bracket here and the one that closes it, item by item.
    fn inside(&mut self, close: u8, item: &mut dyn FnMut(&mut Self) -> Result<(), Refused>) -> Result<(), Refused> {
        self.at += 1;
        self.depth = self.depth.checked_add(1).filter(|depth| *depth <= DEPTH_MAX).ok_or(Refused)?;
        if self.peek() != Some(close) {
            item(self)?;
            while self.peek() == Some(b',') {
                self.at += 1;
                item(self)?;
            }
        }
        self.depth -= 1;
        self.expect(close)
    }
}

#[cfg(test)]
mod tests;
