//! What proves a transfer, in one file: a good one, and every way in which it is not.

mod common;

use common::agreements::{keys, region, region_signer, signature};
use common::transfers::{DAY, accord, changed, day, envelope, example, lots, read_terms, ruled, stamp, terms};
use verifier::agreement::SignedAgreement;
use verifier::documents::{Achievement, Credit, Digest, GrantId, LearnerId};
use verifier::ids::{CreditCode, RegionCode, Title};
use verifier::recognition::Context;
use verifier::transfer::protocol::{Proposal, offer};
use verifier::transfer::{Dossier, DossierStepName, OfferedLot, TransferDecision};
use verifier::verdict::StepResult::{self, Failed, Ok as Good, Unchecked};

/// The achievement that minted a lot.
fn basis(lot: &OfferedLot) -> String {
    let achievement = Achievement {
        id: verifier::documents::AchievementId::parse("ach_01").expect("an id"),
        region: region("310000"),
        learner: LearnerId::parse("lrn_01").expect("an id"),
        provider: lot.facts.provider.clone().unwrap_or_else(|| CreditCode::parse("91310000MA1FL0007C").expect("a code")),
        kind: lot.facts.kind,
        course: lot.facts.course.clone(),
        title: Title::parse("集成电路装调").expect("a title"),
        hours: None,
        competition: None,
        occupation: lot.facts.occupation.clone(),
        level: lot.facts.level,
        grade: lot.facts.grade,
        earned: lot.facts.earned,
        credits: vec![Credit { scheme: lot.facts.scheme.clone(), amount: lot.minted, category: lot.facts.category.clone() }],
        at: common::transfers::at(0),
        replaces: None,
    };
    achievement.sign(&region_signer("310000")).expect("an achievement")
}

/// The agreement, the OFFER of two lots with their achievements, the DECISION, and back again.
fn good() -> Dossier {
    let bytes = terms().into_bytes();
    let parties = read_terms().parties;
    let signatures: Vec<String> = parties.iter().map(|party| signature_of(&bytes, party)).collect();
    let agreement = SignedAgreement::gather(bytes, signatures, vec![], &keys).expect("a good file").to_text();
    let texts: Vec<String> = lots().iter().map(basis).collect();
    let mut based = lots();
    based.iter_mut().zip(&texts).for_each(|(lot, text)| lot.facts.basis = Digest::of(text));
    let (terms, iss, place) = (read_terms(), region("310000"), region("320000"));
    let proposal = Proposal { iss: &iss, accord: accord(&terms), grant: GrantId::parse("g").expect("an id"), lots: based };
    let put = offer(&proposal, &Context::new(&place, day(DAY)), &envelope()).expect("it is recognised").0;
    let text = put.sign(&region_signer("310000")).expect("an OFFER");
    let told = TransferDecision::on(&put, Digest::of(&text), ruled(&put, |_| {}).expect("a ruling"), day(DAY), stamp(1));
    let back = verifier::transfer::Return::stored(&example("return")).expect("a RETURN");
    let back = verifier::transfer::Return { offer: Digest::of(&text), ..back };
    let returned = back.sign(&region_signer("320000")).expect("a RETURN");
    let answer = back.answer(Digest::of(&returned), put.gives.clone(), day(DAY), stamp(2));
    Dossier {
        agreement,
        offer: text,
        decision: told.sign_fitting(&region_signer("320000")).expect("a DECISION"),
        basis: texts,
        returned: Some(returned),
        returned_decision: Some(answer.sign(&region_signer("310000")).expect("a DECISION")),
    }
}

fn signature_of(bytes: &[u8], party: &RegionCode) -> String {
    signature(bytes, party.as_str())
}

/// The steps that are not ok.
fn wrong(dossier: &Dossier) -> Vec<(DossierStepName, StepResult, &'static str)> {
    let steps = dossier.report(&keys, &[]);
    assert!(steps.iter().all(|step| (step.result == Good) == step.code.is_none()));
    steps.iter().filter_map(|step| Some((step.step, step.result, step.code?))).collect()
}

#[test]
fn a_good_dossier_is_ok_in_every_step_and_is_written_as_it_was_read() {
    let dossier = good();
    assert_eq!(wrong(&dossier), []);
    assert_eq!(dossier.report(&keys, &[]).len(), DossierStepName::ALL.len());
    let file = dossier.to_bytes();
    assert_eq!(Dossier::open(&file), Ok(dossier.clone()));
    assert!(Dossier::open(&[&file[..], b" "].concat()).is_err_and(|error| error.code() == "document.form"));
    let half = Dossier { returned: None, ..dossier.clone() };
    assert!(Dossier::open(&half.to_bytes()).is_err_and(|error| error.about() == Some("returned")));
    let other = Dossier { returned_decision: None, ..dossier.clone() };
    assert!(Dossier::open(&other.to_bytes()).is_err_and(|error| error.about() == Some("returned_decision")));
    let many = Dossier { basis: vec![String::new(); 101], ..dossier };
    assert!(Dossier::open(&many.to_bytes()).is_err_and(|error| error.code() == "document.too_many"));
}

#[test]
fn each_thing_that_is_not_as_it_must_be_is_told_in_its_step() {
    use DossierStepName::{Agreement, Basis, Decision, Engine, Offer, Returned};
    let good = good();
    let unsigned = SignedAgreement::gather(terms().into_bytes(), vec![], vec![], &keys).expect("a good file").to_text();
    let no_basis = Dossier { basis: good.basis[1..].to_vec(), ..good.clone() };
    let foreign = Dossier { basis: vec![basis(&lots()[0]).replace("ey", "eY")], ..good.clone() };
    let swapped = Dossier { offer: good.decision.clone(), decision: good.offer.clone(), ..good.clone() };
    let other_offer = Dossier { offer: example("offer"), basis: vec![], ..good.clone() };
    let tombstone = Dossier { decision: example("tombstone"), ..good.clone() };
    let forged = Dossier { decision: changed("transfer-decision", "\"amount\":160", "\"amount\":161"), ..good.clone() };
    let not_back = Dossier { returned: Some(example("return")), ..good.clone() };
    let before = |step| (step, Unchecked, "dossier.before");
    for (dossier, expected) in [
        (Dossier { agreement: unsigned, ..good.clone() }, vec![(Agreement, Failed, "dossier.not_agreed"), (Engine, Failed, "dossier.other_result")]),
        (Dossier { agreement: String::new(), ..good.clone() }, vec![(Agreement, Failed, "dossier.not_agreed"), before(Engine)]),
        (no_basis, vec![(Basis, Unchecked, "dossier.basis_missing")]),
        (foreign, vec![(Basis, Failed, "dossier.other_basis")]),
        (
            swapped,
            vec![
                before(Agreement),
                (Offer, Failed, "dossier.other_message"),
                (Decision, Failed, "dossier.other_message"),
                before(Engine),
                before(Basis),
                before(Returned),
            ],
        ),
        (
            other_offer,
            vec![
                (Decision, Failed, "dossier.other_message"),
                (Basis, Unchecked, "dossier.basis_missing"),
                (Returned, Failed, "dossier.other_message"),
            ],
        ),
        (tombstone, vec![(Decision, Failed, "dossier.other_message"), (Engine, Unchecked, "dossier.rejected")]),
        (forged, vec![(Decision, Failed, "dossier.other_message"), (Engine, Failed, "dossier.other_result")]),
        (not_back, vec![(Returned, Failed, "dossier.other_message")]),
    ] {
        assert_eq!(wrong(&dossier), expected);
    }
    let nobody = |_: &RegionCode, _: &str| None;
    let unknown: Vec<_> = good.report(&nobody, &[]).into_iter().map(|step| step.result).collect();
    assert_eq!(unknown, [Failed, Unchecked, Unchecked, Unchecked, Unchecked, Unchecked], "without keys nothing is proved");
}
