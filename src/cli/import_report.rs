//! What an upload came to, in plain words and as an exit code.
//!
//! *Invariant:* the sentences about rows are the server's, in the reader's language; only the frame is written here.

use serde_json::Value;

use super::Exit;

/// How an upload ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// A dry run: nothing was changed.
    Checked,
    /// What the list says is on record.
    Committed,
    /// Nothing was changed, because of what the list says.
    Refused,
    /// The work failed.
    Failed,
}

impl Ended {
    /// Returns how it ended; `None` while it goes on.
    pub(super) fn of(import: &Value) -> Option<Self> {
        match text(import, "status") {
            "checked" => Some(Self::Checked),
            "committed" => Some(Self::Committed),
            "refused" => Some(Self::Refused),
            "failed" => Some(Self::Failed),
            _ => None,
        }
    }

    /// Returns the exit code: a dry run that found bad rows found something wrong.
    pub(super) fn exit(self, import: &Value) -> Exit {
        let errors = problems(import).any(|problem| text(problem, "severity") == "error");
        match self {
            Self::Committed => Exit::Done,
            Self::Checked if !errors && count(import, "bad").is_none_or(|bad| bad == 0) => Exit::Done,
            Self::Checked | Self::Refused => Exit::Wrong,
            Self::Failed => Exit::Failed,
        }
    }

    const fn in_words(self) -> &'static str {
        match self {
            Self::Checked => "checked; nothing was changed (dry run)",
            Self::Committed => "committed",
            Self::Refused => "REFUSED; nothing was changed",
            Self::Failed => "FAILED; nothing was changed",
        }
    }
}

/// Returns a text of an object, empty where there is none.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn problems(import: &Value) -> impl Iterator<Item = &Value> {
    import.get("problems").and_then(Value::as_array).into_iter().flatten()
}

fn count(import: &Value, name: &str) -> Option<u64> {
    import.get("counts")?.get(name)?.as_u64()
}

/// Returns the report as lines.
pub(super) fn lines(file: &str, server: &str, import: &Value) -> Vec<String> {
    let ended = Ended::of(import).map_or("not ended", Ended::in_words);
    let mut lines = vec![format!("{file}: {ended}")];
    let failure = text(import, "failure");
    if !failure.is_empty() {
        lines.push(format!("reason: {failure}"));
    }
    lines.extend(import.get("found").map(found).unwrap_or_default());
    let counts = ["rows", "new", "changed", "unchanged", "bad"];
    let counted: Vec<String> =
        counts.iter().filter_map(|name| Some(format!("{} {name}", count(import, name)?))).collect();
    if !counted.is_empty() {
        lines.push(format!("counts: {}", counted.join(", ")));
    }
    lines.extend(changes(import));
    lines.extend(missing(import));
    lines.extend(problems(import).flat_map(problem));
    let told = u64::try_from(problems(import).count()).unwrap_or(u64::MAX);
    let total = import.get("problems_total").and_then(Value::as_u64).unwrap_or(told);
    if total > told {
        lines.push(format!("… and {} more problems", total - told));
    }
    for (name, label) in
        [("receipt_url", "receipt with the numbers given"), ("bad_rows_url", "the bad rows, to be mended")]
    {
        let path = text(import, name);
        if !path.is_empty() {
            let server = if path.starts_with('/') { server.trim_end_matches('/') } else { "" };
            lines.push(format!("{label}: {server}{path}"));
        }
    }
    lines
}

fn found(found: &Value) -> Vec<String> {
    let mut facts: Vec<String> = ["format", "encoding"]
        .iter()
        .map(|name| text(found, name).to_owned())
        .filter(|fact| !fact.is_empty())
        .collect();
    match text(found, "delimiter") {
        "" => {}
        "\t" => facts.push("cells separated by tabs".to_owned()),
        sign => facts.push(format!("cells separated by {sign}")),
    }
    let sheet = text(found, "sheet");
    if !sheet.is_empty() {
        facts.push(format!("sheet \"{sheet}\""));
    }
    if facts.is_empty() {
        return Vec::new();
    }
    let columns = found.get("columns").and_then(Value::as_array).into_iter().flatten();
    let (used, unused): (Vec<_>, Vec<_>) = columns.partition(|column| !text(column, "field").is_empty());
    let mut lines = vec![format!("found: {}", facts.join(", "))];
    let pairs: Vec<_> = used.iter().map(|it| format!("{} = {}", text(it, "field"), text(it, "column"))).collect();
    if !pairs.is_empty() {
        lines.push(format!("columns: {}", pairs.join(", ")));
    }
    let unused = unused.iter().filter(|column| text(column, "by") != "registry");
    let names: Vec<_> = unused.map(|column| text(column, "column")).collect();
    if !names.is_empty() {
        lines.push(format!("columns not used: {}", names.join(", ")));
    }
    lines
}

/// How many changed vehicles, and how many that the list does not name, are shown.
const SHOWN: usize = 10;

fn list<'a>(import: &'a Value, name: &str) -> &'a [Value] {
    import.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// What changes, vehicle by vehicle: `colour green -> red`.
fn changes(import: &Value) -> Vec<String> {
    let changes = list(import, "changes");
    let value = |field: &Value, name| field.get(name).and_then(Value::as_str).unwrap_or("(nothing)").to_owned();
    let field = |field: &Value| format!("{} {} -> {}", text(field, "field"), value(field, "from"), value(field, "to"));
    let line = |change: &Value| {
        let fields: Vec<String> = list(change, "fields").iter().map(field).collect();
        let row = change.get("row").and_then(Value::as_u64).unwrap_or_default();
        format!("changed: row {row}, {}: {}", text(change, "device_id"), fields.join(", "))
    };
    let mut lines: Vec<String> = changes.iter().take(SHOWN).map(line).collect();
    let total = import.get("changes_total").and_then(Value::as_u64).unwrap_or_default();
    let left = total.saturating_sub(u64::try_from(lines.len()).unwrap_or(u64::MAX));
    if left > 0 {
        lines.push(format!("… and {left} more changed vehicles"));
    }
    lines
}

/// The vehicles that the list does not name; nothing is done about them.
fn missing(import: &Value) -> Option<String> {
    let names: Vec<&str> = list(import, "missing").iter().take(SHOWN).filter_map(Value::as_str).collect();
    let total = count(import, "missing").unwrap_or_default();
    let more = if total > u64::try_from(names.len()).unwrap_or(u64::MAX) { ", …" } else { "" };
    (!names.is_empty()).then(|| format!("not in the list, left as they are ({total}): {}{more}", names.join(", ")))
}

fn problem(problem: &Value) -> Vec<String> {
    let mut place = Vec::new();
    if let Some(row) = problem.get("row").and_then(Value::as_u64) {
        place.push(format!("row {row}"));
    }
    let column = text(problem, "column");
    if !column.is_empty() {
        place.push(format!("column \"{column}\""));
    }
    let value = text(problem, "value");
    if !value.is_empty() {
        place.push(format!("\"{value}\""));
    }
    let place = if place.is_empty() { "the list".to_owned() } else { place.join(", ") };
    let mut lines = vec![format!("{}: {place}: {}", text(problem, "severity"), text(problem, "problem"))];
    let remedy = text(problem, "remedy");
    if !remedy.is_empty() {
        lines.push(format!("  what to do: {remedy}"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_report_says_what_was_found_what_was_counted_and_what_to_mend() {
        let import = json!({
            "id": "1", "status": "checked",
            "found": {"format": "csv", "encoding": "windows-1251", "delimiter": ";", "sheet": "Fleet", "columns": [
                {"column": "ID", "field": "device_id", "by": "alias"}, {"column": "Zone", "field": null, "by": "none"},
                {"column": "remedy", "field": null, "by": "registry"},
            ]},
            "counts": {"rows": 2, "new": 1, "changed": 12, "unchanged": 0, "bad": 1, "missing": 11},
            "changes": [{"row": 2, "device_id": "a", "fields": [
                {"field": "colour", "from": "green", "to": "red"}, {"field": "year", "from": null, "to": "2026"}]}],
            "changes_total": 12, "missing": ["b", "c"],
            "problems": [{"row": 3, "column": "Year", "value": "20x6", "severity": "error", "kind": "year",
                          "problem": "This is no year.", "remedy": "Write four digits."}],
            "problems_total": 4, "receipt_url": null, "bad_rows_url": "/v1/fleet-imports/1/bad-rows",
        });
        assert_eq!(
            lines("fleet.csv", "http://registry.test/", &import),
            [
                "fleet.csv: checked; nothing was changed (dry run)",
                "found: csv, windows-1251, cells separated by ;, sheet \"Fleet\"",
                "columns: device_id = ID",
                "columns not used: Zone",
                "counts: 2 rows, 1 new, 12 changed, 0 unchanged, 1 bad",
                "changed: row 2, a: colour green -> red, year (nothing) -> 2026",
                "… and 11 more changed vehicles",
                "not in the list, left as they are (11): b, c, …",
                "error: row 3, column \"Year\", \"20x6\": This is no year.",
                "  what to do: Write four digits.",
                "… and 3 more problems",
                "the bad rows, to be mended: http://registry.test/v1/fleet-imports/1/bad-rows",
            ]
        );
        assert_eq!(Ended::of(&import).map(|ended| ended.exit(&import)), Some(Exit::Wrong));
    }

    #[test]
    fn the_exit_code_follows_the_end() {
        let exit = |status: &str| {
            let import = json!({"status": status, "counts": {"bad": 0}, "problems": [{"severity": "warning"}]});
            Ended::of(&import).map(|ended| ended.exit(&import))
        };
        assert_eq!(exit("reading"), None);
        assert_eq!(exit("committing"), None);
        assert_eq!(exit("checked"), Some(Exit::Done));
        assert_eq!(exit("committed"), Some(Exit::Done));
        assert_eq!(exit("refused"), Some(Exit::Wrong));
        assert_eq!(exit("failed"), Some(Exit::Failed));
    }
}
