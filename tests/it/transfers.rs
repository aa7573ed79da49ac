//! Credit moves between two registries of one process, and back.

mod bad_peers;
mod cases;
pub mod command;
mod comparing;
mod dossier;
mod failing;
mod http;
mod meanwhile;
mod moving;
mod operating;
mod order;
mod restoring;
mod two;

use hufu::access::{Caller, Role};
use hufu::app::App;
use hufu::error::Error;
use hufu::transfers::{Asker, Taken, Wanted, deliver, find, give_back, propose, take, withdraw};
use serde_json::{Value, json};
use verifier::documents::{Amount, Digest, GrantId, LotId};
use verifier::transfer::{Message, Offer, TransferDecision};

use crate::achievements::course;
use crate::agreements::{act, agreement, digest, file, import, propose as publish, region};
use crate::programmes::lot_of;
use crate::support::World;
use crate::support::abroad::pin_input;
use crate::support::issuing::{Body, SCHEME, body, define_scheme, open, person, scheme, text, with};

/// What Jiangsu counts in.
pub const THEIRS: &str = "320000:credit";

/// Shanghai, where a learner has two lots of two credits, and Jiangsu, with which it has an agreement of 4:5 for credit.
pub struct Scene<'a> {
    pub here: &'a World,
    pub there: World,
    pub body: Body,
    pub learner: Value,
    pub abroad: Value,
    pub lots: Vec<String>,
    pub agreement: Value,
}

/// The agreement, with at most three credits a learner in a year.
pub fn terms() -> Value {
    let grant = json!([{"id": "credit", "moves": "credit", "from": ["310000"], "to": ["320000"], "accept": {"scheme": SCHEME},
        "convert": {"ratio": [4, 5], "scheme": THEIRS}, "limits": [{"per": "learner-year", "amount": 300}]}]);
    with(agreement(&["310000", "320000"]), "/grants", grant)
}

impl Scene<'_> {
    pub fn of(here: &World) -> Scene<'_> {
        Scene::by(here, terms())
    }

    /// The same by other terms.
    pub fn by(here: &World, terms: Value) -> Scene<'_> {
        let there = here.another(&[("region", "320000"), ("region_name_zh", "江苏省"), ("region_name_en", "Jiangsu")]);
        let operators = [here, &there].map(|world| world.signed_in(Role::Operator, None));
        for (n, other) in [(0, &there), (1, here)] {
            let said = other.client().get("/v1/region").expect(200).json();
            operators[n].post_json("/v1/partners", &pin_input(&other.url, text(&said, "fingerprint"))).expect(201);
            publish(&operators[n], &terms).expect(201);
            act(&operators[n], &terms, "signature").expect(200);
        }
        import(&operators[0], &file(&operators[1], &terms)).expect(200);
        import(&operators[1], &file(&operators[0], &terms)).expect(200);
        define_scheme(here);
        operators[1].post_json("/v1/schemes", &with(scheme(), "/id", json!(THEIRS))).expect(201);
        let (one, abroad) = (body(here, 1), open(&operators[1], &person()));
        let learner = open(&one.client, &person());
        let lots = (0..2).map(|n| lot_of(&one, &with(course(&learner), "/course", json!(format!("C-{n}"))))).collect();
        Scene { here, there, body: one, learner, abroad, lots, agreement: terms }
    }

    /// Some of the lots, and how much of each.
    pub fn wanted(&self, picks: &[(usize, i64)]) -> Wanted {
        Wanted {
            learner: text(&self.learner, "id").to_owned(),
            to: region("320000"),
            agreement: Digest::parse(&digest(&self.agreement)).unwrap(),
            grant: GrantId::parse("credit").unwrap(),
            lots: picks.iter().map(|(n, amount)| (LotId::parse(&self.lots[*n]).unwrap(), Amount::new(*amount).unwrap())).collect(),
        }
    }

    /// Begins to move: the id of the transfer.
    pub fn begin(&self, picks: &[(usize, i64)]) -> Result<String, Error> {
        self.ask(&self.wanted(picks))
    }

    /// Begins to move what is wanted: the id of the transfer.
    pub fn ask(&self, wanted: &Wanted) -> Result<String, Error> {
        let app = &self.here.app;
        let bundles = wait(app.partners.current(app));
        app.db.write_now(|conn| {
            let learner = hufu::learners::service::find(conn, &wanted.learner)?;
            propose(conn, app, &bundles, "test", &learner, wanted)
        })
    }

    /// Withdraws a transfer.
    pub fn withdraw(&self, id: &str) -> Result<(), Error> {
        let (app, asker) = (&self.here.app, operator(self.here));
        app.db.write_now(|conn| {
            let row = find(conn, &asker, id)?;
            withdraw(conn, app, &row)
        })
    }

    /// Gives back what came there: the id of the transfer back.
    pub fn send_back(&self, id: &str) -> Result<String, Error> {
        let (app, asker) = (&self.there.app, operator(&self.there));
        app.db.write_now(|conn| {
            let row = find(conn, &asker, id)?;
            give_back(conn, app, "test", &row)
        })
    }

    /// What is available of the lots here.
    pub fn left(&self) -> Vec<i64> {
        let family = [text(&self.learner, "id").to_owned()];
        let rows = self.here.app.db.read_now(|conn| hufu::ledger::service::picked(conn, &family, &self.lots)).unwrap();
        self.lots.iter().map(|id| rows.iter().find(|row| row.id == *id).unwrap().available).collect()
    }

    /// (available, held, out) of the learner's credit there; what came.
    pub fn arrived(&self) -> (i64, i64, i64) {
        sums(&self.there, text(&self.abroad, "id"))
    }

    pub fn audit(&self) {
        for world in [self.here, &self.there] {
            assert_eq!(world.app.db.read_now(hufu::evidence::audit).unwrap().wrong, None);
            assert_eq!(world.app.db.read_now(hufu::ledger::service::audit).unwrap().wrong, None);
        }
    }
}

/// The operator of a registry, who sees every transfer.
fn operator(world: &World) -> Asker {
    let (client_id, _) = world.add(Role::Operator, None);
    Asker::Client(Caller { client_id, role: Role::Operator, provider_id: None })
}

/// (available, held, out) of a learner's credit.
pub fn sums(world: &World, learner: &str) -> (i64, i64, i64) {
    let today = hufu::providers::service::today(&world.app);
    let all = world.app.db.read_now(|conn| hufu::ledger::service::balances(conn, &[learner.to_owned()], today)).unwrap();
    all.iter().fold((0, 0, 0), |(a, h, o), one| (a + one.sums.available, h + one.sums.held, o + one.sums.out))
}

/// Runs to its end.
pub fn wait<T>(what: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(what)
}

/// Puts what is due, as the job does.
pub fn put(app: &App) -> usize {
    wait(deliver(app)).unwrap()
}

/// One column of a transfer as the registry has it, as text.
pub fn column(world: &World, id: &str, column: &str) -> Option<String> {
    value(world, &format!("SELECT CAST({column} AS TEXT) AS value FROM transfers WHERE id = '{id}'"))
}

/// The one text that a query gives as `value`.
pub fn value(world: &World, sql: &str) -> Option<String> {
    use diesel::prelude::*;
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>)]
        value: Option<String>,
    }
    let found: Vec<Found> = world.app.db.read_now(|conn| Ok(hufu::on_backend!(conn, c => diesel::sql_query(sql).load(c))?)).unwrap();
    found.into_iter().next().and_then(|found| found.value)
}

/// The text of the last message of a kind about a transfer.
pub fn message(world: &World, id: &str, kind: &str) -> String {
    let sql = format!("SELECT text AS value FROM transfer_messages WHERE transfer_id = '{id}' AND kind = '{kind}' ORDER BY id DESC LIMIT 1");
    value(world, &sql).unwrap_or_else(|| panic!("no {kind} of {id}"))
}

/// Gives a registry a text: the DECISION, `later` or nothing, or the code of the refusal.
pub fn give(world: &World, text: &str) -> Result<String, String> {
    match wait(take(&world.app, text.to_owned())) {
        Ok(Taken::Answer(answer)) => Ok(answer),
        Ok(Taken::Done) => Ok(String::new()),
        Ok(Taken::Later) => Ok("later".to_owned()),
        Ok(Taken::Expects(many)) => Ok(format!("expects {many}")),
        Ok(Taken::Alarm(refusal)) | Err(Error::Refusal(refusal)) => Err(refusal.reason.code.to_owned()),
        Err(fault) => panic!("{fault}"),
    }
}

/// The code of a refusal.
pub fn code<T: std::fmt::Debug>(done: Result<T, Error>) -> String {
    match done {
        Err(Error::Refusal(refusal)) => refusal.reason.code.to_owned(),
        other => panic!("{other:?}"),
    }
}

/// The OFFER with another id and place, changed and signed by Shanghai.
pub fn changed(scene: &Scene<'_>, offer: &Offer, n: u32, change: impl FnOnce(&mut Offer)) -> String {
    let mut offer = Offer { seq: 100 + n, jti: verifier::documents::TransferId::parse(&format!("trf_{n}")).unwrap(), ..offer.clone() };
    change(&mut offer);
    offer.sign(&scene.here.app.keys.region_signer()).unwrap()
}

/// Why a DECISION rejects; none where it accepts.
pub fn reason(text: &str) -> Option<&'static str> {
    decision(text).reason.map(|reason| reason.as_str())
}

/// The OFFER of a transfer that this registry began.
pub fn offer_of(world: &World, id: &str) -> Offer {
    match Message::stored(&message(world, id, "offer")).unwrap().message {
        Message::Offer(offer) => offer,
        other => panic!("{other:?}"),
    }
}

/// A DECISION as it was answered.
pub fn decision(text: &str) -> TransferDecision {
    match Message::stored(text).unwrap().message {
        Message::Decision(decision) => decision,
        other => panic!("{other:?}"),
    }
}
