//! From text to modules, and from modules to SVG, PNG and terminal text.

use std::fmt::Write as _;

use image::ImageEncoder as _;
use image::codecs::png::PngEncoder;
use qrcode::bits::Bits;
use qrcode::{Color, EcLevel, QrCode, Version};

use super::QrError;
use crate::error::{Error, Fault};

/// Longest byte segment, in bytes. A URL prefix needs 30 to 60.
const PREFIX_BYTES_MAX: usize = 512;
/// Largest scale of a PNG: version 40 with its quiet zone is then 5,920 pixels wide.
const PIXELS_PER_MODULE_MAX: u8 = 32;
/// Light border that ISO/IEC 18004 requires on every side, in modules.
const QUIET_MODULES: usize = 4;
/// Longest title of an SVG, in characters.
const TITLE_CHARS_MAX: usize = 200;

/// Error correction. L is not offered: a printed card gets scratched, and a glossy screen reflects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Restores about 15% of the codewords: for screens.
    M,
    /// Restores about 25% of the codewords: for print.
    Q,
}

impl From<Level> for EcLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::M => EcLevel::M,
            Level::Q => EcLevel::Q,
        }
    }
}

/// A QR symbol: a square of dark and light modules, without its quiet zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    version: u8,
    width: usize,
    dark: Vec<bool>,
}

impl Matrix {
    /// Encodes exactly two segments, `prefix` in byte mode and `digits` in numeric mode, in the smallest version that holds
    /// them at `level`. A general encoder would choose other segments for a prefix that ends in digits; HF1 fixes these two.
    ///
    /// Errors: [`QrError::Prefix`], [`QrError::Digits`], [`QrError::TooLong`].
    pub fn encode(prefix: &str, digits: &str, level: Level) -> Result<Self, QrError> {
        let printable = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
        if prefix.is_empty() || prefix.len() > PREFIX_BYTES_MAX || !prefix.bytes().all(printable) {
            return Err(QrError::Prefix);
        }
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(QrError::Digits);
        }
        (1..=40).find_map(|version| Self::in_version(version, prefix, digits, level.into())).ok_or(QrError::TooLong)
    }

    fn in_version(version: u8, prefix: &str, digits: &str, level: EcLevel) -> Option<Self> {
        let mut bits = Bits::new(Version::Normal(version.into()));
        bits.push_byte_data(prefix.as_bytes()).ok()?;
        bits.push_numeric_data(digits.as_bytes()).ok()?;
        bits.push_terminator(level).ok()?;
        let code = QrCode::with_bits(bits, level).ok()?;
        let width = code.width();
        let dark = code.into_colors().into_iter().map(|color| color == Color::Dark).collect();
        Some(Self { version, width, dark })
    }

    /// The symbol's version, 1 to 40.
    pub fn version(&self) -> u8 {
        self.version
    }

    /// Modules along one side, quiet zone excluded: 17 + 4 per version.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Modules along one side, quiet zone included.
    fn framed_width(&self) -> usize {
        self.width + 2 * QUIET_MODULES
    }

    /// The rows top to bottom, quiet zone included; `true` is dark.
    fn framed_rows(&self) -> Vec<Vec<bool>> {
        let blank = vec![false; self.framed_width()];
        let mut rows = vec![blank.clone(); QUIET_MODULES];
        for modules in self.dark.chunks(self.width) {
            let side = [false; QUIET_MODULES];
            rows.push([&side[..], modules, &side[..]].concat());
        }
        rows.resize(self.framed_width(), blank);
        rows
    }

    /// An SVG 1.1 document, one unit a module, black on white in a single path. `title` is what a screen reader says; it is
    /// escaped, characters XML forbids are left out, and only its first 200 characters are kept.
    pub fn to_svg(&self, title: &str) -> String {
        let side = self.framed_width();
        let mut path = String::new();
        for (y, row) in self.framed_rows().iter().enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                if run.first() == Some(&true) {
                    let length = run.len();
                    // Writing to a String cannot fail.
                    let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
                }
                x += run.len();
            }
        }
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" role=\"img\" \
             shape-rendering=\"crispEdges\"><title>{}</title><path fill=\"#fff\" d=\"M0 0h{side}v{side}h-{side}z\"/>\
             <path fill=\"#000\" d=\"{path}\"/></svg>",
            escaped(title)
        )
    }

    /// A PNG file, 8 bits of gray a pixel (0 dark, 255 light), `pixels_per_module` 1 to 32.
    ///
    /// Errors: [`QrError::PixelsPerModule`]; a fault if the encoder fails, which no scale in range should cause.
    pub fn to_png(&self, pixels_per_module: u8) -> Result<Vec<u8>, Error> {
        if !(1..=PIXELS_PER_MODULE_MAX).contains(&pixels_per_module) {
            return Err(QrError::PixelsPerModule.at("pixels_per_module").into());
        }
        let scale = usize::from(pixels_per_module);
        let side = self.framed_width() * scale;
        let mut pixels = Vec::with_capacity(side * side);
        for row in self.framed_rows() {
            let line: Vec<u8> = row.iter().flat_map(|&dark| std::iter::repeat_n(if dark { 0 } else { 255 }, scale)).collect();
            for _ in 0..scale {
                pixels.extend_from_slice(&line);
            }
        }
        let side = u32::try_from(side).map_err(Fault::new)?;
        let mut file = Vec::new();
        PngEncoder::new(&mut file).write_image(&pixels, side, side, image::ExtendedColorType::L8).map_err(Fault::new)?;
        Ok(file)
    }

    /// Lines of Unicode half blocks, two modules high and one wide a character, quiet zone included. Blocks are the dark
    /// modules, so plain text suits a light background; `ansi` sets black on white whatever the terminal's colours are.
    pub fn to_terminal(&self, ansi: bool) -> String {
        let (begin, end) = if ansi { ("\x1b[38;5;16;48;5;231m", "\x1b[0m") } else { ("", "") };
        let mut text = String::new();
        for pair in self.framed_rows().chunks(2) {
            let upper = pair.first().into_iter().flatten();
            // The number of rows is odd: the last line has no lower half.
            let lower = pair.get(1).into_iter().flatten().chain(std::iter::repeat(&false));
            text.push_str(begin);
            text.extend(upper.zip(lower).map(|halves| match halves {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            }));
            text.push_str(end);
            text.push('\n');
        }
        text
    }
}

/// XML 1.0 character data: markup escaped, forbidden control characters and non-characters left out.
fn escaped(title: &str) -> String {
    let mut text = String::new();
    for character in title.chars().take(TITLE_CHARS_MAX) {
        match character {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\'' => text.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => {}
            c => text.push(c),
        }
    }
    text
}
