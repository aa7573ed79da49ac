//! Bytes in and out of a WebAssembly module that imports nothing: memory is lent with [`alloc`] and [`free`], and every answer is
//! `u32 length, little endian | bytes`, freed by the caller with `free(pointer, 4 + length)`. A null pointer is no answer.
//!
//! In scope: all that is unsafe about it. Out of scope: what the bytes mean.
#![no_std]
#![deny(missing_docs, unsafe_op_in_unsafe_fn)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::undocumented_unsafe_blocks)]

extern crate alloc as allocation;

use allocation::alloc::{alloc as allocate, dealloc};
use allocation::boxed::Box;
use core::alloc::Layout;
use core::marker::PhantomData;
use core::ptr::{NonNull, null_mut};
use core::sync::atomic::{AtomicPtr, Ordering};

/// Length of the length before every answer, in bytes.
const HEAD: usize = 4;

/// Blocks are bytes, and none is empty. Nothing where no memory of this size can be.
fn layout(len: usize) -> Option<Layout> {
    Layout::array::<u8>(len.max(1)).ok()
}

/// Lends `len` bytes, or null where they cannot be had.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub extern "C" fn alloc(len: usize) -> *mut u8 {
    // SAFETY: the layout is never of size zero.
    layout(len).map_or(null_mut(), |layout| unsafe { allocate(layout) })
}

/// Takes back what was lent. Null is ignored.
///
/// # Safety
/// `ptr` came from [`alloc`] with the same `len`, or from [`answer`] with `len` 4 more than its length, and is used no more.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub unsafe extern "C" fn free(ptr: *mut u8, len: usize) {
    if let (false, Some(layout)) = (ptr.is_null(), layout(len)) {
        // SAFETY: the caller says that the block was lent with this length, and so with this layout.
        unsafe { dealloc(ptr, layout) };
    }
}

/// The bytes that the caller wrote. Null is no bytes.
///
/// # Safety
/// `ptr` came from [`alloc`] with `len` bytes, all written, and they stay as they are while the slice is used.
pub unsafe fn bytes<'a>(ptr: *const u8, len: usize) -> &'a [u8] {
    // SAFETY: the caller says that the block is there and initialised; its length was that of a layout.
    if ptr.is_null() { &[] } else { unsafe { core::slice::from_raw_parts(ptr, len) } }
}

/// Hands `content` over to the caller, or null where memory has run out.
pub fn answer(content: &[u8]) -> *mut u8 {
    let Ok(length) = u32::try_from(content.len()) else { return null_mut() };
    let Some(block) = content.len().checked_add(HEAD).and_then(|len| NonNull::new(alloc(len))) else { return null_mut() };
    let block = block.as_ptr();
    // SAFETY: the block has room for the head and then the content, and is new, so it overlaps neither.
    unsafe {
        block.copy_from_nonoverlapping(length.to_le_bytes().as_ptr(), HEAD);
        block.add(HEAD).copy_from_nonoverlapping(content.as_ptr(), content.len());
    }
    block
}

/// Holds one value between two calls. It is taken out while it is worked on, so that a trap leaves nothing rather than half of it.
#[derive(Debug)]
pub struct Slot<T>(AtomicPtr<T>, PhantomData<Box<T>>);

impl<T: Send> Slot<T> {
    /// With nothing in it.
    #[must_use]
    pub const fn empty() -> Slot<T> {
        Slot(AtomicPtr::new(null_mut()), PhantomData)
    }

    /// Takes the value out.
    pub fn take(&self) -> Option<Box<T>> {
        Slot::own(self.0.swap(null_mut(), Ordering::AcqRel))
    }

    /// Puts a value in; one that was there is dropped.
    pub fn put(&self, value: Box<T>) {
        drop(Slot::own(self.0.swap(Box::into_raw(value), Ordering::AcqRel)));
    }

    fn own(value: *mut T) -> Option<Box<T>> {
        // SAFETY: only `put` makes pointers, from a box, and a swap gives each to one owner.
        NonNull::new(value).map(|value| unsafe { Box::from_raw(value.as_ptr()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_its_length_and_its_bytes() {
        for content in [&b""[..], b"x", &[7; 300]] {
            let block = answer(content);
            // SAFETY: an answer is a block of this length.
            let held = unsafe { bytes(block, HEAD + content.len()) };
            assert_eq!(held[..HEAD], u32::try_from(content.len()).unwrap().to_le_bytes());
            assert_eq!(held[HEAD..], *content);
            // SAFETY: its bytes are used no more.
            unsafe { free(block, HEAD + content.len()) };
        }
    }

    #[test]
    fn a_length_that_no_memory_has_gives_null() {
        assert!(alloc(usize::MAX).is_null());
        assert!(alloc(isize::MAX as usize).is_null());
    }

    #[test]
    fn a_slot_gives_its_value_once() {
        let slot = Slot::empty();
        assert_eq!(slot.take(), None);
        slot.put(Box::new(1));
        slot.put(Box::new(2));
        assert_eq!(slot.take(), Some(Box::new(2)));
        assert_eq!(slot.take(), None);
    }
}
