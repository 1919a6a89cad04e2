//! The letters as everybody may know them: whose each one is, and where its operator is reached at any hour.
//!
//! *Invariant:* no BIN or IIN, no address, no reason of a suspension: an operator may be a sole trader.

use std::collections::HashMap;

use crate::model::{Moment, Operator, OperatorStatus, SeriesStatus};
use crate::plate::SeriesLetter;
use crate::storage::{self, Db, operators, series};

/// How a letter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterStanding {
    /// Its operator's, for good.
    Confirmed,
    /// As confirmed; its operator receives no new numbers, and those on the road stay valid.
    Suspended,
    /// As confirmed; its operator has closed, and its records stay.
    Closed,
    /// Claimed; the other operators may object until then. `None`: in use before, and waiting for the decision.
    Claimed {
        /// Until when they may object.
        until: Option<Moment>,
    },
}

/// A letter that is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenLetter {
    /// The letter.
    pub letter: SeriesLetter,
    /// Its operator's name.
    pub operator: String,
    /// The number that is answered at any hour.
    pub telephone: String,
    /// How it stands.
    pub standing: LetterStanding,
}

/// All letters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letters {
    /// Those that are taken, in their order.
    pub taken: Vec<TakenLetter>,
    /// Those that are left, in their order.
    pub left: Vec<SeriesLetter>,
}

/// Tells whose each letter is. Two reads, whatever the number of operators.
///
/// # Errors
/// Those of the database.
pub fn list_letters(db: &mut Db) -> Result<Letters, storage::Error> {
    let claims = series::list(db, None, None, 26)?;
    let holders: Vec<_> = claims.iter().map(|claim| claim.operator_id.clone()).collect();
    let holders: HashMap<_, _> =
        operators::find_all(db, &holders)?.into_iter().map(|operator| (operator.id.clone(), operator)).collect();
    let left = SeriesLetter::all().filter(|letter| !claims.iter().any(|claim| claim.letter == *letter)).collect();
    let taken = claims.into_iter().filter_map(|claim| {
        let operator = holders.get(&claim.operator_id)?;
        let standing = match claim.status {
            SeriesStatus::Claimed => LetterStanding::Claimed { until: claim.objections_until },
            SeriesStatus::Confirmed | SeriesStatus::Rejected => standing(operator),
        };
        Some(TakenLetter {
            letter: claim.letter,
            operator: operator.legal_name.clone(),
            telephone: operator.contact_phone.clone(),
            standing,
        })
    });
    Ok(Letters { taken: taken.collect(), left })
}

const fn standing(operator: &Operator) -> LetterStanding {
    match operator.status() {
        OperatorStatus::Admitted => LetterStanding::Confirmed,
        OperatorStatus::Suspended => LetterStanding::Suspended,
        OperatorStatus::Closed => LetterStanding::Closed,
    }
}
