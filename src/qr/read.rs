//! From a picture to the texts of the QR codes in it.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::imageops::{crop_imm, thumbnail};
use image::{DynamicImage, GrayImage, ImageError, ImageFormat, ImageReader, Limits};
use rxing::common::{BitMatrix, DetectorRXingResult as _, HybridBinarizer};
use rxing::qrcode::cpp_port::decoder::Decode;
use rxing::qrcode::cpp_port::detector::{FindFinderPatterns, GenerateFinderPatternSets, SampleQR};
use rxing::{Binarizer as _, Luma8Source, LuminanceSource as _};

use super::QrError;

/// Largest file, in bytes.
const FILE_BYTES_MAX: usize = 20 << 20;
/// Longest side of a picture, in pixels.
const SIDE_PIXELS_MAX: u32 = 12_000;
/// Most memory the picture may unpack to, in bytes: a photograph of 20 megapixels in RGB fits.
const UNPACKED_BYTES_MAX: u64 = 64_000_000;
/// Side of the area searched at once, in pixels. The detector compares all finder patterns with each other, so its time in the
/// worst case grows with the square of the area; larger pictures are scaled down to this, then searched window by window.
const SEARCH_SIDE_MAX: u32 = 2_048;
/// How far neighbouring windows overlap, in pixels; a larger code shows in the scaled picture.
const WINDOW_OVERLAP: u32 = 640;
/// Scaling down again stops below this side, in pixels: a symbol of 65 modules would have less than 3 pixels a module.
const SEARCH_SIDE_MIN: u32 = 240;
/// From this side on, in pixels, modules of one pixel are texture and not a code.
const COARSE_SIDE_MIN: u32 = 1_024;
/// A picture is faint when its grays span fewer levels than this.
const FAINT_RANGE: u8 = 128;
/// More finder patterns than this in one search, and the picture was made to waste time.
const FINDER_PATTERNS_FLOOD: usize = 5_000;
/// Finder patterns looked at, the largest first; three make a code, so this is about 60 codes in one search.
const FINDER_PATTERNS_MAX: usize = 200;
/// Triples of finder patterns tried, the most plausible first.
const CANDIDATES_MAX: usize = 400;

/// The texts of all QR codes in a PNG or JPEG file, in the order they are found, each once.
///
/// A picture is searched as it is, light on dark, with its contrast raised if it is faint, and then at half its size, and so
/// on: in a sharp photograph the grain of the paper hides modules that an average over four pixels shows. The first of these
/// that shows a code ends the search.
///
/// Limits: file 20 MiB, 12,000 pixels a side, 64 MB unpacked. Errors: [`QrError::PictureTooLarge`],
/// [`QrError::PictureUnreadable`], [`QrError::NoCode`].
pub fn read_picture(bytes: &[u8]) -> Result<Vec<String>, QrError> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(QrError::PictureTooLarge);
    }
    let picture = unpacked(bytes)?;
    let mut texts = search_scales(&picture)?;
    if texts.is_empty() && picture.width().max(picture.height()) > SEARCH_SIDE_MAX {
        texts = search_windows(&picture)?;
    }
    if texts.is_empty() { Err(QrError::NoCode) } else { Ok(texts) }
}

/// Searches the whole picture, smaller and smaller.
fn search_scales(picture: &GrayImage) -> Result<Vec<String>, QrError> {
    let longest = picture.width().max(picture.height()).max(1);
    let mut picture = scaled(picture, longest.min(SEARCH_SIDE_MAX), longest);
    loop {
        let mut texts = search_tones(&picture)?;
        if texts.is_empty()
            && let Some(clear) = stretched(&picture)
        {
            texts = search_tones(&clear)?;
        }
        if !texts.is_empty() || picture.width().min(picture.height()) / 2 < SEARCH_SIDE_MIN {
            return Ok(texts);
        }
        picture = scaled(&picture, 1, 2);
    }
}

/// Searches a large picture in full sharpness: a small code in it, dark on light.
fn search_windows(picture: &GrayImage) -> Result<Vec<String>, QrError> {
    let starts = |length: u32| (0..length.saturating_sub(WINDOW_OVERLAP).max(1)).step_by((SEARCH_SIDE_MAX - WINDOW_OVERLAP) as usize);
    let mut texts = Vec::new();
    for (top, left) in starts(picture.height()).flat_map(|top| starts(picture.width()).map(move |left| (top, left))) {
        let window = crop_imm(picture, left, top, SEARCH_SIDE_MAX, SEARCH_SIDE_MAX).to_image();
        for text in guarded_search(&window, false)? {
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
    }
    Ok(texts)
}

/// Unpacks to gray within the limits. Transparent pixels become white paper: symbols are often drawn on no background.
fn unpacked(bytes: &[u8]) -> Result<GrayImage, QrError> {
    let format = match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg)) => format,
        _ => return Err(QrError::PictureUnreadable),
    };
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(SIDE_PIXELS_MAX);
    limits.max_image_height = Some(SIDE_PIXELS_MAX);
    limits.max_alloc = Some(UNPACKED_BYTES_MAX);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let picture = reader.decode().map_err(|error| match error {
        ImageError::Limits(_) => QrError::PictureTooLarge,
        _ => QrError::PictureUnreadable,
    })?;
    Ok(on_white(picture))
}

fn on_white(picture: DynamicImage) -> GrayImage {
    if !picture.color().has_alpha() {
        return picture.into_luma8();
    }
    let layered = picture.into_luma_alpha8();
    let (width, height) = layered.dimensions();
    let blend = |[gray, alpha]: [u8; 2]| {
        let (gray, alpha) = (u32::from(gray), u32::from(alpha));
        u8::try_from((gray * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
    };
    let mut pixels = GrayImage::new(width, height);
    for (target, source) in pixels.pixels_mut().zip(layered.pixels()) {
        target.0 = [blend(source.0)];
    }
    pixels
}

/// The picture at `numerator / denominator` of its size, at least one pixel a side.
fn scaled(picture: &GrayImage, numerator: u32, denominator: u32) -> GrayImage {
    let side = |length: u32| (length * numerator / denominator).max(1);
    thumbnail(picture, side(picture.width()), side(picture.height()))
}

/// A faint picture with its grays spread over the whole scale, the outer hundredths cut off; nothing for a strong one.
///
/// The binarizer takes an even area for paper only if ink could be half as bright, which fails for gray on gray.
fn stretched(picture: &GrayImage) -> Option<GrayImage> {
    let mut grays = picture.as_raw().clone();
    let last = grays.len().checked_sub(1)?;
    let outer = last / 100;
    let darkest = *grays.select_nth_unstable(outer).1;
    let lightest = *grays.select_nth_unstable(last - outer).1;
    let range = lightest.checked_sub(darkest).filter(|range| (1..FAINT_RANGE).contains(range))?;
    let mut clear = picture.clone();
    for pixel in clear.iter_mut() {
        let above = u32::from(pixel.saturating_sub(darkest)) * 255 / u32::from(range);
        *pixel = u8::try_from(above).unwrap_or(u8::MAX);
    }
    Some(clear)
}

/// The texts of dark codes on light, or else of light codes on dark.
fn search_tones(picture: &GrayImage) -> Result<Vec<String>, QrError> {
    let texts = guarded_search(picture, false)?;
    if texts.is_empty() { guarded_search(picture, true) } else { Ok(texts) }
}

/// One search; an error ends them all.
///
/// The detector is ported from C++ by hand, indexes freely and may panic on odd geometry; pictures come from strangers, so a
/// panic must cost this search only and not the caller. Nothing it touched is used afterwards, which makes the assertion of
/// unwind safety true. The limits on area and patterns bound its time and memory, which no catch can.
fn guarded_search(picture: &GrayImage, inverted: bool) -> Result<Vec<String>, QrError> {
    catch_unwind(AssertUnwindSafe(|| {
        let (width, height) = picture.dimensions();
        let Ok(mut source) = Luma8Source::new_with_slice(picture.as_raw(), width, height) else {
            return Ok(Vec::new());
        };
        if inverted {
            source.invert();
        }
        match HybridBinarizer::new(source).get_black_matrix() {
            Ok(modules) => decoded(modules),
            Err(_) => Ok(Vec::new()),
        }
    }))
    .unwrap_or(Ok(Vec::new()))
}

/// Every code in a black-and-white picture. A finder pattern belongs to one code only.
fn decoded(picture: &BitMatrix) -> Result<Vec<String>, QrError> {
    let coarse = picture.width().max(picture.height()) >= COARSE_SIDE_MIN;
    let mut patterns = FindFinderPatterns(picture, true, if coarse { 2 } else { 1 });
    if patterns.len() > FINDER_PATTERNS_FLOOD {
        return Err(QrError::NoCode);
    }
    patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.size));
    patterns.truncate(FINDER_PATTERNS_MAX);
    let mut used = Vec::new();
    let mut texts = Vec::new();
    for corners in GenerateFinderPatternSets(&mut patterns).iter().take(CANDIDATES_MAX) {
        let triple = [corners.bl, corners.tl, corners.tr];
        if triple.iter().any(|pattern| used.contains(pattern)) {
            continue;
        }
        let Ok(code) = SampleQR(picture, corners).and_then(|symbol| Decode(symbol.getBits())) else {
            continue;
        };
        if code.isValid() {
            used.extend(triple);
            let text = code.text();
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
    }
    Ok(texts)
}
