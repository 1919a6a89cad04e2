//! `import`: a fleet list uploaded, checked, and unless it is a dry run committed; waited for until it has ended.
//!
//! *Invariant:* the file is sent as it is: what it holds is found out in one place, the server.

use clap::{Args, ValueEnum};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::api::Api;
use super::import_report::{self, Ended};
use super::paper::{self, ProgressLine};
use super::{Exit, Failure};

const PATH: &str = "/v1/fleet-imports";
/// For how many seconds the server is asked to wait with its answer.
const WAIT_S: u32 = 20;
/// Between two questions to a server that does not wait.
const PAUSE: Duration = Duration::from_millis(250);

/// Uploads a fleet list to a server. The key is taken from the environment variable `SCOOTER_REGISTRY_KEY`.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// The list, as the fleet software gives it
    file: PathBuf,
    /// The server, for example <https://registry.example.kz>
    #[arg(long, value_name = "URL")]
    server: String,
    /// Which column holds a field, where that is not found by itself; may be repeated
    #[arg(long, value_name = "FIELD=COLUMN", value_parser = pair)]
    map: Vec<String>,
    /// Only says what would be done
    #[arg(long)]
    dry_run: bool,
    /// Whether one bad row refuses the list
    #[arg(long, value_enum, default_value = "all-or-nothing")]
    mode: ListMode,
    /// Accepts numbers in the list up to this one, although they lie far above the highest
    #[arg(long, value_name = "NUMBER")]
    adopt_up_to: Option<String>,
    /// Prints the whole answer as one line of JSON
    #[arg(long)]
    json: bool,
}

/// Whether one bad row refuses the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ListMode {
    /// Takes every row, or none
    AllOrNothing,
    /// Takes the good rows and leaves the bad ones
    GoodRows,
}

/// Turns `FIELD=COLUMN` into the interface's `FIELD:COLUMN`; a column may hold both signs, a field neither.
fn pair(text: &str) -> Result<String, String> {
    let (field, column) = text
        .split_once('=')
        .filter(|(field, column)| !field.trim().is_empty() && !column.trim().is_empty())
        .ok_or("write a field, = and the name of its column, for example device_id=Vehicle_ID")?;
    Ok(format!("{}:{}", field.trim(), column.trim()))
}

impl Import {
    /// Does it.
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let api = Api::of(&self.server)?;
        let bytes = std::fs::read(&self.file).map_err(|error| {
            Failure::new(Exit::Failed, error, format!("check that {} is there and may be read", self.file.display()))
        })?;
        let mut progress = ProgressLine::new();
        progress.show(&format!("sending {} ({} KiB)", self.file.display(), bytes.len() / 1024));
        let mut answer = api.post_file(PATH, &self.query(), media_type(&self.file), WAIT_S, &bytes)?;
        drop(bytes);
        while Ended::of(import(&answer)?).is_none() {
            let import = import(&answer)?;
            progress.show(&format!("{}: {}…", self.file.display(), import_report::text(import, "status")));
            let path = format!("{PATH}/{}", import_report::text(import, "id"));
            std::thread::park_timeout(PAUSE);
            answer = api.get(&path, WAIT_S)?;
        }
        drop(progress);
        let import = import(&answer)?;
        if self.json {
            paper::say(&import.to_string())?;
        } else {
            let lines = import_report::lines(&self.file.display().to_string(), &self.server, import);
            lines.iter().try_for_each(|line| paper::say(line))?;
        }
        Ok(Ended::of(import).map_or(Exit::Failed, |ended| ended.exit(import)))
    }

    fn query(&self) -> Vec<(&'static str, String)> {
        let mode = match self.mode {
            ListMode::AllOrNothing => "all_or_nothing",
            ListMode::GoodRows => "good_rows",
        };
        let mut query = vec![("dry_run", self.dry_run.to_string()), ("mode", mode.to_owned())];
        query.extend(self.map.iter().map(|pair| ("map", pair.clone())));
        query.extend(self.adopt_up_to.iter().map(|number| ("adopt_up_to", number.clone())));
        query
    }
}

fn import(answer: &Value) -> Result<&Value, Failure> {
    answer.get("import").ok_or_else(|| {
        Failure::new(Exit::Failed, "the answer holds no import", "check --server: this does not answer like a registry")
    })
}

/// Returns the media type that the name of the file promises; the server looks at the bytes anyway.
fn media_type(path: &Path) -> &'static str {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "csv" => "text/csv",
        "tsv" | "tab" => "text/tab-separated-values",
        "json" => "application/json",
        "ndjson" | "jsonl" => "application/x-ndjson",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_split_at_the_first_sign_and_may_have_more_of_them_in_its_column() {
        assert_eq!(pair("device_id=Vehicle_ID"), Ok("device_id:Vehicle_ID".to_owned()));
        assert_eq!(pair("comment= a=b:c "), Ok("comment:a=b:c".to_owned()));
        assert!(pair("device_id").is_err());
        assert!(pair("=Vehicle_ID").is_err());
    }
}
