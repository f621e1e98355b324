//! What a form submits: the entry list, and the request made of it.

use url::Url;

use super::build::{first_strong, resolve};
use super::control::{Control, ControlType};
use super::encode::{self, Entry};
use super::error::FormError;
use super::model::{FileContent, Form, Submission};

/// How a pressed button (or none) makes the form go.
pub(super) struct Way<'a> {
    pub method: &'a str,
    pub enctype: &'a str,
    /// The action as written, where one is.
    pub written: Option<&'a str>,
    pub action: Option<Url>,
}

impl Form {
    /// The entry list, with the chosen submit button (its name) where one is pressed. Of several buttons of that name the
    /// first that is not disabled is pressed.
    ///
    /// # Errors
    /// Missing: no submit button of that name, or all of them are disabled.
    pub fn entries(&self, submitter: Option<&str>) -> Result<Vec<(String, String)>, FormError> {
        let pressed = self.submitter(submitter)?;
        Ok(self.entry_list(pressed).iter().map(Entry::pair).collect())
    }

    /// What the form submits. `action` replaces the form's own (a script's `form.action = …`), resolved against the base.
    ///
    /// # Errors
    /// Missing: no submit button of that name. No target; a `dialog` form.
    pub fn submission(&self, submitter: Option<&str>, action: Option<&str>) -> Result<Submission, FormError> {
        self.submission_with(submitter, action, None)
    }

    /// What the form submits with a file chosen in its file field of that name. Of several such fields the first that is
    /// not disabled takes it. The entries name the file; only the body holds it.
    ///
    /// # Errors
    /// As [`Form::submission`]; missing: no file field of that name. Wrong type: the form is not sent as
    /// `multipart/form-data`, so that no file would go along.
    pub fn upload(
        &self,
        submitter: Option<&str>,
        action: Option<&str>,
        field: &str,
        file: FileContent,
    ) -> Result<Submission, FormError> {
        let at = self
            .controls
            .iter()
            .position(|c| c.kind == ControlType::File && c.name == field && !c.disabled && !field.is_empty());
        let at = at.ok_or_else(|| FormError::Missing(crate::error::clean(field)))?;
        let sent = self.submission_with(submitter, action, Some((at, file)))?;
        match &sent.content_type {
            Some(kind) if kind.starts_with("multipart/form-data") => Ok(sent),
            other => Err(FormError::WrongType {
                name: crate::error::clean(field),
                kind: format!(
                    "file field in a form sent as {}",
                    other.as_deref().unwrap_or("part of the address")
                ),
            }),
        }
    }

    fn submission_with(
        &self,
        submitter: Option<&str>,
        action: Option<&str>,
        file: Option<(usize, FileContent)>,
    ) -> Result<Submission, FormError> {
        let pressed = self.submitter(submitter)?;
        let mut way = self.way(pressed);
        if let Some(script) = action {
            way.written = Some(script);
            way.action = self.resolve(script);
        }
        let mut url = way
            .action
            .ok_or_else(|| FormError::NoTarget(crate::error::clean(way.written.unwrap_or_default())))?;
        let mut list = self.entry_list(pressed);
        if let Some((at, file)) = file {
            // The entry of that very field: as many empty files stand before it as there are such fields before it.
            let before = self.controls[..at]
                .iter()
                .filter(|c| {
                    c.kind == ControlType::File && !c.disabled && !c.name.is_empty() && !c.in_datalist
                })
                .count();
            let mut files = list.iter_mut().filter(|e| matches!(e, Entry::EmptyFile(_)));
            if let Some(entry) = files.nth(before) {
                *entry = Entry::File(self.controls[at].name.clone(), file);
            }
        }
        let charset = encode::encoding(self.charset);
        let entries = list.iter().map(Entry::pair).collect();
        if way.method == "dialog" {
            return Err(FormError::Dialog);
        }
        if way.method != "post" {
            url.set_query(Some(&encode::urlencoded(&list, charset)));
            return Ok(Submission { method: "GET", url, content_type: None, body: Vec::new(), entries });
        }
        let (content_type, body) = match way.enctype {
            "multipart/form-data" => {
                let (boundary, body) = encode::multipart(&list, charset);
                (format!("multipart/form-data; boundary={boundary}"), body)
            }
            "text/plain" => ("text/plain".to_owned(), encode::plain(&list, charset)),
            other => (other.to_owned(), encode::urlencoded(&list, charset).into_bytes()),
        };
        Ok(Submission { method: "POST", url, content_type: Some(content_type), body, entries })
    }

    /// The place of the pressed button among the controls.
    pub(super) fn submitter(&self, name: Option<&str>) -> Result<Option<usize>, FormError> {
        let Some(name) = name else { return Ok(None) };
        self.controls
            .iter()
            .position(|c| {
                c.name == name && !c.disabled && matches!(c.kind, ControlType::Submit | ControlType::Image)
            })
            .map(Some)
            .ok_or_else(|| FormError::Missing(crate::error::clean(name)))
    }

    /// Method, encoding type and target, with what the pressed button overrides.
    pub(super) fn way(&self, pressed: Option<usize>) -> Way<'_> {
        let overrides = pressed.and_then(|at| self.controls.get(at)).map(|c| &c.overrides);
        let mut way = Way {
            method: &self.method,
            enctype: &self.enctype,
            written: self.action_written.as_deref(),
            action: self.action.clone(),
        };
        if let Some(o) = overrides {
            way.method = o.method.as_deref().unwrap_or(way.method);
            way.enctype = o.enctype.as_deref().unwrap_or(way.enctype);
            if let Some(action) = o.action.as_deref() {
                way.written = Some(action);
                way.action = self.resolve(action);
            }
        }
        way
    }

    /// The absolute address of an action written on the form's page; without a text the page's own address.
    pub fn resolve(&self, written: &str) -> Option<Url> {
        let charset = encode::encoding(self.page_charset);
        resolve(Some(written), self.document_url.as_ref(), self.base.as_ref(), charset)
    }

    /// The entry list by the specification's algorithm, in tree order.
    pub(super) fn entry_list(&self, pressed: Option<usize>) -> Vec<Entry> {
        let mut list = Vec::new();
        for (at, control) in self.controls.iter().enumerate() {
            let is_pressed = pressed == Some(at);
            if control.in_datalist || control.disabled || (control.kind.is_button() && !is_pressed) {
                continue;
            }
            if control.kind.is_checkable() && !control.checked {
                continue;
            }
            if control.kind == ControlType::Image {
                let prefix =
                    if control.name.is_empty() { String::new() } else { format!("{}.", control.name) };
                list.push(Entry::Text(format!("{prefix}x"), "0".to_owned()));
                list.push(Entry::Text(format!("{prefix}y"), "0".to_owned()));
                continue;
            }
            if control.name.is_empty() {
                continue;
            }
            self.append(control, &mut list);
        }
        list
    }

    fn append(&self, control: &Control, list: &mut Vec<Entry>) {
        let name = control.name.clone();
        match control.kind {
            ControlType::Select | ControlType::SelectMultiple => {
                for choice in control.options.iter().filter(|o| o.selected && !o.disabled) {
                    list.push(Entry::Text(name.clone(), choice.value.clone()));
                }
            }
            ControlType::File => list.push(Entry::EmptyFile(name)),
            ControlType::Hidden if name.eq_ignore_ascii_case("_charset_") => {
                list.push(Entry::Text(name, self.charset.to_owned()));
            }
            // The specification would send an empty text, yet every browser sends the caption it shows.
            ControlType::Submit if control.default_caption => {
                list.push(Entry::Text(name, "Submit".to_owned()));
            }
            _ => list.push(Entry::Text(name, control.value.clone())),
        }
        if let Some(dirname) = &control.dirname
            && bears_direction(control)
        {
            let rtl = control.rtl.unwrap_or_else(|| first_strong(&control.value) == Some(true));
            list.push(Entry::Text(dirname.clone(), if rtl { "rtl" } else { "ltr" }.to_owned()));
        }
    }
}

/// Controls to which `dirname` applies.
fn bears_direction(control: &Control) -> bool {
    match control.kind {
        ControlType::Hidden | ControlType::Password | ControlType::Textarea => true,
        ControlType::Submit => true,
        ControlType::Text => {
            matches!(control.type_name.as_str(), "text" | "search" | "tel" | "url" | "email")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Document;

    #[test]
    fn a_file_goes_into_its_own_field() {
        let page = Url::parse("http://192.0.2.1/x.php").unwrap();
        let html = "<form method=post enctype=multipart/form-data action=/up.set><input type=file name=a>\
                    <input name=m value=1><input type=file name=b></form>";
        let form = Document::parse(html, Some(&page), "UTF-8").forms().remove(0);
        let file = FileContent {
            name: "b\"ook.csv".into(),
            content_type: "text/csv".into(),
            bytes: b"\xff,x".to_vec(),
        };
        let sent = form.upload(None, None, "b", file.clone()).unwrap();
        let body = String::from_utf8_lossy(&sent.body);
        assert!(body.contains("name=\"a\"; filename=\"\"\r\n"), "{body}");
        assert!(
            body.contains("name=\"b\"; filename=\"b%22ook.csv\"\r\nContent-Type: text/csv\r\n\r\n"),
            "{body}"
        );
        assert!(sent.body.windows(4).any(|w| w == b"\xff,x\r"));
        assert_eq!(sent.entries[2], ("b".to_owned(), "b\"ook.csv".to_owned()));
        assert!(matches!(form.upload(None, None, "m", file.clone()), Err(FormError::Missing(_))));
        let plain = Document::parse(&html.replace(" enctype=multipart/form-data", ""), Some(&page), "UTF-8");
        assert!(matches!(
            plain.forms().remove(0).upload(None, None, "a", file),
            Err(FormError::WrongType { .. })
        ));
    }
}
