//! The chapter on moving credit: to a region that is down, tried twice, some of it given back, compared, and proved with no network.

use std::time::Duration;

use serde_json::{Value, json};
use verifier::time::Instant;
use verifier::verdict::Outcome;

use super::api::{Api, text};
use super::bank::{amount, balance};
use super::delta::{agree, head};
use super::story::{Issued, Story, amiss, expect};
use crate::cli::verify::{Judge, judged};
use crate::cli::words as w;
use crate::edge::Edge;
use crate::error::Fault;

const SHANGHAI: &str = "310000";
const JIANGSU: &str = "320000";
/// What is moved at first and then, of the six credits of a certificate, in hundredths.
const FIRST: i64 = 300;
const SECOND: i64 = 200;
/// Four of Jiangsu's credits for five of Shanghai's.
const RATIO: [i64; 2] = [4, 5];
/// Longest that a transfer may take to be decided, and how long to wait before looking again.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(50);

/// Whose credit moves, from where to where.
struct Move<'a> {
    own: &'a Api,
    theirs: Api,
    learner: String,
    lot: String,
    /// The learner in person, here and there.
    owners: [Api; 2],
    agreement: String,
    scheme: &'a str,
}

impl Story {
    /// From the agreement on credit to the dossier.
    pub(super) fn moving(&self, own: &Api, scheme: &str, shown: &Issued) -> Result<(), Fault> {
        let one = self.begin(own, scheme, shown)?;
        self.switch(JIANGSU, false)?;
        let id = text(&one.order(FIRST, 201)?, "/id")?;
        let under_way = one.own.get_json(&format!("/v1/transfers/{id}"))?;
        self.teller.step(&w::DEMO_DOWN, &[]);
        self.words(&under_way);
        expect(under_way["state"] == "reserved", "what is offered is held until the other region decides")?;
        let refused = one.order(SECOND * 2, 409)?;
        expect(refused["code"] == "ledger.exceeds_available", "what is in transit cannot be moved again")?;
        self.teller.detail(&w::DEMO_TWICE, &[&amount(&json!(SECOND * 2)), &text(&refused, "/code")?]);
        self.switch(JIANGSU, true)?;
        self.arrives(&one, &id)?;
        self.gives_back(&one)?;
        self.compares(&one)?;
        self.proves(&one, &id)
    }

    /// The agreement, the accounts on both sides, and what the other region would make of it.
    fn begin<'a>(&self, own: &'a Api, scheme: &'a str, shown: &Issued) -> Result<Move<'a>, Fault> {
        let member = self.members.iter().find(|member| member.code == JIANGSU).ok_or_else(|| amiss("Jiangsu has a registry"))?;
        let theirs = member.api.signed_in(&member.client, &member.secret)?;
        let there = Story::define_scheme(&theirs, JIANGSU)?;
        let grants = json!([{"id": "credit-sh-js", "moves": "credit", "from": [SHANGHAI], "to": [JIANGSU], "accept": {"scheme": scheme},
            "convert": {"ratio": RATIO, "scheme": there}}]);
        let terms = head("yangtze-credit", "沪苏学分互认协议", "Shanghai to Jiangsu agreement on credit", &[SHANGHAI, JIANGSU], grants);
        let agreement = agree(&[(SHANGHAI, own.clone()), (JIANGSU, theirs.clone())], &terms)?;
        let learner = text(&own.post("/v1/learners", &shown.person, None, 200)?, "/id")?;
        let abroad = text(&theirs.post("/v1/learners", &shown.person, None, 201)?, "/id")?;
        let owners = [self.sign_in(own, &learner)?, self.sign_in(&theirs, &abroad)?];
        let lot = text(&owners[0].get_json("/v1/account/lots")?, "/items/0/id")?;
        let one = Move { own, theirs, learner, lot, owners, agreement, scheme };
        let quoted = own.post("/v1/transfers:quote", &one.wanted(FIRST), None, 200)?;
        let arrives = &quoted["decision"]["gives"][0]["amount"];
        expect(*arrives == FIRST * RATIO[0] / RATIO[1], "the quote converts four to five")?;
        self.teller.step(&w::DEMO_QUOTE, &[&shown.holder.name, &amount(&json!(FIRST)), &amount(arrives)]);
        Ok(one)
    }

    /// It is put again, decided once, and a second OFFER of the same changes nothing.
    fn arrives(&self, one: &Move<'_>, id: &str) -> Result<(), Fault> {
        one.own.post(&format!("/v1/transfers/{id}/retry"), &json!({}), None, 200)?;
        let settled = ended(one.own, id)?;
        self.teller.step(&w::DEMO_UP, &[]);
        self.words(&settled);
        expect(settled["state"] == "settled" && one.there()? == FIRST * RATIO[0] / RATIO[1], "it has arrived")?;
        let again = one.theirs.post("/peer/messages", &json!({"message": settled["ask"]}), None, 200)?;
        expect(again["message"] == settled["decision"] && one.there()? == FIRST * RATIO[0] / RATIO[1], "an offer that comes twice is booked once")?;
        self.teller.detail(&w::DEMO_AGAIN, &[&amount(&json!(one.there()?))]);
        Ok(())
    }

    /// Some more goes, and that goes back.
    fn gives_back(&self, one: &Move<'_>) -> Result<(), Fault> {
        let id = text(&one.order(SECOND, 201)?, "/id")?;
        ended(one.own, &id)?;
        let back = text(&one.theirs.post(&format!("/v1/transfers/{id}/return"), &json!({}), None, 201)?, "/id")?;
        let settled = ended(&one.theirs, &back)?;
        let left = one.here()?;
        expect(settled["state"] == "settled" && left == 600 - FIRST, "what went back is whole")?;
        self.teller.step(&w::DEMO_BACK, &[&amount(&json!(SECOND)), &amount(&json!(left)), &amount(&json!(one.there()?))]);
        Ok(())
    }

    /// Both regions state the same.
    fn compares(&self, one: &Move<'_>) -> Result<(), Fault> {
        let path = format!("/v1/peers/{JIANGSU}/reconcile");
        let told = one.own.post(&path, &json!({"through": self.today.to_string()}), None, 200)?;
        expect(told["equal"] == true && told["differing"] == 0, "both regions state the same")?;
        self.teller.step(&w::DEMO_EQUAL, &[&told["here"]["accepted"].to_string()]);
        Ok(())
    }

    /// The dossier of the first transfer, by the bundle alone.
    fn proves(&self, one: &Move<'_>, id: &str) -> Result<(), Fault> {
        let file = one.own.get(&format!("/v1/transfers/{id}/dossier"))?;
        let path = self.folder.join("dossier.json");
        std::fs::write(&path, &file).map_err(Fault::new)?;
        self.teller.step(&w::DEMO_DOSSIER, &[&path.display().to_string()]);
        let (judge, now) = (Judge::Bundle(self.bundle(one.own)?, None), Instant(Edge::default().now()));
        let (outcome, words) = judged(&file, &judge, now, Some(self.teller.lang)).map_err(|_| amiss("the dossier is read"))?;
        words.lines().for_each(|line| self.teller.line(line));
        expect(outcome == Outcome::Valid, "the dossier proves the transfer")
    }

    fn words(&self, transfer: &Value) {
        let words = transfer["words"][self.teller.lang.pick("zh", "en")].as_str().unwrap_or_default();
        self.teller.line(words);
    }
}

impl Move<'_> {
    fn wanted(&self, amount: i64) -> Value {
        json!({"learner": self.learner, "to": JIANGSU, "agreement": self.agreement, "grant": "credit-sh-js", "lots": [{"lot": self.lot, "amount": amount}]})
    }

    fn order(&self, amount: i64, status: u16) -> Result<Value, Fault> {
        self.own.post("/v1/transfers", &self.wanted(amount), None, status)
    }

    /// What can be spent here.
    fn here(&self) -> Result<i64, Fault> {
        available(&self.owners[0], self.scheme)
    }

    /// What can be spent there.
    fn there(&self) -> Result<i64, Fault> {
        available(&self.owners[1], &format!("{JIANGSU}:credit"))
    }
}

fn available(owner: &Api, scheme: &str) -> Result<i64, Fault> {
    balance(owner, scheme)?["available"].as_i64().ok_or_else(|| amiss("an amount is a number"))
}

/// The transfer once it was decided.
fn ended(api: &Api, id: &str) -> Result<Value, Fault> {
    let (began, path) = (std::time::Instant::now(), format!("/v1/transfers/{id}"));
    loop {
        let found = api.get_json(&path)?;
        if found["state"] != "reserved" {
            return Ok(found);
        }
        if began.elapsed() > PATIENCE {
            return Err(amiss("the other region decides"));
        }
        std::thread::sleep(LOOK);
    }
}
