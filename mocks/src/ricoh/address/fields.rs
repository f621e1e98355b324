//! The fields that wizard and full form share: what they accept.
//!
//! Names, lengths and values are evidence; what a device says to which bad value is so only for the codes of the
//! table. INVENTED: which characters an address may have, and that lengths are counted in characters.

use std::collections::BTreeSet;

use super::super::door::plain;
use super::profile::AddressPages;
use super::rows::TITLE_1;
use crate::book::{Book, BookEntry, BookFolder, BookRefusal};
use crate::http::Form;

/// Lengths in characters.
pub(super) const NAME: usize = 20;
pub(super) const KEY: usize = 16;
pub(super) const MAIL: usize = 128;
pub(super) const FAX: usize = 128;
pub(super) const SERVER: usize = 64;
pub(super) const LOGIN: usize = 64;
pub(super) const USER_CODE: usize = 8;
pub(super) const PASSWORD: usize = 64;

/// Why an entry is not taken: a text of the table, and the fields that are wrong.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) id: &'static str,
    pub(super) fields: Vec<&'static str>,
}

impl Trouble {
    pub(super) fn of(id: &'static str) -> Self {
        Self { id, fields: Vec::new() }
    }

    pub(super) fn field(name: &'static str) -> Self {
        Self { id: "NGPARAM_WIZARD_E", fields: vec![name] }
    }
}

impl From<BookRefusal> for Trouble {
    fn from(refusal: BookRefusal) -> Self {
        match refusal {
            BookRefusal::NumberTaken => Self::of("INDEX_E"),
            BookRefusal::UserCodeTaken => Self::of("USERCODE_E"),
            BookRefusal::NumberTooHigh => Self::field("entryIndexIn"),
            BookRefusal::Full | BookRefusal::UserCodesFull => Self::of("FULL"),
            BookRefusal::NoSuchEntry => Self::of("TIMEOUT"),
        }
    }
}

/// A text of at most so many characters, without control characters.
fn text(form: &Form, name: &'static str, longest: usize) -> Result<String, Trouble> {
    let value = form.text(name);
    if value.chars().count() > longest || value.chars().any(char::is_control) {
        return Err(Trouble::field(name));
    }
    Ok(value.to_owned())
}

/// Registration number, name, reading, key display, titles.
pub(super) fn base(
    pages: &AddressPages,
    book: &Book,
    form: &Form,
    entry: &mut BookEntry,
) -> Result<(), Trouble> {
    let number = form.text("entryIndexIn");
    let number = match number.parse::<u32>() {
        Ok(number) if form.text("entryIndexIn").len() <= 5 && (1..=book.limits.numbers).contains(&number) => {
            number
        }
        _ => return Err(Trouble::field("entryIndexIn")),
    };
    if book.numbered(number).is_some_and(|known| known.id != entry.id) {
        return Err(Trouble::of("INDEX_E"));
    }
    entry.number = number;
    entry.name = text(form, "entryNameIn", NAME)?;
    if entry.name.trim().is_empty() {
        return Err(Trouble::field("entryNameIn"));
    }
    if pages.reading {
        entry.reading = text(form, "entryReadNameIn", NAME)?;
    }
    entry.key_display = text(form, "entryDisplayNameIn", KEY)?;
    titles(form, entry)
}

/// Four times `entryTagInfoIn`, or all four in one with commas between.
fn titles(form: &Form, entry: &mut BookEntry) -> Result<(), Trouble> {
    let tags: Result<Vec<u8>, _> =
        form.all("entryTagInfoIn").flat_map(|v| v.split(',')).map(str::parse).collect();
    let titles = u8::try_from(TITLE_1.len()).unwrap_or(u8::MAX);
    match tags.as_deref() {
        Ok(&[one, two, three, frequent])
            if (1..=titles).contains(&one)
                && (1..=11).contains(&two)
                && (1..=6).contains(&three)
                && (1..=2).contains(&frequent) =>
        {
            if frequent == 2 && one == 1 && two == 1 && three == 1 {
                return Err(Trouble::of("TAGSET_E"));
            }
            entry.titles = [one, two, three];
            entry.frequent = frequent == 1;
            Ok(())
        }
        _ => Err(Trouble::field("entryTagInfoIn")),
    }
}

/// The fax number.
pub(super) fn fax(form: &Form, entry: &mut BookEntry) -> Result<(), Trouble> {
    entry.fax = text(form, "faxDestIn", FAX)?;
    Ok(())
}

/// An e-mail address, perhaps empty.
pub(super) fn mail(form: &Form, entry: &mut BookEntry) -> Result<(), Trouble> {
    let mail = text(form, "mailAddressIn", MAIL)?;
    let possible = mail.contains('@') && mail.bytes().all(|byte| byte.is_ascii_graphic());
    if !mail.is_empty() && !possible {
        return Err(Trouble::field("mailAddressIn"));
    }
    entry.email = mail;
    Ok(())
}

/// The lab's word for a protocol.
fn protocol(pages: &AddressPages, wire: &str) -> Option<&'static str> {
    match wire {
        "SMB_O" => Some("smb"),
        "FTP_O" => Some("ftp"),
        "NCP_O" if pages.ncp => Some("ncp"),
        _ => None,
    }
}

/// A protocol as the wire has it.
pub(super) fn protocol_code(word: &str) -> &'static str {
    match word {
        "ftp" => "FTP_O",
        "ncp" => "NCP_O",
        _ => "SMB_O",
    }
}

/// Protocol, port, server and path; nothing where path and server are empty. The login and the password are those of
/// `before`, the password only if nothing else of these changed.
pub(super) fn folder(
    pages: &AddressPages,
    form: &Form,
    before: Option<&BookFolder>,
) -> Result<Option<BookFolder>, Trouble> {
    let wire = form.get("folderProtocolIn").unwrap_or("SMB_O");
    let protocol = protocol(pages, wire).ok_or(Trouble::field("folderProtocolIn"))?;
    let mut folder = BookFolder {
        protocol: protocol.to_owned(),
        path: text(form, "folderPathNameIn", pages.folder_path)?,
        ..BookFolder::default()
    };
    if protocol == "ftp" {
        folder.server = text(form, "folderServerNameIn", SERVER)?;
        let port = form.get("folderPortNoIn").unwrap_or("21");
        folder.port = Some(port.parse().map_err(|_| Trouble::field("folderPortNoIn"))?);
    }
    if folder.path.is_empty() && folder.server.is_empty() {
        return Ok(None);
    }
    if let Some(before) = before {
        folder.login.clone_from(&before.login);
        let same = before.protocol == folder.protocol
            && before.port.unwrap_or(21) == folder.port.unwrap_or(21)
            && before.server == folder.server
            && before.path == folder.path;
        if same {
            folder.password.clone_from(&before.password);
            // An absent port and the usual one are the same.
            folder.port = before.port;
        }
    }
    Ok(Some(folder))
}

/// The login name of a folder.
pub(super) fn login(form: &Form, folder: &mut BookFolder) -> Result<(), Trouble> {
    folder.login = text(form, "folderAuthUserNameIn", LOGIN)?;
    Ok(())
}

/// A password in its two hidden fields; nothing where it is empty.
pub(super) fn password(form: &Form, first: &str, second: &str) -> Result<Option<String>, Trouble> {
    let (one, two) = (plain(form.text(first)), plain(form.text(second)));
    match (one, two) {
        (Some(one), Some(two)) if one == two && one.chars().count() <= PASSWORD => {
            Ok((!one.is_empty()).then_some(one))
        }
        _ => Err(Trouble::of("ACCOUNTPWD_E")),
    }
}

/// Fields of the full form that nothing else of an entry stands for, with what they are where they are left out.
pub(super) fn hidden_fields(pages: &AddressPages) -> Vec<(&'static str, &'static str)> {
    let mut fields = Vec::new();
    if pages.is_newer() {
        fields.push(("priorityIn", "5"));
    }
    fields.extend([
        ("smtpAuthAccountIn", "AUTH_SYSTEM_O"),
        ("smtpAuthUserNameIn", ""),
        ("ldapAuthAccountIn", "AUTH_SYSTEM_O"),
        ("ldapAuthUserNameIn", ""),
        ("availableFuncIn", ""),
    ]);
    if pages.colour {
        fields.push(("acsLimitationIn", "ACSFULLCOLOR_O"));
    }
    fields.extend([("entryUseIn", "ENTRYUSE_TO_O"), ("protectedUseIn", ""), ("isCertificateExist", "false")]);
    if pages.is_newer() {
        fields.push(("isEncryptAlwaysIn", ""));
    }
    fields
}

/// What a hidden field of an entry holds.
pub(super) fn hidden<'a>(entry: &'a BookEntry, name: &str, usual: &'a str) -> &'a str {
    entry.hidden.get(name).map_or(usual, String::as_str)
}

/// An entry as a posted full form makes it. What is not posted is lost, as from a browser that shows no such field.
pub(super) fn full(
    pages: &AddressPages,
    book: &Book,
    form: &Form,
    before: &BookEntry,
) -> Result<BookEntry, Trouble> {
    let mut entry = BookEntry {
        id: before.id,
        last_used: before.last_used,
        first_name: before.first_name.clone(),
        last_name: before.last_name.clone(),
        company: before.company.clone(),
        ..BookEntry::default()
    };
    base(pages, book, form, &mut entry)?;
    entry.user_code = text(form, "userCodeIn", USER_CODE)?;
    if !entry.user_code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Trouble::field("userCodeIn"));
    }
    if pages.fax {
        fax(form, &mut entry)?;
    }
    mail(form, &mut entry)?;
    entry.folder = folder(pages, form, before.folder.as_ref())?;
    if let Some(folder) = &mut entry.folder {
        if form.text("folderAuthAccountIn") == "AUTH_ASSIGNMENT_O" {
            login(form, folder)?;
        } else {
            folder.login.clear();
            folder.password = None;
        }
    }
    let known: BTreeSet<&str> = hidden_fields(pages).iter().map(|(name, _)| *name).collect();
    for (name, usual) in hidden_fields(pages) {
        let mut values: Vec<&str> = form.all(name).collect();
        if name == "entryUseIn" {
            entry.sender = values.contains(&"ENTRYUSE_FROM_O");
            values.retain(|value| *value != "ENTRYUSE_FROM_O");
        }
        let value = values.join(",");
        if value.chars().any(char::is_control) || value.chars().count() > 191 {
            return Err(Trouble::field(name));
        }
        // A field with boxes that is not posted has none ticked; any other is lost.
        let boxes = ["availableFuncIn", "protectedUseIn", "entryUseIn"].contains(&name);
        if value != usual && (boxes || form.get(name).is_some()) {
            entry.hidden.insert(name.to_owned(), value);
        }
    }
    // Passwords are on pages of their own.
    for (name, value) in &before.hidden {
        if !known.contains(name.as_str()) {
            entry.hidden.insert(name.clone(), value.clone());
        }
    }
    Ok(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base_of(query: &str) -> Result<BookEntry, Trouble> {
        let mut entry = BookEntry::default();
        let mut book = Book::default();
        book.add(BookEntry::person("Taken", "")).unwrap();
        base(&AddressPages::newer(), &book, &Form::of(query), &mut entry).map(|()| entry)
    }

    #[test]
    fn titles_or_the_frequent_list_are_needed_and_numbers_are_looked_at() {
        let tags = |tags: &str| format!("entryIndexIn=00003&entryNameIn=A&entryDisplayNameIn=A{tags}");
        let four = |a: u8, b: u8| {
            tags(&format!("&entryTagInfoIn={a}&entryTagInfoIn=1&entryTagInfoIn=1&entryTagInfoIn={b}"))
        };
        let entry = base_of(&four(1, 1)).unwrap();
        assert!(entry.frequent && entry.number == 3);
        assert!(!base_of(&four(11, 2)).unwrap().frequent);
        assert_eq!(base_of(&tags("&entryTagInfoIn=9,1,1,1")).unwrap().titles, [9, 1, 1]);
        assert_eq!(base_of(&four(1, 2)), Err(Trouble::of("TAGSET_E")));
        assert_eq!(base_of(&four(12, 1)), Err(Trouble::field("entryTagInfoIn")));
        assert_eq!(base_of(&four(1, 1).replace("00003", "00001")), Err(Trouble::of("INDEX_E")));
        for number in ["", "0", "50001", "000003", "x"] {
            let query = four(1, 1).replace("00003", number);
            assert_eq!(base_of(&query), Err(Trouble::field("entryIndexIn")), "{number}");
        }
    }

    #[test]
    fn another_path_loses_the_password() {
        let before = BookEntry::folder("F", r"\\srv\a", "me", "secret").folder;
        let pages = AddressPages::newer();
        let of = |path: &str| {
            let form = Form::of(&format!("folderProtocolIn=SMB_O&folderPathNameIn={path}"));
            folder(&pages, &form, before.as_ref()).unwrap()
        };
        assert_eq!(of(r"\\srv\a").unwrap().password.as_deref(), Some("secret"));
        assert_eq!(of(r"\\srv\b").unwrap().password, None);
        assert_eq!(of(""), None);
        let ncp = Form::of("folderProtocolIn=NCP_O&folderPathNameIn=x");
        assert!(folder(&pages, &ncp, None).is_err() && folder(&AddressPages::older(), &ncp, None).is_ok());
    }
}
