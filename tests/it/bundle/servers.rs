//! Several servers on one database: one row of manifests, the same bytes everywhere.

use std::collections::BTreeMap;

use hufu::app::App;
use hufu::edge::Edge;
use hufu::trust::bundle::Wanted;
use verifier::bundle::{Bundle, Hash};

use super::{anchor, body, draft, issue};
use crate::support::issuing::race;

/// The plain file that a server without a port would send.
pub fn file(app: &App) -> Vec<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let body = runtime.block_on(async { app.trust.bundle.current(app).await.unwrap().body(app, Wanted::File(None)).await.unwrap() });
    body.plain.to_vec()
}

both! {
    fn two_servers_serve_the_same_bytes(world: &World) with [("publish_seconds", "0")] {
        let body = body(world, 1);
        let other = App::open(world.app.config.clone(), Edge::default()).unwrap();
        for _ in 0..4 {
            issue(&body.client, &draft());
            let here = world.client().get("/v1/bundle").expect(200).bytes;
            assert_eq!(file(&other), here);
            issue(&body.client, &draft());
            let there = file(&other);
            assert_eq!(world.client().get("/v1/bundle").expect(200).bytes, there);
        }
    }

    fn a_race_of_sixteen_on_two_servers_leaves_one_chain_of_manifests(world: &World) with [("publish_seconds", "0")] {
        let body = body(world, 1);
        let other = App::open(world.app.config.clone(), Edge::default()).unwrap();
        let found = race(16, |n| {
            let mut seen = Vec::new();
            for _ in 0..4 {
                issue(&body.client, &draft());
                let bytes = if n % 2 == 0 { world.client().get("/v1/bundle").expect(200).bytes } else { file(&other) };
                seen.push(bytes);
            }
            seen
        });
        let mut manifests = BTreeMap::new();
        for bytes in found.into_iter().flatten() {
            let bundle = Bundle::open(&bytes, &anchor(world)).unwrap();
            let jws = bundle.contents().manifests[&anchor(world).region].clone();
            let own = bundle.own().unwrap().clone();
            let before = manifests.insert(own.seq, (jws.clone(), own));
            assert!(before.is_none_or(|(text, _)| text == jws), "two manifests of one number");
        }
        for ((_, (jws, first)), (_, (_, second))) in manifests.iter().zip(manifests.iter().skip(1)) {
            assert!(first.iat <= second.iat);
            assert!(second.seq > first.seq + 1 || second.prev == Some(Hash::of(jws.as_bytes())));
        }
        assert!(manifests.len() > 1);
        let rows = world.app.db.read_now(|conn| hufu::evidence::page(conn, 0, 10_000)).unwrap();
        let (last, _) = manifests.last_key_value().unwrap();
        assert_eq!(rows.iter().filter(|row| row.kind == "bundle").count() as u64, *last, "numbers without a gap");
    }
}
