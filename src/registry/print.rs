//! Pictures of plates: for the operator to be printed, for the regulator as specimens.
//!
//! *Invariant:* a valid tag is drawn for the operator whose number it covers, and for nobody else: nobody else can print a
//! working clone. Drawing records nothing.

use thiserror::Error;

use super::Registry;
use super::items::link_of;
use super::read::{NumberError, one_number};
use crate::model::{
    AsKnown, Caller, Moment, Operator, OperatorStatus, PlateItem, PlateStatus, Position, Role, plate_status_at,
    short_name,
};
use crate::plate::{PlateNumber, Scheme};
use crate::render::{self, CodeProblem, Dpi, Face, FaceKind, Inscription, Part, Plotter, PngProblem, Validity};
use crate::storage::{self, Db, operators, plate_items, plates};

/// Where the tag stands in the code of a specimen. No tag has a hyphen, so that this one never opens a plate's page.
const NO_TAG: &str = "SPECIMEN--";

/// Why there is no picture.
#[derive(Debug, Error)]
pub enum PrintError {
    /// There is no such number, or no such item of it, that is the caller's to see.
    #[error("there is no such plate")]
    Unknown,
    /// The text names no number that is the caller's to see, or several.
    #[error(transparent)]
    Number(#[from] NumberError),
    /// The operator is suspended or closed: it prints nothing.
    #[error("the operator is suspended: it prints no plates")]
    Suspended,
    /// The number is annulled: it gets no more plates.
    #[error("the number is annulled")]
    Annulled,
    /// The item was withdrawn.
    #[error("the plate was withdrawn")]
    Withdrawn,
    /// The item stands elsewhere.
    #[error("that plate is the {0} one")]
    OtherPosition(Position),
    /// The settings put everything on the plate.
    #[error("there is no label")]
    NoLabel,
    /// The key that made the item's tag is not here, which no opened registry lets happen.
    #[error("the key of the plate's tag is missing")]
    NoKey,
    /// The link does not fit the code, which was judged at the start.
    #[error("the QR code cannot be made")]
    Code(#[from] CodeProblem),
    /// The picture could not be written.
    #[error("the picture cannot be written")]
    Picture(#[from] PngProblem),
    /// The database failed.
    #[error("it could not be read")]
    Storage(#[from] storage::Error),
}

/// Which plate is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Anything that reads as one number.
    pub number: String,
    /// Where it stands; `None`: where the item does, else at the rear.
    pub position: Option<Position>,
    /// Which of the number's items; `None`: the one that is valid at the position.
    pub item: Option<u32>,
    /// The plate, or its label.
    pub part: Part,
}

/// How a picture is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Outlines for screens and cutters.
    Svg,
    /// Black and white pixels.
    Png(Dpi),
    /// One page of true size.
    Pdf,
}

/// A picture, and what it is of.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The file.
    pub bytes: Vec<u8>,
    /// The number.
    pub number: PlateNumber,
    /// Where the plate stands.
    pub position: Position,
    /// Which of the number's items it is.
    pub item: u32,
    /// Whether it may be printed.
    pub validity: Validity,
}

/// What the database knows about the plate.
struct Found {
    status: PlateStatus,
    operator: Operator,
    items: Vec<PlateItem>,
}

/// Draws a plate of the caller's own; for the regulator a specimen of anybody's.
///
/// # Errors
/// [`PrintError`].
pub fn draw_plate(
    registry: &Registry,
    now: Moment,
    caller: &Caller,
    wanted: &Wanted,
    format: Format,
) -> Result<Picture, PrintError> {
    let found = registry.store.read(|db| find(db, registry.rules.scheme, caller, now, &wanted.number))?;
    let validity = if caller.role == Role::OperatorStaff { Validity::Valid } else { Validity::Specimen };
    if validity == Validity::Valid && found.operator.status() != OperatorStatus::Admitted {
        return Err(PrintError::Suspended);
    }
    if validity == Validity::Valid && found.status == PlateStatus::Annulled {
        return Err(PrintError::Annulled);
    }
    let item = pick(&found.items, wanted)?;
    if validity == Validity::Valid && item.is_withdrawn() {
        return Err(PrintError::Withdrawn);
    }
    let code = content(registry, item, validity)?;
    let operator = short_name(&found.operator.legal_name);
    let what = Inscription { number: item.number, code: &code, operator: &operator, validity };
    let face = registry.rules.faces.draw(kind(item.position), wanted.part, &what)?.ok_or(PrintError::NoLabel)?;
    let bytes = write(&face, format)?;
    Ok(Picture { bytes, number: item.number, position: item.position, item: item.item, validity })
}

/// Writes a face as a file.
///
/// # Errors
/// A [`PngProblem`].
pub fn write(face: &Face, format: Format) -> Result<Vec<u8>, PngProblem> {
    Ok(match format {
        Format::Svg => render::svg(face).into_bytes(),
        Format::Png(dpi) => Plotter::new(dpi).draw(face)?,
        Format::Pdf => render::pdf(face),
    })
}

/// Returns the kind of plate that stands there.
#[must_use]
pub const fn kind(position: Position) -> FaceKind {
    match position {
        Position::Rear => FaceKind::Rear,
        Position::Left | Position::Right => FaceKind::Side,
    }
}

/// Finds the plate that the caller may see. Of several none is printed: the wrong one would end up on a scooter.
fn find(db: &mut Db, scheme: Scheme, caller: &Caller, now: Moment, text: &str) -> Result<Found, PrintError> {
    let number = one_number(db, scheme, caller, text)?;
    let periods = plates::find_by_numbers(db, &[number])?;
    let status = plate_status_at(&periods, now, AsKnown::Now).ok_or(PrintError::Unknown)?;
    // A number never moves to another operator.
    let owner = periods.first().map(|plate| &plate.operator_id).ok_or(PrintError::Unknown)?;
    let operator = operators::find(db, owner)?.ok_or(PrintError::Unknown)?;
    let items = plate_items::of_numbers(db, &[number])?;
    Ok(Found { status, operator, items })
}

/// Picks the item that was named, else the newest at the position that is not withdrawn, else the newest there.
fn pick<'a>(items: &'a [PlateItem], wanted: &Wanted) -> Result<&'a PlateItem, PrintError> {
    if let Some(number) = wanted.item {
        let item = items.iter().find(|item| item.item == number).ok_or(PrintError::Unknown)?;
        return match wanted.position {
            Some(position) if position != item.position => Err(PrintError::OtherPosition(item.position)),
            _ => Ok(item),
        };
    }
    let position = wanted.position.unwrap_or(Position::Rear);
    let there = items.iter().filter(|item| item.position == position);
    there.max_by_key(|item| (!item.is_withdrawn(), item.item)).ok_or(PrintError::Unknown)
}

/// Returns what the QR code says.
fn content(registry: &Registry, item: &PlateItem, validity: Validity) -> Result<String, PrintError> {
    let host = &registry.rules.qr_host;
    match validity {
        Validity::Valid => Ok(link_of(registry.secrets.tag_keys(), item).ok_or(PrintError::NoKey)?.text(host)),
        Validity::Specimen => {
            Ok(format!("HTTPS://{}/P/{}/{NO_TAG}", host.to_ascii_uppercase(), item.number.machine_form()))
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;
    use crate::plate::Tag;

    #[test]
    fn the_tag_of_a_specimen_is_none_and_as_long_as_one() {
        assert!(Tag::parse(NO_TAG).is_err());
        assert_eq!(NO_TAG.len(), Tag::parse("0123456789").unwrap().to_string().len());
    }

    #[test]
    fn the_plate_that_is_named_must_stand_where_it_is_asked_for() {
        let items = PlateItem::first_three(PlateNumber::parse("K04271").unwrap(), 1, Moment::from_millis(0));
        let wanted = |position, item| Wanted { number: String::new(), position, item, part: Part::Plate };
        let picked = |position, item| pick(&items, &wanted(position, item)).map(|item| item.item);
        assert_eq!(picked(None, None).unwrap(), 1);
        assert_eq!(picked(Some(Position::Left), None).unwrap(), 2);
        assert_eq!(picked(None, Some(3)).unwrap(), 3);
        assert!(matches!(picked(Some(Position::Rear), Some(3)), Err(PrintError::OtherPosition(Position::Right))));
        assert!(matches!(picked(None, Some(4)), Err(PrintError::Unknown)));
    }
}
