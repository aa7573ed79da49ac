//! Every way in which moving credit can go wrong, and the test that shows what then happens. `a_test_stands_behind_every_case` holds the table.

/// The case; the file in `tests/it/transfers`, or in `verifier/tests`; the test.
const CASES: &[(&str, &str, &str)] = &[
    ("OFFER lost", "moving.rs", "what_moves_arrives_converted_when_the_other_is_up_again"),
    ("OFFER repeated", "moving.rs", "a_lost_decision_is_told_again_and_books_once"),
    ("OFFER with the same id and other content", "failing.rs", "the_same_id_with_other_content_stops_the_channel_and_both_texts_are_kept"),
    ("OFFER after its CANCEL", "moving.rs", "what_is_withdrawn_before_it_arrives_never_does"),
    ("CANCEL after acceptance", "moving.rs", "what_was_accepted_stays_so_when_it_is_cancelled_too_late"),
    ("DECISION lost or repeated", "moving.rs", "a_lost_decision_is_told_again_and_books_once"),
    ("RETURN before its DECISION", "order.rs", "a_return_that_overtakes_its_decision_waits_for_it"),
    ("crash between any two steps", "two.rs", "a_server_that_ends_between_any_two_steps_loses_and_doubles_nothing"),
    ("peer gone for weeks", "order.rs", "a_region_that_was_gone_for_weeks_rejects_what_was_cancelled_meanwhile"),
    ("clocks wrong on both sides", "order.rs", "wrong_clocks_on_both_sides_move_credit_once"),
    ("agreement unknown", "failing.rs", "every_reason_is_told_and_nothing_is_booked"),
    ("agreement superseded meanwhile", "meanwhile.rs", "an_agreement_that_was_superseded_meanwhile_moves_nothing"),
    ("agreement ended meanwhile", "meanwhile.rs", "an_agreement_that_was_ended_meanwhile_moves_nothing"),
    ("key rotated meanwhile", "meanwhile.rs", "a_key_that_was_replaced_meanwhile_moves_nothing_until_it_is_pinned"),
    ("key compromised, or revoked before the signature", "transfer.rs", "a_message_counts_only_under_a_good_key_of_its_sender"),
    ("no account at the destination", "moving.rs", "what_was_rejected_is_back_with_the_reason"),
    ("cap used up", "moving.rs", "a_limit_counts_what_is_in_transit_and_what_came"),
    ("cap used up at the destination", "failing.rs", "every_reason_is_told_and_nothing_is_booked"),
    ("both sides compute different results", "failing.rs", "every_reason_is_told_and_nothing_is_booked"),
    ("certificate revoked before the OFFER", "meanwhile.rs", "credit_of_a_certificate_that_was_revoked_before_does_not_move"),
    (
        "certificate revoked before or after the decision",
        "meanwhile.rs",
        "credit_that_moved_stands_when_its_certificate_is_revoked_before_or_after_the_decision",
    ),
    ("provider barred meanwhile", "meanwhile.rs", "a_body_that_was_barred_meanwhile_counts_by_the_day_that_the_grant_names"),
    ("lot about to expire", "meanwhile.rs", "a_lot_that_could_expire_on_the_way_is_not_offered"),
    ("one lot offered to two regions, by the ledger", "order.rs", "one_lot_moves_to_one_region_and_two_offers_of_it_are_a_proof"),
    ("one lot offered to two regions, as a proof", "order.rs", "one_lot_moves_to_one_region_and_two_offers_of_it_are_a_proof"),
    ("two different DECISIONs for one OFFER", "order.rs", "two_decisions_for_one_offer_stop_the_channel"),
    ("replay to a third region", "order.rs", "a_third_region_takes_no_message_of_two_others"),
    ("unknown field", "transfer.rs", "a_content_that_breaks_a_rule_is_refused_with_that_rules_code_and_member"),
    ("flood", "order.rs", "a_flood_of_messages_is_refused_before_any_is_read"),
    ("oversize message", "failing.rs", "what_is_not_for_this_region_or_not_by_its_sender_is_refused"),
    ("101 lots", "order.rs", "a_hundred_and_one_lots_are_refused"),
    ("two accounts of one learner", "meanwhile.rs", "two_accounts_of_one_learner_that_were_merged_are_one"),
    ("re-evaluated result", "meanwhile.rs", "what_moved_of_a_result_that_is_evaluated_anew_is_not_minted_again"),
    ("future epoch", "failing.rs", "an_epoch_that_nobody_announced_stops_the_channel_and_an_old_one_is_refused"),
    ("a fifth salt", "order.rs", "a_fifth_salt_is_refused"),
    ("more than 5,000 accounts", "order.rs", "an_account_behind_five_thousand_others_is_found_at_the_second_look"),
    ("20 tries", "operating.rs", "what_is_refused_twenty_times_is_set_aside_until_an_operator_puts_it_again"),
    ("source restored from an old backup", "restoring.rs", "a_source_restored_from_before_its_offers_learns_what_became_of_them"),
    ("destination restored from an old backup", "restoring.rs", "a_destination_restored_from_before_an_offer_books_again_what_it_had_accepted"),
    ("both restored at once", "restoring.rs", "both_restored_at_once_come_to_what_either_of_them_knew"),
    ("restored in silence", "restoring.rs", "a_region_restored_in_silence_is_found_out_by_its_next_message_and_cured_by_saying_so"),
    ("two servers of one region at once", "two.rs", "two_servers_of_one_region_move_what_there_is_and_no_more"),
    ("sum of what went out and of what was accepted", "two.rs", "two_servers_of_one_region_move_what_there_is_and_no_more"),
    ("a waiver at the destination", "meanwhile.rs", "a_waiver_of_the_destination_counts_for_an_offer"),
];

#[test]
fn a_test_stands_behind_every_case() {
    for (case, file, test) in CASES {
        let found = ["tests/it/transfers", "verifier/tests"].iter().filter_map(|folder| std::fs::read_to_string(format!("{folder}/{file}")).ok());
        assert!(found.into_iter().any(|text| text.contains(&format!("fn {test}("))), "{case}: no {test} in {file}");
    }
}
