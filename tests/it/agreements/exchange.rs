//! Two registries that agree over HTTP.

use hufu::agreements::{Sent, send};

use super::*;

/// The registry of Jiangsu, and both have pinned each other.
struct Pair<'a> {
    world: &'a World,
    other: World,
}

impl Pair<'_> {
    fn of(world: &World) -> Pair<'_> {
        let other = world.another(&[("region", "320000"), ("region_name_zh", "江苏省"), ("region_name_en", "Jiangsu")]);
        for (here, there) in [(world, &other), (&other, world)] {
            let said = there.client().get("/v1/region").expect(200).json();
            here.signed_in(Role::Operator, None).post_json("/v1/partners", &pin_input(&there.url, text(&said, "fingerprint"))).expect(201);
        }
        Pair { world, other }
    }

    fn operators(&self) -> (Client, Client) {
        (self.world.signed_in(Role::Operator, None), self.other.signed_in(Role::Operator, None))
    }
}

fn send_from(world: &World, agreement: &Value) -> Result<Vec<Sent>, hufu::error::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(send(&world.app, &Digest::of(&agreement.to_string())))
}

/// (region, signatures that came or the code of the refusal with what was got) of each exchange.
fn told(sent: Vec<Sent>) -> Vec<(String, String)> {
    let say = |one: Sent| match one.outcome {
        Ok(done) => (one.region, done.signatures.join(",")),
        Err(refusal) => (one.region, format!("{} {}", refusal.reason.code, refusal.got.unwrap_or_default())),
    };
    sent.into_iter().map(say).collect()
}

both! {
    fn two_registries_agree_over_http(world: &World) {
        let pair = Pair::of(world);
        let (here, there) = pair.operators();
        propose(&here, &ours()).expect(201);
        assert!(send_from(world, &ours()).is_err_and(|error| error.to_string().contains("agreements.not_signed")));
        act(&here, &ours(), "signature").expect(200);
        assert_eq!(told(send_from(world, &ours()).unwrap()), pairs(&[("320000", "")]));
        let seen = read(&there, &ours());
        assert_eq!((text(&seen, "state"), standings(&seen)), ("proposed", pairs(&[("310000", "signed"), ("320000", "missing")])));
        act(&there, &ours(), "signature").expect(200);
        assert_eq!(read(&there, &ours())["state"], "in-force");
        assert_eq!(read(&here, &ours())["state"], "proposed", "nobody has asked yet");
        assert_eq!(told(send_from(world, &ours()).unwrap()), pairs(&[("320000", "320000")]));
        assert_eq!(read(&here, &ours())["state"], "in-force");
        assert_eq!(told(send_from(world, &ours()).unwrap()), pairs(&[("320000", "")]), "and again nothing is new");
        assert_eq!(file(&here, &ours()), file(&there, &ours()));
        assert_eq!((evidence(world), evidence(&pair.other)), ([1, 2, 0, 0], [1, 2, 0, 0]));
    }

    fn a_notice_travels_the_same_way(world: &World) {
        let pair = Pair::of(world);
        let (here, there) = pair.operators();
        propose(&here, &ours()).expect(201);
        act(&here, &ours(), "signature").expect(200);
        send_from(world, &ours()).unwrap();
        act(&there, &ours(), "signature").expect(200);
        let effective = hufu::providers::service::today(&world.app).add_days(90).to_string();
        end(&there, &ours(), &effective).expect(200);
        send_from(world, &ours()).unwrap();
        assert_eq!(text(&read(&here, &ours()), "ended_on"), effective);
        assert_eq!((evidence(world), evidence(&pair.other)), ([1, 2, 1, 0], [1, 2, 1, 0]));
    }

    fn what_went_wrong_is_told_party_by_party(world: &World) {
        let pair = Pair::of(world);
        let (here, there) = pair.operators();
        let three = agreement(&["310000", "320000", "330000"]);
        let mut other = three.clone();
        other["offer_days"] = json!(60);
        propose(&here, &three).expect(201);
        act(&here, &three, "signature").expect(200);
        propose(&there, &other).expect(201);
        let expected = pairs(&[("320000", "partners.status 409 agreements.version_taken"), ("330000", "partners.not_found ")]);
        assert_eq!(told(send_from(world, &three).unwrap()), expected);
        pair.other.stop();
        let told = told(send_from(world, &three).unwrap());
        assert!(told[0].1.starts_with("partners.unreachable"), "{told:?}");
    }
}

both! {
    fn an_answer_about_something_else_is_refused_and_a_redirect_not_followed(world: &World) {
        use crate::support::site::Reply;
        let (operator, site, abroad) = (world.signed_in(Role::Operator, None), Site::start(), Abroad::at(world.app.edge.now()));
        abroad.publish(&site);
        operator.post_json("/v1/partners", &pin_input(&site.url, &abroad.fingerprint())).expect(201);
        propose(&operator, &ours()).expect(201);
        act(&operator, &ours(), "signature").expect(200);
        let mut other = ours();
        other["id"] = json!("urn:hufu:agreement:other");
        let signed = signature(&other, "320000", &abroad.signer(), world.app.edge.now());
        for (reply, code) in [
            (Reply::ok(file_of(&other, &[signed], &[])), "agreements.other_agreement "),
            (Reply::ok("rubbish"), "agreement.json "),
            (Reply::ok("x".repeat(600_000)), "bundle.too_large more than 524288 bytes"),
            (Reply::status(307).header("location", "http://127.0.0.1:1/"), "partners.redirect "),
            (Reply::status(500), "partners.status 500"),
        ] {
            site.reply("/peer/agreements", reply);
            assert_eq!(told(send_from(world, &ours()).unwrap()), pairs(&[("320000", code)]));
        }
        assert_eq!(evidence(world), [1, 1, 0, 0]);
    }
}
