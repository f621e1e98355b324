//! The log-in of the generation whose pages are made by script. Nothing past it is simulated.

use super::device::{Device, Inner, Visit};
use super::pages;
use super::session;
use super::wire::latin1;
use crate::http::Response;

/// What the page's script puts before and behind the password.
const BEFORE: &str = "PASS=";
const BEHIND: &str = "&&Admin_Password_Save";

impl Device {
    /// The start page sets a cookie that is good for nothing yet; its name is INVENTED.
    pub(super) fn script_status(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let page = pages::script_status(&self.view(inner, visit));
        let mut response = self.plain(200, "text/html; charset=utf-8", latin1(&page));
        let cookie = session::cookie(self.profile.generation);
        response.header("Set-Cookie", format!("SessionCookie={cookie}; path=/"));
        response
    }

    /// 200 when the password is right, 403 when the account is locked. That a wrong one gets 401 is INVENTED; "anything
    /// else" is known.
    pub(super) fn script_login(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let body: String = visit.request.body.iter().copied().map(char::from).collect();
        let password = body.strip_prefix(BEFORE).and_then(|rest| rest.strip_suffix(BEHIND));
        let right =
            password.is_some_and(|password| self.try_password(inner, visit, &password.replace("&amp;", "&")));
        if visit.strike.locked_out || inner.account_locked {
            return self.plain(403, "text/html", "");
        }
        if !right {
            return self.plain(401, "text/html", "");
        }
        let cookie = inner.sessions.log_in(&self.profile);
        let mut response = self.plain(200, "text/html", "");
        response.header("Set-Cookie", format!("AuthCookie={cookie}; path=/"));
        response
    }
}
