//! Four parties, no network: files go round until every registry has every signature.

use super::*;

/// The other parties by their fixed keys, pinned by hand as three partners.
struct Others(Vec<(&'static str, Abroad, Site)>);

const CODES: [&str; 4] = ["310000", "320000", "330000", "340000"];

impl Others {
    fn of(world: &World, operator: &Client) -> Others {
        let one = |(n, code): (usize, &&'static str)| {
            let (site, base) = (Site::start(), Abroad::at(world.app.edge.now()));
            let abroad = Abroad { code, seed: [u8::try_from(n).unwrap() + 21; 32], ..base };
            abroad.publish(&site);
            operator.post_json("/v1/partners", &pin_input(&site.url, &abroad.fingerprint())).expect(201);
            (*code, abroad, site)
        };
        Others(CODES[1..].iter().enumerate().map(one).collect())
    }

    fn signed(&self, agreement: &Value, n: usize, at: i64) -> String {
        signature(agreement, self.0[n].0, &self.0[n].1.signer(), at)
    }
}

both! {
    fn four_parties_agree_by_files_only(world: &World) {
        let operator = world.signed_in(Role::Operator, None);
        let (others, now, four) = (Others::of(world, &operator), world.app.edge.now(), agreement(&CODES));
        // The draft comes with the first two signatures; one of them with one of a party that nobody asked.
        let first = file_of(&four, &[others.signed(&four, 0, now), others.signed(&four, 2, now)], &[]);
        let done = import(&operator, &first).expect(200).json();
        assert_eq!((&done["signatures"], &done["refused"]), (&json!(["320000", "340000"]), &json!([])), "{done}");
        let again = import(&operator, &first).expect(200).json();
        assert_eq!((&again["signatures"], &again["agreement"]["state"]), (&json!([]), &json!("proposed")));
        act(&operator, &four, "signature").expect(200);
        // The third has signed our file meanwhile, but a good signature comes beside a bad one.
        let stranger = signature(&four, "320000", &Signer::from_seed(&[9; 32]), now);
        let done = import(&operator, &file_of(&four, &[stranger, others.signed(&four, 1, now)], &[])).expect(200).json();
        assert_eq!((&done["signatures"], &done["refused"][0]["region"]), (&json!(["330000"]), &json!("320000")), "{done}");
        assert_eq!((&done["agreement"]["agreed"], &done["agreement"]["state"]), (&json!(true), &json!("in-force")));
        assert_eq!(evidence(world), [1, 4, 0, 0]);
        // Whoever has the four keys can check the file that goes back.
        let key = |region: &RegionCode| match region.as_str() {
            "310000" => *world.app.keys.region_signer().public(),
            code => *others.0.iter().find(|(other, ..)| *other == code).unwrap().1.signer().public(),
        };
        let back = file(&operator, &four);
        let opened = SignedAgreement::open(&back, &|region, _| Some(verifier::agreement::RegionKey { public: key(region), revoked: None })).unwrap();
        assert!(opened.is_agreed());
    }

    fn two_files_at_once_leave_one_agreement_and_one_signature(world: &World) {
        let scene = Scene::of(world);
        let file = file_of(&ours(), &[scene.theirs(&ours())], &[]);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| import(&scene.operator, &file).expect(200));
            }
        });
        assert_eq!(evidence(world), [1, 1, 0, 0]);
    }
}
