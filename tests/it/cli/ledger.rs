//! `hufu ledger`: the books on the command line.

both! {
    fn an_empty_ledger_is_in_order_and_a_damaged_one_is_not(desk: &Desk) {
        assert!(desk.run(&["ledger", "audit"]).expect(5).err.contains("there is no registry"));
        desk.run(&["init"]).expect(0);
        assert_eq!(desk.run(&["ledger", "audit"]).expect(0).out, "all is well: 0 entries, 0 lots\n");
        assert_eq!(desk.run(&["ledger", "trial-balance"]).expect(0).out, "scheme\tplace\tdebit\tcredit\tbalance\n");
    }
}
