//! Why nothing is printed.
//!
//! *Invariant:* a foreign number, upload or job answers exactly like one that does not exist.

use thiserror::Error;

use crate::model::Position;
use crate::plate::PlateNumber;
use crate::render::press::{PressError, PressProblem};
use crate::render::{CodeProblem, PngProblem};
use crate::storage;

/// Why nothing is printed.
#[derive(Debug, Error)]
pub enum PrintJobError {
    /// The caller is no operator.
    #[error("only an operator prints plates")]
    NotAnOperator,
    /// There is no such job, or no such file of it, of the caller's.
    #[error("there is no such print job or file")]
    Unknown,
    /// The operator is suspended or closed: it prints nothing.
    #[error("the operator is suspended: it prints no plates")]
    Suspended,
    /// These things are wrong with the order: the first ones, and never none.
    #[error("the order cannot be carried out")]
    Order(Vec<OrderFault>),
    /// The settings put everything on the plate.
    #[error("there is no label")]
    NoLabel,
    /// The settings let nothing be printed on this stock.
    #[error("nothing can be printed on this stock")]
    Stock(#[source] PressProblem),
    /// Something would be printed again, and no reason was given.
    #[error("{count} plates were printed before")]
    ReasonMissing {
        /// How many plate items.
        count: usize,
        /// The first ones.
        first: Vec<(PlateNumber, Position)>,
    },
    /// More than one of each is printed, and no reason was given.
    #[error("several copies of a plate need a reason")]
    CopiesWithoutReason,
    /// The reason is too long.
    #[error("the reason is too long")]
    ReasonTooLong,
    /// The file is not made yet, or never will be.
    #[error("the print job is {status}: the file is not made")]
    NotMade {
        /// How the job stands.
        status: String,
    },
    /// The bytes have served their time.
    #[error("the files of this print job are no longer kept")]
    Erased,
    /// The job has ended: nothing is left to be cancelled.
    #[error("the print job is {status}")]
    Ended {
        /// How.
        status: String,
    },
    /// The key that made an item's tag is not here, which no opened registry lets happen.
    #[error("the key of a plate's tag is missing")]
    NoKey,
    /// The stored order is none that this program can have written.
    #[error("the stored print job cannot be read: {0}")]
    OrderUnreadable(&'static str),
    /// A file could not be drawn.
    #[error("the print file cannot be drawn")]
    Press(#[from] PressError),
    /// A code does not fit its symbol.
    #[error("the QR code cannot be made")]
    Code(#[from] CodeProblem),
    /// A picture could not be written.
    #[error("the picture cannot be written")]
    Picture(#[from] PngProblem),
    /// Files could not be packed.
    #[error("the files cannot be packed")]
    Packing(#[from] zip::result::ZipError),
    /// The preflight report could not be written.
    #[error("the report cannot be written")]
    Report(#[from] serde_json::Error),
    /// The database failed.
    #[error("the print job could not be read or recorded")]
    Storage(#[from] storage::Error),
}

/// Something that is wrong with an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderFault {
    /// Where it stands.
    pub spot: Spot,
    /// What is wrong there.
    pub wrong: OrderWrong,
}

/// Where something stands in an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// The how manieth of the numbers, from zero.
    Number(usize),
    /// The numbers as a whole.
    Numbers,
    /// The upload.
    Import,
    /// The range as a whole.
    Range,
    /// Where it begins.
    From,
    /// Where it ends.
    To,
}

/// What is wrong with a part of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderWrong {
    /// It is no number.
    Unreadable,
    /// There is no such number, or upload, of the caller's.
    Unknown,
    /// It may mean these numbers, all of them the caller's.
    Several(Vec<PlateNumber>),
    /// The number stands there before.
    Repeated,
    /// These numbers are annulled: the first ones, and how many there are.
    Annulled(Vec<PlateNumber>, usize),
    /// These plates are withdrawn, and nothing replaces them: the first ones, and how many there are.
    Withdrawn(Vec<(PlateNumber, Position)>, usize),
    /// The upload has this status, and brought no numbers yet.
    NotCommitted(String),
    /// There is nothing to be printed.
    Nothing,
    /// More than one job prints.
    TooMany(usize),
    /// The two ends are not of one letter, or the wrong way round.
    NoRange,
}

impl PrintJobError {
    /// Returns whether trying again may help.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Storage(_))
    }
}
