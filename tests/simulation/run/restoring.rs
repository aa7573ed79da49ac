//! Registries that go back to a backup, while everything else goes on.

use hufu::transfers::Taken;

use super::{Checked, Letter, ROUNDS, Run};
use crate::region::payload;
use crate::stage::REGIONS;

/// Whether registries go back to their backups in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restores {
    Never,
    /// They say so, and wait for what the others hold.
    Said,
    /// They go on as if nothing had been.
    Silent,
}

impl Run {
    /// A step that only a run with backups has; none where something else happens.
    pub(super) fn about_backups(&mut self, n: usize) -> Option<Checked> {
        if self.restores == Restores::Never {
            return None;
        }
        let waiting = self.waiting();
        match (self.dice.roll(200), self.dice.pick(&waiting)) {
            (0..4, _) => Some(self.back_up(n)),
            (4, _) => Some(self.restore(n)),
            (5..65, Some(waits)) => Some(self.go_on(*waits)),
            _ => None,
        }
    }

    /// Those that were restored and have not gone on, or ask a region anew.
    fn waiting(&self) -> Vec<usize> {
        let waits = |region: &crate::region::Region| region.app().is_restoring() || !region.waits_for().is_empty();
        (0..self.regions.len()).filter(|n| waits(&self.regions[*n])).collect()
    }

    fn back_up(&mut self, n: usize) -> Checked {
        self.regions[n].back_up();
        self.backups[n] = Some(self.redeemed.iter().filter(|one| one.region == n).count());
        self.count("backup");
        Ok(())
    }

    /// A region goes back to its last backup. What flew before flies on.
    fn restore(&mut self, n: usize) -> Checked {
        let Some(before) = self.backups[n] else { return Ok(()) };
        // What never left is gone, and what was spent since can be spent.
        let mut kept = 0..before;
        self.redeemed.retain(|one| one.region != n || kept.next().is_some());
        let besides = self.waiting().iter().any(|other| *other != n);
        let is_said = self.restores == Restores::Said;
        self.regions[n].restore(is_said && !self.flaw.is_silent());
        self.auditor.begins_anew(n, self.regions[n].books());
        self.count(match (is_said, besides) {
            (false, _) => "restore in silence",
            (true, false) => "restore",
            (true, true) => "restore beside another",
        });
        Ok(())
    }

    /// One that waits asks another region, or books what it was told.
    fn go_on(&mut self, n: usize) -> Checked {
        let waits_for = self.regions[n].waits_for();
        match self.dice.pick(&waits_for).copied() {
            Some(to) if self.dice.chance(95) => {
                let text = self.regions[n].export(&self.regions[to].code)?.remove(0);
                self.hurry(Letter { to, text, with: None })
            }
            _ => self.finish(n),
        }
    }

    /// Half of what is about a restore arrives at once; the rest goes the way of all messages.
    fn hurry(&mut self, letter: Letter) -> Checked {
        if self.dice.chance(50) {
            return self.arrive(letter.to, &letter);
        }
        self.post(letter);
        Ok(())
    }

    /// A RESYNC has come: the HANDOVER goes back with what it names, unless it is lost; or comes alone.
    pub(super) fn asked_back(&mut self, to: usize, resync: &str) -> Checked {
        let from = REGIONS.iter().position(|(code, ..)| payload(resync)["iss"] == *code).unwrap();
        match self.regions[to].hand_over(resync) {
            Ok((text, messages)) => {
                self.count("handed over");
                let with = Some(messages).filter(|_| self.dice.chance(90));
                if self.dice.chance(80) { self.hurry(Letter { to: from, text, with }) } else { Ok(()) }
            }
            Err(code) if code == "transfer.audience" => {
                self.count("astray");
                Ok(())
            }
            Err(code) if code == "transfers.resync_spent" => {
                self.count(code);
                Ok(())
            }
            Err(code) => Err(format!("a RESYNC is answered with {code}")),
        }
    }

    fn finish(&mut self, n: usize) -> Checked {
        if self.flaw.in_place_of_finishing(&self.regions[n]) || !self.regions[n].app().is_restoring() {
            return Ok(());
        }
        match self.regions[n].finish() {
            Err(code) if code == "transfers.not_handed_over" => self.count(format!("finish: {code}")),
            Err(code) => return Err(format!("a restore ends with {code}")),
            Ok(left) if left.is_empty() => self.count("restored"),
            Ok(left) => return Err(format!("a restore does not end: {left:?}")),
        }
        Ok(())
    }

    /// Nothing is lost any more: whoever waits is told and goes on.
    pub(super) fn recover(&mut self) -> Checked {
        for _ in 0..ROUNDS {
            for n in self.waiting() {
                for other in self.regions[n].waits_for() {
                    let resync = self.regions[n].export(&self.regions[other].code)?.remove(0);
                    let (handover, messages) = self.regions[other].hand_over(&resync)?;
                    match self.regions[n].take_over(&handover, &messages) {
                        Ok(Taken::Done | Taken::Later) => {}
                        Ok(Taken::Answer(own)) => drop(self.regions[other].take(&own)?),
                        said => return Err(format!("in the end a HANDOVER is answered with {said:?}")),
                    }
                }
            }
            for n in self.waiting() {
                self.finish(n)?;
            }
            if self.waiting().is_empty() {
                return Ok(());
            }
        }
        Err("a restore never ends".to_owned())
    }

    /// Those of a run in silence compare with each other, a day later: whoever has forgotten is found out.
    pub(super) fn find_out(&mut self) -> Checked {
        for region in &self.regions {
            region.shift(super::DAY);
        }
        for one in 0..self.regions.len() {
            for other in (0..self.regions.len()).filter(|other| *other != one) {
                // What one has decided and the other does not know is sent, as comparing does.
                for text in self.regions[one].export(&self.regions[other].code)? {
                    let taken = self.regions[other].take(&text);
                    self.of_a_restore(&taken);
                }
                if let Some(stated) = self.stated(one, other, self.today(one))?
                    && let Some(alarm) = self.regions[one].compared(&self.regions[other], &stated.asked, &stated.text)?
                {
                    self.count(format!("compared: {alarm}"));
                }
            }
        }
        Ok(())
    }

    /// What comes of a message in a run with backups that comes of none in another.
    pub(super) fn of_a_restore(&mut self, taken: &Result<Taken, String>) -> bool {
        let what = match taken {
            Ok(Taken::Expects(_)) if self.restores != Restores::Never => "a HANDOVER alone".to_owned(),
            Ok(Taken::Alarm(refusal)) if self.may_be_silent() => format!("alarm: {}", refusal.got.clone().unwrap_or_default()),
            Err(code) if self.restores == Restores::Never || code.starts_with("fault ") => return false,
            Err(code) if ["transfer.epoch", "transfer.resyncing", "transfers.handover"].contains(&code.as_str()) => format!("taken: {code}"),
            Err(code) if code == "transfer.stopped" && self.may_be_silent() => format!("taken: {code}"),
            _ => return false,
        };
        self.count(what);
        true
    }

    /// Whether somebody may go back in silence: then channels stop, and what goes through them is no longer equal.
    pub(super) fn may_be_silent(&self) -> bool {
        self.restores == Restores::Silent || self.flaw.is_silent()
    }
}
