//! Pages of each family and what is read from them: `tests/pages/<family>/<case>.html` beside `<case>.json`.

use std::path::Path;

use scanfleet_sdk::page::Page;
use serde_json::{Value, json};

use crate::email::{Fields, locate, settings, smtp_form};
use crate::family::{self, Family};
use crate::recognise::facts;
use crate::signs::{Sign, classify};

fn read(page: &Page, family: &Family) -> Value {
    let sign = classify(page, family);
    if sign != Sign::Ordinary {
        return json!({ "sign": format!("{sign:?}") });
    }
    let forms = page.forms();
    let Some(form) = smtp_form(&forms, family) else {
        let identity = facts(page, family);
        return json!({ "model": identity.model, "serial": identity.serial, "firmware": identity.firmware });
    };
    let at = |field: &str| locate(form, field, family);
    let must = |field: &str| at(field).unwrap().unwrap_or_default();
    let fields = Fields {
        server: must("server"),
        port: must("port"),
        ssl: must("ssl"),
        auth: must("auth"),
        user: must("user"),
        sender: must("sender"),
        auth_sender: at("auth_sender").unwrap(),
        pop: at("pop").unwrap(),
    };
    json!({ "controls": format!("{fields:?}"), "smtp": settings(form, &fields, family) })
}

#[test]
fn every_page_reads_as_recorded() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages");
    for family in family::all().unwrap() {
        let folder = root.join(family.used().id);
        let mut cases = 0;
        for file in std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|e| e != "html") {
                continue;
            }
            cases += 1;
            let url = "http://192.0.2.1/web/entry/en/websys/x/page.cgi".parse().unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            let found = read(&Page { url, status: 200, charset: "UTF-8", text }, &family);
            let recorded = std::fs::read_to_string(path.with_extension("json")).unwrap_or_default();
            let recorded: Value = serde_json::from_str(&recorded).unwrap_or_default();
            assert_eq!(found, recorded, "{}\n{found:#}", path.display());
        }
        assert!(cases > 0, "{} has no page", family.used().id);
    }
}
