//! Reads QR codes out of a picture that is unpacked already.
//!
//! In scope: pixels to gray, and the search for codes in gray. The server, the command line and the browser call the same function, so
//! they read the same pictures. Out of scope: file formats, and what the texts mean. No file, network, clock or random source is used.
//!
//! The detector is ported from C++ by hand, indexes freely and may panic on odd geometry; pictures come from strangers. The caller
//! says with a [`Guard`] how one search is kept from taking it down.
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable)]

mod gray;
mod search;

pub use gray::{from_rgba, on_white};
pub use image::GrayImage;
pub use search::{Flooded, Found};

use image::imageops::{crop_imm, thumbnail};
use search::{search_dark, search_light};

/// Longest side of a picture, in pixels.
pub const SIDE_PIXELS_MAX: u32 = 12_000;
/// Side of the area searched at once, in pixels. The detector compares all finder patterns with each other, so its time in the
/// worst case grows with the square of the area; larger pictures are scaled down to this, then searched window by window.
const SEARCH_SIDE_MAX: u32 = 2_048;
/// How far neighbouring windows overlap, in pixels; a larger code shows in the scaled picture.
const WINDOW_OVERLAP: u32 = 640;
/// Scaling down again stops below this side, in pixels: a symbol of 65 modules would have less than 3 pixels a module.
const SEARCH_SIDE_MIN: u32 = 240;
/// A picture is faint when its grays span fewer levels than this.
const FAINT_RANGE: u8 = 128;

/// Runs one search and gives what it found, or nothing where it panicked. Searches come in a fixed order for a picture, and one that
/// finds nothing changes none of the others.
pub type Guard<'a> = dyn FnMut(&dyn Fn() -> Found) -> Found + 'a;

/// The texts of all QR codes in a picture, in the order they are found, each once; empty where there is none, or where the picture was
/// made to waste time. A side over [`SIDE_PIXELS_MAX`] is the caller's to refuse.
///
/// A picture is searched as it is, light on dark, with its contrast raised if it is faint, and then at half its size, and so
/// on: in a sharp photograph the grain of the paper hides modules that an average over four pixels shows. The first of these
/// that shows a code ends the search.
pub fn read(picture: &GrayImage, guard: &mut Guard<'_>) -> Vec<String> {
    let texts = search_scales(picture, guard).and_then(|texts| {
        let large = picture.width().max(picture.height()) > SEARCH_SIDE_MAX;
        if texts.is_empty() && large { search_windows(picture, guard) } else { Ok(texts) }
    });
    texts.unwrap_or_default()
}

/// Searches the whole picture, smaller and smaller.
fn search_scales(picture: &GrayImage, guard: &mut Guard<'_>) -> Found {
    let longest = picture.width().max(picture.height()).max(1);
    let mut picture = scaled(picture, longest.min(SEARCH_SIDE_MAX), longest);
    loop {
        let mut texts = search_tones(&picture, guard)?;
        if texts.is_empty()
            && let Some(clear) = stretched(&picture)
        {
            texts = search_tones(&clear, guard)?;
        }
        if !texts.is_empty() || picture.width().min(picture.height()) / 2 < SEARCH_SIDE_MIN {
            return Ok(texts);
        }
        picture = scaled(&picture, 1, 2);
    }
}

/// Searches a large picture in full sharpness: a small code in it, dark on light.
fn search_windows(picture: &GrayImage, guard: &mut Guard<'_>) -> Found {
    let starts = |length: u32| (0..length.saturating_sub(WINDOW_OVERLAP).max(1)).step_by((SEARCH_SIDE_MAX - WINDOW_OVERLAP) as usize);
    let mut texts = Vec::new();
    for (top, left) in starts(picture.height()).flat_map(|top| starts(picture.width()).map(move |left| (top, left))) {
        let window = crop_imm(picture, left, top, SEARCH_SIDE_MAX, SEARCH_SIDE_MAX).to_image();
        for text in guard(&|| search_dark(&window))? {
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
    }
    Ok(texts)
}

/// The texts of dark codes on light, or else of light codes on dark.
fn search_tones(picture: &GrayImage, guard: &mut Guard<'_>) -> Found {
    let texts = guard(&|| search_dark(picture))?;
    if texts.is_empty() { guard(&|| search_light(picture)) } else { Ok(texts) }
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
