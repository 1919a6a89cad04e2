//! The description of the API, completed from the route table.
//!
//! *Invariant:* who needs a key, and what every refusal looks like, is said once and cannot differ from what the gate does.

use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, Ref, Required, ResponseBuilder};
use utoipa::{OpenApi as _, PartialSchema, ToSchema};

use super::fault::FaultDocument;
use super::problem::ProblemDocument;
use super::route::{Route, Verb, Who};
use super::routes::{Described, ROUTES};

const KEY: &str = "key";

/// Returns the description of the API (`OpenAPI` 3.1).
#[must_use]
pub(crate) fn description() -> OpenApi {
    let mut api = Described::openapi();
    api.info = InfoBuilder::new()
        .title("scooter-registry")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Plates, insurance and rides of shared electric scooters. Instants are RFC 3339 with offset; refusals are \
             application/problem+json in the language that Accept-Language asks for (kk, ru, en).",
        ))
        .license(Some(LicenseBuilder::new().name(env!("CARGO_PKG_LICENSE")).build()))
        .build();
    let components = api.components.get_or_insert_default();
    components.add_security_scheme(KEY, SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    components.schemas.insert(ProblemDocument::name().into_owned(), ProblemDocument::schema());
    components.schemas.insert(FaultDocument::name().into_owned(), FaultDocument::schema());
    for route in ROUTES {
        if let Some(operation) = operation(&mut api, route) {
            complete(operation, route);
        }
    }
    api
}

fn operation<'a>(api: &'a mut OpenApi, route: &Route) -> Option<&'a mut Operation> {
    let item = api.paths.paths.get_mut(&described(route.path))?;
    match route.verb {
        Verb::Get => item.get.as_mut(),
        Verb::Post => item.post.as_mut(),
        Verb::Patch => item.patch.as_mut(),
        Verb::Delete => item.delete.as_mut(),
    }
}

/// The path as `OpenAPI` writes it: parameters without the pattern that the router matches them by.
fn described(path: &str) -> String {
    path.replace(":.*}", "}")
}

fn complete(operation: &mut Operation, route: &Route) {
    let needs_key = route.who != Who::Anyone;
    operation.security =
        Some(if needs_key { vec![SecurityRequirement::new::<_, [&str; 0], &str>(KEY, [])] } else { vec![] });
    if needs_key && route.verb == Verb::Post && route.path != "/v1/lookups" {
        let parameter = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some("1 to 200 visible characters: sent twice, done once. Kept for 7 days."))
            .schema(Some(String::schema()))
            .build();
        operation.parameters.get_or_insert_default().push(parameter.into());
    }
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name(ProblemDocument::name()))).build();
    let refusal = ResponseBuilder::new()
        .description("Refused: what is wrong, where, and what to do")
        .content("application/problem+json", problem)
        .build();
    operation.responses.responses.insert("default".to_owned(), refusal.into());
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_route_is_described_and_nothing_else_is() {
        let api = serde_json::to_value(description()).unwrap();
        let described_there: BTreeSet<(String, String)> = api["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, item)| {
                item.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path.clone())).collect::<Vec<_>>()
            })
            .collect();
        let routed: BTreeSet<_> =
            ROUTES.iter().map(|route| (route.verb.name().to_owned(), described(route.path))).collect();
        assert_eq!(routed, described_there);
        assert_eq!(routed.len(), ROUTES.len(), "a route stands twice");
        assert!(api["openapi"].as_str().unwrap().starts_with("3.1"));
    }

    #[test]
    fn whoever_needs_a_key_is_told_so() {
        let api = serde_json::to_value(description()).unwrap();
        for route in ROUTES {
            let operation = &api["paths"][described(route.path)][route.verb.name().to_lowercase()];
            let asks = operation["security"].as_array().is_some_and(|needed| !needed.is_empty());
            assert_eq!(asks, route.who != Who::Anyone, "{} {}", route.verb.name(), route.path);
            assert!(operation["responses"]["default"].is_object(), "{}", route.path);
        }
    }

    #[test]
    fn every_reference_leads_to_a_schema() {
        let text = description().to_json().unwrap();
        let api: serde_json::Value = serde_json::from_str(&text).unwrap();
        let names = text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next());
        for name in names {
            assert!(api["components"]["schemas"][name].is_object(), "{name}");
        }
    }
}
