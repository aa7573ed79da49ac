//! What is refused, rejected, and what stops a channel.

use super::*;
use verifier::base64url;
use verifier::ids::RegionCode;
use verifier::jws::Signer;
use verifier::time::Day;
use verifier::transfer::{Commitment, MAX_BYTES};

/// What is made of an OFFER.
type Change = Box<dyn FnOnce(&mut Offer)>;

/// State and alarm of the channel to Shanghai.
pub fn channel(world: &World) -> String {
    value(world, "SELECT state || ' ' || COALESCE(alarm, '') AS value FROM peer_channels WHERE peer = '310000'").unwrap()
}

both! {
    fn every_reason_is_told_and_nothing_is_booked(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        let offer = offer_of(world, &id);
        let other = Digest::of("another");
        let changes: Vec<(&str, Change)> = vec![
            ("agreement", Box::new(move |offer| offer.agreement = other)),
            ("grant", Box::new(|offer| offer.grant = GrantId::parse("none").unwrap())),
            ("subject", Box::new(|offer| offer.subject.commit = Commitment([7; 32]))),
            ("checks", Box::new(|offer| offer.lots[0].facts.scheme = verifier::documents::SchemeId::parse("310000:hours").unwrap())),
            ("expired", Box::new(|offer| offer.lots[0].facts.expires = Some(Day::parse("2026-01-01").unwrap()))),
            ("limits", Box::new(|offer| {
                offer.lots[0].facts.amount = Amount::new(500).unwrap();
                offer.lots[0].minted = Amount::new(500).unwrap();
            })),
            ("gives", Box::new(|offer| offer.gives[0].amount = Amount::new(79).unwrap())),
        ];
        for (n, (reason, change)) in (1..).zip(changes) {
            let text = changed(&scene, &offer, n, change);
            let answer = decision(&give(&scene.there, &text).unwrap_or_else(|code| panic!("{reason}: {code}")));
            assert_eq!(answer.reason.map(|reason| reason.as_str()), Some(reason));
        }
        assert_eq!(scene.arrived(), (0, 0, 0));
        assert_eq!(channel(&scene.there), "open ");
        scene.audit();
    }

    fn what_the_schemes_of_the_receiver_lack_is_rejected_and_no_fault(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        let mut offer = offer_of(world, &id);
        let category = verifier::documents::Category::parse("unheard-of").unwrap();
        offer.lots[0].facts.category = Some(category.clone());
        offer.gives[0].category = Some(category);
        let answer = decision(&give(&scene.there, &changed(&scene, &offer, 1, |_| {})).unwrap());
        assert_eq!(answer.reason.map(|reason| reason.as_str()), Some("checks"));
        scene.audit();
    }

    fn what_is_not_for_this_region_or_not_by_its_sender_is_refused(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        let (offer, here) = (offer_of(world, &id), world.app.keys.region_signer());
        let sign = |offer: &Offer, signer: &Signer| offer.sign(signer).unwrap();
        let code_of = |code| RegionCode::parse(code).unwrap();
        let elsewhere = Offer { aud: code_of("330000"), ..offer.clone() };
        assert_eq!(give(&scene.there, &sign(&elsewhere, &here)).unwrap_err(), "transfer.audience");
        assert_eq!(give(&scene.there, &sign(&offer, &Signer::from_seed(&[9; 32]))).unwrap_err(), "transfer.unknown_key");
        let text = message(world, &id, "offer");
        let (head, signature) = text.rsplit_once('.').unwrap();
        let forged = base64url::encode(&base64url::decode(signature).unwrap().iter().map(|byte| byte ^ 1).collect::<Vec<_>>());
        assert_eq!(give(&scene.there, &format!("{head}.{forged}")).unwrap_err(), "jws.signature");
        assert_eq!(give(&scene.there, &"x".repeat(MAX_BYTES + 1)).unwrap_err(), "jws.too_long");
        assert_eq!(give(&scene.there, "").unwrap_err().split('.').next(), Some("jws"));
        assert_eq!(give(world, &text).unwrap_err(), "transfer.audience", "its own comes back");
        assert_eq!(value(&scene.there, "SELECT CAST(COUNT(*) AS TEXT) AS value FROM transfer_messages").unwrap(), "0");
    }

    fn a_region_that_is_not_pinned_neither_gets_nor_gives(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        world.signed_in(Role::Operator, None).send("DELETE", "/v1/partners/320000", None).expect(204);
        scene.there.signed_in(Role::Operator, None).send("DELETE", "/v1/partners/310000", None).expect(204);
        assert_eq!(code(scene.begin(&[(0, 50)])), "transfers.no_peer");
        assert_eq!(give(&scene.there, &message(world, &id, "offer")).unwrap_err(), "transfer.unknown_key");
        put(&world.app);
        assert_eq!((column(world, &id, "state").unwrap(), column(world, &id, "error").unwrap()), ("reserved".into(), "partners.not_found".into()));
    }

    fn the_same_id_with_other_content_stops_the_channel_and_both_texts_are_kept(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        put(&world.app);
        let other = Offer { seq: 2, ..offer_of(world, &id) }.sign(&world.app.keys.region_signer()).unwrap();
        assert_eq!(give(&scene.there, &other).unwrap_err(), "transfers.contradiction");
        assert_eq!(channel(&scene.there), "stopped two_offers");
        let kept = format!("SELECT CAST(COUNT(*) AS TEXT) AS value FROM transfer_messages WHERE kind = 'offer' AND transfer_id = '{id}'");
        assert_eq!(value(&scene.there, &kept).unwrap(), "2");
        assert_eq!(give(&scene.there, &message(world, &id, "offer")).unwrap_err(), "transfer.stopped");
        assert_eq!(code(scene.send_back(&id)), "transfer.stopped");
        scene.audit();
    }

    fn one_place_for_two_messages_stops_the_channel(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        put(&world.app);
        let other = changed(&scene, &offer_of(world, &id), 1, |offer| offer.seq = 1);
        assert_eq!(give(&scene.there, &other).unwrap_err(), "transfers.contradiction");
        assert_eq!((channel(&scene.there), scene.arrived()), ("stopped same_seq".into(), (80, 0, 0)));
        scene.audit();
    }

    fn an_epoch_that_nobody_announced_stops_the_channel_and_an_old_one_is_refused(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        give(&scene.there, &message(world, &id, "offer")).unwrap();
        scene.there.sql("UPDATE peer_channels SET theirs = 2").unwrap();
        assert_eq!(give(&scene.there, &message(world, &id, "offer")).unwrap_err(), "transfer.epoch");
        assert_eq!(channel(&scene.there), "open ");
        let future = changed(&scene, &offer_of(world, &id), 1, |offer| offer.epoch = 3);
        assert_eq!(give(&scene.there, &future).unwrap_err(), "transfer.epoch_unannounced");
        assert_eq!(channel(&scene.there), "stopped epoch_unannounced");
        scene.audit();
    }

    fn a_decision_on_something_else_releases_nothing(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        let mut answer = decision(&give(&scene.there, &message(world, &id, "offer")).unwrap());
        answer.offer = Some(Digest::of("another"));
        answer.seq = 7;
        let text = answer.sign(&scene.there.app.keys.region_signer()).unwrap();
        assert_eq!(give(world, &text).unwrap_err(), "transfers.contradiction");
        assert_eq!((column(world, &id, "state").unwrap(), scene.left()), ("reserved".into(), vec![100, 200]));
        assert_eq!(put(&world.app), 1);
        assert_eq!(column(world, &id, "error").unwrap(), "transfer.stopped");
        scene.audit();
    }
}
