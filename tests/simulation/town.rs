//! Four registries as processes, with a proxy before each, pinned and agreed over HTTP.

use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};
use verifier::documents::Digest;
use verifier::time::{Day, Instant, Zone};

use crate::proxy::Proxy;
use crate::stage::{REGIONS, SHELF, WAYS, agreements, scheme};
use crate::support::issuing::{credit_code, text};
use crate::support::{Backend, Client, Process};

/// Learners; each is known everywhere.
pub const PEOPLE: usize = 4;
/// Lots of each learner in each region, of so many hundredths.
const LOTS: (usize, i64) = (6, 4_000);

pub struct Town {
    pub processes: Vec<Process>,
    pub proxies: Vec<Proxy>,
    /// Where each listens now.
    pub urls: Mutex<Vec<String>>,
    pub tokens: Vec<String>,
    /// Accounts by region.
    pub learners: Vec<Vec<String>>,
    /// Lots by region and learner.
    pub lots: Vec<Vec<Vec<String>>>,
    pub digests: Vec<String>,
}

/// A token of a new operator, made on the command line beside the running server.
fn operator(process: &Process) -> String {
    let made = process.run(&["client", "add", "--role", "operator", "--name", "test"]).expect(0).out;
    let (id, secret) = made.trim().split_once('\t').unwrap();
    let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    text(&process.client().post_form("/oauth/token", &form).expect(200).json(), "access_token").to_owned()
}

impl Town {
    /// All of it; none (with a word on standard error) where the database is not to be had.
    pub fn with(backend: Backend) -> Option<Town> {
        let mut town = Town {
            processes: Vec::new(),
            proxies: (0..REGIONS.len()).map(|n| Proxy::start(n as u64 + 1)).collect(),
            urls: Mutex::default(),
            tokens: Vec::new(),
            learners: Vec::new(),
            lots: Vec::new(),
            digests: agreements().iter().map(|text| Digest::of(text).to_string()).collect(),
        };
        for (code, zh, en) in REGIONS {
            let settings = [
                ("region", code),
                ("region_name_zh", zh),
                ("region_name_en", en),
                ("partner_timeout", "3"),
                ("pool_size", "4"),
                ("client_per_minute", "1000000"),
                ("public_per_minute", "1000000"),
            ];
            town.processes.push(Process::with(backend, &settings)?);
        }
        town.urls = Mutex::new(town.processes.iter().map(|process| process.client().url().to_owned()).collect());
        (0..REGIONS.len()).for_each(|n| town.redirect(n));
        town.sign_in();
        town.agree();
        (0..REGIONS.len()).for_each(|n| town.furnish(n));
        Some(town)
    }

    /// Gets a token of every registry.
    pub fn sign_in(&mut self) {
        self.tokens = self.processes.iter().map(operator).collect();
    }

    /// Notes where a registry listens.
    pub fn redirect(&self, n: usize) {
        let url = self.processes[n].client().url().to_owned();
        self.proxies[n].leads_to(&url);
        self.urls.lock().unwrap()[n] = url;
    }

    pub fn url(&self, n: usize) -> String {
        self.urls.lock().unwrap()[n].clone()
    }

    pub fn client(&self, n: usize) -> Client {
        self.processes[n].client().bearer(&self.tokens[n])
    }

    fn agree(&self) {
        for own in 0..REGIONS.len() {
            for other in (0..REGIONS.len()).filter(|other| *other != own) {
                let shown = self.client(other).get("/v1/region").expect(200).json();
                let pin = json!({"url": self.proxies[other].url, "fingerprint": text(&shown, "fingerprint")});
                self.client(own).post_json("/v1/partners", &pin).expect(201);
            }
        }
        for (n, terms) in agreements().iter().enumerate() {
            let is_party = |own: &usize| WAYS.iter().any(|way| way.agreement == n && (way.from == *own || way.to == *own));
            let parties: Vec<usize> = (0..REGIONS.len()).filter(is_party).collect();
            let path = format!("/v1/agreements/{}", self.digests[n]);
            for own in &parties {
                self.client(*own).post_json("/v1/agreements", &json!({"agreement": terms})).expect(201);
                self.client(*own).send("POST", &format!("{path}/signature"), None).expect(200);
            }
            for (from, to) in parties.iter().flat_map(|from| parties.iter().map(move |to| (*from, *to))) {
                let file = self.client(from).get(&format!("{path}/file")).expect(200).bytes;
                self.client(to).post_raw("/v1/agreements:import", "application/json", &file).expect(200);
            }
        }
    }

    fn furnish(&mut self, n: usize) {
        let client = self.client(n);
        let body = json!({"credit_code": credit_code(1), "name_zh": "示例", "name_en": "Example", "kind": "social", "interval": {
            "class": "A", "flag": "green", "from": "2020-01-01", "cause": "评审", "scope": {"types": ["training"]}}});
        let body = text(&client.post_json("/v1/providers", &body).expect(201).json(), "id").to_owned();
        let defined = json!({"id": scheme(n), "name": {"zh": "学分", "en": "Credit"}, "unit": {"zh": "分", "en": "credit"}, "kind": "credit",
            "categories": [], "shelf_months": SHELF});
        client.post_json("/v1/schemes", &defined).expect(201);
        let earned = today().add_days(-30).to_string();
        let (mut learners, mut all) = (Vec::new(), Vec::new());
        for person in 0..PEOPLE {
            let person = json!({"name": "张三", "id_type": "passport", "id_number": format!("E{person:08}")});
            let learner = text(&client.post_json("/v1/learners", &person).expect(201).json(), "id").to_owned();
            let course = json!({"provider": body, "learner": learner, "kind": "training", "title": "实训", "occupation": "6-31-01-03", "level": 3,
                "grade": "good", "earned_on": earned, "credits": [{"scheme": scheme(n), "amount": LOTS.1}]});
            let lot = |_| text(&client.post_json("/v1/achievements", &course).expect(201).json()["lots"][0], "id").to_owned();
            all.push((0..LOTS.0).map(lot).collect());
            learners.push(learner);
        }
        self.learners.push(learners);
        self.lots.push(all);
    }

    /// Everything that waits goes to where it is decided, and comes back, as a file.
    pub fn ferry(&self) {
        for from in 0..REGIONS.len() {
            for to in (0..REGIONS.len()).filter(|to| *to != from) {
                for (one, other) in [(from, to), (to, from)] {
                    let file = self.processes[one].data().join("ferry.txt");
                    let file = file.to_str().unwrap();
                    self.processes[one].run(&["peer", "export", "--to", REGIONS[other].0, "-o", file]).expect(0);
                    let taken = self.processes[other].run(&["peer", "import", file]);
                    assert!(taken.code == 0 || taken.out.contains("later"), "{taken:?}");
                }
            }
        }
    }

    /// How many transfers wait in all.
    pub fn waiting(&self) -> i64 {
        let waiting = |n| self.client(n).get("/v1/peers").expect(200).json()["items"].as_array().unwrap().iter().map(count).sum::<i64>();
        (0..REGIONS.len()).map(waiting).sum()
    }

    /// Waits until nothing waits, at most so long; how many still do.
    pub fn settle(&self, most: Duration) -> i64 {
        let started = std::time::Instant::now();
        loop {
            let waiting = self.waiting();
            if waiting == 0 || started.elapsed() > most {
                return waiting;
            }
            std::thread::sleep(Duration::from_millis(500));
        }
    }
}

fn count(channel: &Value) -> i64 {
    assert_eq!(channel["state"], "open", "{channel}");
    channel["waiting"].as_i64().unwrap()
}

/// The day in the regions.
pub fn today() -> Day {
    Instant(hufu::edge::Edge::default().now()).day_in(Zone::CHINA)
}
