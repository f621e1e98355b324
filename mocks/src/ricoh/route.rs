//! Which page a path means.

use super::profile::Profile;
use crate::http::Form;
use crate::machine::{PageKind, Role};

/// A kind of page. The names are those of the request counters and of a fault's `@kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Root,
    Frame,
    Header,
    Top,
    Message,
    Identity,
    Status,
    AuthForm,
    Login,
    Logout,
    Menu,
    Email,
    Save,
    Password,
    PasswordSave,
    EasySecurity,
    /// Another entry of the configuration list.
    OtherSettings,
    /// The address book's list page.
    BookList,
    /// The list's data.
    BookData,
    /// The wizard is opened.
    BookOpen,
    /// A step of the wizard.
    BookStep,
    /// The wizard's last step, which stores.
    BookConfirm,
    /// The full form of a user.
    BookForm,
    /// The full form is kept while a password is changed.
    BookStage,
    /// The full form is stored.
    BookSave,
    /// The page with a password of an entry.
    BookPassword,
    /// The form of a group.
    BookGroup,
    /// The form of a group is stored.
    BookGroupSave,
    /// Entries are deleted.
    BookDelete,
    /// The older generation's question before an entry is deleted.
    BookQuestion,
    /// A script file beside the list.
    BookScript,
    Static,
    ConnectTest,
    Missing,
}

impl PageKind for Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Frame => "frame",
            Self::Header => "header",
            Self::Top => "top",
            Self::Message => "message",
            Self::Identity => "identity",
            Self::Status => "status",
            Self::AuthForm => "auth_form",
            Self::Login => "login",
            Self::Logout => "logout",
            Self::Menu => "menu",
            Self::Email => "email",
            Self::Save => "save",
            Self::Password => "password",
            Self::PasswordSave => "password_save",
            Self::EasySecurity => "easy_security",
            Self::OtherSettings => "other_settings",
            Self::BookList => "book_list",
            Self::BookData => "book_data",
            Self::BookOpen => "book_open",
            Self::BookStep => "book_step",
            Self::BookConfirm => "book_confirm",
            Self::BookForm => "book_form",
            Self::BookStage => "book_stage",
            Self::BookSave => "book_save",
            Self::BookPassword => "book_password",
            Self::BookGroup => "book_group",
            Self::BookGroupSave => "book_group_save",
            Self::BookDelete => "book_delete",
            Self::BookQuestion => "book_question",
            Self::BookScript => "book_script",
            Self::Static => "static",
            Self::ConnectTest => "connect_test",
            Self::Missing => "missing",
        }
    }

    fn is(self, role: Role) -> bool {
        match role {
            Role::Save => self == Self::Save,
            Role::LogIn => self == Self::Login,
            Role::Door => matches!(self, Self::AuthForm | Self::Login),
            Role::Protected => self.needs_login(),
            Role::Email => matches!(self, Self::Email | Self::Save | Self::Password | Self::PasswordSave),
            Role::Menu => matches!(self, Self::Menu | Self::Save),
            Role::Identity => matches!(self, Self::Identity | Self::Header | Self::Top),
        }
    }
}

impl Kind {
    /// Whether only an administrator may see it.
    pub(crate) fn needs_login(self) -> bool {
        matches!(
            self,
            Self::Email
                | Self::Save
                | Self::Password
                | Self::PasswordSave
                | Self::EasySecurity
                | Self::OtherSettings
        ) || self.is_book()
    }
}

impl Kind {
    /// Whether it belongs to the address book.
    pub(crate) fn is_book(self) -> bool {
        self.name().starts_with("book_")
    }

    /// The kind with what the form says: some pages of the address book do several things.
    pub(crate) fn with(self, form: &Form) -> Self {
        match self {
            Self::BookStep if form.text("step") == "CONFIRM" => Self::BookConfirm,
            Self::BookSave if form.text("inputSpecifyModeIn") == "SESSION" => Self::BookStage,
            kind => kind,
        }
    }
}

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) kind: Kind,
    /// `/web/entry/` rather than `/web/guest/`.
    pub(crate) entry: bool,
    /// The language segment, the panel's where the path has none.
    pub(crate) language: String,
    /// The path below the language.
    pub(crate) page: String,
}

/// Other entries of the configuration list: path below the language. INVENTED, apart from the ones whose CGI name is
/// known (`getUserAuthenticationManager`, `ldapServerGetFunc`, `getLogDownload`, `getPrefsImpExp`).
pub(crate) const OTHER_SETTINGS: [(super::texts::Menu, &str); 19] = {
    use super::texts::Menu::*;
    [
        (System, "websys/config/getSystem.cgi"),
        (Paper, "websys/config/getPaper.cgi"),
        (DateTime, "websys/config/getDateTime.cgi"),
        (Timer, "websys/config/getTimer.cgi"),
        (Logs, "websys/config/getLogs.cgi"),
        (DownloadLogs, "websys/config/getLogDownload.cgi"),
        (AutoNotification, "websys/config/autoMailConfList.cgi"),
        (OnDemandNotification, "websys/config/onDemandMailConf.cgi"),
        (FileTransfer, "websys/config/getFileTransfer.cgi"),
        (UserAuthentication, "websys/config/getUserAuthenticationManager.cgi"),
        (AdministratorAuthentication, "websys/config/getAdministratorAuthenticationManager.cgi"),
        (ProgramAdministrator, "websys/config/getProgramAdministrator.cgi"),
        (PrintVolume, "websys/config/getPrintVolumeUseLimit.cgi"),
        (LdapServer, "websys/ldapServer/ldapServerGetFunc.cgi"),
        (FirmwareUpdate, "websys/config/getFirmwareUpdate.cgi"),
        (Kerberos, "websys/config/getKerberos.cgi"),
        (ImportTest, "websys/config/getImportTest.cgi"),
        (ImportExport, "websys/prefsImpExp/getPrefsImpExp.cgi"),
        (Interface, "websys/netw/getInterface.cgi"),
    ]
};

impl Route {
    /// Finds the page. An uninstalled language and an unknown name are [`Kind::Missing`].
    pub(crate) fn of(profile: &Profile, path: &str) -> Self {
        let elsewhere = |kind| Self {
            kind,
            entry: false,
            language: profile.panel_language().to_owned(),
            page: String::new(),
        };
        match path {
            "/" | "/index.html" => return elsewhere(Kind::Root),
            "/websys/util/connectTest.cgi" => return elsewhere(Kind::ConnectTest),
            _ => {}
        }
        if super::pages::static_file(path).is_some() {
            return elsewhere(Kind::Static);
        }
        let mut parts = path.splitn(5, '/');
        let (Some(""), Some("web"), Some(area), Some(language), Some(page)) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return elsewhere(Kind::Missing);
        };
        let entry = match area {
            "entry" => true,
            "guest" => false,
            _ => return elsewhere(Kind::Missing),
        };
        if !profile.speaks(language) {
            return elsewhere(Kind::Missing);
        }
        Self { kind: Self::kind(profile, page), entry, language: language.to_owned(), page: page.to_owned() }
    }

    fn kind(profile: &Profile, page: &str) -> Kind {
        let email = &profile.email;
        if page == email.page {
            return Kind::Email;
        }
        if page == email.save {
            return Kind::Save;
        }
        if page == email.password {
            return Kind::Password;
        }
        if page == email.password_save {
            return Kind::PasswordSave;
        }
        let newer = profile.address.is_newer();
        match page {
            "websys/webArch/mainFrame.cgi" => Kind::Frame,
            "websys/webArch/header.cgi" => Kind::Header,
            "websys/webArch/topPage.cgi" => Kind::Top,
            "websys/webArch/message.cgi" => Kind::Message,
            "websys/status/configuration.cgi" => Kind::Identity,
            "websys/webArch/getStatus.cgi" => Kind::Status,
            "websys/webArch/authForm.cgi" => Kind::AuthForm,
            "websys/webArch/login.cgi" => Kind::Login,
            "websys/webArch/logout.cgi" => Kind::Logout,
            "websys/webArch/configList.cgi" => Kind::Menu,
            "websys/easySecurity/getEasySecurity.cgi" => Kind::EasySecurity,
            "address/adrsList.cgi" => Kind::BookList,
            "address/adrsListLoadEntry.cgi" => Kind::BookData,
            "address/adrsGetUserWizard.cgi" => Kind::BookOpen,
            "address/adrsSetUserWizard.cgi" => Kind::BookStep,
            "address/adrsGetUser.cgi" => Kind::BookForm,
            "address/adrsSetUser.cgi" => Kind::BookSave,
            "address/adrsEditPassword.cgi" => Kind::BookPassword,
            "address/adrsGetGroup.cgi" => Kind::BookGroup,
            "address/adrsSetGroup.cgi" => Kind::BookGroupSave,
            "address/adrsDeleteEntries.cgi" if newer => Kind::BookDelete,
            "address/adrsConfDeleteEntry.cgi" if !newer => Kind::BookQuestion,
            "address/adrsDeleteEntry.cgi" if !newer => Kind::BookDelete,
            script if super::address::script_file(script).is_some() => Kind::BookScript,
            other if OTHER_SETTINGS.iter().any(|(_, path)| *path == other) => Kind::OtherSettings,
            _ => Kind::Missing,
        }
    }
}
