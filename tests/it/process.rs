//! The program as an operating system sees it.

both! {
    fn it_starts_answers_and_ends_well_on_sigterm(process: &Process) {
        process.client().get("/health/ready").expect(200);
        let ended = process.terminate();
        assert_eq!(ended.code(), Some(0), "{}", process.log());
    }

    fn it_starts_again_after_sudden_death(process: &Process) {
        process.client().get("/health/ready").expect(200);
        process.kill9();
        process.start();
        process.client().get("/health/ready").expect(200);
    }

    fn the_log_has_routes_and_request_ids_but_no_path_or_query(process: &Process) {
        let answer = process.client().get("/health/live?name=%E5%BC%A0%E4%B8%89&id=11010519491231002X").expect(200);
        process.client().get("/11010519491231002X").expect(404);
        process.terminate();
        let log = process.log();
        assert!(log.contains(answer.header("x-request-id")), "{log}");
        assert!(log.contains("/health/live"), "{log}");
        for personal in ["11010519491231002", "张三", "%E5%BC%A0"] {
            assert!(!log.contains(personal), "{personal} is in the log:\n{log}");
        }
    }
}
