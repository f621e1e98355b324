//! Which page a request means.

use super::book::{BookDelete, BookExport};
use super::profile::{BrotherProfile, Generation, TestMail, field};
use super::wire::Fields;
use crate::http::Request;
use crate::machine::{PageKind, Role};

/// A kind of page. The names are those of the request counters and of a fault's `@kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Root,
    Status,
    Login,
    LoginError,
    PassError,
    Logout,
    Identity,
    MntInfo,
    /// The list of protocols.
    Menu,
    MenuSave,
    /// The SMTP page.
    Email,
    Save,
    TestMail,
    HttpSettings,
    HttpSave,
    /// The address book's list.
    AddressBook,
    /// A post that deletes entries.
    BookDelete,
    BookEntry,
    BookSave,
    GroupList,
    Group,
    GroupSave,
    GroupDelete,
    ExportPage,
    ExportFile,
    ImportPage,
    BookImport,
    Network,
    AdminPassword,
    /// "Reset Menu": a client should never press anything there.
    Reset,
    Static,
    ScriptStatus,
    ScriptLogin,
    Missing,
}

impl PageKind for Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Status => "top",
            Self::Login | Self::ScriptLogin => "login",
            Self::LoginError => "login_error",
            Self::PassError => "pass_error",
            Self::Logout => "logout",
            Self::Identity => "identity",
            Self::MntInfo => "mnt_info",
            Self::Menu => "menu",
            Self::MenuSave => "menu_save",
            Self::Email => "email",
            Self::Save => "save",
            Self::TestMail => "test_mail",
            Self::HttpSettings => "http_settings",
            Self::HttpSave => "http_save",
            Self::AddressBook => "address_book",
            Self::BookDelete => "book_delete",
            Self::BookEntry => "book_entry",
            Self::BookSave => "book_save",
            Self::GroupList => "group_list",
            Self::Group => "group",
            Self::GroupSave => "group_save",
            Self::GroupDelete => "group_delete",
            Self::ExportPage => "export_page",
            Self::ExportFile => "export_file",
            Self::ImportPage => "import_page",
            Self::BookImport => "book_import",
            Self::Network => "network",
            Self::AdminPassword => "admin_password",
            Self::Reset => "reset",
            Self::Static => "static",
            Self::ScriptStatus => "top",
            Self::Missing => "missing",
        }
    }

    fn is(self, role: Role) -> bool {
        match role {
            Role::Save => self == Self::Save,
            Role::LogIn => matches!(self, Self::Login | Self::ScriptLogin),
            Role::Door => matches!(self, Self::Login | Self::ScriptLogin),
            Role::Protected => self.needs_login(),
            Role::Email => matches!(self, Self::Email | Self::Save),
            Role::Menu => self == Self::Menu,
            // Model and serial number stand on nearly every page.
            Role::Identity => !matches!(self, Self::Static | Self::Missing),
        }
    }
}

impl Kind {
    /// Whether only an administrator may see it, in every generation.
    pub(crate) fn needs_login(self) -> bool {
        matches!(
            self,
            Self::Menu
                | Self::MenuSave
                | Self::Email
                | Self::Save
                | Self::TestMail
                | Self::HttpSettings
                | Self::HttpSave
                | Self::AddressBook
                | Self::BookDelete
                | Self::BookEntry
                | Self::BookSave
                | Self::GroupList
                | Self::Group
                | Self::GroupSave
                | Self::GroupDelete
                | Self::ExportPage
                | Self::ExportFile
                | Self::ImportPage
                | Self::BookImport
                | Self::Network
                | Self::AdminPassword
                | Self::Reset
        )
    }

    /// Finds the page. A log-in or log-out field makes a log-in or log-out of any post.
    pub(crate) fn of(profile: &BrotherProfile, request: &Request, fields: &Fields) -> Self {
        let post = request.method == "POST";
        let path = request.path.as_str();
        if profile.generation == Generation::D {
            return Self::of_script_pages(profile, path, post);
        }
        let page = Self::of_path(profile, path);
        if !post || page == Self::Missing {
            return page;
        }
        // The log-out's field is the first thing looked at: a settings form that carries it is a log-out.
        if fields.has(&field(profile.field_ids.login + 1)) {
            return Self::Logout;
        }
        if fields.has(&field(profile.field_ids.login)) {
            return Self::Login;
        }
        match page {
            Self::Email => match &profile.test_mail {
                TestMail::SecondStep { control, .. } if fields.has(control) => Self::TestMail,
                _ => Self::Save,
            },
            Self::Menu => Self::MenuSave,
            Self::HttpSettings => Self::HttpSave,
            other => Self::of_book_post(profile, other, fields),
        }
    }

    /// What a post of a page of the address book means.
    fn of_book_post(profile: &BrotherProfile, page: Self, fields: &Fields) -> Self {
        let book = &profile.book;
        match (page, &book.delete) {
            (Self::AddressBook, BookDelete::Boxes { control, .. })
            | (Self::BookEntry, BookDelete::Button { control, .. })
                if fields.has(control) =>
            {
                Self::BookDelete
            }
            (Self::BookEntry, _) => Self::BookSave,
            (Self::Group, _) if book.groups.as_ref().is_some_and(|groups| fields.has(&groups.control)) => {
                Self::GroupDelete
            }
            (Self::Group, _) => Self::GroupSave,
            (Self::ExportPage, _) => Self::ExportFile,
            (Self::ImportPage, _) => Self::BookImport,
            (other, _) => other,
        }
    }

    /// A page of the address book by its path.
    fn of_book_path(profile: &BrotherProfile, path: &str) -> Option<Self> {
        let book = &profile.book;
        let mut known = vec![(book.entry.path.as_str(), Self::BookEntry)];
        if let Some(groups) = &book.groups {
            known.extend([(groups.list.0.as_str(), Self::GroupList), (&groups.page.path, Self::Group)]);
        }
        if let Some(transfer) = &book.transfer {
            known.extend([
                (transfer.export.0.as_str(), Self::ExportPage),
                (&transfer.import.0, Self::ImportPage),
            ]);
            if let BookExport::Links(entries, groups) = &transfer.way {
                known.push((entries, Self::ExportFile));
                if book.groups.is_some() {
                    known.push((groups, Self::ExportFile));
                }
            }
        }
        known.into_iter().find(|(known, _)| *known == path).map(|(_, kind)| kind)
    }

    fn of_script_pages(profile: &BrotherProfile, path: &str, post: bool) -> Self {
        match path {
            "/" => Self::Root,
            "/auth/login" if post => Self::ScriptLogin,
            path if path == profile.paths.status => Self::ScriptStatus,
            path if path.starts_with("/common/js/") => Self::Static,
            _ => Self::Missing,
        }
    }

    /// The page at a path, whatever the method.
    pub(crate) fn of_path(profile: &BrotherProfile, path: &str) -> Self {
        let paths = &profile.paths;
        let known = [
            (paths.status.as_str(), Self::Status),
            (&paths.information, Self::Identity),
            (&paths.protocol, Self::Menu),
            (&paths.smtp, Self::Email),
            (&paths.http, Self::HttpSettings),
            (&paths.address, Self::AddressBook),
            ("/", Self::Root),
            ("/etc/mnt_info.csv", Self::MntInfo),
            ("/etc/passerror.html", Self::PassError),
            ("/etc/loginerror.html", Self::LoginError),
            ("/net/net/net.html", Self::Network),
            ("/admin/password.html", Self::AdminPassword),
            ("/admin/default.html", Self::Reset),
            ("/common/js/ews.js", Self::Static),
        ];
        let found = known.into_iter().find(|(known, _)| *known == path).map(|(_, kind)| kind);
        found.or_else(|| Self::of_book_path(profile, path)).unwrap_or(Self::Missing)
    }
}
