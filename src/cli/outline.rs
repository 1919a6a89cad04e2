//! An answer of the interface as indented lines that a person can read.
//!
//! *Invariant:* nothing of the answer is left out but what is absent; no field is known by name.

use serde_json::Value;

/// Returns the lines of a value: one a fact, indented by depth.
pub(super) fn lines(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    write(value, 0, &mut found);
    found
}

fn write(value: &Value, depth: usize, found: &mut Vec<String>) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = name.replace('_', " ");
                match one_line(value) {
                    _ if is_absent(value) => {}
                    Some(text) => found.push(format!("{indent}{name}: {text}")),
                    None => {
                        found.push(format!("{indent}{name}:"));
                        write(value, depth + 1, found);
                    }
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                if let Some(text) = one_line(item) {
                    found.push(format!("{indent}- {text}"));
                    continue;
                }
                let mut inner = Vec::new();
                write(item, 0, &mut inner);
                let marks = std::iter::once("- ").chain(std::iter::repeat("  "));
                found.extend(inner.iter().zip(marks).map(|(line, mark)| format!("{indent}{mark}{line}")));
            }
        }
        other => found.extend(one_line(other).map(|text| format!("{indent}{text}"))),
    }
}

fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn one_line(value: &Value) -> Option<String> {
    match value {
        Value::Bool(true) => Some("yes".to_owned()),
        Value::Bool(false) => Some("no".to_owned()),
        Value::Number(number) => Some(number.to_string()),
        // A checkpoint, for one, has several lines, and is of use only as it is.
        Value::String(text) => Some(text.trim_end().replace('\n', " | ")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_answer_is_told_line_by_line() {
        let answer = json!({
            "verdict": "riding",
            "policy": null,
            "open": false,
            "warnings": [],
            "next_steps": ["call", "preserve"],
            "operator": {"legal_name": "A", "status": "admitted"},
            "candidates": [{"number": "A00001", "probability": 0.5}],
        });
        assert_eq!(
            lines(&answer),
            [
                "candidates:",
                "  - number: A00001",
                "    probability: 0.5",
                "next steps:",
                "  - call",
                "  - preserve",
                "open: no",
                "operator:",
                "  legal name: A",
                "  status: admitted",
                "verdict: riding",
            ]
        );
    }
}
