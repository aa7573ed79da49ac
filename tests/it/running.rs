//! The server itself: it answers, refuses, migrates, guards what is append-only, and stops in good order.

both! {
    fn the_probes_say_ok(world: &World) {
        for path in ["/health/live", "/health/ready"] {
            let answer = world.client().get(path).expect(200);
            assert_eq!(answer.json(), serde_json::json!({"status": "ok"}), "{path}");
        }
    }
}
