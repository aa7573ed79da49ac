//! The table of texts that the cells of a workbook share: one text after the other in one piece of memory.

use quick_xml::events::Event;

use super::part::{Part, append, local, unescaped};
use crate::error::Error;

/// The shared texts.
#[derive(Debug, Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<usize>,
}

impl Strings {
    /// Reads the table. Runs of different looks are one text; readings above the characters are left out.
    pub fn read(mut part: Part<'_>) -> Result<Strings, Error> {
        let mut strings = Strings::default();
        let (mut text, mut in_text, mut in_reading) = (String::new(), false, false);
        while let Some(event) = part.next()? {
            match &event {
                Event::Start(start) => match local(start.name()) {
                    "si" => text.clear(),
                    "rPh" => in_reading = true,
                    "t" => in_text = !in_reading,
                    _ => {}
                },
                Event::End(end) => match local(end.name()) {
                    "si" => {
                        strings.text.push_str(&unescaped(&text));
                        strings.ends.push(strings.text.len());
                    }
                    "rPh" => in_reading = false,
                    "t" => in_text = false,
                    _ => {}
                },
                other if in_text => append(&mut text, other)?,
                _ => {}
            }
        }
        Ok(strings)
    }

    /// The text at an index from 0.
    pub fn get(&self, at: usize) -> Option<&str> {
        let start = if at == 0 { 0 } else { *self.ends.get(at - 1)? };
        self.text.get(start..*self.ends.get(at)?)
    }
}
