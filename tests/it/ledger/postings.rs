//! Every posting of an account, the newest first, in pages.

use hufu::ledger::service;
use hufu::ledger::store::PostingRow;
use serde_json::{Value, json};

use super::bank::{Bank, CREDIT, done, family, lot_of, mint, picks, redeem, void};
use super::reading::fill;
use crate::achievements::course;
use crate::support::issuing::{Body, body, define_scheme, learner_of, open, person, text, with};

/// Entry, place within it and lot of a family's postings, page by page of `limit`.
fn walk(bank: &Bank<'_>, family: &[String], limit: i64) -> Vec<(String, i64, String)> {
    let mut found: Vec<(String, i64, String)> = Vec::new();
    loop {
        let last = found.last().map(|(entry, n, _)| (entry.clone(), *n));
        let before = last.as_ref().map(|(entry, n)| (entry.as_str(), *n));
        let page = bank.read(|conn| service::account_postings(conn, family, before, limit));
        assert!(page.len() <= usize::try_from(limit).unwrap());
        if page.is_empty() {
            return found;
        }
        found.extend(page.into_iter().map(|(PostingRow { entry, n, .. }, lot)| (entry, n, lot.id)));
    }
}

both! {
    fn every_posting_of_the_family_comes_once_the_newest_first_whatever_a_page_holds(world: &World) {
        let (bank, kin) = (Bank::of(world), ["lrn_a", "lrn_b"].map(str::to_owned));
        let mut lots: Vec<String> = (1..4).map(|basis| bank.lot(CREDIT, 100, basis)).collect();
        lots.push(lot_of(bank.write("2026-03-01", |conn, act| service::mint(conn, act, &mint("ent_lot8", "lrn_b", CREDIT, 100, 8)))));
        let spent: Vec<(&str, i64)> = lots.iter().map(|lot| (lot.as_str(), 10)).collect();
        done(bank.write("2026-03-02", |conn, act| service::redeem(conn, act, &redeem("ent_m", &kin, picks(&spent)))));
        done(bank.write("2026-03-03", |conn, act| service::void(conn, act, &void("ent_v", &lots[1]))));
        let all = walk(&bank, &kin, 200);
        let told: Vec<(&str, i64)> = all.iter().map(|(entry, n, _)| (entry.as_str(), *n)).collect();
        let mints = ["ent_lot8", "ent_lot3", "ent_lot2", "ent_lot1"].map(|entry| (entry, 0));
        assert_eq!(told, [&[("ent_v", 0), ("ent_m", 3), ("ent_m", 2), ("ent_m", 1), ("ent_m", 0)], mints.as_slice()].concat());
        assert_eq!((&all[0].2, &all[8].2), (&lots[1], &lots[0]));
        for limit in 1..11 {
            assert_eq!(walk(&bank, &kin, limit), all, "pages of {limit}");
        }
        let own: Vec<_> = all.into_iter().filter(|(.., lot)| *lot != lots[3]).collect();
        assert_eq!(walk(&bank, &kin[..1], 3), own, "nobody else's");
    }

    fn a_page_of_ten_thousand_lots_is_as_long_as_it_is_asked_for(world: &World) {
        let (bank, kin) = (Bank::of(world), family("lrn_a"));
        fill(world);
        let page = bank.read(|conn| service::account_postings(conn, &kin, None, 201));
        assert_eq!((page.len(), page[0].0.entry.as_str(), page[0].1.id.as_str()), (201, "ent_009999r", "lot_009999"));
        let last = bank.read(|conn| service::account_postings(conn, &kin, Some(("ent_000001", 0)), 201));
        assert_eq!(last.iter().map(|(row, _)| row.entry.as_str()).collect::<Vec<_>>(), ["ent_000000"]);
    }

    fn a_learner_reads_what_happened_and_of_which_lot(world: &World) {
        define_scheme(world);
        let (one, other) = (body(world, 1), body(world, 2));
        let learner = open(&one.client, &person());
        let me = learner_of(world, &one.client, &learner);
        assert_eq!(me.get("/v1/account/postings").expect(200).json(), json!({"items": []}));
        let record = |by: &Body, title: &str| {
            // Ids of one millisecond stand in no order.
            world.app.edge.shift(1);
            by.client.post_json("/v1/achievements", &with(course(&learner), "/title", json!(title))).expect(201).json()
        };
        open(&other.client, &person());
        let (first, second) = (record(&one, "电工实训"), record(&other, "数控编程"));
        world.app.edge.shift(1);
        one.client.post_json(&format!("/v1/achievements/{}/void", text(&first, "id")), &json!({"reason": "recorded by mistake"})).expect(200);
        let all = me.get("/v1/account/postings").expect(200).json();
        let told: Vec<(&str, &str, &str, i64)> = all["items"].as_array().unwrap().iter()
            .map(|item| (text(item, "kind"), text(item, "to"), text(&item["lot"], "title"), item["amount"].as_i64().unwrap())).collect();
        assert_eq!(told, [("void", "voided", "电工实训", 200), ("mint", "lot", "数控编程", 200), ("mint", "lot", "电工实训", 200)]);
        let lot = json!({"id": second["lots"][0]["id"], "scheme": CREDIT, "kind": "course", "course": "SH-IC-101", "title": "数控编程",
            "category": "core", "provider": other.id});
        assert_eq!((&all["items"][1]["lot"], &all["items"][1]["cause"]), (&lot, &second["digest"]));
        assert_eq!(second["lots"][0]["provider"], other.id.as_str());
        let mut walked: Vec<Value> = Vec::new();
        let mut after = String::new();
        loop {
            let page = me.get(&format!("/v1/account/postings?limit=1{after}")).expect(200).json();
            walked.extend(page["items"].as_array().unwrap().iter().cloned());
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert_eq!(json!(walked), all["items"]);
        for after in ["x", "ent_1", "ent_1_", "ent_1_-1", "ent_1_x", "lot_1_0", "_", "ent__0", "ent_1_99999999999999999999", "%27"] {
            assert_eq!(me.get(&format!("/v1/account/postings?after={after}")).problem(400, "http.query")["field"], "after", "{after}");
        }
        me.get("/v1/account/postings?limit=201").problem(400, "http.query");
    }
}
