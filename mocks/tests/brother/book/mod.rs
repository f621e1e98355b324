//! The address book: pages found by their links, fields by their labels.

mod entries;
mod files;
mod trouble;

use scanfleet_mocks::{BookDelete, BookEntry, BrotherProfile};

use super::client::{Form, Reply};
use super::{Bench, PASSWORD};

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
