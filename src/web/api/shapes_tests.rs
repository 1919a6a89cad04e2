//! Whether a request is read as it is described.
//!
//! *Invariant:* a field that is described and not read, or read and not described, fails here.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests state what must hold")]

use serde_json::{Value, json};
use std::collections::BTreeSet;
use utoipa::{PartialSchema, ToSchema};

use super::{accounts, keys, lookups, operators, policies, series, sessions};
use crate::registry::resolve::RawQuestion;
use crate::web::body::Request;
use crate::web::fields::Fields;
use crate::web::problem::Problem;
use crate::words::Language;

fn refused<T: Request>(body: Value) -> Result<T, Problem> {
    let mut fields = Fields::of(body)?;
    let read = T::read(&mut fields);
    fields.finish(read)
}

fn places(problem: &Problem, code: &str) -> BTreeSet<String> {
    let errors = problem.document(Language::En, "").errors;
    errors.into_iter().filter(|fault| fault.code == code).filter_map(|fault| fault.pointer).collect()
}

fn agrees<T: Request + ToSchema>() {
    let schema = serde_json::to_value(T::schema()).unwrap();
    let name = T::name();
    let described: BTreeSet<String> = schema["properties"].as_object().unwrap().keys().cloned().collect();
    let mut all: serde_json::Map<String, Value> =
        described.iter().map(|field| (field.clone(), json!({"no": "such value"}))).collect();
    all.insert("surplus".to_owned(), json!(1));
    let Err(problem) = refused::<T>(Value::Object(all)) else { panic!("{name} takes a surplus field") };
    assert_eq!(places(&problem, "unknown_field"), BTreeSet::from(["/surplus".to_owned()]), "{name}");

    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let required: BTreeSet<String> = required.iter().map(|field| format!("/{}", field.as_str().unwrap())).collect();
    let missing = refused::<T>(json!({})).err().map(|problem| places(&problem, "missing")).unwrap_or_default();
    assert_eq!(missing, required, "{name}");
}

#[test]
fn every_request_is_read_as_it_is_described() {
    agrees::<operators::OperatorAdmission>();
    agrees::<operators::Reason>();
    agrees::<keys::KeyCreation>();
    agrees::<accounts::AccountCreation>();
    agrees::<series::SeriesClaim>();
    agrees::<series::Decision>();
    agrees::<policies::PolicyRecord>();
    agrees::<sessions::Watermark>();
    agrees::<lookups::CaseNaming>();
}

#[test]
fn a_question_is_read_field_by_field_and_what_is_missing_is_said_by_the_deed() {
    let schema = serde_json::to_value(RawQuestion::schema()).unwrap();
    let body: serde_json::Map<String, Value> =
        schema["properties"].as_object().unwrap().keys().map(|field| (field.clone(), json!(field))).collect();
    let body = Value::Object(body);
    assert_eq!(serde_json::to_value(refused::<RawQuestion>(body.clone()).unwrap()).unwrap(), body);
    assert!(refused::<RawQuestion>(json!({})).is_ok());
}
