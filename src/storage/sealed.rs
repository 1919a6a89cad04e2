//! The rule "look, write it down, then speak", held by types.
//!
//! *Invariant:* nothing but [`super::disclosure`] looks into a [`Sealed`], and nothing but [`super::Store`], once what was written is
//! durable ([`super::Store::write_then_say`], [`super::Store::look_then_settle`]), opens an [`Unsaid`]; there is no other way to
//! either value.

use crate::model::{Moment, RideSession, VehicleId};

/// A value that was read but must not be spoken of before the question is on record.
///
/// It shows which vehicle and when, so that rides can be matched to questions, and hides the rest.
///
/// ```compile_fail
/// fn peek(ride: scooter_registry::storage::Sealed<scooter_registry::model::RideSession>) -> String {
///     ride.value.ride_id.to_string() // the field is private
/// }
/// ```
pub struct Sealed<T> {
    value: T,
}

impl<T> Sealed<T> {
    pub(super) const fn new(value: T) -> Self {
        Self { value }
    }

    pub(super) fn open(self) -> T {
        self.value
    }
}

impl Sealed<RideSession> {
    /// Returns the vehicle that the ride was on.
    #[must_use]
    pub const fn vehicle_id(&self) -> VehicleId {
        self.value.vehicle_id
    }

    /// Returns when the ride began and ended.
    #[must_use]
    pub const fn period(&self) -> (Moment, Option<Moment>) {
        (self.value.started_at, self.value.ended_at)
    }
}

/// A value that may be said once the transaction that made it is durable.
///
/// ```compile_fail
/// fn blurt<T>(answer: scooter_registry::storage::Unsaid<T>) -> T {
///     answer.value // the field is private, and so is the way to open it
/// }
/// ```
#[must_use = "an answer that is never said was asked for nothing"]
pub struct Unsaid<T> {
    value: T,
}

impl<T> Unsaid<T> {
    pub(super) const fn new(value: T) -> Self {
        Self { value }
    }

    /// Lays a value that is no secret beside the unsaid one, to be said together.
    pub fn beside<U>(self, other: U) -> Unsaid<(T, U)> {
        Unsaid { value: (self.value, other) }
    }

    pub(super) fn open(self) -> T {
        self.value
    }
}
