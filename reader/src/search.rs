//! One search over one picture in gray.

use image::GrayImage;
use rxing::common::{BitMatrix, DetectorRXingResult as _, HybridBinarizer};
use rxing::qrcode::cpp_port::decoder::Decode;
use rxing::qrcode::cpp_port::detector::{FindFinderPatterns, GenerateFinderPatternSets, SampleQR};
use rxing::{Binarizer as _, Luma8Source, LuminanceSource as _};

/// From this side on, in pixels, modules of one pixel are texture and not a code.
const COARSE_SIDE_MIN: u32 = 1_024;
/// More finder patterns than this in one search, and the picture was made to waste time.
const FINDER_PATTERNS_FLOOD: usize = 5_000;
/// Finder patterns looked at, the largest first; three make a code, so this is about 60 codes in one search.
const FINDER_PATTERNS_MAX: usize = 200;
/// Triples of finder patterns tried, the most plausible first.
const CANDIDATES_MAX: usize = 400;

/// The picture was made to waste time: no further search is worth making.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flooded;

/// What one search found.
pub type Found = Result<Vec<String>, Flooded>;

/// The codes that are dark on light.
pub fn search_dark(picture: &GrayImage) -> Found {
    search(picture, false)
}

/// The codes that are light on dark.
pub fn search_light(picture: &GrayImage) -> Found {
    search(picture, true)
}

/// The limits on area and patterns bound time and memory, which no guard can.
fn search(picture: &GrayImage, inverted: bool) -> Found {
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
}

/// Every code in a black-and-white picture. A finder pattern belongs to one code only.
fn decoded(picture: &BitMatrix) -> Found {
    let coarse = picture.width().max(picture.height()) >= COARSE_SIDE_MIN;
    let mut patterns = FindFinderPatterns(picture, true, if coarse { 2 } else { 1 });
    if patterns.len() > FINDER_PATTERNS_FLOOD {
        return Err(Flooded);
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
