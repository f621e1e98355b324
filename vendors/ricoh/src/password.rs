//! The separate page for the password of the mail account.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use scanfleet_sdk::error::clean;
use scanfleet_sdk::form::{ControlType, Form};
use scanfleet_sdk::page::Page;
use scanfleet_sdk::script::{Clickable, Place, Sent};
use scanfleet_sdk::{Category, DeviceError, Secret};

use crate::driver::RicohDriver;
use crate::email::smtp_form;
use crate::press::{Desk, Way, buttons, called, submission};
use crate::problem;
use crate::write::{Posted, Stop};

const OPEN: &str = "open the page for the SMTP password";
const STAGE: &str = "stage the new SMTP password";

impl RicohDriver {
    /// Takes the filled E-mail form to the password page and back; gives the E-mail page with everything staged.
    pub(crate) async fn stage_password(
        &mut self,
        page: &Page,
        forms: &[Form],
        password: &Secret,
        posted: &mut Posted,
    ) -> Result<Page, Stop> {
        self.session.hide(password);
        let mut desk = Desk::new(page);
        let buttons_found = self.password_buttons(&desk);
        if buttons_found.is_empty() {
            let got = format!(
                "no button for the password of SMTP authentication; buttons there: {}",
                buttons(&desk)
            );
            return Err(problem::page_changed(&self.session, page, OPEN, got).into());
        }
        let mut ways = self.ways(&mut desk, forms, &buttons_found, &[]).await;
        let way = match (ways.pop(), ways.len()) {
            (Some(way), 0) => way,
            (None, _) => {
                let got = format!("the script of the password button ({}) leads nowhere", buttons(&desk));
                return Err(problem::page_changed(&self.session, page, OPEN, got).into());
            }
            (Some(_), more) => {
                let got = format!("the password button leads to {} different places", more + 1);
                return Err(problem::page_changed(&self.session, page, OPEN, got).into());
            }
        };
        let opened = match way {
            Way::Get(url) => {
                let url = page.url.join(&url).map_or(url, String::from);
                self.session.get(&url, OPEN).await.map_err(Stop::from)?
            }
            Way::Post(sent) => self.post(page, &sent, OPEN, &[], posted).await?,
        };
        self.check(&opened, OPEN)?;
        let opened = self.advance(opened, has_password_fields, posted).await?;
        let sent = self.filled_password(&opened, password).await?;
        let names = secret_names(&sent);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let back = self.post(&opened, &sent, STAGE, &names, posted).await?;
        self.check(&back, STAGE)?;
        let family = std::sync::Arc::clone(&self.family);
        let back = self.advance(back, |page| smtp_form(&page.forms(), &family).is_some(), posted).await?;
        if smtp_form(&back.forms(), &self.family).is_some() {
            return Ok(back);
        }
        if has_password_fields(&back) {
            let said: String = back.document().visible_text().chars().take(200).collect();
            return Err(DeviceError::new(
                Category::Rejected,
                STAGE,
                format!("the device shows the password page again: {}", clean(&said)),
            )
            .on_page(problem::place(&back))
            .hint("choose a password that the device's policy allows; nothing was saved")
            .into());
        }
        Err(problem::page_changed(
            &self.session,
            &back,
            STAGE,
            "the device did not come back to the E-mail page; nothing was saved",
        )
        .into())
    }

    /// The buttons that open the password page of SMTP authentication, and of nothing else.
    fn password_buttons(&self, desk: &Desk) -> Vec<Clickable> {
        let usable: Vec<&Clickable> = desk
            .hooks
            .clickables
            .iter()
            .filter(|c| c.code.is_some() || c.id.is_some() || c.submits)
            .collect();
        let by_function: Vec<Clickable> = usable
            .iter()
            .filter(|c| {
                c.code.as_deref().is_some_and(|code| {
                    self.family.words("function.password").any(|w| w.text == called(code))
                })
            })
            .map(|c| (*c).clone())
            .collect();
        if !by_function.is_empty() {
            return by_function;
        }
        let by_label = |c: &&&Clickable| {
            self.family.is("password.smtp", &c.row_label) || self.family.is("password.smtp", &c.text)
        };
        let found: Vec<Clickable> = usable.iter().filter(by_label).map(|c| (*c).clone()).collect();
        if !found.is_empty() {
            return found;
        }
        let like = |text: &str| self.family.is_like("password.smtp", text);
        usable.iter().filter(|c| like(&c.row_label) || like(&c.text)).map(|c| (*c).clone()).collect()
    }

    /// Fills the password page and presses its button.
    async fn filled_password(&mut self, page: &Page, password: &Secret) -> Result<Sent, Stop> {
        const TRIED: &str = "fill in the new SMTP password";
        let forms = page.forms();
        let Some(at) = forms.iter().position(|f| !password_places(f).is_empty()) else {
            let got = format!("no password fields are there; fields: {}", crate::email::labels(&forms));
            return Err(problem::page_changed(&self.session, page, TRIED, got).into());
        };
        let places: Vec<Place> = password_places(&forms[at]).into_iter().map(|c| (at, c)).collect();
        if places.len() > 2 {
            let got = format!(
                "{} password fields are there, and two were looked for (new and once more)",
                places.len()
            );
            return Err(problem::page_changed(&self.session, page, TRIED, got).into());
        }
        let limits = places.iter().filter_map(|(f, c)| forms[*f].controls[*c].max_length);
        if let Some(limit) = limits.min()
            && password.expose().encode_utf16().count() > limit
        {
            return Err(DeviceError::new(
                Category::Unsupported,
                TRIED,
                format!("the field holds {limit} characters, and the password is longer"),
            )
            .on_page(problem::place(page))
            .hint("choose a shorter password; nothing was saved")
            .into());
        }
        let mut empty = forms.clone();
        for (f, c) in &places {
            empty[*f].controls[*c].value.clear();
        }
        let mut desk = Desk::new(page);
        let ways = self.ok_ways(&mut desk, &empty, at, &places).await;
        let mut sent: Vec<Sent> = ways
            .into_iter()
            .filter_map(|w| if let Way::Post(sent) = w { Some(*sent) } else { None })
            .collect();
        let (Some(mut sent), true) = (sent.pop(), sent.is_empty()) else {
            let got = format!(
                "no button of the page tells where it sends the password to; buttons: {}",
                buttons(&desk)
            );
            return Err(problem::page_changed(&self.session, page, TRIED, got).into());
        };
        self.put_password(page, &desk, &mut sent, password)?;
        Ok(sent)
    }

    /// Writes the password where the page's script would, or into the hidden partners of the visible fields.
    fn put_password(&self, page: &Page, desk: &Desk, sent: &mut Sent, password: &Secret) -> Result<(), Stop> {
        const TRIED: &str = "fill in the new SMTP password";
        let plain = password.expose();
        let encoded = if plain.is_empty() { String::new() } else { STANDARD.encode(plain.as_bytes()) };
        let visible = password_places(&sent.form);
        let mut done: Vec<usize> = Vec::new();
        for typed in &sent.typed {
            let value: &str = match encoding(&typed.via, desk.has_base64()) {
                Some(true) => &encoded,
                Some(false) => plain,
                None => {
                    let got = format!(
                        "the page's script puts the password through {}, which is not known",
                        clean(&typed.via.join(", "))
                    );
                    return Err(problem::page_changed(&self.session, page, TRIED, got).into());
                }
            };
            let Some(control) = sent.form.controls.get_mut(typed.into) else { continue };
            value.clone_into(&mut control.value);
            control.disabled = false;
            done.push(typed.into);
            // Emptied, as the visible fields of this maker always are.
            if typed.from.1 != typed.into && !done.contains(&typed.from.1) {
                done.push(typed.from.1);
            }
        }
        let encodes = desk.has_base64()
            || desk.sources.iter().any(|s| s.contains("btoa") || s.to_ascii_lowercase().contains("encode64"));
        for at in visible {
            if done.contains(&at) {
                continue;
            }
            let name = sent.form.controls[at].name.clone();
            let partner = partners(&name).into_iter().find_map(|p| {
                sent.form.controls.iter().position(|c| c.name == p && c.kind == ControlType::Hidden)
            });
            match partner {
                Some(partner) if done.contains(&partner) => {}
                Some(partner) => {
                    sent.form.controls[partner].value.clone_from(&encoded);
                    sent.form.controls[partner].disabled = false;
                }
                None => {
                    let value: &str = if encodes { &encoded } else { plain };
                    value.clone_into(&mut sent.form.controls[at].value);
                    sent.form.controls[at].disabled = false;
                }
            }
        }
        // What is encoded must really be in what goes off.
        let arrives =
            submission(sent).is_ok_and(|s| s.entries.iter().any(|(_, v)| *v == encoded || v == plain));
        if !arrives {
            let got = "the form of the page would not carry the password";
            return Err(problem::page_changed(&self.session, page, TRIED, got).into());
        }
        Ok(())
    }

    /// Follows pages that send themselves on, until one has what is looked for.
    pub(crate) async fn advance(
        &mut self,
        mut page: Page,
        arrived: impl Fn(&Page) -> bool + Send,
        posted: &mut Posted,
    ) -> Result<Page, Stop> {
        const TRIED: &str = "follow the page that leads on";
        for _ in 0..3 {
            if arrived(&page) {
                break;
            }
            let mut desk = Desk::new(&page);
            // Without `onload` in the page's text, the inline scripts themselves may send the form, now or when it has loaded.
            let code = desk.hooks.onload.clone().unwrap_or_else(|| {
                let scripts = desk.hooks.scripts.join("\n");
                let later = ["onload", "addEventListener", "attachEvent"].iter().any(|w| scripts.contains(w));
                if later { scripts + "\n;window.onload();" } else { scripts }
            });
            if code.trim().is_empty() {
                break;
            }
            let forms = page.forms();
            let trigger = scanfleet_sdk::script::Trigger { code: Some(code), ..Default::default() };
            let outcomes = self.outcomes(&mut desk, &forms, &trigger, &[]).await;
            let next = match outcomes.into_iter().next() {
                Some(scanfleet_sdk::script::Outcome::Submit(sent)) => {
                    self.post(&page, &sent, TRIED, &[], posted).await?
                }
                Some(scanfleet_sdk::script::Outcome::Navigate(url)) => {
                    let url = page.url.join(&url).map_or(url, String::from);
                    self.session.get(&url, TRIED).await.map_err(Stop::from)?
                }
                _ => break,
            };
            self.check(&next, TRIED)?;
            page = next;
        }
        Ok(page)
    }
}

/// Whether the functions a password goes through make base64 (`true`), leave it as it is (`false`), or are unknown.
fn encoding(via: &[String], page_has_base64: bool) -> Option<bool> {
    let mut encoded = false;
    for name in via {
        let folded = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        let whole = name.to_ascii_lowercase();
        match folded.as_str() {
            "trim" | "tostring" | "string" | "utf16to8" | "utf8" | "toutf8" | "unescape"
            | "encodeuricomponent" | "val" => {}
            f if f.contains("64") || f.contains("btoa") || whole.contains("64") => encoded = true,
            _ if page_has_base64 => encoded = true,
            _ => return None,
        }
    }
    Some(encoded)
}

/// Names that the hidden partner of a visible field may have: the field's own without the mark of a work field.
fn partners(name: &str) -> Vec<String> {
    let mut out = Vec::new();
    for mark in ["_work", "_wk", "Work", "work", "Wk", "wk"] {
        if let Some(stem) = name.strip_suffix(mark) {
            out.push(stem.to_owned());
        }
    }
    for mark in ["wk_", "work_", "wk", "work"] {
        if let Some(stem) = name.strip_prefix(mark) {
            out.push(stem.to_owned());
        }
    }
    out.retain(|n| !n.is_empty());
    out
}

/// Names of the fields whose values no record may show: the visible ones, those the script fills, and all that are named alike.
fn secret_names(sent: &Sent) -> Vec<String> {
    let typed: Vec<usize> = sent.typed.iter().map(|t| t.into).collect();
    let alike = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.contains("pass") || name.contains("pw")
    };
    let controls = sent.form.controls.iter().enumerate();
    controls
        .filter(|(at, c)| c.kind == ControlType::Password || typed.contains(at) || alike(&c.name))
        .map(|(_, c)| c.name.clone())
        .collect()
}

fn password_places(form: &Form) -> Vec<usize> {
    let named = |c: &scanfleet_sdk::form::Control| !c.name.is_empty() && c.kind == ControlType::Password;
    form.controls.iter().enumerate().filter(|(_, c)| named(c)).map(|(at, _)| at).collect()
}

fn has_password_fields(page: &Page) -> bool {
    page.forms().iter().any(|f| !password_places(f).is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_functions_of_a_page_do_to_a_password() {
        let via = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        assert_eq!(encoding(&via(&["utf16to8", "base64encode"]), false), Some(true));
        assert_eq!(encoding(&via(&["unescape", "window.btoa"]), false), Some(true));
        assert_eq!(encoding(&via(&["Base64.encode"]), false), Some(true));
        assert_eq!(encoding(&via(&[]), true), Some(false));
        assert_eq!(encoding(&via(&["scramble"]), false), None);
        assert_eq!(encoding(&via(&["scramble"]), true), Some(true));
    }

    #[test]
    fn partners_of_work_fields() {
        assert_eq!(partners("passwd1wk"), ["passwd1"]);
        assert!(partners("wk_authPasswordIn").contains(&"authPasswordIn".to_owned()));
        assert_eq!(partners("password_work"), ["password", "password_"]);
        assert!(partners("secret").is_empty());
    }
}
