//! Four servers with bad networks between them, killed and frozen while learners move credit to and fro. Then the network is good again, everything
//! comes to its end, and the auditor looks: every transfer that was acknowledged is there and final, and the books of all four agree.
//! `HUFU_SECONDS=600` moves for so long, at most 800: a token lasts for 15 minutes; `HUFU_SEED` begins with other chances.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::auditor::Auditor;
use crate::dice::Dice;
use crate::setting;
use crate::stage::{REGIONS, WAYS};
use crate::support::issuing::text;
use crate::support::{Answer, Backend};
use crate::town::{PEOPLE, Town, today};

const SECONDS: u64 = 15;
/// How many move credit at a time.
const MOVERS: u64 = 3;
/// Longest that delivery may take by itself before the rest goes by file.
const PATIENCE: Duration = Duration::from_secs(8);
/// Longest that a restore may take: the others are asked every five seconds.
const RESTORE: Duration = Duration::from_secs(40);
/// What is tried between the backup and the restore.
const SINCE: usize = 40;

/// What was answered with 201: region and transfer.
type Acknowledged = Mutex<Vec<(usize, String)>>;

/// A request that may be lost; the status and body of the answer, if all of it came.
fn asked(town: &Town, n: usize, path: &str, body: &Value) -> Option<(u16, Value)> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let mut stream = TcpStream::connect(&town.url(n)["http://".len()..]).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let (token, length) = (&town.tokens[n], body.len());
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
    .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, serde_json::from_str(body).ok()?))
}

/// One thing that a learner does.
fn moved(town: &Town, dice: &mut Dice, known: &Acknowledged) {
    let one = |dice: &mut Dice| dice.pick(&known.lock().unwrap()).cloned();
    match dice.roll(10) {
        0..6 => {
            let (way, person) = (&WAYS[dice.roll(WAYS.len())], dice.roll(PEOPLE));
            let lot = dice.pick(&town.lots[way.from][person]).unwrap();
            let wanted = json!({"learner": town.learners[way.from][person], "to": REGIONS[way.to].0, "agreement": town.digests[way.agreement],
                "grant": way.grant, "lots": [{"lot": lot, "amount": dice.between(1, 60)}]});
            begun(known, way.from, asked(town, way.from, "/v1/transfers", &wanted));
        }
        6..9 => {
            // It goes back from wherever it has come to.
            let Some((_, id)) = one(dice) else { return };
            let n = dice.roll(REGIONS.len());
            begun(known, n, asked(town, n, &format!("/v1/transfers/{id}/return"), &Value::Null));
        }
        _ => {
            let Some((n, id)) = one(dice) else { return };
            answered(asked(town, n, &format!("/v1/transfers/{id}/withdraw"), &Value::Null).as_ref());
        }
    }
}

fn answered(answer: Option<&(u16, Value)>) {
    if let Some((status, body)) = answer {
        assert!(*status < 500 || *status == 503, "{status} {body}");
    }
}

fn begun(known: &Acknowledged, n: usize, answer: Option<(u16, Value)>) {
    answered(answer.as_ref());
    if let Some((201, body)) = answer {
        known.lock().unwrap().push((n, text(&body, "id").to_owned()));
    }
}

/// Kills one, or freezes it for a while.
fn trouble(town: &Town, dice: &mut Dice, done: &[AtomicU64; 2]) {
    std::thread::sleep(Duration::from_millis(dice.between(100, 1_500).unsigned_abs()));
    let (n, kills) = (dice.roll(REGIONS.len()), dice.chance(50));
    if kills {
        town.processes[n].kill9();
        std::thread::sleep(Duration::from_millis(dice.between(0, 800).unsigned_abs()));
        town.processes[n].start();
        town.redirect(n);
    } else {
        town.processes[n].freeze(true);
        std::thread::sleep(Duration::from_millis(dice.between(50, 4_000).unsigned_abs()));
        town.processes[n].freeze(false);
    }
    done[usize::from(!kills)].fetch_add(1, Ordering::Relaxed);
}

fn final_state(town: &Town, n: usize, id: &str) -> String {
    let answer: Answer = town.client(n).get(&format!("/v1/transfers/{id}"));
    text(&answer.expect(200).json(), "state").to_owned()
}

/// What came of it, to be printed.
fn run(backend: Backend) -> Option<String> {
    let (mut town, seed) = (Town::with(backend)?, setting("HUFU_SEED", 1));
    let (known, troubles) = (Acknowledged::default(), [AtomicU64::new(0), AtomicU64::new(0)]);
    town.proxies.iter().for_each(|proxy| proxy.is_bad(true));
    let (started, most) = (Instant::now(), Duration::from_secs(setting("HUFU_SECONDS", SECONDS)));
    std::thread::scope(|scope| {
        for n in 0..MOVERS {
            let (town, known) = (&town, &known);
            scope.spawn(move || {
                let mut dice = Dice(seed * 1_000 + n);
                while started.elapsed() < most {
                    moved(town, &mut dice, known);
                    std::thread::sleep(Duration::from_millis(30));
                }
            });
        }
        let mut dice = Dice(seed);
        while started.elapsed() < most {
            trouble(&town, &mut dice, &troubles);
        }
    });
    town.proxies.iter().for_each(|proxy| proxy.is_bad(false));
    town.sign_in();
    let by_itself = town.settle(PATIENCE);
    finish(&town);
    let since = go_back(&mut town, &mut Dice(seed), &known);
    let states = states(&town, &known);
    assert!(states.iter().all(|state| ["settled", "returned"].contains(&state.as_str())), "{states:?}");
    let settled = states.iter().filter(|state| *state == "settled").count();
    let faults: u64 = town.proxies.iter().map(crate::proxy::Proxy::faults).sum();
    let [kills, stops] = troubles.map(AtomicU64::into_inner);
    Some(format!(
        "{} transfers acknowledged ({since} of them after a backup that was restored), {settled} settled, {by_itself} left for the ferry; {kills} kills, {stops} stops, {faults} faults of the network; {:.0} s",
        states.len(),
        started.elapsed().as_secs_f32()
    ))
}

/// The longer pauses are not waited for: what is left goes by file, twice, because what goes back waits for what it came from.
fn finish(town: &Town) {
    (0..2).for_each(|_| town.ferry());
    assert_eq!(town.waiting(), 0, "something is never decided");
    agree(town, None);
}

fn states(town: &Town, known: &Acknowledged) -> Vec<String> {
    known.lock().unwrap().iter().map(|(n, id)| final_state(town, *n, id)).collect()
}

/// One is stopped and goes back to a copy of its database: how much was acknowledged since. All of it is there again, as it was.
fn go_back(town: &mut Town, dice: &mut Dice, known: &Acknowledged) -> usize {
    let (n, before) = (dice.roll(REGIONS.len()), known.lock().unwrap().len());
    town.processes[n].terminate();
    town.processes[n].back_up();
    town.processes[n].start();
    town.redirect(n);
    (0..SINCE).for_each(|_| moved(town, dice, known));
    town.settle(PATIENCE);
    finish(town);
    let states_before = states(town, known);
    town.processes[n].terminate();
    town.processes[n].put_back();
    let process = &town.processes[n];
    assert_eq!(process.run(&["restore", "begin"]).expect(0).rows().len(), REGIONS.len() - 1);
    process.start();
    town.redirect(n);
    let started = Instant::now();
    while process.run(&["restore", "finish"]).code != 0 {
        assert!(started.elapsed() < RESTORE, "{:?}", process.run(&["restore", "status"]));
        std::thread::sleep(Duration::from_millis(500));
    }
    process.run(&["restore", "status"]).expect(0);
    // The server looks every five seconds whether the restore has ended.
    std::thread::sleep(Duration::from_secs(6));
    assert_eq!(town.settle(PATIENCE), 0, "something waits again");
    agree(town, Some(n));
    assert_eq!(states(town, known), states_before);
    known.lock().unwrap().len() - before
}

/// The books agree with the documents, with each other, and with the program's own audits; `restored` went back to a backup.
fn agree(town: &Town, restored: Option<usize>) {
    let mut auditor = Auditor::new(town.processes.iter().map(crate::support::Process::db).collect());
    if let Some(n) = restored {
        auditor.begins_anew(n, town.processes[n].db());
    }
    auditor.look(&[], true, false).unwrap_or_else(|what| panic!("{what}"));
    for (n, process) in town.processes.iter().enumerate() {
        let wrong = process.db().read_now(hufu::ledger::service::audit).unwrap().wrong;
        assert_eq!(wrong, None, "{}", REGIONS[n].0);
        assert_eq!(process.db().read_now(hufu::evidence::audit).unwrap().wrong, None, "{}", REGIONS[n].0);
        for other in (0..REGIONS.len()).filter(|other| *other != n) {
            let through = json!({"through": today().to_string()});
            let told = town.client(n).post_json(&format!("/v1/peers/{}/reconcile", REGIONS[other].0), &through).expect(200).json();
            assert_eq!((&told["equal"], &told["exchanged"]), (&json!(true), &json!(0)), "{told}");
        }
    }
}

macro_rules! on {
    ($($name:ident: $backend:ident;)+) => {$(
        #[test]
        fn $name() {
            if let Some(told) = run(Backend::$backend) { println!("{:?}: {told}", Backend::$backend) }
        }
    )+};
}

on! {
    what_four_servers_acknowledge_on_sqlite_is_final_whatever_is_killed_or_lost: Sqlite;
    what_four_servers_acknowledge_on_postgres_is_final_whatever_is_killed_or_lost: Postgres;
}
