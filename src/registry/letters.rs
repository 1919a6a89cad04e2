//! The letters as everybody may know them: whose each one is, and where its operator is reached at any hour. Where numbers have
//! no letters, the operators alone.
//!
//! *Invariant:* no BIN or IIN, no address, no reason of a suspension: an operator may be a sole trader.

use std::collections::HashMap;

use crate::model::{Moment, Operator, OperatorStatus, SeriesStatus};
use crate::plate::{Scheme, SeriesLetter};
use crate::storage::{self, Db, operators, series};

/// How many operators one page shows at most; a country has some dozens.
const MOST_OPERATORS: usize = 1_000;

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

/// A letter that is taken, or an operator where there are no letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenLetter {
    /// The letter; `None` where numbers have none.
    pub letter: Option<SeriesLetter>,
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

/// Tells whose each letter is, or who the operators are where there are none. Two reads, whatever the number of operators.
///
/// # Errors
/// Those of the database.
pub fn list_letters(db: &mut Db, scheme: Scheme) -> Result<Letters, storage::Error> {
    if !scheme.has_letters() {
        return list_operators(db);
    }
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
            letter: Some(claim.letter),
            operator: operator.legal_name.clone(),
            telephone: operator.contact_phone.clone(),
            standing,
        })
    });
    Ok(Letters { taken: taken.collect(), left })
}

fn list_operators(db: &mut Db) -> Result<Letters, storage::Error> {
    let mut taken: Vec<_> = operators::list(db, None, None, MOST_OPERATORS)?
        .into_iter()
        .map(|operator| TakenLetter {
            letter: None,
            standing: standing(&operator),
            operator: operator.legal_name,
            telephone: operator.contact_phone,
        })
        .collect();
    taken.sort_by(|one, other| one.operator.cmp(&other.operator));
    Ok(Letters { taken, left: Vec::new() })
}

const fn standing(operator: &Operator) -> LetterStanding {
    match operator.status() {
        OperatorStatus::Admitted => LetterStanding::Confirmed,
        OperatorStatus::Suspended => LetterStanding::Suspended,
        OperatorStatus::Closed => LetterStanding::Closed,
    }
}
