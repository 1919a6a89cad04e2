//! Accounts and their keys, made by the regulator.
//!
//! *Invariant:* an account of an operator's staff names its operator, one of the police its authority.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Serialize;
use utoipa::ToSchema;

use super::keys::{KeyAnswer, KeyCreation, KeyView};
use crate::model::{Account, AccountId, KeyId, OperatorId, Role, Zone};
use crate::registry::access::{self, AccountError, NewAccount};
use crate::web::body::{Json, Request};
use crate::web::caller::Call;
use crate::web::fields::Fields;
use crate::web::idempotency::{Keep, once};
use crate::web::problem::Problem;
use crate::web::state::act;

/// An account to be made.
#[derive(Debug, ToSchema)]
pub(crate) struct AccountCreation {
    /// `operator_staff`, `officer`, `supervisor`, `auditor` or `regulator`.
    #[schema(value_type = String, example = "officer")]
    role: Role,
    /// What people call it; absent: the role's name.
    name: Option<String>,
    /// The police body, which officers and supervisors need.
    authority: Option<String>,
    /// The operator, which its staff needs.
    operator_id: Option<String>,
}

impl Request for AccountCreation {
    fn read(fields: &mut Fields) -> Option<Self> {
        let names: Vec<_> = Role::ALL.iter().map(|role| role.name()).collect();
        let role = fields.choice("role", &names, Role::find);
        let name = fields.optional_text("name");
        let authority = fields.optional_text("authority");
        let operator_id = fields.optional_text("operator_id");
        Some(Self { role: role?, name, authority, operator_id })
    }
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountView {
    id: String,
    role: String,
    name: String,
    authority: Option<String>,
    operator_id: Option<String>,
    created_at: String,
}

impl AccountView {
    fn of(account: Account, zone: Zone) -> Self {
        Self {
            id: account.id.to_string(),
            role: account.role.name().to_owned(),
            name: account.name,
            authority: account.authority.map(|(_, name)| name),
            operator_id: account.operator_id.map(|id| id.to_string()),
            created_at: zone.stamp(account.created_at),
        }
    }
}

/// One account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountAnswer {
    account: AccountView,
}

/// Makes an account
#[utoipa::path(post, path = "/v1/accounts", tag = "accounts", operation_id = "create_account",
    request_body = AccountCreation, responses((status = 201, description = "Made", body = AccountAnswer)))]
pub(crate) async fn create(call: Call, body: Json<AccountCreation>) -> Result<HttpResponse, Problem> {
    let (zone, asked) = (call.zone(), body.asked);
    let new = NewAccount {
        role: asked.role,
        name: asked.name.unwrap_or_else(|| asked.role.name().to_owned()),
        authority: asked.authority,
        operator_id: asked.operator_id.map(|id| OperatorId::from_text(&id)),
    };
    once(call, body.digest, StatusCode::CREATED, Keep::Answer, move |tx, _, now, rng, caller| {
        let account = access::create_account(tx, now, rng, caller, new)?;
        Ok::<_, AccountError>(AccountAnswer { account: AccountView::of(account, zone) })
    })
    .await
}

/// Makes a key for an account
///
/// Its secret is shown this once.
#[utoipa::path(post, path = "/v1/accounts/{id}/keys", tag = "accounts", operation_id = "create_account_key",
    params(("id" = String, Path, description = "The account's id")), request_body = KeyCreation,
    responses((status = 201, description = "The key, once", body = KeyAnswer)))]
pub(crate) async fn create_key(call: Call, id: Path<String>, body: Json<KeyCreation>) -> Result<HttpResponse, Problem> {
    let (id, zone, request) = (AccountId::from_text(&id), call.zone(), body.asked.request());
    once(call, body.digest, StatusCode::CREATED, Keep::Nothing, move |tx, registry, now, rng, caller| {
        let made = access::create_key(tx, registry, now, rng, caller, &id, request)?;
        Ok::<_, AccountError>(KeyAnswer { key: KeyView::of(made, zone) })
    })
    .await
}

/// Revokes a key of an account
#[utoipa::path(delete, path = "/v1/accounts/{id}/keys/{key_id}", tag = "accounts", operation_id = "revoke_account_key",
    params(("id" = String, Path, description = "The account's id"), ("key_id" = String, Path, description = "The key's id")),
    responses((status = 204, description = "Revoked")))]
pub(crate) async fn revoke_key(call: Call, ids: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (account, key) = ids.into_inner();
    let caller = call.caller;
    act(&call.state, move |registry, now, rng| {
        let (account, key) = (AccountId::from_text(&account), KeyId::from_text(&key));
        registry.store.write(|tx| access::revoke_key(tx, now, rng, &caller, &account, &key))
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
