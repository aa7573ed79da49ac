//! The story. Each step asks the server over HTTP and says so when the answer is not what it should be.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;
use verifier::ids;
use verifier::time::{Day, Zone};
use verifier::verdict::{Outcome, Verdict};

use super::api::{Api, text};
use super::delta::Member;
use super::roster::{self, BODIES, Line};
use super::teller::Teller;
use crate::cli::words as w;
use crate::error::{Error, Fault};
use crate::qr::{Level, Matrix, read_picture};

/// Requests under way at once.
const HANDS: usize = 4;

/// What the story needs.
pub(super) struct Story {
    pub api: Api,
    pub teller: Teller,
    /// Where the picture is kept.
    pub folder: PathBuf,
    pub zone: Zone,
    pub today: Day,
    /// The registries of other regions.
    pub members: Vec<Member>,
    /// Stops and starts their servers.
    pub switch: UnboundedSender<Switch>,
}

/// Asks for the server of another region to be stopped, or started again.
pub(super) struct Switch {
    /// Which of the members.
    pub member: usize,
    /// Whether it is to serve.
    pub on: bool,
    /// Told when it does as asked.
    pub done: oneshot::Sender<()>,
}

/// What is needed of a certificate that was issued.
#[derive(Clone, Deserialize)]
pub(super) struct Issued {
    id: String,
    pub number: String,
    pub provider: String,
    pub holder: Holder,
    pub occupation: String,
    pub title: String,
    pub level: u8,
    card: String,
    pub qr_text: String,
    status_entry: Entry,
    /// Whose it is, as the roster says it: what opens the account.
    #[serde(skip)]
    pub person: Value,
}

#[derive(Clone, Deserialize)]
pub(super) struct Holder {
    pub name: String,
}

#[derive(Clone, Deserialize)]
struct Entry {
    list: u32,
}

impl Story {
    /// Tells it to the end.
    ///
    /// # Errors
    /// A fault at the first step that does not give what it should.
    pub(super) fn tell(&self, client: &str, secret: &str) -> Result<(), Fault> {
        let region = self.api.get_json("/v1/region")?;
        self.teller.step(
            &w::DEMO_REGION,
            &[&text(&region, "/code")?, &text(&region, self.teller.lang.pick("/name_zh", "/name_en"))?, &text(&region, "/fingerprint")?],
        );
        self.teller.detail(&w::DEMO_FOLDER, &[&self.folder.display().to_string()]);
        let operator = self.api.signed_in(client, secret)?;
        self.teller.step(&w::DEMO_TOKEN, &[]);
        let lines = roster::lines()?;
        let scheme = self.define(&operator, &text(&region, "/code")?)?;
        let issued = self.issue(&operator, &lines, &scheme)?;
        let [shown, second, third, ..] = issued.as_slice() else { return Err(amiss("the roster has fewer than three people")) };
        self.scan(&operator, shown)?;
        self.revoke(&operator, shown)?;
        self.tamper(second)?;
        self.look_up(third)?;
        self.bank(&operator, &scheme, third)?;
        self.delta(&operator, third)?;
        self.moving(&operator, &scheme, second)?;
        self.many(&operator, third)?;
        self.links(third)?;
        self.teller.step(&w::DEMO_DONE, &[]);
        Ok(())
    }

    /// Stops the server of another region, or starts it again.
    pub(super) fn switch(&self, code: &str, on: bool) -> Result<(), Fault> {
        let member = self.members.iter().position(|member| member.code == code).ok_or_else(|| amiss("every region has a registry"))?;
        let (done, told) = oneshot::channel();
        self.switch.send(Switch { member, on, done }).map_err(Fault::new)?;
        told.blocking_recv().map_err(Fault::new)
    }

    fn issue(&self, operator: &Api, lines: &[Line], scheme: &str) -> Result<Vec<Issued>, Fault> {
        self.teller.step(&w::DEMO_PROVIDERS, &[]);
        let mut ids = Vec::new();
        for body in &BODIES {
            let made = operator.post("/v1/providers", &body.registration(lines), None, 201)?;
            ids.push((body.credit_code, text(&made, "/id")?));
            self.teller.line(&format!("{} {} ({})", body.credit_code, body.name_zh, body.name_en));
        }
        let today = self.today.to_string();
        let bodies: Vec<Value> = lines
            .iter()
            .map(|line| match ids.iter().find(|(code, _)| *code == line.provider) {
                Some((_, id)) => Ok(line.certificate(id, &today, &Story::declared(scheme))),
                None => Err(amiss("the roster names a body that is not registered")),
            })
            .collect::<Result<_, _>>()?;
        self.teller.step(&w::DEMO_ISSUING, &[&bodies.len().to_string()]);
        let started = Instant::now();
        let issued = self.issue_all(operator, &bodies)?;
        let (count, ms) = (issued.len() as u128, started.elapsed().as_millis().max(1));
        let seconds = format!("{}.{}", ms / 1000, ms % 1000 / 100);
        self.teller.detail(&w::DEMO_ISSUED, &[&count.to_string(), &seconds, &(count * 1000 / ms).to_string()]);
        Ok(issued)
    }

    /// A few requests at a time, each with a key of its own, so that any of them could be repeated.
    fn issue_all(&self, operator: &Api, bodies: &[Value]) -> Result<Vec<Issued>, Fault> {
        let (next, done, progress) = (AtomicUsize::new(0), Mutex::new(Vec::new()), self.teller.progress(bodies.len()));
        let work = || -> Result<(), Fault> {
            loop {
                let row = next.fetch_add(1, Ordering::Relaxed);
                let Some(body) = bodies.get(row) else { return Ok(()) };
                let made = operator.post("/v1/certificates", body, Some(&format!("demo-row-{row}")), 201)?;
                let made = Issued { person: body["holder"].clone(), ..serde_json::from_value(made).map_err(Fault::new)? };
                done.lock().unwrap_or_else(PoisonError::into_inner).push((row, made));
                progress.one_more();
            }
        };
        std::thread::scope(|scope| {
            let hands: Vec<_> = (0..HANDS).map(|_| scope.spawn(work)).collect();
            hands.into_iter().try_for_each(|hand| hand.join().unwrap_or_else(|_| Err(amiss("a thread of the demo ended early"))))
        })?;
        progress.finish();
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_by_key(|(row, _)| *row);
        expect(done.len() == bodies.len(), "every row of the roster gives one certificate")?;
        Ok(done.into_iter().map(|(_, made)| made).collect())
    }

    fn scan(&self, operator: &Api, shown: &Issued) -> Result<(), Fault> {
        let (prefix, digits) = shown.qr_text.split_at(shown.qr_text.find('#').map_or(0, |at| at + 1));
        let symbol = Matrix::encode(prefix, digits, Level::M).map_err(|e| Error::from(e).into_fault())?;
        self.teller.step(&w::DEMO_QR, &[&shown.holder.name, &symbol.version().to_string(), &symbol.width().to_string()]);
        self.teller.symbol(&symbol);
        let png = operator.get(&format!("/v1/certificates/{}/qr.png?level=M", shown.id))?;
        let path = self.folder.join("qr.png");
        std::fs::write(&path, &png).map_err(Fault::new)?;
        self.teller.step(&w::DEMO_SCAN, &[]);
        self.teller.line(&path.display().to_string());
        let scanned = read_picture(&png).map_err(|e| Error::from(e).into_fault())?;
        expect(scanned == [shown.qr_text.clone()], "the picture shows the text that was drawn")?;
        let verdict = self.verify(&shown.qr_text, Outcome::Valid, "expiry")?;
        self.teller.verdict(&verdict, self.zone);
        Ok(())
    }

    fn revoke(&self, operator: &Api, shown: &Issued) -> Result<(), Fault> {
        self.teller.step(&w::DEMO_REVOKE, &[]);
        let path = format!("/v1/certificates/{}/revoke", shown.id);
        operator.post(&path, &json!({"reason": "demo"}), Some("demo-revoke"), 200)?;
        self.teller.outcome(&self.verify(&shown.qr_text, Outcome::Invalid, "status.revoked")?);
        Ok(())
    }

    fn tamper(&self, second: &Issued) -> Result<(), Fault> {
        let higher = if second.level == 5 { 4 } else { 5 };
        let words = |rank| ids::Level::new(rank).map_or("", |level| self.teller.lang.pick(level.words().zh, level.words().en));
        self.teller.step(&w::DEMO_TAMPER, &[&second.holder.name, words(second.level), words(higher)]);
        let forged = tampered(&second.card, second.level, higher)?;
        self.verify(&second.card, Outcome::Valid, "expiry")?;
        self.teller.outcome(&self.verify(&forged, Outcome::Invalid, "signature.wrong")?);
        Ok(())
    }

    fn look_up(&self, third: &Issued) -> Result<(), Fault> {
        self.teller.step(&w::DEMO_LOOK_UP, &[&third.number, &third.holder.name]);
        let query = |name: &str| self.api.post("/v1/certificates:query", &json!({"number": third.number, "name": name}), None, 200);
        let found = query(&third.holder.name)?;
        expect(found["found"] == true, "number and name find the certificate")?;
        let verdict: Verdict = serde_json::from_value(found["verdict"].clone()).map_err(Fault::new)?;
        expect(verdict.outcome == Outcome::Valid, "what was found is valid")?;
        self.teller.outcome(&verdict);
        expect(query("某某")?["found"] == false, "a wrong name finds nothing")?;
        self.teller.detail(&w::DEMO_WRONG_NAME, &[]);
        Ok(())
    }

    fn links(&self, third: &Issued) -> Result<(), Fault> {
        self.teller.step(&w::DEMO_LINKS, &[]);
        let status = format!("/status/{}/revocation", third.status_entry.list);
        let links = [
            ("/docs", &w::DEMO_LINK_DOCS),
            ("/v1/region", &w::DEMO_LINK_REGION),
            ("/.well-known/jwks.json", &w::DEMO_LINK_KEYS),
            ("/.well-known/did.json", &w::DEMO_LINK_DID),
            (status.as_str(), &w::DEMO_LINK_STATUS),
        ];
        for (path, message) in links {
            self.api.get(path)?;
            self.teller.link(&self.api.url(path), message);
        }
        // What stands behind the # never leaves the browser.
        self.api.get("/v")?;
        self.teller.link(&third.qr_text, &w::DEMO_LINK_CARD);
        self.teller.step(&w::DEMO_TRY, &[]);
        self.teller.line(&format!("hufu verify --data-dir {0} {0}/qr.png", self.folder.display()));
        Ok(())
    }

    /// The server's verdict, which must be `outcome` and name a code that begins with `code`.
    pub(super) fn verify(&self, presented: &str, outcome: Outcome, code: &str) -> Result<Verdict, Fault> {
        let answer = self.api.post("/v1/verify", &json!({"text": presented}), None, 200)?;
        let verdict: Verdict = serde_json::from_value(answer).map_err(Fault::new)?;
        let named = verdict.steps.iter().any(|step| step.code.starts_with(code));
        expect(verdict.outcome == outcome && named, "the verdict is the one that the story needs")?;
        Ok(verdict)
    }
}

/// The card with one byte of its payload changed: the digit of its level.
fn tampered(card: &str, from: u8, to: u8) -> Result<String, Fault> {
    let [header, payload, signature] = card.split('.').collect::<Vec<_>>()[..] else { return Err(amiss("a card has three parts")) };
    let mut bytes = verifier::base64url::decode(payload).map_err(|e| Fault::text(e.to_string()))?;
    let claim = format!("\"lvl\":{from}");
    let at = bytes.windows(claim.len()).position(|window| window == claim.as_bytes());
    let digit = at.and_then(|at| bytes.get_mut(at + claim.len() - 1)).ok_or_else(|| amiss("the card states its level"))?;
    *digit = b'0' + to;
    Ok(format!("{header}.{}.{signature}", verifier::base64url::encode(&bytes)))
}

pub(super) fn expect(holds: bool, what: &str) -> Result<(), Fault> {
    if holds { Ok(()) } else { Err(amiss(what)) }
}

pub(super) fn amiss(what: &str) -> Fault {
    Fault::text(format!("the demo did not go as it should: {what}"))
}
