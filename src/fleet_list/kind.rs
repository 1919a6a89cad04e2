//! Everything that can be wrong with a fleet list or with one of its rows.
//!
//! *Invariant:* no sentence stands here: what is said about a kind, and how to mend it, is in `assets/locales`.

use serde::{Deserialize, Serialize};

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The row, or the file, cannot be taken over as it is.
    Error,
    /// It can, but something is missing or was passed over.
    Warning,
}

/// Writes the enum, its names and its severities from one list.
macro_rules! kinds {
    ($($(#[$documentation:meta])* $kind:ident $name:literal $severity:ident;)*) => {
        /// What is wrong. The arguments in braces are those that [`Problem::with`](super::Problem::with) must be given.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ProblemKind {
            $($(#[$documentation])* $kind,)*
        }

        impl ProblemKind {
            /// Every kind, once.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            /// Returns the name of the kind in `snake_case`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }

            /// Returns how bad a problem of this kind is.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self {
                    $(Self::$kind => Severity::$severity,)*
                }
            }
        }
    };
}

kinds! {
    /// The file: nothing stands in it.
    FileEmpty "file_empty" Error;
    /// The file: it is of a format that has no reader. `{format}`
    FormatNotAccepted "format_not_accepted" Error;
    /// The file: it is no text.
    NotATable "not_a_table" Error;
    /// The file: it is locked with a password.
    FileEncrypted "file_encrypted" Error;
    /// The file: it is a workbook, but a part of it cannot be read. `{part}`
    WorkbookDamaged "workbook_damaged" Error;
    /// The file: unpacked, it is larger than is read. `{part}`
    UnpacksTooLarge "unpacks_too_large" Error;
    /// The file: a part of the workbook declares entities, which no workbook has. `{part}`
    EntitiesDeclared "entities_declared" Error;
    /// The file: nothing stands on the visible sheets of the workbook.
    SheetsEmpty "sheets_empty" Error;
    /// The file: its JSON breaks off or is wrong. `{line}`, `{position}`: the character in that line
    JsonBroken "json_broken" Error;
    /// The file: it is JSON, but no list of objects.
    JsonNoList "json_no_list" Error;
    /// The file: no row has the names of the columns.
    HeaderMissing "header_missing" Error;
    /// The file: there are more columns than are read. `{limit}`
    TooManyColumns "too_many_columns" Error;
    /// The file: there are more rows than are read. `{limit}`
    TooManyRows "too_many_rows" Error;
    /// The file: a header and nothing below it.
    NoRows "no_rows" Error;
    /// The file: the mapping names a column that is not there. `{field}`, `{columns}`: those that are
    MappedColumnMissing "mapped_column_missing" Error;
    /// The file: no row says which scooter it is about.
    KeyMissing "key_missing" Error;
    /// The file: no row says which scooter it is about, but the named column, which is not used, could.
    KeyProposed "key_proposed" Error;
    /// The file: rows beyond those told have problems too. `{count}`
    MoreProblems "more_problems" Error;
    /// The file: other sheets of the workbook look like lists too and were not read. `{sheet}`: the one that was, `{sheets}`
    SheetsNotRead "sheets_not_read" Warning;
    /// The file: other arrays of its JSON hold objects too and were not read. `{location}`: that of the one that was, a JSON pointer; `{keys}`
    ArraysNotRead "arrays_not_read" Warning;
    /// The file: some characters are broken. `{count}`
    CharactersReplaced "characters_replaced" Warning;
    /// The column: another column holds the same field. `{field}`, `{first}`: that column
    ColumnRepeated "column_repeated" Warning;
    /// The file: no column holds a fact that the law or a passer-by asks for. `{field}`
    FactColumnMissing "fact_column_missing" Warning;
    /// The column: some of its cells are blank. `{field}`, `{count}`, `{first}`: the first such row
    FactCellsBlank "fact_cells_blank" Warning;
    /// The file: rows name a policy but not all of it. `{field}`, `{count}`, `{first}`: the first such row
    PolicyIncomplete "policy_incomplete" Warning;
    /// The file: some rows have fewer cells than the header. `{count}`, `{first}`: the first such row
    RowsShort "rows_short" Warning;

    /// The row: it is longer than a row may be. `{limit}`: kibibytes
    RowTooLong "row_too_long" Error;
    /// The row: a quotation mark is not closed.
    QuoteNotClosed "quote_not_closed" Error;
    /// The row: it has more cells than the header. `{expected}`
    TooManyCells "too_many_cells" Error;
    /// The row: the line is no JSON.
    LineBroken "line_broken" Error;
    /// The row: it is JSON, but no object.
    RowNoObject "row_no_object" Error;
    /// The cell: its key stands in the object more than once.
    KeyRepeated "key_repeated" Error;
    /// The cell: it holds an object or an array. `{location}`: a JSON pointer (RFC 6901)
    NestedValue "nested_value" Error;
    /// The cell: its formula has come to an error.
    FormulaError "formula_error" Error;
    /// The cell: it holds a formula that was never calculated.
    FormulaNotCalculated "formula_not_calculated" Error;
    /// The row: it has neither device id nor serial number nor plate.
    RowWithoutKey "row_without_key" Error;

    /// The cell: it is longer than a cell may be. `{limit}`: characters
    CellTooLong "cell_too_long" Error;
    /// The cell: an identifier is longer than it may be. `{limit}`: characters
    IdentifierTooLong "identifier_too_long" Error;
    /// The cell: it holds characters that cannot be seen.
    ControlCharacters "control_characters" Error;
    /// The cell: characters of an identifier or of a plate are broken.
    CharactersBroken "characters_broken" Error;
    /// The cell: a spreadsheet has rounded a long number.
    NumberRounded "number_rounded" Error;
    /// The cell: it is no year from 1990 to 2100.
    YearUnreadable "year_unreadable" Error;
    /// The cell: it is no date.
    DateUnreadable "date_unreadable" Error;
    /// The cell: the date could mean two days. `{day_first}`, `{month_first}`
    DateAmbiguous "date_ambiguous" Error;
    /// The row: it leaves service before it enters it. `{in_service}`
    ServiceEndsBeforeStart "service_ends_before_start" Error;
    /// The row: its policy ends before it begins. `{policy_from}`
    PolicyEndsBeforeStart "policy_ends_before_start" Error;
    /// The cell: it is no plate number.
    PlateUnreadable "plate_unreadable" Error;
    /// The cell: the control letters beside the number do not fit it.
    PlateContradictsPair "plate_contradicts_pair" Error;
    /// The cell: a character that cannot stand in its place was taken for one that looks like it, or zeros were added. `{numbers}`
    PlateReadAs "plate_read_as" Warning;

    /// The cell: an earlier row has this device id. `{first}`: that row
    DeviceIdTwiceInFile "device_id_twice_in_file" Error;
    /// The cell: an earlier row has this serial number. `{first}`
    SerialNumberTwiceInFile "serial_number_twice_in_file" Error;
    /// The cell: an earlier row has this plate. `{first}`
    PlateTwiceInFile "plate_twice_in_file" Error;

    /// Against the registry: the operator has no confirmed series of that letter. `{letter}`
    SeriesNotConfirmed "series_not_confirmed" Error;
    /// Against the registry: every number of the series is given. `{letter}`
    SeriesUsedUp "series_used_up" Error;
    /// Against the registry: fewer numbers are left than scooters need, where numbers have no letter. `{left}`
    NumbersUsedUp "numbers_used_up" Error;
    /// Against the registry: another operator's scooter bears the number, where numbers have no letter. `{plate}`
    PlateNotYours "plate_not_yours" Error;
    /// Against the registry: the letter is another operator's. `{plate}`, `{letter}`
    PlateOfAnotherOperator "plate_of_another_operator" Error;
    /// Against the registry: the cell fits several numbers, and the operator's letters do not decide. `{numbers}`
    PlateAmbiguous "plate_ambiguous" Error;
    /// Against the registry: another scooter of this operator bears the number. `{plate}`, `{device_id}`
    PlateAlreadyBorne "plate_already_borne" Error;
    /// Against the registry: the scooter bears another number. `{plate}`, `{borne}`
    VehicleBearsAnotherPlate "vehicle_bears_another_plate" Error;
    /// Against the registry: the scooter bears no number, and a list gives none to it. `{plate}`, `{device_id}`
    VehicleBearsNoPlate "vehicle_bears_no_plate" Error;
    /// Against the registry: the number was annulled and is never given again. `{plate}`
    PlateAnnulled "plate_annulled" Error;
    /// Against the registry: the number lies too far above the highest one. `{plate}`, `{highest}`, `{limit}`
    PlateTooFarAhead "plate_too_far_ahead" Error;
    /// Against the registry: the scooter has left service for good. `{device_id}`
    VehicleRetired "vehicle_retired" Error;
    /// Against the registry: another scooter of this operator has the serial number. `{serial_number}`, `{device_id}`
    SerialNumberTaken "serial_number_taken" Error;
    /// Against the registry, the file: rows state a policy with another period than the one on record. `{policy}`, `{policy_from}`, `{policy_until}`, `{count}`, `{first}`: the first such row
    PolicyDiffers "policy_differs" Warning;
    /// Against the registry, the file: neither a policy on record nor one in the row covers the scooter. `{count}`, `{first}`: the first such row
    VehiclesUninsured "vehicles_uninsured" Warning;
    /// Against the registry: the row was not taken, and nothing stands against it any more.
    NothingAgainst "nothing_against" Error;
    /// Against the registry: it enters service on a day before the current period, and an earlier period is on record otherwise. `{in_service}`: the first day of the current one
    ServicePeriodOver "service_period_over" Error;
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_the_same_name_everywhere() {
        for kind in ProblemKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
    }
}
