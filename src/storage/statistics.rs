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
    /// The tables in two halves of about the same work.
    const fn tables(self) -> [&'static str; 2] {
        match self {
            Self::Fleet => {
                ["vehicles, vehicle_versions, fleet_import_rows", "numbers, plates, policies, policy_covers"]
            }
            Self::Rides => ["rides", "ride_heads, ride_marks"],
        }
    }
}

/// Has the database look at tables that much was written into: it does so by itself within a minute, but whoever asks before
/// that gets a plan that was right for a handful of rows, and waits for minutes. To be called outside of any transaction.
pub fn renew(store: &Store, filled: Filled) {
    let look_at = |tables: &str| {
        let renewed = store.write(|tx| -> Result<()> { Ok(dialect::analyze(tx.db(), tables)?) });
        if let Err(error) = renewed {
            tracing::warn!(?filled, source = ?error, "the database did not look at its tables: {error}");
        }
    };
    if store.has_one_writer() {
        filled.tables().into_iter().for_each(look_at);
        return;
    }
    // Side by side: one table after the other took a tenth of a back-fill.
    std::thread::scope(|scope| {
        for tables in filled.tables() {
            scope.spawn(move || look_at(tables));
        }
    });
}
