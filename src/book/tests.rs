//! Lists: read however they are written, written one way, and every bad row named.

use std::path::Path;

use proptest::prelude::*;

use super::decode::decode;
use super::{Contact, ContactList, contacts_of, to_book, to_csv};
use crate::files::SourceFile;

fn read(text: &str) -> ContactList {
    ContactList::of_source(&SourceFile::from_text("x.csv", text))
        .unwrap_or_else(|e| panic!("{}", e.render(false, 120)))
}

fn wrong(text: &str) -> String {
    let error = ContactList::of_source(&SourceFile::from_text("x.csv", text)).expect_err("it is wrong");
    error.render(false, 120)
}

#[test]
fn lists_as_people_write_them() {
    for text in [
        "name,email\nAnn Lee,ann@example.test\n",
        "Display Name;E-Mail-Adresse\r\nAnn Lee;ann@example.test\r\n",
        "Nom\tCourriel\nAnn Lee\tann@example.test\n",
        "氏名,メールアドレス\nAnn Lee,ann@example.test\n",
        "First Name,Last Name,Primary SMTP Address\nAnn,Lee,ann@example.test\n",
        "Staff of ward 3,,\n\nMail,Anzeigename,Vorname\nann@example.test,Ann Lee,Ann\n",
        "sep=;\nNaam;E-mail\n\"Ann Lee\";ann@example.test\n",
    ] {
        let list = read(text);
        assert_eq!(list.contacts.len(), 1, "{text}");
        let contact = &list.contacts[0];
        assert_eq!(
            (contact.name.as_str(), contact.email.as_deref()),
            ("Ann Lee", Some("ann@example.test")),
            "{text}"
        );
    }
    let list = read(
        "name,email,key,groups,tags,favorite,no.\n\"Lee, Ann\",a@x.test,LEE,\"Ward 3; Night\\; late|Ward 3\",\"b, c\",ja,17\n",
    );
    let contact = &list.contacts[0];
    assert_eq!(contact.groups, ["Ward 3", "Night; late"]);
    assert_eq!(
        (contact.tags.as_slice(), contact.favourite, contact.number),
        (&["b".to_owned(), "c".to_owned()][..], Some(true), Some(17))
    );
    assert!(list.has_groups);
    let list = read("name,email,Department\nAnn,a@x.test,Ward\n");
    assert!(!list.has_groups && list.notes[0].contains("`Department`"), "{:?}", list.notes);
}

#[test]
fn every_bad_row_is_shown_with_its_place() {
    let text = "name,email\n\
        Ann,ann.example.test\n\
        Bob,böb@example.test\n\
        Cy,cy@exämple.test\n\
        Dora,Dora <dora@example.test>\n\
        ,e@example.test\n\
        Fay,f @example.test\n\
        Gus,g@example,test\n\
        \"Hal\tX\",h@example.test\n\
        ann,i@example.test\n\
        Jo,I@example.test\n\
        Kim,a@x.test;b@x.test\n\
        =1+1,l@example.test\n";
    let said = wrong(text);
    for expected in [
        "x.csv:2:5",
        "it has no `@`",
        "is an international address: `ö` stands before the `@`",
        "write `cy@xn--exmple-cua.test`",
        "write only `dora@example.test`",
        "the row has no name",
        "did you mean `f@example.test`?",
        "U+0009",
        "the name `ann` stands in line 2 already",
        "the address `I@example.test` stands in line 10 already",
        "several addresses",
        "is a formula, and formulas are never evaluated",
    ] {
        assert!(said.contains(expected), "{expected} is not in\n{said}");
    }
    // Under the one letter that is meant.
    assert!(said.contains("| Bob,böb@example.test\n  |      ^\n"), "{said}");
    // A name that cannot be used is told once.
    assert_eq!(said.matches("the row has no name").count(), 1);
    for (text, expected) in [
        ("", "empty"),
        ("name,email\n", "nobody stands in the list"),
        ("nane,emial\nAnn,a@x.test\n", "did you mean `name`?"),
        ("XrxAddressBookId,DisplayName,E-mailAddress\n1,Ann,a@x.test\n", "scanfleet book import"),
    ] {
        assert!(wrong(text).contains(expected), "{text}: {}", wrong(text));
    }
}

#[test]
fn formulas_are_text_or_errors_and_come_back_unharmed() {
    let list = read("name,email,key\n@home,a@x.test,-\n'=SUM(A1),b@x.test,+49\n");
    assert_eq!(list.contacts[0].name, "@home");
    assert_eq!(list.contacts[1].name, "=SUM(A1)");
    assert_eq!(list.notes.len(), 2, "{:?}", list.notes);
    let text = to_csv(&list.contacts, false);
    assert_eq!(text, "name,email,key,group,tags\n'@home,a@x.test,,,\n'=SUM(A1),b@x.test,'+49,,\n");
    let again = read(&text);
    assert!(again.notes.is_empty());
    assert_eq!(to_csv(&again.contacts, false), text);
}

#[test]
fn encodings_are_found_out_and_told() {
    let text = "name,email\nJürgen Größer,j@example.test\nZoë Müller,z@example.test\n";
    let path = Path::new("x.csv");
    let known = |bytes: &[u8]| decode(path, bytes, None).map(|d| (d.source.text().to_owned(), d.note));
    let wide = |mark: bool, big: bool| -> Vec<u8> {
        let mark = if mark { "\u{feff}" } else { "" };
        let units = format!("{mark}{text}");
        units
            .encode_utf16()
            .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect()
    };
    for bytes in [
        text.as_bytes().to_vec(),
        format!("\u{feff}{text}").into_bytes(),
        wide(true, false),
        wide(true, true),
        wide(false, false),
        wide(false, true),
    ] {
        assert_eq!(known(&bytes).unwrap(), (text.to_owned(), None));
    }
    let latin = encoding_rs::WINDOWS_1252.encode(text).0;
    let (read, note) = known(&latin).unwrap();
    assert_eq!(read, text);
    assert!(note.unwrap().contains("it is windows-1252: line 2 reads `Jürgen"));
    let japanese = "氏名,メール\n山田太郎,yamada@example.test\n鈴木花子,suzuki@example.test\n";
    let (read, note) = known(&encoding_rs::SHIFT_JIS.encode(japanese).0).unwrap();
    assert_eq!(read, japanese);
    assert!(note.unwrap().contains("Shift_JIS"));
    let russian = "name,email\nИван Петров,ivan@example.test\nОльга Смирнова,olga@example.test\n";
    let (read, _) = known(&encoding_rs::WINDOWS_1251.encode(russian).0).unwrap();
    assert_eq!(read, russian);
}

#[test]
fn a_wrong_encoding_is_told() {
    let path = Path::new("x.csv");
    let said =
        |bytes: &[u8], forced: Option<&str>| decode(path, bytes, forced).map(|_| ()).unwrap_err().to_string();
    let mut mixed = "name,email\nJürgen,j@x.test\nZoë,z@x.test\n".as_bytes().to_vec();
    mixed.extend(b"M\xfcller,m@x.test\n");
    let text = said(&mixed, None);
    assert!(text.contains("x.csv:4:2") && text.contains("UTF-8 up to here"), "{text}");
    assert!(said("name\nZo\u{fffd}\n".as_bytes(), None).contains("a letter was lost"));
    assert!(said("name\nMÃ¼ller\n".as_bytes(), None).contains("decoded wrongly"));
    assert!(said(b"name\nM\xfcller\n", Some("utf-8")).contains("x.csv:2:2"));
    assert!(said(b"name\n", Some("latin-99")).contains("no encoding `latin-99`"));
    assert!(said(b"PK\x03\x04\0\0\0\0\x01\x02\0\0", None).contains("no text"));
}

#[test]
fn fifty_thousand_rows() {
    let mut text = String::from("name,email,group\n");
    for n in 0..50_000 {
        text.push_str(&format!("Person {n},p{n}@example.test,Group {}\n", n % 40));
    }
    assert_eq!(read(&text).contacts.len(), 50_000);
    // All wrong: told by the first ones.
    let said = wrong(&text.replace('@', " at "));
    assert!(said.lines().count() < 300 && said.contains("more problems"), "{}", said.lines().count());
}

#[test]
fn a_spreadsheet_is_a_list_too() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("people.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().write(0, 0, "Notes").unwrap();
    let sheet = book.add_worksheet();
    for (at, row) in [["Name", "E-mail", "Group"], ["Ann", "ann@example.test", "Ward 3"]].iter().enumerate() {
        sheet.write_row(at as u32, 0, *row).unwrap();
    }
    book.save(&path).unwrap();
    let list = ContactList::load(&path).unwrap();
    assert_eq!(list.contacts[0].groups, ["Ward 3"]);
    assert_eq!(list.contacts[0].place.line, 2);
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(
        rows in prop::collection::vec(
            ("[a-zA-Zé日'=+@;,\" -]{1,12}", "[ -~]{0,8}", prop::collection::vec("[a-z;|,\\\\ ]{1,6}", 0..3), prop::option::of(any::<bool>())),
            1..8,
        )
    ) {
        let contacts: Vec<Contact> = rows
            .into_iter()
            .enumerate()
            .map(|(at, (name, key, groups, favourite))| Contact {
                name: format!("{name}{at}").trim().to_owned(),
                email: Some(format!("p{at}@example.test")),
                key: Some(format!("k{key}").trim().to_owned()),
                groups: super::columns::split(&groups.join(";")),
                favourite,
                ..Contact::default()
            })
            .collect();
        let text = to_csv(&contacts, false);
        let list = ContactList::of_source(&SourceFile::from_text("x.csv", text.as_str()));
        let list = list.map_err(|e| TestCaseError::fail(format!("{e}\n{text}")))?;
        prop_assert_eq!(to_csv(&list.contacts, false), text.clone());
        let mut names: Vec<&str> = list.contacts.iter().map(|contact| contact.name.as_str()).collect();
        prop_assert_eq!(names.clone(), contacts.iter().map(|c| c.name.as_str()).collect::<Vec<_>>());
        // By way of a book: sorted by address, whatever the device's order.
        let mut book = to_book(&contacts);
        let first = to_csv(&contacts_of(&book).0, false);
        book.entries.reverse();
        prop_assert_eq!(to_csv(&contacts_of(&book).0, false), first);
        names.clear();
    }

    #[test]
    fn nothing_at_all_makes_it_fail(text in "\\PC{0,200}") {
        let _ = ContactList::of_source(&SourceFile::from_text("x.csv", format!("name,email,group\n{text}")));
    }

    #[test]
    fn no_bytes_make_it_fail(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(Path::new("x.csv"), &bytes, None);
    }
}
