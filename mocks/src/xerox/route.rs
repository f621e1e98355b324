//! Which page a request means. A post is known by its function, not by its path.

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
            Role::Protected => self.needs_login(),
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

    /// What a request means.
    pub(super) fn of(profile: &XeroxProfile, request: &Request, form: &Form) -> Self {
        let path = request.path.as_str();
        if profile.ui != XeroxUi::Php {
            return if path == "/" { Self::Root } else { Self::Missing };
        }
        if request.method == "POST" {
            return match path {
                "/userpost/xerox.set" | "/dummypost/xerox.set" => Self::of_post(profile, path, form),
                super::soap::PATH => Self::Soap,
                _ => Self::of_page(profile, path),
            };
        }
        Self::of_page(profile, path)
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
        } else {
            Self::OtherPost
        }
    }

    /// What a path means on a GET, or as a `NextPage`.
    pub(super) fn of_page(profile: &XeroxProfile, path: &str) -> Self {
        if path == profile.smtp.path() {
            return Self::Email;
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
