//! The table of routes × callers: what each is answered.
//!
//! *Invariant:* only a table; `access` holds it against the routes and the running service.

/// Who calls: nobody, each role, and a key of the right role without any fitting scope.
pub(crate) const CALLERS: [&str; 7] = ["nobody", "operator", "officer", "supervisor", "auditor", "regulator", "narrow"];

/// What is expected of callers in the order of [`CALLERS`], for a thing of the caller's own, then for a foreign one and
/// a missing one by whoever may call at all (0: there is no such thing here).
pub(crate) struct Row {
    pub(crate) verb: &'static str,
    pub(crate) path: &'static str,
    pub(crate) own: [u16; 7],
    pub(crate) foreign: u16,
    pub(crate) missing: u16,
}

const fn row(verb: &'static str, path: &'static str, own: [u16; 7], foreign: u16, missing: u16) -> Row {
    Row { verb, path, own, foreign, missing }
}

const OPEN: [u16; 7] = [200; 7];

#[rustfmt::skip]
pub(crate) const EXPECTED: &[Row] = &[
    //                                                   nobody oper offi supe audi regu narrow
    row("POST", "/v1/operators",                          [401, 403, 403, 403, 403, 201, 403], 0, 0),
    row("GET", "/v1/operators",                           [401, 200, 200, 200, 403, 200, 403], 0, 0),
    row("POST", "/v1/operators/{id}/suspension",          [401, 403, 403, 403, 403, 201, 403], 0, 404),
    row("DELETE", "/v1/operators/{id}/suspension",        [401, 403, 403, 403, 403, 200, 403], 0, 404),
    row("POST", "/v1/operators/{id}/keys",                [401, 201, 403, 403, 403, 201, 403], 404, 404),
    row("POST", "/v1/accounts",                           [401, 403, 403, 403, 403, 201, 403], 0, 0),
    row("POST", "/v1/accounts/{id}/keys",                 [401, 403, 403, 403, 403, 201, 403], 0, 404),
    row("DELETE", "/v1/accounts/{id}/keys/{key_id}",      [401, 403, 403, 403, 403, 204, 403], 0, 404),
    row("POST", "/v1/series",                             [401, 201, 403, 403, 403, 403, 403], 0, 0),
    row("GET", "/v1/series",                              [401, 200, 200, 200, 403, 200, 403], 0, 0),
    row("POST", "/v1/series/{letter}/objections",         [401, 409, 403, 403, 403, 403, 403], 201, 404),
    row("POST", "/v1/series/{letter}/decision",           [401, 403, 403, 403, 403, 200, 403], 0, 404),
    row("POST", "/v1/fleet-imports",                      [401, 202, 403, 403, 403, 403, 403], 0, 0),
    row("GET", "/v1/fleet-imports/{id}",                  [401, 200, 403, 403, 403, 403, 403], 404, 404),
    row("POST", "/v1/fleet-imports/{id}/commit",          [401, 409, 403, 403, 403, 403, 403], 404, 404),
    row("GET", "/v1/fleet-imports/{id}/receipt",          [401, 200, 403, 403, 403, 403, 403], 404, 404),
    row("GET", "/v1/fleet-imports/{id}/bad-rows",         [401, 200, 403, 403, 403, 403, 403], 404, 404),
    row("GET", "/v1/fleet-templates/{file}",              OPEN, 0, 404),
    row("GET", "/v1/vehicles",                            [401, 200, 403, 403, 403, 403, 403], 0, 0),
    row("GET", "/v1/vehicles/{device_id}",                [401, 200, 403, 403, 403, 403, 403], 404, 404),
    row("PATCH", "/v1/vehicles/{device_id}",              [401, 200, 403, 403, 403, 403, 403], 404, 404),
    row("GET", "/v1/vehicles/{device_id}/history",        [401, 200, 403, 403, 403, 403, 403], 404, 404),
    row("POST", "/v1/vehicles/{device_id}/statuses",      [401, 201, 403, 403, 403, 403, 403], 404, 404),
    row("GET", "/v1/vehicles/{device_id}/statuses",       [401, 200, 403, 403, 403, 403, 403], 404, 404),
    row("POST", "/v1/vehicles/{device_id}/maintenance",   [401, 201, 403, 403, 403, 403, 403], 404, 404),
    row("GET", "/v1/vehicles/{device_id}/maintenance",    [401, 200, 403, 403, 403, 403, 403], 404, 404),
    row("POST", "/v1/plates/{number}/correction",         [401, 201, 403, 403, 403, 201, 403], 404, 404),
    row("POST", "/v1/vehicles/{device_id}/retirement",    [401, 201, 403, 403, 403, 403, 403], 404, 404),
    row("DELETE", "/v1/vehicles/{device_id}/retirement",  [401, 403, 403, 403, 403, 200, 403], 0, 404),
    row("GET", "/v1/plates/{number}.svg",                 [401, 200, 403, 403, 403, 200, 403], 404, 404),
    row("GET", "/v1/plates/{number}.png",                 [401, 200, 403, 403, 403, 200, 403], 404, 404),
    row("GET", "/v1/plates/{number}.pdf",                 [401, 200, 403, 403, 403, 200, 403], 404, 404),
    row("GET", "/v1/plates/{number}",                     [401, 200, 403, 403, 403, 403, 403], 404, 404),
    row("POST", "/v1/plates/{number}/items",              [401, 201, 403, 403, 403, 403, 403], 404, 404),
    row("POST", "/v1/plates/{number}/items/{item}/states", [401, 201, 403, 403, 403, 403, 403], 404, 404),
    row("POST", "/v1/print-jobs",                         [401, 202, 403, 403, 403, 403, 403], 0, 0),
    row("GET", "/v1/print-jobs",                          [401, 200, 403, 403, 403, 403, 403], 0, 0),
    row("GET", "/v1/print-jobs/{id}",                     [401, 200, 403, 403, 403, 403, 403], 404, 404),
    row("GET", "/v1/print-jobs/{id}/files/{name}",        [401, 200, 403, 403, 403, 403, 403], 404, 404),
    row("POST", "/v1/print-jobs/{id}/cancellation",       [401, 409, 403, 403, 403, 403, 403], 404, 404),
    row("POST", "/v1/fittings",                           [401, 201, 403, 403, 403, 403, 403], 0, 0),
    row("GET", "/v1/fittings",                            [401, 200, 403, 403, 403, 403, 403], 0, 0),
    row("GET", "/v1/alarms",                              [401, 200, 403, 403, 403, 200, 403], 0, 0),
    row("POST", "/v1/alarms/{id}/settlement",             [401, 201, 403, 403, 403, 201, 403], 404, 404),
    row("POST", "/v1/policies",                           [401, 201, 403, 403, 403, 403, 403], 0, 0),
    row("GET", "/v1/policies",                            [401, 200, 403, 403, 403, 200, 403], 0, 0),
    row("GET", "/v1/policies/coverage",                   [401, 200, 403, 403, 403, 403, 403], 0, 0),
    row("GET", "/v1/policies/notices",                    [401, 200, 403, 403, 403, 200, 403], 0, 0),
    row("GET", "/v1/policies/{id}",                       [401, 200, 403, 403, 403, 200, 403], 404, 404),
    row("PATCH", "/v1/policies/{id}",                     [401, 200, 403, 403, 403, 403, 403], 404, 404),
    row("POST", "/v1/policies/{id}/checks",               [401, 403, 403, 403, 403, 201, 403], 0, 404),
    row("POST", "/v1/sessions",                           [401, 200, 403, 403, 403, 403, 403], 0, 0),
    row("GET", "/v1/sessions",                            [401, 200, 403, 403, 403, 403, 403], 0, 0),
    row("POST", "/v1/sessions/watermark",                 [401, 200, 403, 403, 403, 403, 403], 0, 0),
    row("POST", "/v1/telemetry",                          [401, 200, 403, 403, 403, 403, 403], 0, 0),
    row("GET", "/v1/fleet/spread",                        [401, 200, 403, 403, 403, 403, 403], 0, 0),
    row("POST", "/v1/lookups",                            [401, 403, 200, 200, 403, 403, 403], 0, 0),
    row("GET", "/v1/lookups/{id}",                        [401, 403, 200, 200, 403, 403, 403], 404, 404),
    row("POST", "/v1/lookups/{id}/case",                  [401, 403, 409, 409, 403, 403, 403], 404, 404),
    row("GET", "/v1/log/proofs/{index}",                  [401, 403, 200, 404, 200, 200, 403], 404, 404),
    row("GET", "/log/checkpoint",                         OPEN, 0, 0),
    row("GET", "/log/tile/entries/{tail:.*}",             [401, 403, 403, 403, 200, 200, 403], 0, 404),
    row("GET", "/log/tile/{tail:.*}",                     OPEN, 0, 404),
    row("GET", "/p/{code:.*}",                            OPEN, 0, 404),
    row("GET", "/P/{code:.*}",                            OPEN, 0, 404),
    row("GET", "/series",                                 OPEN, 0, 0),
    row("GET", "/livez",                                  OPEN, 0, 0),
    row("GET", "/readyz",                                 OPEN, 0, 0),
    row("GET", "/openapi.json",                           OPEN, 0, 0),
    row("GET", "/docs",                                   OPEN, 0, 0),
    row("GET", "/docs/{file}",                            OPEN, 0, 404),
    row("GET", "/problems/{slug}",                        OPEN, 0, 404),
];
