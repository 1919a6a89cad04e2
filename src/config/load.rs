//! The layers put together: the built-in floor, the file, the environment.
//!
//! *Invariant:* the floor is complete: a key that does not stand in it is refused, with the place it came from.

use ::config::{Config, ConfigError, File, FileFormat, Map, Source, Value, ValueKind};
use std::collections::BTreeMap;
use std::path::Path;

use super::{Settings, SettingsError};

/// What the name of an environment variable begins with: `SCOOTER_REGISTRY__SECTION__KEY`.
pub const PREFIX: &str = "SCOOTER_REGISTRY__";

const BASE: &str = include_str!("../../config/base.toml");

/// What may stand at a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// One value.
    One,
    /// A list of texts; with commas in the environment.
    Texts,
    /// A list of tables.
    Tables,
}

/// Puts the settings together: the built-in ones, then those of the file, then those of the environment (pairs of name
/// and value; names that do not begin with [`PREFIX`] are passed over).
///
/// # Errors
/// [`SettingsError`]: a key that is no setting, a value that a key cannot have, a file that cannot be read.
pub fn load(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<Settings, SettingsError> {
    let base = File::from_str(BASE, FileFormat::Toml);
    let known = leaves(&base.collect().map_err(value_problem)?);
    let mut layers = Config::builder().add_source(base);
    if let Some(path) = file {
        let text = std::fs::read_to_string(path)
            .map_err(|source| SettingsError::Unreadable { path: path.to_path_buf(), source })?;
        let layer = File::from_str(&text, FileFormat::Toml);
        let values = layer
            .collect()
            .map_err(|source| SettingsError::NotToml { path: path.to_path_buf(), source: Box::new(source) })?;
        let origin = format!("the file {}", path.display());
        leaves(&values).keys().try_for_each(|key| known_shape(&known, key, &origin).map(drop))?;
        layers = layers.add_source(layer);
    }
    for (name, value) in environment {
        let Some(rest) = name.strip_prefix(PREFIX) else {
            continue;
        };
        let key = rest.to_lowercase().replace("__", ".");
        let value = match known_shape(&known, &key, &format!("the environment variable {name}"))? {
            Shape::One => Value::from(value),
            Shape::Texts => Value::from(value.split(',').map(str::trim).map(str::to_owned).collect::<Vec<_>>()),
            Shape::Tables => return Err(SettingsError::FileOnly { key }),
        };
        layers = layers.set_override(&key, value).map_err(value_problem)?;
    }
    layers.build().and_then(Config::try_deserialize).map_err(value_problem)
}

fn value_problem(problem: ConfigError) -> SettingsError {
    SettingsError::Value(Box::new(problem))
}

fn known_shape(known: &BTreeMap<String, Shape>, key: &str, origin: &str) -> Result<Shape, SettingsError> {
    known.get(key).copied().ok_or_else(|| SettingsError::UnknownKey {
        key: key.to_owned(),
        origin: origin.to_owned(),
        nearest: nearest(known.keys(), key),
    })
}

/// Returns every key with its section, `server.listen`, and what stands there.
fn leaves(sections: &Map<String, Value>) -> BTreeMap<String, Shape> {
    let mut found = BTreeMap::new();
    for (name, value) in sections {
        collect_leaves(name, value, &mut found);
    }
    found
}

fn collect_leaves(key: &str, value: &Value, found: &mut BTreeMap<String, Shape>) {
    let shape = match &value.kind {
        ValueKind::Table(table) => {
            return table.iter().for_each(|(name, value)| collect_leaves(&format!("{key}.{name}"), value, found));
        }
        ValueKind::Array(items) if items.iter().any(|item| matches!(item.kind, ValueKind::Table(_))) => Shape::Tables,
        ValueKind::Array(_) => Shape::Texts,
        _ => Shape::One,
    };
    found.insert(key.to_owned(), shape);
}

/// Finds the key that was probably meant: the same name in another section, or at most two slips of the keyboard away.
fn nearest<'a>(known: impl Iterator<Item = &'a String> + Clone, key: &str) -> Option<String> {
    let name = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
    let slips = |candidate: &&String| distance(candidate, key);
    known
        .clone()
        .min_by_key(slips)
        .filter(|candidate| distance(candidate, key) <= 2)
        .or_else(|| known.into_iter().find(|candidate| name(candidate) == name(key)))
        .cloned()
}

/// Returns how many letters must be changed, put in or left out (Levenshtein 1966).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (place, letter) in one.chars().enumerate() {
        let mut diagonal = place;
        let mut left = place + 1;
        let mut next = vec![left];
        for (above, wanted) in row.iter().skip(1).zip(other.chars()) {
            left = (diagonal + usize::from(letter != wanted)).min(left + 1).min(above + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests state what must hold")]
    use super::*;
    use crate::config::LogFormat;
    use crate::model::Moment;
    use std::error::Error;

    fn environment(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn with_file(text: &str, pairs: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("settings.toml");
        std::fs::write(&path, text).unwrap();
        load(Some(&path), environment(pairs))
    }

    /// The message with all its causes.
    fn chain(problem: &SettingsError) -> String {
        let mut text = problem.to_string();
        let mut cause = problem.source();
        while let Some(source) = cause {
            text = format!("{text}: {source}");
            cause = source.source();
        }
        text
    }

    #[test]
    fn the_built_in_settings_are_complete_and_lawful() {
        let settings = load(None, []).unwrap();
        assert_eq!(settings.server.listen, "127.0.0.1:8080");
        assert_eq!(settings.calendar.objection_days, 5);
        assert!(settings.secrets.create);
        let read = |number: &str| settings.lookups.case_patterns.read(number).unwrap();
        assert_eq!(read("2026-000001"), Some("2026-000001".to_owned()));
        assert_eq!(read("КУИ 2026-000123"), Some("КУИ 2026-000123".to_owned()));
        assert_eq!(read("7527-26-00-3/1234"), Some("7527-26-00-3/1234".to_owned()));
    }

    #[test]
    fn a_claim_before_nauryz_waits_until_five_days_were_worked() {
        let settings = load(None, []).unwrap();
        let claimed = Moment::parse("2026-03-18T12:00:00+05:00").unwrap();
        // 19 and 20 March, then 26, 27 and Monday 30.
        let until = settings.calendar.days_off.deadline(settings.registry.zone, claimed, 5);
        assert_eq!(settings.registry.zone.stamp(until), "2026-03-31T00:00:00.000+05:00");
    }

    #[test]
    fn the_example_for_production_holds_and_makes_no_keys() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/production.toml");
        let settings = load(Some(&path), []).unwrap();
        assert!(!settings.secrets.create);
        assert_eq!(settings.log.format, LogFormat::Json);
        assert!(settings.database.url.starts_with("postgres://"));
    }

    #[test]
    fn the_environment_wins_over_the_file_and_the_file_over_the_floor() {
        let settings = with_file(
            "[server]\nlisten = '1.2.3.4:1'\nworkers = 3",
            &[
                ("SCOOTER_REGISTRY__SERVER__LISTEN", "5.6.7.8:9"),
                ("SCOOTER_REGISTRY_KEY", "is no setting"),
                ("HOME", "/"),
            ],
        )
        .unwrap();
        assert_eq!(settings.server.listen, "5.6.7.8:9");
        assert_eq!(settings.server.workers.get(), 3);
        assert_eq!(settings.jobs.workers.get(), 2);
    }

    #[test]
    fn numbers_switches_and_lists_come_from_the_environment_too() {
        let settings = load(
            None,
            environment(&[
                ("SCOOTER_REGISTRY__SERVER__WORKERS", "7"),
                ("SCOOTER_REGISTRY__SECRETS__CREATE", "false"),
                ("SCOOTER_REGISTRY__CALENDAR__DAYS_OFF", "2026-11-24, 2026-11-25"),
            ]),
        )
        .unwrap();
        assert_eq!(settings.server.workers.get(), 7);
        assert!(!settings.secrets.create);
        let date = |text: &str| text.parse().unwrap();
        assert!(!settings.calendar.days_off.is_working(date("2026-11-25")));
        assert!(settings.calendar.days_off.is_working(date("2026-12-16")));
    }

    #[test]
    fn an_unknown_key_is_refused_by_its_name_and_the_place_it_stands_in() {
        let problem = with_file("[server]\nlisen = ':80'", &[]).unwrap_err().to_string();
        assert!(problem.contains("settings.toml sets server.lisen, which is no setting"), "{problem}");
        assert!(problem.ends_with("(did you mean server.listen?)"), "{problem}");
        let problem = load(None, environment(&[("SCOOTER_REGISTRY__RIDES__POLL_MS", "5")])).unwrap_err().to_string();
        assert!(problem.contains("SCOOTER_REGISTRY__RIDES__POLL_MS sets rides.poll_ms"), "{problem}");
        assert!(problem.ends_with("(did you mean jobs.poll_ms?)"), "{problem}");
    }

    #[test]
    fn a_value_that_cannot_be_meant_is_refused_with_its_key() {
        for (section, line, key) in [
            ("registry", "zone = 'Asia/Nowhere'", "registry.zone"),
            ("server", "workers = 0", "server.workers"),
            ("server", "workers = 'many'", "server.workers"),
            ("lookups", "tolerance_s = 21601", "lookups.tolerance_s"),
            ("lookups", "case_patterns = [{ name = 'x', pattern = '(' }]", "lookups.case_patterns"),
            ("lookups", "case_patterns = []", "lookups.case_patterns"),
            ("calendar", "days_off = ['2026-02-30']", "calendar.days_off"),
            ("log", "format = 'xml'", "log.format"),
        ] {
            let problem = chain(&with_file(&format!("[{section}]\n{line}"), &[]).unwrap_err());
            assert!(problem.contains(key), "{line}: {problem}");
        }
    }

    #[test]
    fn what_cannot_be_said_in_one_text_is_not_taken_from_the_environment() {
        let given = environment(&[("SCOOTER_REGISTRY__LOOKUPS__CASE_PATTERNS", "[0-9]+")]);
        assert!(matches!(load(None, given), Err(SettingsError::FileOnly { key }) if key == "lookups.case_patterns"));
    }

    #[test]
    fn the_password_of_the_database_is_not_shown_by_debug() {
        let given = environment(&[("SCOOTER_REGISTRY__DATABASE__URL", "postgres://registry:tulip@db/registry")]);
        assert!(!format!("{:?}", load(None, given).unwrap()).contains("tulip"));
    }
}
