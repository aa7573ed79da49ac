//! A partner's key that contradicts what it signed: the held bundle stays, both manifests are kept, and a person has to look.

use verifier::bundle::{Change, Delta, Hash, RevokedRow, RiceSet, StatusChange};
use verifier::status::Status;
use verifier::time::Instant;
use verifier::verdict::KeyRevocationReason;

use super::*;

fn alarms(world: &World) -> String {
    let metrics = world.client().get("/metrics").expect(200).text().to_owned();
    metrics.lines().find_map(|line| line.strip_prefix("hufu_partner_alarms ")).unwrap().to_owned()
}

/// What is published raises this alarm; the held bundle stays, and the card says what it said.
#[track_caller]
fn raises(pinned: &Pinned<'_>, published: &Abroad, code: &str) {
    let (held, said) = (pinned.state()["held"].clone(), pinned.said());
    published.publish(&pinned.site);
    let state = pinned.fetch();
    assert_eq!((&state["alarm"]["code"], &state["error"]["code"]), (&json!(code), &json!(code)), "{state}");
    assert_eq!((&state["held"]["seq"], &state["held"]["iat"]), (&held["seq"], &held["iat"]));
    assert_eq!(state["alarm"]["other"], published.signed());
    assert_eq!(pinned.said(), said);
    assert_eq!(alarms(pinned.world), "1");
}

fn kinds(world: &World) -> Vec<String> {
    events(world).into_iter().map(|(kind, code)| code.unwrap_or(kind)).collect()
}

both! {
    fn two_manifests_of_one_number_are_both_kept(world: &World) {
        let pinned = Pinned::new(world);
        assert_eq!(alarms(world), "0");
        let other = Abroad { iat: pinned.abroad.iat + 1, ..pinned.abroad.clone() }.with_card(Status::Revoked);
        raises(&pinned, &other, "bundle.equivocation");
        let state = pinned.state();
        assert_eq!((&state["alarm"]["held"], &state["alarm"]["other"]), (&json!(pinned.abroad.signed()), &json!(other.signed())));
        assert_eq!(kinds(world), ["pinned", "taken", "bundle.equivocation"]);
        pinned.fetch();
        assert_eq!(kinds(world).len(), 3, "an alarm that stands is not raised again");
    }

    fn an_older_manifest_is_a_rollback(world: &World) {
        let pinned = Pinned::new(world);
        let newer = pinned.abroad.later(60).with_card(Status::Revoked);
        newer.publish(&pinned.site);
        pinned.fetch();
        raises(&pinned, &pinned.abroad.clone(), "bundle.rollback");
        assert_eq!(pinned.said(), pair("invalid", "status.revoked"));
    }

    fn a_higher_number_with_an_earlier_date_is_a_rollback_too(world: &World) {
        let pinned = Pinned::new(world);
        raises(&pinned, &pinned.abroad.later(-60), "bundle.rollback");
    }

    fn a_revoked_certificate_never_comes_back(world: &World) {
        let pinned = Pinned::new(world);
        let revoked = pinned.abroad.later(60).with_card(Status::Revoked);
        revoked.publish(&pinned.site);
        pinned.fetch();
        raises(&pinned, &revoked.later(60).with_card(Status::Valid), "bundle.unrevoked");
        assert_eq!(pinned.said(), pair("invalid", "status.revoked"));
    }

    fn a_revoked_key_never_comes_back(world: &World) {
        let pinned = Pinned::new(world);
        let row = RevokedRow { kid: verifier::base64url::encode(&[5; 32]), at: Instant(pinned.abroad.iat), reason: KeyRevocationReason::Compromise };
        let revoked = Abroad { revoked: vec![row.clone()], ..pinned.abroad.later(60) };
        revoked.publish(&pinned.site);
        pinned.fetch();
        raises(&pinned, &Abroad { revoked: Vec::new(), ..revoked.later(60) }, "bundle.key_unrevoked");
        revoked.publish(&pinned.site);
        fetch(&pinned.operator, "320000", true).expect(200);
        let later = RevokedRow { at: Instant(pinned.abroad.iat + 50), ..row };
        raises(&pinned, &Abroad { revoked: vec![later], ..revoked.later(120) }, "bundle.key_unrevoked");
    }

    fn a_list_never_grows_shorter(world: &World) {
        let pinned = Pinned::new(world);
        raises(&pinned, &Abroad { issued: 6, ..pinned.abroad.later(60) }, "bundle.shrunk");
    }

    fn what_rightly_follows_is_taken_while_the_alarm_stands_until_somebody_acknowledges_it(world: &World) {
        let pinned = Pinned::new(world);
        raises(&pinned, &Abroad { seq: 6, iat: pinned.abroad.iat - 60, ..pinned.abroad.clone() }, "bundle.rollback");
        pinned.abroad.later(60).with_card(Status::Revoked).publish(&pinned.site);
        let state = pinned.fetch();
        assert_eq!((&state["held"]["seq"], &state["failures"], &state["alarm"]["code"]), (&json!(8), &json!(0), &json!("bundle.rollback")));
        assert_eq!(pinned.said(), pair("invalid", "status.revoked"), "an alarm keeps no revocation away");
        let acknowledged = fetch(&pinned.operator, "320000", true).expect(200).json();
        assert!(acknowledged.get("alarm").is_none() && acknowledged["held"]["seq"] == 8, "{acknowledged}");
        assert_eq!(alarms(world), "0");
        assert_eq!(kinds(world), ["pinned", "taken", "bundle.rollback", "taken", "acknowledged"]);
    }

    fn an_acknowledged_alarm_comes_back_while_its_cause_is_there(world: &World) {
        let pinned = Pinned::new(world);
        raises(&pinned, &Abroad { issued: 6, ..pinned.abroad.later(60) }, "bundle.shrunk");
        let state = fetch(&pinned.operator, "320000", true).expect(200).json();
        assert_eq!((&state["alarm"]["code"], &state["held"]["seq"]), (&json!("bundle.shrunk"), &json!(7)));
        assert_eq!(kinds(world), ["pinned", "taken", "bundle.shrunk", "acknowledged", "bundle.shrunk"]);
    }

    fn pinning_again_under_an_alarm_begins_anew(world: &World) {
        let pinned = Pinned::new(world);
        let restored = Abroad { issued: 6, ..pinned.abroad.later(60) };
        raises(&pinned, &restored, "bundle.shrunk");
        let state = pinned.operator.post_json("/v1/partners", &pin_input(&pinned.site.url, &restored.fingerprint())).expect(200).json();
        assert!(state.get("alarm").is_none() && state["held"]["seq"] == 8, "{state}");
        assert_eq!(alarms(world), "0");
    }

    fn a_delta_cannot_undo_a_revocation_either(world: &World) {
        let pinned = Pinned::new(world);
        let revoked = pinned.abroad.later(60).with_card(Status::Revoked);
        revoked.publish(&pinned.site);
        pinned.fetch();
        let undone = revoked.later(60).with_card(Status::Valid);
        let name = undone.manifest().parts.iter().map(|part| part.name).find(|name| name.to_string().starts_with("status")).unwrap();
        let status = StatusChange { valid: RiceSet::encode(&[5]), ..StatusChange::default() };
        let delta = Delta::new(8, None, &undone.signed(), vec![Change { status: Some(status), ..Change::of(name) }]).unwrap();
        pinned.site.reply("/v1/bundle/deltas/8", crate::support::site::Reply::ok(delta.to_json()));
        raises(&pinned, &undone, "bundle.unrevoked");
    }

    fn the_database_itself_lets_nothing_held_go_back(world: &World) {
        let pinned = Pinned::new(world);
        let other = Abroad { iat: pinned.abroad.iat + 1, ..pinned.abroad.clone() }.signed();
        for sql in [
            "UPDATE partners SET seq = 6".to_owned(),
            "UPDATE partners SET epoch = 0".to_owned(),
            "UPDATE partners SET manifest = NULL, epoch = NULL, seq = NULL".to_owned(),
            format!("UPDATE partners SET manifest = '{other}'"),
            "UPDATE partners SET key = 'x'".to_owned(),
            "UPDATE partners SET region = '330000'".to_owned(),
        ] {
            let words = world.sql(&sql).expect_err(&sql);
            assert!(words.contains("goes forward"), "{sql}: {words}");
        }
        for sql in ["UPDATE partner_events SET at = 0", "DELETE FROM partner_events"] {
            assert!(world.sql(sql).expect_err(sql).contains("append-only"));
        }
        if world.backend == crate::support::Backend::Postgres {
            assert!(world.sql("TRUNCATE partner_events").expect_err("a guard").contains("append-only"));
        }
        assert_eq!(pinned.said(), pair("valid", ""));
    }

    fn the_alarm_in_the_evidence_holds_both_manifests(world: &World) {
        use diesel::prelude::*;
        use hufu::db::schema::partner_events as events;
        let pinned = Pinned::new(world);
        let other = Abroad { iat: pinned.abroad.iat + 1, ..pinned.abroad.clone() };
        raises(&pinned, &other, "bundle.equivocation");
        let found = world.app.db.read_now(|conn| Ok(events::table.filter(events::kind.eq("alarm")).select(events::document).first::<String>(conn)?));
        let document: Value = serde_json::from_str(&found.unwrap()).unwrap();
        assert_eq!((&document["alarm"]["held"], &document["alarm"]["other"]), (&json!(pinned.abroad.signed()), &json!(other.signed())));
        assert_eq!(document["manifest"], Hash::of(pinned.abroad.signed().as_bytes()).to_string());
    }
}
