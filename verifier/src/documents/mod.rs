//! Documents of the credit bank that a region signs: compact JWS with strict members, each with one way to be written.

mod merge;

pub use merge::Merge;
