//! The pages, one file each.

mod auth;
mod email;
mod frame;
mod identity;
mod menu;
mod notice;
mod password;

pub(crate) use auth::{Notice, auth_form, cookie_page, easy_security, too_many, trampoline};
pub(crate) use email::{depends_on_auth, email, password_code};
pub(crate) use frame::{header, main_frame, message, root, top_page};
pub(crate) use identity::{configuration, status};
pub(crate) use menu::{config_list, other_settings};
pub(crate) use notice::{bad_flow, busy, notice, skip};
pub(crate) use password::password;

use super::profile::Profile;
use super::texts::{Word, text};
use crate::http::escape;

/// What every page needs to know.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page<'a> {
    pub(crate) profile: &'a Profile,
    pub(crate) language: &'a str,
    /// `/web/entry/` rather than `/web/guest/`.
    pub(crate) entry: bool,
    pub(crate) token: &'a str,
    pub(crate) https: bool,
    pub(crate) model: &'a str,
    pub(crate) serial: &'a str,
    pub(crate) firmware: &'a str,
    pub(crate) host_name: &'a str,
    pub(crate) location: &'a str,
}

impl Page<'_> {
    /// A text in the page's language.
    pub(crate) fn t(&self, word: Word) -> &'static str {
        text(self.language, self.profile.wording, word)
    }

    /// As [`Page::t`], ready for HTML. Texts that carry `<br />` go in as they are.
    pub(crate) fn h(&self, word: Word) -> String {
        escape(self.t(word))
    }

    /// `/web/{area}/{language}/`.
    pub(crate) fn base(&self) -> String {
        format!("/web/{}/{}/", if self.entry { "entry" } else { "guest" }, self.language)
    }

    /// The hidden input with the token.
    pub(crate) fn token_field(&self) -> String {
        format!(r#"<input type="hidden" name="wimToken" value="{}">"#, escape(self.token))
    }

    /// A page with the head that all of them share.
    pub(crate) fn document(&self, title: &str, script: &str, body_attributes: &str, body: &str) -> String {
        format!(
            "<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\">\n\
             <html xmlns:axsl=\"http://localhost\" lang=\"{language}\">\n<head>\n\
             <meta http-equiv=\"Content-Type\" content=\"text/html; charset=UTF-8\">\n\
             <meta http-equiv=\"Content-Style-Type\" content=\"text/css\">\n\
             <title>{title}</title>\n\
             <link rel=\"stylesheet\" type=\"text/css\" href=\"/css/wim.css\">\n\
             <script type=\"text/javascript\" src=\"/scripts/jquery.1.4.js\"></script>\n\
             <script type=\"text/javascript\" src=\"/scripts/base64.js\"></script>\n\
             <script type=\"text/javascript\">\n<!--\n\
             function wsMenu_jumpUrl(url){{ location.href = url; }}\n{script}//-->\n</script>\n\
             </head>\n<body{body_attributes}>\n{body}</body>\n</html>\n",
            language = self.language,
            title = escape(title),
        )
    }
}

/// A file beside the pages, with its type; `base64.js` holds what its name says, the others are empty.
pub(crate) fn static_file(path: &str) -> Option<(&'static str, &'static str)> {
    match path {
        "/scripts/base64.js" => Some((
            "text/javascript",
            "function base64encode(s){ return btoa(unescape(encodeURIComponent(s))); }\n",
        )),
        "/scripts/jquery.1.4.js" => Some(("text/javascript", "/* left out */\n")),
        "/css/wim.css" => Some(("text/css", "/* left out */\n")),
        "/images/messageIconE.gif" => Some(("image/gif", "GIF89a")),
        _ => None,
    }
}
