//! Log-in and log-out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::device::{Device, Inner, Visit};
use super::pages::{self, Notice};
use super::profile::{Dashes, TokenLife};
use crate::http::Response;
use crate::spec::TlsKind;

/// A base64 field of a form as text.
pub(super) fn plain(field: &str) -> Option<String> {
    BASE64.decode(field).ok().and_then(|bytes| String::from_utf8(bytes).ok())
}

impl Device {
    fn full(&self, inner: &mut Inner, visit: &Visit<'_>) -> bool {
        visit.strike.too_many || inner.sessions.open() >= self.spec.max_sessions
    }

    pub(super) fn auth_form(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        if self.full(inner, visit) {
            return self.html(visit, pages::too_many);
        }
        let open = visit.form.text("open").to_owned();
        self.html(visit, |page| pages::auth_form(page, Notice::None, &open))
    }

    pub(super) fn log_in(&self, inner: &mut Inner, visit: &mut Visit<'_>) -> Response {
        if self.full(inner, visit) {
            return self.html(visit, pages::too_many);
        }
        let manners = &self.profile.session;
        let text = |name: &str| plain(visit.form.text(name));
        for work in ["userid_work", "password_work"] {
            inner.clear_passwords += u64::from(!visit.form.text(work).is_empty());
        }
        let right = visit.request.method == "POST"
            && text("userid").as_deref() == Some(self.spec.admin_user.as_str())
            && text("password").as_deref() == Some(self.spec.admin_password.as_str())
            && (manners.token == TokenLife::Constant || visit.form.text("wimToken") == visit.token);
        if !right {
            inner.failed_logins += 1;
            inner.account_locked |= self.spec.lockout.is_some_and(|limit| inner.failed_logins >= limit);
        }
        // A locked account answers with the very words of a wrong password.
        if !right || inner.account_locked || visit.strike.refuse_login {
            let (id, token) = inner.sessions.welcome();
            visit.new_guest = Some(id);
            visit.token = token;
            let open = visit.form.text("open").to_owned();
            return self.html(visit, |page| pages::auth_form(page, Notice::Failed, &open));
        }
        inner.failed_logins = 0;
        let session = inner.sessions.log_in();
        let open = match visit.form.text("open") {
            "" if manners.easy_security => "websys/easySecurity/getEasySecurity.cgi",
            open => open,
        };
        let query = if open.is_empty() { String::new() } else { format!("?open={open}") };
        let language = &visit.route.language;
        let location = match visit.request.header("host") {
            Some(host) if manners.absolute_location => {
                let scheme = if self.spec.tls == TlsKind::None { "http" } else { "https" };
                format!("{scheme}://{host}/web/entry/{language}/websys/webArch/mainFrame.cgi{query}")
            }
            _ => format!("../../../../entry/{language}/websys/webArch/mainFrame.cgi{query}"),
        };
        let mut response = Response::found(location);
        visit.new_guest = Some(inner.sessions.welcome().0);
        response.header("Set-Cookie", format!("wimsesid={};path=/;HttpOnly", session.id));
        if manners.dashes != Dashes::Never {
            response.header("Set-Cookie", "wimsesid=--;path=/;HttpOnly");
        }
        response
    }

    pub(super) fn log_out(&self, inner: &mut Inner, visit: &mut Visit<'_>) -> Response {
        if let Some(id) = &visit.session {
            inner.sessions.log_out(id);
        }
        let (id, token) = inner.sessions.welcome();
        visit.new_guest = Some(id);
        visit.token = token;
        let mut response =
            Response::found(format!("/web/guest/{}/websys/webArch/mainFrame.cgi", visit.route.language));
        response.header("Set-Cookie", "wimsesid=--;path=/;HttpOnly");
        response
    }
}
