//! The fields of an entry's form: by their known names, else by their labels; and filling them.

use scanfleet_sdk::form::{ControlType, Form};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::{Category, DeviceError, EntryKind, EntryWanted, FolderDestination};

use crate::book::answer::Halt;
use crate::book::tags::Tags;
use crate::driver::RicohDriver;
use crate::email::{is_sensitive, row_labels};
use crate::family::Family;
use crate::problem::{page_changed, place, unfillable};

/// Keys of [`scanfleet_sdk::BookEntry::extra`] for the titles, with their number behind.
pub(crate) const TITLE: &str = "title";

/// The name of a field's control in a form.
pub(crate) fn named(form: &Form, what: &str, family: &Family) -> Option<String> {
    let group = format!("book.field.{what}");
    let usable = |kind: ControlType| !kind.is_button() && kind != ControlType::File;
    let known =
        family.words(&group).find(|w| form.controls.iter().any(|c| c.name == w.text && usable(c.kind)));
    if let Some(known) = known {
        return Some(known.text.clone());
    }
    let mut names: Vec<&str> = Vec::new();
    for control in &form.controls {
        // A list of steps bears the same words on its check boxes: a label finds a field for text only.
        let own =
            matches!(control.kind, ControlType::Text | ControlType::Textarea) && !control.name.is_empty();
        if own
            && row_labels(control).iter().any(|l| family.is(&group, l))
            && !names.contains(&control.name.as_str())
        {
            names.push(&control.name);
        }
    }
    // Two that bear the same label cannot be told apart.
    if names.len() == 1 { names.pop().map(str::to_owned) } else { None }
}

/// The value of a text field, untrimmed; empty where there is none.
pub(crate) fn value(form: &Form, what: &str, family: &Family) -> String {
    let name = named(form, what, family);
    let control = name.and_then(|n| form.controls.iter().find(|c| c.name == n && c.kind.is_text()));
    control.map(|c| c.value.clone()).unwrap_or_default()
}

/// The tags of a form.
pub(crate) fn tags(form: &Form, family: &Family) -> Tags {
    named(form, "tags", family).map(|name| Tags::find(form, &name)).unwrap_or_default()
}

/// A text cut to a length in UTF-16 units, as forms count, between characters.
pub(crate) fn cut(text: &str, limit: usize) -> &str {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        units += c.len_utf16();
        if units > limit {
            return text[..at].trim_end();
        }
    }
    text
}

/// Leaves a stored password as it is: the choice to set it anew is taken back, and its fields are not sent.
/// False where the form has password fields and no such choice, so that sending it would wipe the password.
pub(crate) fn keep_passwords(form: &mut Form) -> bool {
    let choice = |name: &str| name.to_ascii_lowercase().contains("passwordupdate");
    let about = |name: &str| name.to_ascii_lowercase().contains("password") && !choice(name);
    let update: Vec<usize> = (0..form.controls.len())
        .filter(|at| choice(&form.controls[*at].name) && form.controls[*at].kind.is_checkable())
        .collect();
    let fields = form.controls.iter().any(|c| about(&c.name) && !c.disabled);
    let off = |at: &&usize| form.controls[**at].value.to_ascii_uppercase().contains("_OFF");
    match update.iter().find(off).copied() {
        Some(off) => {
            for at in update {
                form.controls[at].checked = at == off;
            }
            form.controls[off].disabled = false;
        }
        None if fields => return false,
        None => {}
    }
    for control in form.controls.iter_mut().filter(|c| about(&c.name)) {
        control.disabled = true;
    }
    true
}

impl RicohDriver {
    fn set(&self, page: &Page, form: &mut Form, what: &str, shown: &str, value: &str) -> Result<(), Halt> {
        let Some(name) = named(form, what, &self.family) else {
            let got = format!("the form has no field for {shown}");
            return Err(page_changed(&self.session, page, "fill in an entry of the address book", got).into());
        };
        form.set_text(&name, value).map_err(|e| unfillable(&self.session, page, shown, &e).into())
    }

    pub(crate) fn cannot(&self, page: &Page, what: &str, got: impl Into<String>) -> Halt {
        DeviceError::new(Category::Unsupported, format!("fill in {what}"), got)
            .on_page(place(page))
            .hint("choose what the page of this device can express; nothing was written for this entry")
            .into()
    }

    /// Fills in what users and groups have in common: number, name, key display, favourite, titles.
    pub(crate) fn fill_entry(
        &mut self,
        page: &Page,
        form: &mut Form,
        wanted: &EntryWanted,
        new: bool,
    ) -> Result<(), Halt> {
        let limit = |what: &str| {
            let name = named(form, what, &self.family)?;
            form.controls.iter().find(|c| c.name == name)?.max_length
        };
        let (name_limit, key_limit) = (limit("name"), limit("key"));
        self.book.limits[0] = name_limit.or(self.book.limits[0]);
        self.book.limits[1] = key_limit.or(self.book.limits[1]);
        if new {
            let offered = value(form, "number", &self.family);
            let number = match wanted.number {
                Some(number) => format!("{number:05}"),
                None if offered.trim().is_empty() => self.book.free_number(),
                None => offered,
            };
            self.set(page, form, "number", "the registration number", &number)?;
        }
        if let Some(name) = &wanted.name {
            self.set(page, form, "name", "the name", name)?;
        }
        match (&wanted.key, &wanted.name) {
            (Some(key), _) => self.set(page, form, "key", "the key display", key)?,
            // A new entry shows its name on the key, as far as it goes.
            (None, Some(name)) if new && named(form, "key", &self.family).is_some() => {
                let limit = key_limit.or_else(|| self.family.limit("book.key")).unwrap_or(usize::MAX);
                self.set(page, form, "key", "the key display", cut(name, limit))?;
            }
            _ => {}
        }
        let tags = tags(form, &self.family);
        for (key, title) in &wanted.extra {
            if let Some(number) = key.strip_prefix(TITLE).and_then(|n| n.parse().ok()) {
                tags.set_title(form, number, title).map_err(|why| self.cannot(page, "the titles", why))?;
            }
        }
        if let Some(on) = wanted.favourite {
            tags.set_favourite(form, on, &self.family)
                .map_err(|why| self.cannot(page, "the favourite", why))?;
        }
        if wanted.favourite.is_some() || new {
            let name = value(form, "name", &self.family);
            tags.keep_rule(form, &name, &self.family);
        }
        Ok(())
    }

    /// Fills in the e-mail address.
    pub(crate) fn fill_email(&mut self, page: &Page, form: &mut Form, email: &str) -> Result<(), Halt> {
        let name = named(form, "email", &self.family);
        let limit = name.and_then(|n| form.controls.iter().find(|c| c.name == n)).and_then(|c| c.max_length);
        self.book.limits[2] = limit.or(self.book.limits[2]);
        self.set(page, form, "email", "the e-mail address", email)
    }

    /// Fills in what only the full form has: fax, folder, values by the device's own names.
    pub(crate) fn fill_rest(&self, page: &Page, form: &mut Form, wanted: &EntryWanted) -> Result<(), Halt> {
        for (name, value) in &wanted.extra {
            let title = name.strip_prefix(TITLE).is_some_and(|n| n.parse::<usize>().is_ok());
            if !title && !value.is_empty() {
                put(form, name, value).map_err(|why| self.cannot(page, &format!("`{name}`"), why))?;
            }
        }
        if let Some(fax) = &wanted.fax {
            self.set(page, form, "fax", "the fax number", fax)?;
        }
        if let Some(folder) = &wanted.folder {
            self.fill_folder(page, form, folder)?;
        }
        Ok(())
    }

    fn fill_folder(&self, page: &Page, form: &mut Form, folder: &FolderDestination) -> Result<(), Halt> {
        let ftp = !folder.server.is_empty();
        let wanted = match folder.protocol.as_str() {
            "" if ftp => "FTP",
            "" => "SMB",
            own => own,
        };
        if let Some(name) = named(form, "folder.protocol", &self.family) {
            let offered: Vec<String> = form
                .named(&name)
                .iter()
                .flat_map(|c| {
                    std::iter::once(c.value.clone()).chain(c.options.iter().map(|o| o.value.clone()))
                })
                .collect();
            let value =
                offered.iter().find(|v| *v == wanted).or_else(|| offered.iter().find(|v| v.contains(wanted)));
            let Some(value) = value else {
                return Err(self.cannot(
                    page,
                    "the folder",
                    format!("the form does not offer the protocol `{wanted}`"),
                ));
            };
            form.choose(&name, value)
                .map_err(|e| Halt::from(unfillable(&self.session, page, "the folder's protocol", &e)))?;
        }
        self.set(page, form, "folder.path", "the folder's path", &folder.path)?;
        if ftp {
            self.set(page, form, "folder.server", "the folder's server", &folder.server)?;
            if let Some(port) = folder.port {
                self.set(page, form, "folder.port", "the folder's port", &port.to_string())?;
            }
        }
        if !folder.user.is_empty() {
            self.set(page, form, "folder.user", "the folder's log-in name", &folder.user)?;
        }
        Ok(())
    }
}

/// Puts a value into the control of a name, whatever kind it is; several check boxes take values with commas between them.
fn put(form: &mut Form, name: &str, value: &str) -> Result<(), String> {
    if is_sensitive(name) {
        return Err("such a field is never set from a snapshot".to_owned());
    }
    let kind = form.named(name).iter().map(|c| c.kind).find(|k| !k.is_button() && *k != ControlType::Hidden);
    match kind {
        None => Err("the form has no such field".to_owned()),
        Some(ControlType::Checkbox) => {
            let wanted: Vec<&str> = value.split(',').collect();
            for control in
                form.controls.iter_mut().filter(|c| c.name == name && c.kind == ControlType::Checkbox)
            {
                control.checked = wanted.contains(&control.value.as_str());
                control.disabled &= !control.checked;
            }
            Ok(())
        }
        Some(ControlType::Radio | ControlType::Select | ControlType::SelectMultiple) => {
            form.choose(name, value).map_err(|e| e.to_string())
        }
        Some(_) => form.set_text(name, value).map_err(|e| e.to_string()),
    }
}

/// Whether a wish for a user needs the full form, because the wizard's steps cannot express it.
pub(crate) fn needs_full_form(wanted: &EntryWanted, new: bool) -> bool {
    let email = wanted.email.as_deref();
    wanted.fax.is_some()
        || wanted.folder.is_some()
        || wanted.extra.keys().any(|k| k.strip_prefix(TITLE).is_none_or(|n| n.parse::<usize>().is_err()))
        // The wizard's step for mail demands an address, and a wizard without a step is none.
        || email == Some("")
        || (new && email.is_none())
        || wanted.kind == EntryKind::Group
}

#[cfg(test)]
mod tests {
    use scanfleet_sdk::form::Document;

    use super::*;
    use crate::family;

    fn form(html: &str) -> Form {
        Document::parse(&format!("<form>{html}</form>"), None, "UTF-8").forms().remove(0)
    }

    #[test]
    fn fields_are_found_by_name_and_by_label() {
        let family = &family::all().unwrap()[0];
        let known = form("<input name=entryNameIn value=N><input name=mailAddressIn value=m>");
        assert_eq!(value(&known, "name", family), "N");
        let labelled = form(
            "<table><tr><td>Key Display</td><td>:</td><td><input name=k value=K></td></tr><tr><td>Correo electrónico</td><td><input name=m value=M></td></tr></table>",
        );
        assert_eq!(named(&labelled, "key", family).as_deref(), Some("k"));
        let twice = form(
            "<table><tr><td>Name</td><td><input name=a></td></tr><tr><td>Name</td><td><input name=b></td></tr></table>",
        );
        assert_eq!(named(&twice, "name", family), None);
    }

    #[test]
    fn passwords_stay_or_the_form_is_not_sent() {
        let mut with = form(
            "<input name=folderPathNameIn value=p><input type=radio name=folderPasswordUpdateIn value=ACCOUNTPWD_ON_RB checked>
             <input type=radio name=folderPasswordUpdateIn value=ACCOUNTPWD_OFF_RB><input type=password name=wk_folderPasswordIn><input type=hidden name=folderPasswordIn>",
        );
        assert!(keep_passwords(&mut with));
        let sent: Vec<String> =
            with.entries(None).unwrap().into_iter().map(|(n, v)| format!("{n}={v}")).collect();
        assert_eq!(sent, ["folderPathNameIn=p", "folderPasswordUpdateIn=ACCOUNTPWD_OFF_RB"]);
        assert!(!keep_passwords(&mut form("<input type=password name=folderPasswordIn>")));
        assert!(keep_passwords(&mut form("<input name=mailAddressIn>")));
    }

    #[test]
    fn values_go_into_whatever_kind_there_is() {
        let mut all = form(
            "<input name=userCodeIn><select name=priorityIn><option>5<option>6</select><input type=checkbox name=u value=A checked><input type=checkbox name=u value=B>
             <input type=checkbox name=u value=C><input type=radio name=r value=X><input type=radio name=r value=Y checked>",
        );
        for (name, value) in [("userCodeIn", "77"), ("priorityIn", "6"), ("u", "B,C"), ("r", "X")] {
            put(&mut all, name, value).unwrap();
        }
        let sent: Vec<String> =
            all.entries(None).unwrap().into_iter().map(|(n, v)| format!("{n}={v}")).collect();
        assert_eq!(sent, ["userCodeIn=77", "priorityIn=6", "u=B", "u=C", "r=X"]);
        assert!(put(&mut all, "missing", "x").is_err());
        assert!(put(&mut all, "folderPasswordIn", "x").is_err());
    }

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(cut("Sample Person One", 8), "Sample P");
        assert_eq!(cut("Sample Person", 7), "Sample");
        assert_eq!(cut("ab😀", 3), "ab");
        assert_eq!(cut("ab", 16), "ab");
    }
}
