//! Agreements: what regions recognise of each other. Kept byte for byte as they are signed, with what their parties said of them.
//!
//! An agreement comes in as a text or as a file, is signed here by this region's key, and goes to the other parties over HTTP or as a file. What it
//! is on a day is derived from what the parties signed (`verifier::agreement`), under the own key and those of pinned partners.

pub mod api;
mod exchange;
mod held;
mod page;
pub mod rules;
mod service;
pub mod store;
mod views;
mod words;

pub use exchange::{Sent, send};
pub use held::{Keys, agreed, held, open, published};
pub use service::{Imported, end, file, import, list, propose, publish, show, sign};
pub use views::{ImportView, PartView, View};

use crate::refusals;

/// Most agreements of a registry, so that a partner cannot fill it.
pub const AGREEMENTS_MAX: i64 = 1_000;

refusals! {
    /// Why something about an agreement is refused.
    pub enum AgreementRefusal {
        NotFound = 404, "agreements.not_found", "an agreement is named by the digest of its bytes", "没有该协议", "there is no such agreement";
        NotAParty = 422, "agreements.not_a_party", "a region signs, ends and exchanges agreements that name it as a party", "本地区不是该协议的缔约方", "this region is no party of the agreement";
        VersionTaken = 409, "agreements.version_taken", "a version of an agreement has one text", "该协议的这一版本已有另一文本", "this version of the agreement is here with another text";
        Supersedes = 422, "agreements.supersedes", "an agreement supersedes the version before it, of the same id, which is here already", "所取代的版本不在本系统中，或不是同一协议的前一版", "what it supersedes is not here, or is not the version before it";
        TooMany = 422, "agreements.too_many", "at most 1,000 agreements", "协议数量已达上限", "there are as many agreements as there may be";
        NotAgreed = 409, "agreements.not_agreed", "notice is given of, and published is, what every party has signed", "该协议尚未经全部缔约方签署", "not every party has signed the agreement";
        NotSigned = 409, "agreements.not_signed", "a region sends what it has signed itself", "本地区尚未签署该协议", "this region has not signed the agreement";
        NoticeGiven = 409, "agreements.notice_given", "a party gives notice once", "该缔约方已发出另一终止通知", "the party has given another notice already";
        Stranger = 403, "agreements.stranger", "an exchange begins with the signature of a pinned partner who is a party", "没有本地区已登记的合作方的有效签名", "no pinned partner has signed the agreement";
        OtherAgreement = 422, "agreements.other_agreement", "an exchange is answered with the same agreement", "对方回复的是另一协议", "the answer is another agreement";
        OtherBytes = 422, "agreements.other_bytes", "a party signs the bytes of this agreement", "签署的是另一文本", "signed, but over other bytes";
        UnknownKey = 422, "agreements.unknown_key", "a party signs with its pinned key", "签名密钥不是该地区已登记的密钥", "the key is not pinned as one of this region";
        WrongSignature = 422, "agreements.wrong_signature", "a signature is that of the key it names", "签名不符", "the signature is wrong";
        RevokedKey = 422, "agreements.revoked_key", "a revoked key signs nothing", "签名密钥已被吊销", "the key was revoked";
    }
}
