//! `hufu ledger`: the books on the command line.

use serde_json::json;

use crate::support::issuing::{SCHEME, define_scheme, draft, issue, with};
use crate::support::{Ran, World};

/// Runs the program on the registry of a world.
fn hufu(world: &World, arguments: &[&str]) -> Ran {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_hufu"));
    command.args(arguments).arg("--data-dir").arg(world.folder()).arg("--database-url").arg(world.app.config.text("database_url"));
    Ran::of(&mut command, b"")
}

both! {
    fn without_a_registry_there_are_no_books_and_a_new_one_has_empty_ones(desk: &Desk) {
        assert!(desk.run(&["ledger", "audit"]).expect(5).err.contains("there is no registry"));
        desk.run(&["init"]).expect(0);
        assert_eq!(desk.run(&["ledger", "audit"]).expect(0).out, "all is well: 0 entries, 0 lots\n");
        assert_eq!(desk.run(&["ledger", "trial-balance"]).expect(0).out, "scheme\tplace\tdebit\tcredit\tbalance\n");
    }

    fn the_books_say_what_there_is_and_a_damaged_one_is_named(world: &World) {
        define_scheme(world);
        let one = crate::support::issuing::body(world, 1);
        let made = issue(&one.client, &with(draft(), "/credits", json!([{"scheme": SCHEME, "amount": 200, "kind": "certificate"}])));
        assert_eq!(hufu(world, &["ledger", "audit"]).expect(0).out, "all is well: 1 entries, 1 lots\n");
        let rows = hufu(world, &["ledger", "trial-balance"]).expect(0);
        assert!(rows.out.contains(&format!("{SCHEME}\tissued\t0\t200\t-200\n{SCHEME}\tlot\t200\t0\t200\n")), "{rows:?}");
        world.sql("UPDATE lot_balances SET available = available + 1").unwrap();
        let wrong = hufu(world, &["ledger", "audit"]).expect(1);
        assert!(format!("{}{}", wrong.out, wrong.err).contains(made["lots"][0]["id"].as_str().unwrap()), "{wrong:?}");
    }
}
