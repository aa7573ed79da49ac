//! Many at once: chunks of lines go round to the workers, one a core, and their verdicts come back in the same round, so that line n of the output
//! is about line n of the input. What is held in memory is a few chunks, however long the input is.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::available_parallelism;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use verifier::hf1::MAX_INPUT_BYTES;
use verifier::time::Instant;
use verifier::verdict::Outcome;

use super::judge::Judge;
use super::{code, worst};
use crate::cli::stop::Stop;
use crate::cli::words;
use crate::edge::Edge;
use crate::error::Fault;
use crate::messages::Lang;

/// Lines of a chunk: some milliseconds of work.
const CHUNK: usize = 200;
/// Chunks that a worker has before it, so that it never waits for the one who hands them out.
const AHEAD: usize = 2;
/// Bytes that are kept of a line: one more than the verifier looks at, which is enough to see that it is too long, and the ends of the line.
const LINE_MAX: u64 = MAX_INPUT_BYTES as u64 + 3;
const BUFFER: usize = 1 << 18;

/// How many verdicts of each outcome.
#[derive(Clone, Copy, Default)]
struct Tally([u64; 4]);

/// Lines and then the verdicts on them. It goes round, so that its memory is asked for once.
#[derive(Default)]
struct Chunk {
    /// The lines, end to end.
    bytes: Vec<u8>,
    /// Where each line ends.
    ends: Vec<usize>,
    /// Bytes of the input that it took.
    taken: u64,
    /// The verdicts as lines of JSON.
    verdicts: Vec<u8>,
    tally: Tally,
}

/// A worker's two ends.
struct Worker {
    to: SyncSender<Chunk>,
    from: Receiver<Result<Chunk, Fault>>,
}

/// Judges every line of a file or of standard input at the instant of the start, and tells the sum on standard error.
pub(super) fn run(source: &str, judge: &Judge, lang: Lang) -> Result<u8, Stop> {
    let edge = Edge::default();
    let (input, length): (Box<dyn Read>, Option<u64>) = match source {
        "-" => (Box::new(std::io::stdin().lock()), None),
        path => open(path)?,
    };
    let bar = bar(length);
    let started = edge.now_ms();
    let mut out = std::io::stdout().lock();
    let done = judge_all(&mut BufReader::with_capacity(BUFFER, input), &mut out, judge, Instant(edge.now()), |taken| bar.inc(taken));
    bar.finish_and_clear();
    let (tally, is_whole) = done?;
    // Whoever closed the pipe has read enough.
    if is_whole {
        eprintln!("{}", tally.summary(edge.now_ms() - started, lang));
    }
    Ok(tally.worst())
}

fn open(path: &str) -> Result<(Box<dyn Read>, Option<u64>), Stop> {
    let failed = |e: std::io::Error| Stop::from(Fault::text(format!("cannot read the file: {e}")));
    let file = match File::open(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Err(Stop::usage(words::NO_FILE)),
        opened => opened.map_err(failed)?,
    };
    let found = file.metadata().map_err(failed)?;
    if found.is_dir() {
        return Err(Stop::usage(words::FOLDER));
    }
    Ok((Box::new(file), found.is_file().then_some(found.len())))
}

/// Bytes of a file of known length, a count of bytes of anything else; nothing where standard error is no terminal.
fn bar(length: Option<u64>) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr());
    let template = if length.is_some() { "{bar:40} {percent}% {bytes}/{total_bytes} ETA {eta}" } else { "{spinner} {bytes} {bytes_per_sec}" };
    ProgressStyle::with_template(template).map_or(bar.clone(), |style| bar.with_style(style))
}

/// Answers with the sum, and whether all of the output was taken.
fn judge_all(input: &mut impl BufRead, out: &mut impl Write, judge: &Judge, now: Instant, progress: impl Fn(u64)) -> Result<(Tally, bool), Fault> {
    std::thread::scope(|scope| {
        let start = |_| {
            let (to, chunks) = sync_channel::<Chunk>(AHEAD);
            let (back, from) = sync_channel(AHEAD);
            // Ends when nobody hands out or takes any more.
            scope.spawn(move || chunks.into_iter().try_for_each(|chunk| back.send(chunk.judged(judge, now)).ok()));
            Worker { to, from }
        };
        let workers: Vec<Worker> = (0..available_parallelism().map_or(1, usize::from)).map(start).collect();
        let (mut given, mut taken, mut tally) = (workers.iter().cycle(), workers.iter().cycle(), Tally::default());
        let (mut under_way, mut has_more, mut spare) = (0, true, Vec::new());
        loop {
            while has_more && under_way < workers.len() * AHEAD {
                let chunk = Chunk::read(input, spare.pop().unwrap_or_default()).map_err(|e| Fault::text(format!("cannot read the input: {e}")))?;
                has_more = !chunk.ends.is_empty();
                if has_more {
                    under_way += 1;
                    given.next().ok_or_else(gone)?.to.send(chunk).map_err(|_| gone())?;
                }
            }
            if under_way == 0 {
                return Ok((tally, true));
            }
            let judged = taken.next().ok_or_else(gone)?.from.recv().map_err(|_| gone())??;
            under_way -= 1;
            tally.add(judged.tally);
            match out.write_all(&judged.verdicts).and_then(|()| if under_way == 0 { out.flush() } else { Ok(()) }) {
                Ok(()) => progress(judged.taken),
                Err(e) if e.kind() == ErrorKind::BrokenPipe => return Ok((tally, false)),
                Err(e) => return Err(Fault::text(format!("cannot write the verdicts: {e}"))),
            }
            spare.push(judged);
        }
    })
}

fn gone() -> Fault {
    Fault::text("a worker ended before its work")
}

impl Chunk {
    /// Reads the next lines; none at the end of the input. Of a line that is too long only the beginning is kept.
    fn read(input: &mut impl BufRead, mut chunk: Chunk) -> std::io::Result<Chunk> {
        chunk.bytes.clear();
        chunk.ends.clear();
        chunk.verdicts.clear();
        (chunk.taken, chunk.tally) = (0, Tally::default());
        while chunk.ends.len() < CHUNK {
            let from = chunk.bytes.len();
            let read = input.by_ref().take(LINE_MAX).read_until(b'\n', &mut chunk.bytes)?;
            if read == 0 {
                break;
            }
            chunk.taken += read as u64;
            if chunk.bytes.get(from..).is_some_and(|line| line.len() as u64 == LINE_MAX && !line.ends_with(b"\n")) {
                chunk.taken += input.skip_until(b'\n')? as u64;
            }
            chunk.ends.push(chunk.bytes.len());
        }
        Ok(chunk)
    }

    /// The same with its verdicts.
    fn judged(mut self, judge: &Judge, now: Instant) -> Result<Chunk, Fault> {
        let mut from = 0;
        for end in &self.ends {
            // What is no UTF-8 may stand before the #, where nothing is looked at; anywhere else it is unreadable.
            let line = String::from_utf8_lossy(self.bytes.get(from..*end).unwrap_or_default());
            let verdict = judge.verify(line.trim_start_matches('\u{feff}').trim(), now);
            self.tally.count(verdict.outcome);
            serde_json::to_writer(&mut self.verdicts, &verdict).map_err(Fault::new)?;
            self.verdicts.push(b'\n');
            from = *end;
        }
        Ok(self)
    }
}

impl Tally {
    const OUTCOMES: [Outcome; 4] = [Outcome::Valid, Outcome::ValidAsOf, Outcome::Invalid, Outcome::Undetermined];

    fn count(&mut self, outcome: Outcome) {
        for (count, _) in self.0.iter_mut().zip(Tally::OUTCOMES).filter(|(_, own)| *own == outcome) {
            *count += 1;
        }
    }

    fn add(&mut self, other: Tally) {
        self.0.iter_mut().zip(other.0).for_each(|(count, more)| *count += more);
    }

    fn worst(self) -> u8 {
        let seen = self.0.into_iter().zip(Tally::OUTCOMES).filter(|(count, _)| *count > 0);
        worst(&seen.map(|(_, outcome)| code(outcome)).collect::<Vec<_>>())
    }

    fn summary(self, took_ms: i64, lang: Lang) -> String {
        let all: u64 = self.0.iter().sum();
        let took = took_ms.max(1).unsigned_abs();
        let numbers = [all, took, all * 1000 / took].into_iter().chain(self.0);
        let mut pieces = lang.say(&words::BATCH_SUMMARY).split("{}");
        let first = pieces.next().unwrap_or_default().to_owned();
        numbers.zip(pieces).fold(first, |text, (number, piece)| text + &number.to_string() + piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &[u8]) -> Vec<Vec<u8>> {
        let chunk = Chunk::read(&mut &input[..], Chunk::default()).unwrap();
        let starts = std::iter::once(0).chain(chunk.ends.iter().copied());
        starts.zip(&chunk.ends).map(|(from, end)| chunk.bytes[from..*end].to_vec()).collect()
    }

    #[test]
    fn every_line_is_one_line_however_long_and_the_last_needs_no_end() {
        assert_eq!(lines(b""), Vec::<Vec<u8>>::new());
        assert_eq!(lines(b"\n\na"), [&b"\n"[..], b"\n", b"a"]);
        let max = usize::try_from(LINE_MAX).unwrap();
        for over in [0, 1, 2, 3, 100_000] {
            let long = vec![b'1'; max - 1 + over];
            let found = lines(&[&long, &b"\nb\n"[..]].concat());
            assert_eq!(found.len(), 2, "{over}");
            assert!(found[0].len() <= max && found[1] == b"b\n");
        }
    }
}
