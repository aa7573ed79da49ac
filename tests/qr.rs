//! Symbols are drawn, spoiled the way paper, screens and cameras spoil them, and read back, by our reader and by zbarimg.

mod pictures;

use std::process::Command;

use hufu::error::Error;
use hufu::qr::{Level, Matrix, QrError, read_picture};
use image::imageops::{overlay, resize};
use image::{DynamicImage, GrayAlphaImage, GrayImage, ImageFormat, Luma, LumaA};
use pictures::{PREFIX, WHITE, digits, drawn, gray, noise, png, spoiled, turned};
use proptest::prelude::*;
use rxing::common::HybridBinarizer;
use rxing::qrcode::QRCodeReader;
use rxing::{BinaryBitmap, Luma8LuminanceSource, Reader as _};

fn text(count: usize) -> String {
    PREFIX.to_owned() + &digits(count)
}

fn read(picture: GrayImage) -> Result<Vec<String>, QrError> {
    read_picture(&png(picture))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_card_text_is_read_back_from_its_png(
        prefix in "https://[a-z]{4,12}\\.example/[a-z0-9/]{1,10}#",
        digits in "[0-9]{100,700}",
        print in any::<bool>(),
        pixels_per_module in 3u8..=6,
    ) {
        let level = if print { Level::Q } else { Level::M };
        let png = Matrix::encode(&prefix, &digits, level).unwrap().to_png(pixels_per_module).unwrap();
        prop_assert_eq!(read_picture(&png), Ok(vec![prefix + &digits]));
    }

    #[test]
    fn bytes_that_are_no_picture_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        prop_assert_eq!(read_picture(&bytes), Err(QrError::PictureUnreadable));
    }

    #[test]
    fn a_damaged_picture_gives_the_true_text_or_an_error(position in any::<prop::sample::Index>(), value in any::<u8>(), cut in any::<bool>()) {
        let mut png = Matrix::encode(PREFIX, &digits(300), Level::M).unwrap().to_png(3).unwrap();
        let position = position.index(png.len());
        if cut { png.truncate(position) } else { png[position] = value }
        if let Ok(texts) = read_picture(&png) {
            prop_assert_eq!(texts, vec![text(300)]);
        }
    }

    #[test]
    fn noise_is_no_code(seed in any::<u64>(), side in 1u32..200) {
        let mut noise = noise(seed);
        let picture = GrayImage::from_fn(side, side, |_, _| Luma([(noise.next().unwrap() >> 24) as u8]));
        prop_assert_eq!(read(picture), Err(QrError::NoCode));
    }
}

#[test]
fn a_spoiled_symbol_is_still_read() {
    for (level, count, pixels_per_module) in [(Level::M, 520, 3), (Level::Q, 600, 3), (Level::M, 700, 4), (Level::Q, 520, 4)] {
        for (how, picture) in spoiled(&drawn(count, level, pixels_per_module)) {
            assert_eq!(read(picture), Ok(vec![text(count)]), "{level:?} {count} at {pixels_per_module} pixels {how}");
        }
    }
}

#[test]
fn a_jpeg_of_low_quality_is_read() {
    let tilted = turned(&drawn(520, Level::Q, 4), 3.0);
    let mut jpeg = Vec::new();
    tilted.write_with_encoder(image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 30)).unwrap();
    assert_eq!(read_picture(&jpeg), Ok(vec![text(520)]));
}

#[test]
fn a_large_grainy_photograph_is_read() {
    let mut noise = noise(1);
    let mut grainy = drawn(520, Level::Q, 16);
    for pixel in grainy.pixels_mut() {
        let number = noise.next().unwrap();
        if number >> 30 == 0 {
            *pixel = Luma([number as u8]);
        }
    }
    assert_eq!(read(grainy), Ok(vec![text(520)]));
}

#[test]
fn a_small_code_in_a_large_photograph_is_read() {
    let code = turned(&drawn(520, Level::Q, 3), 5.0);
    for (width, height, left, top) in [(4_000, 3_000, 2_900, 1_300), (9_000, 500, 8_000, 20)] {
        let mut table = GrayImage::from_pixel(width, height, Luma([180]));
        overlay(&mut table, &code, left, top);
        assert_eq!(read(table), Ok(vec![text(520)]), "{width} by {height}");
    }
}

#[test]
fn every_code_on_a_sheet_is_read_once() {
    let mut sheet = GrayImage::from_pixel(1_400, 900, WHITE);
    let counts = [300, 400, 520];
    for (left, count) in [40, 490, 940].into_iter().zip(counts) {
        let code = drawn(count, Level::M, 4);
        overlay(&mut sheet, &code, left, 60);
        overlay(&mut sheet, &code, left, 480);
    }
    let mut texts = read(sheet).unwrap();
    texts.sort_by_key(String::len);
    assert_eq!(texts, counts.map(text));
}

#[test]
fn a_code_on_a_transparent_background_is_read() {
    let opaque = drawn(300, Level::M, 4);
    let clear = GrayAlphaImage::from_fn(opaque.width(), opaque.height(), |x, y| LumaA([0, 255 - opaque.get_pixel(x, y).0[0]]));
    assert_eq!(read_picture(&png(clear)), Ok(vec![text(300)]));
}

#[test]
fn pictures_over_a_limit_are_refused() {
    assert_eq!(read_picture(&vec![0; (20 << 20) + 1]), Err(QrError::PictureTooLarge));
    for (width, height) in [(12_001, 1), (1, 12_001), (9_000, 9_000)] {
        let blank = png(GrayImage::from_pixel(width, height, WHITE));
        assert_eq!(read_picture(&blank), Err(QrError::PictureTooLarge), "{width} by {height}");
    }
    assert_eq!(read(GrayImage::from_pixel(12_000, 1, WHITE)), Err(QrError::NoCode));
}

#[test]
fn a_picture_full_of_finder_patterns_ends_as_no_code() {
    let flood = GrayImage::from_fn(2_000, 2_000, |x, y| {
        let ring = (x % 8).abs_diff(3).max((y % 8).abs_diff(3));
        Luma([if ring == 2 || ring == 4 { 255 } else { 0 }])
    });
    assert_eq!(read(flood), Err(QrError::NoCode));
}

/// What the fuzzer does for hours, for seconds: bits, cuts and doublings in real files, and pixels in the pictures themselves.
#[test]
fn an_altered_picture_is_read_or_refused_and_never_the_end_of_the_reader() {
    let clean = drawn(60, Level::Q, 3);
    let mut jpeg = Vec::new();
    DynamicImage::from(clean.clone()).write_to(&mut std::io::Cursor::new(&mut jpeg), ImageFormat::Jpeg).unwrap();
    let files = [png(clean.clone()), jpeg];
    let mut draw = noise(11).map(|number| number as usize);
    let mut next = |below: usize| draw.next().unwrap_or_default() % below.max(1);
    for round in 0..400 {
        let mut file = files[round % 2].clone();
        for _ in 0..=next(3) {
            let at = next(file.len());
            match next(4) {
                0 => file[at] ^= 1 << next(8),
                1 => file[at] = next(256) as u8,
                2 => file.truncate(at.max(8)),
                _ => file.extend_from_within(at..(at + next(64)).min(files[round % 2].len().min(file.len())).max(at)),
            }
        }
        let _ = read_picture(&file);
    }
    let drawn_text = text(60);
    for round in 0..60 {
        let mut picture = clean.clone();
        for _ in 0..=next(1 << (round % 12)) {
            let (x, y) = (next(picture.width() as usize) as u32, next(picture.height() as usize) as u32);
            picture.put_pixel(x, y, Luma([next(256) as u8]));
        }
        // Whatever is read is what was drawn: error correction makes no other text of it.
        match read(picture) {
            Ok(texts) => assert_eq!(texts, std::slice::from_ref(&drawn_text), "{round}"),
            Err(error) => assert_eq!((error, round % 12 > 5), (QrError::NoCode, true), "{round}"),
        }
    }
}

/// Reads fields of a bit stream, most significant bit first.
struct BitStream<'a>(&'a [u8], usize);

impl BitStream<'_> {
    fn take(&mut self, bits: usize) -> usize {
        let range = self.1..self.1 + bits;
        self.1 = range.end;
        range.fold(0, |value, at| value << 1 | usize::from(self.0[at / 8] >> (7 - at % 8) & 1))
    }
}

/// The data codewords of a symbol, as its error correction delivers them.
fn codewords(matrix: &Matrix) -> Vec<u8> {
    let picture = gray(&matrix.to_png(4).unwrap());
    let (width, height) = picture.dimensions();
    let source = Luma8LuminanceSource::new(picture.into_raw(), width, height).unwrap();
    let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
    QRCodeReader::new().decode(&mut bitmap).unwrap().getRawBytes().to_vec()
}

#[test]
fn the_segments_are_the_prefix_in_byte_mode_and_the_digits_in_numeric_mode() {
    for (prefix, count) in [(PREFIX, 101), ("https://a.example/2026#", 520), (PREFIX, 1_402)] {
        let expected = digits(count);
        let matrix = Matrix::encode(prefix, &expected, Level::M).unwrap();
        let bytes = codewords(&matrix);
        let mut stream = BitStream(&bytes, 0);
        let (byte_count_bits, digit_count_bits) = match matrix.version() {
            1..=9 => (8, 10),
            10..=26 => (16, 12),
            _ => (16, 14),
        };
        assert_eq!(stream.take(4), 0b0100, "byte mode comes first");
        assert_eq!(stream.take(byte_count_bits), prefix.len());
        let bytes: Vec<u8> = prefix.bytes().map(|_| stream.take(8) as u8).collect();
        assert_eq!(bytes, prefix.as_bytes());
        assert_eq!(stream.take(4), 0b0001, "numeric mode comes second");
        assert_eq!(stream.take(digit_count_bits), count);
        for group in expected.as_bytes().chunks(3) {
            let group = std::str::from_utf8(group).unwrap();
            assert_eq!(stream.take(1 + 3 * group.len()), group.parse::<usize>().unwrap());
        }
        assert_eq!(stream.take(4), 0, "the terminator ends the data");
    }
}

#[test]
fn the_version_is_the_smallest_that_holds_the_segments() {
    // Data codewords of ISO/IEC 18004 table 7; the header is two mode indicators and two character counts.
    for (level, version, data_codewords) in [(Level::M, 9, 182), (Level::M, 10, 216), (Level::Q, 12, 206), (Level::Q, 14, 261)] {
        let header = if version < 10 { 4 + 8 + 4 + 10 } else { 4 + 16 + 4 + 12 };
        let bits = data_codewords * 8 - header - 8 * PREFIX.len();
        let most = bits / 10 * 3 + [0, 0, 0, 0, 1, 1, 1, 2, 2, 2][bits % 10];
        let fits = Matrix::encode(PREFIX, &digits(most), level).unwrap();
        assert_eq!((fits.version(), fits.width()), (version, 17 + 4 * usize::from(version)));
        let grown = Matrix::encode(PREFIX, &digits(most + 1), level).unwrap();
        assert_eq!(grown.version(), version + 1);
    }
}

#[test]
fn what_cannot_be_drawn_is_refused_by_name() {
    let code = |prefix: &str, digits: &str| Matrix::encode(prefix, digits, Level::Q).map_or_else(|error| error.code(), |_| "drawn");
    for prefix in ["", "https://虎符.example/#", "https://a.example/\n#", &"a".repeat(513)] {
        assert_eq!(code(prefix, "1"), "qr.prefix", "{prefix:?}");
    }
    for digits in ["", "12a", "-1", "1 2", "١٢"] {
        assert_eq!(code(PREFIX, digits), "qr.digits", "{digits:?}");
    }
    assert_eq!(code("a", &"7".repeat(3_984)), "drawn");
    assert_eq!(code("a", &"7".repeat(3_985)), "qr.too_long");
    let matrix = Matrix::encode(PREFIX, "1", Level::Q).unwrap();
    for scale in [0, 33, 255] {
        assert!(
            matches!(matrix.to_png(scale), Err(Error::Refusal(refusal)) if refusal == QrError::PixelsPerModule.at("pixels_per_module")),
            "{scale}"
        );
    }
}

/// One pixel a module, quiet zone included: the reference for the other renderings.
fn modules(matrix: &Matrix) -> GrayImage {
    gray(&matrix.to_png(1).unwrap())
}

#[test]
fn the_png_has_a_quiet_zone_of_four_light_modules_and_square_modules() {
    let matrix = Matrix::encode(PREFIX, &digits(520), Level::M).unwrap();
    let picture = modules(&matrix);
    let side = matrix.width() as u32;
    assert_eq!(picture.dimensions(), (side + 8, side + 8));
    let frame = |at: u32| at < 4 || at >= side + 4;
    assert!(picture.enumerate_pixels().all(|(x, y, pixel)| *pixel == WHITE || !(frame(x) || frame(y))));
    for corner in [(4, 4), (side + 3, 4), (4, side + 3)] {
        assert_eq!(picture.get_pixel(corner.0, corner.1), &Luma([0]), "the corner of a finder pattern");
    }
    let enlarged = resize(&picture, (side + 8) * 5, (side + 8) * 5, image::imageops::Nearest);
    assert_eq!(gray(&matrix.to_png(5).unwrap()), enlarged);
}

#[test]
fn the_svg_paints_the_same_modules_and_escapes_its_title() {
    let matrix = Matrix::encode(PREFIX, &digits(520), Level::Q).unwrap();
    let svg = matrix.to_svg("<王 & \"Co\">\u{7}'s");
    let side = matrix.width() as u32 + 8;
    assert!(svg.contains(&format!("viewBox=\"0 0 {side} {side}\"")));
    assert!(svg.contains("shape-rendering=\"crispEdges\""));
    assert!(svg.contains("<title>&lt;王 &amp; &quot;Co&quot;&gt;&apos;s</title>"));
    let (_, path) = svg.split_once("<path fill=\"#000\" d=\"").unwrap();
    let (path, rest) = path.split_once('"').unwrap();
    assert_eq!(rest, "/></svg>", "one path holds every dark module");
    let mut painted = GrayImage::from_pixel(side, side, WHITE);
    for run in path.split_terminator('z') {
        let (x, run) = run.strip_prefix('M').unwrap().split_once(' ').unwrap();
        let (y, run) = run.split_once('h').unwrap();
        let (length, back) = run.split_once("v1h-").unwrap();
        assert_eq!(length, back);
        let [x, y, length]: [u32; 3] = [x, y, length].map(|number| number.parse().unwrap());
        (x..x + length).for_each(|x| painted.put_pixel(x, y, Luma([0])));
    }
    assert_eq!(painted, modules(&matrix));
}

#[test]
fn the_terminal_shows_the_same_modules() {
    let matrix = Matrix::encode(PREFIX, &digits(520), Level::M).unwrap();
    let expected = modules(&matrix);
    let plain = matrix.to_terminal(false);
    let side = expected.width();
    let mut shown = GrayImage::from_pixel(side, side + 1, WHITE);
    for (y, line) in (0..).step_by(2).zip(plain.lines()) {
        assert_eq!(line.chars().count(), side as usize);
        for (x, block) in (0..).zip(line.chars()) {
            let (upper, lower) = match block {
                '█' => (0, 0),
                '▀' => (0, 255),
                '▄' => (255, 0),
                _ => (255, 255),
            };
            shown.put_pixel(x, y, Luma([upper]));
            shown.put_pixel(x, y + 1, Luma([lower]));
        }
    }
    assert_eq!(image::imageops::crop_imm(&shown, 0, 0, side, side).to_image(), expected);
    let (begin, end) = ("\x1b[38;5;16;48;5;231m", "\x1b[0m");
    let coloured = matrix.to_terminal(true);
    assert!(coloured.lines().all(|line| line.starts_with(begin) && line.ends_with(end)));
    assert_eq!(coloured.replace(begin, "").replace(end, ""), plain);
}

#[test]
fn zbarimg_reads_the_same_text() {
    if Command::new("zbarimg").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "zbarimg is not installed, and CI must run this test");
        println!("skipped: zbarimg is not installed");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("code.png");
    for (level, count) in [(Level::M, 100), (Level::M, 520), (Level::M, 700), (Level::Q, 520), (Level::Q, 600)] {
        drawn(count, level, 3).save(&path).unwrap();
        let answer = Command::new("zbarimg").args(["--raw", "-q"]).arg(&path).output().unwrap();
        let read = String::from_utf8(answer.stdout).unwrap();
        assert_eq!(read.trim_end(), text(count), "{level:?} {count}");
    }
}
