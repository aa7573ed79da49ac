#![no_main]
//! Runs the `transfer` body of the verifier's harness over whatever the fuzzer makes up.

#[path = "../../verifier/tests/harness/mod.rs"]
#[allow(dead_code, reason = "each target runs one body")]
mod harness;

libfuzzer_sys::fuzz_target!(|data: &[u8]| harness::transfer(data));
