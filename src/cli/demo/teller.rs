//! How the story is shown: numbered steps in one language, a bar where there is a terminal and plain lines where there is none.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicU32, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use verifier::messages::Message;
use verifier::time::Zone;
use verifier::verdict::Verdict;

use crate::cli::verdict::{Paint, brief, render};
use crate::cli::words;
use crate::messages::Lang;
use crate::qr::Matrix;

/// Says what happens.
pub(super) struct Teller {
    pub lang: Lang,
    paint: Paint,
    steps: AtomicU32,
}

impl Teller {
    pub(super) fn new(lang: Lang) -> Teller {
        Teller { lang, paint: Paint::of(&std::io::stdout()), steps: AtomicU32::new(1) }
    }

    /// A new step.
    pub(super) fn step(&self, message: &Message, parts: &[&str]) {
        let number = self.steps.fetch_add(1, Ordering::Relaxed);
        println!("\n{} {}", self.paint.bold(&format!("[{number}]")), self.paint.bold(&self.filled(message, parts)));
    }

    /// More about the step.
    pub(super) fn detail(&self, message: &Message, parts: &[&str]) {
        println!("    {}", self.filled(message, parts));
    }

    /// More that is the same in every language.
    pub(super) fn line(&self, text: &str) {
        println!("    {text}");
    }

    /// What there is, and its address.
    pub(super) fn link(&self, address: &str, message: &Message) {
        println!("    {}: {address}", self.lang.say(message));
    }

    pub(super) fn verdict(&self, verdict: &Verdict, zone: Zone) {
        print!("{}", indented(&render(verdict, self.lang, zone, self.paint)));
    }

    /// The outcome and what is not in order.
    pub(super) fn outcome(&self, verdict: &Verdict) {
        print!("{}", indented(&brief(verdict, self.lang, self.paint)));
    }

    pub(super) fn symbol(&self, symbol: &Matrix) {
        print!("{}", symbol.to_terminal(self.paint.0));
    }

    /// How far something with `length` parts has come.
    pub(super) fn progress(&self, length: usize) -> Progress {
        let watched = std::io::stdout().is_terminal();
        let bar =
            if watched { ProgressBar::new(length as u64) } else { ProgressBar::with_draw_target(Some(length as u64), ProgressDrawTarget::hidden()) };
        let bar = match ProgressStyle::with_template("    {bar:40} {pos}/{len}") {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        };
        Progress { bar, watched }
    }

    /// The last words before the server goes on alone.
    pub(super) fn serving(&self) {
        println!("\n{}", self.paint.bold(self.lang.say(&words::DEMO_SERVING)));
    }

    fn filled(&self, message: &Message, parts: &[&str]) -> String {
        let mut pieces = self.lang.say(message).split("{}");
        let first = pieces.next().unwrap_or("").to_owned();
        parts.iter().zip(pieces).fold(first, |text, (part, piece)| text + part + piece)
    }
}

/// A bar on a terminal; elsewhere a line for every fifty.
pub(super) struct Progress {
    bar: ProgressBar,
    watched: bool,
}

impl Progress {
    pub(super) fn one_more(&self) {
        self.bar.inc(1);
        let done = self.bar.position();
        if !self.watched && done.is_multiple_of(50) {
            println!("    {done}/{}", self.bar.length().unwrap_or(done));
        }
    }

    pub(super) fn at(&self, done: u64) {
        self.bar.set_position(done);
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}
