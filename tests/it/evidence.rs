//! Evidence: a random history leaves one row for every change, each commits to the document it names, and tampering is found.

use hufu::access::Role;
use hufu::evidence::{Audit, Wrong, audit};
use serde_json::{Value, json};

use super::support::issuing::{body, draft, issue, listing, replace, step, text, with};
use super::support::{Backend, World};

fn audited(world: &World) -> Audit {
    world.app.db.read_now(audit).unwrap()
}

/// A sequence that looks random and is the same in every run (Knuth's MMIX generator).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % sides) as usize
    }
}

/// The name of the trigger that guards a table against updates, to be dropped by somebody who tampers.
fn unguard(world: &World, table: &str) {
    let sql = match world.backend {
        Backend::Sqlite => format!("DROP TRIGGER {table}_no_update"),
        Backend::Postgres => format!("DROP TRIGGER {table}_append_only ON {table}"),
    };
    world.sql(&sql).unwrap();
}

both! {
    fn every_change_of_a_mixed_history_has_exactly_one_row(world: &World) {
        let (body, operator) = (body(world, 1), world.signed_in(Role::Operator, None));
        let mut dice = Dice(20_261_122);
        let mut made: Vec<Value> = vec![issue(&body.client, &draft())];
        let mut rows = audited(world).rows;
        for n in 0..60 {
            let some = made[dice.roll(made.len() as u64)].clone();
            let (answer, each) = match dice.roll(9) {
                0 | 1 => (body.client.post_json("/v1/certificates", &draft()), 1),
                2 => (step(&body.client, &some, "suspend"), 1),
                3 => (step(&body.client, &some, "reinstate"), 1),
                4 => (step(&body.client, &some, "revoke"), 1),
                5 => (replace(&body.client, &some, &draft()), 2),
                6 => (body.client.post_json("/v1/certificates", &with(draft(), "/number", some["number"].clone())), 1),
                7 => {
                    let now = world.app.edge.now();
                    (body.client.post_json(&format!("/v1/providers/{}/keys", body.id), &json!({"from_at": now, "until_at": now + 1000 - n})), 1)
                }
                _ => {
                    let today = hufu::providers::service::today(&world.app).to_string();
                    let class = with(with(listing(), "/from", json!(today)), "/class", json!("B"));
                    (operator.post_json(&format!("/v1/providers/{}/intervals", body.id), &class), 1)
                }
            };
            assert!(answer.status < 300 || answer.status == 409, "{answer}");
            let done = answer.status < 300;
            rows += if done { each } else { 0 };
            assert_eq!(audited(world), Audit { rows, wrong: None }, "after step {n}: {answer}");
            if done && answer.json().get("card").is_some() {
                made.push(answer.json());
            }
        }
        assert!(made.len() > 10);
    }

    fn an_audit_finds_a_document_that_was_changed(world: &World) {
        let body = body(world, 1);
        let made = issue(&body.client, &draft());
        step(&body.client, &made, "suspend").expect(200);
        unguard(world, "certificate_events");
        world.sql("UPDATE certificate_events SET document = REPLACE(document, 'review', 'praise')").unwrap();
        let found = audited(world).wrong.expect("it is found");
        assert!(matches!(&found, Wrong::Commitment(_, subject) if subject.starts_with("cev_")), "{found}");
    }

    fn an_audit_finds_a_commitment_that_was_changed(world: &World) {
        let body = body(world, 1);
        let made = issue(&body.client, &draft());
        assert_eq!(audited(world).wrong, None);
        unguard(world, "evidence");
        world.sql(&format!("UPDATE evidence SET salt = commitment WHERE subject = '{}'", text(&made, "id"))).unwrap();
        assert!(matches!(audited(world).wrong, Some(Wrong::Commitment(_, subject)) if subject == text(&made, "id")));
    }

    fn an_audit_finds_what_has_no_evidence_and_evidence_of_nothing(world: &World) {
        let body = body(world, 1);
        let made = issue(&body.client, &draft());
        let id = text(&made, "id");
        world.sql(&format!("INSERT INTO certificate_events (id, certificate_id, kind, at, reason, actor, document) VALUES ('cev_x', '{id}', 'suspended', 1, 'r', 'a', '{{}}')")).unwrap();
        assert_eq!(audited(world).wrong, Some(Wrong::NoEvidence("certificate_events", "cev_x".to_owned())));
        world.sql("INSERT INTO evidence (seq, kind, at, subject, salt, commitment) VALUES (9000001, 'key', 1, 'kev_x', 's', 'c')").unwrap();
        assert_eq!(audited(world).wrong, Some(Wrong::NoDocument(9_000_001, "kev_x".to_owned())));
    }
}
