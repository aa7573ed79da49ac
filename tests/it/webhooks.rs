//! Webhooks: what happened is told to who listens, signed, until it is taken; never to a place inside; never anything personal.

mod endpoints;
mod failing;
mod receiver;
mod telling;

use hufu::access::Role;
use hufu::app::App;
use serde_json::{Value, json};

use self::receiver::{Receiver, Reply, Request};
use super::support::issuing::{Body, RESIDENT, RESIDENT_SECRET, body, draft, issue, replace, step, text};
use super::support::{Answer, Client, World};
use super::transfers::{value, wait};

/// Sends what is due, as the job does: how many were tried.
fn send(app: &App) -> usize {
    wait(async {
        let mut many = 0;
        for endpoint in hufu::webhooks::due(app).await.unwrap() {
            many += hufu::webhooks::deliver_to(app, &endpoint).await.unwrap();
        }
        many
    })
}

/// Adds an endpoint: with its secret.
#[track_caller]
fn add(client: &Client, url: &str, events: &[&str]) -> Value {
    client.post_json("/v1/webhooks", &json!({"url": url, "events": events})).expect(201).json()
}

fn at(endpoint: &Value, rest: &str) -> String {
    format!("/v1/webhooks/{}{rest}", text(endpoint, "id"))
}

/// The deliveries to an endpoint.
#[track_caller]
fn deliveries(client: &Client, endpoint: &Value) -> Vec<Value> {
    client.get(&at(endpoint, "/deliveries")).expect(200).json()["items"].as_array().unwrap().clone()
}

/// The one delivery to an endpoint.
#[track_caller]
fn delivery(client: &Client, endpoint: &Value) -> Value {
    let all = deliveries(client, endpoint);
    assert_eq!(all.len(), 1, "{all:#?}");
    all[0].clone()
}

fn count(world: &World, table: &str) -> String {
    value(world, &format!("SELECT CAST(COUNT(*) AS TEXT) AS value FROM {table}")).unwrap()
}

/// A client of a provider with a token of its own time: the clock may have moved by days.
fn again(world: &World, issuer: &Body) -> Client {
    world.signed_in(Role::Provider, Some(&issuer.id))
}

const ISSUED: &[&str] = &["certificate.issued"];
