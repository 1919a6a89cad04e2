//! What a row's service dates speak about, where a vehicle was out of service and came back.
//!
//! *Invariant:* a list speaks about the current period or opens the next one; none before it is altered by a list. Nightly
//! lists go on stating the first day ever, which is no correction of anything.

use std::collections::{HashMap, HashSet};

use super::known::Known;
use crate::fleet_list::FleetList;
use crate::model::{ServiceDates, VehicleId, VehicleVersion, service_stated_last};
use crate::storage::{self, Db, vehicles};

/// Looks up the dates of the periods before the current one, of the vehicles whose dates rows state otherwise than known.
pub(super) fn earlier(
    db: &mut Db,
    known: &Known,
    list: &FleetList,
) -> storage::Result<HashMap<VehicleId, Vec<ServiceDates>>> {
    let mut wanted: HashSet<VehicleId> = HashSet::new();
    for row in list.rows.iter().filter(|row| !row.bad && (row.in_service, row.out_of_service) != (None, None)) {
        let by_plate = row.plate.iter().flat_map(|plate| &plate.numbers).filter_map(|number| known.plates.get(number));
        let device = row.device_id.as_ref().and_then(|device| known.by_device.get(device));
        let serial = row.serial_number.as_ref().and_then(|serial| known.by_serial_number.get(serial));
        let meant = device.into_iter().chain(serial).copied().chain(by_plate.map(|plate| plate.vehicle_id));
        wanted.extend(meant.filter(|id| {
            let facts = known.vehicles.get(id).map(|vehicle| &vehicle.facts);
            facts.is_some_and(|facts| {
                row.in_service.is_some_and(|day| facts.in_service != Some(day))
                    || row.out_of_service.is_some_and(|day| facts.out_of_service != Some(day))
            })
        }));
    }
    let wanted: Vec<_> = wanted.into_iter().collect();
    let mut versions: HashMap<VehicleId, Vec<VehicleVersion>> = HashMap::new();
    for version in vehicles::find_versions(db, &wanted)? {
        versions.entry(version.vehicle_id).or_default().push(version);
    }
    Ok(versions.into_iter().map(|(id, versions)| (id, before_the_last(&versions))).collect())
}

fn before_the_last(versions: &[VehicleVersion]) -> Vec<ServiceDates> {
    let mut periods: Vec<_> = service_stated_last(versions)
        .into_iter()
        .map(|version| (version.facts.in_service, version.facts.out_of_service))
        .collect();
    periods.pop();
    periods
}

/// A first day before the current period, which is that of no period either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BeforeCurrent;

/// Returns what a row says of the current period or of one to come: nothing where its dates are those of an earlier one.
///
/// # Errors
/// [`BeforeCurrent`]: were it taken, the days between two periods would be in service, or a scooter that is back be out.
pub(super) fn said(
    earlier: &[ServiceDates],
    current: ServiceDates,
    row: ServiceDates,
) -> Result<ServiceDates, BeforeCurrent> {
    let agrees = |(first, last): ServiceDates| {
        row.0.is_none_or(|day| first == Some(day)) && row.1.is_none_or(|day| last == Some(day))
    };
    if row == (None, None) || agrees(current) {
        return Ok(row);
    }
    if earlier.iter().copied().any(agrees) {
        return Ok((None, None));
    }
    let before = |first_day| {
        let over = earlier.iter().any(|(_, last)| last.is_some_and(|last| first_day <= last));
        over || (!earlier.is_empty() && current.0.is_some_and(|current| first_day < current))
    };
    if row.0.is_some_and(before) { Err(BeforeCurrent) } else { Ok(row) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;

    fn dates(first: &str, last: &str) -> ServiceDates {
        (first.parse().ok(), last.parse().ok())
    }

    #[test]
    fn dates_of_an_earlier_period_say_nothing_and_others_before_the_current_one_are_refused() {
        let earlier = [dates("2026-07-01", "2026-08-10")];
        let current = dates("2026-09-01", "");
        let nothing = Ok((None, None));
        for (row, expected) in [
            (dates("2026-07-01", ""), nothing),
            (dates("2026-07-01", "2026-08-10"), nothing),
            (dates("", "2026-08-10"), nothing),
            (dates("2026-07-01", "2026-10-31"), Err(BeforeCurrent)),
            (dates("2026-07-02", ""), Err(BeforeCurrent)),
            (dates("2026-08-10", ""), Err(BeforeCurrent)),
            (current, Ok(current)),
            (dates("", "2026-10-31"), Ok(dates("", "2026-10-31"))),
            (dates("2026-09-02", ""), Ok(dates("2026-09-02", ""))),
        ] {
            assert_eq!(said(&earlier, current, row), expected, "{row:?}");
        }
        let first = dates("2026-06-01", "");
        assert_eq!(said(&[], dates("2026-07-01", ""), first), Ok(first), "one period is corrected");
    }
}
