//! The end of a run: nothing is lost any more, everything is decided, and two regions state the same of each other.

use hufu::transfers::Taken;
use verifier::agreement::RegionKey;
use verifier::ids::RegionCode;
use verifier::transfer::Message;

use super::restoring::Restores;
use super::{Checked, ROUNDS, Run};
use crate::region::{Region, payload};

impl Run {
    /// The network is good again and the clocks agree: everything comes to its end.
    pub(super) fn drain(&mut self) -> Checked {
        let latest = self.regions.iter().map(Region::now).max().unwrap();
        for region in &self.regions {
            region.shift(latest - region.now());
        }
        self.recover()?;
        for _ in 0..ROUNDS {
            for from in 0..self.regions.len() {
                for to in (0..self.regions.len()).filter(|to| *to != from) {
                    let texts = self.regions[from].export(&self.regions[to].code)?;
                    // Who asks is told; what is told to who does not ask was tried on the way.
                    let code = self.regions[from].code.clone();
                    for text in texts.into_iter().filter(|text| asks(text, &code)) {
                        let taken = self.regions[to].take(&text);
                        match taken {
                            Ok(Taken::Answer(answer)) => {
                                let told = self.regions[from].take(&answer);
                                if !matches!(told, Ok(Taken::Done | Taken::Later)) && !self.of_a_restore(&told) {
                                    return Err(format!("in the end a DECISION is answered with {told:?}"));
                                }
                            }
                            Ok(Taken::Later) => {}
                            taken if self.of_a_restore(&taken) => {}
                            other => return Err(format!("in the end: {other:?} on {}", payload(&text))),
                        }
                    }
                }
            }
            let open = |region: &Region| !region.lines("SELECT id AS line FROM transfers WHERE state = 'reserved' LIMIT 1").is_empty();
            if !self.regions.iter().any(open) {
                return Ok(());
            }
        }
        if self.may_be_silent() { Ok(()) } else { Err("something is never decided".to_owned()) }
    }

    /// Every text that is kept was signed by the region that it names.
    pub fn signatures(&self) {
        let keys = |region: &RegionCode, _: &str| {
            let region = self.regions.iter().find(|own| own.code == *region)?;
            Some(RegionKey { public: *region.app().keys.region_signer().public(), revoked: None })
        };
        for text in self.regions.iter().flat_map(|region| region.lines("SELECT text AS line FROM transfer_messages")) {
            Message::open(&text, &keys).unwrap_or_else(|e| panic!("{e:?}"));
        }
    }

    /// In the end two regions state the same of each other, and what the auditor counts.
    pub(super) fn compare(&mut self) -> Checked {
        let latest = self.regions.iter().map(|region| self.today(region.n)).max().unwrap().add_days(400);
        for one in 0..self.regions.len() {
            for other in one + 1..self.regions.len() {
                let (here, there) = (self.stated(other, one, latest)?, self.stated(one, other, latest)?);
                let (Some(here), Some(there)) = (here.map(|one| one.says), there.map(|one| one.says)) else { continue };
                // After a restore the last DECISION may be one that was signed anew and is not told to who knows.
                if self.restores == Restores::Never && (&here.accepted, &here.rejected) != (&there.accepted, &there.rejected) {
                    return Err(format!("{} and {} state different decisions", self.regions[one].code, self.regions[other].code));
                }
                for said in [here, there] {
                    self.auditor.counted(one, other, said.accepted.amount, said.accepted.n, said.rejected.n)?;
                }
            }
        }
        Ok(())
    }
}

/// Whether a region asks for something with a text.
fn asks(text: &str, region: &RegionCode) -> bool {
    let said = payload(text);
    said["iss"] == region.as_str() && ["offer/1", "return/1", "cancel/1"].iter().any(|kind| said["hufu"] == *kind)
}
