//! Canonical JSON (JCS, RFC 8785): the one spelling of a value, of which digests are made.
//!
//! *Invariant:* the same bytes as those of any other implementation; a test holds them against one. Written here because it was
//! two fifths of an answer's time when it was not, and a third when a tree of values was built first: what is written in order
//! stays as it is, and what is not is put in order object by object.

use serde::Serialize;
use serde_json::Number;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, Serializer};
use std::io::{self, Write};

/// The largest integer that every JSON reader holds exactly (RFC 7493 section 2.2): 2^53 - 1.
pub(crate) const EXACT_INTEGER_LIMIT: u64 = 9_007_199_254_740_991;

/// A canonical spelling.
pub(crate) struct Canonical {
    /// The bytes.
    pub(crate) bytes: Vec<u8>,
    /// Whether every integer survives a reader that holds numbers as doubles.
    pub(crate) is_exact: bool,
}

/// Spells a value canonically.
///
/// # Errors
/// [`serde_json::Error`] where it has no JSON form.
pub(crate) fn canonical<T: Serialize + ?Sized>(value: &T) -> Result<Canonical, serde_json::Error> {
    let mut spelling =
        Spelling { bytes: Vec::with_capacity(2_048), is_exact: true, objects: Vec::new(), fields: Vec::new() };
    value.serialize(&mut Serializer::with_formatter(io::sink(), &mut spelling))?;
    Ok(Canonical { bytes: spelling.bytes, is_exact: spelling.is_exact })
}

/// What has been spelled so far.
struct Spelling {
    bytes: Vec<u8>,
    is_exact: bool,
    /// The objects that are open, the outermost first.
    objects: Vec<Object>,
    /// The fields of all of them, one behind the other.
    fields: Vec<Field>,
}

/// Where an object begins: in the bytes, behind its brace, and in the fields.
struct Object {
    begins: usize,
    fields: usize,
}

/// Where a field stands in the bytes: from its key on, which ends where the colon is, to the end of its value.
#[derive(Clone, Copy)]
struct Field {
    begins: usize,
    key_ends: usize,
    ends: usize,
}

impl Field {
    fn key(self, bytes: &[u8]) -> &[u8] {
        bytes.get(self.begins..self.key_ends).unwrap_or_default()
    }

    fn whole(self, bytes: &[u8]) -> &[u8] {
        bytes.get(self.begins..self.ends).unwrap_or_default()
    }
}

impl Spelling {
    fn text(&mut self, text: &[u8]) -> io::Result<()> {
        self.bytes.write_all(text)
    }

    fn integer(&mut self, is_exact: bool, number: &Number) -> io::Result<()> {
        self.is_exact &= is_exact;
        match number.as_f64() {
            Some(double) if !is_exact => self.double(double),
            _ => Ok(serde_json::to_writer(&mut self.bytes, number)?),
        }
    }

    /// Section 3.2.2.3: numbers are doubles, spelled as ECMAScript spells them. One that is not finite comes as null.
    fn double(&mut self, double: f64) -> io::Result<()> {
        self.text(ryu_js::Buffer::new().format_finite(double).as_bytes())
    }

    /// Fields stand in the order of their keys' UTF-16 code units (section 3.2.3).
    fn put_in_order(&mut self, object: &Object) -> io::Result<()> {
        let bytes = &self.bytes;
        let fields = self.fields.get_mut(object.fields..).unwrap_or_default();
        // As bytes they are in the same order where they are ASCII, unescaped: all but a few.
        let plain = |key: &[u8]| key.iter().all(|byte| byte.is_ascii() && *byte != b'\\');
        if fields.iter().all(|field| plain(field.key(bytes))) {
            if fields.is_sorted_by(|one, next| one.key(bytes) < next.key(bytes)) {
                return Ok(());
            }
            fields.sort_by(|one, next| one.key(bytes).cmp(next.key(bytes)));
        } else {
            let mut units = Vec::with_capacity(fields.len());
            for field in fields.iter() {
                let key: String = serde_json::from_slice(field.key(bytes))?;
                units.push((key.encode_utf16().collect::<Vec<_>>(), *field));
            }
            units.sort_by(|(one, _), (next, _)| one.cmp(next));
            fields.iter_mut().zip(units).for_each(|(field, (_, next))| *field = next);
        }
        let mut ordered = Vec::with_capacity(bytes.len().saturating_sub(object.begins));
        for (place, field) in fields.iter().enumerate() {
            if place > 0 {
                ordered.push(b',');
            }
            ordered.extend_from_slice(field.whole(bytes));
        }
        self.bytes.truncate(object.begins);
        self.text(&ordered)
    }
}

macro_rules! integers {
    ($($name:ident: $type:ty),+ $(,)?) => {
        $(fn $name<W: ?Sized + Write>(&mut self, _: &mut W, value: $type) -> io::Result<()> {
            let is_exact = u64::try_from(value.unsigned_abs()).is_ok_and(|size| size <= EXACT_INTEGER_LIMIT);
            self.integer(is_exact, &Number::from(value))
        })+
    };
}

macro_rules! counts {
    ($($name:ident: $type:ty),+ $(,)?) => {
        $(fn $name<W: ?Sized + Write>(&mut self, _: &mut W, value: $type) -> io::Result<()> {
            self.integer(u64::from(value) <= EXACT_INTEGER_LIMIT, &Number::from(value))
        })+
    };
}

/// The writer that the serializer hands on is not written to: what was written must be moved once an object is whole.
impl Formatter for &mut Spelling {
    integers!(write_i8: i8, write_i16: i16, write_i32: i32, write_i64: i64);
    counts!(write_u8: u8, write_u16: u16, write_u32: u32, write_u64: u64);

    fn write_i128<W: ?Sized + Write>(&mut self, _: &mut W, value: i128) -> io::Result<()> {
        self.write_number_str(&mut io::sink(), &value.to_string())
    }

    fn write_u128<W: ?Sized + Write>(&mut self, _: &mut W, value: u128) -> io::Result<()> {
        self.write_number_str(&mut io::sink(), &value.to_string())
    }

    fn write_number_str<W: ?Sized + Write>(&mut self, _: &mut W, value: &str) -> io::Result<()> {
        let number: Number = serde_json::from_str(value)?;
        match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(integer), _, _) => self.write_i64(&mut io::sink(), integer),
            (_, Some(count), _) => self.write_u64(&mut io::sink(), count),
            (_, _, double) => self.double(double.unwrap_or_default()),
        }
    }

    fn write_null<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.text(b"null")
    }

    fn write_bool<W: ?Sized + Write>(&mut self, _: &mut W, value: bool) -> io::Result<()> {
        self.text(if value { b"true" } else { b"false" })
    }

    fn write_f32<W: ?Sized + Write>(&mut self, _: &mut W, value: f32) -> io::Result<()> {
        self.double(f64::from(value))
    }

    fn write_f64<W: ?Sized + Write>(&mut self, _: &mut W, value: f64) -> io::Result<()> {
        self.double(value)
    }

    fn begin_string<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.text(b"\"")
    }

    fn end_string<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.text(b"\"")
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, _: &mut W, fragment: &str) -> io::Result<()> {
        self.text(fragment.as_bytes())
    }

    /// Section 3.2.2.2 asks for the shortest escapes, and for no others: those that this library writes.
    fn write_char_escape<W: ?Sized + Write>(&mut self, _: &mut W, escape: CharEscape) -> io::Result<()> {
        CompactFormatter.write_char_escape(&mut self.bytes, escape)
    }

    fn write_raw_fragment<W: ?Sized + Write>(&mut self, _: &mut W, _: &str) -> io::Result<()> {
        Err(io::Error::other("raw JSON need not be canonical"))
    }

    fn begin_array<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.text(b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.text(b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, _: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { self.text(b",") }
    }

    fn begin_object<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.text(b"{")?;
        self.objects.push(Object { begins: self.bytes.len(), fields: self.fields.len() });
        Ok(())
    }

    fn end_object<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        if let Some(object) = self.objects.pop() {
            self.put_in_order(&object)?;
            self.fields.truncate(object.fields);
        }
        self.text(b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, _: &mut W, first: bool) -> io::Result<()> {
        if !first {
            self.text(b",")?;
        }
        let begins = self.bytes.len();
        self.fields.push(Field { begins, key_ends: begins, ends: begins });
        Ok(())
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        let key_ends = self.bytes.len();
        if let Some(field) = self.fields.last_mut() {
            field.key_ends = key_ends;
        }
        self.text(b":")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        let ends = self.bytes.len();
        if let Some(field) = self.fields.last_mut() {
            field.ends = ends;
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

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
            prop_assert_eq!(String::from_utf8(canonical(&value).unwrap().bytes).unwrap(), String::from_utf8(theirs).unwrap());
        }
    }

    #[test]
    fn the_example_of_the_standard_is_spelled_as_it_says() {
        // RFC 8785 section 3.2.3: keys in the order of UTF-16 code units.
        let keys = json!({"\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "\u{1f600}": 5, "\u{80}": 6, "\u{f6}": 7});
        let expected = "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"\u{f6}\":7,\"\u{20ac}\":1,\"\u{1f600}\":5,\"\u{fb33}\":3}";
        assert_eq!(String::from_utf8(canonical(&keys).unwrap().bytes).unwrap(), expected);
        let numbers = json!([333_333_333.333_333_3, 1e30, 4.50, 2e-3, 1e-27, -0.0, 1e21, 9_007_199_254_740_993_i64]);
        let expected = "[333333333.3333333,1e+30,4.5,0.002,1e-27,0,1e+21,9007199254740992]";
        assert_eq!(String::from_utf8(canonical(&numbers).unwrap().bytes).unwrap(), expected);
    }

    #[derive(Serialize)]
    struct Out {
        of: Option<i128>,
        order: u128,
        nothing: (),
        #[serde(flatten)]
        inner: Inner,
        a: Vec<Kind>,
    }

    #[derive(Serialize)]
    struct Inner {
        small: f32,
        open: f64,
        keys: BTreeMap<i16, &'static str>,
    }

    #[derive(Serialize)]
    enum Kind {
        Unit,
        New(u8),
        Two(i8, char),
        Named { z: bool, b: &'static str },
    }

    #[test]
    fn whatever_shape_a_value_has_it_is_spelled_as_its_tree_is() {
        let inner = Inner { small: 0.1, open: f64::NAN, keys: [(10, "ten"), (-2, "\u{7f}\n\"")].into() };
        let kinds = vec![Kind::Unit, Kind::New(255), Kind::Two(-128, '\u{1f600}'), Kind::Named { z: true, b: "/" }];
        let out = Out { of: Some(-1), order: 7, nothing: (), inner, a: kinds };
        let tree = serde_json::to_value(&out).unwrap();
        let theirs = serde_json_canonicalizer::to_vec(&tree).unwrap();
        assert_eq!(String::from_utf8(canonical(&out).unwrap().bytes).unwrap(), String::from_utf8(theirs).unwrap());
    }

    #[test]
    fn an_integer_that_a_double_would_change_is_told_of() {
        let is_exact = |value: Value| canonical(&value).unwrap().is_exact;
        assert!(is_exact(json!([EXACT_INTEGER_LIMIT, -9_007_199_254_740_991_i64, 1e300])));
        assert!(!is_exact(json!({"a": [EXACT_INTEGER_LIMIT + 1]})));
        assert!(!is_exact(json!([i64::MIN, 1])));
        assert!(!is_exact(json!(u64::MAX)));
    }
}
