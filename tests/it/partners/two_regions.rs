//! Two registries of two regions: each card verifies in the other region, online and offline, whatever becomes of the registry that issued it.

use verifier::bundle::{Anchor, Bundle, Manifest};
use verifier::ids::RegionCode;
use verifier::time::Instant;

use super::*;
use crate::support::issuing::{Body, body, draft, issue, step};

const DAY: i64 = 86_400;

/// The registry of 320000, its provider, and a certificate of it.
struct Neighbour {
    world: World,
    body: Body,
    certificate: Value,
}

impl Neighbour {
    fn of(world: &World) -> Neighbour {
        let settings = [
            ("region", "320000"),
            ("region_name_zh", "江苏省"),
            ("region_name_en", "Jiangsu"),
            ("publish_seconds", "0"),
            ("public_url", "https://js.test"),
        ];
        let world = world.another(&settings);
        let body = body(&world, 1);
        let certificate = issue(&body.client, &draft());
        Neighbour { world, body, certificate }
    }

    fn card(&self) -> &str {
        text(&self.certificate, "card")
    }
}

/// Pins `other` at `world` by what the other registry says of itself.
fn pin(world: &World, other: &World) -> Answer {
    let said = other.client().get("/v1/region").expect(200).json();
    world.signed_in(Role::Operator, None).post_json("/v1/partners", &pin_input(&other.url, text(&said, "fingerprint")))
}

fn look(world: &World, region: &str) -> Value {
    fetch(&world.signed_in(Role::Operator, None), region, false).expect(200).json()
}

fn anchor(world: &World) -> Anchor {
    Anchor { region: world.app.region.code.clone(), key: *world.app.keys.region_signer().public() }
}

fn region(code: &str) -> RegionCode {
    RegionCode::parse(code).unwrap()
}

/// What a verifier opens that has pinned nothing but the key of `world`.
#[track_caller]
fn bundle(world: &World) -> Bundle {
    let file = world.client().get("/v1/bundle").expect(200);
    Bundle::open(&file.bytes, &anchor(world)).unwrap_or_else(|error| panic!("{error}"))
}

fn own(world: &World) -> Manifest {
    bundle(world).own().unwrap().clone()
}

/// Outcome and code online at `world`, which are the same offline by its bundle.
#[track_caller]
fn both_say(world: &World, card: &str) -> (String, String) {
    let offline = bundle(world).judge(card, Instant(world.app.edge.now()));
    let online = said(world, card);
    assert_eq!(serde_json::to_value(offline.outcome).unwrap(), online.0.as_str());
    online
}

both! {
    fn a_card_of_one_region_verifies_in_the_other_with_the_others_key_alone(world: &World) with [("publish_seconds", "0")] {
        let neighbour = Neighbour::of(world);
        assert_eq!(both_say(world, neighbour.card()), pair("undetermined", "signature.key_unknown"));
        let before = bundle(world);
        let pinned = pin(world, &neighbour.world).expect(201).json();
        assert_eq!((&pinned["region"], &pinned["held"]["name_en"]), (&json!("320000"), &json!("Jiangsu")));
        assert_eq!(both_say(world, neighbour.card()), pair("valid", ""));
        assert_eq!(both_say(world, text(&neighbour.certificate, "qr_text")), pair("valid", ""));
        let held = bundle(world);
        assert_eq!(held.own().unwrap().peers.len(), 1);
        assert_eq!(held.region(&region("320000")).unwrap().jws(), bundle(&neighbour.world).region(&region("320000")).unwrap().jws());
        assert_eq!(held.missing().count(), 0);
        // Who carried the older file away takes the newer one over it.
        let updated = before.update(&world.client().get("/v1/bundle").expect(200).bytes).unwrap();
        assert_eq!(updated.regions().count(), 2);
    }

    fn a_revocation_reaches_the_other_region_with_the_next_look_by_a_delta(world: &World) with [("publish_seconds", "0")] {
        let neighbour = Neighbour::of(world);
        pin(world, &neighbour.world).expect(201);
        let carried = bundle(world);
        step(&neighbour.body.client, &neighbour.certificate, "revoke").expect(200);
        assert_eq!(both_say(world, neighbour.card()), pair("valid", ""), "nobody has looked yet");
        let own_before = own(world);
        let state = look(world, "320000");
        assert!(state.get("error").is_none(), "{state}");
        assert_eq!(both_say(world, neighbour.card()), pair("invalid", "status.revoked"));
        let deltas = neighbour.world.client().get("/metrics").expect(200).text().to_owned();
        let line = r#"hufu_requests_total{method="GET",route="/v1/bundle/deltas/{seq}",status="200"} 1"#;
        assert!(deltas.contains(line), "{deltas}");
        assert_eq!(own(world).seq, own_before.seq, "what a partner says is the partner's manifest to sign");
        let updated = carried.update(&world.client().get("/v1/bundle").expect(200).bytes).unwrap();
        assert_eq!(serde_json::to_value(updated.judge(neighbour.card(), Instant(world.app.edge.now())).outcome).unwrap(), "invalid");
        // And what is issued later there is known here after a look.
        let later = issue(&neighbour.body.client, &draft());
        look(world, "320000");
        assert_eq!(both_say(world, text(&later, "card")), pair("valid", ""));
    }

    fn a_region_whose_registry_is_gone_still_has_its_cards_verified_with_their_age(world: &World) with [("publish_seconds", "0")] {
        let neighbour = Neighbour::of(world);
        pin(world, &neighbour.world).expect(201);
        let iat = own(&neighbour.world).iat;
        look(world, "320000");
        neighbour.world.stop();
        let state = look(world, "320000");
        assert_eq!((&state["error"]["code"], &state["failures"]), (&json!("partners.unreachable"), &json!(1)));
        assert!(state["next_at"].as_i64().unwrap() > world.app.edge.now());
        assert_eq!(both_say(world, neighbour.card()), pair("valid", ""));
        world.app.edge.shift(2 * DAY);
        let state = look(world, "320000");
        assert!(state["failures"] == 2 && state["held"]["age"].as_i64().unwrap() >= 2 * DAY, "{state}");
        assert_eq!(both_say(world, neighbour.card()), pair("valid-as-of", ""));
        let offline = bundle(world).judge(neighbour.card(), Instant(world.app.edge.now()));
        assert!(offline.as_of >= iat && offline.as_of.0 < world.app.edge.now() - 2 * DAY + 600);
        world.app.edge.shift(88 * DAY + 60);
        assert_eq!(both_say(world, neighbour.card()), pair("undetermined", "facts.expired"));
    }

    fn over_tls_only_a_server_counts_for_which_an_authority_vouches(world: &World) {
        let files = [("tls_cert", "tests/it/partners/tls/cert.pem"), ("tls_key", "tests/it/partners/tls/key.pem")];
        let neighbour = world.another(&[&files[..], &[("region", "320000"), ("region_name_zh", "江苏省"), ("region_name_en", "Jiangsu")]].concat());
        let input = pin_input(&neighbour.url.replace("http:", "https:"), &neighbour.app.keys.region_signer().public().thumbprint());
        let refused = world.signed_in(Role::Operator, None).post_json("/v1/partners", &input).problem(422, "partners.unreachable");
        assert!(text(&refused, "got").contains("TLS"), "{refused}");
        let trusting = world.another(&[("partner_ca", "tests/it/partners/tls/cert.pem")]);
        let state = trusting.signed_in(Role::Operator, None).post_json("/v1/partners", &input).expect(201).json();
        assert_eq!((&state["held"]["seq"], &state["failures"]), (&json!(1), &json!(0)), "{state}");
        let wrong = hufu::config::Config::with(&[("partner_ca", "Cargo.toml".to_owned())]).unwrap();
        assert!(hufu::partners::Partners::open(&wrong).is_err());
    }

    fn a_partner_that_was_unpinned_is_gone_from_the_next_bundle(world: &World) with [("publish_seconds", "0")] {
        let neighbour = Neighbour::of(world);
        pin(world, &neighbour.world).expect(201);
        let carried = bundle(world);
        world.signed_in(Role::Operator, None).delete("/v1/partners/320000").expect(204);
        assert_eq!(both_say(world, neighbour.card()), pair("undetermined", "signature.key_unknown"));
        let next = bundle(world);
        assert_eq!((next.regions().count(), next.own().unwrap().peers.len()), (1, 0));
        let updated = carried.update(&world.client().get("/v1/bundle").expect(200).bytes).unwrap();
        assert_eq!(updated.regions().count(), 1, "whoever updates drops the partner too");
    }

    fn two_regions_that_pin_each_other_do_not_make_each_other_publish(world: &World) with [("publish_seconds", "0")] {
        let neighbour = Neighbour::of(world);
        let mine = body(world, 2);
        let card = issue(&mine.client, &draft());
        pin(world, &neighbour.world).expect(201);
        pin(&neighbour.world, world).expect(201);
        look(world, "320000");
        assert_eq!(both_say(world, neighbour.card()), pair("valid", ""));
        assert_eq!(both_say(&neighbour.world, text(&card, "card")), pair("valid", ""));
        let before = (own(world).seq, own(&neighbour.world).seq);
        for _ in 0..3 {
            look(world, "320000");
            look(&neighbour.world, "310000");
        }
        assert_eq!((own(world).seq, own(&neighbour.world).seq), before);
        // A third region's manifest in the neighbour's file would be no business of ours, nor is our own.
        assert_eq!(bundle(world).regions().count(), 2);
    }
}
