//! What the database knows of the size of its own tables, by which it chooses its plans.
//!
//! *Invariant:* nothing on record changes or depends on it; where it fails, only the next questions take longer.

use super::connection::Store;
use super::dialect;
use super::error::Result;

/// Tables that are filled together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filled {
    /// By a long fleet list.
    Fleet,
    /// By a back-fill.
    Rides,
}

impl Filled {
    const fn tables(self) -> &'static str {
        match self {
            Self::Fleet => "vehicles, vehicle_versions, numbers, plates, policies, policy_covers, fleet_import_rows",
            Self::Rides => "rides, ride_heads, ride_marks",
        }
    }
}

/// Has the database look at tables that much was written into: it does so by itself within a minute, but whoever asks before
/// that gets a plan that was right for a handful of rows, and waits for minutes. To be called outside of any transaction.
pub fn renew(store: &Store, filled: Filled) {
    let renewed = store.write(|tx| -> Result<()> { Ok(dialect::analyze(tx.db(), filled.tables())?) });
    if let Err(error) = renewed {
        tracing::warn!(?filled, source = ?error, "the database did not look at its tables: {error}");
    }
}
