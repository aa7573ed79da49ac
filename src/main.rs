//! The `hufu` program: parse, run, turn the outcome into an exit code.

use std::process::ExitCode;

/// What many threads take and give back by the small piece; see docs/decisions/dependencies.md.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    hufu::cli::main()
}
