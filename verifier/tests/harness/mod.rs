//! What must hold for every input, one body a parser. The fuzz targets and `tests/fuzz_harness.rs` run the same bodies: the first for
//! hours over anything, the second for a second over altered real inputs.

use core::fmt::{Debug, Write as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::OnceLock;
use verifier::agreement::{Agreement, Life, RegionKey, SignedAgreement};
use verifier::base64url;
use verifier::bundle::{
    Anchor, Bundle, Contents, Delta, KeysPart, MANIFEST_TYP, Manifest, PartName, ProvidersPart, RevokedPart, RiceSet, StatusPart,
};
use verifier::card::{Card, MAX_BYTES};
use verifier::documents::{
    Achievement, AgreementSignature, Digest, DocumentError, Notice, Programme, Receipt, ReceiptId, Redemption, Scheme, Waiver, digest,
};
use verifier::hf1::{self, Type};
use verifier::ids::{CertificateNumber, CreditCode, IdDocument, IdKind, LastFour, OccupationCode, OccupationPrefix, PersonName, RegionCode, Title};
use verifier::jws::{Compact, Header, PublicKey, Signer, sign_compact};
use verifier::programme::{check, suggest};
use verifier::recognition::{Accord, CaseFacts, CertificateFacts, Context, Decision, accepts, evaluate, recognise};
use verifier::status::{Bitstring, TokenStatusList, gunzip, gzip};
use verifier::time::{Day, Instant, Zone};
use verifier::transfer::protocol::destination::{self, DestinationEvent};
use verifier::transfer::protocol::source::{self, Source, SourceEvent};
use verifier::transfer::protocol::{Channel, Desk, Stamp, decide};
use verifier::transfer::{Cancel, Handover, Message, Offer, Resync, Return, Signed, Statement, TransferDecision, TransferOutcome, proof};
use verifier::verdict::{Outcome, Presented, PresentedReceipt, ReceiptFacts, Region, StatusFact, judge_receipt};

/// One body: it panics where something that must hold does not.
pub type Body = fn(&[u8]);

/// Every body with the name of its fuzz target.
pub const BODIES: [(&str, Body); 13] = [
    ("jws", jws),
    ("card", card),
    ("hf1", hf1),
    ("ids", ids),
    ("status", status),
    ("bundle", bundle),
    ("manifest", manifest),
    ("parts", parts),
    ("delta", delta),
    ("documents", documents),
    ("agreement", agreement),
    ("decision", decision),
    ("transfer", transfer),
];

/// A JWS that splits is written in exactly one way; no header but a good one passes; any key that passes writes itself back.
pub fn jws(data: &[u8]) {
    let _ = Header::parse(data);
    if let Ok(bytes) = <&[u8; 32]>::try_from(data)
        && let Ok(key) = PublicKey::from_bytes(bytes)
    {
        assert_eq!(PublicKey::parse(&base64url::encode(bytes)), Ok(key));
    }
    let Ok(text) = core::str::from_utf8(data) else { return };
    if let Ok(parts) = Compact::split(text, 4_096) {
        let [header, payload] = [&parts.header, &parts.payload].map(|part| base64url::encode(part));
        assert_eq!(format!("{header}.{payload}.{}", base64url::encode(&parts.signature)), text);
        assert!(!parts.is_signed_by(signer().public()) || Header::parse(&parts.header).is_ok(), "only we sign with the test key");
    }
}

/// A card that parses keeps its text and its claims; so does any payload that is signed as one.
pub fn card(data: &[u8]) {
    let header = format!(r#"{{"alg":"EdDSA","kid":"{}","typ":"hf1+jwt"}}"#, signer().public().short());
    let signed = sign_compact(&header, data, &signer());
    if let Ok(card) = Card::parse(&signed) {
        assert!(card.is_signed_by(signer().public()));
        assert_eq!(card.payload(), data);
        let again = Card::sign(card.claims(), &signer()).expect("claims that were read can be signed");
        assert_eq!(again.claims(), card.claims());
    }
    let Ok(text) = core::str::from_utf8(data) else { return };
    if let Ok(card) = Card::parse(text) {
        assert!(text.len() <= MAX_BYTES);
        assert_eq!(card.jws(), text);
    }
    let _ = Presented::from_text(text);
}

/// Digits that decode to a card encode to digits of the same card; bytes reach the decoder behind any digits.
pub fn hf1(data: &[u8]) {
    let digits = digits_of(data.get(..2_100).unwrap_or(data));
    let texts = [core::str::from_utf8(data).ok(), Some(digits.as_str())];
    for text in texts.into_iter().flatten() {
        let _ = hf1::read(text);
        if let Ok(jws) = hf1::decode(text)
            && let Ok(card) = Card::parse(&jws)
        {
            for kind in [Type::Verbatim, Type::Deflated] {
                assert_eq!(hf1::decode(&hf1::encode_as(&card, kind)).as_deref(), Ok(card.jws()));
            }
        }
    }
}

/// Whatever an identifier accepts it writes back, and reads again as the same.
pub fn ids(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    reads_back(CreditCode::parse(text), text);
    reads_back(RegionCode::parse(text), text);
    reads_back(OccupationCode::parse(text), text);
    reads_back(OccupationPrefix::parse(text), text);
    reads_back(LastFour::parse(text), text);
    reads_back(CertificateNumber::parse(text), text);
    reads_back(PersonName::parse(text), text);
    reads_back(Title::parse(text), text);
    reads_back(Day::parse(text), text);
    use IdKind::{HkId, HkMacauPermit, MacauId, Passport, ResidencePermit, Resident, TaiwanPermit};
    for kind in [Resident, HkMacauPermit, TaiwanPermit, HkId, MacauId, ResidencePermit, Passport] {
        if let Ok(id) = IdDocument::parse(kind, text) {
            assert_eq!(IdDocument::parse(kind, id.as_str()).as_ref(), Ok(&id));
            assert!(id.as_str().ends_with(id.last_four().as_str()));
        }
    }
}

/// A list that inflates reads the same after it is written again; nothing inflates above its cap.
pub fn status(data: &[u8]) {
    if let Ok(bytes) = gunzip(data, 1_000) {
        assert!(bytes.len() <= 1_000);
        assert_eq!(gunzip(&gzip(&bytes), 1_000), Ok(bytes));
    }
    if let Ok(list) = Bitstring::from_gzip(data) {
        assert_eq!(Bitstring::parse(&list.encoded_list()), Ok(list));
    }
    let encoded = base64url::encode(data);
    for bits in [1, 2, 4, 8] {
        if let Ok(list) = TokenStatusList::parse(bits, &encoded) {
            assert_eq!(list.get(list.capacity()), None);
            assert_eq!(TokenStatusList::parse(bits, &list.lst()), Ok(list));
        }
    }
    if let Ok(text) = core::str::from_utf8(data) {
        let _ = (Bitstring::parse(text), TokenStatusList::parse(2, text));
    }
}

/// A file that opens writes itself back, follows itself, and judges without panic; so does any file of these manifests with any part in it.
pub fn bundle(data: &[u8]) {
    let _ = Contents::read(data);
    let Ok(held) = Bundle::open(data, &anchor()) else { return };
    let written = held.to_json();
    assert_eq!(Bundle::open(&written, &anchor()).expect("what it wrote").to_json(), written);
    assert_eq!(held.update(data).expect("itself").to_json(), written);
    let _ = held.judge("https://any.host/#1", Instant(0));
}

/// A manifest that opens is written in exactly one way; so is any payload that is signed as one.
pub fn manifest(data: &[u8]) {
    let header = format!(r#"{{"alg":"EdDSA","kid":"{}","typ":"{MANIFEST_TYP}"}}"#, signer().public().thumbprint());
    let signed = sign_compact(&header, data, &signer());
    let texts = [core::str::from_utf8(data).ok(), Some(signed.as_str())];
    for text in texts.into_iter().flatten() {
        let _ = Manifest::introduce(text);
        if let Ok(manifest) = Manifest::open(text, signer().public()) {
            assert_eq!(manifest.sign(&signer()).as_deref(), Ok(text));
            assert!(manifest.fresh_until <= manifest.expires && manifest.part(PartName::Revoked).is_some());
        }
    }
}

/// A part that parses is written in exactly one way; a set that decodes is coded in exactly one.
pub fn parts(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    let again = [
        KeysPart::parse(text).map(|part| part.to_text()),
        ProvidersPart::parse(text).map(|part| part.to_text()),
        RevokedPart::parse(text).map(|part| part.to_text()),
        StatusPart::parse(text).map(|part| part.to_text()),
    ];
    again.into_iter().flatten().for_each(|written| assert_eq!(written, text));
    let [n, k, rest @ ..] = data else { return };
    let set = RiceSet { n: u32::from(*n), k: *k, bits: base64url::encode(rest) };
    if let Some(numbers) = set.decode(1 << 40) {
        assert_eq!(RiceSet::encode(&numbers), set);
    }
}

/// A delta that parses is read again as the same, and never makes anything that a file would not.
pub fn delta(data: &[u8]) {
    let Ok(delta) = Delta::parse(data) else { return };
    assert_eq!(Delta::parse(&delta.to_json()), Ok(delta));
    static HELD: OnceLock<Bundle> = OnceLock::new();
    if let Ok(next) = HELD.get_or_init(held).apply(data) {
        assert_eq!(Bundle::open(&next.to_json(), &anchor()).expect("what it wrote").to_json(), next.to_json());
    }
}

/// A document that opens is written in exactly one way; so is any payload that is signed as one. A programme is never met by nothing.
pub fn documents(data: &[u8]) {
    written_again("hufu-scheme+jwt", data, |text, key| {
        let scheme = Scheme::open(text, key)?;
        assert!(scheme.expires_on(Day::MIN) <= scheme.expires_on(Day::MAX));
        Ok(scheme.sign(&signer()))
    });
    written_again("hufu-achievement+jwt", data, |text, key| Achievement::open(text, key).map(|achievement| achievement.sign(&signer())));
    written_again("hufu-agreement-signature+jwt", data, |text, key| AgreementSignature::open(text, key).map(|signature| signature.sign(&signer())));
    written_again("hufu-notice+jwt", data, |text, key| Notice::open(text, key).map(|notice| notice.sign(&signer())));
    written_again("hufu-waiver+jwt", data, |text, key| Waiver::open(text, key).map(|waiver| waiver.sign(&signer())));
    written_again("hufu-receipt+jwt", data, |text, key| Receipt::open(text, key).map(|receipt| receipt.sign(&signer())));
    written_again("hufu-redemption+jwt", data, |text, key| Redemption::open(text, key).map(|redemption| redemption.sign(&signer())));
    written_again("hufu-programme+jwt", data, |text, key| {
        let programme = Programme::open(text, key)?;
        let region = anchor().region;
        assert!(check(&programme, &region, &[], Day::MAX).iter().any(|check| !check.ok));
        assert!(suggest(&programme, &region, &[], Day::MIN).is_err_and(|checks| !checks.is_empty()));
        Ok(programme.sign(&signer()))
    });
}

/// An agreement that is read is written as a draft of the same content, and any of its grants gives a decision of anything; a file that
/// opens is written as one that opens as the same.
pub fn agreement(data: &[u8]) {
    if let Ok(read) = Agreement::read(data) {
        assert_eq!(Agreement::read(read.to_text().as_bytes()).as_ref(), Ok(&read));
        let accord = Accord { agreement: &read, digest: Digest::of_bytes(data), life: Life::AGREED };
        let context = Context::new(&read.parties[1], read.in_force.from);
        for (grant, facts) in read.grants.iter().flat_map(|grant| facts().iter().map(move |facts| (grant, facts))) {
            let made = evaluate(&accord, grant, facts, &context);
            assert_eq!(accepts(&accord, grant, facts, &context), made.failed().next().is_none());
            assert_eq!(Decision::read(&made.to_bytes()), Ok(made));
        }
        for facts in facts() {
            let _ = recognise(&[accord], facts, &context);
        }
    }
    let keys = |_: &RegionCode, _: &str| Some(RegionKey { public: *signer().public(), revoked: None });
    if let Ok(signed) = SignedAgreement::open(data, &keys) {
        assert_eq!(SignedAgreement::open(signed.to_text().as_bytes(), &keys), Ok(signed));
    }
}

/// A decision that is read is written in exactly one way, and a receipt with it is judged.
pub fn decision(data: &[u8]) {
    if let Ok(read) = Decision::read(data) {
        assert_eq!(read.to_bytes(), data);
        if let CaseFacts::Certificate(facts) = &read.case {
            receipt(&read, facts);
        }
    }
    let _ = CaseFacts::read(data);
}

/// A message that opens is written in exactly one way; so is any payload that is signed as one. Any OFFER can be answered, and is answered alike
/// again. Nothing that was decided is ever decided otherwise.
pub fn transfer(data: &[u8]) {
    let own = |text: &str, key: &PublicKey| {
        let keys = |_: &RegionCode, _: &str| Some(RegionKey { public: *key, revoked: None });
        let signed = Message::open(text, &keys)?;
        assert_eq!(Message::stored(text).as_ref(), Ok(&signed));
        assert_eq!(proof(&signed, &signed), None);
        answered(&signed);
        Ok(match signed.message {
            Message::Offer(own) => own.sign(&signer()),
            Message::Return(own) => own.sign(&signer()),
            Message::Decision(own) => own.sign(&signer()),
            Message::Cancel(own) => own.sign(&signer()),
            Message::Statement(own) => own.sign(&signer()),
            Message::Resync(own) => own.sign(&signer()),
            Message::Handover(own) => own.sign(&signer()),
        })
    };
    for kind in ["offer", "return", "transfer-decision", "cancel", "statement", "resync", "handover"] {
        written_again(&format!("hufu-{kind}+jwt"), data, own);
    }
    let opened =
        |text| (Offer::stored(text).is_ok(), Return::stored(text).is_ok(), TransferDecision::stored(text).is_ok(), Cancel::stored(text).is_ok());
    if let Ok(text) = core::str::from_utf8(data) {
        let _ = (opened(text), Statement::stored(text), Resync::stored(text), Handover::stored(text));
    }
    steps(data);
}

fn answered(signed: &Signed) {
    let Message::Offer(offer) = &signed.message else { return };
    let desk = Desk {
        channel: Channel { peer: offer.epoch, ..Channel::FIRST },
        accord: None,
        context: Context::new(&offer.aud, Day::MIN),
        has_account: true,
    };
    let agreement = Agreement::read(include_bytes!("../vectors/agreement-example.json")).expect("the example");
    let known = Desk { accord: Some(Accord { agreement: &agreement, digest: offer.agreement, life: Life::AGREED }), ..desk };
    for desk in [desk, known] {
        let ruling = decide(offer, &desk).expect("it is for here and of now");
        assert_eq!(decide(offer, &desk).as_ref(), Ok(&ruling));
        let stamp = Stamp { epoch: 1, iat: offer.iat, seq: 1 };
        let told = TransferDecision::on(offer, signed.digest, ruling, desk.context.day, stamp);
        assert!(told.sign_fitting(&signer()).is_ok());
    }
    assert_eq!(offer.anew(offer.answer_by, Stamp { epoch: 9, iat: offer.iat, seq: 9 }).terms(), offer.terms());
}

/// Takes any steps on either side.
fn steps(data: &[u8]) {
    let (mut asks, mut answers) = (Source::None, None);
    for byte in data {
        let outcome = if byte & 8 == 0 { TransferOutcome::Accepted } else { TransferOutcome::Rejected };
        let terms = Digest::of_bytes(&[byte & 16]);
        let epoch = u32::from(byte >> 5);
        let event = match byte & 3 {
            0 => SourceEvent::Wanted,
            1 => SourceEvent::Due,
            2 => SourceEvent::Put { signed_in: 1, own: epoch },
            _ => SourceEvent::Decided { outcome, is_ours: byte & 4 == 0 },
        };
        let next = source::step(asks, event).0;
        assert!(next == asks || matches!((asks, event), (Source::None, SourceEvent::Wanted) | (Source::Reserved, SourceEvent::Decided { .. })));
        asks = next;
        let event = match byte & 3 {
            0 => DestinationEvent::Cancelled,
            1 => DestinationEvent::Asked(terms),
            _ => DestinationEvent::Ruled(terms, outcome),
        };
        let next = destination::step(answers, event, epoch).0;
        assert!(answers.is_none_or(|before| next.is_some_and(|next| next.outcome == before.outcome && next.terms == before.terms)));
        answers = next;
    }
}

/// By an agreement that passes for the one of the decision, whatever it says; without a status no receipt is good.
fn receipt(decision: &Decision, facts: &CertificateFacts) {
    let receipt = Receipt {
        id: ReceiptId::parse("rcp_1").expect("an id"),
        region: decision.to.clone(),
        number: facts.number.clone(),
        origin: facts.origin.clone(),
        card: decision.agreement,
        decision: base64url::encode(&decision.to_bytes()),
        day: decision.day,
        at: Instant(0),
        status: (1, 0),
    };
    let Ok(text) = receipt.sign(&signer()) else { return };
    let agreement = Agreement::read(include_str!("../vectors/agreement-example.json").as_bytes()).expect("an agreement");
    let region = Region { code: decision.to.clone(), name_zh: String::new(), name_en: String::new(), zone: Zone::CHINA };
    let (as_of, later) = (Instant(0), Instant(1));
    let facts = ReceiptFacts {
        as_of,
        fresh_until: later,
        expires: later,
        region: Some(&region),
        key: Some(*signer().public()),
        accord: Some(Accord { agreement: &agreement, digest: decision.agreement, life: Life::AGREED }),
        status: StatusFact::Beyond,
    };
    let verdict = judge_receipt(&PresentedReceipt::from_text(&text).expect("a receipt"), &facts, as_of);
    assert!(matches!(verdict.outcome, Outcome::Invalid | Outcome::Undetermined), "{verdict:?}");
}

/// One case of each kind, out of the vectors.
fn facts() -> &'static [CaseFacts] {
    static FACTS: OnceLock<Vec<CaseFacts>> = OnceLock::new();
    FACTS.get_or_init(|| {
        let all: Vec<serde_json::Value> = serde_json::from_str(include_str!("../vectors/recognition.json")).expect("JSON");
        let of = |kind: &str| all.iter().map(|vector| &vector["case"]).find(|case| case.get(kind).is_some()).expect("a case").to_string();
        ["certificate", "credit", "provider"].map(|kind| CaseFacts::read(of(kind).as_bytes()).expect("facts")).to_vec()
    })
}

type Again = Result<Result<String, DocumentError>, DocumentError>;

fn written_again(typ: &str, data: &[u8], again: fn(&str, &PublicKey) -> Again) {
    let header = format!(r#"{{"alg":"EdDSA","kid":"{}","typ":"{typ}"}}"#, signer().public().thumbprint());
    let signed = sign_compact(&header, data, &signer());
    let texts = [core::str::from_utf8(data).ok(), Some(signed.as_str())];
    for text in texts.into_iter().flatten() {
        assert_eq!(Digest::parse(&digest(text)), Ok(Digest::of(text)));
        if let Ok(written) = again(text, signer().public()) {
            assert_eq!(written.as_deref(), Ok(text));
        }
    }
}

/// The vectors' bundle before a delta, and its anchor.
fn held() -> Bundle {
    let file: serde_json::Value = serde_json::from_str(include_str!("../vectors/bundle.json")).expect("JSON");
    let bytes = base64url::decode(file["bundles"]["good, before a delta"].as_str().expect("a file")).expect("base64url");
    Bundle::open(&bytes, &anchor()).expect("a good bundle")
}

fn anchor() -> Anchor {
    Anchor { region: RegionCode::parse("310000").expect("a region"), key: *Signer::from_seed(&[31; 32]).public() }
}

fn reads_back<T: Serialize + DeserializeOwned + PartialEq + Debug, E>(parsed: Result<T, E>, text: &str) {
    if let Ok(value) = parsed {
        let json = serde_json::to_string(&value).expect("a string");
        assert_eq!(serde_json::from_str::<String>(&json).expect("a string"), text);
        assert_eq!(serde_json::from_str::<T>(&json).expect("the same value"), value);
    }
}

fn signer() -> Signer {
    Signer::from_seed(&[7; 32])
}

/// Bytes in the digits of HF1, so that altered bytes are tried and not only altered digits.
pub fn digits_of(bytes: &[u8]) -> String {
    bytes.chunks(7).fold(String::new(), |mut text, group| {
        let value = group.iter().fold(0u64, |value, byte| value << 8 | u64::from(*byte));
        let width = [0, 3, 5, 8, 10, 13, 15, 17][group.len()];
        write!(text, "{value:0width$}").expect("a string takes anything");
        text
    })
}
