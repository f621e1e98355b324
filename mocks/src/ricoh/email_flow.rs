//! The E-mail page, its password page, and the save.

use super::device::{Device, Inner, Visit};
use super::door::plain;
use super::pages;
use super::posting;
use super::profile::{AfterPassword, AfterSave};
use super::session::Staged;
use super::texts::{Menu, Word};
use crate::http::Response;
use crate::machine::Marks;
use crate::settings::PasswordKind;

impl Device {
    /// What stands on the E-mail page: what was entered, or what is stored.
    fn shown(inner: &mut Inner, visit: &Visit<'_>) -> Staged {
        let stored = inner.settings.clone();
        visit
            .session
            .as_deref()
            .and_then(|id| inner.sessions.find(id))
            .and_then(|session| session.staged.clone())
            .unwrap_or_else(|| Staged { settings: stored, ..Staged::default() })
    }

    fn stage(inner: &mut Inner, visit: &Visit<'_>, staged: Option<Staged>) {
        if let Some(session) = visit.session.as_deref().and_then(|id| inner.sessions.find(id)) {
            session.staged = staged;
        }
    }

    pub(super) fn email(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        // A fresh call forgets what was entered; coming back from the password page does not. That the word for it
        // is `sessionControl=SESSION` is INVENTED.
        if visit.form.text("sessionControl") != "SESSION" {
            Self::stage(inner, visit, None);
        }
        let shown = Self::shown(inner, visit);
        self.html(visit, |page| pages::email(page, &shown.settings, &visit.strike.marks))
    }

    fn read_posted(&self, inner: &mut Inner, visit: &Visit<'_>, marks: &Marks) -> Result<Staged, Response> {
        let mut staged = Self::shown(inner, visit);
        match posting::read(&self.profile.email, marks, &staged.settings, &visit.form) {
            Ok(settings) => {
                staged.settings = settings;
                Ok(staged)
            }
            Err(_) => Err(self.html(visit, |page| {
                let back = format!("{}{}", page.base(), page.profile.email.page);
                let text = page.h(Word::BadEntry);
                pages::notice(page, page.t(Word::Menu(Menu::Email)), &text, Some("NGPARAM"), &back)
            })),
        }
    }

    pub(super) fn password_page(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let posted = visit.form.text("passwdKind");
        let all = [PasswordKind::Smtp, PasswordKind::Pop, PasswordKind::Fax, PasswordKind::Notify];
        let kind = all.into_iter().find(|kind| pages::password_code(*kind) == posted);
        let (Some(kind), "POST") = (kind, visit.request.method.as_str()) else {
            return self.html(visit, |page| pages::bad_flow(page, page.t(Word::Menu(Menu::Email))));
        };
        let mut staged = match self.read_posted(inner, visit, &visit.strike.marks) {
            Ok(staged) => staged,
            Err(refusal) => return refusal,
        };
        staged.open = Some(kind);
        Self::stage(inner, visit, Some(staged));
        self.html(visit, |page| pages::password(page, kind, None))
    }

    pub(super) fn set_password(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let mut staged = Self::shown(inner, visit);
        let (Some(kind), "POST") = (staged.open, visit.request.method.as_str()) else {
            return self.html(visit, |page| pages::bad_flow(page, page.t(Word::Menu(Menu::Email))));
        };
        for work in ["passwd1wk", "passwd2wk"] {
            inner.clear_passwords += u64::from(!visit.form.text(work).is_empty());
        }
        let text = |name: &str| plain(visit.form.text(name));
        let (first, second) = (text("passwd1"), text("passwd2"));
        let password = match first {
            Some(password)
                if second.as_deref() == Some(password.as_str()) && password.chars().count() <= 128 =>
            {
                password
            }
            _ => return self.html(visit, |page| pages::password(page, kind, Some(Word::PasswordMismatch))),
        };
        staged.passwords.insert(kind, password);
        staged.open = None;
        Self::stage(inner, visit, Some(staged.clone()));
        let target = &self.profile.email.page;
        match self.profile.email.after_password {
            AfterPassword::Page => {
                self.html(visit, |page| pages::email(page, &staged.settings, &visit.strike.marks))
            }
            AfterPassword::Redirect => Response::found(format!(
                "/web/entry/{}/{target}?sessionControl=SESSION",
                visit.route.language
            )),
            AfterPassword::Skip => self
                .html(visit, |page| pages::skip(page, "mailPasswdSet", &format!("{}{target}", page.base()))),
        }
    }

    pub(super) fn save(&self, inner: &mut Inner, visit: &Visit<'_>) -> Response {
        let pages_of = &self.profile.email;
        if visit.request.method != "POST"
            || pages_of.apply_sets.iter().any(|(name, value)| visit.form.text(name) != value)
        {
            return self.html(visit, |page| pages::bad_flow(page, page.t(Word::Menu(Menu::Email))));
        }
        if visit.strike.marks.read_only {
            return self.html(visit, |page| {
                let text = page.h(Word::NoPermission);
                pages::notice(page, page.t(Word::Menu(Menu::Email)), &text, None, &page.base())
            });
        }
        let mut staged = match self.read_posted(inner, visit, &visit.strike.marks) {
            Ok(staged) => staged,
            Err(refusal) => return refusal,
        };
        if visit.strike.busy || inner.panel_in_use {
            // OK on this page shows the form with what was entered; the password has to be entered again.
            staged.passwords.clear();
            Self::stage(inner, visit, Some(staged));
            return self.html(visit, |page| {
                let back = format!("{}{}?sessionControl=SESSION", page.base(), page.profile.email.page);
                pages::busy(page, &back)
            });
        }
        if !visit.strike.drop_write {
            for item in &visit.strike.ignores {
                let kept = inner.settings.get(*item).to_owned();
                staged.settings.set(*item, kept);
            }
            inner.settings = staged.settings;
            for (kind, password) in staged.passwords {
                if password.is_empty() {
                    inner.passwords.remove(&kind);
                } else {
                    inner.passwords.insert(kind, password);
                }
            }
            inner.writes += 1;
        }
        Self::stage(inner, visit, None);
        match pages_of.after_save {
            AfterSave::Redirect => {
                Response::found(format!("/web/entry/{}/websys/webArch/configList.cgi", visit.route.language))
            }
            AfterSave::Page => {
                let with_email = !visit.strike.no_menu_entry;
                self.html(visit, |page| pages::config_list(page, with_email))
            }
        }
    }
}
