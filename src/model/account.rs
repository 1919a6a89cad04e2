//! Who may ask: roles, scopes of keys, and the caller that a credential names.
//!
//! *Invariant:* who is asking comes from the credential alone, never from a body or a path.

use serde::{Deserialize, Serialize};
use std::fmt;

use super::{AccountId, AuthorityId, KeyId, Moment, OperatorId};

macro_rules! named_variants {
    ($name:ident { $($variant:ident => $text:literal),+ $(,)? }) => {
        impl $name {
            /// Every variant, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the name on the wire and in storage.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// Finds the variant of a name.
            #[must_use]
            pub fn find(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$variant),)+ _ => None }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}
pub(crate) use named_variants;

/// What an account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Works for a sharing company and sees its things only.
    OperatorStaff,
    /// Asks about plates under a purpose and a case.
    Officer,
    /// Approves and reviews what officers of the same authority do.
    Supervisor,
    /// Reads and verifies the audit log.
    Auditor,
    /// Admits operators and settles letters.
    Regulator,
}

named_variants!(Role {
    OperatorStaff => "operator_staff",
    Officer => "officer",
    Supervisor => "supervisor",
    Auditor => "auditor",
    Regulator => "regulator",
});

/// What a key may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Claim letters and object to claims.
    Series,
    /// Upload fleet lists, read vehicles.
    Fleet,
    /// Read plates, print them.
    Plates,
    /// Record insurance policies.
    Policies,
    /// Report rides.
    Sessions,
    /// Ask for, or answer, requests for a rider's identity.
    Disclosures,
    /// Make further keys.
    Keys,
    /// Ask about plates.
    Lookups,
    /// Read and verify the audit log.
    Audit,
    /// Admit operators, make accounts, settle letters.
    Admin,
}

named_variants!(Scope {
    Series => "series",
    Fleet => "fleet",
    Plates => "plates",
    Policies => "policies",
    Sessions => "sessions",
    Disclosures => "disclosures",
    Keys => "keys",
    Lookups => "lookups",
    Audit => "audit",
    Admin => "admin",
});

impl Role {
    /// Returns every scope that a key of this role can carry.
    #[must_use]
    pub const fn scopes(self) -> &'static [Scope] {
        match self {
            Self::OperatorStaff => &[
                Scope::Series,
                Scope::Fleet,
                Scope::Plates,
                Scope::Policies,
                Scope::Sessions,
                Scope::Disclosures,
                Scope::Keys,
            ],
            Self::Officer | Self::Supervisor => &[Scope::Lookups, Scope::Disclosures],
            Self::Auditor => &[Scope::Audit],
            Self::Regulator => &[Scope::Admin, Scope::Audit],
        }
    }
}

/// Somebody who may ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// What it is for.
    pub role: Role,
    /// What people call it; not a person's name unless the account is one person's.
    pub name: String,
    /// The police body, for officers and supervisors.
    pub authority: Option<(AuthorityId, String)>,
    /// The operator, for its staff.
    pub operator_id: Option<OperatorId>,
    /// When it was made.
    pub created_at: Moment,
}

/// Who is asking right now, as their credential says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub account_id: AccountId,
    /// What it is for.
    pub role: Role,
    /// The police body, for officers and supervisors: id and name.
    pub authority: Option<(AuthorityId, String)>,
    /// The operator, for its staff.
    pub operator_id: Option<OperatorId>,
    /// The key that was shown; `None` at the machine's own console.
    pub key_id: Option<KeyId>,
    /// What that key may be used for.
    pub scopes: Vec<Scope>,
}

impl Caller {
    /// Returns whether the credential carries the scope.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}
