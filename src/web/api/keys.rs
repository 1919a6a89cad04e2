//! Keys as they are asked for and as they are shown, once.
//!
//! *Invariant:* the secret stands in one answer, and nowhere else.

use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{Moment, Scope, Zone};
use crate::registry::access::{KeyRequest, NewKey};
use crate::web::body::Request;
use crate::web::fault::{Fault, Spot};
use crate::web::fields::Fields;
use crate::web::wrong::Wrong;

/// A key to be made.
#[derive(Debug, ToSchema)]
pub(crate) struct KeyCreation {
    /// What people call it.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// What it may be used for; absent: all that its role can carry.
    #[schema(value_type = Option<Vec<String>>, example = json!(["fleet", "sessions"]))]
    scopes: Option<Vec<Scope>>,
    /// From when on it is refused: RFC 3339 with offset.
    #[schema(value_type = Option<String>)]
    expires_at: Option<Moment>,
}

impl Request for KeyCreation {
    fn read(fields: &mut Fields) -> Option<Self> {
        let name = fields.text("name");
        let scopes = fields.optional_texts("scopes").map(|names| scopes(fields, &names));
        let expires_at = fields.optional_moment("expires_at");
        Some(Self { name: name?, scopes, expires_at })
    }
}

fn scopes(fields: &mut Fields, names: &[String]) -> Vec<Scope> {
    let mut scopes = Vec::new();
    for (place, name) in names.iter().enumerate() {
        match Scope::find(name) {
            Some(scope) if scopes.contains(&scope) => {}
            Some(scope) => scopes.push(scope),
            None => {
                let known: Vec<_> = Scope::ALL.iter().map(|scope| scope.name()).collect();
                let spot = Spot::Pointer(format!("/scopes/{place}"));
                fields.refuse(Fault::new(spot, Wrong::OneOf).with("values", &known.join(", ")));
            }
        }
    }
    scopes
}

impl KeyCreation {
    pub(super) fn request(self) -> KeyRequest {
        KeyRequest { name: self.name, scopes: self.scopes, expires_at: self.expires_at }
    }
}

/// A key that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyView {
    id: String,
    account_id: String,
    /// The whole key, to be sent as `Authorization: Bearer …`. It is shown this once.
    secret: String,
    name: String,
    scopes: Vec<String>,
    created_at: String,
    expires_at: Option<String>,
}

impl KeyView {
    pub(super) fn of(made: NewKey, zone: Zone) -> Self {
        Self {
            secret: made.key.reveal(),
            id: made.stored.id.to_string(),
            account_id: made.stored.account_id.to_string(),
            name: made.stored.name,
            scopes: made.stored.scopes.iter().map(|scope| scope.name().to_owned()).collect(),
            created_at: zone.stamp(made.stored.created_at),
            expires_at: made.stored.expires_at.map(|at| zone.stamp(at)),
        }
    }
}

/// One key.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyAnswer {
    pub(super) key: KeyView,
}
