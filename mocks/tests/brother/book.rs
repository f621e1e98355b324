//! The address book: pages found by their links, fields by their labels.

use std::collections::HashSet;

use scanfleet_mocks::{Book, BookDelete, BookEntry, BrotherProfile, Fault, FaultKind};

use super::client::{Client, Form, Reply, decoded};
use super::{Bench, FORMS, PASSWORD};

/// The words of a page's language.
struct Words {
    book: &'static str,
    groups: &'static str,
    import: &'static str,
    export: &'static str,
    name: &'static str,
    kind: &'static str,
    address: &'static str,
    email: &'static str,
    members: &'static str,
    group_name: &'static str,
    add: &'static str,
    delete: &'static str,
    next: &'static str,
}

fn words(name: &str) -> Words {
    if name == "mfc-l2750dw" {
        return Words {
            book: "Libreta de direcciones",
            groups: "Configurar grupos",
            import: "Importar",
            export: "Exportar",
            name: "Nombre",
            kind: "Tipo",
            address: "Dirección de correo electrónico",
            email: "Correo electrónico",
            members: "Miembros",
            group_name: "Nombre del grupo",
            add: "Agregar",
            delete: "Eliminar",
            next: "Siguiente >>",
        };
    }
    Words {
        book: "Address Book",
        groups: "Setup Groups",
        import: "Import",
        export: "Export",
        name: "Name",
        kind: "Type",
        address: if name == "mfc-l8390cdw" { "E-mail Address" } else { "Fax No./E-mail Address" },
        email: "E-mail",
        members: "Members",
        group_name: "Group Name",
        add: "Add",
        delete: "Delete",
        next: "Next >>",
    }
}

/// A machine with two persons, a fax number, a folder and (where it has groups) a group, its administrator inside.
async fn bench(name: &str) -> (Bench, Words) {
    bench_with(name, |_| {}).await
}

async fn bench_with(name: &str, change: impl FnOnce(&mut BrotherProfile)) -> (Bench, Words) {
    let mut bench = Bench::with(name, |spec| {
        change(spec.profile.brother_mut().unwrap());
        let book = &mut spec.book;
        let ann = book.add(BookEntry::person("Ann Lee", "ann@example.test")).unwrap();
        let zoe = BookEntry { number: 7, ..BookEntry::person("Zoë & Co.", "zoe@example.test") };
        let zoe = book.add(zoe).unwrap();
        book.add(BookEntry { fax: "5550100".into(), ..BookEntry::person("Fax", "") }).unwrap();
        let folder = BookEntry::folder("Scans", r"\\files\scan", "scanner", "lab-not-a-secret");
        book.add(BookEntry { number: 60, ..folder }).unwrap();
        // Refused where there are no groups.
        let _ = book.add(BookEntry::group("Night", vec![ann, zoe]));
    })
    .await;
    bench.client.log_in(&bench.profile.paths.status.clone(), PASSWORD).await;
    (bench, words(name))
}

impl Bench {
    /// The list, by the tab from the start page.
    async fn list(&mut self, t: &Words) -> (String, Reply) {
        let start = self.client.get(&self.profile.paths.status.clone()).await;
        self.follow(&start, t.book).await.unwrap()
    }

    async fn follow(&mut self, page: &Reply, words: &str) -> Option<(String, Reply)> {
        let at = page.link(words)?;
        let reply = self.client.get(&at).await;
        Some((at, reply))
    }

    /// All rows of the list that are taken, page by page: number, name, kind, address.
    async fn rows(&mut self, t: &Words) -> Vec<Vec<String>> {
        let (_, mut page) = self.list(t).await;
        let mut rows = Vec::new();
        loop {
            rows.extend(page.rows().into_iter().filter_map(|row| {
                let row = row[row.len() - 4..].to_vec();
                (!row[1].is_empty()).then_some(row)
            }));
            match self.follow(&page, t.next).await {
                Some((_, next)) => page = next,
                None => return rows,
            }
        }
    }

    /// The page of an entry that is in the list, or of a new one.
    async fn entry(&mut self, t: &Words, name: Option<&str>) -> (String, Reply) {
        let (_, mut page) = self.list(t).await;
        loop {
            let all = self.profile.book.all_numbers;
            let found = match name {
                None if all => {
                    page.rows().iter().map(|row| row[row.len() - 4..].to_vec()).find(|row| row[1].is_empty())
                }
                None => None,
                Some(name) => {
                    page.rows().iter().map(|row| row[row.len() - 4..].to_vec()).find(|row| row[1] == name)
                }
            };
            let link = match (found, name) {
                (Some(row), _) if all => page.link(&row[0]),
                (Some(row), _) => page.link(&row[1]),
                (None, None) => page.link(t.add),
                (None, Some(_)) => None,
            };
            if let Some(at) = link {
                let reply = self.client.get(&at).await;
                return (at, reply);
            }
            page = self.follow(&page, t.next).await.expect("another page").1;
        }
    }

    async fn add(&mut self, t: &Words, name: &str, email: &str) -> Reply {
        let (at, page) = self.entry(t, None).await;
        let mut form = page.main_form();
        fill(&mut form, t, name, email);
        self.client.submit(&at, &form).await
    }

    /// Deletes an entry by its box or button, answering the question where there is one.
    async fn delete(&mut self, t: &Words, name: &str) -> Reply {
        let (at, form) = match self.profile.book.delete.clone() {
            BookDelete::Boxes { first, .. } => {
                let (at, page) = self.list(t).await;
                let number = self.device.book().named(name).unwrap().number;
                assert!(page.text().contains(t.delete));
                let mut form = page.main_form();
                form.set_named(&format!("B{:x}", first + number - 1), "1");
                (at, form)
            }
            BookDelete::Button { control, .. } => {
                let (at, page) = self.entry(t, Some(name)).await;
                assert!(page.text().contains(t.delete));
                (at, page.form(&format!("name=\"{control}\"")))
            }
        };
        let reply = self.client.submit(&at, &form).await;
        if reply.body.contains("<table") {
            return reply;
        }
        let sure = reply.main_form();
        self.client.submit(&at, &sure).await
    }

    async fn menu(&mut self, t: &Words, words: &str) -> Option<(String, Reply)> {
        let (_, list) = self.list(t).await;
        self.follow(&list, words).await
    }

    /// One of the two files as bytes.
    async fn export(&mut self, t: &Words, group: bool) -> Vec<u8> {
        let (at, page) = self.menu(t, t.export).await.unwrap();
        let file = if group { "Group" } else { "Address Book" };
        let reply = if page.body.contains("<form method=\"post\" action=\"/address")
            || page.body.contains("id=\"export_file\"")
        {
            let mut form = page.main_form();
            form.choose("Type", file);
            self.client.submit(&at, &form).await
        } else {
            // The tab bears the same words.
            let link = page.body.split("<a href=\"").find(|link| link.contains(".csv\"")).unwrap();
            self.client.get(link.split('"').next().unwrap()).await
        };
        assert!(reply.header("content-disposition").unwrap().contains("attachment"));
        reply.body.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
    }

    async fn import(&mut self, t: &Words, group: bool, file: &[u8]) -> Reply {
        let (at, page) = self.menu(t, t.import).await.unwrap();
        let mut form = page.main_form();
        form.choose("Type", if group { "Group" } else { "Address Book" });
        self.client.upload(&at, &form, file).await
    }
}

fn fill(form: &mut Form, t: &Words, name: &str, email: &str) {
    form.set(t.name, name);
    form.choose(t.kind, t.email);
    form.set(t.address, email);
}

fn waits(reply: &Reply) -> bool {
    reply.said("waitMessage").is_some()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

#[test]
fn no_two_profiles_share_the_numbers_of_their_fields() {
    let mut ids = Vec::new();
    let mut paths = HashSet::new();
    for name in FORMS {
        let book = BrotherProfile::named(name).book;
        ids.extend([book.fields.name, book.fields.kind, book.fields.address]);
        ids.extend(book.fields.fax);
        ids.extend(book.groups.map(|groups| groups.name));
        ids.extend(book.transfer.map(|transfer| transfer.file));
        assert!(paths.insert((book.entry.path, book.entry.number)), "{name}");
    }
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
}

#[tokio::test]
async fn the_list_comes_in_pages_behind_the_tab() {
    for name in FORMS {
        let (mut bench, t) = bench(name).await;
        let (at, page) = bench.list(&t).await;
        assert_eq!(
            at,
            format!("{}?start=1&pageid={}", bench.profile.paths.address, bench.profile.page_ids.address)
        );
        assert!(page.body.contains("<table summary=\"Address Book\">"));
        let rows = bench.rows(&t).await;
        let names: Vec<&str> = rows.iter().map(|row| row[1].as_str()).collect();
        assert_eq!(names, ["Ann Lee", "Fax", "Zoë & Co.", "Scans"], "{name}");
        assert_eq!((rows[0][2].as_str(), rows[0][3].as_str()), (t.email, "ann@example.test"));
        assert_eq!((rows[1][2].as_str(), rows[1][3].as_str()), ("Fax", "5550100"));
        let number = &rows[2][0];
        assert!(number.ends_with('7') && !number.contains('6'), "{number}");
        // A visitor is sent to the log-in, with 200.
        let mut visitor = Client::new(&bench.client.base);
        let shut = visitor.get(&at).await;
        assert!(shut.status == 200 && !shut.body.contains("<table"));
        assert!(shut.said("warningMessage").is_some());
    }
}

#[tokio::test]
async fn a_full_list_is_read_to_its_end() {
    for name in FORMS {
        let mut bench = Bench::with(name, |spec| {
            spec.book = Book::sample(150, spec.profile.book_limits());
            spec.admin_password = String::new();
        })
        .await;
        let t = words(name);
        let rows = bench.rows(&t).await;
        assert_eq!(rows.len(), bench.device.book().users(), "{name}");
    }
}

#[tokio::test]
async fn entries_are_added_changed_and_deleted_one_at_a_time() {
    for name in FORMS {
        let (mut bench, t) = bench(name).await;
        let before = bench.device.book();
        let reply = bench.add(&t, "Renée Ñ", "renee@example.test").await;
        assert!(reply.said("postError").is_none(), "{name}: {}", reply.body);
        let book = bench.device.book();
        let new = book.named("Renée Ñ").unwrap_or_else(|| panic!("{name}: not there"));
        assert_eq!((new.number, new.email.as_str()), (3, "renee@example.test"), "{name}");

        let (at, page) = bench.entry(&t, Some("Renée Ñ")).await;
        let mut form = page.main_form();
        assert_eq!(form.value(t.name), "Renée Ñ");
        form.set(t.address, "r.n@example.test");
        bench.client.submit(&at, &form).await;
        assert_eq!(bench.device.book().entry(new.id).unwrap().email, "r.n@example.test", "{name}");

        let reply = bench.delete(&t, "Renée Ñ").await;
        assert!(reply.said("postError").is_none(), "{name}: {}", reply.body);
        let after = bench.device.book();
        assert!(after.entry(new.id).is_none(), "{name}");
        assert_eq!(after.entries(), before.entries(), "{name}");
        assert_eq!(bench.device.state().book_writes, 3, "{name}");
    }
}

#[tokio::test]
async fn a_folder_keeps_what_the_page_does_not_ask_for() {
    for name in FORMS {
        let (mut bench, t) = bench(name).await;
        let (at, page) = bench.entry(&t, Some("Scans")).await;
        let mut form = page.main_form();
        assert!(form.controls.iter().any(|control| control.disabled), "{name}");
        form.set(t.name, "Scan folder");
        bench.client.submit(&at, &form).await;
        let book = bench.device.book();
        let folder = book.named("Scan folder").unwrap_or_else(|| panic!("{name}"));
        assert_eq!(folder.folder.as_ref().unwrap().path, r"\\files\scan");
        assert!(bench.device.folder_password_is(folder.id, "lab-not-a-secret").unwrap());
    }
}

#[tokio::test]
async fn groups_are_set_up_on_their_own_pages() {
    for name in FORMS {
        let (mut bench, t) = bench(name).await;
        let Some((_, list)) = bench.menu(&t, t.groups).await else {
            assert_eq!(name, "mfc-l2740dw");
            continue;
        };
        assert_ne!(name, "mfc-l2740dw");
        let rows = list.rows();
        assert_eq!(rows[0][1], "Night");
        let numbers: String = rows[0][2].chars().filter(|c| c.is_ascii_digit() || *c == ',').collect();
        let numbers: Vec<u32> = numbers.split(',').map(|it| it.parse().unwrap()).collect();
        assert_eq!(numbers, [1, 7], "{name}");
        // A new one, by the number of a free row.
        let (at, page) = bench.follow(&list, "2").await.unwrap();
        let mut form = page.main_form();
        form.set(t.group_name, "Day");
        let text = form.controls.iter().any(|it| it.name == form.labelled(t.members) && it.kind == "text");
        if text {
            form.set(t.members, "1, 2");
        } else {
            let boxes: Vec<String> =
                form.controls.iter().filter(|it| it.kind == "checkbox").map(|it| it.name.clone()).collect();
            assert_eq!(boxes.len(), 4);
            form.set_named(&boxes[0], "1");
            form.set_named(&boxes[1], "1");
        }
        bench.client.submit(&at, &form).await;
        let book = bench.device.book();
        let day = book.named("Day").unwrap_or_else(|| panic!("{name}"));
        let members: Vec<&str> =
            day.members.iter().map(|id| book.entry(*id).unwrap().name.as_str()).collect();
        assert_eq!((day.number, members), (2, vec!["Ann Lee", "Fax"]), "{name}");
        // And away with the first one; its members stay.
        let control = bench.profile.book.groups.clone().unwrap().control;
        let (_, list) = bench.menu(&t, t.groups).await.unwrap();
        let (at, page) = bench.follow(&list, "1").await.unwrap();
        bench.client.submit(&at, &page.form(&format!("name=\"{control}\""))).await;
        let book = bench.device.book();
        assert!(book.named("Night").is_none() && book.named("Ann Lee").is_some(), "{name}");
    }
}

#[tokio::test]
async fn files_go_out_and_come_back() {
    for name in FORMS {
        let (mut bench, t) = bench(name).await;
        if name == "mfc-l2750dw" {
            let (_, list) = bench.list(&t).await;
            assert!(list.link(t.export).is_none() && list.link(t.import).is_none());
            continue;
        }
        let before = bench.device.book();
        let file = bench.export(&t, false).await;
        let expected = match name {
            "mfc-l8900cdw" => "\u{feff}\"No.\",\"Name\",\"Type\",\"Fax No./E-mail Address\",\r\n\
                 \"1\",\"Ann Lee\",\"2\",\"ann@example.test\",\r\n\"2\",\"Fax\",\"0\",\"5550100\",\r\n\
                 \"7\",\"Zoë & Co.\",\"2\",\"zoe@example.test\",\r\n\"60\",\"Scans\",\"5\",\"\",\r\n"
                .as_bytes()
                .to_vec(),
            "mfc-l2740dw" => latin1(
                "Speed Dial;Name;Number\r\n1;Ann Lee;ann@example.test\r\n2;Fax;5550100\r\n\
                 7;Zoë & Co.;zoe@example.test\r\n60;Scans;\r\n",
            ),
            _ => utf16(
                "\u{feff}ID\tDisplay Name\tE-mail Address\tFax Number\r\n1\tAnn Lee\tann@example.test\t\r\n\
                 2\tFax\t\t5550100\r\n7\tZoë & Co.\tzoe@example.test\t\r\n60\tScans\t\t\r\n",
            ),
        };
        assert_eq!(file, expected, "{name}");
        bench.import(&t, false, &file).await;
        assert_eq!(bench.device.book(), before, "{name}");
        if name == "mfc-l2740dw" {
            continue;
        }
        if name == "mfc-l8390cdw" {
            let page = bench.profile.book.transfer.clone().unwrap().import.0;
            while waits(&bench.client.get(&page).await) {}
        }
        let groups = bench.export(&t, true).await;
        bench.import(&t, true, &groups).await;
        assert_eq!(bench.device.book(), before, "{name}");
    }
}

#[tokio::test]
async fn an_import_lies_over_the_numbers_it_has() {
    let header = "Speed Dial;Name;Number\r\n";
    for replaces in [false, true] {
        let (mut bench, t) = bench_with("mfc-l2740dw", |profile| {
            profile.book.transfer.as_mut().unwrap().replaces = replaces;
        })
        .await;
        let file = latin1(&format!("{header}1;Ann Ray;ray@example.test\r\n9;Noël;noel@example.test\r\n"));
        let reply = bench.import(&t, false, &file).await;
        assert_eq!(reply.said("postSuccess").as_deref(), Some("The file has been imported."));
        let book = bench.device.book();
        let names: Vec<&str> = book.entries().iter().map(|entry| entry.name.as_str()).collect();
        let merged = ["Ann Ray", "Fax", "Zoë & Co.", "Noël", "Scans"];
        assert_eq!(names, if replaces { vec!["Ann Ray", "Noël"] } else { merged.to_vec() });
    }
    // Another charset, other headings, a number too high, a bad address: nothing of it is taken.
    let (mut bench, t) = bench("mfc-l2740dw").await;
    let before = bench.device.book();
    for bad in [
        "No.;Name\r\n1;x\r\n",
        "Speed Dial;Name;Number\r\n201;High;h@example.test\r\n",
        "Speed Dial;Name;Number\r\n1;Bad;two words\r\n",
        "",
    ] {
        let reply = bench.import(&t, false, bad.as_bytes()).await;
        assert!(reply.said("postError").is_some(), "{bad}");
    }
    assert_eq!(bench.device.book(), before);
    bench.import(&t, false, format!("{header}1;Zoë;z@example.test\r\n").as_bytes()).await;
    assert_eq!(bench.device.book().entries()[0].name, "ZoÃ«");
}

#[tokio::test]
async fn please_wait_is_all_that_some_imports_say() {
    let good = "No.,Name,Type,Fax No./E-mail Address\r\n9,New,2,new@example.test\r\n";
    let (mut bench, t) = bench("mfc-l8900cdw").await;
    assert!(waits(&bench.import(&t, false, b"nonsense").await));
    assert!(bench.device.book().named("New").is_none());
    assert!(waits(&bench.import(&t, false, good.as_bytes()).await));
    assert!(bench.device.book().named("New").is_some());
    let (_, page) = bench.menu(&t, t.import).await.unwrap();
    assert!(!waits(&page) && page.said("postSuccess").is_none());

    let (mut bench, t) = self::bench("mfc-l8390cdw").await;
    for (file, class) in [
        (utf16("nonsense"), "postError"),
        (
            utf16("\u{feff}ID\tDisplay Name\tE-mail Address\tFax Number\r\n9\tNew\tn@example.test\t\r\n"),
            "postSuccess",
        ),
    ] {
        let mut page = bench.import(&t, false, &file).await;
        let mut polls = 0;
        while waits(&page) {
            let again = decoded(page.body.split("; url=").nth(1).unwrap().split('"').next().unwrap());
            page = bench.client.get(&again).await;
            polls += 1;
        }
        assert_eq!(polls, 3);
        assert!(page.said(class).is_some(), "{}", page.body);
    }
    assert!(bench.device.book().named("New").is_some());
}

#[tokio::test]
async fn the_traps_of_these_machines_hold_for_the_book_too() {
    // No Referer.
    let (mut one, t) = bench("mfc-l8900cdw").await;
    let before = one.device.book();
    one.client.referer = false;
    let reply = one.add(&t, "New", "new@example.test").await;
    assert!(reply.text().contains("Your request was rejected"));
    one.client.referer = true;
    // A token of another page; the same for a file.
    let (at, page) = one.entry(&t, None).await;
    let mut form = page.main_form();
    fill(&mut form, &t, "New", "new@example.test");
    one.list(&t).await;
    assert!(one.client.submit(&at, &form).await.text().contains("Your request was rejected"));
    let (at, page) = one.menu(&t, t.import).await.unwrap();
    let form = page.main_form();
    one.list(&t).await;
    let reply = one.client.upload(&at, &form, b"No.,Name\r\n").await;
    assert!(reply.text().contains("Your request was rejected"));
    // A box that is replayed unticked deletes; the question comes first.
    let (at, page) = one.list(&t).await;
    let mut form = page.main_form();
    let boxes: Vec<String> =
        form.controls.iter().filter(|it| it.kind == "checkbox").map(|it| it.name.clone()).collect();
    assert_eq!(boxes.len(), 3);
    for name in &boxes {
        form.set_named(name, "1");
    }
    let question = one.client.submit(&at, &form).await;
    assert!(question.text().contains("Do you want to delete") && one.device.book() == before);
    // The log-out's field.
    let (at, page) = one.entry(&t, None).await;
    let mut form = page.main_form();
    fill(&mut form, &t, "New", "new@example.test");
    let mut fields = form.fields();
    fields.push((format!("B{:x}", one.profile.field_ids.login + 1), String::new()));
    one.client.post(&form.target(&at), &at, &fields).await.unwrap();
    assert_eq!((one.device.state().sessions, one.device.book() == before), (0, true));

    // What is not sent is lost, or kept.
    for (name, left) in [("mfc-l8390cdw", false), ("mfc-l2750dw", true)] {
        let (mut bench, t) = bench(name).await;
        let (at, page) = bench.entry(&t, Some("Ann Lee")).await;
        let form = page.main_form();
        let name_field = form.labelled(t.name);
        let fields: Vec<_> = form.fields().into_iter().filter(|(field, _)| *field != name_field).collect();
        let reply = bench.client.post(&form.target(&at), &at, &fields).await.unwrap();
        // Without a name an entry cannot be, so the post is refused where it is lost.
        assert_eq!(reply.said("postError").is_none(), left, "{name}");
        assert!(bench.device.book().named("Ann Lee").is_some());
    }
}

#[tokio::test]
async fn values_that_a_machine_does_not_take_are_refused() {
    for name in FORMS {
        let (mut bench, t) = bench(name).await;
        let before = bench.device.book();
        let long = "x".repeat(bench.profile.book.name_max + 1);
        for (who, email) in
            [("", "n@example.test"), (long.as_str(), "n@example.test"), ("New", "no address"), ("New", "")]
        {
            let reply = bench.add(&t, who, email).await;
            assert!(reply.said("postError").is_some(), "{name}: {who:?} {email:?}");
        }
        assert_eq!(bench.device.book(), before);
        // Numbers end where the book does.
        let page = bench.profile.book.entry.clone();
        let past = bench.profile.book.limits.numbers + 1;
        let reply =
            bench.client.get(&format!("{}?{}={past}&pageid={}", page.path, page.number, page.page_id)).await;
        assert!(reply.said("postError").is_some(), "{name}");
    }
}

#[tokio::test]
async fn faults_can_be_aimed_at_the_book() {
    let (mut bench, t) = bench("mfc-l2740dw").await;
    let device = bench.device.clone();
    device.fault(Fault::new(FaultKind::Busy).on("@book_save").times(1));
    assert!(bench.add(&t, "New", "new@example.test").await.said("postError").is_some());
    device.panel_book(|book| book.locked_by = Some("panel".into()));
    assert!(bench.add(&t, "New", "new@example.test").await.said("postError").is_some());
    assert!(bench.delete(&t, "Fax").await.said("postError").is_some());
    let file = latin1("Speed Dial;Name;Number\r\n9;New;new@example.test\r\n");
    assert!(bench.import(&t, false, &file).await.said("postError").is_some());
    device.panel_book(|book| book.locked_by = None);
    device.fault(Fault::new(FaultKind::DroppedWrite).on("@book_save").times(1));
    assert!(bench.add(&t, "New", "new@example.test").await.said("postSuccess").is_some());
    device.fault(Fault::new(FaultKind::DroppedWrite).on("@book_delete").times(1));
    assert!(bench.delete(&t, "Fax").await.said("postSuccess").is_some());
    assert!(device.book().named("New").is_none() && device.book().named("Fax").is_some());
    assert_eq!(device.state().book_writes, 0);
    device.fault(Fault::new(FaultKind::LostReply).on("@book_save").times(1));
    let (at, page) = bench.entry(&t, None).await;
    let mut form = page.main_form();
    fill(&mut form, &t, "New", "new@example.test");
    assert!(bench.client.post(&form.target(&at), &at, &form.fields()).await.is_none());
    assert!(device.book().named("New").is_some());
    device.fault(Fault::new(FaultKind::ExpireSession).on("@book_save").times(1));
    let reply = bench.add(&t, "Later", "later@example.test").await;
    assert!(reply.body.contains("Please&#32;Login") && device.book().named("Later").is_none());
}

#[tokio::test]
async fn nonsense_is_answered_and_changes_nothing() {
    for name in FORMS {
        let (mut bench, t) = bench(name).await;
        let before = bench.device.book();
        let (list, book) = (bench.profile.paths.address.clone(), bench.profile.book.clone());
        for query in ["start=0", "start=-1", "start=4294967295", "start=x", "start=201&start=1", ""] {
            assert_eq!(bench.client.get(&format!("{list}?{query}")).await.status, 200, "{name} {query}");
        }
        let mut pages = vec![book.entry.clone()];
        pages.extend(book.groups.clone().map(|groups| groups.page));
        for page in pages {
            for number in ["0", "-1", "4294967296", "", "x"] {
                let reply = bench.client.get(&format!("{}?{}={number}", page.path, page.number)).await;
                assert!(reply.said("postError").is_some(), "{name} {number}");
            }
        }
        // A network folder cannot be made here.
        let (at, page) = bench.entry(&t, None).await;
        let mut form = page.main_form();
        fill(&mut form, &t, "New", "new@example.test");
        let mut fields = form.fields();
        let kind = form.labelled(t.kind);
        fields.iter_mut().find(|(name, _)| *name == kind).unwrap().1 = book.fields.kinds[2].clone();
        let reply = bench.client.post(&form.target(&at), &at, &fields).await.unwrap();
        assert!(reply.said("postError").is_some(), "{name}");
        if book.transfer.is_some() {
            for file in [
                &b""[..],
                b"\xff",
                b"\xff\xfe\x00",
                b"\"",
                b"No.,Name,Type,Fax No./E-mail Address\r\n,,,\r\n",
            ] {
                bench.import(&t, false, file).await;
                let page = book.transfer.clone().unwrap().import.0;
                while waits(&bench.client.get(&page).await) {}
            }
        }
        assert_eq!(bench.device.book(), before, "{name}");
    }
}
