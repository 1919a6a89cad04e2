//! The page of letters: for everybody, in three languages, to be printed.
//!
//! *Invariant:* it loads nothing, runs nothing, sets nothing, and names no BIN.

use base64::Engine as _;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::database::kinds;
use crate::house::{TestRegistry, bin};
use crate::people::Person;

fn row(page: &str, letter: char) -> String {
    let rows = page.split("<tr>").find(|row| row.contains(&format!("<b>{letter}</b>")));
    rows.unwrap_or_else(|| panic!("{letter} is not listed")).split("</tr>").next().unwrap().to_owned()
}

#[test]
fn everybody_sees_whose_each_letter_is_whom_to_call_and_how_it_stands() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (k, regulator) = (registry.operator('K'), registry.regulator());
        registry.operator('B');
        registry.admitted('M').post("/v1/series", &json!({"letter": "M"})).expect(201);
        let used = json!({"letter": "C", "in_use_since": "2026-07-01"});
        registry.admitted('C').post("/v1/series", &used).expect(201);
        regulator.post(&format!("/v1/operators/{}/suspension", k.id), &json!({"reason": "secret"})).expect(201);
        let page = Person::nobody(registry.url()).get("/series");
        assert_eq!((page.status, page.header("content-language")), (200, Some("en")));
        let text = page.text();
        for part in ["ТОО Самокаты K", "href=\"tel:+77000000000\"", "+7 700 000 00 00", "<strong>suspended</strong>"]
        {
            assert!(row(&text, 'K').contains(part), "{part}: {}", row(&text, 'K'));
        }
        assert!(row(&text, 'B').contains(">confirmed<") && !row(&text, 'B').contains("<strong>"));
        assert!(row(&text, 'M').contains("objections until ") && row(&text, 'M').contains("(UTC+5)"));
        assert!(row(&text, 'C').contains("in use before"));
        assert!(text.contains("Letters left: 22") && text.contains("A D E F G H I J L N O P Q R S T U V W X Y Z"));
        assert!(text.contains("K04271") && text.contains("KR") && text.contains("As of "));
        for hidden in ["secret".to_owned(), bin('K'), bin('M'), "duty@example.kz".to_owned(), k.id.clone()] {
            assert!(!text.contains(&hidden), "{hidden}");
        }
    }
}

#[test]
fn it_is_small_loads_nothing_and_speaks_three_languages() {
    let registry = TestRegistry::kz(crate::database::Kind::Sqlite);
    for letter in 'A'..='Z' {
        registry.operator(letter);
    }
    let anyone = Person::nobody(registry.url());
    for (language, title) in
        [("kk", "Операторлардың әріптері"), ("ru", "Буквы операторов"), ("en", "Letters of the operators")]
    {
        let page = anyone.speaking(language).get("/series");
        let text = page.text();
        assert!(text.contains(title) && text.contains(&format!("<html lang=\"{language}\">")), "{text}");
        assert_eq!(text, anyone.get(&format!("/series?lang={language}&utm_source=poster")).text().as_str());
        assert!(text.len() <= 30 * 1024, "{} bytes", text.len());
        assert!(!text.contains("series_page.") && !text.contains("{{"), "every text is filled");
        for tag in ["<script", "<img", "<form", " style=", "http://", "https://", "@import", "url("] {
            assert!(!text.contains(tag), "{tag}");
        }
        let style = text.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(style));
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none';") && policy.contains(&format!("'sha256-{hash}'")), "{policy}");
        assert!(!policy.contains("unsafe") && page.header("set-cookie").is_none());
    }
}

#[test]
fn a_name_with_markup_stays_text() {
    let registry = TestRegistry::kz(crate::database::Kind::Sqlite);
    let regulator = registry.regulator();
    let new = json!({"legal_name": "<b onclick=x>A&B</b>", "bin": bin('A'), "contact_phone": "call <i>me</i>",
                     "contact_email": "a@b.kz", "custody": "deposited"});
    let id = regulator.post("/v1/operators", &new).expect(201)["operator"]["id"].as_str().unwrap().to_owned();
    let key = json!({"name": "k", "scopes": ["series"]});
    let key = regulator.post(&format!("/v1/operators/{id}/keys"), &key).expect(201);
    let operator = Person::new(registry.url(), key["key"]["secret"].as_str().unwrap());
    operator.post("/v1/series", &json!({"letter": "A"})).expect(201);
    let text = Person::nobody(registry.url()).get("/series").text();
    assert!(!text.contains("<b onclick") && !text.contains("<i>me") && !text.contains("href=\"tel:\""), "{text}");
    assert!(text.contains("A&#38;B") || text.contains("A&amp;B"), "{text}");
}
