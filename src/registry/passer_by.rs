//! What anybody learns who scans a plate: is it genuine, whose is it, is it insured, does it look like this.
//!
//! *Invariant:* nothing of a rider, no id and no serial number; and of a code that the registry did not make nothing at
//! all, so that nobody learns by guessing which numbers exist.

use crate::model::{
    AsKnown, Cover, ItemState, LinkVerdict, Moment, OperatorId, Plate, PlateItem, PlateStatus, PolicySource, Zone,
    plate_status_at, plate_told_at,
};
use crate::plate::{PlateLink, PlateNumber, Tag};
use crate::registry::Registry;
use crate::registry::items::judge;
use crate::storage::scanned::{ScannedVehicle, find_number, find_vehicle};
use crate::storage::{self, Db};

/// What the page says first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageVerdict {
    /// The registry made this plate and it is valid.
    Genuine,
    /// It is genuine, and its operator reported it lost.
    Lost,
    /// It was replaced by another one.
    Replaced,
    /// It is no longer valid, without another one in its place.
    Withdrawn,
    /// The number left service for good.
    Annulled,
}

/// Whether the scooter is insured now, and who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Insured {
    /// The operator says so.
    ByOperator,
    /// It was compared with the insurers' records at that time.
    Checked(Option<Moment>),
    /// No policy is known that covers it now.
    No,
}

/// What is told of a plate whose code is a true one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownPlate {
    /// What is said first.
    pub verdict: PageVerdict,
    /// The number.
    pub number: PlateNumber,
    /// Whose it is.
    pub operator: String,
    /// The operator's 24-hour telephone number.
    pub telephone: String,
    /// Whether it is insured.
    pub insured: Insured,
    /// Who made the scooter and its model.
    pub make: Option<String>,
    /// Its colour.
    pub colour: Option<String>,
    /// Whether its time in service has not begun.
    pub is_early: bool,
    /// Of when all this is.
    pub at: Moment,
}

/// Looks at what was scanned; `None` for whatever is not the code of a plate: unreadable, false, never issued. What cannot
/// be read takes as long as what is false.
///
/// # Errors
/// Those of the database.
pub fn look_at(
    db: &mut Db,
    registry: &Registry,
    now: Moment,
    scanned: Option<&PlateLink>,
) -> storage::Result<Option<ShownPlate>> {
    let Some(link) = scanned.copied().or_else(decoy) else { return Ok(None) };
    let found = find_number(db, link.number)?;
    let verdict = judge(registry.secrets.tag_keys(), &link, &found.items, now, AsKnown::Now);
    match found.items.iter().find(|item| Some(item.item) == verdict.item()).filter(|_| scanned.is_some()) {
        Some(item) => shown(db, registry.rules.zone, now, item, &found.periods, verdict),
        None => Ok(None),
    }
}

/// A link that is judged in the place of one that cannot be read, and thrown away.
fn decoy() -> Option<PlateLink> {
    let number = PlateNumber::parse("A00001").ok()?;
    Some(PlateLink::new(number, Tag::parse("0000000000").ok()?))
}

fn shown(
    db: &mut Db,
    zone: Zone,
    now: Moment,
    item: &PlateItem,
    periods: &[Plate],
    verdict: LinkVerdict,
) -> storage::Result<Option<ShownPlate>> {
    let Some(plate) = plate_told_at(periods, now, AsKnown::Now) else { return Ok(None) };
    let Some(status) = plate_status_at(periods, now, AsKnown::Now) else { return Ok(None) };
    let ScannedVehicle { operator, looks, by_vehicle, by_fleet } =
        find_vehicle(db, &plate.operator_id, plate.vehicle_id)?;
    let Some(operator) = operator else { return Ok(None) };
    let model = looks.model.as_deref();
    Ok(Some(ShownPlate {
        verdict: page_verdict(status, item, verdict, now),
        number: item.number,
        operator: operator.legal_name,
        telephone: operator.contact_phone,
        insured: insured(by_vehicle.iter().chain(&by_fleet), zone, now, &plate.operator_id),
        make: looks.make.as_deref().or(model).map(|make| match model.filter(|model| *model != make) {
            Some(model) => format!("{make} {model}"),
            None => make.to_owned(),
        }),
        colour: looks.colour,
        is_early: status == PlateStatus::NotYet,
        at: now,
    }))
}

fn page_verdict(status: PlateStatus, item: &PlateItem, verdict: LinkVerdict, now: Moment) -> PageVerdict {
    let is_lost = item.standing(now, AsKnown::Now).is_some_and(|standing| standing.state == ItemState::Lost);
    match verdict {
        // The number is gone for good, whichever of its plates this is.
        _ if status == PlateStatus::Annulled => PageVerdict::Annulled,
        LinkVerdict::Replaced { .. } => PageVerdict::Replaced,
        LinkVerdict::Withdrawn { .. } | LinkVerdict::FalseTag => PageVerdict::Withdrawn,
        LinkVerdict::Valid { .. } if is_lost => PageVerdict::Lost,
        LinkVerdict::Valid { .. } => PageVerdict::Genuine,
    }
}

/// Of several policies in force one that was checked counts before one that was not.
fn insured<'a>(covers: impl Iterator<Item = &'a Cover>, zone: Zone, now: Moment, operator: &OperatorId) -> Insured {
    let in_force = |cover: &&Cover| {
        AsKnown::Now.holds(cover.recorded_at, cover.superseded_at)
            && cover.policy.operator_id == *operator
            && zone.start_of(cover.days.from) <= now
            && now < zone.start_of(cover.days.until)
    };
    let found: Vec<_> = covers.filter(in_force).map(|cover| &cover.policy).collect();
    let checked =
        found.iter().filter(|policy| policy.source == PolicySource::Insurer).max_by_key(|policy| policy.checked_at);
    match checked {
        Some(policy) => Insured::Checked(policy.checked_at),
        None if found.is_empty() => Insured::No,
        None => Insured::ByOperator,
    }
}
