//! Plates of many numbers: ordered as a print job, waited for, and fetched.
//!
//! *Invariant:* a call that is repeated because its answer was lost orders once; nothing is said to be done before its bytes
//! were compared with their digests and are on the disk.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::arguments::Print;
use super::saved::{self, Wanted};
use crate::cli::api::Api;
use crate::cli::paper::{self, ProgressLine};
use crate::cli::{Exit, Failure};
use crate::clock;
use crate::model::new_id;

const PATH: &str = "/v1/print-jobs";
/// For how many seconds the server is asked to wait with its answer.
const WAIT_S: u32 = 2;
/// Between two questions to a server that does not wait.
const PAUSE: Duration = Duration::from_millis(500);

/// Orders, waits, fetches.
pub(super) fn run(asked: &Print) -> Result<Exit, Failure> {
    let api = Api::of(&asked.server)?;
    let key = new_id(clock::now(), &mut clock::chance());
    let mut progress = ProgressLine::new();
    progress.show("ordering");
    let mut job = job(api.post_json_once(PATH, &key, &order(asked))?)?;
    let id = text(&job, "id").to_owned();
    while job.get("ended_at").is_none_or(Value::is_null) {
        progress.show(&format!(
            "print job {id}: {} of {} plates are drawn",
            number(&job, "items_done"),
            number(&job, "items")
        ));
        std::thread::park_timeout(PAUSE);
        job = self::job(api.get_patiently(&format!("{PATH}/{id}"), WAIT_S)?)?;
    }
    drop(progress);
    if text(&job, "status") != "done" {
        let said = [text(&job, "status"), text(&job, "failure_detail")].join(": ");
        return Err(Failure::new(Exit::Wrong, format!("print job {id} is {said}"), "order the plates again"));
    }
    let output = asked.output.clone().unwrap_or_else(|| PathBuf::from(format!("print-{id}.zip")));
    let is_archive = output.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
    let wanted = if is_archive { vec![archive(&job, &output)?] } else { each(&job, &output)? };
    for file in &wanted {
        let bytes = saved::fetch(&api, file)?;
        paper::say(&format!("{} ({bytes} bytes)", file.to.display()))?;
    }
    let plates = number(&job, "items");
    paper::note(&format!(
        "{plates} plates of {} numbers; the job's hash is {}",
        number(&job, "numbers"),
        text(&job, "job_hash")
    ));
    Ok(Exit::Done)
}

fn order(asked: &Print) -> Value {
    let mut order = json!({ "format": asked.format.name() });
    let mut put = |name: &str, value: Option<Value>| {
        if let (Some(order), Some(value)) = (order.as_object_mut(), value) {
            order.insert(name.to_owned(), value);
        }
    };
    put("numbers", (!asked.numbers.is_empty()).then(|| json!(asked.numbers)));
    put("import", asked.import.as_ref().map(|id| json!(id)));
    put("range", asked.range.as_ref().map(|ends| json!({ "from": ends.from, "to": ends.to })));
    let positions: Vec<_> = asked.positions.iter().map(|place| place.name()).collect();
    put("positions", (!positions.is_empty()).then(|| json!(positions)));
    put("stock", asked.stock.map(|stock| json!(stock.name())));
    put("dpi", asked.dpi.map(|dpi| json!(dpi)));
    put("copies", asked.copies.map(|copies| json!(copies)));
    put("part", asked.label.then(|| json!("label")));
    put("reason", asked.reason.as_ref().map(|reason| json!(reason)));
    order
}

fn job(mut answer: Value) -> Result<Value, Failure> {
    answer.get_mut("print_job").map(Value::take).ok_or_else(|| strange("the answer holds no print job"))
}

fn strange(what: &'static str) -> Failure {
    Failure::new(Exit::Failed, what, "check --server: this does not answer like a registry")
}

fn text<'a>(job: &'a Value, name: &str) -> &'a str {
    job.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn number(job: &Value, name: &str) -> i64 {
    job.get(name).and_then(Value::as_i64).unwrap_or_default()
}

/// The files of the job with their digests, by name. A name is that of a file and of nothing else: what a server says is not
/// trusted to stay in the directory.
fn files(job: &Value) -> Result<Vec<(String, String)>, Failure> {
    let listed = job.get("files").and_then(Value::as_array).into_iter().flatten();
    let named = |file: &Value| {
        let (name, digest) = (text(file, "name"), text(file, "sha256"));
        let plain = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
        let lawful = !name.is_empty() && !name.starts_with('.') && name.chars().all(plain);
        if lawful { Ok((name.to_owned(), digest.to_owned())) } else { Err(strange("a file has a strange name")) }
    };
    listed.map(named).collect()
}

fn archive(job: &Value, to: &Path) -> Result<Wanted, Failure> {
    let path = text(job, "archive_url").to_owned();
    // Pictures are packed by themselves in the archive, and known by the manifest.
    let inside = if text(job, "format") == "pdf" { files(job)? } else { Vec::new() };
    Ok(Wanted { path, to: to.to_owned(), sha256: None, inside })
}

fn each(job: &Value, folder: &Path) -> Result<Vec<Wanted>, Failure> {
    std::fs::create_dir_all(folder).map_err(|error| saved::unwritable(folder, error))?;
    let id = text(job, "id");
    let wanted = files(job)?.into_iter().map(|(name, sha256)| Wanted {
        path: format!("{PATH}/{id}/files/{name}"),
        to: folder.join(name),
        sha256: Some(sha256),
        inside: Vec::new(),
    });
    Ok(wanted.filter(|file| !is_there(file)).collect())
}

/// A file that an earlier call brought whole is not fetched again.
fn is_there(file: &Wanted) -> bool {
    let known = std::fs::read(&file.to).map(|bytes| hex::encode(Sha256::digest(bytes)));
    known.is_ok_and(|known| file.sha256.as_deref() == Some(known.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_out_of_the_directory_is_refused() {
        for name in ["../x", "a/b", ".x", "", "x\\y"] {
            assert!(files(&json!({"files": [{"name": name, "sha256": ""}]})).is_err(), "{name}");
        }
        assert!(files(&json!({"files": [{"name": "rear-001.pdf", "sha256": ""}]})).is_ok());
    }
}
