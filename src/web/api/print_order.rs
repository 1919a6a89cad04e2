//! The order of a print job as it is sent.
//!
//! *Invariant:* what goes only with another form is refused, not passed over: a resolution of sheets means that something
//! else was meant.

use serde_json::Value;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::model::{ImportId, Position};
use crate::registry::press::{Asked, Output, Wanted};
use crate::render::press::Stock;
use crate::render::{Dpi, Part};
use crate::web::body::Request;
use crate::web::fault::{Fault, Spot};
use crate::web::fields::Fields;
use crate::web::wrong::Wrong;

/// More of one plate is a mistake.
const MOST_COPIES: i64 = 20;
const POSITIONS: &str = "rear, left, right";

/// An order of plates to be printed.
#[derive(Debug)]
pub(crate) struct PrintOrder {
    pub(super) asked: Asked,
}

/// Written out, for what is read into another shape than what is sent.
impl PartialSchema for PrintOrder {
    fn schema() -> RefOr<Schema> {
        let kind = |kind| ObjectBuilder::new().schema_type(SchemaType::new(kind));
        let texts = || ArrayBuilder::new().items(kind(Type::String));
        let one_of = |names: &[&str]| kind(Type::String).enum_values(Some(names.to_vec()));
        let range = kind(Type::Object)
            .property("from", kind(Type::String))
            .property("to", kind(Type::String))
            .required("from")
            .required("to");
        let said = [
            ("numbers", "Registration numbers, at most 100 000; anything that reads as one of the caller's."),
            ("import", "The id of a fleet import: the numbers that it brought."),
            ("range", "All numbers of one letter from one to another, both included."),
        ];
        let [numbers, import, range_said] = said.map(|(_, text)| Some(text));
        kind(Type::Object)
            .description(Some("Exactly one of `numbers`, `import` and `range` is given."))
            .property("numbers", texts().description(numbers))
            .property("import", kind(Type::String).description(import))
            .property("range", range.description(range_said))
            .property("positions", texts().description(Some("`rear`, `left`, `right`; absent: all three.")))
            .property("part", one_of(&["plate", "label"]).description(Some("`plate`, if absent.")))
            .property("format", one_of(&["pdf", "svg", "png"]))
            .property(
                "stock",
                one_of(&["a4", "sra3", "roll", "single"]).description(Some("For `pdf`; `a4`, if absent.")),
            )
            .property("dpi", kind(Type::Integer).description(Some("For `png`: 72 to 1200; 300, if absent.")))
            .property("copies", kind(Type::Integer).description(Some("For `pdf`: 1 to 20 of each; 1, if absent.")))
            .property(
                "reason",
                kind(Type::String).description(Some("Why plates are printed again, or more than once.")),
            )
            .required("format")
            .into()
    }
}

impl ToSchema for PrintOrder {}

impl Request for PrintOrder {
    fn read(fields: &mut Fields) -> Option<Self> {
        let wanted = wanted(fields);
        let positions = positions(fields);
        let part = optional_choice(fields, "part", "plate, label", |text| match text {
            "plate" => Some(Part::Plate),
            "label" => Some(Part::Label),
            _ => None,
        });
        let output = output(fields);
        let copies = bounded(fields, "copies", 1, MOST_COPIES);
        if let (Some(Output::Svg | Output::Png(_)), Some(2..)) = (output, copies) {
            fields.refuse(Fault::field("copies", Wrong::OnlyWith).with("what", &"format = pdf"));
        }
        let reason = fields.optional_prose("reason");
        let asked = Asked {
            wanted: wanted?,
            positions: positions?,
            part: part.unwrap_or(Part::Plate),
            output: output?,
            copies: copies.and_then(|copies| u32::try_from(copies).ok()).unwrap_or(1),
            reason,
        };
        Some(Self { asked })
    }
}

fn wanted(fields: &mut Fields) -> Option<Wanted> {
    let numbers = fields.optional("numbers").map(|value| numbers(fields, value));
    let import = fields.optional_text("import").map(|id| Some(Wanted::Import(ImportId::from_text(&id))));
    let range = fields.optional("range").map(|value| range(fields, &value));
    let mut given = [numbers, import, range].into_iter().flatten();
    if let (Some(wanted), None) = (given.next(), given.next()) {
        return wanted;
    }
    let fault = Fault::new(Spot::Pointer(String::new()), Wrong::ExactlyOne);
    fields.refuse(fault.with("names", &"numbers, import, range"));
    None
}

fn numbers(fields: &mut Fields, value: Value) -> Option<Wanted> {
    let texts = match value {
        Value::Array(items) => items
            .into_iter()
            .map(|item| if let Value::String(text) = item { Some(text) } else { None })
            .collect::<Option<Vec<_>>>(),
        _ => None,
    };
    if texts.is_none() {
        fields.refuse(Fault::field("numbers", Wrong::TypeTexts));
    }
    texts.map(Wanted::Numbers)
}

fn range(fields: &mut Fields, value: &Value) -> Option<Wanted> {
    let known = ["from", "to"];
    let mut faults = Vec::new();
    let ends = known.map(|name| match value.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(_) => fault(&mut faults, name, Wrong::TypeText),
        None => fault(&mut faults, name, Wrong::Missing),
    });
    let names = value.as_object().into_iter().flat_map(|object| object.keys());
    for name in names.filter(|name| !known.contains(&name.as_str())).take(20) {
        let pointer = format!("/range{}", crate::web::fault::pointer(name));
        faults.push(Fault::new(Spot::Pointer(pointer), Wrong::UnknownField).with("known", &"from, to"));
    }
    if !value.is_object() {
        faults = vec![Fault::field("range", Wrong::NotAnObject)];
    }
    let wrong = !faults.is_empty();
    for fault in faults {
        fields.refuse(fault);
    }
    let [from, to] = ends;
    if wrong { None } else { Some(Wanted::Range { from: from?, to: to? }) }
}

fn fault(faults: &mut Vec<Fault>, name: &str, wrong: Wrong) -> Option<String> {
    faults.push(Fault::new(Spot::Pointer(format!("/range/{name}")), wrong));
    None
}

/// In the order in which plates stand, whatever the order in which they are asked for: the same order is one job.
fn positions(fields: &mut Fields) -> Option<Vec<Position>> {
    let all = [Position::Rear, Position::Left, Position::Right];
    let Some(value) = fields.optional("positions") else { return Some(all.to_vec()) };
    let texts: Option<Vec<&str>> = value.as_array().and_then(|items| items.iter().map(Value::as_str).collect());
    let named: Option<Vec<Position>> =
        texts.and_then(|texts| texts.into_iter().map(Position::find).collect::<Option<Vec<_>>>());
    let Some(named) = named.filter(|named| !named.is_empty()) else {
        fields.refuse(Fault::field("positions", Wrong::OneOf).with("values", &POSITIONS));
        return None;
    };
    let meant: Vec<_> = all.into_iter().filter(|position| named.contains(position)).collect();
    if meant.len() < named.len() {
        fields.refuse(Fault::field("positions", Wrong::Repeated));
        return None;
    }
    Some(meant)
}

fn output(fields: &mut Fields) -> Option<Output> {
    let format = fields
        .choice("format", &["pdf", "svg", "png"], |text| ["pdf", "svg", "png"].into_iter().find(|name| *name == text));
    let stocks = Stock::ALL.map(Stock::as_str).join(", ");
    let stock = optional_choice(fields, "stock", &stocks, |text| text.parse::<Stock>().ok());
    let dpi = bounded(fields, "dpi", i64::from(Dpi::LEAST), i64::from(Dpi::MOST));
    let format = format?;
    if stock.is_some() && format != "pdf" {
        fields.refuse(Fault::field("stock", Wrong::OnlyWith).with("what", &"format = pdf"));
    }
    if dpi.is_some() && format != "png" {
        fields.refuse(Fault::field("dpi", Wrong::OnlyWith).with("what", &"format = png"));
    }
    let dpi = dpi.and_then(|dpi| u16::try_from(dpi).ok()).and_then(Dpi::new).unwrap_or(Dpi::USUAL);
    Some(match format {
        "svg" => Output::Svg,
        "png" => Output::Png(dpi),
        _ => Output::Pdf(stock.unwrap_or(Stock::A4)),
    })
}

fn optional_choice<T>(
    fields: &mut Fields,
    name: &'static str,
    values: &str,
    find: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    let text = fields.optional_text(name)?;
    let found = find(text.trim());
    if found.is_none() {
        fields.refuse(Fault::field(name, Wrong::OneOf).with("values", &values));
    }
    found
}

fn bounded(fields: &mut Fields, name: &'static str, least: i64, most: i64) -> Option<i64> {
    let value = fields.optional(name)?;
    let found = value.as_i64().filter(|number| (least..=most).contains(number));
    if found.is_none() {
        fields.refuse(Fault::field(name, Wrong::WholeNumber).with("least", &least).with("most", &most));
    }
    found
}
