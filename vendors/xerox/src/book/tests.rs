//! Files: read, written, and read again.

use proptest::prelude::*;
use scanfleet_sdk::{Book, BookEntry, BookTold, EntryKind, PasswordState};

use super::csv::{FORMATS, TWENTY_SIX, file, read};

const SAMPLE: &str = "\u{feff}XrxAddressBookId;DisplayName;FirstName;MemberOf;IsDL;E-mailAddress;XrxIsEmailFavorite;\
    ScanServerAddress;ScanSMBShare;ScanDocumentPath;ScanLoginName;ScanLoginPassword;Strange\r\n\
    1;Team;;\"\"\"\"\"\";1;;0;(null);;;;;\r\n\
    2;\"Ann; A.\";Ann;\"\"\"Team\"\"\";0;ann@example.test;1;(null);;;;;kept\r\n\
    2;Scans;;\"\"\"\"\"\";0;;0;srv;share;in\\box;svc;;\r\n\
    4;Lost;;\"\"\"Nowhere\"\"\";0;l@example.test;0\r\n";

#[test]
fn an_export_tells_everything_but_passwords() {
    let read = read(SAMPLE).expect("it is one");
    let book = &read.book;
    assert_eq!(read.format, "xerox-26");
    assert_eq!(book.columns.len(), 13);
    assert_eq!(book.entries[0].members, Some(vec!["2".to_owned()]));
    let ann = &book.entries[1];
    assert_eq!(
        (ann.name.as_str(), ann.email.as_deref(), ann.favourite),
        ("Ann; A.", Some("ann@example.test"), Some(true))
    );
    assert_eq!(ann.extra.get("Strange").map(String::as_str), Some("kept"));
    let folder = book.entries[2].folder.as_ref().expect("a folder");
    assert_eq!((folder.server.as_str(), folder.path.as_str()), ("srv", "share\\in\\box"));
    assert_eq!(folder.password, PasswordState::Unreadable);
    let lines: Vec<u64> = read.doubts.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [4, 5, 5], "{:?}", read.doubts);
    assert!(read.doubts[2].1.contains("`Nowhere`"));
}

#[test]
fn other_tables_are_not_taken_for_exports() {
    for text in ["", "name,email\nAnn,a@example.test\n", "# Format Version: 5.1.1.0\n", "\"open"] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn a_contact_with_an_address_looks_as_devices_write_it() {
    let ann = BookEntry { name: "Ann".into(), email: Some("a@example.test".into()), ..BookEntry::default() };
    let book = Book { entries: vec![ann], ..Book::default() };
    let text = String::from_utf8(file("xerox-26", &book).unwrap()).unwrap();
    let row = text.lines().nth(1).unwrap();
    assert_eq!(row, ",\"Ann\",,,,,\"\"\"\"\"\",0,,,0,\"a@example.test\",0,,,0,4,\"(null)\",0,,,,,,,");
    assert_eq!(text.lines().next().unwrap().split(',').count(), TWENTY_SIX.len());
    assert!(file("xerox-28", &book).unwrap().starts_with("\u{feff}XrxAddressBookId".as_bytes()));
    assert!(file("ricoh", &book).is_err());
}

fn any_book() -> impl Strategy<Value = Book> {
    let text = "[ -~é日]{0,12}".prop_map(|text| text.trim().to_owned());
    let entry =
        (text.clone(), prop::option::of("[a-z,;\"]{1,9}"), any::<bool>(), text, prop::bool::weighted(0.2));
    prop::collection::vec(entry, 0..8).prop_map(|entries| {
        let mut book = Book {
            told: BookTold { number: false, key: false, favourite: true, members: true, extra: true },
            ..Book::default()
        };
        let mut members = Vec::new();
        for (at, (name, email, favourite, first, group)) in entries.into_iter().enumerate() {
            let mut entry = BookEntry {
                id: at.to_string(),
                name: format!("n{name}{at}"),
                favourite: Some(favourite),
                email,
                ..BookEntry::default()
            };
            if !first.is_empty() {
                entry.extra.insert("FirstName".into(), first);
            }
            if group {
                entry.kind = EntryKind::Group;
                entry.members = Some(std::mem::take(&mut members));
            } else {
                members.push(entry.id.clone());
            }
            book.entries.push(entry);
        }
        book
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(book in any_book()) {
        for format in FORMATS {
            let text = String::from_utf8(file(format, &book).unwrap()).unwrap();
            let mut back = read(&text).expect("it is one");
            prop_assert_eq!(&back.doubts, &Vec::new());
            back.book.columns.clear();
            for entry in &mut back.book.entries {
                // What every contact without a destination has.
                entry.extra.retain(|name, _| name == "FirstName");
            }
            prop_assert_eq!(&back.book, &book);
        }
    }

    #[test]
    fn nothing_at_all_makes_it_fail(text in "\\PC{0,200}") {
        let _ = read(&text);
        let _ = read(&format!("DisplayName,E-mailAddress\n{text}"));
    }
}
