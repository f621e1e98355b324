//! Forms against a real browser: for every page in `tests/forms` the controls, the entries and the very bytes that
//! Chromium made of it (recorded in the file of the same name) must be ours too.
//!
//! A page is served as `http://copier.test/web/NAME.html?page=1`. `NAME.CHARSET.html` is in that charset, else UTF-8. In
//! the recording each byte of a body is one character, and the boundary of a multipart body reads `BOUNDARY`.

use std::path::{Path, PathBuf};

use scanfleet_sdk::form::{ControlType, Document, Form};
use serde_json::{Value, json};
use url::Url;

fn pages() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/forms");
    let mut pages: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "html"))
        .collect();
    pages.sort();
    pages
}

fn charset(page: &Path) -> String {
    let name = page.file_name().unwrap().to_str().unwrap();
    match name.split('.').collect::<Vec<_>>()[..] {
        [_, charset, _] => charset.to_owned(),
        _ => "utf-8".to_owned(),
    }
}

fn open(page: &Path, recorded: &Value) -> Document {
    let charset = charset(page);
    let encoding = encoding_rs::Encoding::for_label(charset.as_bytes()).unwrap();
    let text = encoding.decode(&std::fs::read(page).unwrap()).0.into_owned();
    let url = Url::parse(recorded["url"].as_str().unwrap()).unwrap();
    Document::parse(&text, Some(&url), &charset)
}

fn controls(form: &Form) -> Value {
    form.controls
        .iter()
        .map(|c| {
            let options: Vec<Value> = c
                .options
                .iter()
                .map(|o| json!({"value": o.value, "label": o.label, "selected": o.selected, "disabled": o.disabled}))
                .collect();
            json!({"name": c.name, "type": c.type_name, "value": c.value, "checked": c.checked,
                "disabled": c.disabled, "options": options})
        })
        .collect()
}

fn submission(form: &Form, submit: Option<&str>) -> Value {
    let sent = form.submission(submit, None).unwrap();
    let mut url = sent.url.clone();
    url.set_fragment(None);
    let mut content_type = sent.content_type.clone();
    let mut body: String = sent.body.iter().map(|b| char::from(*b)).collect();
    if let Some((_, boundary)) = content_type.as_deref().and_then(|c| c.split_once("boundary=")) {
        let boundary = boundary.to_owned();
        body = body.replace(&boundary, "BOUNDARY");
        content_type = content_type.map(|c| c.replace(&boundary, "BOUNDARY"));
    }
    json!({"submit": submit, "method": sent.method, "url": url.as_str(), "content_type": content_type, "body": body})
}

/// What both sides show a little differently without its being sent: nothing but labels of options, which we fold.
fn folded(mut controls: Value) -> Value {
    for control in controls.as_array_mut().unwrap() {
        for option in control["options"].as_array_mut().unwrap() {
            option["label"] = scanfleet_sdk::form::fold(option["label"].as_str().unwrap()).into();
        }
    }
    controls
}

#[test]
fn every_page_submits_as_in_the_browser() {
    let pages = pages();
    assert!(pages.len() >= 15, "the pages are missing");
    let mut wrong = Vec::new();
    let mut compare = |what: String, ours: &Value, browser: &Value| {
        if ours != browser {
            wrong.push(format!("{what}\n  ours:    {ours}\n  browser: {browser}"));
        }
    };
    for page in pages {
        let name = page.file_name().unwrap().to_string_lossy().into_owned();
        let recording =
            std::fs::read_to_string(page.with_extension("json")).expect("every page has its recording");
        let recorded: Value = serde_json::from_str(&recording).unwrap();
        let forms = open(&page, &recorded).forms();
        let theirs = recorded["forms"].as_array().unwrap();
        compare(format!("{name}: forms"), &json!(forms.len()), &json!(theirs.len()));
        for (form, browser) in forms.iter().zip(theirs) {
            let at = format!("{name}, form {}", form.index);
            let (ours, seen) = (folded(controls(form)), folded(browser["controls"].clone()));
            compare(
                format!("{at}: number of controls"),
                &json!(form.controls.len()),
                &json!(seen.as_array().unwrap().len()),
            );
            for (c, b) in ours.as_array().unwrap().iter().zip(seen.as_array().unwrap()) {
                compare(format!("{at}: control"), c, b);
            }
            // `new FormData(form)` is always UTF-8; what is really sent under that name is compared with the bodies.
            let asks_charset = form
                .controls
                .iter()
                .any(|c| c.kind == ControlType::Hidden && c.name.eq_ignore_ascii_case("_charset_"));
            if !asks_charset {
                compare(format!("{at}: entries"), &json!(form.entries(None).unwrap()), &browser["entries"]);
            }
            for sent in browser["submissions"].as_array().unwrap() {
                compare(format!("{at}: submission"), &submission(form, sent["submit"].as_str()), sent);
            }
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}
