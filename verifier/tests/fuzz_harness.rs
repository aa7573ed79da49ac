//! A bounded, deterministic run of the fuzz bodies over altered real inputs: what the fuzz targets do for hours, for a second.

mod common;
mod harness;

use common::bundles::RegionFacts;
use common::cards::{Draw, full_card};
use common::documents::{KINDS, signed};
use common::{agreements, bundle_vectors, recognition_cases, transfers};
use common::{claims_json, signer};
use harness::{BODIES, digits_of};
use verifier::base64url;
use verifier::hf1::{self, Type};
use verifier::jws::sign_compact;
use verifier::status::{Purpose, Status, StatusArray};

/// Real inputs of every kind: each body gets all of them, since one format's text is another's nonsense.
fn seeds() -> Vec<Vec<u8>> {
    let card = full_card(&mut Draw(7));
    let mut list = StatusArray::with_len(300).expect("inside the limit");
    list.set(17, Status::Revoked).expect("inside the list");
    let mut hf1_bytes = vec![1];
    hf1_bytes.extend_from_slice(&card.kid().0);
    hf1_bytes.extend_from_slice(&card.payload());
    hf1_bytes.extend_from_slice(card.signature());
    assert_eq!(digits_of(&hf1_bytes), hf1::encode_as(&card, Type::Verbatim), "the harness writes the same digits");
    let mut seeds = vec![
        card.jws().into(),
        card.payload(),
        claims_json().into_bytes(),
        hf1::encode(&card).into_bytes(),
        format!("https://hf.example/c#{}", hf1::encode(&card)).into_bytes(),
        hf1_bytes,
        sign_compact(r#"{"alg":"EdDSA","typ":"note"}"#, b"{}", &signer()).into_bytes(),
        br#"{"alg":"EdDSA","kid":"k","typ":"t","cty":"c"}"#.to_vec(),
        signer().public().as_bytes().to_vec(),
        list.bitstring(Purpose::Revocation).to_gzip(),
        base64url::decode(&list.token_list().lst()).expect("base64url"),
        list.bitstring(Purpose::Suspension).encoded_list().into_bytes(),
    ];
    let texts =
        ["91350100M000100Y43", "310000", "6-31-01-03", "6-25-", "11010519491231002X", "A123456(3)", "1/234567/8", "阿依古丽·买买提", "2026-02-28"];
    seeds.extend(texts.map(|text| text.as_bytes().to_vec()));
    seeds.extend(of_bundles());
    seeds.extend(of_agreements());
    seeds.extend(transfers::examples().iter().flat_map(|(_, text)| [text.clone().into_bytes(), transfers::parts(text)[1].clone().into_bytes()]));
    seeds.extend(KINDS.iter().flat_map(|kind| [kind.example.as_bytes().to_vec(), signed(kind, kind.example).into_bytes()]));
    seeds
}

/// Agreements, files and decisions.
fn of_agreements() -> Vec<Vec<u8>> {
    let cases = recognition_cases::all();
    let made =
        cases.iter().step_by(20).flat_map(|case| [case.agreement.clone().into_bytes(), case.facts.clone().into_bytes(), case.decided().0.to_bytes()]);
    let bytes = agreements::EXAMPLE.as_bytes();
    made.chain([bytes.to_vec(), agreements::gathered(bytes, &["310000", "320000"], vec![]).to_text().into_bytes()]).collect()
}

/// Files, deltas, manifests and parts.
fn of_bundles() -> Vec<Vec<u8>> {
    let all = bundle_vectors::all();
    let facts = RegionFacts::good().with_peer("320000");
    let manifest = serde_json::to_vec(&facts.manifest()).expect("JSON");
    let files = ["good, as plain JSON", "delta", "delta, gzipped, with the whole manifest", "several lists"].map(|name| all.files[name].clone());
    let parts = facts.parts().into_values().map(String::into_bytes);
    // A set of no numbers with bits all the same was once lost in writing.
    let idle = String::from_utf8_lossy(&all.files["delta"]).replace(r#""valid":{"n":1,"#, r#""valid":{"n":0,"#);
    assert_ne!(idle.as_bytes(), all.files["delta"]);
    files
        .into_iter()
        .chain([idle.into_bytes()])
        .chain([manifest, facts.manifest_text().into_bytes(), vec![3, 1, 0b1010_0110, 0]])
        .chain(parts)
        .collect()
}

/// One to four small alterations: a bit, a byte, a cut, a doubling, an exchange with another seed.
fn altered(draw: &mut Draw, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut input = seeds[draw.below(seeds.len())].clone();
    for _ in 0..=draw.below(4) {
        let at = draw.below(input.len() + 1);
        match draw.below(6) {
            0 if at < input.len() => input[at] ^= 1 << draw.below(8),
            1 if at < input.len() => input[at] = draw.one(&["0", "9", "A", "\"", "{", ".", "\0", "\u{7f}"]).as_bytes()[0],
            2 => input.truncate(at),
            3 => drop(input.splice(at..at, *b"\xff\x00")),
            4 => {
                let end = (at + draw.below(20)).min(input.len());
                let part = input[at..end].to_vec();
                input.splice(at..at, part);
            }
            _ => {
                let other = &seeds[draw.below(seeds.len())];
                input.truncate(at);
                input.extend_from_slice(&other[other.len().min(at)..]);
            }
        }
    }
    input
}

#[test]
fn every_body_holds_for_real_inputs_and_for_altered_ones() {
    let seeds = seeds();
    let mut draw = Draw(42);
    for (_, body) in BODIES {
        seeds.iter().for_each(|seed| body(seed));
        (0..1_500).for_each(|_| body(&altered(&mut draw, &seeds)));
    }
}

#[test]
fn every_body_has_its_fuzz_target() {
    for (name, _) in BODIES {
        let path = format!("{}/../fuzz/fuzz_targets/{name}.rs", env!("CARGO_MANIFEST_DIR"));
        let source = std::fs::read_to_string(&path).expect("the target is there");
        assert!(source.contains(&format!("harness::{name}(")), "{path}");
    }
}
