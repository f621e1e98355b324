//! The pages around the log-in.

use super::super::profile::CookiePage;
use super::super::texts::Word;
use super::Page;
use crate::http::escape;

/// What the log-in form says above its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notice {
    /// Nothing.
    None,
    /// "Authentication has failed."
    Failed,
}

/// `authForm.cgi`, and `login.cgi` after a failure.
pub(crate) fn auth_form(page: &Page<'_>, notice: Notice, open: &str) -> String {
    let script = "function authSubmit(){\n  var f = document.form1;\n  \
                  f.userid.value = base64encode(f.userid_work.value);\n  \
                  f.password.value = base64encode(f.password_work.value);\n  \
                  f.userid_work.value = '';\n  f.password_work.value = '';\n  f.submit();\n}\n";
    let notice = match notice {
        Notice::None => String::new(),
        Notice::Failed => format!("<p class=\"responseMessage\">{}</p>\n", page.h(Word::AuthFailed)),
    };
    let note = if page.https {
        String::new()
    } else {
        format!("<p class=\"note\">{}</p>\n", page.h(Word::NoSslNote))
    };
    let body = format!(
        "<h1>{title}</h1>\n{notice}{note}<form name=\"form1\" method=\"post\" action=\"login.cgi\" \
         onsubmit=\"authSubmit(); return false;\">\n{token}\n\
         <table>\n<tr><td nowrap>{user}</td><td>:</td><td><input type=\"text\" name=\"userid_work\" value=\"\" \
         size=\"32\" maxlength=\"32\"></td></tr>\n\
         <tr><td nowrap>{password}</td><td>:</td><td><input type=\"password\" name=\"password_work\" value=\"\" \
         size=\"32\" maxlength=\"128\"></td></tr>\n</table>\n\
         <input type=\"hidden\" name=\"userid\" value=\"\">\n<input type=\"hidden\" name=\"password\" value=\"\">\n\
         <input type=\"hidden\" name=\"open\" value=\"{open}\">\n\
         <input type=\"button\" value=\"{title}\" onclick=\"authSubmit()\">\n</form>\n",
        title = page.h(Word::LogIn),
        token = page.token_field(),
        user = page.h(Word::LoginUserName),
        password = page.h(Word::LoginPassword),
        open = escape(open),
    );
    page.document(page.t(Word::LogIn), script, "", &body)
}

/// Too many administrators are logged in. Seen on `authForm.cgi`; its markup is invented.
pub(crate) fn too_many(page: &Page<'_>) -> String {
    let body = format!(
        "{}\n<table>\n<tr class=\"responseMessage\"><td>{}</td></tr>\n</table>\n",
        page.token_field(),
        page.h(Word::TooManySessions)
    );
    page.document(page.t(Word::LogIn), "", "", &body)
}

/// The client did not send `cookieOnOffChecker`.
pub(crate) fn cookie_page(page: &Page<'_>) -> String {
    match page.profile.session.cookie_page {
        CookiePage::Script => format!(
            "<html>\n<head>\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset=UTF-8\">\n\
             <title></title>\n<script language=\"javascript\">\n<!--\nfunction jumpPage(){{\n  \
             location.replace(\"/web/guest/{}/websys/webArch/message.cgi?messageID=MSG_COOKIEOFF\
             &buttonURL=/../../../\");\n}}\n//-->\n</script>\n</head>\n<body onLoad=\"jumpPage()\"></body>\n</html>\n",
            page.language
        ),
        CookiePage::Page => {
            let body = format!(
                "<form name=\"form1\" method=\"post\" action=\"\">\n{}\n<table>\n<tr><td>{}</td></tr>\n\
                 <tr class=\"responseMessage\"><td>{}</td></tr>\n</table>\n\
                 <a href=\"javascript:wsMenu_jumpUrl('/web/guest/{}/websys/webArch/mainFrame.cgi')\">{}</a>\n</form>\n",
                page.token_field(),
                page.h(Word::CookieTitle),
                page.h(Word::CookieText),
                page.language,
                page.h(Word::Ok),
            );
            page.document(page.t(Word::CookieTitle), "", "", &body)
        }
    }
}

/// Not logged in: a form that posts itself to the log-in form.
pub(crate) fn trampoline(language: &str, open: &str) -> String {
    format!(
        "<html>\n<head>\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset=UTF-8\">\n<title></title>\n\
         <script language=\"javascript\">\n<!--\nfunction jumpPage(){{ document.form1.submit(); }}\n//-->\n</script>\n\
         </head>\n<body onLoad=\"jumpPage()\">\n<form name='form1' method='post' \
         action='/web/guest/{language}/websys/webArch/authForm.cgi' target='_self'>\n\
         <input type='hidden' name='open' value='{}'>\n</form>\n</body>\n</html>\n",
        escape(open)
    )
}

/// Easy Security, which newer devices open after the log-in.
pub(crate) fn easy_security(page: &Page<'_>) -> String {
    let body = format!(
        "<h1>{title}</h1>\n<form name=\"form1\" method=\"post\" action=\"setEasySecurity.cgi\">\n{token}\n\
         <input type=\"hidden\" name=\"methodName\" value=\"getEasySecurity\">\n\
         <a href=\"javascript:wsMenu_jumpUrl('../../websys/webArch/topPage.cgi')\">{skip}</a>\n</form>\n",
        title = page.h(Word::EasySecurity),
        token = page.token_field(),
        skip = page.h(Word::Skip),
    );
    page.document(page.t(Word::EasySecurity), "", "", &body)
}
