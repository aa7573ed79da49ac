//! Who knows only documents: what was achieved, what the regions signed to each other, what was redeemed. From these it computes by itself where every
//! amount must be, and holds the books of all four against that.

mod books;
mod documents;

use std::collections::{BTreeMap, BTreeSet};

use books::{Books, Place};
use documents::{Ask, Documents, Key, Outcome};
use hufu::db::Db;

use crate::run::Checked;
use crate::stage::{LIMIT, REGIONS};

/// What was redeemed, as the one who redeemed it knows.
pub struct Redeemed {
    pub region: usize,
    pub lot: String,
    pub amount: i64,
}

/// Where the documents say that an amount of a lot is.
#[derive(Default, Debug, PartialEq, Eq)]
struct Due {
    minted: i64,
    held: i64,
    out: BTreeMap<usize, i64>,
    is_voided: bool,
}

pub struct Auditor {
    documents: Vec<Documents>,
    books: Vec<Books>,
    /// Whether a channel that was stopped by an alarm excuses what is not equal.
    excuses: bool,
    /// Nobody has been able to find out yet who forgot something in silence.
    is_early: bool,
}

impl Auditor {
    /// Over the databases of the four regions.
    pub fn new(databases: Vec<Db>) -> Auditor {
        Auditor {
            documents: databases.iter().map(|_| Documents::default()).collect(),
            books: databases.into_iter().map(Books::of).collect(),
            excuses: false,
            is_early: false,
        }
    }

    /// A region was restored: what it has forgotten, and nobody handed over, is gone.
    pub fn begins_anew(&mut self, n: usize, database: Db) {
        (self.documents[n], self.books[n]) = (Documents::restored(), Books::of(database));
    }

    /// Looks at everything; where it is over, nothing may be on its way.
    ///
    /// # Errors
    /// The first thing that is not as the documents say.
    pub fn look(&mut self, redeemed: &[Redeemed], is_over: bool, excuses: bool) -> Checked {
        (self.excuses, self.is_early) = (excuses, excuses && !is_over);
        for (documents, books) in self.documents.iter_mut().zip(&mut self.books) {
            books.has_alarms = excuses;
            books.read()?;
            documents.read(books)?;
        }
        fn links_of(auditor: &Auditor) -> impl Iterator<Item = (usize, usize)> + '_ {
            let pairs = (0..REGIONS.len()).flat_map(|n| (0..REGIONS.len()).map(move |peer| (n, peer)));
            pairs.filter(|(n, peer)| n != peer && auditor.is_linked(*n, *peer))
        }
        for (n, peer) in links_of(self) {
            self.remembers(n, peer)?;
        }
        self.decisions()?;
        for (n, (code, ..)) in REGIONS.iter().enumerate().filter(|(n, _)| !self.books[*n].is_restoring) {
            self.lots(n, redeemed).map_err(|what| format!("{code}: {what}"))?;
            self.states(n).map_err(|what| format!("{code}: {what}"))?;
        }
        for (n, peer) in links_of(self) {
            self.pair(n, peer, is_over)?;
        }
        self.limit()
    }

    /// Whether two regions are to agree: neither waits after a restore, and no alarm has stopped what goes between them, where that excuses anything.
    fn is_linked(&self, one: usize, other: usize) -> bool {
        let (here, there) = (&self.books[one], &self.books[other]);
        let is_stopped = here.stopped.contains(&other) || there.stopped.contains(&one);
        let is_excused = self.is_early || (self.excuses && is_stopped);
        !here.is_restoring && !there.is_restoring && !is_excused
    }

    /// Whatever another region has taken of a region, that one still has: but for what nobody ever got, a restore makes nothing vanish.
    fn remembers(&self, n: usize, peer: usize) -> Checked {
        let mut held = self.documents[peer].taken.iter().filter(|(_, (from, _))| *from == n);
        let lost = held.find(|(digest, _)| !self.documents[n].sent.contains(*digest));
        lost.map_or(Ok(()), |(_, (_, what))| Err(format!("{} has forgotten its {what}, which {} has", REGIONS[n].0, REGIONS[peer].0)))
    }

    /// What a region was told is what the other one signed; and what is told once is never told otherwise.
    fn decisions(&self) -> Checked {
        for (n, own) in self.documents.iter().enumerate() {
            for (jti, told) in &own.told {
                let peer = told.from;
                if !self.is_linked(n, peer) {
                    continue;
                }
                // What never arrived can be cancelled, and after a restore the CANCEL and its DECISION are all that is known.
                if own.asked.get(jti).is_none_or(|ask| ask.to != peer) && !(own.is_restored && told.outcome == Outcome::Rejected) {
                    return Err(format!("{jti} was decided and never asked for"));
                }
                let signed = self.documents[peer].decided.get(jti).ok_or_else(|| format!("{jti} was told to {} and never decided", REGIONS[n].0))?;
                if told.outcome != signed.outcome || !told.digests.is_subset(&signed.digests) {
                    return Err(format!("{jti} was decided as {signed:?} and told as {told:?}"));
                }
            }
        }
        Ok(())
    }

    /// What the documents of a region say about each lot.
    fn due(&self, n: usize) -> BTreeMap<Key, Due> {
        let (own, mut due) = (&self.documents[n], BTreeMap::<Key, Due>::new());
        for (key, minted) in &own.minted {
            due.insert(key.clone(), Due { minted: minted.amount, is_voided: own.voided.contains(&minted.achievement), ..Due::default() });
        }
        for (_, decision) in own.decided.iter().filter(|(jti, decision)| decision.outcome == Outcome::Accepted && !own.is_return(jti)) {
            for (part, lot) in decision.lots.iter().enumerate() {
                due.insert((decision.offer.clone(), part as i64), Due { minted: lot.amount, ..Due::default() });
            }
        }
        for (jti, ask) in &own.asked {
            let picks = match &ask.of {
                None => ask.lots.clone(),
                // All that came goes back.
                Some(of) => own.decided[of].lots.iter().enumerate().map(|(n, lot)| ((own.decided[of].offer.clone(), n as i64), lot.amount)).collect(),
            };
            for (key, amount) in picks {
                let Some(lot) = due.get_mut(&key) else { continue };
                match own.told.get(jti).map(|told| told.outcome) {
                    None => lot.held += amount,
                    Some(Outcome::Rejected) => {}
                    Some(Outcome::Accepted) if own.is_back(jti) => {}
                    Some(Outcome::Accepted) => *lot.out.entry(ask.to).or_default() += amount,
                }
            }
        }
        due
    }

    /// Every lot of the books is one of the documents, and where they say.
    fn lots(&self, n: usize, redeemed: &[Redeemed]) -> Checked {
        let (books, mut due) = (&self.books[n], self.due(n));
        for lot in &books.lots {
            let what = |what: &str| format!("{} {what}", lot.id);
            let due = due.remove(&lot.key).ok_or_else(|| what("was minted twice, or for nothing"))?;
            let at = |place: &Place| books.at(&lot.id, place);
            let spent: i64 = redeemed.iter().filter(|one| one.region == n && one.lot == lot.id).map(|one| one.amount).sum();
            let rest = due.minted - due.held - due.out.values().sum::<i64>() - spent;
            let (expired, voided) = (at(&Place::Expired), at(&Place::Voided));
            if lot.amount != due.minted {
                return Err(what("is not what was minted"));
            }
            if lot.expires != self.expires(n, &lot.key) {
                return Err(what("expires on another day"));
            }
            if at(&Place::Held) != due.held || (0..REGIONS.len()).any(|peer| at(&Place::Out(peer)) != due.out.get(&peer).copied().unwrap_or(0)) {
                return Err(what(&format!("is not where it must be: {due:?}, but {} held", at(&Place::Held))));
            }
            if at(&Place::Redeemed) != spent {
                return Err(what("was spent otherwise than it was redeemed"));
            }
            if rest < 0 || [lot.available, expired, voided].iter().any(|amount| *amount < 0) || lot.available + expired + voided != rest {
                return Err(what(&format!("has {} and {expired} expired and {voided} voided, of {rest}", lot.available)));
            }
            if if due.is_voided { lot.available != 0 } else { voided != 0 } {
                return Err(what("was voided, or was not"));
            }
        }
        // What was minted after the backup, offered and not accepted is gone with it.
        let is_gone = |key: &Key, due: &Due| {
            let is_offered_alone = self.documents[n].minted.get(key).is_some_and(|minted| minted.achievement.is_empty());
            is_offered_alone && due.held == 0 && due.out.is_empty()
        };
        match due.iter().find(|(key, due)| !is_gone(key, due)) {
            Some((key, due)) => Err(format!("{key:?} was never booked: {due:?}")),
            None => self.spendings(n),
        }
    }

    /// Nothing was spent after it had expired, and every entry is of the day on which it was made.
    fn spendings(&self, n: usize) -> Checked {
        for entry in &self.books[n].spendings {
            let lot = self.books[n].lots.iter().find(|lot| lot.id == entry.lot).ok_or("an entry about no lot")?;
            // What is derived after a restore is booked as of the day on which it was signed.
            if entry.day != entry.at_day && !self.documents[n].is_restored {
                return Err(format!("{} was booked on {} as of {}", entry.id, entry.at_day, entry.day));
            }
            if (entry.kind == "expire") != (entry.day >= lot.expires) {
                return Err(format!("{} spends {} on {}, which expires on {}", entry.id, lot.id, entry.day, lot.expires));
            }
        }
        Ok(())
    }

    /// The day on which a lot expires: of what was minted, after its shelf life; of what came, as it was decided.
    fn expires(&self, n: usize, key: &Key) -> String {
        let own = &self.documents[n];
        if let Some(minted) = own.minted.get(key) {
            return minted.expires.clone();
        }
        let decision = own.decided.values().find(|decision| decision.offer == key.0);
        decision.and_then(|decision| decision.lots.get(key.1 as usize)).map(|lot| lot.expires.clone()).unwrap_or_default()
    }

    /// Every transfer of the books is in the state that follows from the documents.
    fn states(&self, n: usize) -> Checked {
        let own = &self.documents[n];
        let mut known = BTreeSet::new();
        for (id, side, state) in &self.books[n].transfers {
            let due = match (side.as_str(), own.told.get(id), own.decided.get(id)) {
                ("source", None, _) => "reserved",
                ("source", Some(told), _) if told.outcome == Outcome::Accepted => "settled",
                ("source", Some(_), _) => "returned",
                (_, _, Some(decision)) if decision.outcome == Outcome::Accepted => "accepted",
                (_, _, Some(_)) => "rejected",
                (_, _, None) => "undecided",
            };
            if due != state {
                return Err(format!("{id} is {state}, and {due} by the documents"));
            }
            known.insert(id.as_str());
        }
        let lost = own.asked.keys().chain(own.decided.keys()).find(|id| !known.contains(id.as_str()));
        lost.map_or(Ok(()), |id| Err(format!("{id} was forgotten")))
    }

    /// What went out to another region is what that one has accepted and not given back; but for what is not told yet.
    fn pair(&self, n: usize, peer: usize, is_over: bool) -> Checked {
        let (own, theirs) = (&self.documents[n], &self.documents[peer]);
        let sum = |of: &dyn Fn(&&String, &Ask) -> bool| -> i64 {
            let moves = own.asked.iter().filter(|(_, ask)| ask.to == peer && ask.of.is_none());
            moves.filter(|(jti, ask)| of(jti, ask)).map(|(_, ask)| ask.lots.iter().map(|(_, amount)| amount).sum::<i64>()).sum()
        };
        let is_accepted = |jti: &str| theirs.decided.get(jti).is_some_and(|decision| decision.outcome == Outcome::Accepted);
        let accepted = sum(&|jti, _| is_accepted(jti) && !own.is_back(jti));
        let untold = sum(&|jti, _| is_accepted(jti) && !own.told.contains_key(*jti));
        let minted: BTreeSet<&str> = self.books[n].lots.iter().filter(|lot| own.minted.contains_key(&lot.key)).map(|lot| lot.id.as_str()).collect();
        let out: i64 = self.books[n].sums(&Place::Out(peer), &minted);
        if out != accepted - untold || (is_over && untold != 0) {
            let (from, to) = (REGIONS[n].0, REGIONS[peer].0);
            return Err(format!("{out} went from {from} to {to}, which has accepted {accepted}, {untold} of it untold"));
        }
        let held = self.books[n].sums(&Place::Held, &minted);
        let is_stopped = |other: usize| self.books[n].stopped.contains(&other) || self.books[other].stopped.contains(&n);
        if is_over && held != 0 && !(self.excuses && (0..REGIONS.len()).any(is_stopped)) { Err(format!("{held} is held in the end")) } else { Ok(()) }
    }

    /// Nobody has more of a year from Shanghai in Zhejiang than the agreement says.
    fn limit(&self) -> Checked {
        if !self.is_linked(0, 2) {
            return Ok(());
        }
        let mut used: BTreeMap<(&str, &str), i64> = BTreeMap::new();
        for (jti, decision) in self.documents[2].decided.iter().filter(|(_, decision)| decision.outcome == Outcome::Accepted) {
            let Some(ask) = self.documents[0].asked.get(jti).filter(|ask| ask.grant == "sh-zj" && !self.documents[0].is_back(jti)) else { continue };
            *used.entry((&ask.subject, &decision.day[..4])).or_default() += decision.lots.iter().map(|lot| lot.amount).sum::<i64>();
        }
        let over = used.iter().find(|(_, amount)| **amount > LIMIT);
        over.map_or(Ok(()), |(of, amount)| Err(format!("{amount} came of {of:?}")))
    }

    /// Two regions have accepted so many transfers of each other, of so much, and rejected so many.
    ///
    /// # Errors
    /// What the documents say.
    pub fn counted(&self, one: usize, other: usize, amount: i64, accepted: u32, rejected: u32) -> Checked {
        let (mut counts, mut sum) = ([0_u32; 2], 0);
        for (asks, decides) in [(one, other), (other, one)] {
            for (jti, decision) in self.documents[decides].decided.iter().filter(|(_, decision)| decision.to == asks) {
                let is_accepted = decision.outcome == Outcome::Accepted;
                counts[usize::from(!is_accepted)] += 1;
                sum += if is_accepted { self.documents[asks].amount(jti, &self.documents[decides]) } else { 0 };
            }
        }
        let found = (counts, sum);
        if found == ([accepted, rejected], amount) { Ok(()) } else { Err(format!("stated are {accepted}, {rejected} and {amount}, but {found:?}")) }
    }
}
