//! What the databases themselves refuse of the ledger, whoever asks.

use hufu::ledger::service;

use super::bank::{Bank, CREDIT, family, picks, redeem};
use crate::support::Backend;

/// Refused, with the words of the guard or of the constraint.
const REFUSED: [(&str, &str); 13] = [
    ("UPDATE schemes SET document = 'x'", "schemes is append-only"),
    ("DELETE FROM schemes", "schemes is append-only"),
    ("UPDATE lots SET amount = 1", "lots is append-only"),
    ("DELETE FROM lots", "lots is append-only"),
    ("UPDATE entries SET on_day = '2020-01-01'", "entries is append-only"),
    ("DELETE FROM entries", "entries is append-only"),
    ("UPDATE movements SET amount = 1", "movements is append-only"),
    ("DELETE FROM movements", "movements is append-only"),
    ("UPDATE lot_balances SET expires_on = NULL", "a balance stays with its lot"),
    ("UPDATE lot_balances SET lot_id = 'lot_x'", "a balance stays with its lot"),
    ("DELETE FROM lot_balances", "balances are never deleted"),
    ("UPDATE lot_balances SET available = -1", "CHECK|check"),
    (
        "INSERT INTO entries (id, kind, subject, cause, on_day, at, content) VALUES ('ent_x', 'redeem', 'lot_x', 'c', '2026-01-01', 1, 'c')",
        "CHECK|check",
    ),
];

both! {
    fn what_was_booked_is_neither_changed_nor_deleted(world: &World) {
        let bank = Bank::of(world);
        let (lot, kin) = (bank.lot(CREDIT, 100, 1), family("lrn_a"));
        let spent = redeem("ent_r", &kin, picks(&[(&lot, 60)]));
        bank.write("2026-03-02", |conn, act| service::redeem(conn, act, &spent));
        for (sql, words) in REFUSED {
            let answer = world.sql(sql).expect_err(sql);
            assert!(words.split('|').any(|w| answer.contains(w)), "{sql}: {answer}");
        }
        if world.backend == Backend::Postgres {
            for table in ["schemes", "lots", "entries", "movements", "lot_balances"] {
                world.sql(&format!("TRUNCATE {table} CASCADE")).expect_err(table);
            }
        }
        assert_eq!(bank.audit().wrong, None);
    }
}
