//! The client of the interface: one request, one answer, refusals in words.
//!
//! *Invariant:* the key comes from the environment, never from the command line, where other people of the machine
//! could read it.

use serde_json::Value;
use std::io::{self, Write};
use std::time::Duration;
use thiserror::Error;
use ureq::http::{Response, StatusCode};
use ureq::{Agent, Body, RequestBuilder};

use super::{Exit, Failure};
use crate::words::Language;

const KEY: &str = "SCOOTER_REGISTRY_KEY";
/// An answer lists at most a thousand problems.
const ANSWER_LIMIT: u64 = 64 * 1024 * 1024;
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// How often something is sent that may be sent again, and after which time.
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_secs(2);
/// How often it is asked how something stands that goes on without us.
const PATIENCE: u32 = 30;
/// Longer than a server is asked to wait.
const ANSWER_WITHIN: Duration = Duration::from_mins(3);

/// A server's interface, for the holder of a key.
pub(super) struct Api {
    agent: Agent,
    server: String,
    key: String,
    language: Language,
}

/// A refusal, as the server words it (RFC 9457).
#[derive(Debug, Error)]
#[error("the server refused ({status}): {title}")]
pub(super) struct Refusal {
    status: u16,
    title: String,
    #[source]
    detail: Option<Detail>,
}

#[derive(Debug, Error)]
#[error("{0}")]
struct Detail(String);

impl Api {
    /// Returns the interface of a server, `https://registry.example.kz`; the key is taken from the environment.
    pub(super) fn of(server: &str) -> Result<Self, Failure> {
        let key = std::env::var(KEY).ok().filter(|key| !key.trim().is_empty()).ok_or_else(|| {
            Failure::new(Exit::Usage, format!("{KEY} is not set"), format!("set it: export {KEY}=smr_live_…"))
        })?;
        Ok(Self::with_key(server, &key))
    }

    /// Returns the interface of a server for the holder of this key.
    pub(super) fn with_key(server: &str, key: &str) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(CONNECT_WITHIN))
            .timeout_recv_response(Some(ANSWER_WITHIN))
            .user_agent(concat!("scooter-registry/", env!("CARGO_PKG_VERSION")))
            .build()
            .new_agent();
        let server = server.trim_end_matches('/').to_owned();
        Self { agent, server, key: key.trim().to_owned(), language: language() }
    }

    /// Reads.
    pub(super) fn get(&self, path: &str, wait_s: u32) -> Result<Value, Failure> {
        let request = self.dressed(self.agent.get(self.url(path)));
        self.answer(request.header("prefer", format!("wait={wait_s}")).call())
    }

    /// Reads, and comes again where the server is busy (when it says, RFC 9110, 10.2.3) or is being started anew.
    pub(super) fn get_patiently(&self, path: &str, wait_s: u32) -> Result<Value, Failure> {
        let mut attempt = 1;
        loop {
            let request = self.dressed(self.agent.get(self.url(path)));
            let sent = request.header("prefer", format!("wait={wait_s}")).call();
            let pause = sent.as_ref().ok().and_then(retry_after).unwrap_or(PAUSE);
            match self.answer(sent) {
                Err(failure) if failure.exit() == Exit::Failed && attempt < PATIENCE => {
                    attempt += 1;
                    std::thread::park_timeout(pause);
                }
                other => return other,
            }
        }
    }

    /// Fetches a file.
    pub(super) fn get_file(&self, path: &str) -> Result<Vec<u8>, Failure> {
        let request = self.dressed(self.agent.get(self.url(path)));
        let mut answer = request.call().map_err(|error| self.unreachable(error))?;
        let status = answer.status();
        let body = answer.body_mut().with_config().limit(ANSWER_LIMIT).read_to_vec();
        let bytes = body.map_err(|error| self.unreachable(error))?;
        if status.is_success() {
            return Ok(bytes);
        }
        Err(refusal(&self.server, status, &serde_json::from_slice(&bytes).unwrap_or_default()))
    }

    /// Fetches a file piece by piece; returns how many bytes it has.
    pub(super) fn get_into(&self, path: &str, out: &mut impl Write) -> Result<u64, Failure> {
        let request = self.dressed(self.agent.get(self.url(path)));
        let mut answer = request.call().map_err(|error| self.unreachable(error))?;
        let status = answer.status();
        if !status.is_success() {
            let body = answer.body_mut().with_config().limit(ANSWER_LIMIT).read_to_vec();
            let bytes = body.map_err(|error| self.unreachable(error))?;
            return Err(refusal(&self.server, status, &serde_json::from_slice(&bytes).unwrap_or_default()));
        }
        let copied = io::copy(&mut answer.body_mut().as_reader(), out);
        copied.map_err(|error| Failure::new(Exit::Failed, error, "try again: the download broke off"))
    }

    /// Posts a value as JSON that is done once however often it is sent under this key; sent again where no answer came, or the
    /// server was busy.
    pub(super) fn post_json_once(&self, path: &str, key: &str, value: &Value) -> Result<Value, Failure> {
        let mut attempt = 1;
        loop {
            let request = self.dressed(self.agent.post(self.url(path))).header("idempotency-key", key);
            match self.answer(request.send_json(value)) {
                Err(failure) if failure.exit() == Exit::Failed && attempt < ATTEMPTS => {
                    attempt += 1;
                    std::thread::park_timeout(PAUSE);
                }
                other => return other,
            }
        }
    }

    /// Posts a file, with pairs of the query.
    pub(super) fn post_file(
        &self,
        path: &str,
        query: &[(&str, String)],
        media_type: &str,
        wait_s: u32,
        bytes: &[u8],
    ) -> Result<Value, Failure> {
        let request = self.dressed(self.agent.post(self.url(path)));
        let request = query.iter().fold(request, |request, (name, value)| request.query(*name, value));
        self.answer(request.header("prefer", format!("wait={wait_s}")).content_type(media_type).send(bytes))
    }

    /// Posts a value as JSON.
    pub(super) fn post_json(&self, path: &str, value: &Value) -> Result<Value, Failure> {
        self.answer(self.dressed(self.agent.post(self.url(path))).send_json(value))
    }

    /// Changes something in part, with a value as JSON.
    pub(super) fn patch_json(&self, path: &str, value: &Value) -> Result<Value, Failure> {
        self.answer(self.dressed(self.agent.patch(self.url(path))).send_json(value))
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server)
    }

    fn dressed<Any>(&self, request: RequestBuilder<Any>) -> RequestBuilder<Any> {
        request
            .header("authorization", format!("Bearer {}", self.key))
            .header("accept", "application/json")
            .header("accept-language", self.language.code())
    }

    fn unreachable(&self, error: ureq::Error) -> Failure {
        let remedy = format!("check --server ({}) and that the server runs", self.server);
        Failure::new(Exit::Failed, error, remedy)
    }

    fn answer(&self, sent: Result<Response<Body>, ureq::Error>) -> Result<Value, Failure> {
        let unreachable = |error| self.unreachable(error);
        let mut answer = sent.map_err(unreachable)?;
        let status = answer.status();
        let text = answer
            .body_mut()
            .with_config()
            .limit(ANSWER_LIMIT)
            .lossy_utf8(true)
            .read_to_string()
            .map_err(unreachable)?;
        match serde_json::from_str(&text) {
            Ok(value) if status.is_success() => Ok(value),
            Ok(problem) => Err(refusal(&self.server, status, &problem)),
            Err(error) if status.is_success() => {
                Err(Failure::new(Exit::Failed, error, "check --server: this does not answer like a registry"))
            }
            Err(_) => Err(refusal(&self.server, status, &Value::Null)),
        }
    }
}

/// Returns for how long a server asks to be left alone; never longer than a minute.
fn retry_after(answer: &Response<Body>) -> Option<Duration> {
    let seconds = answer.headers().get("retry-after")?.to_str().ok()?.trim().parse::<u64>().ok()?;
    Some(Duration::from_secs(seconds.clamp(1, 60)))
}

fn refusal(server: &str, status: StatusCode, problem: &Value) -> Failure {
    let text = |name: &str| problem.get(name).and_then(Value::as_str).map(str::to_owned);
    let title = text("title").unwrap_or_else(|| status.canonical_reason().unwrap_or("no reason given").to_owned());
    let of_fields = problem.get("errors").and_then(Value::as_array).into_iter().flatten().filter_map(|error| {
        let place = error.get("pointer").or_else(|| error.get("column")).and_then(Value::as_str).unwrap_or_default();
        let said = error.get("detail").or_else(|| error.get("problem")).and_then(Value::as_str)?;
        Some(if place.is_empty() { said.to_owned() } else { format!("{place}: {said}") })
    });
    let mut details: Vec<String> = of_fields.collect();
    if details.is_empty() {
        details.extend(text("detail"));
    }
    let detail = (!details.is_empty()).then(|| Detail(details.join("; ")));
    let (exit, remedy) = match status.as_u16() {
        401 => (Exit::Wrong, format!("check {KEY}: it may be mistyped, revoked or expired")),
        403 => (Exit::Wrong, "use a key that may do this".to_owned()),
        429 | 503 => (Exit::Failed, "try again in a minute".to_owned()),
        500.. => (Exit::Failed, format!("tell whoever runs the server: {}", text("instance").unwrap_or_default())),
        _ => (
            Exit::Wrong,
            match text("type") {
                Some(path) if path.starts_with('/') => format!("see {server}{path}"),
                Some(url) if url.contains("://") => format!("see {url}"),
                _ => "correct it and try again".to_owned(),
            },
        ),
    };
    Failure::new(exit, Refusal { status: status.as_u16(), title, detail }, remedy)
}

/// Returns the language of the person at the terminal, as POSIX says: `LC_ALL`, else `LC_MESSAGES`, else `LANG`.
fn language() -> Language {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(set)
        .and_then(|tag| Language::from_tag(&tag))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_refusal_is_told_with_every_field_that_is_wrong() {
        let problem =
            json!({"title": "Wrong", "type": "/problems/x", "errors": [{"pointer": "/at", "detail": "no offset"}]});
        let failure = refusal("http://registry.test", StatusCode::UNPROCESSABLE_ENTITY, &problem);
        assert_eq!(failure.exit(), Exit::Wrong);
        assert_eq!(
            failure.in_words(),
            "error: the server refused (422): Wrong\n  because: /at: no offset\n  what to do: see http://registry.test/problems/x"
        );
    }

    #[test]
    fn a_busy_server_is_a_failure_and_not_a_refusal() {
        assert_eq!(refusal("http://registry.test", StatusCode::SERVICE_UNAVAILABLE, &Value::Null).exit(), Exit::Failed);
    }
}
