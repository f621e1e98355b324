//! Which page a request means. A post is known by its function, not by its path.

use super::book::{self, ExportWay};
use super::profile::{XeroxProfile, XeroxUi};
use crate::http::{Form, Request};
use crate::machine::{PageKind, Role};

/// A kind of page. The names are those of the request counters and of a fault's `@kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Root,
    Header,
    Identity,
    Description,
    AuthForm,
    /// What follows a log-in.
    AfterLogin,
    Login,
    Logout,
    Menu,
    Email,
    Save,
    Test,
    TestResult,
    Cloning,
    CloneSave,
    CloneFile,
    Soap,
    /// The list of contacts, or one of them.
    Contacts,
    BookMenu,
    ExportPage,
    ExportPrepare,
    ExportReady,
    ExportFile,
    ImportPage,
    /// "Upload File".
    BookUpload,
    ImportUploaded,
    /// "Import".
    BookStart,
    ImportMapping,
    /// "Import Address Book": the post that changes the book.
    BookSave,
    ImportOutcome,
    ContactForm,
    ContactSave,
    ContactDelete,
    /// A post with a function that the lab does not carry out.
    OtherPost,
    OtherSettings,
    ErrorPage,
    Missing,
}

/// Other entries of the site index, and pages that exist without one: path and words. Paths of the first six are
/// known, or follow from known ones; the others are INVENTED.
pub(super) const OTHER_SETTINGS: [(&str, &str); 12] = [
    ("/ldap/ldap_list.php?from=ldapConfig", "LDAP"),
    ("/protocols/snmp/index.php", "SNMP"),
    ("/protocols/http/index.php", "HTTP"),
    ("/protocols/ip/v4.php?from=wiredConfig", "IP (Internet Protocol)"),
    ("/properties/security/auditlog.php", "Audit Log"),
    ("/properties/dataManagement/autoConfiguration.php", "Fleet Orchestrator"),
    ("/properties/email/defaults.php", "Email"),
    ("/properties/email/addressBook.php", "Email Address Books"),
    ("/properties/alerts/emailAlerts.php", "Email Alerts"),
    ("/protocols/pop3/index.php", "POP3 Setup"),
    ("/protocols/ntp/index.php", "NTP"),
    ("/properties/blank.php", "Properties"),
];

impl PageKind for Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Header => "header",
            Self::Identity => "identity",
            Self::Description => "description",
            Self::AuthForm => "auth_form",
            Self::AfterLogin => "after_login",
            Self::Login => "login",
            Self::Logout => "logout",
            Self::Menu => "menu",
            Self::Email => "email",
            Self::Save => "save",
            Self::Test => "test",
            Self::TestResult => "test_result",
            Self::Cloning => "cloning",
            Self::CloneSave => "clone_save",
            Self::CloneFile => "clone_file",
            Self::Soap => "soap",
            Self::Contacts => "contacts",
            Self::BookMenu => "book_menu",
            Self::ExportPage => "export_page",
            Self::ExportPrepare => "export_prepare",
            Self::ExportReady => "export_ready",
            Self::ExportFile => "export_file",
            Self::ImportPage => "import_page",
            Self::BookUpload => "book_upload",
            Self::ImportUploaded => "import_uploaded",
            Self::BookStart => "book_start",
            Self::ImportMapping => "import_mapping",
            Self::BookSave => "book_save",
            Self::ImportOutcome => "import_outcome",
            Self::ContactForm => "contact_form",
            Self::ContactSave => "contact_save",
            Self::ContactDelete => "contact_delete",
            Self::OtherPost => "other_post",
            Self::OtherSettings => "other_settings",
            Self::ErrorPage => "error_page",
            Self::Missing => "missing",
        }
    }

    fn is(self, role: Role) -> bool {
        match role {
            Role::Save => self == Self::Save,
            Role::LogIn => self == Self::Login,
            Role::Door => matches!(self, Self::AuthForm | Self::Login),
            Role::Protected => self.needs_login() || self.is_book_work(),
            Role::Email => matches!(self, Self::Email | Self::Save),
            Role::Menu => self == Self::Menu,
            Role::Identity => {
                matches!(self, Self::Identity | Self::Description | Self::Header | Self::Root | Self::Soap)
            }
        }
    }
}

impl Kind {
    /// Whether only an administrator may see it.
    pub(super) fn needs_login(self) -> bool {
        matches!(
            self,
            Self::Description
                | Self::Email
                | Self::Save
                | Self::Test
                | Self::TestResult
                | Self::Cloning
                | Self::CloneSave
                | Self::CloneFile
                | Self::OtherSettings
        )
    }

    /// Whether it belongs to what an administrator does with the address book.
    pub(super) fn is_book_work(self) -> bool {
        matches!(
            self,
            Self::BookMenu
                | Self::ExportPage
                | Self::ExportPrepare
                | Self::ExportReady
                | Self::ExportFile
                | Self::ImportPage
                | Self::BookUpload
                | Self::ImportUploaded
                | Self::BookStart
                | Self::ImportMapping
                | Self::BookSave
                | Self::ImportOutcome
                | Self::ContactForm
                | Self::ContactSave
                | Self::ContactDelete
        )
    }

    /// What a request means.
    pub(super) fn of(profile: &XeroxProfile, request: &Request, form: &Form) -> Self {
        let path = request.path.as_str();
        if profile.ui != XeroxUi::Php {
            return if path == "/" { Self::Root } else { Self::Missing };
        }
        if request.method == "POST" {
            return match path {
                "/userpost/xerox.set" | "/dummypost/xerox.set" => Self::of_post(profile, path, form),
                "/upload/xerox.set" => Self::of_upload(profile, form),
                super::soap::PATH => Self::Soap,
                _ => Self::of_page(profile, path),
            };
        }
        Self::of_page(profile, path)
    }

    fn of_upload(profile: &XeroxProfile, form: &Form) -> Self {
        let upload = &profile.book.import.upload.0;
        if form.all("_fun_function").any(|function| function == upload) {
            Self::BookUpload
        } else {
            Self::OtherPost
        }
    }

    /// A post of the address book's pages.
    fn of_book_post(profile: &XeroxProfile, form: &Form) -> Option<Self> {
        let (export, import) = (&profile.book.export, &profile.book.import);
        let mut known =
            vec![(import.start.0.as_str(), Self::BookStart), (import.finish.0.as_str(), Self::BookSave)];
        if let ExportWay::Prepared(function, _) = &export.way {
            known.push((function, Self::ExportPrepare));
        }
        if let Some(ways) = &profile.book.contacts {
            known.extend([(ways.save.as_str(), Self::ContactSave), (&ways.delete, Self::ContactDelete)]);
        }
        let mut functions = form.all("_fun_function");
        functions.find_map(|it| known.iter().find(|(function, _)| *function == it).map(|(_, kind)| *kind))
    }

    /// A page of the address book.
    fn of_book_page(profile: &XeroxProfile, path: &str) -> Option<Self> {
        let book = &profile.book;
        let mut known = vec![
            (book::LIST, Self::Contacts),
            (book.export.page.as_str(), Self::ExportPage),
            (&book.export.file, Self::ExportFile),
            (&book.import.page, Self::ImportPage),
            (&book.import.upload.1, Self::ImportUploaded),
            (&book.import.start.1, Self::ImportMapping),
            (&book.import.finish.1, Self::ImportOutcome),
        ];
        if let Some((page, _)) = &book.management {
            known.push((page, Self::BookMenu));
        }
        if let ExportWay::Prepared(_, page) = &book.export.way {
            known.push((page, Self::ExportReady));
        }
        if let Some(ways) = &book.contacts {
            known.push((&ways.page, Self::ContactForm));
        }
        known.into_iter().find(|(page, _)| page.split('?').next() == Some(path)).map(|(_, kind)| kind)
    }

    fn of_post(profile: &XeroxProfile, path: &str, form: &Form) -> Self {
        let user = path.starts_with("/userpost");
        let has = |name: &str| form.all("_fun_function").any(|function| function == name);
        let test = profile.smtp.test.as_ref();
        if user && has("HTTP_Authenticate_fn") {
            Self::Login
        } else if user && test.is_some_and(|test| has(&test.function)) {
            Self::Test
        } else if !user && has("HTTP_Config_Cloning_fn") {
            Self::CloneSave
        } else if !user && has("HTTP_Set_Config_Attrib_fn") {
            Self::Save
        } else if !user && let Some(kind) = Self::of_book_post(profile, form) {
            kind
        } else {
            Self::OtherPost
        }
    }

    /// What a path means on a GET, or as a `NextPage`.
    pub(super) fn of_page(profile: &XeroxProfile, path: &str) -> Self {
        if path == profile.smtp.path() {
            return Self::Email;
        }
        if let Some(kind) = Self::of_book_page(profile, path) {
            return kind;
        }
        if path == profile.door.logout.split('?').next().unwrap_or_default() {
            return Self::Logout;
        }
        if let Some(test) = &profile.smtp.test
            && path == test.next_page
        {
            return Self::TestResult;
        }
        if let Some(cloning) = &profile.cloning {
            match path {
                "/properties/cloning.php" | "/properties/cloning_dl.php" => return Self::Cloning,
                _ if path == cloning.download => return Self::CloneFile,
                _ => {}
            }
        }
        match path {
            "/" | "/index.php" | "/stat/welcome.php" => Self::Root,
            "/header.php" => Self::Header,
            "/sitemap.php" => Self::Menu,
            "/links.php" if profile.links => Self::Menu,
            "/properties/configuration.php" => Self::Identity,
            "/properties/description.php" => Self::Description,
            "/properties/authentication/login.php" => Self::AuthForm,
            "/properties/authentication/luidLogin.php" => Self::AfterLogin,
            "/error.php" => Self::ErrorPage,
            _ if OTHER_SETTINGS.iter().any(|(known, _)| known.split('?').next() == Some(path)) => {
                Self::OtherSettings
            }
            _ => Self::Missing,
        }
    }
}
