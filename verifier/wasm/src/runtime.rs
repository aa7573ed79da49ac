//! What a program without a standard library brings along: memory, and what a panic does.

/// The allocator of Rust's own standard library on WebAssembly. It asks the module's memory for pages and imports nothing.
#[cfg(target_family = "wasm")]
#[global_allocator]
static MEMORY: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// A panic traps: the caller gets an exception, and no answer.
#[cfg(target_family = "wasm")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
