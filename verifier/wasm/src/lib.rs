//! The offline verifier for a browser; `web/verifier.js` calls it. One bundle is held; bytes in, JSON out, as in [`abi`].
//!
//! A function that gives null refused what it got, or has no bundle to work on; [`refusal`] says why. The bundle that was held is held on.
//! There is no clock here: an instant comes in as the two halves of its unix seconds, because old browsers have no 64-bit integers.
#![cfg_attr(target_family = "wasm", no_std)]
#![deny(missing_docs, unsafe_op_in_unsafe_fn)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::undocumented_unsafe_blocks)]

extern crate alloc;

mod runtime;
mod told;

use abi::Slot;
use alloc::boxed::Box;
use core::ptr::null_mut;
use core::str;
use serde::Serialize;
use told::{Summary, Why};
use verifier::bundle::{Bundle, BundleError, BundleRule};
#[cfg(feature = "recognition")]
use verifier::ids::RegionCode;
use verifier::time::Instant;
#[cfg(feature = "recognition")]
use verifier::verdict::{NoMemo, Presented};

static HELD: Slot<Bundle> = Slot::empty();
static REFUSED: Slot<BundleError> = Slot::empty();

/// Opens a file of a bundle, gzipped or plain, for the pin `310000 <key, 43 characters>`; gives its [`Summary`].
///
/// # Safety
/// See [`abi::bytes`].
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub unsafe extern "C" fn open(pin: *const u8, pin_len: usize, file: *const u8, file_len: usize) -> *mut u8 {
    // SAFETY: as the caller says.
    let (pin, file) = unsafe { (abi::bytes(pin, pin_len), abi::bytes(file, file_len)) };
    let opened = told::pin(pin).and_then(|anchor| Bundle::open(file, &anchor));
    match opened {
        Ok(bundle) => hold(Box::new(bundle)),
        Err(error) => refuse(error),
    }
}

/// Judges a text (a QR's, a link, digits, a JWS) at `high * 2^32 + low` unix seconds; gives the verdict, as in `docs/formats/verdict.md`.
///
/// # Safety
/// See [`abi::bytes`].
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub unsafe extern "C" fn judge(text: *const u8, text_len: usize, high: i32, low: u32) -> *mut u8 {
    // SAFETY: as the caller says.
    let text = unsafe { abi::bytes(text, text_len) };
    let now = Instant(i64::from(high) << 32 | i64::from(low));
    let Some(bundle) = HELD.take() else { return null_mut() };
    // Bytes that are no text are no card, like the empty text.
    let verdict = bundle.judge(str::from_utf8(text).unwrap_or_default(), now);
    HELD.put(bundle);
    json(&verdict)
}

/// The same, and whether the region `place` (six digits) recognises what the text is; where that is no region, nothing is said about it.
///
/// # Safety
/// See [`abi::bytes`].
#[cfg(feature = "recognition")]
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub unsafe extern "C" fn judge_for(text: *const u8, text_len: usize, place: *const u8, place_len: usize, high: i32, low: u32) -> *mut u8 {
    // SAFETY: as the caller says.
    let (text, place) = unsafe { (abi::bytes(text, text_len), abi::bytes(place, place_len)) };
    let now = Instant(i64::from(high) << 32 | i64::from(low));
    let Some(bundle) = HELD.take() else { return null_mut() };
    let presented = Presented::from_text(str::from_utf8(text).unwrap_or_default());
    let verdict = match str::from_utf8(place).ok().and_then(|code| RegionCode::parse(code).ok()) {
        Some(place) => bundle.judge_for(&presented, &place, now, &NoMemo),
        None => bundle.judge_with(&presented, now, &NoMemo),
    };
    HELD.put(bundle);
    json(&verdict)
}

/// Takes a newer file of the same pinned region, and over the parts that did not change; gives the [`Summary`].
///
/// # Safety
/// See [`abi::bytes`].
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub unsafe extern "C" fn update(file: *const u8, file_len: usize) -> *mut u8 {
    // SAFETY: as the caller says.
    let file = unsafe { abi::bytes(file, file_len) };
    change(|bundle| bundle.update(file).map(|newer| *bundle = newer))
}

/// Applies a delta, gzipped or plain; gives the [`Summary`].
///
/// # Safety
/// See [`abi::bytes`].
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub unsafe extern "C" fn apply(delta: *const u8, delta_len: usize) -> *mut u8 {
    // SAFETY: as the caller says.
    let delta = unsafe { abi::bytes(delta, delta_len) };
    change(|bundle| bundle.apply(delta).map(|newer| *bundle = newer))
}

/// Reads in the text of a part that was missing; gives the [`Summary`].
///
/// # Safety
/// See [`abi::bytes`].
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub unsafe extern "C" fn add_part(text: *const u8, text_len: usize) -> *mut u8 {
    // SAFETY: as the caller says.
    let text = unsafe { abi::bytes(text, text_len) };
    change(|bundle| bundle.add_part(str::from_utf8(text).map_err(|_| BundleRule::PartForm)?))
}

/// The held bundle as a file, not compressed: whoever keeps it opens it sooner.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn save() -> *mut u8 {
    let Some(bundle) = HELD.take() else { return null_mut() };
    let file = bundle.to_json();
    HELD.put(bundle);
    abi::answer(&file)
}

/// Why the last function gave null, once: `{"code","zh","en","about"?}`. Null where nothing was refused: no bundle is open.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn refusal() -> *mut u8 {
    REFUSED.take().map_or(null_mut(), |error| json(&Why::from(&*error)))
}

/// Why an input for which no memory could be lent was refused.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn no_memory() -> *mut u8 {
    json(&Why::from(&BundleRule::TooLarge.into()))
}

fn change(work: impl FnOnce(&mut Bundle) -> Result<(), BundleError>) -> *mut u8 {
    let Some(mut bundle) = HELD.take() else { return null_mut() };
    match work(&mut bundle) {
        Ok(()) => hold(bundle),
        Err(error) => {
            HELD.put(bundle);
            refuse(error)
        }
    }
}

fn hold(bundle: Box<Bundle>) -> *mut u8 {
    let summary = json(&Summary::of(&bundle));
    HELD.put(bundle);
    summary
}

fn refuse(error: BundleError) -> *mut u8 {
    REFUSED.put(Box::new(error));
    null_mut()
}

fn json(value: &impl Serialize) -> *mut u8 {
    serde_json::to_vec(value).map_or(null_mut(), |json| abi::answer(&json))
}
