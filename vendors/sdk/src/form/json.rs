//! Forms as JSON, to be compared with what a browser submits.

use serde_json::{Value, json};
use url::Url;

use super::control::Control;
use super::encode;
use super::error::FormError;
use super::model::Form;

/// Describes forms.
///
/// - `method` is in lower case, `action` absolute against the form's base or `base`, and as written where there is neither
///   (never a `file:` address).
/// - With `submitter` the form that has such a button is pressed there: its entry stands among the entries, and
///   method, action and enctype are its own where it overrides them. No other form changes.
/// - `entries` are the names and values before encoding; `body` is the encoded request body, and for GET the query.
///   A multipart body has a fixed boundary. A body that is not UTF-8 is shown with one character (U+0000 to U+00FF) for
///   each byte, and `body_bytes` is true.
/// - `options` is empty for everything but selects.
///
/// # Errors
/// [`FormError::Missing`] where no form has that button.
pub fn describe(forms: &[Form], submitter: Option<&str>, base: Option<&Url>) -> Result<Value, FormError> {
    let pressed = match submitter {
        None => None,
        Some(name) => {
            let hit = forms.iter().position(|f| f.submitter(Some(name)).is_ok());
            Some(hit.ok_or_else(|| FormError::Missing(crate::error::clean(name)))?)
        }
    };
    let one = |(at, form): (usize, &Form)| {
        let button = if pressed == Some(at) { form.submitter(submitter).ok().flatten() } else { None };
        form_value(form, button, base)
    };
    Ok(Value::Array(forms.iter().enumerate().map(one).collect()))
}

fn form_value(form: &Form, button: Option<usize>, base: Option<&Url>) -> Value {
    let way = form.way(button);
    let list = form.entry_list(button);
    let charset = encode::encoding(form.charset);
    let body = match (way.method, way.enctype) {
        ("post", "multipart/form-data") => encode::multipart(&list, charset).1,
        ("post", "text/plain") => encode::plain(&list, charset),
        _ => encode::urlencoded(&list, charset).into_bytes(),
    };
    let (body, bytes) = match String::from_utf8(body) {
        Ok(text) => (text, false),
        Err(raw) => (raw.into_bytes().into_iter().map(char::from).collect(), true),
    };
    let mut value = json!({
        "index": form.index,
        "method": way.method,
        "action": action(way.written, way.action.as_ref(), base),
        "enctype": way.enctype,
        "charset": form.charset,
        "entries": list.iter().map(|e| { let (n, v) = e.pair(); json!([n, v]) }).collect::<Vec<_>>(),
        "body": body,
        "controls": form.controls.iter().map(control_value).collect::<Vec<_>>(),
    });
    if bytes && let Some(map) = value.as_object_mut() {
        map.insert("body_bytes".to_owned(), Value::Bool(true));
    }
    value
}

fn action(written: Option<&str>, resolved: Option<&Url>, base: Option<&Url>) -> String {
    let written = written.unwrap_or_default();
    if let Some(url) = resolved.filter(|u| u.scheme() != "file") {
        return url.to_string();
    }
    match base.filter(|b| b.scheme() != "file") {
        Some(base) => base.join(written).map_or_else(|_| written.to_owned(), |u| u.to_string()),
        None => written.to_owned(),
    }
}

fn control_value(control: &Control) -> Value {
    let options: Vec<Value> = control
        .options
        .iter()
        .map(|o| json!({"value": o.value, "label": o.label, "selected": o.selected, "disabled": o.disabled}))
        .collect();
    json!({
        "name": control.name,
        "type": control.type_name,
        "label": control.label(),
        "value": control.value,
        "options": options,
    })
}
