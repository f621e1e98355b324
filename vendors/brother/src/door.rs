//! The log-in box in the header of every page: which form it is, and what it says of the visitor.

use scanfleet_sdk::form::{ControlType, Form};
use scanfleet_sdk::page::Page;

/// What the header says of the visitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Door {
    /// No password is set; everything is open.
    Open,
    /// Nobody is logged in: the form, and the name of its password field.
    Outside { form: Form, field: String },
    /// Somebody is logged in: the form that logs out, and the name of its field.
    Inside { form: Form, field: String },
    /// Neither: a page made by script, or one without a header.
    Unknown,
}

/// Reads the header of a page. `login` is the name of the log-in's field, where it is known.
pub(crate) fn door(page: &Page, login: Option<&str>) -> Door {
    let forms = page.forms();
    if let Some((form, field)) = login_form(&forms) {
        return Door::Outside { form: form.clone(), field };
    }
    if let Some((form, field)) = logout_form(&forms, login) {
        return Door::Inside { form: form.clone(), field };
    }
    let document = page.document();
    let open = ["SetBoxNoAuthRight", "SetBoxNoAuthLeft", "SetBoxNoAuth"];
    if open.iter().any(|id| document.text_of_id(id).is_some()) {
        return Door::Open;
    }
    Door::Unknown
}

/// Whether a page shows the log-in form: then nobody is logged in, whatever else it shows.
pub(crate) fn is_outside(page: &Page) -> bool {
    login_form(&page.forms()).is_some()
}

/// The log-in form and the name of its password field. Other pages have password fields too: only the id `LogBox` counts,
/// or the hidden `loginurl` beside a single password field.
pub(crate) fn login_form(forms: &[Form]) -> Option<(&Form, String)> {
    let boxed = forms.iter().find_map(|form| {
        let field = form.controls.iter().find(|c| {
            c.id.eq_ignore_ascii_case("LogBox")
                && !c.name.is_empty()
                && matches!(c.kind, ControlType::Password | ControlType::Text)
        })?;
        Some((form, field.name.clone()))
    });
    boxed.or_else(|| {
        forms.iter().find_map(|form| {
            let url = form.controls.iter().any(|c| c.name == "loginurl" && c.kind == ControlType::Hidden);
            let mut passwords = form.controls.iter().filter(|c| c.kind == ControlType::Password);
            match (url, passwords.next(), passwords.next()) {
                (true, Some(field), None) if !field.name.is_empty() => Some((form, field.name.clone())),
                _ => None,
            }
        })
    })
}

/// The form that logs out and the name of its field: the log-in's number plus one; where that is not known, the only
/// form with nothing but one empty hidden field of such a name.
pub(crate) fn logout_form<'a>(forms: &'a [Form], login: Option<&str>) -> Option<(&'a Form, String)> {
    if let Some(field) = login.and_then(next_name) {
        let found = forms.iter().find(|form| {
            form.controls.iter().any(|c| c.name == field && c.kind == ControlType::Hidden)
                && !form.controls.iter().any(is_visible)
        });
        if let Some(form) = found {
            return Some((form, field));
        }
    }
    let fitting: Vec<(&Form, String)> = forms
        .iter()
        .filter(|form| form.method == "post" && !form.controls.iter().any(is_visible))
        .filter_map(|form| {
            let mut own = form
                .controls
                .iter()
                .filter(|c| c.kind == ControlType::Hidden && c.name != "pageid" && !is_token(&c.name));
            match (own.next(), own.next()) {
                (Some(field), None) if field.value.is_empty() && next_name(&field.name).is_some() => {
                    Some((form, field.name.clone()))
                }
                _ => None,
            }
        })
        .collect();
    match fitting.as_slice() {
        [(form, field)] => Some((form, field.clone())),
        _ => None,
    }
}

/// Whether a field is a form's token.
pub(crate) fn is_token(name: &str) -> bool {
    name.eq_ignore_ascii_case("CSRFToken")
}

fn is_visible(control: &scanfleet_sdk::form::Control) -> bool {
    control.kind != ControlType::Hidden && !control.kind.is_button()
}

/// The field after this one: `B15bd` → `B15be`. `None` for a name that is no number.
pub(crate) fn next_name(name: &str) -> Option<String> {
    let digits = name.strip_prefix('B')?;
    let number = u32::from_str_radix(digits, 16).ok()?;
    Some(format!("B{:x}", number.checked_add(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str) -> Page {
        let url = "http://192.0.2.1/general/status.html".parse().unwrap();
        Page { url, status: 200, charset: "windows-1252", text: html.into() }
    }

    #[test]
    fn the_number_after_the_log_in_is_the_log_out() {
        for (name, next) in [("B126", "B127"), ("B15bd", "B15be"), ("B8ff", "B900")] {
            assert_eq!(next_name(name).as_deref(), Some(next));
        }
        for name in ["pageid", "Bx", "B", "", "Bffffffff", "loginurl"] {
            assert_eq!(next_name(name), None, "{name}");
        }
    }

    #[test]
    fn only_the_log_in_box_is_the_log_in() {
        let wireless = "<form action=wireless.html method=post><input type=password name=B1><input type=password name=B2></form>";
        assert_eq!(door(&page(wireless), None), Door::Unknown);
        let boxed = "<form method=post action=/general/status.html><input type=password id=LogBox name=B126><input type=hidden name=loginurl value=/x></form>";
        assert!(
            matches!(door(&page(&(wireless.to_owned() + boxed)), None), Door::Outside { field, .. } if field == "B126")
        );
        let url = "<form method=post><input type=password name=Ba1><input type=hidden name=loginurl></form>";
        assert!(matches!(door(&page(url), None), Door::Outside { field, .. } if field == "Ba1"));
    }

    #[test]
    fn no_password_set_and_somebody_inside() {
        let open = "<div class=SetBox id=SetBoxNoAuthRight><a href=/admin/password.html>Please configure the password</a></div>";
        assert_eq!(door(&page(open), None), Door::Open);
        let inside = "<form method=post action=/general/status.html><input type=hidden name=CSRFToken value=x><input type=hidden id=B127 name=B127 value=''><input type=submit value=Logout></form>
            <form method=post action=/etc/mnt_info.csv><input type=hidden name=pageid value=3></form>";
        for login in [None, Some("B126")] {
            assert!(
                matches!(door(&page(inside), login), Door::Inside { field, .. } if field == "B127"),
                "{login:?}"
            );
        }
    }
}
