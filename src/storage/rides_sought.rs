//! The search for rides around windows: many vehicles, each around a window of its own, in one exchange with the database; on
//! `SQLite`, where there is none, with one prepared statement for each.
//!
//! *Invariant:* a bounded stretch of each vehicle's rides is walked through an index, never all that it had. Who asks twice asks
//! within one view of the database: else a ride that is closed meanwhile would be missed by both or seen by both.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::db::Db;
use super::dialect::columns::{Column, Values, load_beside};
use super::error::Result;
use super::ride_rows::{COLUMNS, Row, session};
use super::rides::LONG_AFTER_S;
use crate::model::{AsKnown, Moment, RideSession, VehicleId, Window};

/// How many vehicles one exchange asks about.
const VEHICLES: usize = 2_000;

/// A vehicle around a window.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    /// Whose spot it is: comes back with each ride.
    pub(super) place: usize,
    pub(super) vehicle: VehicleId,
    pub(super) window: Window,
    pub(super) as_known: AsKnown,
}

#[derive(QueryableByName)]
struct Placed {
    #[diesel(sql_type = BigInt)]
    place: i64,
    #[diesel(embed)]
    row: Row,
}

/// Finds what may touch the windows: what began within a day before them and had not ended, and of older rides those that are
/// marked as long.
pub(super) fn near(db: &mut Db, spots: &[Spot], neighbour_s: i64) -> Result<Vec<(usize, RideSession)>> {
    each_knowledge(db, spots, neighbour_s, near_statement)
}

/// Finds, around windows that no ride touches, the last ride that ended before, of those that began within a day before it and of
/// older ones, and the first one after; what is marked as long is known from [`near`].
pub(super) fn neighbours(db: &mut Db, spots: &[Spot], neighbour_s: i64) -> Result<Vec<(usize, RideSession)>> {
    each_knowledge(db, spots, neighbour_s, neighbours_statement)
}

fn near_statement(knowledge: Knowledge) -> String {
    let received = knowledge.received("r");
    let from = |bounds: &str| {
        format!("SELECT q.place, {COLUMNS} FROM q JOIN rides r ON r.vehicle_id = q.vehicle AND {bounds}{received}")
    };
    // A ride within a day of length cannot have begun earlier than the bound; the others are marked `long`. Of the rides of that day
    // nearly all had ended: they stay where they are.
    [
        from("r.started_at >= q.bounded AND r.started_at <= q.last AND (r.ended_at IS NULL OR r.ended_at >= q.first)"),
        from(&format!("r.long AND {} AND r.started_at < q.bounded", knowledge.current("r"))),
        from(&format!(
            "r.long AND {} AND r.started_at >= q.earliest AND r.started_at < q.bounded",
            knowledge.superseded("r")
        )),
    ]
    .join(" UNION ALL ")
}

fn neighbours_statement(knowledge: Knowledge) -> String {
    // Walked from the window on, or sorted out of one day; never out of all rides of the vehicle.
    let nearest = |order: &str, bounds: &dyn Fn(&str) -> String| {
        let (received, current) = (|of| knowledge.received(of), |of| knowledge.current(of));
        let (of_b, of_r) = (bounds("b"), bounds("r"));
        format!(
            "SELECT q.place, {COLUMNS} FROM q JOIN rides r ON r.vehicle_id = q.vehicle AND r.started_at = (SELECT \
             b.started_at FROM rides b WHERE b.vehicle_id = q.vehicle{} AND {} AND {of_b} ORDER BY {order} LIMIT \
             1){} AND {} AND {of_r}",
            received("b"),
            current("b"),
            received("r"),
            current("r"),
        )
    };
    // Of a day the one that ended last; an open one counts by its start, for nobody knows its end.
    let ended = "CASE WHEN b.ended_at IS NULL THEN b.started_at ELSE b.ended_at END DESC, b.started_at DESC";
    [
        nearest(ended, &|of| format!("{of}.started_at >= q.bounded AND {of}.started_at <= q.last")),
        nearest("b.started_at DESC", &|of| {
            format!("{of}.started_at >= q.earliest AND {of}.started_at < q.bounded AND {of}.ended_at <= q.first")
        }),
        nearest("b.started_at", &|of| format!("{of}.started_at > q.last AND {of}.started_at <= q.latest")),
    ]
    .join(" UNION ALL ")
}

/// Whose knowledge a statement takes: for what is known now the partial indexes serve, which hold what is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Knowledge {
    Now,
    Then,
}

impl Knowledge {
    fn of(spot: &Spot) -> Self {
        if spot.as_known.instant().is_some() { Self::Then } else { Self::Now }
    }

    /// What arrived later was not known.
    fn received(self, of: &str) -> String {
        match self {
            Self::Now => String::new(),
            Self::Then => format!(" AND {of}.received_at <= q.known"),
        }
    }

    /// What was superseded later was current.
    fn current(self, of: &str) -> String {
        match self {
            Self::Now => format!("{of}.superseded_at IS NULL"),
            Self::Then => format!("({of}.superseded_at IS NULL OR {of}.superseded_at > q.known)"),
        }
    }

    fn superseded(self, of: &str) -> String {
        match self {
            Self::Now => format!("{of}.superseded_at IS NOT NULL"),
            Self::Then => format!("{of}.superseded_at <= q.known"),
        }
    }
}

fn each_knowledge(
    db: &mut Db,
    spots: &[Spot],
    neighbour_s: i64,
    statement: fn(Knowledge) -> String,
) -> Result<Vec<(usize, RideSession)>> {
    let mut found = Vec::new();
    for knowledge in [Knowledge::Now, Knowledge::Then] {
        let of_these: Vec<_> = spots.iter().filter(|spot| Knowledge::of(spot) == knowledge).collect();
        for chunk in of_these.chunks(VEHICLES) {
            let rows: Vec<Placed> = load_beside(db, &columns(chunk, neighbour_s), &statement(knowledge))?;
            for row in rows {
                let place = usize::try_from(row.place).unwrap_or(usize::MAX);
                found.push((place, session(row.row)?));
            }
        }
    }
    Ok(found)
}

/// The spots as columns. Both databases join them row by row through the key of the rides.
fn columns(spots: &[&Spot], neighbour_s: i64) -> [Column<'static>; 8] {
    let of =
        |value: fn(&Spot, i64) -> i64| Values::Numbers(spots.iter().map(|spot| value(spot, neighbour_s)).collect());
    let known = |spot: &Spot, _| spot.as_known.instant().map_or(i64::MAX, Moment::as_millis);
    [
        ("place", of(|spot, _| i64::try_from(spot.place).unwrap_or(i64::MAX))),
        ("vehicle", of(|spot, _| spot.vehicle.0)),
        ("first", of(|spot, _| spot.window.from().as_millis())),
        ("last", of(|spot, _| spot.window.to().as_millis())),
        ("bounded", of(|spot, _| spot.window.from().plus_seconds(-LONG_AFTER_S).as_millis())),
        ("earliest", of(|spot, neighbour_s| spot.window.from().plus_seconds(-neighbour_s).as_millis())),
        ("latest", of(|spot, neighbour_s| spot.window.to().plus_seconds(neighbour_s).as_millis())),
        ("known", of(known)),
    ]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests state what must hold")]
    use super::super::dialect::columns::beside_one;
    use super::*;
    use crate::storage::migrate;
    use diesel::sql_types::Text;

    #[derive(QueryableByName)]
    struct Step {
        #[diesel(sql_type = Text)]
        detail: String,
    }

    /// How `SQLite` would go about a statement.
    fn plan(statement: &str) -> Vec<String> {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", directory.path().join("registry.db").display());
        migrate(&url).unwrap();
        let mut db = super::super::connection::Opener::new(&url).open().unwrap();
        let steps: Vec<Step> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load(&mut db).unwrap();
        steps.into_iter().map(|step| step.detail).collect()
    }

    #[test]
    fn sqlite_walks_rides_through_an_index_and_bounded_wherever_it_can() {
        for as_known in [AsKnown::Now, Some(Moment::from_millis(1_800_000_000_000)).into()] {
            let window = Window { at: Moment::from_millis(1_790_000_000_000), tolerance: 300 };
            let spot = Spot { place: 0, vehicle: VehicleId(1), window, as_known };
            let names = columns(&[&spot], 86_400 * 30).map(|(name, _)| name);
            for statement in [near_statement(Knowledge::of(&spot)), neighbours_statement(Knowledge::of(&spot))] {
                let (before, after) = beside_one(&names, &statement);
                let steps = plan(&format!("{before}{}{after}", names.map(|_| "?").join(", ")));
                let of_rides: Vec<_> =
                    steps.iter().filter(|step| step.contains(" r ") || step.contains(" b ")).collect();
                assert!(!of_rides.is_empty(), "{steps:#?}");
                assert!(
                    of_rides.iter().all(|step| step.starts_with("SEARCH") && step.contains("vehicle_id=?")),
                    "{steps:#?}"
                );
            }
        }
    }
}
