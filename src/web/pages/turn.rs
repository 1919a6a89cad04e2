//! How often one address may look at public pages.
//!
//! *Invariant:* an address is believed from a header only where the settings name one, which then a proxy must overwrite:
//! otherwise everybody could choose a new address for every guess.

use actix_web::HttpRequest;
use std::net::{IpAddr, SocketAddr};

use crate::clock;
use crate::web::limit::Taken;
use crate::web::state::WebState;

/// Takes one of the pages that the caller's address may see a minute; returns how many seconds to wait, if there is none.
pub(crate) fn take_turn(state: &WebState, request: &HttpRequest) -> Result<(), u64> {
    let address = address(request, state.address_header.as_deref());
    match state.public_pages.take(&address, clock::now()) {
        Taken::Yes(_) => Ok(()),
        Taken::Wait(seconds) => Err(seconds),
    }
}

fn address(request: &HttpRequest, header: Option<&str>) -> String {
    // The last one is what the nearest proxy saw; those before it are what it was told.
    let told = header.and_then(|name| request.headers().get_all(name).last()).and_then(|value| value.to_str().ok());
    let told = told.and_then(|value| value.rsplit(',').next()).and_then(read);
    let peer = || request.peer_addr().map(|peer| peer.ip());
    told.or_else(peer).map_or_else(String::new, bucket)
}

/// Reads an address; some proxies write the client's port behind it.
fn read(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    text.parse().ok().or_else(|| text.parse().ok().map(|address: SocketAddr| address.ip()))
}

/// One subscriber has a whole /64 of IPv6 addresses (RFC 6177), and one IPv4 address.
fn bucket(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests state what must hold")]
    use super::*;
    use actix_web::test::TestRequest;

    fn request(forwarded: &[&str]) -> HttpRequest {
        let request = TestRequest::get().peer_addr("10.0.0.1:5000".parse().unwrap());
        forwarded
            .iter()
            .fold(request, |request, value| request.append_header(("x-forwarded-for", *value)))
            .to_http_request()
    }

    #[test]
    fn a_header_is_believed_only_where_the_settings_name_it_and_only_its_last_address() {
        let sent = request(&["1.1.1.1, 2.2.2.2", "3.3.3.3, 9.9.9.9"]);
        assert_eq!(address(&sent, None), "10.0.0.1");
        assert_eq!(address(&sent, Some("X-Forwarded-For")), "9.9.9.9");
        assert_eq!(address(&request(&[]), Some("X-Forwarded-For")), "10.0.0.1");
        assert_eq!(address(&request(&["unknown"]), Some("X-Forwarded-For")), "10.0.0.1");
        let written = ["9.9.9.9:41000", "1.1.1.1, 9.9.9.9:41000", "[2001:db8:1:2::3]:443", "2001:db8:1:2::3"];
        let read = written.map(|text| address(&request(&[text]), Some("X-Forwarded-For")));
        assert_eq!(read, ["9.9.9.9", "9.9.9.9", "2001:db8:1:2::/64", "2001:db8:1:2::/64"]);
    }

    #[test]
    fn a_subscriber_counts_once_whatever_its_last_64_bits() {
        let one = bucket("2001:db8:1:2:3:4:5:6".parse().unwrap());
        assert_eq!(one, bucket("2001:db8:1:2::1".parse().unwrap()));
        assert_ne!(one, bucket("2001:db8:1:3::1".parse().unwrap()));
        assert_eq!(bucket("::ffff:192.0.2.1".parse().unwrap()), "192.0.2.1");
    }
}
