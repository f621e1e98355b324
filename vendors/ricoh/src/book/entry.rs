//! Everything about one entry: its form opened, read and given back.

use std::collections::BTreeMap;

use scanfleet_sdk::form::{Control, ControlType, Form};
use scanfleet_sdk::{BookEntry, Category, DeviceError, EntryKind, FolderDestination, PasswordState};

use crate::book::answer::Halt;
use crate::book::fields::{TITLE, named, tags, value};
use crate::book::group::members;
use crate::book::roles::Role;
use crate::book::wizard::{Target, same_entry};
use crate::driver::RicohDriver;
use crate::email::is_sensitive;
use crate::family::Family;
use crate::problem;

const TRIED: &str = "read an entry of the address book";

impl RicohDriver {
    /// Reads everything about an entry. Its form takes the book's lock, which is given back.
    pub(crate) async fn read_whole_entry(&mut self, entry: &BookEntry) -> Result<BookEntry, DeviceError> {
        self.sign_in().await?;
        if self.book.list.is_none() {
            self.read_whole_book().await?;
        }
        for attempt in 0..2 {
            self.rows_near(entry).await?;
            let read = self.read_form(entry).await;
            self.release().await;
            match read {
                Ok(read) => return Ok(read),
                Err(Halt::Refused(error) | Halt::Stop(error)) => return Err(*error),
                // Nothing was to be altered: it is simply not read.
                Err(Halt::Lost) => {
                    return Err(DeviceError::new(Category::Unreachable, TRIED, "the answer never came")
                        .hint("check the network to the device and run again; nothing was written"));
                }
                Err(Halt::Context(error)) if attempt > 0 => return Err(*error),
                // Giving the lock back has shown the list anew; its rows follow.
                Err(Halt::Context(_)) => continue,
                Err(Halt::Session(page)) if attempt > 0 => return Err(problem::session_lost(&page, TRIED)),
                Err(Halt::Session(page)) => self.renew(&page, TRIED).await?,
            }
            self.read_whole_book().await?;
        }
        Err(DeviceError::new(Category::Interrupted, TRIED, "the device lost the entry's form twice")
            .hint("look who else uses the address book, and run again"))
    }

    async fn read_form(&mut self, entry: &BookEntry) -> Result<BookEntry, Halt> {
        let number = self.number_of(entry, TRIED)?;
        let role = if entry.kind == EntryKind::Group { Role::GroupOpen } else { Role::UserOpen };
        let (_, form) = self.open_form(role, Target::There(entry, &number)).await?;
        let read = of_form(&form, entry, &self.family);
        // Somebody else may stand under the number by now.
        same_entry(entry, &read.name, None)?;
        let members = match entry.kind {
            EntryKind::Group => match members(&form, &self.book.known) {
                Ok(control) => Some(control.chosen(&form)),
                Err(why) => {
                    self.book.no_groups = Some(why);
                    None
                }
            },
            EntryKind::User => None,
        };
        Ok(BookEntry { members, ..read })
    }

    /// The registration number of an entry as the device writes it.
    pub(crate) fn number_of(&self, entry: &BookEntry, tried: &str) -> Result<String, Halt> {
        let known = self.book.known.get(&entry.id).map(|k| k.number.clone()).filter(|n| !n.is_empty());
        known.ok_or_else(|| {
            crate::book::answer::changed_meanwhile(
                tried,
                format!(
                    "\u{201c}{}\u{201d} is not in the list that the device shows",
                    scanfleet_sdk::error::clean(&entry.name)
                ),
            )
        })
    }
}

/// The entry as a form shows it; its handle is the one it had.
fn of_form(form: &Form, entry: &BookEntry, family: &Family) -> BookEntry {
    let some = |what: &str| Some(value(form, what, family)).filter(|v| !v.trim().is_empty());
    let tags = tags(form, family);
    let mut extra = others(form, family);
    for (number, title) in tags.titles(form) {
        extra.insert(format!("{TITLE}{number}"), title);
    }
    BookEntry {
        id: entry.id.clone(),
        kind: entry.kind,
        name: value(form, "name", family),
        email: some("email").map(|e| e.trim().to_owned()),
        number: some("number").and_then(|n| n.trim().parse().ok()).or(entry.number),
        key: some("key"),
        favourite: tags.favourite(form, family),
        fax: some("fax"),
        folder: folder(form, family),
        members: None,
        extra,
    }
}

fn folder(form: &Form, family: &Family) -> Option<FolderDestination> {
    let (path, server) = (value(form, "folder.path", family), value(form, "folder.server", family));
    if path.trim().is_empty() && server.trim().is_empty() {
        return None;
    }
    let protocol = named(form, "folder.protocol", family).and_then(|name| {
        let chosen = |c: &&Control| {
            c.name == name && (c.checked || matches!(c.kind, ControlType::Select | ControlType::Hidden))
        };
        form.controls.iter().find(chosen).map(|c| c.value.clone())
    });
    let port = value(form, "folder.port", family).trim().parse().ok();
    Some(FolderDestination {
        protocol: protocol.unwrap_or_default(),
        // A share has no port of its own, whatever stands in the field.
        port: port.filter(|_| !server.trim().is_empty()),
        server,
        path,
        user: value(form, "folder.user", family),
        password: PasswordState::Unreadable,
    })
}

/// What the form holds beside the typed values: what a person sees and could change, without anything secret.
fn others(form: &Form, family: &Family) -> BTreeMap<String, String> {
    const TYPED: [&str; 11] = [
        "name",
        "key",
        "number",
        "email",
        "tags",
        "fax",
        "folder.path",
        "folder.server",
        "folder.port",
        "folder.protocol",
        "folder.user",
    ];
    let typed: Vec<String> = TYPED.iter().filter_map(|what| named(form, what, family)).collect();
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for control in &form.controls {
        let value = match control.kind {
            ControlType::Text | ControlType::Textarea => control.value.clone(),
            ControlType::Radio | ControlType::Checkbox if control.checked => control.value.clone(),
            ControlType::Select => control.value.clone(),
            _ => continue,
        };
        if control.name.is_empty()
            || control.disabled
            || value.is_empty()
            || is_sensitive(&control.name)
            || typed.contains(&control.name)
        {
            continue;
        }
        found
            .entry(control.name.clone())
            .and_modify(|have| {
                have.push(',');
                have.push_str(&value);
            })
            .or_insert(value);
    }
    found
}

#[cfg(test)]
mod tests {
    use scanfleet_sdk::form::Document;

    use super::*;
    use crate::family;

    #[test]
    fn a_form_is_read_whole_and_nothing_secret_of_it() {
        let html = "<form><input type=hidden name=wimToken value=1><input name=entryIndexIn value=00195><input name=entryNameIn value='Sample One'>
            <input name=entryDisplayNameIn value=Sample><select name=priorityIn><option>4<option selected>5</select>
            <select name=entryTagInfoIn><option value=1>None<option value=2 selected>AB</select><input type=radio name=entryTagInfoIn value=1 id=x><label for=x>On</label>
            <input type=radio name=entryTagInfoIn value=2 checked id=y><label for=y>Off</label><input name=userCodeIn value=7104>
            <input type=checkbox name=availableFuncIn value=COPY checked><input type=checkbox name=availableFuncIn value=SCAN checked>
            <input name=mailAddressIn value=one@example.test><input type=radio name=folderProtocolIn value=SMB_O checked><input type=radio name=folderProtocolIn value=FTP_O>
            <input name=folderPortNoIn value=21 disabled><input name=folderServerNameIn value=''><input name=folderPathNameIn value='\\\\srv\\scan'>
            <input name=folderAuthUserNameIn value=scan><input name=folderPasswordIn value=secret><input name=entryReadNameIn value=''></form>";
        let form = Document::parse(html, None, "UTF-8").forms().remove(0);
        let family = &family::all().unwrap()[0];
        let was = BookEntry { id: "404".into(), name: "Sample One".into(), ..BookEntry::default() };
        let read = of_form(&form, &was, family);
        assert_eq!((read.id.as_str(), read.number, read.key.as_deref()), ("404", Some(195), Some("Sample")));
        assert_eq!((read.favourite, read.email.as_deref()), (Some(false), Some("one@example.test")));
        let folder = read.folder.unwrap();
        assert_eq!(
            (folder.protocol.as_str(), folder.path.as_str(), folder.port, folder.user.as_str()),
            ("SMB_O", "\\\\srv\\scan", None, "scan")
        );
        let extra: Vec<(&str, &str)> = read.extra.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(
            extra,
            [("availableFuncIn", "COPY,SCAN"), ("priorityIn", "5"), ("title1", "AB"), ("userCodeIn", "7104")]
        );
    }
}
