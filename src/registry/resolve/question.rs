//! The question as it is sent, and as it is understood.
//!
//! *Invariant:* everything that is wrong is said at once; a wrong type is a problem of its field, not of the body.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::FieldProblem;
use crate::model::{AsKnown, CaseProblem, Features, Moment, MomentProblem, Place, Purpose, Question, Window};
use crate::plate::{PlateLink, ReadingProblem, Recollection, Sight, recall};
use crate::registry::Rules;
use crate::words::{Language, say};

/// How many features are looked at.
const MOST_FEATURES: usize = 20;
/// How many characters of a plate must be known where nothing else tells scooters apart.
const LEAST_KNOWN: usize = 4;

/// A question as it is sent.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct RawQuestion {
    /// What was read on the metal; anything goes, unreadable characters as `?`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub plate: Option<Value>,
    /// What the code on the plate said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub qr: Option<Value>,
    /// When: RFC 3339 with offset.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String)]
    pub at: Option<Value>,
    /// Seconds to both sides, 0 to 21 600.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u32>)]
    pub tolerance: Option<Value>,
    /// Answers as it would have been answered at this earlier instant, from what was known then: RFC 3339 with offset.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub known_at: Option<Value>,
    /// Where: `{lat, lng, radius_m}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub near: Option<Value>,
    /// Why: `collision, hit_and_run, injury_on_parked, theft, impound, administrative, court, other`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String)]
    pub purpose: Option<Value>,
    /// The case, or `pending`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String)]
    pub case_number: Option<Value>,
    /// Whatever else; required for `other`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub comment: Option<Value>,
    /// How well the plate was seen: `clear` (if absent) or `poor`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub sight: Option<Value>,
    /// What else was seen: `{colour, make, model, direction, photo}`, each a text in Kazakh, Russian or English. `make` may
    /// be the operator's name; `direction` a word of the compass or degrees; `photo` says where one is kept. What is not
    /// understood is told in the warnings.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub features: Option<Value>,
}

/// A question as it is understood: its fields, and what the plate and the code read as.
#[derive(Debug, Clone)]
pub(super) struct Understood {
    pub(super) question: Question,
    pub(super) plate: Option<Recollection>,
    pub(super) qr: Option<Recollection>,
    /// How well the plate was seen, if that was said.
    pub(super) sight: Option<Sight>,
    /// The scanned code, where it has the shape of ours; its tag is still to be judged.
    pub(super) link: Option<PlateLink>,
}

struct Judge<'a> {
    rules: &'a Rules,
    language: Language,
    problems: Vec<FieldProblem>,
}

/// Understands a question, or says everything that is wrong with it.
pub(super) fn understand(
    rules: &Rules,
    now: Moment,
    language: Language,
    raw: &RawQuestion,
) -> Result<Understood, Vec<FieldProblem>> {
    let mut judge = Judge { rules, language, problems: Vec::new() };
    let plate_text = judge.text("plate", raw.plate.as_ref());
    let qr_text = judge.text("qr", raw.qr.as_ref());
    if plate_text.is_none() && qr_text.is_none() && judge.problems.is_empty() {
        judge.wrong("plate", "missing", &[]);
    }
    let near = judge.near(raw.near.as_ref());
    let plate = plate_text.as_deref().and_then(|text| judge.seen("plate", text));
    let qr = qr_text.as_deref().and_then(|text| judge.seen("qr", text));
    let known = |seen: &Option<Recollection>| seen.as_ref().map_or(0, Recollection::known);
    // A place narrows what would otherwise be too many, and so does a code that can be read.
    if judge.problems.is_empty() && near.is_none() && known(&plate).max(known(&qr)) < LEAST_KNOWN {
        judge.wrong(if plate.is_some() { "plate" } else { "qr" }, "too_few_known", &[]);
    }
    let at = judge.instant(raw.at.as_ref());
    let as_known = judge.as_known(now, raw.known_at.as_ref());
    let tolerance = judge.tolerance(raw.tolerance.as_ref());
    let sight = judge.sight(raw.sight.as_ref());
    let features = judge.features(raw.features.as_ref());
    let comment = judge.text("comment", raw.comment.as_ref());
    let purpose = judge.purpose(raw.purpose.as_ref(), comment.as_deref());
    let case_number = judge.case(raw.case_number.as_ref());
    let link = qr_text.as_deref().and_then(|text| PlateLink::parse(text).ok());
    match (at, tolerance, purpose, case_number, judge.problems.is_empty()) {
        (Some(at), Some(tolerance), Some(purpose), Some(case_number), true) => Ok(Understood {
            question: Question {
                plate: plate_text,
                qr: qr_text,
                window: Window { at, tolerance },
                as_known,
                near,
                purpose,
                case_number,
                comment,
                sight: sight.unwrap_or_default(),
                features,
            },
            plate,
            qr,
            sight,
            link,
        }),
        _ => Err(judge.problems),
    }
}

/// Reads a case number by itself.
pub(super) fn case_number(rules: &Rules, language: Language, text: &str) -> Result<String, FieldProblem> {
    match rules.case_patterns.read(text) {
        Ok(Some(case)) => Ok(case),
        Ok(None) => Err(problem(language, "case_number", "still_pending", &[])),
        Err(CaseProblem::Unknown { known }) => {
            Err(problem(language, "case_number", "unknown_case", &[("known", &known.join(", "))]))
        }
    }
}

/// The problem of a text that leads to more numbers than can be told apart, even with a place.
pub(super) fn too_few_known(language: Language, understood: &Understood) -> FieldProblem {
    problem(language, if understood.plate.is_some() { "plate" } else { "qr" }, "too_few_known", &[])
}

fn problem(language: Language, field: &'static str, code: &'static str, args: &[(&str, &str)]) -> FieldProblem {
    let mut all = vec![("field", field)];
    all.extend_from_slice(args);
    FieldProblem { field, code, text: say(language, &format!("lookup.problem.{code}"), &all) }
}

/// A feature as text: a number too, for a direction in degrees.
fn feature_text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let sound = !text.is_empty() && !has_control_characters(&text) && text.chars().count() <= 200;
    sound.then_some(text)
}

/// Line breaks and tabs are layout; the others cannot be seen, and `PostgreSQL` stores no U+0000.
pub(super) fn has_control_characters(text: &str) -> bool {
    text.chars().any(|character| character.is_control() && !matches!(character, '\n' | '\r' | '\t'))
}

impl Judge<'_> {
    fn wrong(&mut self, field: &'static str, code: &'static str, args: &[(&str, &str)]) {
        self.problems.push(problem(self.language, field, code, args));
    }

    fn text(&mut self, field: &'static str, value: Option<&Value>) -> Option<String> {
        match value? {
            Value::Null => None,
            Value::String(text) if text.trim().is_empty() => None,
            Value::String(text) if has_control_characters(text) => {
                self.wrong(field, "not_text", &[]);
                None
            }
            Value::String(text) if text.chars().count() <= 2_000 => Some(text.trim().to_owned()),
            Value::String(_) => {
                self.wrong(field, "too_long", &[]);
                None
            }
            _ => {
                self.wrong(field, "not_text", &[]);
                None
            }
        }
    }

    fn seen(&mut self, field: &'static str, text: &str) -> Option<Recollection> {
        let failed = match recall(self.rules.scheme, text) {
            Ok(seen) => return Some(seen),
            Err(failed) => failed,
        };
        match failed {
            ReadingProblem::Empty => self.wrong(field, "missing", &[]),
            ReadingProblem::TooLong { .. } => self.wrong(field, "too_long", &[]),
            ReadingProblem::WrongLength { found } => {
                let pattern = self.pattern();
                self.wrong(field, "wrong_length", &[("found", &found.to_string()), ("pattern", &pattern)]);
            }
            ReadingProblem::Foreign { character, position } | ReadingProblem::NotADigit { character, position } => {
                let args = [("character", character.to_string()), ("position", position.to_string())];
                let args: Vec<_> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
                self.wrong(field, "foreign_character", &args);
            }
            ReadingProblem::TooManyUnknown { .. } => self.wrong(field, "too_few_known", &[]),
            ReadingProblem::NoSuchNumber => {
                let pattern = self.pattern();
                self.wrong(field, "no_such_number", &[("pattern", &pattern)]);
            }
        }
        None
    }

    /// What a number of this registry looks like, in words.
    fn pattern(&self) -> String {
        say(self.language, &format!("plate_pattern.{}", self.rules.scheme), &[])
    }

    fn instant(&mut self, value: Option<&Value>) -> Option<Moment> {
        let Some(text) = self.text("at", value) else {
            if !self.problems.iter().any(|problem| problem.field == "at") {
                self.wrong("at", "missing", &[]);
            }
            return None;
        };
        self.moment("at", &text)
    }

    fn moment(&mut self, field: &'static str, text: &str) -> Option<Moment> {
        match Moment::parse(text) {
            Ok(at) => Some(at),
            Err(failed) => {
                let code = match failed {
                    MomentProblem::NoOffset => "no_offset",
                    MomentProblem::Unreadable => "bad_instant",
                    MomentProblem::OutOfRange => "instant_out_of_range",
                };
                self.wrong(field, code, &[]);
                None
            }
        }
    }

    /// What will be known later, nobody knows.
    fn as_known(&mut self, now: Moment, value: Option<&Value>) -> AsKnown {
        let known_at = self.text("known_at", value).and_then(|text| self.moment("known_at", &text));
        if known_at.is_some_and(|instant| instant > now) {
            self.wrong("known_at", "known_in_future", &[]);
        }
        known_at.into()
    }

    fn tolerance(&mut self, value: Option<&Value>) -> Option<u32> {
        match value {
            None | Some(Value::Null) => Some(self.rules.tolerance_s),
            Some(value) => {
                let seconds = value.as_u64().and_then(|seconds| u32::try_from(seconds).ok());
                let seconds = seconds.filter(|seconds| *seconds <= Window::MOST);
                if seconds.is_none() {
                    self.wrong("tolerance", "bad_tolerance", &[("most", &Window::MOST.to_string())]);
                }
                seconds
            }
        }
    }

    fn near(&mut self, value: Option<&Value>) -> Option<(Place, f64)> {
        let value = value.filter(|value| !value.is_null())?;
        let number = |name: &str| value.get(name).and_then(Value::as_f64);
        let place = number("lat").zip(number("lng")).and_then(|(lat, lng)| Place::new(lat, lng).ok());
        let radius = number("radius_m").unwrap_or(500.0);
        match place {
            Some(place) if (1.0..=50_000.0).contains(&radius) => Some((place, radius)),
            _ => {
                self.wrong("near", "bad_place", &[]);
                None
            }
        }
    }

    fn sight(&mut self, value: Option<&Value>) -> Option<Sight> {
        let name = self.text("sight", value)?;
        let sight = Sight::find(&name);
        if sight.is_none() {
            let names: Vec<_> = Sight::ALL.iter().map(|sight| sight.name()).collect();
            self.wrong("sight", "unknown_sight", &[("known", &names.join(", "))]);
        }
        sight
    }

    /// A feature that cannot be read never loses the question: it is told by its name.
    fn features(&mut self, value: Option<&Value>) -> Features {
        let mut features = Features::default();
        match value {
            None | Some(Value::Null) => {}
            Some(Value::Object(named)) => {
                for (name, value) in named.iter().filter(|(_, value)| !value.is_null()).take(MOST_FEATURES) {
                    let text = feature_text(value);
                    let slot = match name.as_str() {
                        "colour" | "color" => &mut features.colour,
                        "make" => &mut features.make,
                        "model" => &mut features.model,
                        "direction" => &mut features.direction,
                        "photo" => &mut features.photo,
                        _ => {
                            features.not_read.push(name.clone());
                            continue;
                        }
                    };
                    match text {
                        Some(text) => *slot = Some(text),
                        None => features.not_read.push(name.clone()),
                    }
                }
            }
            Some(_) => self.wrong("features", "bad_features", &[]),
        }
        features
    }

    fn purpose(&mut self, value: Option<&Value>, comment: Option<&str>) -> Option<Purpose> {
        let name = self.text("purpose", value);
        let Some(purpose) = name.as_deref().and_then(Purpose::find) else {
            let names: Vec<_> = Purpose::ALL.iter().map(|purpose| purpose.name()).collect();
            let code = if name.is_some() { "unknown_purpose" } else { "purpose_missing" };
            self.wrong("purpose", code, &[("known", &names.join(", "))]);
            return None;
        };
        if purpose == Purpose::Other && comment.is_none() {
            self.wrong("comment", "comment_missing", &[]);
        }
        Some(purpose)
    }

    /// `Some(None)`: pending.
    #[allow(clippy::option_option, reason = "wrong, pending, and named are three things")]
    fn case(&mut self, value: Option<&Value>) -> Option<Option<String>> {
        let text = self.text("case_number", value);
        match text.as_deref().map(|text| self.rules.case_patterns.read(text)) {
            Some(Ok(case)) => return Some(case),
            Some(Err(CaseProblem::Unknown { known })) => {
                self.wrong("case_number", "unknown_case", &[("known", &known.join(", "))]);
            }
            None => self.wrong("case_number", "case_missing", &[]),
        }
        None
    }
}
