//! The short name of an operator: what people call it, without the form of the company.
//!
//! *Invariant:* never empty where the name is not; a name that is nothing but a form stays whole.

/// Forms of companies and traders in Kazakh, Russian and English, whole and short, in lower case; the longer ones first.
const FORMS: [&str; 22] = [
    "жауапкершілігі шектеулі серіктестігі",
    "товарищество с ограниченной ответственностью",
    "общество с ограниченной ответственностью",
    "индивидуальный предприниматель",
    "limited liability partnership",
    "limited liability company",
    "акционерное общество",
    "акционерлік қоғамы",
    "joint stock company",
    "жеке кәсіпкер",
    "ооо",
    "тоо",
    "жшс",
    "llp",
    "llc",
    "ltd",
    "jsc",
    "ао",
    "ақ",
    "ип",
    "жк",
    "inc",
];

/// Returns what an operator is called on its plates: `ТОО «Жел Самокат»` and `«Жел Самокат» ЖШС` are both `Жел Самокат`.
///
/// ```
/// use scooter_registry::model::short_name;
///
/// assert_eq!(short_name("«Жел Самокат» ЖШС"), "Жел Самокат");
/// ```
#[must_use]
pub fn short_name(legal_name: &str) -> String {
    let whole = legal_name.trim();
    let mut name = whole;
    while let Some(rest) = FORMS.iter().find_map(|form| without(name, form)) {
        name = rest;
    }
    name.to_owned()
}

/// Takes a form away from the beginning or the end, where it is a word of its own, and the quotation marks around the rest.
fn without<'a>(name: &'a str, form: &str) -> Option<&'a str> {
    let letters = form.chars().count();
    let (head, tail) = name.split_at_checked(nth(name, letters)?)?;
    if same(head, form) && tail.starts_with(is_border) {
        return some_name(tail);
    }
    let from = name.chars().count().checked_sub(letters)?;
    let (head, tail) = name.split_at_checked(nth(name, from)?)?;
    if same(tail, form) && head.ends_with(is_border) { some_name(head) } else { None }
}

fn nth(name: &str, characters: usize) -> Option<usize> {
    name.char_indices().nth(characters).map(|(place, _)| place)
}

fn same(text: &str, form: &str) -> bool {
    text.to_lowercase() == form
}

fn is_border(character: char) -> bool {
    character.is_whitespace() || ",.«»\"“”„'".contains(character)
}

fn some_name(rest: &str) -> Option<&str> {
    let name = rest.trim_matches(is_border);
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_form_and_the_quotation_marks_are_left_out() {
        for (legal, short) in [
            ("ТОО «Жел Самокат»", "Жел Самокат"),
            ("Товарищество с ограниченной ответственностью \"Қала Скутерс\"", "Қала Скутерс"),
            ("«Қала» жауапкершілігі шектеулі серіктестігі", "Қала"),
            ("Jet Sharing LLP", "Jet Sharing"),
            ("ИП Ахметова А. Б.", "Ахметова А. Б"),
            ("Whoosh", "Whoosh"),
            ("Аоки", "Аоки"),
            ("ТОО", "ТОО"),
        ] {
            assert_eq!(short_name(legal), short, "{legal}");
        }
    }

    proptest! {
        #[test]
        fn whatever_the_name_something_is_left(name in "\\PC{1,60}") {
            prop_assert_eq!(short_name(&name).is_empty(), name.trim().is_empty());
        }
    }
}
