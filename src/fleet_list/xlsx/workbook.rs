//! What a workbook says about itself: its sheets and where they and what they share are kept.
//!
//! *Invariant:* no part is named by guess where the workbook names it, and a sheet stands here once however often it is
//! listed.

use std::collections::{HashMap, HashSet};

use super::archive::{Archive, Refusal};
use super::xml::{Token, Xml};

/// A sheet of cells.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) part: String,
}

/// A workbook.
#[derive(Debug, Default)]
pub(super) struct Workbook {
    /// The visible sheets of cells, in the order of their tabs.
    pub(super) sheets: Vec<Sheet>,
    /// The part that holds the shared strings.
    pub(super) strings: Option<String>,
    /// The part that holds the number formats.
    pub(super) styles: Option<String>,
    /// Whether days are counted from 1904, as on old Macs.
    pub(super) is_1904: bool,
}

/// More sheets than this are no list but a hiding place.
const SHEETS: usize = 100;

/// Where one part leads.
struct Relation {
    kind: String,
    part: String,
}

impl Workbook {
    /// Reads the workbook; nothing if the archive holds none.
    pub(super) fn read(archive: &mut Archive<'_>) -> Result<Option<Self>, Refusal> {
        let roots = relations(archive, "")?;
        let named = roots.into_values().find(|root| root.kind == "officeDocument").map(|root| root.part);
        let part = named.unwrap_or_else(|| "xl/workbook.xml".to_owned());
        let relations = relations(archive, &part)?;
        let Some(mut xml) = Xml::open(archive, &part)? else { return Ok(None) };
        let mut workbook = Self::default();
        let mut known = HashSet::new();
        let mut is_workbook = false;
        while let Some(token) = xml.next()? {
            let Token::Start(tag) = token else { continue };
            match tag.name() {
                "workbook" => is_workbook = true,
                "workbookPr" => workbook.is_1904 = tag.is_set("date1904"),
                "sheet" => {
                    let visible = tag.attribute("state").is_none_or(|state| state == "visible");
                    let relation = tag.attribute("id").and_then(|id| relations.get(&id));
                    let sheet = relation.filter(|relation| relation.kind == "worksheet" && visible);
                    if let Some(sheet) = sheet.filter(|sheet| known.insert(sheet.part.clone()))
                        && workbook.sheets.len() < SHEETS
                    {
                        let name = tag.attribute("name").unwrap_or_default();
                        workbook.sheets.push(Sheet { name, part: sheet.part.clone() });
                    }
                }
                _ => {}
            }
        }
        let of_kind = |kind: &str| relations.values().find(|known| known.kind == kind).map(|known| known.part.clone());
        workbook.strings = of_kind("sharedStrings");
        workbook.styles = of_kind("styles");
        Ok(is_workbook.then_some(workbook))
    }
}

/// Reads where a part leads, by the ids it uses (ECMA-376 part 2, 9.3); the part without a name is the archive itself.
fn relations(archive: &mut Archive<'_>, part: &str) -> Result<HashMap<String, Relation>, Refusal> {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    let path = if folder.is_empty() { format!("_rels/{name}.rels") } else { format!("{folder}/_rels/{name}.rels") };
    let mut relations = HashMap::new();
    let Some(mut xml) = Xml::open(archive, &path)? else { return Ok(relations) };
    while let Some(token) = xml.next()? {
        let Token::Start(tag) = token else { continue };
        let outside = tag.attribute("TargetMode").is_some_and(|mode| mode == "External");
        if tag.name() != "Relationship" || outside {
            continue;
        }
        let kind = tag.attribute("Type").unwrap_or_default();
        let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
        if let (Some(id), Some(target)) = (tag.attribute("Id"), tag.attribute("Target")) {
            relations.insert(id, Relation { kind, part: resolved(folder, &target) });
        }
    }
    Ok(relations)
}

/// The name of a part as it is meant beside the parts of a folder.
fn resolved(folder: &str, target: &str) -> String {
    let whole = if target.starts_with('/') { target.to_owned() } else { format!("{folder}/{target}") };
    let mut steps: Vec<&str> = Vec::new();
    for step in whole.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            name => steps.push(name),
        }
    }
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_found_beside_the_one_that_names_it() {
        for (target, part) in [
            ("worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("../docs/./a.xml", "docs/a.xml"),
            ("../../../a.xml", "a.xml"),
        ] {
            assert_eq!(resolved("xl", target), part);
        }
        assert_eq!(resolved("", "xl/workbook.xml"), "xl/workbook.xml");
    }
}
