//! The one table of what can be wrong with a part of a request.
//!
//! *Invariant:* what stands here has a text under `faults.<code>` in every language.

macro_rules! wrongs {
    ($($(#[$doc:meta])* $wrong:ident $code:literal;)+) => {
        /// What can be wrong with a part of a request. Its text is `faults.<code>`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Wrong { $($(#[$doc])* $wrong),+ }

        impl Wrong {
            /// Every one.
            #[cfg(test)]
            pub(crate) const ALL: &'static [Self] = &[$(Self::$wrong),+];

            /// Returns its name for programs.
            #[must_use]
            pub(crate) const fn code(self) -> &'static str {
                match self { $(Self::$wrong => $code),+ }
            }
        }
    };
}

wrongs! {
    /// The text stops being JSON.
    JsonSyntax "json_syntax";
    /// Something else than a JSON object.
    NotAnObject "not_an_object";
    /// It must be given.
    Missing "missing";
    /// There is no such field.
    UnknownField "unknown_field";
    /// There is no such parameter.
    UnknownParameter "unknown_parameter";
    /// It may stand only once.
    Repeated "repeated";
    /// Something else than a text.
    TypeText "type_text";
    /// Something else than a list of texts.
    TypeTexts "type_texts";
    /// A character that cannot be seen.
    ControlCharacter "control_character";
    /// Too few or too many characters.
    Length "length";
    /// None of the names that are known.
    OneOf "one_of";
    /// No e-mail address.
    Email "email";
    /// Something else than twelve digits.
    BinShape "bin_shape";
    /// A check digit that does not fit.
    BinCheckDigit "bin_check_digit";
    /// Eleven digits for which there is no check digit.
    BinNeverGiven "bin_never_given";
    /// Another has it.
    Taken "taken";
    /// No series letter.
    Letter "letter";
    /// No plate number.
    PlateNumber "plate_number";
    /// A text that may mean several of the caller's numbers.
    SeveralNumbers "several_numbers";
    /// No resolution that is drawn.
    Dpi "dpi";
    /// No number of a plate item.
    Item "item";
    /// A part that the settings of the registry do not make.
    NoLabel "no_label";
    /// None or several of fields of which exactly one is to be given.
    ExactlyOne "exactly_one";
    /// Something that is given only together with something else.
    OnlyWith "only_with";
    /// Nothing for which there is such a number of the caller's.
    NumberUnknown "number_unknown";
    /// A number that stands in the list before.
    NumberRepeated "number_repeated";
    /// Numbers that are annulled.
    NumbersAnnulled "numbers_annulled";
    /// Plates that are withdrawn, and nothing replaces them.
    PlatesWithdrawn "plates_withdrawn";
    /// Plates that were printed before, and no reason to do so again.
    ReprintReason "reprint_reason";
    /// Several copies, and no reason for them.
    CopiesReason "copies_reason";
    /// Ends that make no range.
    NumberRange "number_range";
    /// An upload that is not the caller's.
    ImportUnknown "import_unknown";
    /// An upload that was not committed.
    ImportOpen "import_open";
    /// Nothing to be printed.
    NothingToPrint "nothing_to_print";
    /// A stock on which the settings let nothing be printed.
    Stock "stock";
    /// No QR code of a plate.
    QrCode "qr_code";
    /// No place on earth.
    Place "place";
    /// An instant before there was such a plate.
    BeforePlate "before_plate";
    /// No RFC 3339 instant.
    Instant "instant";
    /// An instant without its offset.
    InstantWithoutOffset "instant_without_offset";
    /// An instant that is not stored.
    InstantOutOfRange "instant_out_of_range";
    /// No date.
    Date "date";
    /// An instant that must have come.
    InFuture "in_future";
    /// An instant that must not have passed.
    InPast "in_past";
    /// A key that would be in force longer than the key that makes it.
    Outlives "outlives";
    /// An end before its beginning.
    Backwards "backwards";
    /// No id.
    Id "id";
    /// One of the police without its body.
    AuthorityMissing "authority_missing";
    /// Staff without its operator.
    OperatorMissing "operator_missing";
    /// A key that may do nothing.
    NoScope "no_scope";
    /// A scope that this role never carries.
    Scope "scope";
    /// Neither all vehicles nor a list of them.
    Vehicles "vehicles";
    /// A vehicle of nobody's or another's fleet.
    VehicleUnknown "vehicle_unknown";
    /// A change that names no fact.
    NoFact "no_fact";
    /// Something else than a whole number within bounds.
    WholeNumber "whole_number";
    /// Something else than a number within bounds.
    Figure "figure";
    /// Nothing that is current and could be replaced.
    NotCurrent "not_current";
    /// An end that is not after its beginning.
    EndsBeforeBeginning "ends_before_beginning";
    /// Too many items.
    Many "many";
    /// A policy of nobody's or another operator's.
    PolicyUnknown "policy_unknown";
    /// A report of nothing.
    NoReport "no_report";
    /// No number of rows.
    Limit "limit";
    /// A cursor that was not given here.
    Cursor "cursor";
    /// No idempotency key.
    IdempotencyKey "idempotency_key";
    /// No pair of a field and a column.
    Mapping "mapping";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Language, say};

    #[test]
    fn whatever_is_wrong_can_be_said_in_every_language() {
        for wrong in Wrong::ALL {
            for language in Language::ALL {
                let key = format!("faults.{}", wrong.code());
                assert_ne!(say(language, &key, &[]), key, "{language} lacks {key}");
            }
        }
    }
}
