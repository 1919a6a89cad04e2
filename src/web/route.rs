//! What a row of the route table says: method, path, and who may call.
//!
//! *Invariant:* whoever stands in no row gets no answer but 404 or 405.

use actix_web::http::Method;

use crate::registry::access::Deed;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Everybody, without a credential.
    Anyone,
    /// Whoever holds a valid key.
    Authenticated,
    /// Whoever the table of deeds permits this.
    Deed(Deed),
}

/// Where a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entrance {
    /// Where everybody comes in.
    Main,
    /// Where only what needs no key is to be had.
    Public,
}

/// The methods that are used here. HEAD goes wherever GET goes (RFC 9110, 9.3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// Read.
    Get,
    /// Create or do.
    Post,
    /// Change in part (RFC 5789).
    Patch,
    /// Take back.
    Delete,
}

impl Verb {
    /// Returns the method's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Returns whether a request of this method is meant.
    #[must_use]
    pub fn fits(self, method: &Method) -> bool {
        match self {
            Self::Get => method == Method::GET || method == Method::HEAD,
            Self::Post => method == Method::POST,
            Self::Patch => method == Method::PATCH,
            Self::Delete => method == Method::DELETE,
        }
    }
}

/// A row of the route table.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// The method.
    pub verb: Verb,
    /// The path with its parameters, as the router matches it.
    pub path: &'static str,
    /// Who may call it.
    pub who: Who,
}

/// Returns the value of `Allow` for a path that takes these methods (RFC 9110, 10.2.1).
#[must_use]
pub(crate) fn allow(verbs: &[Verb]) -> String {
    let names = verbs.iter().flat_map(|verb| match verb {
        Verb::Get => vec!["GET", "HEAD"],
        other => vec![other.name()],
    });
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_may_get_may_also_ask_for_the_head() {
        assert!(Verb::Get.fits(&Method::HEAD) && !Verb::Post.fits(&Method::HEAD));
        assert_eq!(allow(&[Verb::Get, Verb::Post]), "GET, HEAD, POST");
    }
}
