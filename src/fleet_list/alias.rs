//! The names under which operators keep the fields, in Russian, Kazakh and English.
//!
//! *Invariant:* no name stands for two fields, and no guess is made from a part of a name.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Field;

static ALIASES: LazyLock<HashMap<String, Field>> =
    LazyLock::new(|| aliases(include_str!("../../assets/fleet_list/aliases.toml")));

/// Returns the field that a column of that name is known to hold: by the whole name, else by the name without what
/// stands in brackets (`Дата ввода (дд.мм.гггг)`).
pub(super) fn field_of(column: &str) -> Option<Field> {
    ALIASES.get(&normal(column)).or_else(|| ALIASES.get(&normal(&without_brackets(column)))).copied()
}

/// Reads the embedded file; a test holds that it is whole.
fn aliases(file: &str) -> HashMap<String, Field> {
    let lists: HashMap<Field, Vec<String>> = toml::from_str(file).unwrap_or_default();
    lists.into_iter().flat_map(|(field, names)| names.into_iter().map(move |name| (normal(&name), field))).collect()
}

/// The name without letter case, spaces, punctuation and marks. Kazakh letters are taken for the Russian ones that are
/// typed in their place where a keyboard or an encoding lacks them, and ё for е. The signs № and # stay: "рег. №".
fn normal(name: &str) -> String {
    name.chars()
        .flat_map(char::to_lowercase)
        .filter(|letter| letter.is_alphanumeric() || matches!(letter, '№' | '#'))
        .map(plain)
        .collect()
}

fn plain(letter: char) -> char {
    match letter {
        'ё' => 'е',
        'ә' => 'а',
        'ғ' => 'г',
        'қ' => 'к',
        'ң' => 'н',
        'ө' => 'о',
        'ұ' | 'ү' => 'у',
        'һ' => 'х',
        'і' => 'и',
        other => other,
    }
}

fn without_brackets(name: &str) -> String {
    let mut depth = 0_usize;
    name.chars()
        .filter(|character| match character {
            '(' | '[' => {
                depth += 1;
                false
            }
            ')' | ']' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;

    const FILE: &str = include_str!("../../assets/fleet_list/aliases.toml");

    #[test]
    fn every_field_has_its_own_name_and_no_name_stands_for_two_fields() {
        let lists: HashMap<Field, Vec<String>> = toml::from_str(FILE).unwrap();
        let mut known: HashMap<String, &str> = HashMap::new();
        for (field, names) in &lists {
            for name in names {
                assert!(!normal(name).is_empty(), "{name:?} of {field} is nothing but marks");
                assert_eq!(known.insert(normal(name), name), None, "{name:?} of {field} stands twice");
            }
        }
        for field in Field::ALL {
            assert!(lists.contains_key(&field), "{field} has no names");
            assert_eq!(field_of(field.name()), Some(field));
        }
    }

    #[test]
    fn a_name_is_known_in_three_languages_however_it_is_typed() {
        for (column, field) in [
            ("Device ID", Field::DeviceId),
            ("\u{feff}deviceId", Field::DeviceId),
            ("ID устройства", Field::DeviceId),
            ("Құрылғы ID", Field::DeviceId),
            ("курылгы id", Field::DeviceId),
            ("S/N", Field::SerialNumber),
            ("Заводской  №", Field::SerialNumber),
            ("СЕРИЯЛЫҚ НӨМІРІ", Field::SerialNumber),
            ("Рег.номер", Field::Plate),
            ("Рег. №", Field::Plate),
            ("Номер", Field::Plate),
            ("Тіркеу нөмірі", Field::Plate),
            ("Год выпуска", Field::Year),
            ("Шығарылған жылы", Field::Year),
            ("Color", Field::Colour),
            ("Түсі", Field::Colour),
            ("Дата ввода (дд.мм.гггг)", Field::InService),
            ("Пайдалануға енгізу", Field::InService),
            ("Вывод из эксплуатации *", Field::OutOfService),
            ("Страховая организация", Field::Insurer),
            ("Сақтандыру полисінің нөмірі", Field::PolicyNumber),
            ("Примечание:", Field::Comment),
        ] {
            assert_eq!(field_of(column), Some(field), "{column:?}");
        }
    }

    #[test]
    fn names_that_could_mean_several_things_mean_nothing() {
        for column in ["Vehicle_ID", "id", "№", "№ п/п", "Company", "Type", "", "Status", "Дата"] {
            assert_eq!(field_of(column), None, "{column:?}");
        }
    }
}
