//! People as values: each holds a key and speaks HTTP.
//!
//! *Invariant:* what comes back is kept whole, so that a failing test can show it.

use serde_json::{Value, json};
use std::time::Duration;

#[derive(Clone)]
pub(crate) struct Person {
    agent: ureq::Agent,
    pub(crate) url: String,
    pub(crate) key: Option<String>,
    /// The operator's id, for operators.
    pub(crate) id: String,
    language: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) bytes: Vec<u8>,
}

impl Reply {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|error| panic!("{error} in {}: {}", self.status, self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Returns the body, if the status is this one.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        if self.bytes.is_empty() { Value::Null } else { self.json() }
    }

    /// Checks that this is a problem document of a status and kind.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, slug: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.text());
        let body = self.json();
        let kind = body["type"].as_str().unwrap_or_default();
        assert!(kind.ends_with(&format!("/problems/{slug}")), "{body}");
        body
    }
}

impl Person {
    pub(crate) fn new(url: &str, key: &str) -> Self {
        Self { key: Some(key.to_owned()), ..Self::nobody(url) }
    }

    pub(crate) fn nobody(url: &str) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(120)))
            .build()
            .new_agent();
        Self { agent, url: url.to_owned(), key: None, id: String::new(), language: "en".to_owned() }
    }

    pub(crate) fn at(&self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self.clone() }
    }

    pub(crate) fn speaking(&self, language: &str) -> Self {
        Self { language: language.to_owned(), ..self.clone() }
    }

    /// Sends a request; an error of the connection is an error.
    pub(crate) fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Reply, ureq::Error> {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        request = request.header("accept-language", &self.language);
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = self.agent.run(request.body(body.to_vec()).unwrap())?;
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
            .collect();
        let bytes = response.body_mut().with_config().limit(256 << 20).read_to_vec()?;
        Ok(Reply { status: response.status().as_u16(), headers, bytes })
    }

    #[track_caller]
    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        self.try_send(method, path, headers, body).unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], &[])
    }

    #[track_caller]
    pub(crate) fn delete(&self, path: &str) -> Reply {
        self.send("DELETE", path, &[], &[])
    }

    #[track_caller]
    pub(crate) fn post(&self, path: &str, body: &Value) -> Reply {
        self.send("POST", path, &[("content-type", "application/json")], body.to_string().as_bytes())
    }

    /// Uploads a fleet list and waits for its end; `query` holds the parameters.
    #[track_caller]
    pub(crate) fn upload(&self, query: &str, list: &[u8]) -> Value {
        let path = format!("/v1/fleet-imports?{query}");
        self.send("POST", &path, &[("content-type", "text/csv"), ("prefer", "wait=60")], list).expect(200)["import"]
            .clone()
    }

    /// Uploads a fleet list and commits it.
    #[track_caller]
    pub(crate) fn enroll(&self, list: &str) -> Value {
        let import = self.upload("dry_run=false", list.as_bytes());
        assert_eq!(import["status"], "committed", "{import}");
        import
    }

    #[track_caller]
    pub(crate) fn report(&self, rides: &[Value]) -> Value {
        self.post("/v1/sessions", &Value::Array(rides.to_vec())).expect(200)["sessions"].clone()
    }

    #[track_caller]
    pub(crate) fn complete_until(&self, until: &str) {
        self.post("/v1/sessions/watermark", &json!({"complete_until": until})).expect(200);
    }

    #[track_caller]
    pub(crate) fn ask(&self, plate: &str, at: &str) -> Reply {
        let question = json!({"plate": plate, "at": at, "purpose": "hit_and_run", "case_number": "2026-000001"});
        self.post("/v1/lookups", &question)
    }

    #[track_caller]
    pub(crate) fn look_up(&self, plate: &str, at: &str) -> Value {
        self.ask(plate, at).expect(200)["lookup"].clone()
    }

    /// All numbers of the operator's vehicles, by device id.
    pub(crate) fn numbers(&self) -> std::collections::BTreeMap<String, String> {
        let mut numbers = std::collections::BTreeMap::new();
        let mut path = "/v1/vehicles?limit=1000".to_owned();
        loop {
            let page = self.get(&path).expect(200);
            for vehicle in page["vehicles"].as_array().unwrap() {
                let number = vehicle["plate"]["number"].as_str().unwrap_or_default().to_owned();
                numbers.insert(vehicle["device_id"].as_str().unwrap().to_owned(), number);
            }
            match page["next"].as_str() {
                Some(next) => path = next.to_owned(),
                None => return numbers,
            }
        }
    }
}
