use verifier::bundle::{Anchor, Bundle};
use verifier::ids::RegionCode;
use verifier::jws::PublicKey;
use verifier::time::Instant;
use verifier::verdict::Verdict;

/// Judges the text of a code by a bundle's file, under the one key that was pinned, at a time in unix seconds.
pub fn check(file: &[u8], region: &str, key: &str, text: &str, now: i64) -> Result<Verdict, Box<dyn std::error::Error>> {
    let anchor = Anchor { region: RegionCode::parse(region)?, key: PublicKey::parse(key)? };
    let bundle = Bundle::open(file, &anchor)?;
    Ok(bundle.judge(text, Instant(now)))
}
