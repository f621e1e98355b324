//! The pages: contacts, export, and the three steps of an import.

use super::table::{self, COLUMNS, Row, at};
use super::{Book, Import, Shape};
use crate::foreign_xerox::device::Seat;
use crate::strangers::program::escaped;
use crate::strangers::wire::{Reply, Request};

fn frame(shape: &Shape, title: &str, body: &str) -> Reply {
    let lang = if shape.german { "de" } else { "en" };
    Reply::page(format!(
        "<!DOCTYPE html><html lang=\"{lang}\"><head><meta charset=\"UTF-8\"><title>{title}</title></head><body><ul class=\"tabs\"><li><a href=\"/stat/welcome.php\">Status</a></li><li><a id=\"tab_addressbook\" href=\"/addressbook/viewContact.php\">{}</a></li></ul><ul class=\"menu\"><li><a href=\"{1}/index.php\">{2}</a></li></ul><h1>{title}</h1>{body}</body></html>",
        if shape.german { "Adressbuch" } else { "Address Book" },
        shape.dir,
        shape.menu[0],
    ))
}

fn token(seat: &Seat) -> String {
    if seat.token.is_empty() {
        return String::new();
    }
    format!("<input type=\"hidden\" name=\"CSRFToken\" value=\"{}\">", seat.token)
}

pub fn page(shape: &Shape, book: &mut Book, target: &str, seat: &Seat) -> Option<Reply> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if path == shape.export {
        book.log.push(format!("export {query}"));
        let rows: Vec<Row> = book.rows.clone();
        let mut reply = Reply::page(table::write(&rows, shape.delimiter));
        reply.kind = "text/csv";
        return Some(reply.with("Content-Disposition", "attachment; filename=AddressBook.csv"));
    }
    if path == "/addressbook/viewContact.php" {
        // A contact is shown by its number; the list is made by a script.
        let id = query.split('&').find_map(|p| p.strip_prefix("contactId="));
        let shown = id.and_then(|id| book.rows.iter().find(|r| r[0] == id)).map(|r| {
            format!("<h6>Email</h6><span class=\"subText\">{}</span>", escaped(&r[at("E-mailAddress")]))
        });
        let title = if shape.german { "Adressbuch" } else { "Address Book" };
        return Some(frame(shape, title, &shown.unwrap_or_else(|| "<div id=\"contactList\"></div>".into())));
    }
    let at = path.strip_prefix(shape.dir)?;
    Some(match at {
        "/index.php" => frame(
            shape,
            shape.menu[0],
            &format!(
                "<ul><li><a href=\"{0}/import.php\">{1}</a></li><li><a href=\"{2}\">{3}</a></li><li><a href=\"{0}/clear.php\">{4}</a></li></ul>",
                shape.dir,
                shape.menu[1],
                shape.export,
                shape.menu[2],
                if shape.german { "Alle löschen" } else { "Delete All" },
            ),
        ),
        "/import.php" => first(shape, seat),
        "/done.php" => frame(shape, shape.done, &format!("<p>{}</p>", shape.done)),
        _ => return None,
    })
}

fn first(shape: &Shape, seat: &Seat) -> Reply {
    let [file, delimiter, brackets, mode, add, replace] = shape.names;
    let action =
        if shape.german { format!("{}/laden.php", shape.dir) } else { "/upload/xerox.set".to_owned() };
    let next = if shape.german {
        String::new()
    } else {
        format!(
            "<input type=\"hidden\" name=\"_fun_function\" value=\"HTTP_Upload_File_fn\"><input type=\"hidden\" name=\"NextPage\" value=\"{}/check.php\">",
            shape.dir
        )
    };
    frame(
        shape,
        shape.menu[1],
        &format!(
            "<form name=\"imp\" method=\"post\" enctype=\"multipart/form-data\" action=\"{action}\">{next}{}<p><label for=\"f\">{}</label> <input type=\"file\" id=\"f\" name=\"{file}\"></p><p><label for=\"d\">{}</label> <select id=\"d\" name=\"{delimiter}\"><option value=\"comma\" selected>,</option><option value=\"semi\">;</option><option value=\"tab\">Tab</option></select></p><p><input type=\"checkbox\" id=\"b\" name=\"{brackets}\" value=\"on\" checked><label for=\"b\">{}</label></p><p><input type=\"radio\" id=\"m1\" name=\"{mode}\" value=\"{add}\" checked><label for=\"m1\">{}</label><br><input type=\"radio\" id=\"m2\" name=\"{mode}\" value=\"{replace}\"><label for=\"m2\">{}</label></p><input type=\"submit\" value=\"{}\"></form>",
            token(seat),
            shape.file,
            shape.record,
            shape.brackets,
            shape.add,
            shape.replace,
            shape.steps[0],
        ),
    )
}

/// The value of a part and the name of its file.
type Part = (String, Option<String>, Vec<u8>);

fn parts(request: &Request) -> Option<Vec<Part>> {
    let kind = request.header("content-type")?.strip_prefix("multipart/form-data")?;
    let mark = format!("--{}", kind.split("boundary=").nth(1)?.trim_matches('"'));
    let find = |from: usize, what: &[u8]| {
        request.body[from..].windows(what.len()).position(|w| w == what).map(|p| p + from)
    };
    let mut out = Vec::new();
    let mut from = find(0, mark.as_bytes())? + mark.len();
    loop {
        if request.body[from..].starts_with(b"--") {
            return Some(out);
        }
        let body = find(from, b"\r\n\r\n")? + 4;
        let end = find(body, format!("\r\n{mark}").as_bytes())?;
        let head = String::from_utf8(request.body[from..body].to_vec()).ok()?;
        let word = |name: &str| Some(head.split(&format!("{name}=\"")).nth(1)?.split('"').next()?.to_owned());
        out.push((word(" name")?, word("filename"), request.body[body..end].to_vec()));
        from = end + 2 + mark.len();
    }
}

pub fn step(shape: &Shape, book: &mut Book, request: &Request, seat: &Seat) -> Result<Reply, String> {
    let first = request.path == "/upload/xerox.set" || request.path.ends_with("/laden.php");
    if first {
        return upload(shape, book, request, seat);
    }
    let pairs = request.form(encoding_rs::UTF_8);
    let given = pairs.iter().find(|(n, _)| n == "CSRFToken").map_or("", |(_, v)| v);
    if given != seat.token {
        return Err(format!("{} with another token", request.path));
    }
    let path = request.path.strip_prefix(shape.dir).unwrap_or_default();
    match path {
        "/read.php" => {
            if !pairs.iter().any(|(n, v)| n == "go" && v == "1") {
                return Err("the second step without its field".into());
            }
            let Some(import) = book.import.as_mut() else { return Err("read what?".into()) };
            import.read = true;
            book.log.push("step 2".into());
            mapping(shape, book, seat)
        }
        "/take.php" => take(shape, book, &pairs),
        other => Err(format!("a post to {other}")),
    }
}

fn upload(shape: &Shape, book: &mut Book, request: &Request, seat: &Seat) -> Result<Reply, String> {
    let parts = parts(request).ok_or("a broken multipart body")?;
    let [file, delimiter, brackets, mode, add, replace] = shape.names;
    let text = |name: &str| {
        let found = parts.iter().find(|(n, f, _)| n == name && f.is_none());
        found.map(|(_, _, v)| String::from_utf8_lossy(v).into_owned())
    };
    let mut known = vec![file, delimiter, brackets, mode, "CSRFToken"];
    if !shape.german {
        known.extend(["_fun_function", "NextPage"]);
        if text("_fun_function").as_deref() != Some("HTTP_Upload_File_fn") || text("NextPage").is_none() {
            return Err("the upload lacks what the page holds".into());
        }
    }
    if let Some((name, ..)) = parts.iter().find(|(n, ..)| !known.contains(&n.as_str())) {
        return Err(format!("unknown part {name}"));
    }
    if text("CSRFToken").unwrap_or_default() != seat.token {
        return Err("the upload's token is another".into());
    }
    let Some((_, Some(name), bytes)) = parts.iter().find(|(n, ..)| n == file) else {
        return Err("no file".into());
    };
    if !name.to_lowercase().ends_with(".csv") {
        return Err(format!("a file called {name}"));
    }
    let delimiter = match text(delimiter).as_deref() {
        Some("comma") => ',',
        Some("semi") => ';',
        Some("tab") => '\t',
        other => return Err(format!("delimiter {other:?}")),
    };
    let replace = match text(mode) {
        Some(value) if value == add => false,
        Some(value) if value == replace => true,
        other => return Err(format!("mode {other:?}")),
    };
    book.log.push(format!("upload {}", if replace { "replace" } else { "add" }));
    book.import = Some(Import {
        bytes: bytes.clone(),
        delimiter,
        brackets: text(brackets).is_some(),
        replace,
        read: false,
    });
    Ok(frame(
        shape,
        shape.menu[1],
        &format!(
            "<form name=\"read\" method=\"post\" action=\"{}/read.php\">{}<input type=\"hidden\" name=\"go\" value=\"1\"><p>{}</p><input type=\"submit\" value=\"{}\"></form>",
            shape.dir,
            token(seat),
            escaped(name),
            shape.steps[1]
        ),
    ))
}

fn rows_of(import: &Import) -> Result<Vec<Row>, String> {
    let mut rows = table::read(&import.bytes, import.delimiter).ok_or("the file is broken")?;
    if import.brackets {
        // Brackets around a text go, whoever wrote them.
        for cell in rows.iter_mut().flatten() {
            if let Some(inner) = cell.strip_prefix('[').and_then(|c| c.strip_suffix(']')) {
                *cell = inner.to_owned();
            }
        }
    }
    let width = rows.first().map_or(0, Vec::len);
    if width < 2 || rows.iter().any(|r| r.len() != width) {
        return Err(format!("rows of different width: {:?}", rows.iter().map(Vec::len).collect::<Vec<_>>()));
    }
    Ok(rows)
}

fn mapping(shape: &Shape, book: &Book, seat: &Seat) -> Result<Reply, String> {
    let import = book.import.as_ref().ok_or("map what?")?;
    let rows = rows_of(import)?;
    let selects: String = COLUMNS
        .iter()
        .enumerate()
        .map(|(n, column)| {
            let options: String = rows[0]
                .iter()
                .enumerate()
                .map(|(at, heading)| {
                    let on = if heading == column { " selected" } else { "" };
                    format!("<option value=\"{at}\"{on}>{}</option>", escaped(heading))
                })
                .collect();
            format!("<tr><td><label for=\"h{n}\">{column}</label></td><td><select id=\"h{n}\" name=\"map{n}\"><option value=\"-1\">-</option>{options}</select></td></tr>")
        })
        .collect();
    Ok(frame(
        shape,
        shape.headings,
        &format!(
            "<form name=\"take\" method=\"post\" action=\"{}/take.php\">{}<table>{selects}</table><input type=\"submit\" value=\"{}\"></form>",
            shape.dir,
            token(seat),
            shape.steps[2]
        ),
    ))
}

fn take(shape: &Shape, book: &mut Book, pairs: &[(String, String)]) -> Result<Reply, String> {
    let import = book.import.take().filter(|i| i.read).ok_or("the steps came in another order")?;
    let file = rows_of(&import)?;
    let mut rows = Vec::new();
    for line in file.iter().skip(1) {
        let mut row = vec![String::new(); COLUMNS.len()];
        for (n, cell) in row.iter_mut().enumerate() {
            let place = pairs.iter().find(|(name, _)| *name == format!("map{n}")).map(|(_, v)| v.as_str());
            let place: i32 = place.and_then(|p| p.parse().ok()).ok_or(format!("no map{n}"))?;
            if let Ok(place) = usize::try_from(place) {
                *cell = line.get(place).cloned().ok_or("mapped to nothing")?;
            }
        }
        if row[at("DisplayName")].is_empty() {
            return Err("a contact without a name".into());
        }
        rows.push(row);
    }
    if import.replace {
        book.rows.clear();
        book.passwords.clear();
    }
    for mut row in rows {
        // Numbers are the copier's own; passwords are taken from the file and never shown again.
        row[0] = book.next.to_string();
        book.next += 1;
        let password = std::mem::take(&mut row[at("ScanLoginPassword")]);
        if !password.is_empty() {
            book.passwords.insert(row[0].clone(), password);
        }
        book.rows.push(row);
    }
    book.log.push(format!("imported {}", file.len() - 1));
    Ok(Reply::moved(&format!("{}/done.php", shape.dir)))
}
