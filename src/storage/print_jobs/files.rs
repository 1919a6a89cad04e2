//! The files of a job: planned with the order, made one by one, their bytes apart.
//!
//! *Invariant:* a file is made once: who comes second finds it made and changes nothing.
#![allow(clippy::ref_option_ref, reason = "the derived code of rows borrows their fields")]

use diesel::prelude::*;

use crate::model::{Moment, PrintJobId};
use crate::storage::connection::Tx;
use crate::storage::db::Db;
use crate::storage::dialect::rows_a_statement;
use crate::storage::error::Result;
use crate::storage::schema::{print_job_contents as contents, print_job_files as files};

/// A file to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Its place among the files of the job, from zero.
    pub place: i32,
    /// Its name.
    pub name: String,
    /// `plates`, `manifest`, `preflight`.
    pub kind: &'static str,
    /// What is cut from it; empty where nothing is.
    pub die: String,
    /// Which file of the die, from 1.
    pub serial: i32,
    /// The first of the die's pieces, from zero.
    pub first: i64,
    /// How many pieces.
    pub pieces: i64,
}

/// A file as recorded, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct StoredFile {
    /// Its place among the files of the job, from zero.
    pub place: i32,
    /// Its name.
    pub name: String,
    /// `plates`, `manifest`, `preflight`.
    pub kind: String,
    /// What is cut from it.
    pub die: String,
    /// Which file of the die, from 1.
    pub serial: i32,
    /// The first of the die's pieces, from zero.
    pub first: i64,
    /// How many pieces.
    pub pieces: i64,
    /// How many sheets, once it is made.
    pub sheets: Option<i32>,
    /// How many bytes.
    pub size: Option<i64>,
    /// Their SHA-256, hexadecimal.
    pub sha256: Option<String>,
    /// When it was made.
    pub made_at: Option<i64>,
}

/// A file that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeFile {
    /// The bytes.
    pub content: Vec<u8>,
    /// Their SHA-256, hexadecimal.
    pub sha256: String,
    /// How many sheets.
    pub sheets: Option<i32>,
    /// The rows that it brings to the manifest.
    pub listed: Vec<u8>,
}

#[derive(Insertable)]
#[diesel(table_name = files, treat_none_as_default_value = false)]
struct Row<'a> {
    job_id: &'a str,
    place: i32,
    name: &'a str,
    kind: &'a str,
    die: &'a str,
    serial: i32,
    first: i64,
    pieces: i64,
}

macro_rules! columns {
    () => {
        (
            files::place,
            files::name,
            files::kind,
            files::die,
            files::serial,
            files::first,
            files::pieces,
            files::sheets,
            files::size,
            files::sha256,
            files::made_at,
        )
    };
}

/// Records the files that a job is to have.
///
/// # Errors
/// Those of the database.
pub fn insert_files(tx: &mut Tx<'_>, id: &PrintJobId, new: &[NewFile]) -> Result<()> {
    let rows: Vec<_> = new
        .iter()
        .map(|new| Row {
            job_id: id.as_str(),
            place: new.place,
            name: &new.name,
            kind: new.kind,
            die: &new.die,
            serial: new.serial,
            first: new.first,
            pieces: new.pieces,
        })
        .collect();
    for chunk in rows.chunks(rows_a_statement(8)) {
        on_each!(tx.db(), connection => diesel::insert_into(files::table).values(chunk).execute(connection))?;
    }
    Ok(())
}

/// Reads the files of a job, in their order.
///
/// # Errors
/// Those of the database.
pub fn files(db: &mut Db, id: &PrintJobId) -> Result<Vec<StoredFile>> {
    Ok(files::table.filter(files::job_id.eq(id.as_str())).order(files::place).select(columns!()).load(db)?)
}

/// Finds a file of a job by its name.
///
/// # Errors
/// Those of the database.
pub fn find_file(db: &mut Db, id: &PrintJobId, name: &str) -> Result<Option<StoredFile>> {
    let named = files::table.filter(files::job_id.eq(id.as_str())).filter(files::name.eq(name));
    Ok(named.select(columns!()).first(db).optional()?)
}

/// Finds the first file of plates that is not made yet.
///
/// # Errors
/// Those of the database.
pub fn next_to_make(db: &mut Db, id: &PrintJobId) -> Result<Option<StoredFile>> {
    let missing = files::table
        .filter(files::job_id.eq(id.as_str()))
        .filter(files::kind.eq("plates"))
        .filter(files::made_at.is_null())
        .order(files::place);
    Ok(missing.select(columns!()).first(db).optional()?)
}

/// Keeps a file; returns whether it was not kept before.
///
/// # Errors
/// Those of the database.
pub fn make_file(tx: &mut Tx<'_>, id: &PrintJobId, place: i32, made: &MadeFile, now: Moment) -> Result<bool> {
    let size = i64::try_from(made.content.len()).unwrap_or(i64::MAX);
    if !record(tx, id, place, (size, &made.sha256, made.sheets), now)? {
        return Ok(false);
    }
    diesel::insert_into(contents::table)
        .values((
            contents::job_id.eq(id.as_str()),
            contents::place.eq(place),
            contents::content.eq(&made.content),
            contents::listed.eq(&made.listed),
        ))
        .execute(tx.db())?;
    Ok(true)
}

/// Records what the manifest came to: its bytes are those of the rows that the files brought.
///
/// # Errors
/// Those of the database.
pub fn seal_manifest(tx: &mut Tx<'_>, id: &PrintJobId, place: i32, size: i64, sha256: &str, now: Moment) -> Result<()> {
    record(tx, id, place, (size, sha256, None), now).map(drop)
}

type Facts<'a> = (i64, &'a str, Option<i32>);

fn record(tx: &mut Tx<'_>, id: &PrintJobId, place: i32, facts: Facts<'_>, now: Moment) -> Result<bool> {
    let (size, sha256, sheets) = facts;
    let missing = files::table
        .filter(files::job_id.eq(id.as_str()))
        .filter(files::place.eq(place))
        .filter(files::made_at.is_null());
    let made = diesel::update(missing)
        .set((
            files::size.eq(Some(size)),
            files::sha256.eq(Some(sha256)),
            files::sheets.eq(sheets),
            files::made_at.eq(Some(now.as_millis())),
        ))
        .execute(tx.db())?;
    Ok(made == 1)
}

/// Reads the bytes of a file; `None` where they are not kept.
///
/// # Errors
/// Those of the database.
pub fn content(db: &mut Db, id: &PrintJobId, place: i32) -> Result<Option<Vec<u8>>> {
    let kept = contents::table.filter(contents::job_id.eq(id.as_str())).filter(contents::place.eq(place));
    Ok(kept.select(contents::content).first(db).optional()?)
}

/// Reads what a file brought to the manifest; `None` where it is not kept.
///
/// # Errors
/// Those of the database.
pub fn listed(db: &mut Db, id: &PrintJobId, place: i32) -> Result<Option<Vec<u8>>> {
    let kept = contents::table.filter(contents::job_id.eq(id.as_str())).filter(contents::place.eq(place));
    Ok(kept.select(contents::listed).first(db).optional()?)
}

/// Erases the bytes of a job; the record of its files stays.
///
/// # Errors
/// Those of the database.
pub fn erase_contents(tx: &mut Tx<'_>, id: &PrintJobId) -> Result<()> {
    diesel::delete(contents::table.filter(contents::job_id.eq(id.as_str()))).execute(tx.db())?;
    Ok(())
}
