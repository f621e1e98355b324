//! Deleting, in both generations.

use super::super::device::{Device, Inner, Visit};
use super::edit::{Edit, Way};
use super::list;
use super::pages::hidden;
use crate::http::{Response, escape};

impl Device {
    /// `adrsDeleteEntries.cgi` of the newer generation: the machine's own numbers, each followed by a comma. What is no
    /// such number is passed over, and the answer does not say so. INVENTED: the
    /// answer as far as bytes go, and `BADFLOW` for a form of another encoding.
    pub(in super::super) fn delete_entries(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let method = "adrsDeleteEntries";
        let kind = visit.request.header("content-type").unwrap_or_default().to_ascii_lowercase();
        if visit.request.method != "POST" || !kind.starts_with("multipart/form-data") {
            return self.form_failure(visit, "BADFLOW", method);
        }
        if self.book_busy(inner, visit) {
            return self.form_failure(visit, "BUSY", method);
        }
        let ids: Vec<&str> =
            visit.form.text("entryIndex").split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
        if !visit.strike.drop_write {
            let mut deleted = false;
            for id in &ids {
                // A registration number has zeros before it; it must not be mistaken for an entry's own number.
                if let (false, Ok(id)) = (id.starts_with('0'), id.parse()) {
                    deleted |= inner.book.remove(id).is_some();
                }
            }
            inner.book_writes += u64::from(deleted);
        }
        let codes = inner.book.user_codes();
        let ids: String = ids.join(",").chars().filter(|c| c.is_ascii_digit() || *c == ',').collect();
        self.html(visit, |page| {
            let body = format!(
                "<h4 class=\"title\">{}</h4>\n<form name=\"basicForm\" onSubmit=\"return false;\">\n{}\n{}{}</form>\n",
                page.book_html("DELETE"),
                page.token_field(),
                hidden("returnValue", "SUCCESS"),
                hidden("methodName", method),
            );
            let load = format!(" onLoad=\"javascript:adrsListDelete(&#39;{ids}&#39;,{codes});\"");
            page.document(page.book("DELETE"), "", &load, &body)
        })
    }

    /// `adrsConfDeleteEntry.cgi` of the older generation: "are you sure?".
    pub(in super::super) fn delete_question(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let method = "adrsConfDeleteEntry";
        if visit.request.method != "POST" {
            return self.form_failure(visit, "TIMEOUT", method);
        }
        if self.book_busy(inner, visit) {
            return self.form_failure(visit, "BUSY", method);
        }
        let number = visit.form.text("entryIndexIn").parse().ok();
        let Some(entry) = number.and_then(|number| inner.book.numbered(number)).cloned() else {
            inner.sessions.leave(visit.session.as_deref());
            let book = &inner.book;
            return self.html(visit, |page| list::unknown_entry(page, book));
        };
        inner.sessions.begin(visit.session.as_deref(), Edit::new(Way::Delete, false, entry.clone()));
        self.html(visit, |page| {
            let fields: String = [
                ("entryIndexIn", format!("{:05}", entry.number)),
                ("inputSpecifyModeIn", String::new()),
                ("listUpdateIn", String::new()),
                ("mode", "DELETE".to_owned()),
                ("wayFrom", String::new()),
                ("wayTo", String::new()),
            ]
            .iter()
            .map(|(name, value)| hidden(name, value))
            .collect();
            let body = format!(
                "<h4 class=\"title\">{title}</h4>\n<p>{question}</p>\n<p>{name}</p>\n\
                 <form name=\"mainForm\" onSubmit=\"return false;\">\n{token}\n{fields}</form>\n\
                 <a href=\"javascript:clickOK()\">{ok}</a>\n\
                 <form name=\"basicForm\" onSubmit=\"return false;\">\n{token}\n{result}{method}</form>\n",
                title = page.book_html("DELETE"),
                question = page.book_html("DELETE_DIALOG_G"),
                name = escape(&entry.name),
                token = page.token_field(),
                ok = page.h(super::super::texts::Word::Ok),
                result = hidden("returnValue", "SUCCESS"),
                method = hidden("methodName", method),
            );
            page.document(page.book("DELETE"), "", "", &body)
        })
    }

    /// `adrsDeleteEntry.cgi` of the older generation, after the question about the same entry. Its answer is INVENTED:
    /// the list page.
    pub(in super::super) fn delete_entry(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let method = "adrsDeleteEntry";
        if self.book_busy(inner, visit) {
            return self.form_failure(visit, "BUSY", method);
        }
        let edit = self.edit_of(inner, visit, Way::Delete);
        let (Some(edit), "POST") = (edit, visit.request.method.as_str()) else {
            return self.form_failure(visit, "TIMEOUT", method);
        };
        let form = &visit.form;
        if form.text("entryIndexIn").parse() != Ok(edit.draft.number)
            || form.text("inputSpecifyModeIn") != "WRITE"
            || form.text("mode") != "DELETE"
        {
            return self.form_failure(visit, "BADFLOW", method);
        }
        if !visit.strike.drop_write && inner.book.remove(edit.draft.id).is_some() {
            inner.book_writes += 1;
        }
        self.book_list(inner, visit)
    }
}
