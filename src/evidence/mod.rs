//! Evidence: one append-only row for every change of state, written in the transaction that makes the change.
//!
//! A row commits to a document without saying anything about it: `SHA-256("hufu/evidence/1" | 0x00 | salt | SHA-256(document))`. The document itself
//! stays in the table that owns it, in the row that `subject` names. The transparency log that other regions watch is built over these
//! rows, from the very first one.

mod audit;
mod store;

use sha2::{Digest, Sha256};

use crate::db::{Bulk, Conn};
use crate::edge::Edge;
use crate::error::Error;
pub use audit::{Audit, Wrong, audit};
pub use store::{Row, page};

/// Domain separation of a commitment.
const TAG: &[u8] = b"hufu/evidence/1\0";

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A certificate was issued; the document is its card.
    CertificateIssued,
    /// A certificate was suspended, reinstated, revoked or replaced.
    CertificateStatus,
    /// A key was made, retired, revoked or sealed anew.
    Key,
    /// A provider's timeline changed.
    ProviderInterval,
    /// An API client was added, got a new secret or was disabled.
    Client,
    /// A manifest of the trust bundle was signed.
    Bundle,
    /// A partner was pinned or unpinned, its bundle was taken, or it contradicted itself.
    Partner,
    /// An account of a learner was opened, merged or closed, or a one-time code was made for it.
    Learner,
    /// A scheme of credit was defined.
    Scheme,
    /// An achievement was recorded.
    Achievement,
    /// An achievement was voided.
    AchievementEvent,
    /// A version of a programme was published.
    Programme,
    /// A programme was withdrawn.
    ProgrammeEvent,
    /// Credit was redeemed for a certificate.
    Redemption,
    /// An agreement came in.
    Agreement,
    /// A party signed an agreement.
    AgreementSignature,
    /// A party ended an agreement.
    AgreementNotice,
    /// An agreement was published.
    AgreementPublication,
    /// Checks of a grant were waived for a case.
    Waiver,
    /// A decision about recognition was kept; the document names it and what it was made from.
    RecognitionDecision,
    /// A certificate of another region was recognised by a receipt.
    Receipt,
    /// A receipt was revoked.
    ReceiptRevocation,
    /// A message about a transfer of credit was sent or taken.
    TransferMessage,
    /// A channel that was stopped goes on.
    ChannelEvent,
    /// A batch of certificates was approved, done or cancelled.
    BatchEvent,
    /// A change of many certificates was approved, done or cancelled.
    ChangeEvent,
    /// An endpoint that hears of events was added, changed, disabled or removed, or got a new secret.
    WebhookChange,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 27] = [
        Kind::CertificateIssued,
        Kind::CertificateStatus,
        Kind::Key,
        Kind::ProviderInterval,
        Kind::Client,
        Kind::Bundle,
        Kind::Partner,
        Kind::Learner,
        Kind::Scheme,
        Kind::Achievement,
        Kind::AchievementEvent,
        Kind::Programme,
        Kind::ProgrammeEvent,
        Kind::Redemption,
        Kind::Agreement,
        Kind::AgreementSignature,
        Kind::AgreementNotice,
        Kind::AgreementPublication,
        Kind::Waiver,
        Kind::RecognitionDecision,
        Kind::Receipt,
        Kind::ReceiptRevocation,
        Kind::TransferMessage,
        Kind::ChannelEvent,
        Kind::BatchEvent,
        Kind::ChangeEvent,
        Kind::WebhookChange,
    ];

    /// Table and column of the documents; the subject is the table's `id`.
    pub(crate) fn documents(self) -> (&'static str, &'static str) {
        match self {
            Kind::CertificateIssued => ("certificates", "card"),
            Kind::CertificateStatus => ("certificate_events", "document"),
            Kind::Key => ("key_events", "document"),
            Kind::ProviderInterval => ("provider_intervals", "document"),
            Kind::Client => ("client_events", "document"),
            Kind::Bundle => ("bundle_manifests", "jws"),
            Kind::Partner => ("partner_events", "document"),
            Kind::Learner => ("learner_events", "document"),
            Kind::Scheme => ("schemes", "document"),
            Kind::Achievement => ("achievements", "document"),
            Kind::AchievementEvent => ("achievement_events", "document"),
            Kind::Programme => ("programme_versions", "document"),
            Kind::ProgrammeEvent => ("programme_events", "document"),
            Kind::Redemption => ("redemptions", "document"),
            Kind::Agreement => ("agreements", "document"),
            Kind::AgreementSignature => ("agreement_signatures", "document"),
            Kind::AgreementNotice => ("agreement_notices", "document"),
            Kind::AgreementPublication => ("agreement_publications", "document"),
            Kind::Waiver => ("waivers", "document"),
            Kind::RecognitionDecision => ("recognition_decisions", "document"),
            Kind::Receipt => ("receipts", "document"),
            Kind::ReceiptRevocation => ("receipt_revocations", "document"),
            Kind::TransferMessage => ("transfer_messages", "text"),
            Kind::ChannelEvent => ("channel_events", "document"),
            Kind::BatchEvent => ("batch_events", "document"),
            Kind::ChangeEvent => ("change_events", "document"),
            Kind::WebhookChange => ("webhook_changes", "document"),
        }
    }

    /// The name stored in the row.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::CertificateIssued => "certificate-issued",
            Kind::CertificateStatus => "certificate-status",
            Kind::Key => "key",
            Kind::ProviderInterval => "provider-interval",
            Kind::Client => "client",
            Kind::Bundle => "bundle",
            Kind::Partner => "partner",
            Kind::Learner => "learner",
            Kind::Scheme => "scheme",
            Kind::Achievement => "achievement",
            Kind::AchievementEvent => "achievement-event",
            Kind::Programme => "programme",
            Kind::ProgrammeEvent => "programme-event",
            Kind::Redemption => "redemption",
            Kind::Agreement => "agreement",
            Kind::AgreementSignature => "agreement-signature",
            Kind::AgreementNotice => "agreement-notice",
            Kind::AgreementPublication => "agreement-publication",
            Kind::Waiver => "waiver",
            Kind::RecognitionDecision => "recognition-decision",
            Kind::Receipt => "receipt",
            Kind::ReceiptRevocation => "receipt-revocation",
            Kind::TransferMessage => "transfer-message",
            Kind::ChannelEvent => "channel-event",
            Kind::BatchEvent => "batch-event",
            Kind::ChangeEvent => "change-event",
            Kind::WebhookChange => "webhook-change",
        }
    }
}

/// The commitment to `document` under `salt`.
pub fn commitment(salt: &[u8], document: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(TAG);
    hash.update(salt);
    hash.update(Sha256::digest(document));
    hash.finalize().into()
}

/// Writes the row for a change, inside the caller's transaction. `subject` names the row that keeps `document`; it is never personal.
///
/// # Errors
/// A fault of the database.
pub fn record(conn: &mut Conn, edge: &Edge, kind: Kind, at: i64, subject: &str, document: &[u8]) -> Result<(), Error> {
    let mut bulk = Bulk::default();
    add(&mut bulk, edge, kind, at, subject, document);
    bulk.write(conn)
}

/// Adds the row for a change to what is about to be written with it.
pub fn add(bulk: &mut Bulk, edge: &Edge, kind: Kind, at: i64, subject: &str, document: &[u8]) {
    let salt = edge.random::<32>();
    let commitment = commitment(&salt, document).to_vec();
    bulk.add(store::New { kind: kind.as_str().to_owned(), at, subject: subject.to_owned(), salt: salt.to_vec(), commitment });
}
