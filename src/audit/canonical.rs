//! Canonical JSON (JCS, RFC 8785): the one spelling of a value, of which digests are made.
//!
//! *Invariant:* the same bytes as those of any other implementation; a test holds them against one. Written here because it was
//! two fifths of an answer's time when it was not: a value whose keys are sorted already is only to be spelled.

use serde::ser::Error as _;
use serde_json::{Map, Number, Value};

/// Returns the canonical spelling of a value.
///
/// # Errors
/// [`serde_json::Error`] where a number is not finite; no [`Value`] holds one.
pub(super) fn canonical(value: &Value) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = Vec::with_capacity(2_048);
    spell(value, &mut bytes)?;
    Ok(bytes)
}

fn spell(value: &Value, into: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    match value {
        Value::Null => into.extend_from_slice(b"null"),
        Value::Bool(true) => into.extend_from_slice(b"true"),
        Value::Bool(false) => into.extend_from_slice(b"false"),
        Value::Number(number) => spell_number(number, into)?,
        Value::String(text) => spell_text(text, into)?,
        Value::Array(items) => {
            into.push(b'[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    into.push(b',');
                }
                spell(item, into)?;
            }
            into.push(b']');
        }
        Value::Object(fields) => spell_object(fields, into)?,
    }
    Ok(())
}

/// Fields stand in the order of their keys' UTF-16 code units (section 3.2.3), which differs from that of their bytes only
/// beyond U+D7FF.
fn spell_object(fields: &Map<String, Value>, into: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    into.push(b'{');
    let mut sorted: Vec<_> = fields.iter().collect();
    if !sorted.is_sorted_by(|(one, _), (next, _)| one.is_ascii() && next.is_ascii() && one < next) {
        sorted.sort_by(|(one, _), (next, _)| one.encode_utf16().cmp(next.encode_utf16()));
    }
    for (place, (key, field)) in sorted.into_iter().enumerate() {
        if place > 0 {
            into.push(b',');
        }
        spell_text(key, into)?;
        into.push(b':');
        spell(field, into)?;
    }
    into.push(b'}');
    Ok(())
}

/// Section 3.2.2.2 asks for the shortest escapes, and for no others: those that this library writes.
fn spell_text(text: &str, into: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    serde_json::to_writer(into, text)
}

/// Section 3.2.2.3: numbers are doubles, spelled as ECMAScript spells them.
fn spell_number(number: &Number, into: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    const EXACT: u64 = 1 << 53;
    match (number.as_i64(), number.as_f64()) {
        (Some(integer), _) if integer.unsigned_abs() <= EXACT => serde_json::to_writer(into, &integer),
        (_, Some(double)) if double.is_finite() => {
            into.extend_from_slice(ryu_js::Buffer::new().format_finite(double).as_bytes());
            Ok(())
        }
        _ => Err(serde_json::Error::custom("a number that is not finite")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    /// Any JSON: texts of all planes as keys too, doubles of every size.
    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            "[\\x00-\\x7f\\u{80}-\\u{a0}\\u{d7f0}-\\u{d7ff}\\u{e000}-\\u{e010}\\u{fff0}-\\u{10010}]*"
                .prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::btree_map("[a-z_]{0,8}", inner.clone(), 0..8)
                    .prop_map(|fields| fields.into_iter().collect()),
                prop::collection::btree_map(any::<String>(), inner, 0..8)
                    .prop_map(|fields| fields.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_value_is_spelled_as_another_implementation_spells_it(value in any_value()) {
            let theirs = serde_json_canonicalizer::to_vec(&value).unwrap();
            prop_assert_eq!(String::from_utf8(canonical(&value).unwrap()).unwrap(), String::from_utf8(theirs).unwrap());
        }
    }

    #[test]
    fn the_example_of_the_standard_is_spelled_as_it_says() {
        // RFC 8785 section 3.2.3: keys in the order of UTF-16 code units.
        let keys = json!({"\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "\u{1f600}": 5, "\u{80}": 6, "\u{f6}": 7});
        let expected = "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"\u{f6}\":7,\"\u{20ac}\":1,\"\u{1f600}\":5,\"\u{fb33}\":3}";
        assert_eq!(String::from_utf8(canonical(&keys).unwrap()).unwrap(), expected);
        let numbers = json!([333_333_333.333_333_3, 1e30, 4.50, 2e-3, 1e-27, -0.0, 1e21, 9_007_199_254_740_993_i64]);
        let expected = "[333333333.3333333,1e+30,4.5,0.002,1e-27,0,1e+21,9007199254740992]";
        assert_eq!(String::from_utf8(canonical(&numbers).unwrap()).unwrap(), expected);
    }
}
