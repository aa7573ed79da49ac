//! The reader for a browser; `web/reader.js` calls it. Pixels in, a JSON array of texts out.
//!
//! There is no unwinding here: a panic in a search traps. Then [`searches`] still says which search it was, and the caller goes on in a
//! new instance that is told to [`skip`] it, so that a picture gives the same texts as on a server.
#![deny(missing_docs, unsafe_op_in_unsafe_fn)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::undocumented_unsafe_blocks)]

use std::ptr::null_mut;
use std::sync::atomic::{AtomicU32, Ordering};

use abi::Slot;

/// Most pixels of a picture: a photograph of 25 megapixels fits, and takes 125 MB with its gray.
const PIXELS_MAX: usize = 25_000_000;

/// The searches that were begun for the picture at hand.
static SEARCHES: AtomicU32 = AtomicU32::new(0);
/// The searches that trapped before.
static SKIPPED: Slot<Vec<u32>> = Slot::empty();

/// How many searches were begun for the last picture.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn searches() -> u32 {
    SEARCHES.load(Ordering::Relaxed)
}

/// Leaves out one search of the next picture, counted from 1.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn skip(search: u32) {
    let mut skipped = SKIPPED.take().unwrap_or_default();
    skipped.push(search);
    SKIPPED.put(skipped);
}

/// The texts in a picture: `4 * width * height` bytes, red, green, blue and opacity, row by row. Null where the sizes do not fit each
/// other, or the picture is over 12,000 pixels a side or 25 million altogether.
///
/// # Safety
/// See [`abi::bytes`].
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub unsafe extern "C" fn read(ptr: *const u8, len: usize, width: u32, height: u32) -> *mut u8 {
    // SAFETY: as the caller says.
    let rgba = unsafe { abi::bytes(ptr, len) };
    if width.max(height) > reader::SIDE_PIXELS_MAX || len / 4 > PIXELS_MAX {
        return null_mut();
    }
    let skipped = SKIPPED.take().unwrap_or_default();
    SEARCHES.store(0, Ordering::Relaxed);
    let Some(picture) = reader::from_rgba(width, height, rgba) else { return null_mut() };
    let texts = reader::read(&picture, &mut |search| {
        let number = SEARCHES.fetch_add(1, Ordering::Relaxed) + 1;
        if skipped.contains(&number) { Ok(Vec::new()) } else { search() }
    });
    serde_json::to_vec(&texts).map_or(null_mut(), |json| abi::answer(&json))
}
