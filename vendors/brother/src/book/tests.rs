//! Pages of our own making, in several languages and orders of columns.

use scanfleet_sdk::EntryKind;
use scanfleet_sdk::page::Page;

use super::entry::{entry_form, shown};
use super::list::{ListPage, list};
use crate::family::Family;

fn page(body: &str) -> Page {
    let url = "http://192.0.2.1/address/speeddial.html?start=1&pageid=16".parse().unwrap();
    Page { url, status: 200, charset: "windows-1252", text: format!("<html><body>{body}</body></html>") }
}

fn family() -> std::sync::Arc<Family> {
    crate::family::all()[0].clone()
}

fn read(body: &str) -> Result<ListPage, String> {
    list(&page(body), &family())
}

/// Handle, name, e-mail and fax of each row.
fn rows(body: &str) -> Vec<[String; 4]> {
    let list = read(body).unwrap();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    list.rows.iter().map(|row| [row.id.clone(), row.name.clone(), text(&row.email), text(&row.fax)]).collect()
}

fn is(found: &[[String; 4]], wanted: &[[&str; 4]]) {
    let found: Vec<[&str; 4]> = found.iter().map(|row| [&*row[0], &*row[1], &*row[2], &*row[3]]).collect();
    assert_eq!(found, wanted);
}

#[test]
fn columns_are_found_by_their_heads_in_any_order() {
    let german = "<table><tr><td colspan=4>Adressbuch</td></tr>
        <tr><th>Typ</th><th>Fax-Nr./E-Mail-Adresse</th><th>Name</th><th>Nr.</th></tr>
        <tr><td>E-Mail</td><td>anna@example.test</td><td>M&uuml;ller, Anna</td><td><a href='e.html?n=1'>&#35;001</a></td></tr>
        <tr><td>Fax</td><td>+49 (0)89 1234-5</td><td>Amt</td><td><a href='e.html?n=2'>#002</a></td></tr>
        <tr><td></td><td></td><td></td><td><a href='e.html?n=3'>#003</a></td></tr></table>";
    is(
        &rows(german),
        &[
            ["#001", "Müller, Anna", "anna@example.test", ""],
            ["#002", "Amt", "", "+49 (0)89 1234-5"],
            ["#003", "", "", ""],
        ],
    );
    assert!(read(german).unwrap().rows[2].is_free());
    let french = "<table><tr><th>N°</th><th>Nom</th><th>N° de télécopie</th><th>Adresse e-mail</th></tr>
        <tr><td>1</td><td><a href=/a/e.html?id=1>Zoé</a></td><td>0123 45</td><td>zoe@example.test</td></tr></table>
        <p><a href='/a/e.html?id=2'>Ajouter</a></p>";
    is(&rows(french), &[["1", "Zoé", "zoe@example.test", "0123 45"]]);
    assert_eq!(read(french).unwrap().new.unwrap().as_str(), "http://192.0.2.1/a/e.html?id=2");
    // Without numbers the entry's page is its handle, whatever number the page of it has.
    let bare = "<table><tr><td>Name</td><td>E-mail</td></tr><tr><td><a href='/e.html?x=7&pageid=3'>Ann</a></td><td>a@b.c</td></tr></table>";
    is(&rows(bare), &[["/e.html?x=7", "Ann", "a@b.c", ""]]);
}

#[test]
fn a_list_in_a_language_that_nobody_knows_is_read_by_its_shape() {
    let table = |head: &str| {
        format!(
            "<table><tr>{head}</tr><tr><td>001</td><td><a href=/e?n=1>Иван</a></td><td>почта</td><td>i@example.test</td></tr>
             <tr><td>002</td><td><a href=/e?n=2>Факс</a></td><td>факс</td><td>0123</td></tr><tr><td>003</td><td></td><td></td><td></td></tr></table>"
        )
    };
    let head = "<th>Ном.</th><th>Имя</th><th>Вид</th><th>Адрес</th>";
    let found = rows(&table(head));
    is(&found[..2], &[["001", "Иван", "i@example.test", ""], ["002", "Факс", "", "0123"]]);
    // Two of them are one too many.
    assert!(read(&(table(head) + &table(head))).is_err());
    // What could be the name is not guessed.
    let two = "<table><tr><td>1</td><td>x</td><td>y</td><td>i@example.test</td></tr></table>";
    assert!(read(two).unwrap_err().contains("no table"));
    assert!(read("<p>Nothing</p>").is_err());
}

#[test]
fn doubts_are_errors() {
    for body in [
        // Two columns of one meaning.
        "<table><tr><th>Name</th><th>Name</th><th>E-mail</th></tr></table>",
        // Two entries of one number.
        "<table><tr><th>No.</th><th>Name</th></tr><tr><td>1</td><td>a</td></tr><tr><td>1</td><td>b</td></tr></table>",
        // A row that leads to two pages.
        "<table><tr><th>No.</th><th>Name</th></tr><tr><td><a href=/a>1</a></td><td><a href=/b>a</a></td></tr></table>",
        // A row without the column of the name.
        "<table><tr><th>No.</th><th>E-mail</th><th>Name</th></tr><tr><td>1</td><td>a@b.c</td></tr></table>",
        // An entry that nobody could call by anything.
        "<table><tr><th>No.</th><th>Name</th></tr><tr><td></td><td>a</td></tr></table>",
        // Two links for a new entry.
        "<a href=/n1>Add</a><a href=/n2>New</a><table><tr><th>No.</th><th>Name</th></tr></table>",
    ] {
        assert!(read(body).is_err(), "{body}");
    }
    // Nobody is there, and a sentence says so.
    let empty = "<table><tr><th>No.</th><th>Name</th></tr><tr><td colspan=2>No entries.</td></tr></table>";
    assert!(read(empty).unwrap().rows.is_empty());
}

#[test]
fn only_links_of_this_list_turn_its_pages() {
    let list = read(
        "<a href='/address/speeddial.html?start=51&pageid=16'>Next</a><a href=\"javascript:go('speeddial.html?start=101&pageid=16')\">3</a>
         <a href='/address/group.html?start=1&pageid=17'>Groups</a><a href='?start=9&pageid=99'>Other</a><a href='?start=x&pageid=16'>?</a>
         <a href='/admin/default.html?start=2'>Reset</a><table><tr><th>No.</th><th>Name</th></tr></table>",
    )
    .unwrap();
    let turns: Vec<u32> = list.turns.iter().map(|(start, _)| *start).collect();
    assert_eq!(turns, [51, 101]);
}

#[test]
fn boxes_and_links_that_take_out_are_told_from_the_page_of_an_entry() {
    let list = read(
        "<table><tr><th></th><th>No.</th><th>Name</th><th></th></tr><tr><td><input type=checkbox name=B7 value=1></td><td>1</td>
         <td><a href=/e.html?n=1>Ann</a></td><td><a href=/delete.html?n=1>Delete</a></td></tr></table>",
    )
    .unwrap();
    let row = &list.rows[0];
    assert_eq!(row.tick, Some(("B7".into(), "1".into())));
    assert_eq!(row.link.as_ref().unwrap().path(), "/e.html");
    assert_eq!(row.delete.as_ref().unwrap().path(), "/delete.html");
}

#[test]
fn an_entrys_fields_are_found_by_their_labels() {
    let form =
        |rows: &str| format!("<form method=post action=e.html>{rows}<input type=submit value=OK></form>");
    let two = form(
        "<dl><dt>Nr.</dt><dd>#007</dd><dt>E-Mail-Adresse</dt><dd><input name=B9 value='a@b.c' maxlength=60></dd><dt>Name</dt><dd><input name=B3 value='A  B'></dd>
         <dt>Typ</dt><dd><input type=radio name=B1 value=0 id=r0><label for=r0>Fax</label><input type=radio name=B1 value=1 id=r1 checked><label for=r1>E-Mail</label></dd>
         <dt>Fax-Nr.</dt><dd><input name=B8 value=''></dd><dt>E-Mail-Format</dt><dd><select name=B6><option>PDF</select></dd></dl>",
    );
    let page_of = |body: &str| page(body);
    let opened = page_of(&two);
    let (found, fields) = entry_form(&opened, EntryKind::User, &family()).unwrap();
    assert_eq!(
        (fields.name.as_str(), fields.email.as_deref(), fields.fax.as_deref()),
        ("B3", Some("B9"), Some("B8"))
    );
    assert_eq!((fields.kind.as_deref(), fields.joint), (Some("B1"), false));
    let seen = shown(&opened, &found, &fields, &family());
    assert_eq!(
        (seen.name.as_str(), seen.email.as_deref(), seen.fax, seen.number),
        ("A  B", Some("a@b.c"), None, Some(7))
    );
    assert_eq!(seen.kind.as_deref(), Some("E-Mail"));
    let joint = form(
        "<table><tr><td>Fax No./E-mail Address:</td><td><input name=x value=0123></td></tr><tr><td>Name:</td><td><input name=y></td></tr></table>",
    );
    let opened = page_of(&joint);
    let (found, fields) = entry_form(&opened, EntryKind::User, &family()).unwrap();
    assert!(fields.joint);
    let seen = shown(&opened, &found, &fields, &family());
    assert_eq!((seen.email, seen.fax.as_deref()), (None, Some("0123")));
    for bad in [
        // No name, two names, two addresses, two forms, one control with two labels.
        form("<dl><dt>E-mail</dt><dd><input name=a></dd></dl>"),
        form(
            "<dl><dt>Name</dt><dd><input name=a></dd><dt>Name</dt><dd><input name=b></dd><dt>E-mail</dt><dd><input name=c></dd></dl>",
        ),
        form(
            "<dl><dt>Name</dt><dd><input name=a></dd><dt>E-mail 1</dt><dd><input name=b></dd><dt>E-mail 2</dt><dd><input name=c></dd></dl>",
        ),
        form("<dl><dt>Name</dt><dd><input name=a></dd><dt>E-mail</dt><dd><input name=b></dd></dl>").repeat(2),
        form(
            "<dl><dt>Name</dt><dd><input name=a></dd><dt>E-mail</dt><dd><input name=b><input name=b></dd></dl>",
        ),
    ] {
        assert!(entry_form(&page_of(&bad), EntryKind::User, &family()).is_err(), "{bad}");
    }
}

proptest::proptest! {
    #[test]
    fn no_page_breaks_the_reading(cells in proptest::collection::vec(".{0,12}", 0..30), width in 1usize..6) {
        let rows: String = cells.chunks(width).map(|row| {
            let cells: String = row.iter().map(|cell| format!("<td><a href='?start={cell}'>{cell}</a></td>")).collect();
            format!("<tr>{cells}</tr>")
        }).collect();
        let head = "<tr><th>No.</th><th>Name</th><th>E-mail</th></tr>";
        for head in ["", head] {
            let _ = read(&format!("<table>{head}{rows}</table>"));
        }
    }
}
