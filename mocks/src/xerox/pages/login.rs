//! The log-in page and what follows it.

use super::{Page, quoted};
use crate::http::escape;

/// The log-in page, with a text about what went wrong.
pub(in crate::xerox) fn login(page: &Page<'_>, text: Option<&str>) -> String {
    let door = &page.profile.door;
    let (function, domain) = if door.script_fills { ("", "") } else { ("HTTP_Authenticate_fn", "default") };
    let fill = if door.script_fills {
        "  f._fun_function.value = 'HTTP_Authenticate_fn';\n  f.frmaltDomain.value = 'default';\n"
    } else {
        ""
    };
    let decoy = door.decoy.as_deref().map_or(String::new(), |name| {
        format!("<input type=\"text\" id=\"{name}\" name=\"{name}\" value=\"\" style=\"display:none\" />\n")
    });
    let text = text.map_or(String::new(), |text| format!("<p class=\"loginError\">{}</p>\n", escape(text)));
    let (user, password) = (&door.user_field, &door.password_field);
    let script =
        format!("function doLogin() {{\n  var f = document.forms['frmLogin'];\n{fill}  f.submit();\n}}\n");
    let body = format!(
        "{product}<h1>Login</h1>\n{text}\
         <form name=\"frmLogin\" id=\"frmLogin\" method=\"post\" action=\"/userpost/xerox.set\">\n\
         <input type=\"hidden\" name=\"_fun_function\" value=\"{function}\" />\n\
         <input type=\"hidden\" name=\"NextPage\" value=\"{next}\" />\n{decoy}\
         <label for=\"{user}\">User ID:</label> <input type=\"text\" id=\"{user}\" name=\"{user}\" value=\"\" />\n\
         <label for=\"{password}\">Password:</label> \
         <input type=\"password\" id=\"{password}\" name=\"{password}\" value=\"\" autocomplete=\"off\" />\n\
         <input type=\"hidden\" name=\"frmaltDomain\" value=\"{domain}\" />\n{token}\
         <input type=\"button\" id=\"loginBtn\" value=\"Login\" onclick=\"doLogin()\" />\n</form>\n",
        product = page.product(),
        next = escape(&door.next_page),
        token = page.token_field(),
    );
    page.document("Login", &script, &body)
}

/// After a right password: the window that opened this one is refreshed.
pub(in crate::xerox) fn opener(page: &Page<'_>) -> String {
    let script = "if (window.opener) { window.opener.location.reload(true); window.close(); }\n\
                  else { top.location = '/properties/authentication/login.php?loggedin=t'.replace(/login.*/, '../blank.php'); }\n";
    page.document("", script, "")
}

/// After a wrong password.
pub(in crate::xerox) fn invalid(page: &Page<'_>) -> String {
    page.document("", "top.location = '/properties/authentication/login.php?invalid=t';\n", "")
}

/// The log-in page with the error in a script variable.
pub(in crate::xerox) fn login_error(page: &Page<'_>, text: &str) -> String {
    let html = login(page, None);
    super::with_error(&html, text)
        .replace("<body>", &format!("<body onload={}>", quoted("alert(http_errmsg)")))
}
