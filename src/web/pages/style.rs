//! The style of the pages, and the policy that allows it and nothing else.
//!
//! *Invariant:* no script, no request, no frame, no form; the style is allowed by its hash alone (CSP level 3, 2.3.1).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// What stands in the `style` element of the passer-by's page.
pub(crate) const PASSER_BY: &str = include_str!("../../../assets/templates/passer_by.css");

/// What stands in the `style` element of the page of letters.
pub(crate) const SERIES: &str = concat!(
    include_str!("../../../assets/templates/passer_by.css"),
    include_str!("../../../assets/templates/series.css")
);

static POLICY: LazyLock<String> = LazyLock::new(|| allowing(PASSER_BY));
static SERIES_POLICY: LazyLock<String> = LazyLock::new(|| allowing(SERIES));

fn allowing(style: &str) -> String {
    let hash = STANDARD.encode(Sha256::digest(style));
    // The empty icon is a data address: without it browsers ask for one.
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src data:; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    )
}

/// Returns the policy of the passer-by's page.
#[must_use]
pub(crate) fn policy() -> &'static str {
    &POLICY
}

/// Returns the policy of the page of letters.
#[must_use]
pub(crate) fn series_policy() -> &'static str {
    &SERIES_POLICY
}
