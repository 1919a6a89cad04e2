//! The style of the pages, and the policy that allows it and nothing else.
//!
//! *Invariant:* no script, no request, no frame, no form; the style is allowed by its hash alone (CSP level 3, 2.3.1).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// What stands in the `style` element of the passer-by's page.
pub(crate) const PASSER_BY: &str = include_str!("../../../assets/templates/passer_by.css");

static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(PASSER_BY));
    // The empty icon is a data address: without it browsers ask for one.
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src data:; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    )
});

/// Returns the policy of a page with this style.
#[must_use]
pub(crate) fn policy() -> &'static str {
    &POLICY
}
