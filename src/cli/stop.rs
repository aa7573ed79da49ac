//! Why a command ended without what was asked, in the language of whoever asked.

use verifier::bundle::BundleError;
use verifier::messages::Message;

use super::{exit, words};
use crate::error::Fault;
use crate::messages::Lang;

/// An end before the aim.
#[derive(Debug)]
pub(super) enum Stop {
    /// In words of the catalogue: the exit code, the words, and what they are about.
    Said(u8, Message, Option<String>),
    /// Something failed here.
    Fault(Fault),
    /// All was said already: the exit code.
    Told(u8),
}

impl Stop {
    /// A rule refused.
    pub(super) fn refused(message: Message) -> Stop {
        Stop::Said(exit::REFUSED, message, None)
    }

    /// The caller named the wrong thing.
    pub(super) fn usage(message: Message) -> Stop {
        Stop::Said(exit::USAGE, message, None)
    }

    /// Something outside this program failed.
    pub(super) fn failed(message: Message) -> Stop {
        Stop::Said(exit::FAULT, message, None)
    }

    /// Says what it is about.
    pub(super) fn about(self, about: impl ToString) -> Stop {
        match self {
            Stop::Said(code, message, _) => Stop::Said(code, message, Some(about.to_string())),
            Stop::Fault(_) | Stop::Told(_) => self,
        }
    }

    /// Says it on standard error and gives the exit code.
    pub(super) fn end(self, lang: Lang) -> u8 {
        match self {
            Stop::Said(code, message, about) => {
                let about = about.map(|about| format!(" ({about})")).unwrap_or_default();
                eprintln!("hufu: {}: {}{about}", message.code, lang.say(&message));
                code
            }
            Stop::Fault(fault) => {
                eprintln!("hufu: {fault}");
                exit::FAULT
            }
            Stop::Told(code) => code,
        }
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Stop {
        Stop::Fault(fault)
    }
}

impl From<BundleError> for Stop {
    fn from(error: BundleError) -> Stop {
        let message = verifier::messages::find(error.code()).copied().unwrap_or(words::BUNDLE_REFUSED);
        Stop::Said(exit::REFUSED, message, error.about)
    }
}
