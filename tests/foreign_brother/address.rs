//! The address book of a device: a paged list of all its places, a page for each of them that is posted whole, and a
//! question before one is emptied. Only the list's address and its `start` are known; everything else is an invention.
// Only the tests of address books set one up.
#![allow(dead_code)]

use super::device::{Device, pairs};
use super::pages::{ent, note, page};
use super::wire::Reply;
use crate::strangers::wire::Request;

/// Places on one page of the list.
const PAGE: usize = 5;
/// Places altogether.
const PLACES: usize = 20;
pub const LIST: &str = "/address/speeddial.html";
const EDIT: &str = "/address/k5.html";
const CLEAR: &str = "/address/k6.html";

/// What stands at one place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contact {
    pub name: String,
    pub mail: String,
    pub fax: String,
    pub resolution: String,
}

#[derive(Debug, Clone, Default)]
pub struct Book {
    /// By place, from 1.
    pub places: Vec<Option<Contact>>,
    pub log: Vec<String>,
}

impl Book {
    pub fn of(contacts: Vec<Contact>) -> Self {
        let mut places: Vec<Option<Contact>> = contacts.into_iter().map(Some).collect();
        places.resize(PLACES, None);
        Self { places, log: Vec::new() }
    }

    pub fn put(&mut self, contact: Contact) {
        *self.places.iter_mut().find(|p| p.is_none()).unwrap() = Some(contact);
    }
}

fn number(request: &Request, name: &str) -> Option<usize> {
    let value = request.query.split('&').find_map(|p| p.strip_prefix(&format!("{name}=")).map(str::to_owned));
    value.and_then(|v| v.parse().ok()).filter(|n| (1..=PLACES).contains(n))
}

pub fn route(device: &mut Device, request: &Request) -> Reply {
    let post = request.method == "POST";
    let path = request.path.clone();
    match (path.as_str(), post) {
        (LIST, false) => list(device, request),
        (EDIT, false) => edit(device, request, ""),
        (CLEAR, false) => clear(device, request),
        (EDIT | CLEAR, true) => {
            if !device.passes(request, &path, true) {
                let rejected = device.profile.words.rejected;
                return note(device, true, request, "postError", rejected);
            }
            if path == EDIT { save(device, request) } else { empty(device, request) }
        }
        _ => {
            if post {
                device.complain(format!("a post to {path}"));
            }
            Reply::not_found()
        }
    }
}

fn list(device: &mut Device, request: &Request) -> Reply {
    let start = number(request, "start").unwrap_or(1);
    let book = device.book.clone().unwrap_or_default();
    let mut rows = String::new();
    for (at, place) in book.places.iter().enumerate().skip(start - 1).take(PAGE) {
        let contact = place.clone().unwrap_or_default();
        let cell = |text: &str| format!("<td>{}</td>", ent(device, text));
        let clear = match place {
            Some(_) => {
                format!("<a href=\"{CLEAR}?nr={}&amp;pageid=19\">{}</a>", at + 1, ent(device, "Löschen"))
            }
            None => String::new(),
        };
        rows += &format!(
            "<tr><td><a href=\"{EDIT}?nr={0}&amp;pageid=18\">&#35;{0:03}</a></td>{1}{2}{3}<td>{clear}</td></tr>",
            at + 1,
            cell(&contact.name),
            cell(&contact.mail),
            cell(&contact.fax)
        );
    }
    let mut links = String::new();
    if start > PAGE {
        links += &format!(
            "<a href=\"{LIST}?start={}&amp;pageid=16\">{}</a> ",
            start - PAGE,
            ent(device, "Zurück")
        );
    }
    if start + PAGE <= PLACES {
        links +=
            &format!("<a href=\"{LIST}?start={}&amp;pageid=16\">{}</a>", start + PAGE, ent(device, "Weiter"));
    }
    let body = format!(
        "<table class=\"list\"><tr><th>Nr.</th><th>Name</th><th>{}</th><th>Faxnummer</th><th></th></tr>{rows}</table><div>{links}</div>",
        ent(device, "E-Mail-Adresse")
    );
    let title = device.profile.words.address;
    device.log(format!("list {start}"));
    page(device, true, request, title, &body)
}

const RESOLUTIONS: [(&str, &str); 3] = [("1", "Standard"), ("2", "Fein"), ("3", "Foto")];

fn edit(device: &mut Device, request: &Request, said: &str) -> Reply {
    let Some(nr) = number(request, "nr") else { return Reply::not_found() };
    let contact = device.book.as_ref().and_then(|b| b.places[nr - 1].clone()).unwrap_or_default();
    let text = |device: &Device, label: &str, name: &str, value: &str, max: usize| {
        format!(
            "<dt>{}</dt><dd><input type=\"text\" id=\"{name}\" name=\"{name}\" value=\"{}\" maxlength=\"{max}\"/></dd>",
            ent(device, label),
            ent(device, value)
        )
    };
    let options: String = RESOLUTIONS
        .iter()
        .map(|(value, words)| {
            let on = if *value == contact.resolution { " selected=\"selected\"" } else { "" };
            format!("<option value=\"{value}\"{on}>{words}</option>")
        })
        .collect();
    let body = format!(
        "{said}<form method=\"post\" action=\"{EDIT}?nr={nr}\">@TOKEN@<input type=\"hidden\" name=\"pageid\" value=\"18\"/><input type=\"hidden\" name=\"Bd00\" value=\"{nr}\"/><div class=\"contentsGroup\"><dl class=\"items\"><dt class=\"head\"><span>Nr. {nr:03}</span></dt>{}{}{}<dt>{}</dt><dd><select id=\"Bd04\" name=\"Bd04\">{options}</select></dd></dl></div><div class=\"contentsButtons\"><input type=\"button\" value=\"{}\"/><input type=\"submit\" value=\"{}\"/></div></form>",
        text(device, "Name", "Bd01", &contact.name, 16),
        text(device, "E-Mail-Adresse", "Bd02", &contact.mail, 60),
        text(device, "Faxnummer", "Bd03", &contact.fax, 20),
        ent(device, "Auflösung"),
        ent(device, device.profile.words.cancel),
        ent(device, device.profile.words.submit),
    );
    let title = device.profile.words.address;
    page(device, true, request, title, &body)
}

fn fields(device: &mut Device, request: &Request, known: &[&str]) -> Vec<Option<String>> {
    let pairs = pairs(request);
    for (name, _) in &pairs {
        if name != "CSRFToken" && !known.contains(&name.as_str()) {
            device.complain(format!("unknown field {name}"));
        }
    }
    let get = |name: &&str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
    let values: Vec<Option<String>> = known.iter().map(get).collect();
    for (name, value) in known.iter().zip(&values) {
        if value.is_none() {
            device.complain(format!("{name} was lost"));
        }
    }
    values
}

fn save(device: &mut Device, request: &Request) -> Reply {
    let values = fields(device, request, &["pageid", "Bd00", "Bd01", "Bd02", "Bd03", "Bd04"]);
    let value = |at: usize| values[at].clone().unwrap_or_default();
    let nr: usize = value(1).parse().unwrap_or(0);
    if value(0) != "18" || number(request, "nr") != Some(nr) {
        device.complain("the page's own fields were altered");
        return Reply::not_found();
    }
    let contact = Contact { name: value(2), mail: value(3), fax: value(4), resolution: value(5) };
    let words = device.profile.words;
    if contact.name.is_empty()
        || contact.name.chars().count() > 16
        || !["1", "2", "3"].contains(&&*contact.resolution)
    {
        return note(device, true, request, "postError", words.range);
    }
    if let Some(book) = &mut device.book {
        book.places[nr - 1] = Some(contact);
    }
    device.log(format!("saved {nr}"));
    let said = format!("<div class=\"postSuccess\">{}</div>", ent(device, words.accepted));
    edit(device, request, if device.profile.marker { &said } else { "" })
}

fn clear(device: &mut Device, request: &Request) -> Reply {
    let Some(nr) = number(request, "nr") else { return Reply::not_found() };
    let contact = device.book.as_ref().and_then(|b| b.places[nr - 1].clone()).unwrap_or_default();
    let body = format!(
        "<form method=\"post\" action=\"{CLEAR}?nr={nr}\">@TOKEN@<input type=\"hidden\" name=\"pageid\" value=\"19\"/><input type=\"hidden\" name=\"Bd00\" value=\"{nr}\"/><p>{}</p><p>{}</p><p>{}</p><div class=\"contentsButtons\"><input type=\"button\" value=\"{}\"/><input type=\"submit\" value=\"{}\"/></div></form>",
        ent(device, "Diesen Eintrag löschen?"),
        ent(device, &contact.name),
        ent(device, &contact.mail),
        ent(device, device.profile.words.cancel),
        ent(device, "Löschen"),
    );
    page(device, true, request, "Löschen", &body)
}

fn empty(device: &mut Device, request: &Request) -> Reply {
    let values = fields(device, request, &["pageid", "Bd00"]);
    let nr: usize = values[1].clone().unwrap_or_default().parse().unwrap_or(0);
    if number(request, "nr") != Some(nr) {
        device.complain("another place than the page's");
        return Reply::not_found();
    }
    if let Some(book) = &mut device.book {
        book.places[nr - 1] = None;
    }
    device.log(format!("emptied {nr}"));
    let request = Request { path: LIST.to_owned(), query: String::new(), ..Request::default() };
    list(device, &request)
}
