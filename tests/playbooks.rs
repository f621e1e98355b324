//! Playbooks that must load and playbooks that must not, found by folder.
//!
//! Each `tests/playbooks/invalid/<case>.yaml` has its picture in `<case>.err`. To write the pictures anew, run the
//! test with `BLESS=1` and read the difference.

use std::fs;
use std::path::{Path, PathBuf};

use scanfleet::book::ContactList;
use scanfleet::book::merge::MergeOptions;
use scanfleet::files::{FileError, SecretRef, SourceFile};
use scanfleet::inventory::{Device, Place, Site};
use scanfleet::playbook::{self, Playbook, WantedAuth, WantedBook};
use scanfleet_sdk::Security;
use scanfleet_sdk::transport::{Endpoint, TlsProfile};
use serde_json::Value;

fn cases(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(Path::new("tests/playbooks").join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|suffix| suffix == "yaml"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no case in {folder}");
    files
}

fn device() -> Device {
    Device {
        name: "north-1".into(),
        address: "10.1.90.11".into(),
        endpoint: Endpoint { scheme: None, host: "10.1.90.11".into(), port: None },
        vendor: Some("ricoh".into()),
        admin_user: None,
        admin_secret: None,
        site: Some("north".into()),
        location: Some("Ward 3, nurses' station".into()),
        model: Some("IM C3000".into()),
        serial: None,
        subnet: "10.1.90.0/24".into(),
        tls: TlsProfile::Modern,
        tags: [("mailbox".to_owned(), "ward3".to_owned())].into(),
        place: Place::default(),
    }
}

fn site() -> Site {
    Site { name: "north".into(), fields: [("mx".to_owned(), "mx.example.org".to_owned())].into() }
}

fn blessing() -> bool {
    std::env::var_os("BLESS").is_some()
}

/// Fills every play in and lays them over each other, as a run does.
fn filled(playbook: &Playbook) -> Result<(), FileError> {
    let (device, site) = (device(), site());
    let mut book: Option<WantedBook> = None;
    for play in &playbook.plays {
        play.wanted(playbook, &device, Some(&site))?;
        if let Some(later) = play.wanted_book(playbook, &device, Some(&site))? {
            book = Some(match book.take() {
                Some(earlier) => earlier.then(later, playbook, &device.name)?,
                None => later,
            });
        }
    }
    Ok(())
}

#[test]
fn every_invalid_playbook_is_told_as_its_picture_says() {
    let mut wrong = Vec::new();
    for path in cases("invalid") {
        let error = match Playbook::load(&path) {
            Err(error) => error,
            // What is wrong for one device only shows when its values are filled in.
            Ok(playbook) => match filled(&playbook) {
                Err(error) => error,
                Ok(()) => {
                    wrong.push(format!("{} was accepted", path.display()));
                    continue;
                }
            },
        };
        let picture = format!("{}\n", error.render(false, 100)).replace('\\', "/");
        assert!(!picture.contains("hunter2") && !error.to_string().contains("hunter2"), "{picture}");
        assert!(!format!("{error:?}").contains("hunter2"), "{}", path.display());
        assert!(!picture.chars().any(|c| c.is_control() && c != '\n'), "{picture:?}");
        assert!(picture.len() < 8_000, "{} draws {} bytes", path.display(), picture.len());
        let golden = path.with_extension("err");
        if blessing() {
            fs::write(&golden, &picture).unwrap();
        } else if fs::read_to_string(&golden).unwrap_or_default().replace("\r\n", "\n") != picture {
            wrong.push(format!("{} now says:\n{picture}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_valid_playbook_loads_and_fits_the_schema() {
    let schema = playbook::schema();
    let ready = fs::read_dir("playbooks").unwrap().map(|entry| entry.unwrap().path());
    let ready = ready.filter(|path| path.extension().is_some_and(|suffix| suffix == "yaml"));
    for path in cases("valid").into_iter().chain(ready) {
        let playbook = Playbook::load(&path).unwrap_or_else(|error| panic!("{}", error.render(false, 100)));
        assert!(!playbook.plays.is_empty());
        let text = fs::read_to_string(&path).unwrap();
        let value: Value = serde_saphyr::from_str(text.trim_start_matches('\u{feff}')).unwrap();
        if let Err(said) = fits(&value, &schema, &schema) {
            panic!("{}: {said}", path.display());
        }
    }
}

#[test]
fn the_schema_refuses_what_the_reader_refuses() {
    let schema = playbook::schema();
    for case in
        ["unknown-key", "unknown-key-nested", "unknown-key-later", "wrong-type-plays", "wrong-type-server"]
            .into_iter()
            .chain([
                "wrong-type-play",
                "no-value",
                "port-out-of-range",
                "secret-literal-password",
                "security-ssl",
            ])
            .chain([
                "secret-literal-auth",
                "no-plays",
                "plays-empty",
                "list-at-top",
                "target-empty",
                "var-list",
            ])
    {
        let text = fs::read_to_string(format!("tests/playbooks/invalid/{case}.yaml")).unwrap();
        let value: Value = serde_saphyr::from_str(&text).unwrap();
        assert!(fits(&value, &schema, &schema).is_err(), "{case}");
    }
}

#[test]
fn the_schema_on_disk_is_the_generated_one() {
    let path = Path::new("playbooks/playbook.schema.json");
    let generated = format!("{}\n", serde_json::to_string_pretty(&playbook::schema()).unwrap());
    if blessing() {
        fs::write(path, &generated).unwrap();
    }
    let kept = fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    assert_eq!(kept, generated, "run this test with BLESS=1");
}

/// As much of JSON Schema as the playbooks' schema uses; any other keyword fails the test.
fn fits(value: &Value, schema: &Value, root: &Value) -> Result<(), String> {
    let Some(rules) = schema.as_object() else { return Ok(()) };
    for (keyword, rule) in rules {
        let bad = |what: &str| Err(format!("{value} breaks {keyword}: {what}"));
        match keyword.as_str() {
            "$schema" | "title" | "description" | "$defs" | "format" | "properties" => {}
            "additionalProperties" => {
                let known = rules.get("properties").and_then(Value::as_object);
                for (key, inner) in value.as_object().into_iter().flatten() {
                    match known.and_then(|known| known.get(key)) {
                        Some(schema) => fits(inner, schema, root)?,
                        None if rule == &Value::Bool(false) => return bad(key),
                        None => fits(inner, rule, root)?,
                    }
                }
            }
            "$ref" => {
                let pointer = rule.as_str().unwrap().trim_start_matches('#');
                fits(value, root.pointer(pointer).unwrap(), root)?;
            }
            "type" => {
                let fit = match rule.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "integer" => value.is_i64() || value.is_u64(),
                    "number" => value.is_number(),
                    "boolean" => value.is_boolean(),
                    other => panic!("type {other}"),
                };
                if !fit {
                    return bad(&rule.to_string());
                }
            }
            "required" => {
                for key in rule.as_array().unwrap() {
                    if value.get(key.as_str().unwrap()).is_none() {
                        return bad(&key.to_string());
                    }
                }
            }
            "items" => value.as_array().into_iter().flatten().try_for_each(|item| fits(item, rule, root))?,
            "minItems" => {
                if value.as_array().is_some_and(|items| (items.len() as u64) < rule.as_u64().unwrap()) {
                    return bad("too few");
                }
            }
            "minLength" => {
                if value.as_str().is_some_and(|text| (text.len() as u64) < rule.as_u64().unwrap()) {
                    return bad("too short");
                }
            }
            "minimum" => {
                if value.as_f64().is_some_and(|number| number < rule.as_f64().unwrap()) {
                    return bad("too small");
                }
            }
            "maximum" => {
                if value.as_f64().is_some_and(|number| number > rule.as_f64().unwrap()) {
                    return bad("too large");
                }
            }
            "enum" => {
                if !rule.as_array().unwrap().contains(value) {
                    return bad(&rule.to_string());
                }
            }
            "const" => {
                if rule != value {
                    return bad(&rule.to_string());
                }
            }
            "anyOf" | "oneOf" => {
                if !rule.as_array().unwrap().iter().any(|choice| fits(value, choice, root).is_ok()) {
                    return bad("none fits");
                }
            }
            other => panic!("the schema uses `{other}`, which this test does not know"),
        }
    }
    Ok(())
}

#[test]
fn a_play_is_filled_in_for_a_device() {
    let playbook = Playbook::load(Path::new("tests/playbooks/valid/everything.yaml")).unwrap();
    // Nothing is taken for a number or a truth value.
    for (name, value) in [("fax", "+49301234"), ("extension", "0123"), ("country", "no"), ("floor", "2")] {
        assert_eq!(playbook.vars[name], value);
    }
    let wanted = |play: usize, device: &Device| playbook.plays[play].wanted(&playbook, device, Some(&site()));
    let mut device = device();
    device.serial = Some("3081".into());
    let one = wanted(0, &device).unwrap();
    assert_eq!(one.server.as_deref(), Some("mx.example.org"));
    assert_eq!(one.port, Some(25));
    assert_eq!(one.security, Some(Security::StarttlsIfOffered));
    assert_eq!(one.sender.as_deref(), Some("north-1@example.org"));
    let secret = Some(SecretRef::Env("SCAN_PASSWORD".into()));
    assert_eq!(one.auth, Some(WantedAuth::Password { user: Some("3081".into()), secret }));
    let two = wanted(1, &device).unwrap();
    assert_eq!((two.auth, two.sender), (Some(WantedAuth::None), None));
    let three = wanted(2, &device).unwrap();
    assert_eq!(three.server, None);
    assert_eq!(
        three.auth,
        Some(WantedAuth::Password { user: Some("scan@example.org".into()), secret: None })
    );
    assert_eq!(playbook.secrets(), [&SecretRef::Env("SCAN_PASSWORD".into())]);
    assert_eq!(playbook.plays[0].target().unwrap().to_string(), "vendor=ricoh site=north,south");
    assert!(playbook.plays[2].target().is_none());
    assert_eq!(playbook.sha256.len(), 64);

    // A device without a serial number, and one without a site.
    device.serial = None;
    let said = wanted(0, &device).unwrap_err().to_string();
    assert!(
        said.contains("everything.yaml:16:") && said.contains("no `serial` for the device `north-1`"),
        "{said}"
    );
    let said = playbook.plays[0].wanted(&playbook, &device, None).unwrap_err().to_string();
    assert!(said.contains("the device `north-1` belongs to no site"), "{said}");
}

#[test]
fn the_ready_playbook_wants_microsofts_submission() {
    let playbook = Playbook::load(Path::new("playbooks/microsoft-365.yaml")).unwrap();
    assert_eq!((playbook.name.as_str(), playbook.notes.as_slice()), ("microsoft-365", [].as_slice()));
    let wanted = playbook.plays[0].wanted(&playbook, &device(), None).unwrap();
    assert_eq!(wanted.server.as_deref(), Some("smtp.office365.com"));
    assert_eq!((wanted.port, wanted.security), (Some(587), Some(Security::Starttls)));
    assert_eq!(wanted.sender.as_deref(), Some("scan@example.org"));
    assert_eq!(playbook.secrets(), [&SecretRef::Keyring("m365/scan".into())]);
}

#[test]
fn the_ready_address_book_is_what_its_comments_say() {
    let playbook = Playbook::load(Path::new("playbooks/address-book.yaml")).unwrap();
    assert!(playbook.notes.is_empty(), "{:?}", playbook.notes);
    assert!(playbook.plays[0].target().is_none());
    let wanted = playbook.plays[0].wanted_book(&playbook, &device(), Some(&site())).unwrap().unwrap();
    assert_eq!(
        (wanted.list.as_str(), wanted.file.as_path()),
        ("contacts.csv", Path::new("playbooks/contacts.csv"))
    );
    // Whoever changes nothing gets the careful way: what is written out there is what holds without it.
    assert_eq!(wanted.options, MergeOptions::default());
    let list = ContactList::load(&wanted.file).unwrap();
    assert!(list.notes.is_empty() && list.has_groups, "{:?}", list.notes);
    let groups: Vec<&[String]> = list.contacts.iter().map(|c| c.groups.as_slice()).collect();
    assert_eq!(groups[1], ["Office", "Accounting"]);
    assert_eq!(list.contacts[2].name, "Bergström, Bruno");
    assert!(list.contacts.iter().all(|c| c.email.as_ref().is_some_and(|e| e.ends_with("@example.org"))));
}

#[test]
fn paths_start_from_the_playbook() {
    let playbook = Playbook::load(Path::new("tests/playbooks/valid/file-secret.yaml")).unwrap();
    let expected = SecretRef::File(Path::new("tests/playbooks/valid").join("secrets/scan.txt"));
    assert_eq!(playbook.secrets(), [&expected]);
    assert_eq!((playbook.name.as_str(), playbook.plays[0].name.as_str()), ("file-secret", "play 1"));
}

#[test]
fn what_is_rarely_meant_is_noted() {
    let notes = |smtp: &str| {
        let text = format!("plays:\n  - name: one\n    smtp: {{ {smtp} }}\n");
        Playbook::read(SourceFile::from_text("x.yaml", text)).unwrap().notes.join(" ")
    };
    let auth = "auth: { user: u, password: { secret: s } }";
    assert!(notes("port: 465, security: starttls").contains("port 465 speaks TLS from the first byte"));
    assert!(notes("port: 587, security: tls").contains("port 587 begins in clear"));
    assert!(notes(&format!("security: none, {auth}")).contains("in clear"));
    assert!(notes(&format!("security: starttls-if-offered, {auth}")).contains("offers no STARTTLS"));
    assert!(notes("auth: { user: u }").contains("keeps the one that it holds"));
    assert_eq!(notes(&format!("port: 587, security: starttls, {auth}")), "");
    let text = "plays:\n  - name: idle\n";
    assert!(Playbook::read(SourceFile::from_text("x", text)).unwrap().notes[0].contains("changes nothing"));
}

#[test]
fn a_playbook_that_is_not_there_is_told_by_its_path() {
    let said = Playbook::load(Path::new("tests/playbooks/nowhere.yaml")).unwrap_err().to_string();
    assert!(said.contains("nowhere.yaml: the file cannot be read"), "{said}");
    let said = Playbook::load(Path::new("tests/playbooks")).unwrap_err().to_string();
    assert!(said.contains("cannot be read") || said.contains("directory"), "{said}");
}
