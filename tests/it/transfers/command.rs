//! `hufu peer`: two registries that have no network between them.

use super::*;
use crate::support::Ran;

/// Runs the program on the database of a world.
pub fn hufu(world: &World, arguments: &[&str]) -> Ran {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_hufu"));
    command.args(arguments).arg("--data-dir").arg(world.folder()).arg("--database-url").arg(world.app.config.text("database_url"));
    Ran::of(&mut command, b"")
}

both! {
    fn credit_moves_by_file_alone_in_any_order_and_twice(world: &World) {
        let scene = Scene::of(world);
        let (out, back) = (world.folder().join("out.txt"), world.folder().join("back.txt"));
        let (out, back) = (out.to_str().unwrap(), back.to_str().unwrap());
        let ids = [scene.begin(&[(0, 100)]).unwrap(), scene.begin(&[(1, 100)]).unwrap()];
        let late = scene.begin(&[(1, 100)]).unwrap();
        scene.withdraw(&late).unwrap();
        assert_eq!(hufu(world, &["peer", "queue"]).expect(0).rows(), [["320000", "open", "-", "3", "300", "0", "3", "0"]]);
        hufu(world, &["peer", "export", "--to", "320000", "-o", out]).expect(0);
        let lines: Vec<String> = std::fs::read_to_string(out).unwrap().lines().rev().map(str::to_owned).collect();
        std::fs::write(out, lines.join("\n") + "\nrubbish\n").unwrap();
        for _ in 0..2 {
            let outcomes = [["1", "decided"], ["2", "decided"], ["3", "decided"], ["4", "jws.parts"]];
            assert_eq!(hufu(&scene.there, &["peer", "import", out]).expect(4).rows(), outcomes);
        }
        hufu(&scene.there, &["peer", "export", "--to", "310000", "-o", back]).expect(0);
        for _ in 0..2 {
            assert_eq!(hufu(world, &["peer", "import", back]).expect(0).rows(), [["1", "taken"], ["2", "taken"], ["3", "taken"]]);
        }
        assert_eq!(ids.map(|id| column(world, &id, "state").unwrap()), ["settled", "settled"]);
        assert_eq!((column(world, &late, "reason").unwrap(), scene.left(), scene.arrived()), ("cancelled".into(), vec![100, 100], (160, 0, 0)));
        assert_eq!(put(&world.app), 0);
        scene.audit();
    }

    fn what_was_decided_is_compared_on_the_command_line(world: &World) {
        let scene = Scene::of(world);
        let ids = [scene.begin(&[(0, 100)]).unwrap(), scene.begin(&[(1, 100)]).unwrap()];
        put(&world.app);
        let today = hufu::providers::service::today(&world.app).to_string();
        let arguments = ["peer", "reconcile", "--through", &today];
        assert_eq!(hufu(world, &arguments).expect(0).rows(), [["320000", &today, "equal", "2", "0", "0", "0"]]);
        super::comparing::forget(&scene.there, &ids[1]);
        let digest = Digest::of(&message(world, &ids[1], "decision")).to_string();
        let told = hufu(world, &["peer", "reconcile", "320000", "--through", &today]).expect(4);
        let rows = told.rows();
        assert_eq!(rows[0], ["320000", &today, "sender_forgot", "2", "0", "0", "0"]);
        assert_eq!(rows[2], ["320000", &ids[1], &format!("{digest} 100"), "-"]);
        assert_eq!(hufu(world, &arguments).expect(4).rows()[0][2], "transfer.stopped");
        hufu(world, &["peer", "reopen", "320000", "--reason", "they were asked"]).expect(0);
        scene.there.stop();
        assert_eq!(hufu(world, &arguments).expect(4).rows()[0][2], "partners.unreachable");
    }
}
