//! Pages of each family and what is read from them: `tests/pages/<family>/<case>.html` beside `<case>.json`.

use std::path::Path;

use scanfleet_sdk::page::Page;
use serde_json::{Value, json};

use crate::door::{Door, door};
use crate::family::{self, Family};
use crate::pages::candidates;
use crate::signs::{Said, said};
use crate::smtp::{FIELDS, arranged, locate, settings, smtp_form};
use crate::{facts, smtp};

fn read(page: &Page, family: &Family) -> Value {
    let inside = match door(page, None) {
        Door::Open => "open".to_owned(),
        Door::Outside { field, .. } => format!("outside, {field}"),
        Door::Inside { field, .. } => format!("inside, {field}"),
        Door::Unknown => "unknown".to_owned(),
    };
    let mut found = json!({ "door": inside, "head": facts::model_of_head(page) });
    let said = said(page, family);
    if said != Said::Nothing {
        found["said"] = json!(format!("{said:?}"));
    }
    let identity = facts::of_page(page, family);
    if identity.serial.is_some() {
        found["identity"] = json!(identity);
    }
    let rows = candidates(&page.document().row_links(), family);
    if !rows.is_empty() {
        found["smtp_page"] = json!(rows.iter().map(|(_, url)| url.path()).collect::<Vec<_>>());
    }
    let forms = page.forms();
    if let Some(form) = smtp_form(&forms, family) {
        let all: Vec<_> = FIELDS.iter().map(|field| locate(form, field, family).unwrap()).collect();
        let fields = arranged(form, all, family);
        found["controls"] = json!(format!("{fields:?}"));
        found["smtp"] = json!(settings(form, &fields, family));
        found["kept_out"] = json!(smtp::sensitive(form));
    }
    found
}

#[test]
fn every_page_reads_as_recorded() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages");
    for family in family::all() {
        let folder = root.join(family.used().id);
        let mut cases = 0;
        for file in std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|e| e != "html") {
                continue;
            }
            cases += 1;
            let url = "http://192.0.2.1/net/net/page.html".parse().unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            let found = read(&Page { url, status: 200, charset: "windows-1252", text }, &family);
            let recorded = std::fs::read_to_string(path.with_extension("json")).unwrap_or_default();
            let recorded: Value = serde_json::from_str(&recorded).unwrap_or_default();
            assert_eq!(found, recorded, "{}\n{found:#}", path.display());
        }
        assert!(cases > 0, "{} has no page", family.used().id);
    }
}
