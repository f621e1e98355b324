//! The programs of the address book: what each does, and the address the page gives for it.

use url::Url;

use crate::family::Family;

/// What a program of the address book does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    /// Gives a batch of the list's rows.
    Load,
    /// Opens the wizard.
    WizardOpen,
    /// Takes a step of the wizard.
    WizardStep,
    /// Opens the full form of a user.
    UserOpen,
    /// Saves the full form of a user.
    UserSave,
    /// Opens the form of a group.
    GroupOpen,
    /// Saves the form of a group.
    GroupSave,
    /// Removes several entries by their ids.
    RemoveMany,
    /// Asks whether one entry is to be removed.
    RemoveAsk,
    /// Removes one entry by its registration number.
    RemoveOne,
}

impl Role {
    /// The fact that names it where the page does not.
    fn fact(self) -> &'static str {
        match self {
            Self::Load => "book_load",
            Self::WizardOpen => "book_wizard_open",
            Self::WizardStep => "book_wizard_step",
            Self::UserOpen => "book_user_open",
            Self::UserSave => "book_user_save",
            Self::GroupOpen => "book_group_open",
            Self::GroupSave => "book_group_save",
            Self::RemoveMany => "book_remove_many",
            Self::RemoveAsk => "book_remove_ask",
            Self::RemoveOne => "book_remove_one",
        }
    }

    /// Whether a program's name says that it does this.
    fn fits(self, name: &str) -> bool {
        let has = |word: &str| name.contains(word);
        let other = ["wizard", "template", "counter", "result", "upload", "download"];
        let plain = |verb: &str, what: &str| has(verb) && has(what) && !other.iter().any(|w| has(w));
        match self {
            Self::Load => has("load") && (has("entr") || has("list")) && !has("upload") && !has("download"),
            Self::WizardOpen => has("wizard") && has("get"),
            Self::WizardStep => has("wizard") && has("set"),
            Self::UserOpen => plain("get", "user"),
            Self::UserSave => plain("set", "user"),
            Self::GroupOpen => plain("get", "group"),
            Self::GroupSave => plain("set", "group"),
            Self::RemoveMany => has("delete") && has("entries") && !has("conf"),
            Self::RemoveAsk => has("delete") && has("conf"),
            Self::RemoveOne => has("delete") && has("entry") && !has("conf"),
        }
    }
}

/// The last segment of a program's address, in lower case, without its ending.
fn stem(written: &str) -> String {
    let path = written.split(['?', '#']).next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    last.strip_suffix(".cgi").map(str::to_owned).unwrap_or_default()
}

/// Whether a text is the address of a program of the device.
pub(crate) fn is_program(text: &str) -> bool {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    path.len() > 4
        && path.len() < 200
        && path.to_ascii_lowercase().ends_with(".cgi")
        && !path.contains("://")
        && !path.starts_with("//")
        && path.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-./~".contains(&b))
}

/// The address for a role among the addresses that a page and its scripts name: by the known name, else by the only name
/// that says so. `None` where nothing there says it.
pub(crate) fn named(role: Role, programs: &[String], family: &Family) -> Option<String> {
    let known = family.fact(role.fact()).map(stem).unwrap_or_default();
    let without_query = |text: &String| text.split(['?', '#']).next().unwrap_or_default().to_owned();
    if let Some(exact) = programs.iter().find(|p| !known.is_empty() && stem(p) == known) {
        return Some(without_query(exact));
    }
    let fitting: Vec<&String> = programs.iter().filter(|p| role.fits(&stem(p))).collect();
    let first = fitting.first()?;
    fitting.iter().all(|p| stem(p) == stem(first)).then(|| without_query(first))
}

/// The address for a role where the page names none.
pub(crate) fn known(role: Role, family: &Family) -> Option<String> {
    family.fact(role.fact()).map(str::to_owned)
}

/// The absolute address of a program that a page names.
pub(crate) fn address(page: &Url, written: &str) -> Option<Url> {
    page.join(written).ok().filter(|url| url.origin() == page.origin())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family;

    #[test]
    fn programs_are_found_by_name_and_by_what_their_name_says() {
        let family = &family::all().unwrap()[1];
        let real: Vec<String> = [
            "adrsList.cgi",
            "adrsListLoadEntry.cgi",
            "adrsGetUserWizard.cgi",
            "adrsSetUserWizard.cgi",
            "adrsGetUser.cgi",
            "adrsSetUser.cgi",
            "adrsGetUserTemplate.cgi?x=1",
            "adrsGetGroup.cgi",
            "adrsSetGroup.cgi",
            "adrsConfDeleteEntry.cgi",
            "adrsDeleteEntry.cgi",
            "adrsDeleteEntries.cgi",
            "adrsUploadFile.cgi",
            "adrsFileDownload.cgi",
        ]
        .map(String::from)
        .to_vec();
        let find = |role| named(role, &real, family);
        assert_eq!(find(Role::Load).as_deref(), Some("adrsListLoadEntry.cgi"));
        assert_eq!(find(Role::UserOpen).as_deref(), Some("adrsGetUser.cgi"));
        assert_eq!(find(Role::RemoveOne).as_deref(), Some("adrsDeleteEntry.cgi"));
        assert_eq!(find(Role::RemoveMany).as_deref(), Some("adrsDeleteEntries.cgi"));
        let other = [
            "book/rowsLoadEntries.cgi?a=1",
            "x/userWizardGet.cgi",
            "x/setUserWizard.cgi",
            "y/deleteEntries.cgi",
        ]
        .map(String::from);
        assert_eq!(named(Role::Load, &other, family).as_deref(), Some("book/rowsLoadEntries.cgi"));
        assert_eq!(named(Role::WizardOpen, &other, family).as_deref(), Some("x/userWizardGet.cgi"));
        assert_eq!(named(Role::RemoveMany, &other, family).as_deref(), Some("y/deleteEntries.cgi"));
        assert_eq!(named(Role::UserOpen, &other, family), None);
        assert_eq!(known(Role::UserOpen, family).as_deref(), Some("adrsGetUser.cgi"));
    }

    #[test]
    fn foreign_addresses_are_no_programs() {
        assert!(is_program("../address/adrsList.cgi?modeIn=LIST_ALL"));
        for bad in ["http://192.0.2.1/x.cgi", "//host/x.cgi", "x.html", "a b.cgi", ".cgi", "javascript:x.cgi"]
        {
            assert!(!is_program(bad), "{bad}");
        }
        let page = Url::parse("http://192.0.2.1/web/entry/en/address/adrsList.cgi").unwrap();
        assert_eq!(
            address(&page, "adrsSetUser.cgi").unwrap().path(),
            "/web/entry/en/address/adrsSetUser.cgi"
        );
    }
}
