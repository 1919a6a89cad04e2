//! What came back, and how long it took.

use std::collections::BTreeMap;
use std::io::Write;

/// The outcome of a run.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) by_status: BTreeMap<u16, u64>,
    pub(crate) by_verdict: BTreeMap<String, u64>,
    /// Connections that ended in the middle of a question.
    pub(crate) broken: u64,
    /// How long each answer with status 200 took, in microseconds.
    pub(crate) micros: Vec<u32>,
    pub(crate) seconds: f64,
    pub(crate) journal: Option<std::io::BufWriter<std::fs::File>>,
}

impl Tally {
    pub(crate) fn note(&mut self, line: &str) {
        if let Some(journal) = &mut self.journal {
            writeln!(journal, "{line}").expect("a journal that can be written");
        }
    }

    /// One JSON object.
    pub(crate) fn told(mut self) -> String {
        if let Some(journal) = &mut self.journal {
            journal.flush().expect("a journal that can be written");
        }
        self.micros.sort_unstable();
        let at = |share: f64| {
            let place = ((self.micros.len() as f64) * share) as usize;
            self.micros
                .get(place.min(self.micros.len().saturating_sub(1)))
                .map_or(0.0, |micros| f64::from(*micros) / 1e3)
        };
        let answered = self.micros.len();
        serde_json::json!({
            "answered": answered, "per_second": answered as f64 / self.seconds, "seconds": self.seconds,
            "by_status": self.by_status.iter().map(|(status, count)| (status.to_string(), *count)).collect::<BTreeMap<_, _>>(),
            "by_verdict": self.by_verdict, "broken": self.broken,
            "p50_ms": at(0.5), "p90_ms": at(0.9), "p99_ms": at(0.99), "max_ms": at(1.0),
        })
        .to_string()
    }
}
