//! Numbers and the periods in which vehicles bear them.
//!
//! *Invariant:* a number is a primary key: it cannot be given twice, by whatever server and after whatever crash.
#![allow(clippy::ref_option_ref, reason = "the derived code of rows borrows their fields")]

use diesel::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::connection::Tx;
use super::db::Db;
use super::dialect::bundle::Slice;
use super::dialect::rows_a_statement;
use super::error::Result;
use super::schema::{numbers, plates};
use super::values::{limit, number, signed, unsigned};
use crate::model::{ImportId, Moment, OperatorId, Period, Plate, VehicleId};
use crate::plate::{PlateNumber, SeriesLetter};

/// How a number came to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The registry gave it.
    Issued,
    /// A scooter bore it before the registry knew.
    Adopted,
}

#[derive(Insertable)]
#[diesel(table_name = numbers, treat_none_as_default_value = false)]
struct NumberRow<'a> {
    number: String,
    letter: String,
    serial: i64,
    operator_id: &'a str,
    adopted: bool,
    issued_at: i64,
    tag_key: i32,
}

#[derive(Insertable)]
#[diesel(table_name = plates, treat_none_as_default_value = false)]
struct PlateRow<'a> {
    number: String,
    version: i32,
    vehicle_id: i64,
    operator_id: &'a str,
    valid_from: Option<i64>,
    valid_until: Option<i64>,
    reason: &'a str,
    import_id: Option<&'a str>,
    recorded_at: i64,
    superseded_at: Option<i64>,
}

pub(super) type FoundRow = (String, i32, i64, String, Option<i64>, Option<i64>, String, i64, Option<i64>);

fn plate(row: FoundRow) -> Result<Plate> {
    let (text, version, vehicle_id, operator_id, from, until, reason, recorded_at, superseded_at) = row;
    Ok(Plate {
        number: number(&text)?,
        version: unsigned(version)?,
        vehicle_id: VehicleId(vehicle_id),
        operator_id: OperatorId::from_text(&operator_id),
        borne: Period::new(from.map(Moment::from_millis), until.map(Moment::from_millis)),
        reason,
        recorded_at: Moment::from_millis(recorded_at),
        superseded_at: superseded_at.map(Moment::from_millis),
    })
}

/// Who bears numbers, as believed now.
pub(super) const SLICE: Slice = Slice {
    columns: "t.number, t.version, t.vehicle_id, t.operator_id, t.valid_from, t.valid_until, t.reason, t.recorded_at, \
              t.superseded_at",
    from: "qn CROSS JOIN plates t WHERE t.number = qn.number AND t.superseded_at IS NULL",
};

/// Who bears numbers and was ever believed to.
pub(super) const EVER: Slice =
    Slice { columns: SLICE.columns, from: "qn CROSS JOIN plates t WHERE t.number = qn.number" };

pub(super) fn of_slice(rows: Vec<FoundRow>) -> Result<Vec<Plate>> {
    rows.into_iter().map(plate).collect()
}

/// A number that was never known before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewNumber {
    /// The number.
    pub number: PlateNumber,
    /// Its place in its sequence: the digits behind the letter, or the serial that seven symbols carry (those have no letter,
    /// and an empty text stands in its column).
    pub serial: u32,
    /// Where it comes from.
    pub origin: Origin,
}

/// Records numbers that were never known before; the key with this id makes the tags of their plates.
///
/// # Errors
/// [`super::Error::Conflict`] where one was.
pub fn insert_numbers(
    tx: &mut Tx<'_>,
    operator: &OperatorId,
    new: &[NewNumber],
    tag_key: u16,
    now: Moment,
) -> Result<()> {
    let rows: Vec<_> = new
        .iter()
        .map(|new| NumberRow {
            number: new.number.to_string(),
            letter: new.number.letter().map(|letter| letter.to_string()).unwrap_or_default(),
            serial: i64::from(new.serial),
            operator_id: operator.as_str(),
            adopted: new.origin == Origin::Adopted,
            issued_at: now.as_millis(),
            tag_key: i32::from(tag_key),
        })
        .collect();
    insert_many!(tx.db(), numbers::table, &rows)?;
    Ok(())
}

/// Finds which of these numbers were ever known.
///
/// # Errors
/// Those of the database.
pub fn known_numbers(db: &mut Db, of: &[PlateNumber]) -> Result<HashSet<PlateNumber>> {
    let mut known = HashSet::new();
    for chunk in of.chunks(rows_a_statement(1)) {
        let texts: Vec<_> = chunk.iter().map(ToString::to_string).collect();
        let found: Vec<String> =
            numbers::table.filter(numbers::number.eq_any(texts)).select(numbers::number).load(db)?;
        for text in found {
            known.insert(number(&text)?);
        }
    }
    Ok(known)
}

/// Finds the numbers of `sparse-19` whose serials are this one or higher, as many as `rows`: above the head of the sequence they
/// are those that were adopted.
///
/// # Errors
/// Those of the database.
pub fn shuffled_from(db: &mut Db, serial: u32, rows: usize) -> Result<HashSet<PlateNumber>> {
    let found: Vec<String> = numbers::table
        .filter(numbers::letter.eq(""))
        .filter(numbers::serial.ge(i64::from(serial)))
        .limit(i64::try_from(rows).unwrap_or(i64::MAX))
        .select(numbers::number)
        .load(db)?;
    found.iter().map(|text| number(text)).collect()
}

/// Records versions of plates; the versions before them must have been superseded.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &mut Tx<'_>, new: &[Plate], import: Option<&ImportId>) -> Result<()> {
    let rows = new
        .iter()
        .map(|plate| {
            Ok(PlateRow {
                number: plate.number.to_string(),
                version: signed(plate.version)?,
                vehicle_id: plate.vehicle_id.0,
                operator_id: plate.operator_id.as_str(),
                valid_from: plate.borne.from.map(Moment::as_millis),
                valid_until: plate.borne.until.map(Moment::as_millis),
                reason: &plate.reason,
                import_id: import.map(ImportId::as_str),
                recorded_at: plate.recorded_at.as_millis(),
                superseded_at: None,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    insert_many!(tx.db(), plates::table, &rows)?;
    Ok(())
}

/// Supersedes these current plates: a number may have several, one for each period.
///
/// # Errors
/// Those of the database.
pub fn supersede(tx: &mut Tx<'_>, of: &[Plate], now: Moment) -> Result<()> {
    for chunk in of.chunks(rows_a_statement(2)) {
        // One statement for all numbers that lose the same versions: nearly always those of one period.
        let texts: Vec<_> = chunk.iter().map(|plate| plate.number.to_string()).collect();
        let versions = chunk.iter().map(|plate| signed(plate.version)).collect::<Result<Vec<_>>>()?;
        let mut gone: HashMap<&str, Vec<i32>> = HashMap::new();
        for (text, version) in texts.iter().zip(&versions) {
            gone.entry(text).or_default().push(*version);
        }
        let mut by_versions: BTreeMap<Vec<i32>, Vec<&str>> = BTreeMap::new();
        for (text, mut versions) in gone {
            versions.sort_unstable();
            by_versions.entry(versions).or_default().push(text);
        }
        for (versions, texts) in by_versions {
            let rows = plates::table
                .filter(plates::number.eq_any(texts))
                .filter(plates::version.eq_any(versions))
                .filter(plates::superseded_at.is_null());
            diesel::update(rows).set(plates::superseded_at.eq(Some(now.as_millis()))).execute(tx.db())?;
        }
    }
    Ok(())
}

macro_rules! all_versions {
    () => {
        plates::table.select((
            plates::number,
            plates::version,
            plates::vehicle_id,
            plates::operator_id,
            plates::valid_from,
            plates::valid_until,
            plates::reason,
            plates::recorded_at,
            plates::superseded_at,
        ))
    };
}

macro_rules! current {
    () => {
        all_versions!().filter(plates::superseded_at.is_null())
    };
}

/// Finds every version of these numbers' plates, also what was believed before.
///
/// # Errors
/// Those of the database.
pub fn find_all_versions(db: &mut Db, of: &[PlateNumber]) -> Result<Vec<Plate>> {
    let mut found = Vec::new();
    for chunk in of.chunks(rows_a_statement(1)) {
        let texts: Vec<_> = chunk.iter().map(ToString::to_string).collect();
        found.extend(all_versions!().filter(plates::number.eq_any(texts)).load::<FoundRow>(db)?);
    }
    found.into_iter().map(plate).collect()
}

/// Finds who bore, bears or will bear these numbers, as believed now. A number that was never given is absent.
///
/// # Errors
/// Those of the database.
pub fn find_by_numbers(db: &mut Db, of: &[PlateNumber]) -> Result<Vec<Plate>> {
    let mut found = Vec::new();
    for chunk in of.chunks(rows_a_statement(1)) {
        let texts: Vec<_> = chunk.iter().map(ToString::to_string).collect();
        found.extend(current!().filter(plates::number.eq_any(texts)).load::<FoundRow>(db)?);
    }
    found.into_iter().map(plate).collect()
}

/// Finds all plates of these vehicles, as believed now.
///
/// # Errors
/// Those of the database.
pub fn of_vehicles(db: &mut Db, ids: &[VehicleId]) -> Result<Vec<Plate>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(rows_a_statement(1)) {
        let ids: Vec<_> = chunk.iter().map(|id| id.0).collect();
        let of = current!().filter(plates::vehicle_id.eq_any(ids));
        found.extend(on_each!(db, connection => of.load::<FoundRow>(connection))?);
    }
    found.into_iter().map(plate).collect()
}

/// Finds which vehicles of an operator bear which numbers when, as believed now.
///
/// # Errors
/// Those of the database.
pub fn borne_in_fleet(db: &mut Db, operator: &OperatorId) -> Result<Vec<(PlateNumber, VehicleId, Period)>> {
    let of = plates::table
        .filter(plates::operator_id.eq(operator.as_str()))
        .filter(plates::superseded_at.is_null())
        .select((plates::number, plates::vehicle_id, plates::valid_from, plates::valid_until));
    let found: Vec<(String, i64, Option<i64>, Option<i64>)> = of.load(db)?;
    let borne = found.into_iter().map(|(text, vehicle, from, until)| {
        let period = Period::new(from.map(Moment::from_millis), until.map(Moment::from_millis));
        Ok((number(&text)?, VehicleId(vehicle), period))
    });
    borne.collect()
}

/// Finds every version of the plates that these vehicles bore, also what was believed before.
///
/// # Errors
/// Those of the database.
pub fn all_versions_of_vehicles(db: &mut Db, ids: &[VehicleId]) -> Result<Vec<Plate>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(rows_a_statement(1)) {
        let ids: Vec<_> = chunk.iter().map(|id| id.0).collect();
        let query = all_versions!().filter(plates::vehicle_id.eq_any(ids)).order((plates::number, plates::version));
        found.extend(query.load::<FoundRow>(db)?);
    }
    found.into_iter().map(plate).collect()
}

/// Lists the numbers of a letter that were given to an operator, or adopted, from one serial to another, both included; in
/// their order, at most so many. A hole in the sequence is passed over: nobody was ever given what is missing.
///
/// # Errors
/// Those of the database.
pub fn given_between(
    db: &mut Db,
    operator: &OperatorId,
    letter: SeriesLetter,
    [first, last]: [u32; 2],
    most: usize,
) -> Result<Vec<PlateNumber>> {
    let texts: Vec<String> = numbers::table
        .filter(numbers::operator_id.eq(operator.as_str()))
        .filter(numbers::letter.eq(letter.to_string()))
        .filter(numbers::serial.between(i64::from(first), i64::from(last)))
        .order(numbers::serial)
        .limit(limit(most))
        .select(numbers::number)
        .load(db)?;
    texts.iter().map(|text| number(text)).collect()
}
