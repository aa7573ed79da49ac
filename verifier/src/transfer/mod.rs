//! Credit on its way from one region to another: the messages, and the protocol as pure functions. Specified in `docs/formats/transfer.md`.
//!
//! A message is a document of its own kind, signed by the key of the region that sends it; [`Message::open`] reads any of them. Nothing here
//! reads a clock, and no claim of safety rests on the instants in a message: they say when to ask again, never who has the credit.

mod answer;
mod channel;
mod dossier;
mod error;
mod merkle;
mod misconduct;
mod offer;
pub mod protocol;
mod subject;

pub use answer::{Cancel, Reason, TransferDecision, TransferOutcome};
pub use channel::{Forgotten, Handover, Resync, Statement, StatementLine, Tally, digests_root};
pub use dossier::{DOSSIER_MAX_BYTES, Dossier, DossierRule, DossierStep, DossierStepName};
pub use error::TransferRule;
pub use merkle::root;
pub use misconduct::{Misconduct, proof};
pub use offer::{LOTS_MAX, Offer, OfferedLot, Return};
pub use subject::{Commitment, Salt, Subject, commitment};

use crate::agreement::RegionKeys;
use crate::documents::{self, Digest, Document, DocumentError, DocumentRule, TransferId, content};
use crate::ids::RegionCode;
use crate::jws::{Compact, Header, JwsError, PublicKey};
use crate::time::Instant;

/// The most bytes of a message's text.
pub const MAX_BYTES: usize = 64 * 1024;

/// A message of any kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// OFFER: credit is held and offered.
    Offer(Offer),
    /// RETURN: what was accepted is to go back.
    Return(Return),
    /// DECISION: the answer to either, or that none will be given any more.
    Decision(TransferDecision),
    /// CANCEL: whoever has not decided shall reject.
    Cancel(Cancel),
    /// STATEMENT: what was decided so far, to be compared.
    Statement(Statement),
    /// RESYNC: a region was restored and asks for what the other holds.
    Resync(Resync),
    /// HANDOVER: what it holds.
    Handover(Handover),
}

/// A message that was found good, with the digest of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// What it says.
    pub message: Message,
    /// The name of its text.
    pub digest: Digest,
}

/// What all kinds have.
struct Head<'a> {
    iss: &'a RegionCode,
    aud: &'a RegionCode,
    epoch: u32,
    iat: Instant,
    jti: Option<&'a TransferId>,
    seq: Option<u32>,
}

impl Message {
    /// Reads a text of any kind and verifies it under the key of the region that it names as sender. That it is addressed to the reader is for
    /// the reader to see to.
    ///
    /// # Errors
    /// `jws.typ` where it is no message; `transfer.unknown_key` and `transfer.revoked_key`; otherwise `jws...`, `document...` or `transfer...`
    /// with the member to blame.
    pub fn open(text: &str, keys: RegionKeys<'_>) -> Result<Signed, DocumentError> {
        let compact = Compact::split(text, MAX_BYTES)?;
        let header = Header::parse(&compact.header)?;
        let message = Message::read(header.typ.as_deref().unwrap_or_default(), &compact.payload)?;
        let kid = header.kid.unwrap_or_default();
        let known = keys(message.iss(), &kid).filter(|key| key.public.thumbprint() == kid);
        let key = known.ok_or_else(|| TransferRule::UnknownKey.about("iss"))?;
        message.is_signed(&compact, &key.public)?;
        if !key.stood_at(message.iat()) {
            return Err(TransferRule::RevokedKey.about("iss"));
        }
        Ok(Signed { message, digest: Digest::of(text) })
    }

    /// Reads a text without its signature: for what the reader itself signed, or verified before it was kept.
    ///
    /// # Errors
    /// As [`Self::open`], but for the key and the signature.
    pub fn stored(text: &str) -> Result<Signed, DocumentError> {
        let compact = Compact::split(text, MAX_BYTES)?;
        let typ = Header::parse(&compact.header)?.typ.unwrap_or_default();
        Ok(Signed { message: Message::read(&typ, &compact.payload)?, digest: Digest::of(text) })
    }

    fn read(typ: &str, payload: &[u8]) -> Result<Message, DocumentError> {
        match typ {
            Offer::TYP => content(payload).map(Message::Offer),
            Return::TYP => content(payload).map(Message::Return),
            TransferDecision::TYP => content(payload).map(Message::Decision),
            Cancel::TYP => content(payload).map(Message::Cancel),
            Statement::TYP => content(payload).map(Message::Statement),
            Resync::TYP => content(payload).map(Message::Resync),
            Handover::TYP => content(payload).map(Message::Handover),
            _ => Err(JwsError::Typ.into()),
        }
    }

    /// Whether header and signature are those of the key.
    fn is_signed(&self, compact: &Compact<'_>, key: &PublicKey) -> Result<(), DocumentError> {
        match self {
            Message::Offer(_) => documents::is_signed::<Offer>(compact, key),
            Message::Return(_) => documents::is_signed::<Return>(compact, key),
            Message::Decision(_) => documents::is_signed::<TransferDecision>(compact, key),
            Message::Cancel(_) => documents::is_signed::<Cancel>(compact, key),
            Message::Statement(_) => documents::is_signed::<Statement>(compact, key),
            Message::Resync(_) => documents::is_signed::<Resync>(compact, key),
            Message::Handover(_) => documents::is_signed::<Handover>(compact, key),
        }
    }

    fn head(&self) -> Head<'_> {
        macro_rules! head {
            ($own:ident, $jti:expr, $seq:expr) => {
                Head { iss: &$own.iss, aud: &$own.aud, epoch: $own.epoch, iat: $own.iat, jti: $jti, seq: $seq }
            };
        }
        match self {
            Message::Offer(own) => head!(own, Some(&own.jti), Some(own.seq)),
            Message::Return(own) => head!(own, Some(&own.jti), Some(own.seq)),
            Message::Decision(own) => head!(own, Some(&own.jti), Some(own.seq)),
            Message::Cancel(own) => head!(own, Some(&own.jti), None),
            Message::Statement(own) => head!(own, None, None),
            Message::Resync(own) => head!(own, None, None),
            Message::Handover(own) => head!(own, None, None),
        }
    }

    /// The region that sends and signs.
    pub fn iss(&self) -> &RegionCode {
        self.head().iss
    }

    /// The region that it is for.
    pub fn aud(&self) -> &RegionCode {
        self.head().aud
    }

    /// The epoch of the sender.
    pub fn epoch(&self) -> u32 {
        self.head().epoch
    }

    /// When it was signed.
    pub fn iat(&self) -> Instant {
        self.head().iat
    }

    /// The transfer that it is about, if it is about one.
    pub fn jti(&self) -> Option<&TransferId> {
        self.head().jti
    }

    /// Its place among what the sender sent in this epoch, if it is counted: OFFER, RETURN, DECISION.
    pub fn seq(&self) -> Option<u32> {
        self.head().seq
    }
}

/// The rules of what all kinds have.
fn check_head(iss: &RegionCode, aud: &RegionCode, epoch: u32, iat: Instant, seq: Option<u32>) -> Result<(), DocumentError> {
    if iss == aud {
        return Err(TransferRule::SameRegion.about("aud"));
    }
    if epoch == 0 {
        return Err(DocumentRule::Member.about("epoch"));
    }
    if seq == Some(0) {
        return Err(DocumentRule::Member.about("seq"));
    }
    documents::check_instant("iat", iat)
}
