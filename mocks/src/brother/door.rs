//! Log-in and log-out by form.

use super::device::{Device, Inner, Visit};
use super::pages;
use super::profile::{WrongPassword, field};
use super::session;
use super::wire::Fields;
use crate::http::Response;

/// A path of the machine's own, or nothing.
fn own(path: &str) -> Option<&str> {
    (path.starts_with('/') && !path.starts_with("//")).then_some(path)
}

impl Device {
    /// Whether a password opens the door. That too many sessions are answered like a wrong password is INVENTED.
    pub(super) fn try_password(&self, inner: &mut Inner, visit: &Visit<'_>, password: &str) -> bool {
        let full = visit.strike.too_many || inner.sessions.open() >= self.spec.max_sessions;
        let right =
            password == self.spec.admin_password && !visit.strike.refuse_login && !inner.account_locked;
        if right {
            inner.failed_logins = 0;
        } else {
            inner.failed_logins += 1;
            inner.account_locked |= self.spec.lockout.is_some_and(|most| inner.failed_logins >= most);
        }
        right && !full
    }

    pub(super) fn log_in(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        if !self.guarded() {
            return self.show(inner, visit, pages::status);
        }
        let manners = &self.profile.door;
        let password = visit.fields.text(&field(self.profile.field_ids.login));
        if self.try_password(inner, visit, password) {
            let cookie = inner.sessions.log_in(&self.profile);
            let target = own(visit.fields.text("loginurl")).unwrap_or(&self.profile.paths.status);
            let mut response = match manners.accepted {
                200 => {
                    let inside = Visit {
                        request: visit.request,
                        kind: visit.kind,
                        fields: Fields::default(),
                        parts: Vec::new(),
                        session: Some(cookie.clone()),
                        strike: crate::machine::Strike::default(),
                    };
                    self.show(inner, &inside, pages::status)
                }
                status => self.redirect(status, target),
            };
            // That the cookie is the site's is INVENTED: its attributes are not known.
            response.header("Set-Cookie", format!("AuthCookie={cookie}; path=/"));
            return response;
        }
        let mut response = match manners.refused {
            WrongPassword::Redirect => self.redirect(302, "/etc/passerror.html"),
            WrongPassword::Page => self.show(inner, visit, pages::pass_error),
        };
        if manners.cookie_on_failure {
            let cookie = session::cookie(self.profile.generation);
            response.header("Set-Cookie", format!("AuthCookie={cookie}; path=/"));
        }
        response
    }

    /// A post with the log-out's field: whatever else it carries is lost without a word.
    pub(super) fn log_out(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        if let Some(cookie) = &visit.session {
            inner.sessions.log_out(cookie);
        }
        let outside = Visit {
            request: visit.request,
            kind: visit.kind,
            fields: Fields::default(),
            parts: Vec::new(),
            session: None,
            strike: crate::machine::Strike::default(),
        };
        self.show(inner, &outside, pages::status)
    }

    /// `/etc/loginerror.html?url=…`: the log-in page, or for administrators the way to what they wanted (INVENTED).
    pub(super) fn login_error(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let query = Fields::parse(visit.request.query.as_bytes());
        let inside = visit.session.is_some() || !self.guarded();
        match own(query.text("url")) {
            Some(url) if inside => self.redirect(302, url),
            _ => self.show(inner, visit, pages::please_login),
        }
    }
}
