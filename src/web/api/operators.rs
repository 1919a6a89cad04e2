//! Operators: admitted, suspended, let go on, listed; and their keys.
//!
//! *Invariant:* the number of a sole trader (IIN) is a person's: only the regulator and the operator itself see it whole.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Serialize;
use utoipa::ToSchema;

use super::keys::{KeyAnswer, KeyCreation, KeyView};
use crate::model::{Caller, NewOperator, Operator, OperatorId, Role, Zone};
use crate::registry::access::{self, AccountError};
use crate::registry::admit::{self, AdmitError};
use crate::web::body::{Json, Request};
use crate::web::caller::Call;
use crate::web::failure::operator_fault;
use crate::web::fields::Fields;
use crate::web::idempotency::{Keep, once};
use crate::web::kind::Kind;
use crate::web::paging::{self, Page};
use crate::web::params::Params;
use crate::web::problem::Problem;
use crate::web::state::{act, read};

/// An operator to be admitted.
#[derive(Debug, ToSchema)]
pub(crate) struct OperatorAdmission {
    /// Its name in law.
    #[schema(min_length = 1, max_length = 200)]
    legal_name: String,
    /// BIN of a company or IIN of a sole trader: 12 digits, the last a check digit.
    #[schema(example = "180240012342")]
    bin: String,
    /// The number that is answered at any hour.
    #[schema(min_length = 1, max_length = 200)]
    contact_phone: String,
    /// Where it is written to.
    #[schema(min_length = 1, max_length = 200)]
    contact_email: String,
    /// Where its rides are kept: `deposited` here, or `held` by the operator.
    #[schema(example = "deposited")]
    custody: String,
}

impl Request for OperatorAdmission {
    fn read(fields: &mut Fields) -> Option<Self> {
        let legal_name = fields.text("legal_name");
        let bin = fields.text("bin");
        let contact_phone = fields.text("contact_phone");
        let contact_email = fields.text("contact_email");
        let custody = fields.text("custody");
        Some(Self {
            legal_name: legal_name?,
            bin: bin?,
            contact_phone: contact_phone?,
            contact_email: contact_email?,
            custody: custody?,
        })
    }
}

/// A reason.
#[derive(Debug, ToSchema)]
pub(crate) struct Reason {
    /// Why, for the record.
    #[schema(min_length = 1, max_length = 2000)]
    pub(super) reason: String,
}

impl Request for Reason {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(Self { reason: fields.prose("reason")? })
    }
}

/// An operator.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OperatorView {
    id: String,
    legal_name: String,
    /// BIN or IIN; of an IIN others than the regulator and the operator itself see the last four digits.
    bin: String,
    contact_phone: String,
    contact_email: String,
    /// `deposited` or `held`.
    custody: String,
    /// `admitted`, `suspended` or `closed`.
    status: String,
    admitted_at: String,
    suspended_at: Option<String>,
    suspension_reason: Option<String>,
    closed_at: Option<String>,
}

impl OperatorView {
    fn of(operator: Operator, zone: Zone, caller: &Caller) -> Self {
        let status = operator.status().name().to_owned();
        let whole = caller.role == Role::Regulator || caller.operator_id.as_ref() == Some(&operator.id);
        let (suspended_at, suspension_reason) = operator.suspension.map(|(at, why)| (zone.stamp(at), why)).unzip();
        Self {
            id: operator.id.to_string(),
            legal_name: operator.legal_name,
            bin: if whole { operator.bin } else { for_others(operator.bin) },
            contact_phone: operator.contact_phone,
            contact_email: operator.contact_email,
            custody: operator.custody.name().to_owned(),
            status,
            admitted_at: zone.stamp(operator.admitted_at),
            suspended_at,
            suspension_reason,
            closed_at: operator.closed_at.map(|at| zone.stamp(at)),
        }
    }
}

/// The fifth digit tells a BIN (4 to 6: the kind of legal person) from an IIN (0 to 3: the tens of a day of birth).
fn for_others(bin: String) -> String {
    let of_company = bin.chars().nth(4).is_some_and(|digit| ('4'..='6').contains(&digit));
    if of_company { bin } else { format!("********{}", bin.chars().skip(8).collect::<String>()) }
}

/// One operator.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OperatorAnswer {
    operator: OperatorView,
}

/// A page of operators.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OperatorsAnswer {
    operators: Vec<OperatorView>,
    /// The path of the next page.
    next: Option<String>,
}

/// Admits an operator
#[utoipa::path(post, path = "/v1/operators", tag = "operators", operation_id = "admit_operator",
    request_body = OperatorAdmission, responses((status = 201, description = "Admitted", body = OperatorAnswer)))]
pub(crate) async fn admit(call: Call, body: Json<OperatorAdmission>) -> Result<HttpResponse, Problem> {
    let asked = body.asked;
    let new =
        NewOperator::parse(&asked.legal_name, &asked.bin, &asked.contact_phone, &asked.contact_email, &asked.custody)
            .map_err(|problems| Problem::invalid(problems.iter().map(operator_fault)))?;
    let zone = call.zone();
    once(call, body.digest, StatusCode::CREATED, Keep::Answer, move |tx, _, now, rng, caller| {
        let operator = admit::admit(tx, now, rng, caller, new)?;
        Ok::<_, AdmitError>(OperatorAnswer { operator: OperatorView::of(operator, zone, caller) })
    })
    .await
}

/// Lists operators
///
/// An operator sees itself.
#[utoipa::path(get, path = "/v1/operators", tag = "operators", operation_id = "list_operators",
    responses((status = 200, description = "A page", body = OperatorsAnswer)))]
pub(crate) async fn list(call: Call) -> Result<HttpResponse, Problem> {
    let page = Page::read(&call, Params::of(&call.request), String::new())?;
    let (caller, after, rows) = (call.caller.clone(), page.after.clone(), page.to_read());
    let mut found = read(&call.state, move |db, _| admit::list_operators(db, &caller, after.as_deref(), rows)).await?;
    let next = page.cut(&call, &mut found, |operator| operator.id.to_string());
    let operators = found.into_iter().map(|operator| OperatorView::of(operator, call.zone(), &call.caller)).collect();
    Ok(paging::answer(&OperatorsAnswer { operators, next: next.clone() }, next.as_deref()))
}

/// Suspends an operator
///
/// It receives no new numbers and prints no plates; everything else goes on.
#[utoipa::path(post, path = "/v1/operators/{id}/suspension", tag = "operators", operation_id = "suspend_operator",
    params(("id" = String, Path, description = "The operator's id")), request_body = Reason,
    responses((status = 201, description = "Suspended", body = OperatorAnswer)))]
pub(crate) async fn suspend(call: Call, id: Path<String>, body: Json<Reason>) -> Result<HttpResponse, Problem> {
    let (id, zone, reason) = (OperatorId::from_text(&id), call.zone(), body.asked.reason);
    once(call, body.digest, StatusCode::CREATED, Keep::Answer, move |tx, _, now, rng, caller| {
        let operator = admit::suspend(tx, now, rng, caller, &id, &reason)?;
        Ok::<_, AdmitError>(OperatorAnswer { operator: OperatorView::of(operator, zone, caller) })
    })
    .await
}

/// Lets a suspended operator go on
#[utoipa::path(delete, path = "/v1/operators/{id}/suspension", tag = "operators", operation_id = "lift_suspension",
    params(("id" = String, Path, description = "The operator's id")),
    responses((status = 200, description = "Admitted again", body = OperatorAnswer)))]
pub(crate) async fn lift_suspension(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    let (id, caller) = (OperatorId::from_text(&id), call.caller.clone());
    let operator = act(&call.state, move |registry, now, rng| {
        registry.store.write(|tx| admit::lift_suspension(tx, now, rng, &caller, &id))
    });
    let operator = OperatorView::of(operator.await?, call.zone(), &call.caller);
    Ok(HttpResponse::Ok().json(OperatorAnswer { operator }))
}

/// Makes a key for an operator
///
/// Its secret is shown this once. An operator makes keys for itself only, with no scope that the key it asks with lacks.
#[utoipa::path(post, path = "/v1/operators/{id}/keys", tag = "operators", operation_id = "create_operator_key",
    params(("id" = String, Path, description = "The operator's id")), request_body = KeyCreation,
    responses((status = 201, description = "The key, once", body = KeyAnswer)))]
pub(crate) async fn create_key(call: Call, id: Path<String>, body: Json<KeyCreation>) -> Result<HttpResponse, Problem> {
    let (id, zone, request) = (OperatorId::from_text(&id), call.zone(), body.asked.request());
    let own_role = (call.caller.role == Role::OperatorStaff).then_some(call.caller.role);
    let made = once(call, body.digest, StatusCode::CREATED, Keep::Nothing, move |tx, registry, now, rng, caller| {
        let made = access::create_operator_key(tx, registry, now, rng, caller, &id, request);
        made.map(|made| KeyAnswer { key: KeyView::of(made, zone) }).map_err(|error| KeyFailure { error, own_role })
    });
    made.await
}

/// A scope that the role could carry and the asking key does not is forbidden; one that the role never carries is wrong.
struct KeyFailure {
    error: AccountError,
    own_role: Option<Role>,
}

impl From<crate::storage::Error> for KeyFailure {
    fn from(error: crate::storage::Error) -> Self {
        Self { error: error.into(), own_role: None }
    }
}

impl From<KeyFailure> for Problem {
    fn from(failure: KeyFailure) -> Self {
        match (&failure.error, failure.own_role) {
            (AccountError::Scope(scope), Some(role)) if role.scopes().contains(scope) => {
                Self::new(Kind::ScopeBeyondKey).with("scope", &scope)
            }
            _ => failure.error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_company_is_public_and_that_of_a_person_is_not() {
        assert_eq!(for_others("180240012342".to_owned()), "180240012342");
        assert_eq!(for_others("850115300127".to_owned()), "********0127");
    }
}
