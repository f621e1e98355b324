//! One E-mail page: parsed, filled and encoded as a browser would; and 500 devices compared and grouped.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use scanfleet::plan::{Desired, DesiredPassword, diff, group};
use scanfleet_sdk::form::Document;
use scanfleet_sdk::{FieldChange, SmtpSettings};
use url::Url;

/// A page as large as a copier's: a table of labelled rows with text fields, selects and radio buttons.
fn page() -> String {
    let mut rows = String::new();
    for row in 0..60 {
        let cell = match row % 3 {
            0 => format!("<input type=text name=text{row} size=40 maxlength=127 value='value {row}'>"),
            1 => format!(
                "<input type=radio name=switch{row} id=a{row} value=true><label for=a{row}>On</label>\
                 <input type=radio name=switch{row} id=b{row} value=false checked><label for=b{row}>Off</label>"
            ),
            _ => format!(
                "<select name=choice{row}><option value=0>None<option value=1 selected>High<option value=2>Low</select>"
            ),
        };
        rows.push_str(&format!(
            "<tr class=settingCategory><td class=label nowrap>Setting No. {row}</td><td>:</td><td>{cell}</td></tr>\n"
        ));
    }
    let script = "function set(name, value) { document.forms[0].elements[name].value = value; }\n".repeat(60);
    format!(
        "<html><head><title>E-mail</title><script>{script}</script></head><body><table><form name=form1 method=post action=mailConfSet.cgi>\
         <input type=hidden name=token value=123456789>{rows}<input type=submit name=ok value=OK></form></table></body></html>"
    )
}

fn forms(c: &mut Criterion) {
    let page = page();
    let base = Url::parse("http://192.0.2.1/web/entry/en/websys/mail/").unwrap();
    c.bench_function("page: parse", |b| {
        b.iter(|| Document::parse(black_box(&page), Some(&base), "UTF-8"));
    });
    c.bench_function("page: parse, read forms, fill, submit", |b| {
        b.iter(|| {
            let mut form = Document::parse(black_box(&page), Some(&base), "UTF-8").forms().remove(0);
            form.set_text("text0", "smtp.office365.com").unwrap();
            form.choose("switch1", "true").unwrap();
            form.choose("choice2", "2").unwrap();
            form.submission(Some("ok"), None).unwrap()
        });
    });
}

fn compare(c: &mut Criterion) {
    let desired = Desired {
        server: Some("smtp.office365.com".into()),
        port: Some(587),
        sender: Some("scan@northshore.example".into()),
        password: DesiredPassword::Keep,
        ..Desired::default()
    };
    let observed: Vec<(String, SmtpSettings)> = (0..500)
        .map(|number| {
            // Three kinds of devices, as in a real fleet, and five that are alone.
            let server = match number {
                0..5 => format!("mail-{number}.example"),
                _ => format!("exchange-{}.example", number % 3),
            };
            let settings = SmtpSettings { server, port: Some(25), ..SmtpSettings::default() };
            (format!("copier-{number:04}"), settings)
        })
        .collect();
    c.bench_function("diff and group 500 devices", |b| {
        b.iter(|| {
            let changes: Vec<(&str, Vec<FieldChange>)> = black_box(&observed)
                .iter()
                .map(|(name, settings)| (name.as_str(), diff(settings, &desired, true).0))
                .collect();
            group(changes.iter().map(|(name, changes)| (*name, changes.as_slice())))
        });
    });
}

criterion_group!(benches, forms, compare);
criterion_main!(benches);
