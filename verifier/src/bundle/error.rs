//! Why a bundle, or a step from one to the next, was refused.

use crate::messages;
use alloc::string::{String, ToString};
use core::fmt;

coded_error! {
    /// The rule that was broken.
    BundleRule {
        /// More bytes than a file, a part, a manifest or a delta may have.
        TooLarge = "bundle.too_large",
        /// Begins like gzip, but is not one complete gzip stream.
        Compression = "bundle.compression",
        /// Not a JSON object of manifests and parts.
        File = "bundle.file",
        /// Not a manifest as it is written here: a JWS, its header, or its members.
        ManifestForm = "bundle.manifest_form",
        /// The signature of a manifest is wrong.
        ManifestSignature = "bundle.manifest_signature",
        /// A manifest is signed by another key than the pinned one.
        ManifestKey = "bundle.manifest_key",
        /// A manifest stands under another region than it names.
        ManifestRegion = "bundle.manifest_region",
        /// The manifest of the pinned region is not in the file.
        NoOwnManifest = "bundle.no_own_manifest",
        /// A manifest of a region that is no peer of the pinned one.
        NotAPeer = "bundle.not_a_peer",
        /// A manifest whose times are not in order.
        Times = "bundle.times",
        /// A manifest names a part twice, or not in order.
        PartTwice = "bundle.part_twice",
        /// A manifest lacks a part that every verifier needs.
        PartRequired = "bundle.part_required",
        /// The text of a part is not the one whose digest stands beside it.
        PartDigest = "bundle.part_digest",
        /// A part that no manifest names, or not in this length.
        PartUnnamed = "bundle.part_unnamed",
        /// The text of a part is not what its name promises.
        PartForm = "bundle.part_form",
        /// A part is absent that the bundle must hold.
        PartMissing = "bundle.part_missing",
        /// Older than what is held.
        Rollback = "bundle.rollback",
        /// Another manifest of the same number: its region said two things.
        Equivocation = "bundle.equivocation",
        /// A certificate that was revoked or replaced no longer is.
        Unrevoked = "bundle.unrevoked",
        /// The revocation of a key is gone, later, or weaker than before.
        KeyUnrevoked = "bundle.key_unrevoked",
        /// A status list is shorter than before, or a part of it is gone.
        Shrunk = "bundle.shrunk",
        /// Not a delta as it is written here.
        DeltaForm = "bundle.delta_form",
        /// A delta from another manifest than the one that is held.
        DeltaBase = "bundle.delta_base",
        /// A delta names a part, a list or an index that is not there.
        DeltaPlace = "bundle.delta_place",
        /// What a delta makes is not what the manifest in it says.
        DeltaResult = "bundle.delta_result",
    }
}

/// A refusal: the rule, and what it is about where that helps (a region, a part, a list and index).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleError {
    /// The rule.
    pub rule: BundleRule,
    /// What it is about.
    pub about: Option<String>,
}

impl BundleError {
    /// The stable dotted code of the rule.
    pub const fn code(&self) -> &'static str {
        self.rule.code()
    }

    pub(super) fn or_about(self, about: impl ToString) -> BundleError {
        BundleError { about: self.about.or_else(|| Some(about.to_string())), ..self }
    }
}

impl BundleRule {
    pub(super) fn about(self, about: impl ToString) -> BundleError {
        BundleError { rule: self, about: Some(about.to_string()) }
    }
}

impl From<BundleRule> for BundleError {
    fn from(rule: BundleRule) -> BundleError {
        BundleError { rule, about: None }
    }
}

impl fmt::Display for BundleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(messages::english(self.code()))?;
        match &self.about {
            Some(about) => write!(f, " ({about})"),
            None => Ok(()),
        }
    }
}

impl core::error::Error for BundleError {}
