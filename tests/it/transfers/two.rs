//! Several servers of one region on one database, and servers that end at any moment.

use hufu::edge::Edge;

use super::*;
use crate::support::issuing::race;

/// Another server on the database of a world.
fn another(world: &World) -> App {
    App::open(world.app.config.clone(), Edge::default()).unwrap_or_else(|e| panic!("{e}"))
}

/// What is moved by a server of Shanghai.
fn begin(scene: &Scene<'_>, app: &App, picks: &[(usize, i64)]) -> Result<String, Error> {
    let (wanted, bundles) = (scene.wanted(picks), wait(app.partners.current(app)));
    app.db.write_now(|conn| {
        let learner = hufu::learners::service::find(conn, &wanted.learner)?;
        propose(conn, app, &bundles, "test", &learner, &wanted)
    })
}

/// What was accepted there of a region's credit, in its own units.
fn accepted(world: &World) -> i64 {
    let sql =
        "SELECT CAST(COALESCE(SUM(amount), 0) AS TEXT) AS value FROM transfers WHERE side = 'destination' AND state = 'accepted' AND kind = 'move'";
    value(world, sql).unwrap().parse().unwrap()
}

both! {
    fn two_servers_of_one_region_move_what_there_is_and_no_more(world: &World) {
        let scene = Scene::by(world, with(terms(), "/grants/0/limits", Value::Null));
        let (second, second_there) = (another(world), another(&scene.there));
        let servers = [&world.app, &second];
        // Each offers 0.75 of the first lot four times: of two credits, two of these fit.
        let begun = race(8, |n| begin(&scene, servers[n % 2], &[(0, 75)]));
        let good: Vec<&String> = begun.iter().filter_map(|done| done.as_ref().ok()).collect();
        assert_eq!((good.len(), scene.left()), (2, vec![50, 200]));
        begin(&scene, &second, &[(1, 100)]).unwrap();
        race(4, |n| put(servers[n % 2]));
        race(2, |n| match n {
            0 => put(&second_there),
            _ => put(&second),
        });
        let out = sums(world, text(&scene.learner, "id")).2;
        assert_eq!((out, accepted(&scene.there)), (250, 250), "what went out is what was accepted");
        assert_eq!(scene.arrived().0, 60 + 60 + 80);
        // Two servers there get the same OFFER at once.
        let id = begin(&scene, &second, &[(1, 100)]).unwrap();
        let offer = message(world, &id, "offer");
        let there = [&scene.there.app, &second_there];
        let answers = race(4, |n| match wait(take(there[n % 2], offer.clone())) {
            Ok(Taken::Answer(answer)) => answer,
            other => panic!("{other:?}"),
        });
        assert!(answers.iter().all(|answer| *answer == answers[0]), "one DECISION");
        assert_eq!((scene.arrived().0, accepted(&scene.there)), (280, 350));
        scene.audit();
    }

    fn a_server_that_ends_between_any_two_steps_loses_and_doubles_nothing(world: &World) {
        let scene = Scene::of(world);
        // After the hold, before anything was sent.
        let id = begin(&scene, &another(world), &[(0, 100)]).unwrap();
        assert_eq!(scene.left(), [100, 200]);
        let offer = message(world, &id, "offer");
        // There after the booking, before the answer was sent.
        let answer = match wait(take(&another(&scene.there), offer.clone())) {
            Ok(Taken::Answer(answer)) => answer,
            other => panic!("{other:?}"),
        };
        assert_eq!((scene.arrived(), column(world, &id, "state").unwrap()), ((80, 0, 0), "reserved".into()));
        // Here after it was sent, before the answer was taken; and after that, before anybody was told.
        for _ in 0..2 {
            let fresh = another(world);
            fresh.edge.shift(10);
            put(&fresh);
            assert_eq!((column(world, &id, "state").unwrap(), message(world, &id, "decision")), ("settled".into(), answer.clone()));
        }
        // The same of what goes back.
        let back = scene.send_back(&id).unwrap();
        give(world, &message(&scene.there, &back, "return")).unwrap();
        put(&another(&scene.there));
        assert_eq!((column(&scene.there, &back, "state").unwrap(), scene.left(), scene.arrived()), ("settled".into(), vec![200, 200], (0, 0, 80)));
        scene.audit();
    }
}
