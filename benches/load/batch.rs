//! `hufu verify --bundle --batch` on a file of cards, start of the program included, beside raw `verify_strict` of the same signatures on all cores.

use std::hint::black_box;
use std::io::Write;
use std::process::{Command, Stdio};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use verifier::bundle::Bundle;
use verifier::card::Card;
use verifier::hf1;
use verifier::jws::{Fingerprint, PublicKey};

#[path = "../../verifier/benches/bundle/registry.rs"]
#[allow(dead_code, reason = "this takes its part")]
mod registry;

use registry::{Registry, Shape};

const ROUNDS: usize = 5;

/// Wall time and processor time, of this process and of the children that it waited for.
struct Took {
    wall: Duration,
    cpu: Duration,
}

/// In turns, because the machine is noisy. With other work on the machine the ratio of processor times is the better one.
pub fn beside_raw(count: u32) {
    let registry = Registry::of(&Shape { certificates: 1_000_000, years: 1, providers: 2_000 });
    let folder = tempfile::tempdir().unwrap();
    let file = registry.file_of_recent_keys();
    std::fs::write(folder.path().join("x.hufu"), &file).unwrap();
    let bundle = Bundle::open(&file, &registry.anchor()).unwrap();
    let cards = registry.cards(count);
    let signed: Vec<(PublicKey, &Card)> = cards.iter().map(|card| (bundle.facts(card).key.unwrap().public, card)).collect();
    let lines = |text: &dyn Fn(&Card) -> String| cards.iter().map(|card| text(card) + "\n").collect::<String>();
    std::fs::write(folder.path().join("links.txt"), lines(&|card| format!("https://skills.example/v#{}", hf1::encode(card)))).unwrap();
    std::fs::write(folder.path().join("jws.txt"), lines(&|card| card.jws().to_owned())).unwrap();
    let pin = Fingerprint::of(&registry.anchor().key).to_string();
    for input in ["jws.txt", "links.txt"] {
        for round in 1..=ROUNDS {
            let raw = time(|| verify_raw(&signed));
            let mut summary = String::new();
            let batch = time(|| {
                let mut command = Command::new(env!("CARGO_BIN_EXE_hufu"));
                command.current_dir(folder.path()).args(["verify", "--lang", "en", "--bundle", "x.hufu", "--pin", &pin, "--batch", input]);
                let ended = command.stdout(Stdio::null()).stderr(Stdio::piped()).output().unwrap();
                summary = String::from_utf8(ended.stderr).unwrap();
            });
            let ratio = |of: fn(&Took) -> Duration| of(&raw).as_secs_f64() / of(&batch).as_secs_f64();
            let rate = |took: &Took| f64::from(count) / took.wall.as_secs_f64();
            println!(
                "{input}, round {round}: raw {:.0}/s, batch {:.0}/s; ratio {:.3} by the clock, {:.3} by processor time",
                rate(&raw),
                rate(&batch),
                ratio(|took| took.wall),
                ratio(|took| took.cpu)
            );
            if round == ROUNDS {
                print!("{summary}");
            }
        }
    }
    std::io::stdout().flush().unwrap();
}

fn verify_raw(signed: &[(PublicKey, &Card)]) {
    let cores = available_parallelism().unwrap().get();
    std::thread::scope(|scope| {
        for part in signed.chunks(signed.len().div_ceil(cores)) {
            scope.spawn(move || {
                for (key, card) in part {
                    let (input, _) = card.jws().rsplit_once('.').unwrap();
                    assert!(key.verify(black_box(input.as_bytes()), black_box(card.signature())));
                }
            });
        }
    });
}

fn time(work: impl FnOnce()) -> Took {
    let (started, before) = (Instant::now(), cpu());
    work();
    Took { wall: started.elapsed(), cpu: cpu() - before }
}

/// utime, stime, cutime and cstime of /proc/self/stat, in hundredths of a second.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, rest) = stat.rsplit_once(')').unwrap();
    let ticks: u64 = rest.split_whitespace().skip(11).take(4).map(|field| field.parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 10)
}
