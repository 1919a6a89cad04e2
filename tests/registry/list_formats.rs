//! Lists in every format: as programs write them, the same in each, given back as they came; and templates.
//!
//! *Invariant:* nothing tells the registry what a file is but its bytes.

use serde_json::{Value, json};

use crate::database::kinds;
use crate::house::{TestRegistry, fleet};
use crate::people::Person;
use crate::sheets::{self, Form};

const LIBRE_OFFICE: &[u8] = include_bytes!("../fixtures/libreoffice.xlsx");
const LIBRE_OFFICE_1251: &[u8] = include_bytes!("../fixtures/libreoffice-windows-1251.csv");
const OPENPYXL: &[u8] = include_bytes!("../fixtures/openpyxl.xlsx");

fn errors(import: &Value) -> Vec<(&str, u64)> {
    let problems = import["problems"].as_array().unwrap().iter();
    let errors = problems.filter(|problem| problem["severity"] == "error");
    errors.map(|problem| (problem["kind"].as_str().unwrap(), problem["row"].as_u64().unwrap_or(0))).collect()
}

fn vehicle(operator: &Person, device_id: &str) -> Value {
    let escaped = device_id.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
    operator.get(&format!("/v1/vehicles/{escaped}")).expect(200)["vehicle"].clone()
}

#[test]
fn workbooks_of_libreoffice_and_python_and_a_windows_1251_csv_are_read_without_a_hint() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let operator = registry.operator('K');
        let libre = operator.upload("dry_run=false", LIBRE_OFFICE);
        assert_eq!((&libre["status"], &libre["found"]["format"]), (&json!("committed"), &json!("xlsx")), "{libre}");
        assert_eq!((&libre["counts"]["new"], &libre["found"]["header_row"]), (&json!(12), &json!(3)));
        assert!(libre["found"]["sheet"].is_string());
        let fourth = vehicle(&operator, "СК-004");
        assert_eq!(
            (&fourth["serial_number"], &fourth["in_service"]),
            (&json!("860123456789012"), &json!("2026-06-15"))
        );
        let eighth = vehicle(&operator, "СК-008");
        assert_eq!((&eighth["serial_number"], &eighth["colour"]), (&json!("00420008"), &json!("жасыл")));
        assert_eq!(eighth["in_service"], "2026-06-30");

        let cyrillic = operator.upload("", LIBRE_OFFICE_1251);
        assert_eq!(cyrillic["found"]["encoding"], "windows-1251");
        assert_eq!((&cyrillic["found"]["delimiter"], errors(&cyrillic)), (&json!(";"), vec![]), "{cyrillic}");
        assert_eq!((&cyrillic["counts"]["changed"], &cyrillic["counts"]["unchanged"]), (&json!(6), &json!(6)));
        let colour =
            json!({"row": 9, "device_id": "СК-005", "fields": [{"field": "colour", "from": "көк", "to": "синий"}]});
        assert!(cyrillic["changes"].as_array().unwrap().contains(&colour), "{}", cyrillic["changes"]);

        let python = operator.upload("dry_run=false&mode=good_rows", OPENPYXL);
        assert_eq!((&python["found"]["sheet"], &python["counts"]["new"]), (&json!("Парк"), &json!(11)), "{python}");
        assert_eq!(errors(&python), [("formula_not_calculated", 8)]);
        let (second, third) = (vehicle(&operator, "ҚЗ-002"), vehicle(&operator, "ҚЗ-003"));
        assert_eq!((&second["serial_number"], &third["in_service"]), (&json!("07000002"), &json!("2026-07-03")));
        assert_eq!(vehicle(&operator, "ҚЗ-006")["comment"], "нет звонка\nи крыла");
        assert_eq!(vehicle(&operator, "ҚЗ-008")["comment"], "87%");
    }
}

/// One list of five scooters, in every format.
fn everywhere() -> Vec<(&'static str, Vec<u8>)> {
    let csv = fleet("k", 5);
    let rows: Vec<Vec<String>> = csv.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
    let object = |row: &Vec<String>| -> Value {
        let members = rows[0].iter().zip(row).map(|(name, cell)| (name.clone(), Value::from(cell.as_str())));
        Value::Object(members.collect())
    };
    let objects: Vec<Value> = rows[1..].iter().map(object).collect();
    let lines = objects.iter().map(|object| format!("{object}\n")).collect::<Vec<_>>().concat();
    vec![
        ("csv", csv.clone().into_bytes()),
        ("tsv", csv.replace(',', "\t").into_bytes()),
        ("xlsx", sheets::write(Form::Xlsx, &rows)),
        ("json", json!({ "vehicles": objects }).to_string().into_bytes()),
        ("ndjson", lines.into_bytes()),
    ]
}

#[test]
fn one_list_is_the_same_in_every_format_and_its_receipt_comes_back_in_it() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        for (format, bytes) in everywhere() {
            let first = operator.numbers().is_empty();
            let import = operator.upload("dry_run=false", &bytes);
            assert_eq!(
                (&import["status"], &import["found"]["format"]),
                (&json!("committed"), &json!(format)),
                "{import}"
            );
            assert_eq!(import["counts"][if first { "new" } else { "unchanged" }], 5, "{format}: {import}");
            let receipt = operator.get(import["receipt_url"].as_str().unwrap());
            let name = format!("attachment; filename=\"receipt.{format}\"");
            assert_eq!(receipt.header("content-disposition"), Some(name.as_str()));
            let again = operator.upload("", &receipt.bytes);
            assert_eq!(
                (&again["found"]["format"], &again["counts"]["unchanged"]),
                (&json!(format), &json!(5)),
                "{again}"
            );
            let ours = again["found"]["columns"].as_array().unwrap().iter().filter(|column| column["by"] == "registry");
            assert_eq!(ours.count(), 5, "{format}");
        }
        let receipt = operator.upload("dry_run=false", &everywhere()[2].1)["receipt_url"].as_str().unwrap().to_owned();
        let rows = sheets::read(Form::Xlsx, &operator.get(&receipt).bytes);
        let header: Vec<&str> = rows[0].iter().skip(6).map(String::as_str).collect();
        assert_eq!(header, ["registry_device_id", "registry_outcome", "number", "control", "qr"]);
        assert!(rows[1][10].contains("REG.TEST") && rows[1][10].contains("K00001"), "{:?}", rows[1]);
        assert_eq!((rows[1][0].as_str(), rows[1][7].as_str(), rows[1][8].as_str()), ("k-1", "unchanged", "K00001"));
    }
}

#[test]
fn a_report_tells_what_changes_from_what_to_what_and_what_the_list_does_not_name() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 4));
        let list = b"device_id,colour,year,in_service\nk-1,red,2025,\nk-3,green,2026,01.07.2026\n";
        for query in ["", "dry_run=false"] {
            let import = operator.upload(query, list);
            let expected = json!([
                {"row": 2, "device_id": "k-1", "fields": [{"field": "colour", "from": "green", "to": "red"}]},
                {"row": 3, "device_id": "k-3", "fields": [
                    {"field": "year", "from": "2025", "to": "2026"},
                    {"field": "in_service", "from": null, "to": "2026-07-01"}]},
            ]);
            assert_eq!((&import["changes"], &import["changes_total"]), (&expected, &json!(2)), "{import}");
            assert_eq!((&import["missing"], &import["counts"]["missing"]), (&json!(["k-2", "k-4"]), &json!(2)));
        }
        let again = operator.upload("", list);
        assert_eq!((&again["changes"], &again["changes_total"]), (&json!([]), &json!(0)));
    }
}

#[test]
fn every_bad_row_comes_back_however_many_there_are_and_only_they() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        registry.operator('Z').enroll("device_id\nz-1\n");
        let mut list = "device_id,year,plate\n".to_owned();
        for row in 0..2_600 {
            let (year, plate) = [("2025", ""), ("x", ""), ("2025", "Z00001")][row % 3];
            list.push_str(&format!("s-{row},{year},{plate}\n"));
        }
        let import = operator.upload("", list.as_bytes());
        assert_eq!(import["problems"].as_array().unwrap().len(), 1_000);
        let bad = import["counts"]["bad"].as_u64().unwrap();
        let given = operator.get(import["bad_rows_url"].as_str().unwrap()).text();
        assert_eq!((bad, given.lines().count()), (1_733, 1 + 1_733));
        assert!(
            given
                .lines()
                .skip(1)
                .all(|line| line.split(',').all(|cell| !cell.trim().is_empty()) || line.contains(",x,,"))
        );
    }
}

#[test]
fn json_is_read_line_by_line_or_whole_and_its_problems_say_where() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let operator = registry.operator('K');
        let lines = "{\"device_id\":\"a\",\"serial_number\":86012345678901234567}\n{\"device_id\":\"b\",\n\n\
                     {\"device_id\":\"c\",\"make\":{\"name\":\"Okai\"}}\n{\"device_id\":\"d\",\"device_id\":\"e\"}\n";
        let import = operator.upload("dry_run=false&mode=good_rows", lines.as_bytes());
        assert_eq!(errors(&import), [("line_broken", 2), ("nested_value", 4), ("key_repeated", 5)], "{import}");
        assert_eq!(vehicle(&operator, "a")["serial_number"], "86012345678901234567");
        let bad = operator.get(import["bad_rows_url"].as_str().unwrap());
        assert_eq!(bad.header("content-type"), Some("application/x-ndjson; charset=utf-8"));
        let bad: Vec<Value> = bad.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(
            (&bad[0]["broken_line"], &bad[1]["make"]["name"]),
            (&json!("{\"device_id\":\"b\","), &json!("Okai"))
        );
        assert!(bad.iter().all(|row| row["problem"].is_string() && row["remedy"].is_string()));
        let broken = operator.upload("", b"[{\"device_id\": \"a\"},\n {\"device_id\" \"b\"}]");
        assert_eq!(errors(&broken), [("json_broken", 0)]);
        assert!(broken["problems"][0]["problem"].as_str().unwrap().contains("line 2, character 15"), "{broken}");
    }
}

#[test]
fn templates_are_given_to_anyone_in_three_languages_and_hold_no_scooter() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let (nobody, operator) = (Person::nobody(registry.url()), registry.operator('K'));
        for language in ["kk", "ru", "en"] {
            for file in ["required.csv", "full.csv", "required.xlsx", "full.xlsx"] {
                let path = format!("/v1/fleet-templates/{file}");
                let template = nobody.speaking(language).get(&path);
                assert_eq!((template.status, template.header("content-language")), (200, Some(language)));
                assert_eq!(nobody.get(&format!("{path}?lang={language}")).bytes, template.bytes);
                let import = operator.upload("", &template.bytes);
                assert_eq!(errors(&import), [("no_rows", 0)], "{import}");
                let columns = import["found"]["columns"].as_array().unwrap();
                assert_eq!(columns.len(), if file.starts_with("full") { 14 } else { 6 });
                assert!(columns.iter().all(|column| column["by"] == "alias"), "{columns:?}");
            }
        }
        assert_eq!(nobody.get("/v1/fleet-templates/other.csv").status, 404);
        assert_eq!(nobody.get("/v1/fleet-templates/full.csv?lang=fr").status, 422);
    }
}
