//! Log-in and log-out.

use super::device::{Device, Inner, Visit};
use super::pages;
use super::profile::LoginEnd;
use crate::http::{Form, Response};

/// The page after a log-in that came from nowhere. Known of an AltaLink.
const AFTER: &str = "/properties/dataManagement/autoConfiguration.php";

/// What the device says to a wrong password. INVENTED; only `invalid=t`, `http_errmsg` and `authStatus=0` are known.
const WRONG: &str = "The user name or password is not correct.";

impl Device {
    pub(super) fn auth_form(&self, inner: &mut Inner, visit: &Visit<'_>, query: &Form) -> Response {
        let crowded = visit.strike.too_many || inner.sessions.open() >= self.spec.max_sessions;
        if crowded && !visit.admin {
            // INVENTED: how many sessions there may be is not known.
            return self.html(visit, |page| {
                pages::notice(page, "Login", "The maximum number of users is logged in. Try again later.")
            });
        }
        if let Some(session) = inner.sessions.find(&visit.session) {
            session.wanted = query.get("redir").filter(|wanted| is_own(wanted)).map(str::to_owned);
        }
        let text = (query.get("invalid") == Some("t")).then_some(WRONG);
        self.html(visit, |page| pages::login(page, text))
    }

    pub(super) fn log_in(&self, inner: &mut Inner, visit: &mut Visit<'_>) -> Response {
        let door = &self.profile.door;
        let form = &visit.form;
        let crowded =
            visit.strike.too_many || (inner.sessions.open() >= self.spec.max_sessions && !visit.admin);
        let complete = form.text("frmaltDomain") == "default"
            && door.decoy.as_deref().is_none_or(|decoy| form.text(decoy).is_empty());
        let right = form.text(&door.user_field) == self.spec.admin_user
            && form.get(&door.password_field) == Some(self.spec.admin_password.as_str());
        if complete && !crowded {
            if right {
                inner.failed_logins = 0;
            } else {
                inner.failed_logins += 1;
                inner.account_locked |= self.spec.lockout.is_some_and(|limit| inner.failed_logins >= limit);
            }
        }
        // A log-in over an open session ends it when it fails; whether a real device does that is not known.
        visit.admin = right && complete && !crowded && !inner.account_locked && !visit.strike.refuse_login;
        if let Some(session) = inner.sessions.find(&visit.session) {
            session.admin = visit.admin;
        }
        self.next(inner, visit)
    }

    /// What `luidLogin.php` shows.
    pub(super) fn after_login(&self, inner: &mut Inner, visit: &Visit<'_>, query: &Form) -> Response {
        match (self.profile.door.end, visit.admin) {
            (LoginEnd::Opener | LoginEnd::Message, true) => self.html(visit, pages::opener),
            (LoginEnd::Opener, false) => self.html(visit, pages::invalid),
            (LoginEnd::Message, false) => self.html(visit, |page| pages::login_error(page, WRONG)),
            (LoginEnd::Status, true) if query.get("authStatus") == Some("1") => {
                let wanted = inner.sessions.find(&visit.session).and_then(|session| session.wanted.take());
                Response::found(wanted.unwrap_or_else(|| AFTER.to_owned()))
            }
            (LoginEnd::Status, _) => self.html(visit, |page| pages::login(page, Some(WRONG))),
        }
    }

    /// The request behind the log-out is not known; a GET of its link is INVENTED.
    pub(super) fn log_out(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        if let Some(session) = inner.sessions.find(&visit.session) {
            session.admin = false;
        }
        Response::found("/stat/welcome.php")
    }
}

/// Whether a target lies on this device.
fn is_own(target: &str) -> bool {
    target.starts_with('/') && !target.starts_with("//")
}
