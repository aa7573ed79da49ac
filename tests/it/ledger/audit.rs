//! What the audit finds when somebody alters rows behind the ledger's back, even one who seals the entry anew.

use diesel::prelude::*;
use hufu::db::schema::{entries, lots, movements};
use hufu::ledger::service::{self, Wrong};
use hufu::ledger::store::{EntryRow, LotRow, MovementRow};
use verifier::bundle::Hash;

use super::bank::{Bank, CREDIT, abroad, digest, done, end, family, mint, picks, redeem, reserve, void};
use crate::support::{Backend, World};

/// Takes the guards away.
fn unguard(world: &World) {
    for table in ["lots", "entries", "movements"] {
        let sql = match world.backend {
            Backend::Sqlite => format!("DROP TRIGGER {table}_no_update; DROP TRIGGER {table}_no_delete"),
            Backend::Postgres => format!("DROP TRIGGER {table}_append_only ON {table}"),
        };
        world.sql(&sql).unwrap();
    }
    world
        .sql(if world.backend == Backend::Sqlite { "DROP TRIGGER lot_balances_frozen" } else { "DROP TRIGGER lot_balances_frozen ON lot_balances" })
        .unwrap();
}

/// Seals an entry anew, as somebody could who knows how.
fn seal(world: &World, id: &str) {
    world
        .app
        .db
        .write_now(|conn| {
            let entry: EntryRow = entries::table.find(id).select(EntryRow::as_select()).first(conn)?;
            let moved: Vec<MovementRow> =
                movements::table.filter(movements::entry_id.eq(id)).order(movements::n).select(MovementRow::as_select()).load(conn)?;
            let made = matches!(entry.kind.as_str(), "mint" | "receive").then(|| entry.subject.clone().unwrap());
            let lot: Option<LotRow> = made.map(|lot| lots::table.find(lot).select(LotRow::as_select()).first(conn)).transpose()?;
            let head = (&entry.id, &entry.kind, &entry.subject, &entry.cause, &entry.on_day, entry.at);
            let text = serde_json::to_vec(&("hufu/entry/1", head, moved, lot)).unwrap();
            let content = Hash::of(&text).as_bytes().to_vec();
            diesel::update(entries::table.find(id)).set(entries::content.eq(content)).execute(conn)?;
            Ok(())
        })
        .unwrap();
}

both! {
    fn the_audit_finds_every_kind_of_tampering(world: &World) {
        let (bank, kin, today) = (Bank::of(world), family("lrn_a"), "2026-03-02");
        let [a, b, c] = [1, 2, 3].map(|n| bank.lot(CREDIT, 100, n));
        let spent = redeem("ent_r", &kin, picks(&[(&a, 60)]));
        done(bank.write(today, |conn, act| service::redeem(conn, act, &spent)));
        let held = reserve("ent_h", &kin, picks(&[(&b, 30)]), "tr_1");
        done(bank.write(today, |conn, act| service::reserve(conn, act, &held)));
        done(bank.write(today, |conn, act| service::settle(conn, act, &end("ent_s", "tr_1"), &abroad())));
        let better = mint("ent_m", "lrn_a", CREDIT, 120, 3);
        let d = done(bank.write(today, |conn, act| service::revalue(conn, act, &void("ent_v", &c), &better))).lot.unwrap();
        assert_eq!(bank.audit().wrong, None);
        unguard(world);
        let entry = |id: &str| id.to_owned();
        let of = |table: &str, set: &str, key: &str| format!("UPDATE {table} SET {set} WHERE {key}");
        let (of_r, of_s, lot_a, lot_d) = ("entry_id = 'ent_r'", "entry_id = 'ent_s'", format!("id = '{a}'"), format!("id = '{d}'"));
        let copy = format!("INSERT INTO lots (id, learner_id, scheme, amount, kind, earned_on, origin, basis, part, revision, minted_at) \
            SELECT 'lot_x', learner_id, scheme, amount, kind, earned_on, origin, basis, 9, 0, 1 FROM lots WHERE id = '{a}'");
        // What is altered, the entry that is sealed anew, how it is undone, and what is found.
        let table: Vec<(String, Option<&str>, String, Wrong)> = vec![
            (of("movements", "amount = 61", of_r), None, of("movements", "amount = 60", of_r), Wrong::Content(entry("ent_r"))),
            (of("movements", "to_place = 'expired'", of_s), None, of("movements", "to_place = 'out:320000'", of_s), Wrong::Content(entry("ent_s"))),
            (of("entries", "on_day = '2026-03-09'", "id = 'ent_r'"), None, of("entries", "on_day = '2026-03-02'", "id = 'ent_r'"), Wrong::Content(entry("ent_r"))),
            (of("entries", "kind = 'expire'", "id = 'ent_r'"), None, of("entries", "kind = 'redeem'", "id = 'ent_r'"), Wrong::Content(entry("ent_r"))),
            (of("lots", "amount = 900", &lot_a), None, of("lots", "amount = 100", &lot_a), Wrong::Content(entry("ent_lot1"))),
            (of("lots", "learner_id = 'lrn_b'", &lot_a), None, of("lots", "learner_id = 'lrn_a'", &lot_a), Wrong::Content(entry("ent_lot1"))),
            (of("lot_balances", "available = 100", &format!("lot_{lot_a}")), None, of("lot_balances", "available = 40", &format!("lot_{lot_a}")), Wrong::Balance(a.clone())),
            (of("lot_balances", "expires_on = NULL", &format!("lot_{lot_a}")), None, of("lot_balances", "expires_on = '2033-03-01'", &format!("lot_{lot_a}")), Wrong::Balance(a.clone())),
            (of("entries", "on_day = '2033-03-01'", "id = 'ent_r'"), Some("ent_r"), of("entries", "on_day = '2026-03-02'", "id = 'ent_r'"), Wrong::Expired(entry("ent_r"))),
            (of("movements", "to_place = 'voided'", of_r), Some("ent_r"), of("movements", &format!("to_place = 'redeemed:{}'", digest(99)), of_r), Wrong::Kind(entry("ent_r"))),
            (of("movements", "amount = 20", of_s), Some("ent_s"), of("movements", "amount = 30", of_s), Wrong::Hold(entry("ent_s"))),
            (of("movements", "amount = 160", of_r), Some("ent_r"), of("movements", "amount = 60", of_r), Wrong::Conservation(a.clone())),
            (of("movements", "amount = 50", of_r), Some("ent_r"), of("movements", "amount = 60", of_r), Wrong::Balance(a.clone())),
            (of("lots", "expires_on = '2034-01-01'", &lot_a), Some("ent_lot1"), of("lots", "expires_on = '2033-03-01'", &lot_a), Wrong::Expiry(a.clone())),
            (of("lots", "part = 5", &lot_d), Some("ent_m"), of("lots", "part = 0", &lot_d), Wrong::Twice(d.clone())),
            (copy, None, "DELETE FROM lots WHERE id = 'lot_x'".to_owned(), Wrong::Mint("lot_x".to_owned())),
        ];
        for (alter, sealed, undo, wrong) in table {
            world.sql(&alter).unwrap_or_else(|e| panic!("{alter}: {e}"));
            sealed.into_iter().for_each(|id| seal(world, id));
            assert_eq!(bank.audit().wrong, Some(wrong), "{alter}");
            world.sql(&undo).unwrap_or_else(|e| panic!("{undo}: {e}"));
            sealed.into_iter().for_each(|id| seal(world, id));
            assert_eq!(bank.audit().wrong, None, "after {undo}");
        }
        world.sql("DELETE FROM movements WHERE entry_id = 'ent_r'; DELETE FROM entries WHERE id = 'ent_r'").unwrap();
        assert_eq!(bank.audit().wrong, Some(Wrong::Balance(a)));
    }
}
