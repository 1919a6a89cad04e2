//! The page behind a plate's QR code, as a passer-by meets it.
//!
//! *Invariant:* a code that the registry did not make tells nothing, whatever it is; and no page tells of a rider.

use serde_json::json;

use crate::database::{Kind, kinds};
use crate::house::{TestRegistry, fleet, ride};
use crate::people::{Person, Reply};
use crate::plate_items::{changed, code};

const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn page(anyone: &Person, path: &str, status: u16) -> String {
    let reply = anyone.get(path);
    assert_eq!(reply.status, status, "{path}: {}", reply.text());
    assert!(reply.bytes.len() <= 30 * 1024, "{} bytes", reply.bytes.len());
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(reply.header("x-robots-tag"), Some("noindex, nofollow"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(reply.header("set-cookie"), None);
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("script"), "{policy}");
    let html = reply.text();
    for absent in ["<script", "http:", "https:", "src=", "<form", "<input", "url("] {
        assert!(!html.contains(absent), "{absent} in {html}");
    }
    html
}

/// An operator with scooters `k-1`, `k-2`, …, one of them ridden.
fn scene(registry: &TestRegistry) -> Person {
    let operator = registry.operator('K');
    operator.enroll(&fleet("k", 3));
    operator.report(&[ride("ride-of-somebody", "k-1", "2026-07-07T12:00:00+05:00", None)]);
    operator
}

fn insure(operator: &Person) {
    let policy = json!({"insurer": "Polis", "policy_number": "P-1", "valid_from": "2026-01-01",
                        "valid_until": "2199-12-31", "vehicles": ["k-1"]});
    operator.post("/v1/policies", &policy).expect(201);
}

#[test]
fn whoever_scans_a_genuine_plate_learns_whose_it_is_and_nothing_of_a_rider() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = scene(&registry);
        let anyone = Person::nobody(registry.url());
        let code = code(&operator, "K00001", false);
        let uninsured = page(&anyone, &format!("/P/{code}"), 200);
        assert!(uninsured.contains("GENUINE") && uninsured.contains("named no policy"), "{uninsured}");
        insure(&operator);
        let insured = page(&anyone, &format!("/p/{}", code.to_lowercase()), 200);
        let control = &code[6..8];
        for told in [
            "GENUINE",
            "K00001",
            control,
            "ТОО Самокаты K",
            "tel:+77000000000",
            "Ninebot Max",
            "green",
            "according to the operator",
        ] {
            assert!(insured.contains(told), "{told} in {insured}");
        }
        for secret in
            ["k-1", "SN-k-1", "ride-of-somebody", "rider of", &operator.id, "180240", "duty@example.kz", "Polis", "P-1"]
        {
            assert!(!insured.contains(secret), "{secret} in {insured}");
        }
        assert!(page(&anyone, &format!("/p/{code}?utm_source=scanner"), 200).contains("GENUINE"));
        // The client would try to unpack the body that is not there.
        let plain = [("accept-encoding", "identity")];
        assert_eq!(anyone.send("HEAD", &format!("/p/{code}"), &plain, &[]).status, 200);
    }
}

#[test]
fn the_page_speaks_three_languages() {
    let registry = TestRegistry::kz(Kind::Sqlite);
    let operator = scene(&registry);
    let anyone = Person::nobody(registry.url());
    let path = format!("/p/{}", code(&operator, "K00001", false));
    for (language, word) in [("kk", "ТҮПНҰСҚА"), ("ru", "ПОДЛИННАЯ"), ("en", "GENUINE")] {
        for html in [
            page(&anyone, &format!("{path}?lang={language}"), 200),
            page(&anyone.speaking(language), &path, 200),
            page(&anyone.speaking("de"), &format!("{path}?x=1&lang={language}"), 200),
        ] {
            assert!(html.contains(word) && html.contains(&format!("<html lang=\"{language}\">")), "{html}");
            assert!(!html.contains("passer_by."), "every text is there");
        }
        let unknown = page(&anyone, &format!("/p/A00001LN/0000000000?lang={language}"), 404);
        assert!(!unknown.contains("passer_by."), "{unknown}");
    }
}

#[test]
fn what_happened_to_a_plate_is_said_in_a_word() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = scene(&registry);
        let anyone = Person::nobody(registry.url());
        let [first, second, third] = ["K00001", "K00002", "K00003"].map(|number| code(&operator, number, false));
        let body = json!({"position": "rear", "reason": "stolen"});
        let new = operator.post("/v1/plates/K00001/items", &body).expect(201)["item"]["qr"].clone();
        assert!(page(&anyone, &format!("/p/{first}"), 200).contains("REPLACED"));
        let new = new.as_str().unwrap().strip_prefix("HTTPS://REG.TEST").unwrap();
        assert!(page(&anyone, new, 200).contains("GENUINE"));
        operator.post("/v1/plates/K00002/items/1/states", &json!({"state": "lost"})).expect(201);
        assert!(page(&anyone, &format!("/p/{second}"), 200).contains("LOST"));
        operator.post("/v1/plates/K00002/items/1/states", &json!({"state": "withdrawn", "reason": "x"})).expect(201);
        assert!(page(&anyone, &format!("/p/{second}"), 200).contains("WITHDRAWN"));
        operator.enroll("device_id,out_of_service\nk-3,2026-08-01\n");
        let annulled = page(&anyone, &format!("/p/{third}"), 200);
        assert!(annulled.contains("ANNULLED") && !annulled.contains("Insured"), "{annulled}");
    }
}

#[test]
fn a_number_with_several_periods_is_told_as_it_is_now() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll("device_id,in_service,colour\nk-1,2026-07-01,turquoise\nk-2,2026-07-01,magenta\n");
        let [first, second] = ["K00001", "K00002"].map(|number| code(&operator, number, false));
        operator.enroll("device_id,out_of_service\nk-1,2026-08-10\n");
        let anyone = Person::nobody(registry.url());
        assert!(page(&anyone, &format!("/p/{first}"), 200).contains("ANNULLED"));
        operator.enroll("device_id,in_service\nk-1,2026-09-01\n");
        assert!(page(&anyone, &format!("/p/{first}"), 200).contains("GENUINE"), "the second season");
        let correction = json!({"device_id": "k-1", "from": "2026-10-01T00:00:00+05:00", "reason": "moved"});
        operator.post("/v1/plates/K00002/correction", &correction).expect(201);
        let moved = page(&anyone, &format!("/p/{second}"), 200);
        assert!(moved.contains("GENUINE") && moved.contains("turquoise"), "the scooter that bears it now: {moved}");
    }
}

/// What an answer tells, without what differs from answer to answer anyway.
fn told(reply: &Reply) -> (u16, Vec<(String, String)>, String) {
    let differs = ["date", "x-request-id"];
    let headers: Vec<_> = reply.headers.iter().filter(|(name, _)| !differs.contains(&name.as_str())).cloned().collect();
    let text = reply.text();
    let (page, _) = text.split_once("<footer>").unwrap();
    (reply.status, headers, page.to_owned())
}

#[test]
fn whatever_the_registry_did_not_make_gets_one_and_the_same_answer() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = scene(&registry);
        let anyone = Person::nobody(registry.url());
        let genuine = code(&operator, "K00001", false);
        let (number, tag) = genuine.split_once('/').unwrap();
        let changed = changed(&genuine);
        let expected = told(&anyone.get(&format!("/p/{changed}")));
        assert_eq!(expected.0, 404);
        assert!(!expected.2.contains("K00001"), "what was sent is not repeated");
        let other = code(&operator, "K00002", false);
        let (_, other_tag) = other.split_once('/').unwrap();
        for path in [
            format!("/P/{changed}"),
            format!("/p/{number}/{other_tag}"),
            format!("/p/K00001LN/{tag}"),
            format!("/p/K00099{}/{tag}", &number[6..]),
            "/p/A00001LN/0000000000".to_owned(),
            "/p/%D0%9A00001KR/0000000000".to_owned(),
            "/p/K00001".to_owned(),
            "/p/".to_owned(),
            format!("/p/{genuine}/more"),
            format!("/p/{number}/{tag}0"),
            format!("/p/{}", "x".repeat(3_000)),
        ] {
            assert_eq!(told(&anyone.get(&path)), expected, "{path}");
        }
    }
}

#[test]
fn every_changed_character_of_a_tag_is_found_and_no_guess_hits() {
    let registry = TestRegistry::kz(Kind::Sqlite);
    let operator = scene(&registry);
    let anyone = Person::nobody(registry.url());
    let genuine = code(&operator, "K00001", false);
    let (number, tag) = genuine.split_once('/').unwrap();
    let mut tried = 0;
    for place in 0..tag.len() {
        for other in ALPHABET.chars().filter(|other| !tag[place..].starts_with(*other)) {
            let changed = format!("{}{other}{}", &tag[..place], &tag[place + 1..]);
            assert_eq!(anyone.get(&format!("/p/{number}/{changed}")).status, 404, "{changed}");
            tried += 1;
        }
    }
    assert_eq!(tried, 310);
    let mut guess = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..300 {
        guess = guess.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let tag: String = (0..10)
            .filter_map(|place| ALPHABET.chars().nth(usize::try_from(guess >> (place * 5) & 31).unwrap()))
            .collect();
        assert_eq!(anyone.get(&format!("/p/{number}/{tag}")).status, 404, "{tag}");
    }
    assert_eq!(anyone.get(&format!("/p/{genuine}")).status, 200);
}

#[test]
fn who_asks_too_often_is_told_when_to_come_again() {
    let registry = TestRegistry::kz_with(
        Kind::Sqlite,
        &[("SERVER__PUBLIC_PAGES_PER_MINUTE", "3"), ("SERVER__CLIENT_ADDRESS_HEADER", "X-Forwarded-For")],
    );
    let operator = scene(&registry);
    let path = format!("/p/{}", code(&operator, "K00001", false));
    let anyone = Person::nobody(registry.url());
    let from = |address: &str| anyone.send("GET", &path, &[("x-forwarded-for", address)], &[]);
    for _ in 0..3 {
        assert_eq!(from("spoofed, 198.51.100.7").status, 200);
    }
    let refused = from("other, 198.51.100.7");
    assert_eq!(refused.status, 429, "{}", refused.text());
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=21).contains(&wait), "{wait}");
    assert!(refused.text().contains(&format!("{wait} seconds")), "{}", refused.text());
    assert_eq!(from("198.51.100.8").status, 200, "each address by itself");
    let built_in = scooter_registry::config::load(None, []).unwrap().server;
    assert!(built_in.public_pages_per_minute >= 300);
    assert!(built_in.client_address_header.is_empty());
}
