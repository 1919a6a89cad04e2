//! The table of deeds × roles × scopes.
//!
//! *Invariant:* this is the only place that says which role may do what; which *things* it may do it to (its own) is
//! the deed's business.

use crate::model::{Caller, Role, Scope};

macro_rules! deeds {
    ($($(#[$doc:meta])* $deed:ident: $([$role:ident, $scope:ident]),*;)+) => {
        /// Something that a caller may want to do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Deed { $($(#[$doc])* $deed),+ }

        impl Deed {
            /// Every deed.
            pub const ALL: &'static [Self] = &[$(Self::$deed),+];

            /// Returns who may do it: roles, each with the scope that its key must carry.
            #[must_use]
            pub const fn permitted(self) -> &'static [(Role, Scope)] {
                match self { $(Self::$deed => &[$((Role::$role, Scope::$scope)),*]),+ }
            }
        }
    };
}

deeds! {
    /// Admit an operator.
    AdmitOperator: [Regulator, Admin];
    /// List operators; an operator sees itself.
    ReadOperators: [Regulator, Admin], [OperatorStaff, Series], [Officer, Lookups], [Supervisor, Lookups];
    /// Suspend an operator, or lift a suspension.
    SuspendOperator: [Regulator, Admin];
    /// Make an account.
    CreateAccount: [Regulator, Admin];
    /// Make a key for an account.
    CreateAccountKey: [Regulator, Admin];
    /// Revoke a key of an account.
    RevokeAccountKey: [Regulator, Admin];
    /// Make a key for an operator.
    CreateOperatorKey: [Regulator, Admin], [OperatorStaff, Keys];
    /// List letters; every operator sees all of them, so that it can object.
    ReadSeries: [Regulator, Admin], [OperatorStaff, Series], [Officer, Lookups], [Supervisor, Lookups];
    /// Claim a letter.
    ClaimSeries: [OperatorStaff, Series];
    /// Object to another operator's claim.
    ObjectToSeries: [OperatorStaff, Series];
    /// Confirm or reject a claim.
    DecideSeries: [Regulator, Admin];
    /// Upload a fleet list, commit it.
    UploadFleet: [OperatorStaff, Fleet];
    /// Read uploads and vehicles.
    ReadFleet: [OperatorStaff, Fleet];
    /// Change or correct the description of a vehicle, put it out of service and back.
    ChangeVehicle: [OperatorStaff, Fleet];
    /// Report the status of a vehicle.
    ReportStatus: [OperatorStaff, Fleet];
    /// Record maintenance and repair.
    RecordMaintenance: [OperatorStaff, Fleet];
    /// Retire a vehicle for good.
    RetireVehicle: [OperatorStaff, Fleet];
    /// Withdraw a retirement that was recorded by mistake.
    WithdrawRetirement: [Regulator, Admin];
    /// Correct who bore a number.
    CorrectPlate: [OperatorStaff, Plates], [Regulator, Admin];
    /// Read a plate.
    ReadPlate: [OperatorStaff, Plates];
    /// Draw a plate: an operator its own, the regulator a specimen.
    PrintPlate: [OperatorStaff, Plates], [Regulator, Admin];
    /// Order plates of many numbers to be printed, or cancel such an order.
    OrderPrint: [OperatorStaff, Plates];
    /// Read print jobs; an operator sees its own.
    ReadPrintJobs: [OperatorStaff, Plates];
    /// Fetch a file of a print job, with valid codes in it.
    FetchPrintFile: [OperatorStaff, Plates];
    /// Order another physical plate.
    ReplacePlate: [OperatorStaff, Plates];
    /// Record what became of a physical plate.
    RecordPlateState: [OperatorStaff, Plates];
    /// Record that a plate was put on a scooter.
    FitPlate: [OperatorStaff, Plates];
    /// List what was put on which scooter; an operator sees its own.
    ReadFittings: [OperatorStaff, Plates];
    /// List alarms; an operator sees its own.
    ReadAlarms: [OperatorStaff, Plates], [Regulator, Admin];
    /// Settle an alarm.
    SettleAlarm: [OperatorStaff, Plates], [Regulator, Admin];
    /// Record a policy, or change one.
    RecordPolicy: [OperatorStaff, Policies];
    /// Read policies and notices; an operator sees its own.
    ReadPolicies: [OperatorStaff, Policies], [Regulator, Admin];
    /// Read what its own fleet is covered for.
    ReadCoverage: [OperatorStaff, Policies];
    /// Record what the insurers' records say of a policy.
    CheckPolicy: [Regulator, Admin];
    /// Report rides and watermarks.
    ReportSessions: [OperatorStaff, Sessions];
    /// Report positions of scooters.
    ReportTelemetry: [OperatorStaff, Sessions];
    /// See which of its own scooters stand beside one with nearly the same number.
    ReadSpread: [OperatorStaff, Sessions];
    /// List rides; an operator sees its own.
    ReadSessions: [OperatorStaff, Sessions];
    /// Ask about a plate.
    LookUp: [Officer, Lookups], [Supervisor, Lookups];
    /// Read an earlier answer again, or name its case.
    ReadLookup: [Officer, Lookups], [Supervisor, Lookups];
    /// Read entries of the audit log.
    ReadLog: [Auditor, Audit], [Regulator, Audit];
    /// Receive an inclusion proof.
    ProveEntry: [Auditor, Audit], [Regulator, Audit], [Officer, Lookups], [Supervisor, Lookups];
}

/// Returns whether the caller's role and key permit the deed.
#[must_use]
pub fn may(caller: &Caller, deed: Deed) -> bool {
    deed.permitted().iter().any(|(role, scope)| *role == caller.role && caller.may(*scope))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::AccountId;

    fn caller(role: Role, scopes: &[Scope]) -> Caller {
        Caller {
            account_id: AccountId::from_text("account"),
            role,
            authority: None,
            operator_id: None,
            key_id: None,
            scopes: scopes.to_vec(),
        }
    }

    #[test]
    fn a_key_without_the_scope_cannot_what_its_role_could() {
        assert!(may(&caller(Role::OperatorStaff, &[Scope::Fleet]), Deed::UploadFleet));
        assert!(!may(&caller(Role::OperatorStaff, &[Scope::Sessions]), Deed::UploadFleet));
        assert!(!may(&caller(Role::Officer, &[Scope::Fleet]), Deed::UploadFleet));
    }

    #[test]
    fn every_scope_in_the_table_is_one_that_the_role_can_carry() {
        for deed in Deed::ALL {
            for (role, scope) in deed.permitted() {
                assert!(role.scopes().contains(scope), "{deed:?}: {role} cannot carry {scope}");
            }
        }
    }

    #[test]
    fn no_operator_and_no_regulator_looks_up_plates() {
        for role in [Role::OperatorStaff, Role::Regulator, Role::Auditor] {
            assert!(!may(&caller(role, Scope::ALL), Deed::LookUp), "{role}");
        }
    }
}
