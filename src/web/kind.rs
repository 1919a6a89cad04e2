//! The one table of problem types (RFC 9457): name, slug, status.
//!
//! *Invariant:* a problem that leaves the house stands here, and has its texts under `problems.<slug>` in every language.

use actix_web::http::StatusCode;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $slug:literal $status:ident;)+) => {
        /// A type of problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Kind { $($(#[$doc])* $kind),+ }

        impl Kind {
            /// Every type, in the order of the statuses.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// Returns the last part of the address that explains it: `/problems/<slug>`.
            #[must_use]
            pub(crate) const fn slug(self) -> &'static str {
                match self { $(Self::$kind => $slug),+ }
            }

            /// Returns the status that it is answered with.
            #[must_use]
            pub(crate) const fn status(self) -> StatusCode {
                match self { $(Self::$kind => StatusCode::$status),+ }
            }
        }
    };
}

kinds! {
    /// The body is not JSON.
    MalformedJson "malformed-json" BAD_REQUEST;
    /// The body cannot be read for another reason: cut, wrongly encoded, a form without a file.
    Unreadable "unreadable-request" BAD_REQUEST;
    /// No credential, or none that is valid.
    Unauthenticated "unauthenticated" UNAUTHORIZED;
    /// The credential does not allow this.
    Forbidden "forbidden" FORBIDDEN;
    /// A key must not hand on what it does not carry.
    ScopeBeyondKey "scope-beyond-key" FORBIDDEN;
    /// Nothing is here, or nothing that this caller may know of.
    NotFound "not-found" NOT_FOUND;
    /// The vehicle is the caller's, and was registered later than the instant of knowledge that was asked for.
    NotKnownThen "not-known-then" NOT_FOUND;
    /// The address exists and does not take this method.
    WrongMethod "wrong-method" METHOD_NOT_ALLOWED;
    /// The first request with this idempotency key has not ended.
    InFlight "request-in-flight" CONFLICT;
    /// The first request was carried out, and its answer held a secret.
    SecretNotKept "secret-not-kept" CONFLICT;
    /// An operator with this BIN is admitted.
    BinTaken "bin-taken" CONFLICT;
    /// The operator is suspended already.
    AlreadySuspended "already-suspended" CONFLICT;
    /// The operator is not suspended.
    NotSuspended "not-suspended" CONFLICT;
    /// A suspended operator receives no new numbers.
    OperatorSuspended "operator-suspended" CONFLICT;
    /// The letter is another's, or claimed.
    LetterTaken "letter-taken" CONFLICT;
    /// The operator holds as many letters as the rules allow.
    NoFurtherLetter "no-further-letter" CONFLICT;
    /// The plate numbers of this registry have no letters.
    NoLetters "no-letters" CONFLICT;
    /// Nobody objects to its own claim.
    OwnClaim "own-claim" CONFLICT;
    /// Objections to this letter are no longer taken.
    ObjectionsOver "objections-over" CONFLICT;
    /// The claim is decided.
    ClaimDecided "claim-decided" CONFLICT;
    /// No letter of the operator is confirmed.
    NoConfirmedLetter "no-confirmed-letter" CONFLICT;
    /// Only a checked import can be committed.
    ImportNotChecked "import-not-checked" CONFLICT;
    /// The work on the import has not ended, or has not ended well.
    ImportNotReady "import-not-ready" CONFLICT;
    /// An annulled number gets no plates.
    AnnulledNotPrinted "annulled-not-printed" CONFLICT;
    /// The vehicle left service for good.
    VehicleRetired "vehicle-retired" CONFLICT;
    /// The vehicle is not retired.
    NotRetired "not-retired" CONFLICT;
    /// Another vehicle of the operator has the serial number.
    SerialNumberTaken "serial-number-taken" CONFLICT;
    /// Nobody bears the number any more from then on.
    NumberAnnulled "number-annulled" CONFLICT;
    /// The record says already what the correction says.
    NothingToCorrect "nothing-to-correct" CONFLICT;
    /// A withdrawn plate is nothing else again.
    PlateWithdrawn "plate-withdrawn" CONFLICT;
    /// The file of a print job is not made.
    PrintFileNotMade "print-file-not-made" CONFLICT;
    /// The print job has ended.
    PrintJobEnded "print-job-ended" CONFLICT;
    /// The bytes of the print files are no longer kept.
    PrintFilesErased "print-files-erased" GONE;
    /// The alarm was settled before.
    AlarmSettled "alarm-settled" CONFLICT;
    /// The case of this lookup is named.
    CaseNamed "case-already-named" CONFLICT;
    /// A policy of this insurer and number with days of this period is on record.
    PolicyExists "policy-exists" CONFLICT;
    /// No checkpoint covers the entry yet.
    NotSignedYet "not-signed-yet" CONFLICT;
    /// The record has moved on since the caller read it.
    VersionMoved "version-moved" PRECONDITION_FAILED;
    /// The body is larger than is taken.
    TooLarge "too-large" PAYLOAD_TOO_LARGE;
    /// More rides than one call takes.
    TooManyReports "too-many-reports" PAYLOAD_TOO_LARGE;
    /// The body is of a type that is not taken here.
    WrongMediaType "wrong-media-type" UNSUPPORTED_MEDIA_TYPE;
    /// The request is understood, and something in it is wrong.
    Invalid "invalid-request" UNPROCESSABLE_ENTITY;
    /// The idempotency key was used for another request.
    KeyReused "idempotency-key-reused" UNPROCESSABLE_ENTITY;
    /// More questions than one key may ask.
    TooMany "too-many-requests" TOO_MANY_REQUESTS;
    /// Our fault.
    Internal "internal" INTERNAL_SERVER_ERROR;
    /// Too much at once; trying again helps.
    Busy "busy" SERVICE_UNAVAILABLE;
}

impl Kind {
    /// Finds the type of a slug.
    #[must_use]
    pub(crate) fn find(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.slug() == slug)
    }

    /// Returns the type that stands for a bare status, such as the framework's own refusals.
    #[must_use]
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::WrongMethod,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::WrongMediaType,
            StatusCode::SERVICE_UNAVAILABLE => Self::Busy,
            other if other.is_client_error() => Self::Unreadable,
            _ => Self::Internal,
        }
    }
}

#[cfg(test)]
#[allow(clippy::panic, reason = "tests state what must hold")]
mod tests {
    use super::*;
    use crate::words::{Language, say};
    use std::collections::BTreeSet;

    #[test]
    fn every_problem_has_a_title_and_a_remedy_in_every_language() {
        for kind in Kind::ALL {
            for language in Language::ALL {
                for part in ["title", "remedy"] {
                    let key = format!("problems.{}.{part}", kind.slug());
                    assert_ne!(say(language, &key, &[]), key, "{language} lacks {key}");
                }
            }
        }
    }

    #[test]
    fn a_slug_names_one_problem_and_is_fit_for_an_address() {
        let slugs: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.slug()).collect();
        assert_eq!(slugs.len(), Kind::ALL.len());
        for kind in Kind::ALL {
            assert!(kind.slug().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", kind.slug());
            assert_eq!(Kind::find(kind.slug()), Some(*kind));
        }
        assert_eq!(Kind::find("nothing-of-the-kind"), None);
    }

    #[test]
    fn a_problem_is_always_an_error_status() {
        for kind in Kind::ALL {
            let status = kind.status();
            assert!(status.is_client_error() || status.is_server_error(), "{kind:?}");
        }
    }
}
