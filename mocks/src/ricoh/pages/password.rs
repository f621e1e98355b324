//! The page on which a password of the E-mail page is changed.
//!
//! Known from a device: the title "Change SMTP Auth. Password", the fields `passwd1wk` and `passwd2wk`, the function
//! `setPwd()`, that OK returns to the E-mail page. INVENTED: the hidden partners (as on the address book's password
//! page), the values of `passwdKind`, the markup.

use super::super::texts::Word;
use super::Page;
use super::email::{password_code, post};
use crate::http::escape;
use crate::settings::PasswordKind;

/// The page for one password; `complaint` stands above the fields.
pub(crate) fn password(page: &Page<'_>, kind: PasswordKind, complaint: Option<Word>) -> String {
    let title = page.t(Word::ChangePassword(kind));
    let pages = &page.profile.email;
    let mut script = String::from("function cancelPwd(){\n");
    script.push_str(&post(page, &[("sessionControl", "SESSION")], &pages.page));
    script.push_str(
        "}\nfunction setPwd(){\n  var w = document.form1;\n  if(w.passwd1wk.value != w.passwd2wk.value){ return; }\n  \
         w.passwd1.value = base64encode(w.passwd1wk.value);\n  w.passwd2.value = base64encode(w.passwd2wk.value);\n  \
         w.passwd1wk.value = '';\n  w.passwd2wk.value = '';\n",
    );
    script.push_str(&post(page, &[], &pages.password_save));
    script.push_str("}\n");
    let complaint = complaint
        .map_or_else(String::new, |word| format!("<p class=\"responseMessage\">{}</p>\n", page.h(word)));
    let note = if page.https {
        String::new()
    } else {
        format!("<p class=\"note\">{}</p>\n", page.h(Word::NoSslNote))
    };
    let body = format!(
        "<h1>{title}</h1>\n{complaint}{note}\
         <form name=\"form1\" method=\"post\" action=\"\" onsubmit=\"return false\">\n{token}\n\
         <input type=\"hidden\" name=\"methodName\" value=\"mailPasswdGet\">\n\
         <input type=\"hidden\" name=\"passwdKind\" value=\"{kind}\">\n\
         <input type=\"hidden\" name=\"paramControl\" value=\"\">\n\
         <input type=\"hidden\" name=\"sessionControl\" value=\"\">\n\
         <input type=\"hidden\" name=\"passwd1\" value=\"\">\n<input type=\"hidden\" name=\"passwd2\" value=\"\">\n\
         <table>\n<tr><td nowrap>{new}</td><td>:</td><td><input type=\"password\" name=\"passwd1wk\" value=\"\" \
         maxlength=\"128\"></td></tr>\n\
         <tr><td nowrap>{again}</td><td>:</td><td><input type=\"password\" name=\"passwd2wk\" value=\"\" \
         maxlength=\"128\"></td></tr>\n</table>\n\
         <a href=\"javascript:setPwd()\">{ok}</a> <a href=\"javascript:cancelPwd()\">{cancel}</a>\n</form>\n",
        title = escape(title),
        token = page.token_field(),
        kind = password_code(kind),
        new = page.h(Word::NewPassword),
        again = page.h(Word::ConfirmPassword),
        ok = page.h(Word::Ok),
        cancel = page.h(Word::Cancel),
    );
    page.document(title, &script, "", &body)
}
