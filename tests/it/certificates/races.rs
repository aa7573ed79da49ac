//! Many requests at once: numbers stay unique, indices dense, one first issue makes one key, one change of state wins.

use std::collections::BTreeSet;

use serde_json::json;

use crate::support::issuing::{body, draft, issue, race, replace, step, stock, text, verdict, with};

both! {
    fn of_sixteen_who_want_one_number_exactly_one_gets_it(world: &World) {
        let body = body(world, 1);
        let wanted = with(draft(), "/number", json!("S000031000026000001"));
        let answers = race(16, |_| body.client.post_json("/v1/certificates", &wanted));
        assert_eq!(answers.iter().filter(|a| a.status == 201).count(), 1);
        for answer in answers.into_iter().filter(|a| a.status != 201) {
            answer.problem(409, "certificates.number_taken");
        }
        let stock = stock(world);
        assert_eq!((stock.0[0], stock.1), (1, vec![1]), "what was refused used up no index");
    }

    fn sixteen_first_issues_make_one_key_and_dense_indices(world: &World) {
        let body = body(world, 1);
        let keys = stock(world).0[3];
        let made = race(16, |_| (issue(&body.client, &draft()), issue(&body.client, &draft())));
        let mut indices: Vec<i64> = made.iter().flat_map(|(a, b)| [a, b]).map(|c| c["status_entry"]["index"].as_i64().unwrap()).collect();
        indices.sort_unstable();
        assert_eq!(indices, (0..32).collect::<Vec<_>>());
        assert!(made.iter().all(|(a, b)| a["status_entry"]["list"] == 1 && b["status_entry"]["list"] == 1));
        let after = stock(world);
        assert_eq!((after.0[3], after.1), (keys + 1, vec![32]));
        for (certificate, _) in &made {
            assert_eq!(verdict(&world.client(), text(certificate, "card"))["outcome"], "valid");
        }
    }

    fn two_providers_have_a_list_each_even_when_both_begin_at_once(world: &World) {
        let bodies = [body(world, 1), body(world, 2)];
        let made = race(16, |i| issue(&bodies[i % 2].client, &draft()));
        let places: BTreeSet<(i64, i64)> =
            made.iter().map(|c| &c["status_entry"]).map(|e| (e["list"].as_i64().unwrap(), e["index"].as_i64().unwrap())).collect();
        let lists: BTreeSet<i64> = places.iter().map(|(list, _)| *list).collect();
        assert_eq!(lists.len(), 2);
        assert_eq!(places, lists.iter().flat_map(|list| (0..8).map(move |index| (*list, index))).collect());
    }

    fn of_changes_at_once_each_state_is_reached_once(world: &World) {
        let body = body(world, 1);
        let made = issue(&body.client, &draft());
        let answers = race(8, |_| step(&body.client, &made, "suspend"));
        assert_eq!(answers.iter().filter(|a| a.status == 200).count(), 1);
        for answer in answers.into_iter().filter(|a| a.status != 200) {
            answer.problem(409, "certificates.already_suspended");
        }
        let answers = race(8, |i| if i % 2 == 0 { step(&body.client, &made, "revoke") } else { replace(&body.client, &made, &draft()) });
        assert_eq!(answers.iter().filter(|a| a.status < 300).count(), 1);
        for answer in answers.into_iter().filter(|a| a.status >= 300) {
            answer.problem(409, "certificates.final");
        }
        let [certificates, events, ..] = stock(world).0;
        assert_eq!(events, 2);
        let indices = i64::from(stock(world).1[0] == certificates);
        assert_eq!(indices, 1, "as many indices as certificates");
    }
}
