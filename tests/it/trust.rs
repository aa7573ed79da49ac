//! What the world reads: DID documents, the key set, status lists; cacheable, signed, and true at once.

use serde_json::{Value, json};
use verifier::base64url;
use verifier::status::{Bitstring, TokenStatusList};

use super::support::issuing::{body, draft, issue, replace, step};
use super::support::{Client, World};

/// Header and claims of a JWT that the region's key signed.
fn opened(world: &World, jwt: &str) -> (Value, Value) {
    let (signed, signature) = jwt.rsplit_once('.').unwrap();
    let signature: [u8; 64] = base64url::decode_array(signature).unwrap();
    assert!(world.app.keys.region_signer().public().verify(signed.as_bytes(), &signature));
    let (header, claims) = signed.split_once('.').unwrap();
    let read = |part: &str| serde_json::from_slice(&base64url::decode(part).unwrap()).unwrap();
    (read(header), read(claims))
}

fn list(world: &World, path: &str) -> Value {
    opened(world, world.client().get(path).expect(200).text()).1
}

/// The indices below `n` whose bit is set for a purpose.
fn set(world: &World, purpose: &str, n: u32) -> Vec<u32> {
    let claims = list(world, &format!("/status/1/{purpose}"));
    let bits = Bitstring::parse(claims["credentialSubject"]["encodedList"].as_str().unwrap()).unwrap();
    (0..n).filter(|index| bits.get(*index) == Some(true)).collect()
}

fn tokens(world: &World, n: u32) -> Vec<u8> {
    let status_list = list(world, "/status/1/token")["status_list"].clone();
    let list = TokenStatusList::parse(status_list["bits"].as_u64().unwrap() as u8, status_list["lst"].as_str().unwrap()).unwrap();
    (0..n).map(|index| list.get(index).unwrap_or(0)).collect()
}

fn tag_of(client: &Client, path: &str) -> String {
    client.get(path).expect(200).header("etag").to_owned()
}

both! {
    fn each_published_document_is_cacheable_and_saves_a_second_sending(world: &World) {
        let body = body(world, 1);
        issue(&body.client, &draft());
        let did = format!("/providers/{}/did.json", body.id);
        for (path, kind, age) in [
            ("/.well-known/did.json", "application/did+json", 300),
            ("/.well-known/jwks.json", "application/jwk-set+json", 300),
            (did.as_str(), "application/did+json", 300),
            ("/status/1/revocation", "application/vc+jwt", 60),
            ("/status/1/suspension", "application/vc+jwt", 60),
            ("/status/1/token", "application/statuslist+jwt", 60),
        ] {
            let first = world.client().get(path).expect(200);
            assert_eq!((first.header("content-type"), first.header("cache-control")), (kind, format!("public, max-age={age}").as_str()), "{path}");
            let again = world.client().header("if-none-match", first.header("etag")).get(path);
            // A minute may have ended in between, and with it the list's date.
            if again.status == 304 {
                assert!(again.bytes.is_empty() && again.header("etag") == first.header("etag"), "{path}");
            } else {
                assert!(path.starts_with("/status"), "{path}: {again}");
            }
            assert_eq!(world.client().header("if-none-match", "\"other\"").get(path).status, 200, "{path}");
        }
    }

    fn a_document_that_changed_has_another_tag(world: &World) {
        let body = body(world, 1);
        let did = format!("/providers/{}/did.json", body.id);
        let before = [tag_of(&world.client(), "/.well-known/jwks.json"), tag_of(&world.client(), &did)];
        let made = issue(&body.client, &draft());
        let after = [tag_of(&world.client(), "/.well-known/jwks.json"), tag_of(&world.client(), &did)];
        assert!(before[0] != after[0] && before[1] != after[1]);
        let list = tag_of(&world.client(), "/status/1/revocation");
        step(&body.client, &made, "revoke").expect(200);
        assert_ne!(tag_of(&world.client(), "/status/1/revocation"), list);
    }

    fn status_lists_follow_every_change(world: &World) {
        let body = body(world, 1);
        let made: Vec<Value> = (0..5).map(|_| issue(&body.client, &draft())).collect();
        assert_eq!((set(world, "revocation", 200), set(world, "suspension", 200)), (vec![], vec![]));
        step(&body.client, &made[1], "suspend").expect(200);
        step(&body.client, &made[3], "suspend").expect(200);
        step(&body.client, &made[4], "revoke").expect(200);
        assert_eq!((set(world, "revocation", 200), set(world, "suspension", 200)), (vec![4], vec![1, 3]));
        assert_eq!(tokens(world, 5), [0, 2, 0, 2, 1]);
        step(&body.client, &made[1], "reinstate").expect(200);
        replace(&body.client, &made[3], &draft()).expect(201);
        assert_eq!((set(world, "revocation", 200), set(world, "suspension", 200)), (vec![3, 4], vec![]));
        assert_eq!(tokens(world, 6), [0, 0, 0, 3, 1, 0]);
    }

    fn a_status_list_is_signed_for_its_provider_and_names_itself(world: &World) {
        let body = body(world, 1);
        issue(&body.client, &draft());
        let did = format!("did:web:registry.test:providers:{}", body.id);
        let kid = format!("{did}#{}", world.app.keys.region_signer().public().thumbprint());
        for (purpose, typ) in [("revocation", "vc+jwt"), ("suspension", "vc+jwt"), ("token", "statuslist+jwt")] {
            let url = format!("https://registry.test/status/1/{purpose}");
            let (header, claims) = opened(world, world.client().get(&format!("/status/1/{purpose}")).expect(200).text());
            assert_eq!((&header["alg"], &header["typ"], &header["kid"]), (&json!("EdDSA"), &json!(typ), &json!(kid)));
            assert_eq!(claims["iss"], did.as_str());
            if purpose == "token" {
                assert_eq!(claims["sub"], url.as_str());
            } else {
                assert_eq!((&claims["id"], &claims["issuer"]), (&json!(url), &json!(did)));
                assert_eq!(claims["credentialSubject"]["statusPurpose"], purpose);
            }
            let (iat, exp) = (claims["iat"].as_i64().unwrap(), claims["exp"].as_i64().unwrap());
            assert!(iat <= world.app.edge.now() && world.app.edge.now() < exp);
        }
        let document = world.client().get(&format!("/providers/{}/did.json", body.id)).expect(200).json();
        assert_eq!(document["id"], did.as_str());
        assert!(document["assertionMethod"].as_array().unwrap().contains(&json!(kid)), "the key that signs the lists is among the provider's");
    }

    fn the_regions_did_document_has_the_regions_key_alone(world: &World) {
        let body = body(world, 1);
        issue(&body.client, &draft());
        let document = world.client().get("/.well-known/did.json").expect(200).json();
        assert_eq!(document["id"], "did:web:registry.test");
        let methods = document["verificationMethod"].as_array().unwrap();
        assert_eq!(methods.len(), 1);
        assert_eq!(methods[0]["publicKeyJwk"]["x"], base64url::encode(world.app.keys.region_signer().public().as_bytes()));
    }

    fn what_was_never_published_is_not_found(world: &World) {
        let body = body(world, 1);
        issue(&body.client, &draft());
        for path in ["/status/2/revocation", "/status/01/revocation", "/status/-1/token", "/status/4294967296/token", "/status/x/token", "/status/1/other", "/status/%00/token"] {
            world.client().get(path).problem(404, "trust.no_list");
        }
        for id in ["prov_1", body.code.as_str(), "%00", "%2e%2e"] {
            world.client().get(&format!("/providers/{id}/did.json")).problem(404, "trust.no_provider");
        }
    }
}
