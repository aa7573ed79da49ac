//! What a dossier proves, step by step.

use super::Dossier;
use crate::agreement::{Life, RegionKeys, SignedAgreement, State};
use crate::documents::{Achievement, Digest, ValueError};
use crate::ids::word_list;
use crate::jws::{Compact, Header};
use crate::recognition::{Accord, Context, Outcome, evaluate};
use crate::transfer::{Message, Offer, OfferedLot, Return, Signed, TransferDecision, TransferOutcome, TransferRule};
use crate::verdict::{Provider, StepResult};
use alloc::vec::Vec;

word_list! {
    /// The steps, in the order in which they are taken.
    DossierStepName, ValueError::Kind {
        /// The agreement is that of the OFFER, signed by every party, in force on the day.
        Agreement = "agreement", "协议由各方签署并在当日生效", "the agreement is signed by every party and in force on the day";
        /// The OFFER is signed by the source.
        Offer = "offer", "转出要约由转出地区签署", "the OFFER is signed by its region";
        /// The DECISION is signed by the destination and answers this OFFER.
        Decision = "decision", "决定由接收地区签署并答复该要约", "the DECISION is signed by its region and answers this OFFER";
        /// The engine gives what both say.
        Engine = "engine", "按协议重新折算结果一致", "the engine gives again what both regions say";
        /// The lots are those of the documents that they name.
        Basis = "basis", "学分与其依据文件相符", "the lots are those of the documents that they name";
        /// What came back is this transfer.
        Returned = "returned", "退回与该转移相符", "what came back is this transfer";
    }
}

coded_error! {
    /// Why a step is not ok.
    DossierRule {
        /// What it looks at is not known to be good.
        Before = "dossier.before",
        /// The agreement cannot be read, or a party has not signed.
        NotAgreed = "dossier.not_agreed",
        /// The OFFER names another agreement, or a grant that it does not have.
        OtherAgreement = "dossier.other_agreement",
        /// It was not in force on the day.
        NotInForce = "dossier.not_in_force",
        /// A message of another kind, region or transfer.
        OtherMessage = "dossier.other_message",
        /// The DECISION rejects it, so nothing was booked.
        Rejected = "dossier.rejected",
        /// A fact is missing, or a waiver made it ok.
        FactMissing = "dossier.fact_missing",
        /// The engine gives something else.
        OtherResult = "dossier.other_result",
        /// A document that a lot names is not shown.
        BasisMissing = "dossier.basis_missing",
        /// A document is not that of a lot, or not signed by the source, or says otherwise.
        OtherBasis = "dossier.other_basis",
    }
}

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DossierStep {
    /// Which.
    pub step: DossierStepName,
    /// How it ended.
    pub result: StepResult,
    /// Why it is not ok: `dossier...`, or the code with which a text in it was refused. Its words are in [`crate::messages`].
    pub code: Option<&'static str>,
}

type Finding = Result<(), (StepResult, &'static str)>;

const fn failed(rule: DossierRule) -> (StepResult, &'static str) {
    (StepResult::Failed, rule.code())
}

const fn unchecked(rule: DossierRule) -> (StepResult, &'static str) {
    (StepResult::Unchecked, rule.code())
}

/// What the later steps look at.
struct Opened<'a> {
    keys: RegionKeys<'a>,
    agreement: Option<SignedAgreement>,
    offer: Result<(Offer, Digest), (StepResult, &'static str)>,
    decision: Result<TransferDecision, (StepResult, &'static str)>,
}

impl Dossier {
    /// Takes every step: with the region keys that the reader trusts, and the providers that it knows.
    pub fn report(&self, keys: RegionKeys<'_>, providers: &[&Provider]) -> Vec<DossierStep> {
        let opened = Opened {
            keys,
            agreement: SignedAgreement::open(self.agreement.as_bytes(), keys).ok(),
            offer: opened(&self.offer, keys).and_then(|signed| match signed.message {
                Message::Offer(offer) => Ok((offer, signed.digest)),
                _ => Err(failed(DossierRule::OtherMessage)),
            }),
            decision: opened(&self.decision, keys).and_then(|signed| match signed.message {
                Message::Decision(decision) => Ok(decision),
                _ => Err(failed(DossierRule::OtherMessage)),
            }),
        };
        let mut findings = Vec::from([
            (DossierStepName::Agreement, opened.agreement()),
            (DossierStepName::Offer, opened.offer.as_ref().map(drop).map_err(|found| *found)),
            (DossierStepName::Decision, opened.answers()),
            (DossierStepName::Engine, opened.engine(providers)),
            (DossierStepName::Basis, opened.basis(&self.basis)),
        ]);
        if let (Some(text), Some(decision)) = (&self.returned, &self.returned_decision) {
            findings.push((DossierStepName::Returned, opened.came_back(text, decision)));
        }
        let told = findings.into_iter().map(|(step, finding)| match finding {
            Ok(()) => DossierStep { step, result: StepResult::Ok, code: None },
            Err((result, code)) => DossierStep { step, result, code: Some(code) },
        });
        told.collect()
    }
}

/// A message; under a key that the reader does not know it is not checked.
fn opened(text: &str, keys: RegionKeys<'_>) -> Result<Signed, (StepResult, &'static str)> {
    Message::open(text, keys).map_err(|error| {
        let is_unknown = error.code() == TransferRule::UnknownKey.code();
        (if is_unknown { StepResult::Unchecked } else { StepResult::Failed }, error.code())
    })
}

impl Opened<'_> {
    /// The OFFER and the DECISION, where both were found good.
    fn both(&self) -> Result<(&Offer, Digest, &TransferDecision), (StepResult, &'static str)> {
        match (&self.offer, &self.decision) {
            (Ok((offer, digest)), Ok(decision)) => Ok((offer, *digest, decision)),
            _ => Err(unchecked(DossierRule::Before)),
        }
    }

    fn agreement(&self) -> Finding {
        let signed = self.agreement.as_ref().filter(|signed| signed.is_agreed()).ok_or(failed(DossierRule::NotAgreed))?;
        let (offer, _, decision) = self.both()?;
        if signed.digest() != offer.agreement || signed.agreement().grant(&offer.grant).is_none() {
            return Err(failed(DossierRule::OtherAgreement));
        }
        let state = Life::of(signed, core::iter::empty()).state(signed.agreement().in_force, decision.day);
        if state == State::InForce { Ok(()) } else { Err(failed(DossierRule::NotInForce)) }
    }

    fn answers(&self) -> Finding {
        let decision = self.decision.as_ref().map_err(|found| *found)?;
        let (offer, digest, _) = self.both()?;
        let is_of_it = decision.iss == offer.aud && decision.aud == offer.iss && decision.jti == offer.jti && decision.offer == Some(digest);
        if is_of_it { Ok(()) } else { Err(failed(DossierRule::OtherMessage)) }
    }

    fn engine(&self, providers: &[&Provider]) -> Finding {
        let (offer, _, decision) = self.both()?;
        if decision.outcome == TransferOutcome::Rejected {
            return Err(unchecked(DossierRule::Rejected));
        }
        let signed = self.agreement.as_ref().filter(|signed| signed.digest() == offer.agreement).ok_or(unchecked(DossierRule::Before))?;
        let grant = signed.agreement().grant(&offer.grant).ok_or(unchecked(DossierRule::Before))?;
        let accord = Accord { agreement: signed.agreement(), digest: signed.digest(), life: Life::of(signed, core::iter::empty()) };
        // What the learner had received is known to the destination alone, so limits are as good as what it says of them.
        let context = Context { providers, ..Context::new(&offer.aud, decision.day) };
        let evaluated = evaluate(&accord, grant, &offer.case(), &context);
        match evaluated.outcome {
            Outcome::Recognised if evaluated.gives == offer.gives && evaluated.gives == decision.lots => Ok(()),
            Outcome::Undetermined => Err(unchecked(DossierRule::FactMissing)),
            Outcome::Refused if decision.checks.iter().any(|check| !check.waived.is_empty()) => Err(unchecked(DossierRule::FactMissing)),
            Outcome::Recognised | Outcome::Refused => Err(failed(DossierRule::OtherResult)),
        }
    }

    fn basis(&self, texts: &[alloc::string::String]) -> Finding {
        let (offer, _) = self.offer.as_ref().map_err(|_| unchecked(DossierRule::Before))?;
        for text in texts {
            let digest = Digest::of(text);
            let mut lots = offer.lots.iter().filter(|lot| lot.facts.basis == digest).peekable();
            if lots.peek().is_none() || !lots.all(|lot| self.is_basis(text, lot, offer)) {
                return Err(failed(DossierRule::OtherBasis));
            }
        }
        let is_shown = |lot: &OfferedLot| texts.iter().any(|text| Digest::of(text) == lot.facts.basis);
        if offer.lots.iter().all(is_shown) { Ok(()) } else { Err(unchecked(DossierRule::BasisMissing)) }
    }

    /// Whether an achievement is signed by the source and mints this lot. Of a card that declares credit the digest says enough: the
    /// source has signed it in the OFFER.
    fn is_basis(&self, text: &str, lot: &OfferedLot, offer: &Offer) -> bool {
        let Ok(achievement) = Achievement::stored(text) else { return crate::card::Card::parse(text).is_ok() };
        let kid = Compact::split(text, crate::documents::MAX_BYTES).and_then(|compact| Header::parse(&compact.header));
        let kid = kid.ok().and_then(|header| header.kid).unwrap_or_default();
        let key = (self.keys)(&offer.iss, &kid).filter(|key| key.stood_at(achievement.at));
        let is_signed = key.is_some_and(|key| Achievement::open(text, &key.public).is_ok());
        let mints = achievement.credits.get(usize::from(lot.part));
        let (facts, minted) = (&lot.facts, lot.minted);
        let is_minted = mints.is_some_and(|own| own.scheme == facts.scheme && own.amount == minted && own.category == facts.category);
        let is_told = achievement.kind == facts.kind && achievement.course == facts.course && achievement.earned == facts.earned;
        is_signed && achievement.region == offer.iss && is_minted && is_told
    }

    fn came_back(&self, text: &str, decision: &str) -> Finding {
        let (offer, digest, _) = self.both()?;
        let (back, answer) = (opened(text, self.keys)?, opened(decision, self.keys)?);
        let (Message::Return(returned), Message::Decision(decision)) = (back.message, answer.message) else {
            return Err(failed(DossierRule::OtherMessage));
        };
        let is_of_it = |own: &Return| own.iss == offer.aud && own.aud == offer.iss && own.of == offer.jti && own.offer == digest;
        let answers = decision.iss == offer.iss && decision.jti == returned.jti && decision.offer == Some(back.digest);
        if !is_of_it(&returned) || !answers {
            return Err(failed(DossierRule::OtherMessage));
        }
        if decision.outcome == TransferOutcome::Accepted { Ok(()) } else { Err(unchecked(DossierRule::Rejected)) }
    }
}
