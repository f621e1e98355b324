//! What is posted, and what a copier that takes nothing amiss twice makes of it.

use super::Pages;
use super::book::{Book, Edit, Entry};
use super::pages::plain;
use crate::foreign::device::Device;
use crate::strangers::wire::{Reply, Request};

type Pairs = Vec<(String, String)>;

fn get<'a>(pairs: &'a Pairs, name: &str) -> &'a str {
    pairs.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
}

fn all<'a>(pairs: &'a Pairs, name: &str) -> Vec<&'a str> {
    pairs.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str()).collect()
}

impl Pages {
    pub(super) fn route(
        &self,
        book: &mut Book,
        device: &mut Device,
        at: usize,
        page: &str,
        request: &Request,
    ) -> Option<Reply> {
        let session = device.sessions[at].id.clone();
        let post = request.method == "POST";
        if page == "adrsList.cgi" {
            // Whoever looks at the list edits nothing any more.
            if !self.words.older {
                device.new_token(at);
            }
            let flow = book.flow(&session);
            let name = flow.session.clone();
            *flow = super::book::Flow { session: name, listed: true, ..Default::default() };
            book.log.push("list".to_owned());
            return Some(self.list(book, &device.sessions[at].token));
        }
        let referer = request.header("referer").unwrap_or_default();
        if !referer.contains("/address/") {
            device.complain(format!("{page} comes from {referer:?}"));
        }
        let ajax = !matches!(
            page,
            "adrsGetUser.cgi"
                | "adrsGetGroup.cgi"
                | "adrsGetUserWizard.cgi"
                | "adrsConfDeleteEntry.cgi"
                | "adrsDeleteEntry.cgi"
        );
        if ajax && request.header("x-requested-with") != Some("XMLHttpRequest") {
            device.complain(format!("{page} was not asked for by a script"));
        }
        let token = device.sessions[at].token.clone();
        if page == "adrsListLoadEntry.cgi" {
            book.log.push(format!("batch {}", request.query.rsplit('=').next().unwrap_or_default()));
            return Some(self.batch(book, &session, request).unwrap_or_else(|v| self.error(&token, page, v)));
        }
        if !post {
            return Some(self.error(&token, page, "TIMEOUT"));
        }
        let several = request.header("content-type").unwrap_or_default().starts_with("multipart/form-data");
        let pairs = if several { parts(request)? } else { request.form(encoding_rs::UTF_8) };
        if get(&pairs, "wimToken") != token {
            device.complain(format!("{page} with a token that is not the last page's"));
            *book.flow(&session) = Default::default();
            return Some(self.error(&token, page, "TIMEOUT"));
        }
        let others = book.flows.iter().any(|f| f.session != session && f.edit.is_some());
        if book.panel || others {
            book.log.push(format!("busy {page}"));
            return Some(self.error(&token, page, "BUSY"));
        }
        let answer = match page {
            "adrsGetUserWizard.cgi" | "adrsGetUser.cgi" | "adrsGetGroup.cgi" => {
                self.open(book, device, at, page, &pairs)
            }
            "adrsSetUserWizard.cgi" => self.step(book, device, &session, &pairs),
            "adrsSetUser.cgi" => self.save(book, device, &session, &pairs),
            "adrsDeleteEntries.cgi" if !self.words.older => {
                if !several {
                    device.complain("the removal was not multipart");
                    return Some(self.error(&token, page, "BADFLOW"));
                }
                self.remove(book, &session, &pairs, &token)
            }
            "adrsConfDeleteEntry.cgi" if self.words.older => {
                let index = get(&pairs, "entryIndexIn").to_owned();
                if !book.flow(&session).loaded.contains(&index) || book.by_index(&index).is_none() {
                    Err("BADFLOW")
                } else {
                    book.flow(&session).asked = Some(index.clone());
                    book.log.push("ask".to_owned());
                    Ok(self.sure(book, &index, &token))
                }
            }
            "adrsDeleteEntry.cgi" if self.words.older => self.remove_one(book, &session, &pairs, &token),
            _ => return None,
        };
        Some(answer.unwrap_or_else(|value| {
            if value.is_empty() && get(&pairs, "step") == "CONFIRM" {
                return self.error(&token, page, value);
            }
            // What began comes to nothing, and the list has to be read again.
            device.complain(format!("{page} answered with {value:?}: {pairs:?}"));
            let session = session.clone();
            *book.flow(&session) = super::book::Flow { session: session.clone(), ..Default::default() };
            self.error(&token, page, value)
        }))
    }

    fn open(
        &self,
        book: &mut Book,
        device: &mut Device,
        at: usize,
        page: &str,
        pairs: &Pairs,
    ) -> Result<Reply, &'static str> {
        let session = device.sessions[at].id.clone();
        let wizard = page == "adrsGetUserWizard.cgi";
        let mode = get(pairs, "mode");
        let wanted = match mode {
            "ADDUSER" if page != "adrsGetGroup.cgi" => "DEFAULT",
            "MODUSER" if page != "adrsGetGroup.cgi" => "PROGRAMMED",
            "MODGROUP" if page == "adrsGetGroup.cgi" => "PROGRAMMED",
            _ => return Err("BADFLOW"),
        };
        if get(pairs, "outputSpecifyModeIn") != wanted || !book.flow(&session).listed {
            return Err("BADFLOW");
        }
        let draft = if mode == "ADDUSER" {
            Entry::named(0, &book.free_index(), "")
        } else {
            let index = get(pairs, "entryIndexIn");
            if !book.flow(&session).loaded.contains(index) {
                return Err("BADFLOW");
            }
            match book.by_index(index) {
                Some(entry) if entry.group == (mode == "MODGROUP") => entry.clone(),
                // An unknown number silently gives the list page.
                _ => return Ok(self.list(book, &device.sessions[at].token)),
            }
        };
        if !wizard && !self.words.older {
            device.new_token(at);
        }
        book.log.push(format!("open {mode} {}", draft.get("entryIndexIn")));
        let shown = draft.clone();
        book.flow(&session).edit = Some(Edit { wizard, mode: mode.to_owned(), draft, steps: Vec::new() });
        let token = &device.sessions[at].token;
        if mode == "MODGROUP" {
            return Ok(self.group(book, &shown, token));
        }
        Ok(if wizard { self.wizard(&shown, mode == "MODUSER") } else { self.full(&shown, mode, token) })
    }

    /// The code that stands for a text of the list's table.
    fn code(&self, id: &str) -> usize {
        self.words.texts.iter().position(|(n, _)| *n == id).unwrap()
    }

    fn wrong(&self, id: &str, fields: &[&str]) -> Reply {
        let fields: String = fields.iter().map(|f| format!(",'{f}'")).collect();
        plain(&format!("[{}{fields}]", self.code(id)))
    }

    /// What speaks against an entry, whichever way it comes.
    fn refused(&self, book: &Book, draft: &Entry) -> Option<Reply> {
        let index = draft.get("entryIndexIn");
        if index.len() != 5 || index.parse::<u32>().is_err() {
            return Some(self.wrong("NGPARAM_WIZARD_E", &["entryIndexIn"]));
        }
        if book.by_index(index).is_some_and(|e| e.id != draft.id) {
            return Some(self.wrong("INDEX_E", &["entryIndexIn"]));
        }
        for (name, size) in [("entryNameIn", 20), ("entryDisplayNameIn", 16), ("mailAddressIn", 128)] {
            if draft.get(name).chars().count() > size {
                return Some(self.wrong("NGPARAM_WIZARD_E", &[name]));
            }
        }
        if draft.get("entryNameIn").is_empty() {
            return Some(self.wrong("NGPARAM_WIZARD_E", &["entryNameIn"]));
        }
        let tags = draft.all("entryTagInfoIn");
        if tags.len() != 4 {
            return Some(self.wrong("NGPARAM_WIZARD_E", &["entryTagInfoIn"]));
        }
        if tags[..3] == ["1", "1", "1"] && tags[3] == "2" {
            return Some(self.wrong("TAGSET_E", &[]));
        }
        None
    }

    fn step(
        &self,
        book: &mut Book,
        device: &mut Device,
        session: &str,
        pairs: &Pairs,
    ) -> Result<Reply, &'static str> {
        if book.forget_edit > 0 && get(pairs, "step") == "MAIL" {
            book.forget_edit -= 1;
            book.flow(session).edit = None;
            return Err("");
        }
        let Some(mut edit) = book.flow(session).edit.clone().filter(|e| e.wizard) else { return Err("") };
        let step = get(pairs, "step").to_owned();
        if get(pairs, "mode") != edit.mode {
            return Err("BADFLOW");
        }
        let change = edit.mode == "MODUSER";
        if step == "CONFIRM" {
            let named = all(pairs, "stepListIn");
            if named != edit.steps {
                device.complain(format!("{named:?} are named, {:?} were filled in", edit.steps));
                return Err("BADFLOW");
            }
            if book.refuse_confirm > 0 {
                book.refuse_confirm -= 1;
                book.log.push("refused".to_owned());
                return Err("");
            }
            // A destination whose step is not named any more goes.
            let mut draft = edit.draft;
            if change {
                let named = |step: &str| edit.steps.iter().any(|s| s == step);
                if !named("FAX") {
                    draft.put("faxDestIn", &[]);
                    draft.put("faxLineIn", &[]);
                }
                if !named("MAIL") {
                    draft.put("mailAddressIn", &[]);
                }
                if !named("FOLDER") {
                    for name in ["folderPathNameIn", "folderServerNameIn", "folderPortNoIn"] {
                        draft.put(name, &[]);
                    }
                }
            }
            book.flow(session).edit = None;
            let entry = book.store(draft);
            book.log.push(format!("stored {}", entry.get("entryIndexIn")));
            let index = entry.get("entryIndexIn").to_owned();
            book.flow(session).loaded.insert(index);
            let codes = if self.words.older { "" } else { ",[1]" };
            let mut reply = plain(&format!("[{}{codes}]", self.row(&entry)));
            if book.lose_confirm > 0 {
                book.lose_confirm -= 1;
                reply.hang_up = true;
            }
            return Ok(reply);
        }
        let fields = self.step_fields(&step, change);
        let first = edit.steps.is_empty();
        if fields.is_empty() || first != (step == "BASE") || edit.steps.contains(&step) {
            return Err("BADFLOW");
        }
        let envelope = ["mode", "step", "wimToken"];
        for (name, _) in pairs {
            if !envelope.contains(&name.as_str()) && !fields.iter().any(|(n, _)| n == name) {
                device.complain(format!("{step} has no field {name}"));
                return Ok(self.wrong("NGPARAM_WIZARD_E", &[name]));
            }
        }
        for (name, always) in fields {
            if *always && all(pairs, name).is_empty() {
                device.complain(format!("{step} came without {name}"));
            }
        }
        match step.as_str() {
            "MAIL" => {
                let address = get(pairs, "mailAddressIn");
                if !address.contains('@') {
                    return Ok(self.wrong("NGPARAM_WIZARD_E", &["mailAddressIn"]));
                }
                edit.draft.put("mailAddressIn", &[address]);
                let from = get(pairs, "mailSendUserIn") == "true";
                edit.draft.put(
                    "entryUseIn",
                    if from { &["ENTRYUSE_TO_O", "ENTRYUSE_FROM_O"][..] } else { &["ENTRYUSE_TO_O"] },
                );
            }
            "FOLDER" => {
                if get(pairs, "folderPathNameIn").is_empty() {
                    return Ok(self.wrong("NGPARAM_WIZARD_E", &["folderPathNameIn"]));
                }
                let keeps = change && get(pairs, "folderPasswordUpdateIn") == "ACCOUNTPWD_OFF_RB";
                if keeps
                    && pairs
                        .iter()
                        .any(|(n, _)| n.ends_with("PasswordIn") || n.ends_with("PasswordConfirmIn"))
                {
                    device.complain("a password field was sent although the password stays");
                }
                if !keeps {
                    edit.draft.password = get(pairs, "folderPasswordIn").to_owned();
                }
                let ftp = get(pairs, "folderProtocolIn") == "FTP_O";
                for name in [
                    "folderProtocolIn",
                    "folderPortNoIn",
                    "folderServerNameIn",
                    "folderPathNameIn",
                    "folderAuthUserNameIn",
                ] {
                    let only_ftp = matches!(name, "folderPortNoIn" | "folderServerNameIn");
                    let value = if only_ftp && !ftp { "" } else { get(pairs, name) };
                    edit.draft.put(name, &[value]);
                }
            }
            _ => {
                for (name, _) in fields {
                    edit.draft.put(name, &all(pairs, name));
                }
                if step == "FAX" && edit.draft.get("faxDestIn").is_empty() {
                    return Ok(self.wrong("NGPARAM_WIZARD_E", &["faxDestIn"]));
                }
            }
        }
        if let Some(refused) = self.refused(book, &edit.draft) {
            book.log.push(format!("not taken {step}"));
            return Ok(refused);
        }
        book.log.push(format!("step {step}"));
        edit.steps.push(step);
        book.flow(session).edit = Some(edit);
        Ok(plain(&format!("[{}]", self.words.texts.len())))
    }

    /// The full form.
    fn save(
        &self,
        book: &mut Book,
        device: &mut Device,
        session: &str,
        pairs: &Pairs,
    ) -> Result<Reply, &'static str> {
        let Some(edit) = book.flow(session).edit.clone().filter(|e| !e.wizard) else { return Err("TIMEOUT") };
        if get(pairs, "inputSpecifyModeIn") != "WRITE"
            || get(pairs, "listUpdateIn") != "UPDATE"
            || get(pairs, "mode") != edit.mode
            || !get(pairs, "wayTo").starts_with("adrsList.cgi")
            || get(pairs, "wayFrom").is_empty()
        {
            return Err("BADFLOW");
        }
        let fields = self.full_fields(&edit.draft);
        for (name, _) in pairs {
            let known = fields.iter().any(|(n, _)| n == name);
            if !known && !Self::ENVELOPE.contains(&name.as_str()) && name != "listUpdateIn" {
                device.complain(format!("the form has no field {name}"));
                return Err("BADFLOW");
            }
        }
        let mut draft = edit.draft;
        for (name, always) in fields {
            let values = all(pairs, name);
            if always && values.is_empty() {
                device.complain(format!("the form came without {name}"));
            }
            draft.put(name, &values);
        }
        if draft.get("faxDestIn").is_empty() {
            draft.put("faxLineIn", &[]);
        }
        if let Some(refused) = self.refused(book, &draft) {
            return Ok(refused);
        }
        book.flow(session).edit = None;
        let entry = book.store(draft);
        book.log.push(format!("saved {}", entry.get("entryIndexIn")));
        let index = entry.get("entryIndexIn").to_owned();
        book.flow(session).loaded.insert(index);
        let codes = if self.words.older { "" } else { ",[1]" };
        Ok(plain(&format!("[{}{codes}]", self.row(&entry))))
    }

    /// Newer: the copier's own numbers, each followed by a comma. Numbers that mean nobody are passed over in silence.
    fn remove(
        &self,
        book: &mut Book,
        session: &str,
        pairs: &Pairs,
        token: &str,
    ) -> Result<Reply, &'static str> {
        let list = get(pairs, "entryIndex").to_owned();
        if !book.flow(session).listed || !list.ends_with(',') || pairs.len() != 2 {
            return Err("BADFLOW");
        }
        let ids: Vec<u32> = list.split(',').filter_map(|id| id.parse().ok()).collect();
        book.entries.retain(|e| !ids.contains(&e.id));
        book.log.push(format!("removed {list}"));
        Ok(Reply::page(format!(
            "<html><head><title>{}</title></head><body onLoad=\"adrsListDelete('{list}',1)\"><form name=\"basicForm\">{}{}</form></body></html>",
            self.words.title,
            super::book::hidden("wimToken", token),
            super::book::hidden("returnValue", "SUCCESS"),
        )))
    }

    /// Older: one registration number, asked back before.
    fn remove_one(
        &self,
        book: &mut Book,
        session: &str,
        pairs: &Pairs,
        token: &str,
    ) -> Result<Reply, &'static str> {
        let index = get(pairs, "entryIndexIn").to_owned();
        let asked = book.flow(session).asked.take();
        if asked.as_deref() != Some(&index)
            || get(pairs, "inputSpecifyModeIn") != "WRITE"
            || get(pairs, "listUpdateIn") != "UPDATE"
            || get(pairs, "mode") != "DELETE"
            || ["wayFrom", "wayTo"].iter().any(|n| all(pairs, n).is_empty())
        {
            return Err("BADFLOW");
        }
        book.entries.retain(|e| e.get("entryIndexIn") != index);
        book.log.push(format!("removed {index}"));
        let name = session.to_owned();
        *book.flow(session) = super::book::Flow { session: name, listed: true, ..Default::default() };
        Ok(self.list(book, token))
    }
}

/// The parts of a multipart body, taken literally; nothing but plain values.
fn parts(request: &Request) -> Option<Pairs> {
    let kind = request.header("content-type")?;
    let mark = kind.split("boundary=").nth(1)?.trim_matches('"');
    let body = String::from_utf8(request.body.clone()).ok()?;
    let mut out = Vec::new();
    for part in body.split(&format!("--{mark}")).skip(1) {
        if part.starts_with("--") {
            return Some(out);
        }
        let (head, value) = part.split_once("\r\n\r\n")?;
        let name = head.split("name=\"").nth(1)?.split('"').next()?;
        out.push((name.to_owned(), value.strip_suffix("\r\n")?.to_owned()));
    }
    None
}
