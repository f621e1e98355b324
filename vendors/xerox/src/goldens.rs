//! Pages of each family and what is read from them: `tests/pages/<family>/<case>.html` beside `<case>.json`.
//! `BLESS=1` writes the second anew.

use std::path::Path;

use scanfleet_sdk::page::Page;
use serde_json::{Value, json};

use crate::family::{self, Family, refusal};
use crate::press::{Pressed, press};
use crate::recognise::facts;
use crate::settings::settings;
use crate::sheet;
use crate::signs::{Sign, classify};

fn read(page: &Page, family: &Family) -> Value {
    if let Some(why) = refusal(family) {
        let seen: Vec<_> = family
            .signs()
            .iter()
            .filter(|s| s.is_in(&page.text))
            .filter_map(|s| s.contains.clone())
            .collect();
        return json!({ "refused": why, "seen": seen });
    }
    let sign = classify(page, family);
    if sign != Sign::Ordinary {
        return json!({ "sign": format!("{sign:?}") });
    }
    match sheet::read(page.clone(), &[], family) {
        Err((.., field, trouble)) => json!({ "field": field, "trouble": trouble.to_string() }),
        Ok(Some(sheet)) => {
            let names: Vec<String> = sheet
                .spots
                .iter()
                .map(|(field, spot)| {
                    let control = &sheet.form().controls[spot.at];
                    let name = if control.name.is_empty() { &control.id } else { &control.name };
                    format!("{field} = {name}")
                })
                .collect();
            let pressed = press(family, page, &sheet.forms, sheet.at, "button.ok", &[], &[]);
            let sent = match pressed {
                Pressed::Sent(sent) => {
                    let entries = sent.form.entries(None).unwrap();
                    json!(entries.into_iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>())
                }
                other => json!(format!("{other:?}")),
            };
            json!({ "fields": names, "smtp": settings(&[sheet], family), "sent": sent })
        }
        Ok(None) => {
            let identity = facts(page, family);
            json!({ "model": identity.model, "serial": identity.serial, "firmware": identity.firmware })
        }
    }
}

#[test]
fn every_page_reads_as_recorded() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages");
    for family in family::embedded().unwrap().all() {
        let folder = root.join(family.id());
        let mut cases = 0;
        for file in std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|e| e != "html") {
                continue;
            }
            cases += 1;
            let url = "http://192.0.2.1/x/page.php".parse().unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            let found = read(&Page { url, status: 200, charset: "UTF-8", text }, family);
            let golden = path.with_extension("json");
            if std::env::var_os("BLESS").is_some() {
                std::fs::write(&golden, format!("{found:#}\n")).unwrap();
            }
            let recorded = std::fs::read_to_string(&golden).unwrap_or_default();
            let recorded: Value = serde_json::from_str(&recorded).unwrap_or_default();
            assert_eq!(found, recorded, "{}\n{found:#}", path.display());
        }
        assert!(cases > 0, "{} has no page", family.id());
    }
}
