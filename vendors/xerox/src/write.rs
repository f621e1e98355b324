//! Writing the SMTP settings: fill, press Apply as a browser would, say what came back. Nothing here claims success.

use scanfleet_sdk::form::{ControlType, Form, FormError, Submission};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::script::{Place, Sent};
use scanfleet_sdk::transport::{Effect, Request};
use scanfleet_sdk::{
    AuthMethod, DeviceError, PasswordWanted, Receipt, ReplyState, Secret, Section, SmtpWanted,
};

use crate::choice::choose;
use crate::driver::XeroxDriver;
use crate::family::fact;
use crate::fields::hidden;
use crate::press::{Pressed, button_texts, origin};
use crate::problem::{self, page_changed, unfillable, unsupported};
use crate::settings::{CHOICE, LOGIN, SECURITY, by_dns, group_of, is_sensitive, join_server, server};
use crate::sheet::Sheet;
use crate::signs::{Sign, classify};

const SAVE: &str = "save the SMTP page";

/// Why writing stopped.
enum Stop {
    /// The device had ended the session: nothing was taken.
    Session(Box<Page>),
    /// The device did not take the page's token: nothing was taken.
    Token(Box<Page>),
    /// The answer of a write never came.
    Lost,
    /// Anything else.
    Error(Box<DeviceError>),
}

impl From<DeviceError> for Stop {
    fn from(error: DeviceError) -> Self {
        if error.answer_lost { Self::Lost } else { Self::Error(Box::new(error)) }
    }
}

/// A page that is filled, and what of it goes off.
struct Filled {
    sheet: Sheet,
    /// Controls that were changed or have to go along, and what they must hold when they go.
    touched: Vec<(usize, String)>,
    /// Password fields, filled last.
    passwords: Vec<usize>,
}

impl XeroxDriver {
    /// Posts a change of the SMTP settings.
    pub(crate) async fn write_smtp(&mut self, wanted: &SmtpWanted) -> Result<Receipt, DeviceError> {
        let mut posts = 0;
        let mut token_refused = false;
        loop {
            match self.write_once(wanted, &mut posts).await {
                Ok(()) => return Ok(Receipt { posts, reply: ReplyState::Answered }),
                Err(Stop::Lost) => return Ok(Receipt { posts, reply: ReplyState::Lost }),
                // The log-in page in answer to a POST means that it was not taken: once more, after a fresh read.
                Err(Stop::Session(page)) => self.renew(&page, SAVE).await?,
                Err(Stop::Token(_)) if !token_refused => token_refused = true,
                Err(Stop::Token(page)) => return Err(problem::token_refused(&page, SAVE)),
                Err(Stop::Error(error)) => return Err(*error),
            }
        }
    }

    async fn write_once(&mut self, wanted: &SmtpWanted, posts: &mut u32) -> Result<(), Stop> {
        let sheets = self.sheets().await.map_err(|e| Stop::Error(Box::new(e)))?;
        // Everything that could keep a page from being saved is found out before the first request that alters anything.
        let filled = self.fill(sheets, wanted)?;
        let mut ready = Vec::new();
        for one in filled {
            ready.push(self.apply_button(&one, wanted).await.map(|sent| (one, sent))?);
        }
        let mut first = true;
        for (one, sent) in ready {
            // Each page carries the token that came with it; after a post it is read afresh.
            let (one, sent) = if first { (one, sent) } else { self.again(one, wanted).await? };
            first = false;
            self.post(&one.sheet.page, sent, posts).await?;
        }
        Ok(())
    }

    /// Reads a further page once more, after another was saved, and fills it again.
    async fn again(&mut self, old: Filled, wanted: &SmtpWanted) -> Result<(Filled, Submission), Stop> {
        let url = old.sheet.page.url.clone();
        let sheets = self.sheets().await.map_err(|e| Stop::Error(Box::new(e)))?;
        let filled = self.fill(sheets, wanted)?;
        let Some(one) = filled.into_iter().find(|f| f.sheet.page.url == url) else {
            let got = "the page was not found again after another one had been saved";
            return Err(page_changed(&self.session, &old.sheet.page, SAVE, got).into());
        };
        let sent = self.apply_button(&one, wanted).await?;
        Ok((one, sent))
    }

    /// Fills the pages that were read last in memory.
    pub(crate) fn check_smtp(&self, wanted: &SmtpWanted) -> Result<(), DeviceError> {
        if self.seen.is_empty() {
            return Ok(());
        }
        match self.fill(self.seen.clone(), wanted) {
            Err(Stop::Error(error)) => Err(*error),
            // Nothing is sent, so that no session ends and no answer is lost.
            Ok(_) | Err(Stop::Session(_) | Stop::Token(_) | Stop::Lost) => Ok(()),
        }
    }

    /// Fills the wanted controls; gives the pages that changed.
    fn fill(&self, sheets: Vec<Sheet>, wanted: &SmtpWanted) -> Result<Vec<Filled>, Stop> {
        let (host, port) = server(&sheets);
        let dns = by_dns(&sheets, &self.family);
        let mut all: Vec<Filled> = sheets
            .into_iter()
            .map(|sheet| Filled { sheet, touched: Vec::new(), passwords: Vec::new() })
            .collect();
        if wanted.server.is_some() || wanted.port.is_some() {
            self.fill_server(&mut all, wanted, &host, port, dns)?;
        }
        if let Some(sender) = &wanted.sender {
            self.put_text(&mut all, "sender", "the device's e-mail address", sender)?;
        }
        if let Some(security) = wanted.security {
            self.put_choice(&mut all, "encryption", "the encryption", group_of(security), &SECURITY)?;
        }
        if let Some(method) = wanted.auth.method {
            let group = match method {
                AuthMethod::None => "login.none",
                AuthMethod::Password => "login.system",
                other => {
                    let got = format!("the page has no choice for `{}`", other.as_str());
                    return Err(unsupported(&all[0].sheet.page, "set the sign-in", got).into());
                }
            };
            self.put_choice(&mut all, "user_jobs", "the log-in for scanned e-mail", group, &LOGIN)?;
            self.put_choice(&mut all, "system_jobs", "the log-in for automated e-mail", group, &LOGIN)?;
        }
        if let Some(user) = &wanted.auth.user {
            self.put_text(&mut all, "user", "the SMTP log-in name", user)?;
        }
        if wanted.auth.sender.as_ref().is_some_and(|s| !s.is_empty()) {
            let got = "the page has no address for signing in beside the device's own".to_owned();
            return Err(unsupported(&all[0].sheet.page, "set the signing-in address", got).into());
        }
        if let PasswordWanted::Set(password) = &wanted.password {
            self.prepare_password(&mut all, password)?;
        }
        all.retain(|f| !f.touched.is_empty() || !f.passwords.is_empty());
        Ok(all)
    }

    /// Host and port, apart where a person fills them and joined where the device keeps them.
    fn fill_server(
        &self,
        all: &mut [Filled],
        wanted: &SmtpWanted,
        host: &str,
        port: Option<u16>,
        dns: bool,
    ) -> Result<(), Stop> {
        let new_host = wanted.server.as_deref().unwrap_or(host).trim().to_owned();
        let new_port = wanted.port.or(port).unwrap_or(25);
        let choice = all.iter().any(|f| f.sheet.spots.contains_key("server_choice"));
        if choice && let Some(server) = &wanted.server {
            if server.is_empty()
                && self.put_choice(all, "server_choice", "the use of DNS", "choice.dns", &CHOICE).is_ok()
            {
                if wanted.port.is_none() {
                    return Ok(());
                }
            } else if dns || !server.is_empty() {
                self.put_choice(all, "server_choice", "the choice of the server", "choice.manual", &CHOICE)?;
            }
        }
        let joined = join_server(&new_host, new_port);
        for one in all.iter_mut() {
            let (server, host, port) =
                (one.sheet.spots.get("server"), one.sheet.spots.get("host"), one.sheet.spots.get("port"));
            let (server, host, port) = (server.copied(), host.copied(), port.copied());
            if server.is_none() && host.is_none() {
                continue;
            }
            if let Some(spot) = host {
                self.set(
                    one,
                    spot.at,
                    "the SMTP server",
                    if port.is_some() || server.is_some() { &new_host } else { &joined },
                )?;
            }
            if let Some(spot) = port {
                self.set(one, spot.at, "the SMTP port", &new_port.to_string())?;
            }
            if let Some(spot) = server {
                // A posted text without a port beside a field for the port keeps them apart.
                let apart = host.is_none()
                    && port.is_some()
                    && one.sheet.form().controls[spot.at].kind != ControlType::Hidden
                    && !crate::settings::text_of(one.sheet.form(), spot).contains(':');
                self.set(one, spot.at, "the SMTP server", if apart { &new_host } else { &joined })?;
            }
            self.choose_address_kind(one, &new_host);
        }
        Ok(())
    }

    /// Pages that ask whether an address or a name follows are told.
    fn choose_address_kind(&self, one: &mut Filled, host: &str) {
        const KINDS: [&str; 2] = ["choice.hostname", "choice.ipv4"];
        let spots: Vec<usize> = one.sheet.spots.values().map(|s| s.at).collect();
        let form = one.sheet.form();
        let found = (0..form.controls.len()).find(|at| {
            let control = &form.controls[*at];
            crate::choice::is_choice(control)
                && !spots.contains(at)
                && KINDS.iter().all(|kind| {
                    crate::choice::offers(form, *at)
                        .iter()
                        .any(|o| crate::choice::meaning(&self.family, o, &KINDS) == Some(kind))
                })
        });
        // A field for host names takes addresses, too; four octets take nothing else.
        let octets = !one.sheet.spots.contains_key("host");
        let kind = if octets && host.parse::<std::net::Ipv4Addr>().is_ok() { KINDS[1] } else { KINDS[0] };
        if let Some(at) = found {
            let form = &mut one.sheet.forms[one.sheet.at];
            let _ = choose(form, at, &self.family, kind, &KINDS);
        }
    }

    /// Sets a text, in what a person fills and in what is posted.
    fn put_text(&self, all: &mut [Filled], field: &str, what: &str, value: &str) -> Result<(), Stop> {
        let Some(one) = all.iter_mut().find(|f| f.sheet.spots.contains_key(field)) else { return Ok(()) };
        let spot = one.sheet.spots[field];
        if let Some(shown) = spot.shown {
            self.set(one, shown, what, value)?;
        }
        self.set(one, spot.at, what, value)
    }

    fn put_choice(
        &self,
        all: &mut [Filled],
        field: &str,
        what: &str,
        group: &str,
        groups: &[&str],
    ) -> Result<(), Stop> {
        let Some(one) = all.iter_mut().find(|f| f.sheet.spots.contains_key(field)) else { return Ok(()) };
        let spot = one.sheet.spots[field];
        let shown = spot.shown.unwrap_or(spot.at);
        if !crate::choice::is_choice(&one.sheet.form().controls[shown]) {
            let got = "the field is hidden, and no choice beside it tells what it could hold";
            return Err(page_changed(&self.session, &one.sheet.page, &format!("set {what}"), got).into());
        }
        let form = &mut one.sheet.forms[one.sheet.at];
        let value = choose(form, shown, &self.family, group, groups).map_err(|got| {
            let word = group.rsplit('.').next().unwrap_or(group);
            let got = format!("`{word}` cannot be set: {got}");
            Stop::from(unsupported(&one.sheet.page, &format!("set {what}"), got))
        })?;
        one.sheet.unknown.retain(|at| *at != shown);
        one.touched.push((shown, value.clone()));
        if spot.shown.is_some() {
            self.set(one, spot.at, what, &value)?;
        }
        Ok(())
    }

    /// Sets one text-like control as far as it can hold the value.
    fn set(&self, one: &mut Filled, at: usize, what: &str, value: &str) -> Result<(), Stop> {
        let page = &one.sheet.page;
        let form = &mut one.sheet.forms[one.sheet.at];
        let control = &form.controls[at];
        let result = if control.name.is_empty() {
            let length = value.encode_utf16().count();
            match control.max_length.filter(|limit| length > *limit) {
                Some(limit) => Err(FormError::TooLong { name: control.id.clone(), limit, length }),
                None => {
                    let control = &mut form.controls[at];
                    value.clone_into(&mut control.value);
                    control.disabled = false;
                    Ok(())
                }
            }
        } else {
            let name = control.name.clone();
            form.set_text(&name, value)
        };
        result.map_err(|e| Stop::from(unfillable(&self.session, page, what, &e)))?;
        one.sheet.unknown.retain(|other| *other != at);
        one.touched.push((at, value.to_owned()));
        Ok(())
    }

    /// Ticks the box without which a new password is not stored, and notes the fields that take it.
    fn prepare_password(&self, all: &mut [Filled], password: &Secret) -> Result<(), Stop> {
        const TRIED: &str = "fill in the new SMTP password";
        let Some(one) = all.iter_mut().find(|f| f.sheet.spots.contains_key("password")) else {
            let got = format!(
                "no password field is there; fields: {}",
                crate::fields::labels(std::slice::from_ref(all[0].sheet.form()), &self.family)
            );
            return Err(page_changed(&self.session, &all[0].sheet.page, TRIED, got).into());
        };
        let spot = one.sheet.spots["password"];
        let places: Vec<usize> = [Some(spot.at), spot.shown].into_iter().flatten().collect();
        let form = &mut one.sheet.forms[one.sheet.at];
        let limit = places.iter().filter_map(|at| form.controls[*at].max_length).min();
        if let Some(limit) = limit.filter(|limit| password.expose().encode_utf16().count() > *limit) {
            let got = format!("the field holds {limit} characters, and the password is longer");
            return Err(unsupported(&one.sheet.page, TRIED, got).into());
        }
        let charset = form.charset;
        if !form.controls[spot.at].name.is_empty() {
            // Whether the page's charset can hold it is asked of the form; the password itself goes in last.
            let name = form.controls[spot.at].name.clone();
            let mut trial = form.clone();
            trial.set_text(&name, password.expose()).map_err(|e| match e {
                FormError::Unencodable { .. } => {
                    let got =
                        format!("the page is written in {charset}, which lacks a letter of the password");
                    Stop::from(unsupported(&one.sheet.page, TRIED, got))
                }
                e => Stop::from(unfillable(&self.session, &one.sheet.page, "the new SMTP password", &e)),
            })?;
        }
        for at in &places {
            form.controls[*at].value.clear();
            form.controls[*at].disabled = false;
        }
        let save_box = one.sheet.spots.get("save_box").map(|spot| spot.at).or_else(|| lone_save_box(form));
        if let Some(at) = save_box {
            form.controls[at].checked = true;
            form.controls[at].disabled = false;
        }
        one.passwords = places;
        Ok(())
    }

    /// What Apply sends, with everything that is wanted in it.
    async fn apply_button(&mut self, one: &Filled, wanted: &SmtpWanted) -> Result<Submission, Stop> {
        const TRIED: &str = "find what the SMTP page is saved with";
        let sheet = &one.sheet;
        let form = sheet.form();
        let posted =
            || sheet.spots.values().map(|s| &form.controls[s.at]).filter(|c| c.kind != ControlType::Hidden);
        let original = sheet.page.forms();
        let locked = |at: usize| {
            original.get(sheet.at).and_then(|f| f.controls.get(at)).is_some_and(|c| c.disabled || c.readonly)
        };
        let look_only = sheet
            .spots
            .values()
            .flat_map(|s| [Some(s.at), s.shown])
            .flatten()
            .filter(|at| form.controls[*at].kind != ControlType::Hidden)
            .all(locked);
        if look_only && posted().next().is_some() {
            let got = "the page can only be looked at: all its fields are disabled; the administrator's role may not set it";
            return Err(page_changed(&self.session, &sheet.page, TRIED, got).into());
        }
        let secrets: Vec<Place> = one.passwords.iter().map(|at| (sheet.at, *at)).collect();
        let pressed = self.press(&sheet.page, &sheet.forms, sheet.at, "button.ok", &secrets).await;
        let mut sent = match pressed {
            Pressed::Sent(sent) => *sent,
            // The dialect is known well enough to post the form without the page's script.
            Pressed::Unclear => Sent { form: form.clone(), action: None, typed: Vec::new() },
            Pressed::Several(all) => {
                let got = format!("its scripts lead to several addresses ({all}), and none may be guessed");
                return Err(page_changed(&self.session, &sheet.page, TRIED, got).into());
            }
            Pressed::NoButton => {
                let got = format!("no Apply button is there; buttons: {}", button_texts(&sheet.page));
                return Err(page_changed(&self.session, &sheet.page, TRIED, got).into());
            }
        };
        self.mechanics(sheet, &mut sent)?;
        self.wanted_is_in(one, &mut sent)?;
        if let PasswordWanted::Set(password) = &wanted.password
            && !one.passwords.is_empty()
        {
            self.put_password(one, &mut sent, password)?;
        }
        sent.form
            .submission(None, sent.action.as_deref())
            .map_err(|e| Stop::from(unfillable(&self.session, &sheet.page, "the form", &e)))
    }

    /// The fields that make the device listen: the function, and the page's token.
    fn mechanics(&self, sheet: &Sheet, sent: &mut Sent) -> Result<(), Stop> {
        let page = &sheet.page;
        let functions: Vec<usize> = (0..sent.form.controls.len())
            .filter(|at| sent.form.controls[*at].name == "_fun_function")
            .collect();
        match functions.as_slice() {
            [] => sent.form.controls.insert(0, hidden("_fun_function", fact(&self.family, "save_function"))),
            some => {
                for at in some {
                    let control = &mut sent.form.controls[*at];
                    if control.value.trim().is_empty() {
                        fact(&self.family, "save_function").clone_into(&mut control.value);
                    }
                    control.disabled = false;
                }
            }
        }
        let strange = sent.form.controls.iter().find(|c| {
            c.name == "_fun_function" && !(c.value.starts_with("HTTP_Set_") && c.value.ends_with("_fn"))
        });
        if let Some(control) = strange {
            let got = format!(
                "its Apply button would call `{}`, which is no function that sets values",
                scanfleet_sdk::error::clean(&control.value)
            );
            return Err(page_changed(&self.session, page, SAVE, got).into());
        }
        if !sent.form.controls.iter().any(|c| c.name == "NextPage") {
            let next = page
                .url
                .query()
                .map_or_else(|| page.url.path().to_owned(), |query| format!("{}?{query}", page.url.path()));
            sent.form.controls.insert(1.min(sent.form.controls.len()), hidden("NextPage", &next));
        }
        if !sent.form.controls.iter().any(|c| c.name == "CSRFToken" && !c.value.is_empty())
            && let Some(token) = token_of(&sheet.forms, &sheet.literals)
        {
            match sent.form.controls.iter_mut().find(|c| c.name == "CSRFToken") {
                Some(control) => control.value = token,
                None => sent.form.controls.push(hidden("CSRFToken", &token)),
            }
        }
        "post".clone_into(&mut sent.form.method);
        let action = sent.action.clone().or_else(|| sent.form.action_written.clone());
        if action.is_none_or(|a| a.trim().is_empty() || a.starts_with('#')) {
            sent.action = Some(fact(&self.family, "save_target").to_owned());
        }
        Ok(())
    }

    /// Makes sure that what goes off holds what is wanted, and nothing that nobody knows.
    fn wanted_is_in(&self, one: &Filled, sent: &mut Sent) -> Result<(), Stop> {
        let sheet = &one.sheet;
        let before = sheet.form();
        // The mechanics may have put fields in front: controls are found by what they were.
        let shift = |at: usize| {
            let control = &before.controls[at];
            let nth =
                before.controls[..at].iter().filter(|c| c.name == control.name && c.id == control.id).count();
            let same = |c: &&(usize, &scanfleet_sdk::form::Control)| {
                c.1.name == control.name && c.1.id == control.id
            };
            let found: Vec<(usize, &scanfleet_sdk::form::Control)> =
                sent.form.controls.iter().enumerate().collect();
            found.iter().filter(same).nth(nth).map(|(at, _)| *at)
        };
        let places: Vec<Option<usize>> = one.touched.iter().map(|(at, _)| shift(*at)).collect();
        let server_place = sheet.spots.get("server").and_then(|spot| shift(spot.at));
        let unknown: Vec<usize> = sheet.unknown.iter().filter_map(|at| shift(*at)).collect();
        let passwords: Vec<usize> = (0..before.controls.len())
            .filter(|at| before.controls[*at].kind == ControlType::Password)
            .filter_map(shift)
            .collect();
        for ((at, value), place) in one.touched.iter().zip(places) {
            let Some(place) = place else {
                let got = format!("the form it sends lacks `{}`", before.controls[*at].name);
                return Err(page_changed(&self.session, &sheet.page, SAVE, got).into());
            };
            let control = &mut sent.form.controls[place];
            control.disabled = false;
            match control.kind {
                ControlType::Select => {
                    for option in &mut control.options {
                        option.selected = option.value == *value;
                    }
                    control.value.clone_from(value);
                }
                ControlType::Radio => {}
                _ => control.value.clone_from(value),
            }
        }
        for (at, _) in one.touched.iter().filter(|(at, _)| before.controls[*at].kind == ControlType::Radio) {
            let name = &before.controls[*at].name;
            for (after, now) in sent
                .form
                .controls
                .iter_mut()
                .filter(|c| c.kind == ControlType::Radio && c.name == *name)
                .zip(before.controls.iter().filter(|c| c.kind == ControlType::Radio && c.name == *name))
            {
                after.checked = now.checked;
            }
        }
        // A server is never empty where the device keeps it (`0.0.0.0:25`): empty, a script was to fill it in.
        if let Some(spot) = sheet.spots.get("server")
            && !one.touched.iter().any(|(at, _)| *at == spot.at)
            && let Some(place) = server_place
            && sent.form.controls[place].value.trim().is_empty()
        {
            sent.form.controls[place].disabled = true;
        }
        // Only what is sent is changed: what nobody knows stays at home rather than being emptied.
        for at in unknown {
            sent.form.controls[at].disabled = true;
        }
        let boxed = sheet.spots.contains_key("save_box");
        if one.passwords.is_empty() && !boxed {
            for at in passwords {
                sent.form.controls[at].disabled = true;
            }
        }
        Ok(())
    }

    /// Puts the password where it is posted, unless the page's script does something unknown with it.
    fn put_password(&self, one: &Filled, sent: &mut Sent, password: &Secret) -> Result<(), Stop> {
        const TRIED: &str = "fill in the new SMTP password";
        let strange: Vec<&str> =
            sent.typed.iter().flat_map(|t| &t.via).map(String::as_str).filter(|f| *f != "trim").collect();
        if !strange.is_empty() {
            let got = format!(
                "the page's script puts the password through {}, which is not known",
                scanfleet_sdk::error::clean(&strange.join(", "))
            );
            return Err(page_changed(&self.session, &one.sheet.page, TRIED, got).into());
        }
        let before = one.sheet.form();
        let names: Vec<(String, String)> = one
            .passwords
            .iter()
            .map(|at| (before.controls[*at].name.clone(), before.controls[*at].id.clone()))
            .collect();
        let into: Vec<usize> = sent.typed.iter().map(|t| t.into).collect();
        for (at, control) in sent.form.controls.iter_mut().enumerate() {
            let typed = control.kind == ControlType::Password
                && names.contains(&(control.name.clone(), control.id.clone()));
            if typed
                || (into.contains(&at)
                    && control.kind == ControlType::Hidden
                    && !control.name.is_empty()
                    && is_sensitive(&control.name))
            {
                password.expose().clone_into(&mut control.value);
                control.disabled = false;
            }
        }
        let arrives = sent.form.controls.iter().any(|c| {
            !c.name.is_empty()
                && !c.disabled
                && c.value == password.expose()
                && (c.kind == ControlType::Password || is_sensitive(&c.name))
        });
        if !arrives {
            let got = "the form of the page would not carry the password";
            return Err(page_changed(&self.session, &one.sheet.page, TRIED, got).into());
        }
        Ok(())
    }

    /// Sends a form that can alter the device, and judges the answer.
    async fn post(&mut self, page: &Page, submission: Submission, posts: &mut u32) -> Result<(), Stop> {
        let secret: Vec<String> =
            submission.entries.iter().map(|(n, _)| n.clone()).filter(|n| is_sensitive(n)).collect();
        let hidden: Vec<String> = page
            .forms()
            .iter()
            .flat_map(|f| &f.controls)
            .filter(|c| c.kind == ControlType::Password)
            .map(|c| c.name.clone())
            .chain(secret)
            .collect();
        let names: Vec<&str> = hidden.iter().map(String::as_str).collect();
        let effect = Effect::Write { section: Section::Smtp, what: SAVE.to_owned() };
        let request = Request::submit(submission, effect, SAVE, &names)
            .header("Referer", page.url.as_str())
            .header("Origin", &origin(&page.url));
        *posts += 1;
        let answer = self.session.send(request).await.map_err(Stop::from)?.page();
        self.notice_log_out(&answer);
        // An answer that is no page says nothing about the save: only reading back does.
        if answer.status >= 400 {
            return Err(Stop::Lost);
        }
        match classify(&answer, &self.family) {
            Sign::Ordinary => Ok(()),
            Sign::SessionGone => Err(Stop::Session(Box::new(answer))),
            Sign::Token => Err(Stop::Token(Box::new(answer))),
            Sign::Busy(text) => Err(problem::busy(&answer, SAVE, &text).into()),
            Sign::TooManySessions(text) => Err(problem::too_many_sessions(&answer, SAVE, &text).into()),
            Sign::Refused(text) => Err(problem::rejected(&self.session, &answer, SAVE, &text).into()),
            Sign::Status(_) => Err(Stop::Lost),
        }
    }
}

/// The page's token where the form itself has none: in another form, or in a script.
pub(crate) fn token_of(forms: &[Form], literals: &[crate::literals::Literal]) -> Option<String> {
    let in_forms =
        forms.iter().flat_map(|f| &f.controls).find(|c| c.name == "CSRFToken" && !c.value.is_empty());
    in_forms.map(|c| c.value.clone()).or_else(|| {
        let named = |l: &&crate::literals::Literal| {
            l.path.last().is_some_and(|n| n.eq_ignore_ascii_case("CSRFToken")) && l.value.len() >= 32
        };
        literals.iter().find(named).map(|l| l.value.clone())
    })
}

/// A box beside the password that is called like one that saves it.
fn lone_save_box(form: &Form) -> Option<usize> {
    let fits = |at: &usize| {
        let control = &form.controls[*at];
        let name = format!("{} {}", control.name, control.id).to_ascii_lowercase();
        control.kind == ControlType::Checkbox
            && (name.contains("save") || name.contains("new"))
            && (name.contains("pw") || name.contains("pass"))
    };
    let found: Vec<usize> = (0..form.controls.len()).filter(fits).collect();
    if let [one] = found.as_slice() { Some(*one) } else { None }
}
