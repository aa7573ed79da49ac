//! Where an amount of a lot can be.

use std::fmt;

/// A place. `Issued` and `In` are contra accounts: amounts come from there and never go there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Before it was minted here.
    Issued,
    /// In the lot, to be spent.
    Lot,
    /// Set aside for a transfer.
    Hold(String),
    /// Gone to another region.
    Out(String),
    /// Before it came from another region.
    In(String),
    /// Spent on the programme with this digest.
    Redeemed(String),
    /// Not spent in time.
    Expired,
    /// Taken back.
    Voided,
}

impl Place {
    /// Reads what [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Place> {
        match text.split_once(':') {
            Some(("hold", transfer)) => Some(Place::Hold(transfer.to_owned())),
            Some(("out", peer)) => Some(Place::Out(peer.to_owned())),
            Some(("in", peer)) => Some(Place::In(peer.to_owned())),
            Some(("redeemed", programme)) => Some(Place::Redeemed(programme.to_owned())),
            Some(_) => None,
            None => [Place::Issued, Place::Lot, Place::Expired, Place::Voided].into_iter().find(|place| place.to_string() == text),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Issued => f.write_str("issued"),
            Place::Lot => f.write_str("lot"),
            Place::Hold(transfer) => write!(f, "hold:{transfer}"),
            Place::Out(peer) => write!(f, "out:{peer}"),
            Place::In(peer) => write!(f, "in:{peer}"),
            Place::Redeemed(programme) => write!(f, "redeemed:{programme}"),
            Place::Expired => f.write_str("expired"),
            Place::Voided => f.write_str("voided"),
        }
    }
}
