//! Finding the E-mail page through the configuration list.

use scanfleet_sdk::error::clean;
use scanfleet_sdk::form::Link;
use scanfleet_sdk::page::Page;
use scanfleet_sdk::{Category, DeviceError};
use url::Url;

use crate::driver::RicohDriver;
use crate::email::smtp_form;
use crate::family::{Family, email_page};
use crate::problem;
use scanfleet_sdk::family::words::fold;

/// The configuration list, as far as it matters here.
#[derive(Debug, Clone)]
pub(crate) struct Menu {
    pub(crate) page: Page,
    /// The E-mail page, once it is settled.
    pub(crate) email: Option<Url>,
}

/// Candidates opened at most; each is a page of one to three seconds.
const OPENED: usize = 4;

impl RicohDriver {
    /// The configuration list, read once; reading it proves the session.
    pub(crate) async fn menu(&mut self) -> Result<&mut Menu, DeviceError> {
        let menu = match self.menu.take() {
            Some(menu) => menu,
            None => {
                let url = self.entry("websys/webArch/configList.cgi");
                let page = self.entry_page(&url, "read the configuration list").await?;
                Menu { page, email: None }
            }
        };
        Ok(self.menu.insert(menu))
    }

    /// Opens the E-mail page.
    pub(crate) async fn email_page(&mut self) -> Result<Page, DeviceError> {
        const TRIED: &str = "read the E-mail page";
        const FIND: &str = "find the E-mail page in the configuration list";
        let menu = self.menu().await?.clone();
        if let Some(url) = &menu.email {
            let page = self.entry_page(url.as_str(), TRIED).await?;
            return self.with_fields(page, TRIED);
        }
        let links = menu.page.document().links();
        let found = candidates(&links, &self.family);
        match found.as_slice() {
            [] => {
                let mut texts: Vec<String> =
                    links.iter().map(|l| clean(&l.text)).filter(|t| !t.is_empty()).collect();
                texts.dedup();
                texts.truncate(40);
                Err(problem::page_changed(
                    &self.session,
                    &menu.page,
                    FIND,
                    format!("no entry leads to `{}` or is called E-mail; there are: {}", email_page(&self.family), texts.join(", ")),
                )
                .hint("sign in with an administrator who has the network and machine roles: the list shows only what the role may set"))
            }
            [(_, url)] => {
                let page = self.entry_page(url.as_str(), TRIED).await?;
                let page = self.with_fields(page, TRIED)?;
                self.settle_on(url);
                Ok(page)
            }
            many => {
                let mut fitting = Vec::new();
                for (text, url) in many.iter().take(OPENED) {
                    let opened = self.entry_page(url.as_str(), TRIED).await;
                    match opened {
                        Ok(page) if smtp_form(&page.forms(), &self.family).is_some() => {
                            fitting.push((text.clone(), url.clone(), page));
                        }
                        Ok(_) => {}
                        // A candidate that is no page of ours must not keep the right one from being found.
                        Err(error) if error.category == Category::PageChanged => {}
                        Err(error) => return Err(error),
                    }
                }
                if fitting.len() == 1
                    && let Some((_, url, page)) = fitting.pop()
                {
                    self.settle_on(&url);
                    return Ok(page);
                }
                let names: Vec<String> = many
                    .iter()
                    .map(|(t, u)| format!("\u{201c}{}\u{201d} ({})", clean(t), clean(u.path())))
                    .collect();
                let got = format!(
                    "{} entries could be it, and {} of the opened ones have the mail server's fields: {}",
                    many.len(),
                    fitting.len(),
                    names.join(", ")
                );
                Err(problem::page_changed(&self.session, &menu.page, FIND, got))
            }
        }
    }

    fn settle_on(&mut self, url: &Url) {
        if let Some(menu) = &mut self.menu {
            menu.email = Some(url.clone());
        }
    }

    fn with_fields(&self, page: Page, tried: &str) -> Result<Page, DeviceError> {
        let forms = page.forms();
        if smtp_form(&forms, &self.family).is_some() {
            return Ok(page);
        }
        let labels = crate::email::labels(&forms);
        let got = format!("no form has the mail server's fields; labels there: {labels}");
        Err(problem::page_changed(&self.session, &page, tried, got))
    }
}

/// The entries that may be the E-mail page: by the page's name, else by the exact word, else by a part of the text.
fn candidates(links: &[Link], family: &Family) -> Vec<(String, Url)> {
    let pick = |test: &dyn Fn(&Link) -> bool| {
        let mut found: Vec<(String, Url)> = Vec::new();
        for link in links {
            let Some(url) = &link.target else { continue };
            let mut url = url.clone();
            url.set_fragment(None);
            if test(link) && !found.iter().any(|(_, u)| *u == url) {
                found.push((link.text.clone(), url));
            }
        }
        found
    };
    let by_name = pick(&|link| {
        let last = link.target.as_ref().and_then(|u| u.path_segments()).and_then(|mut s| s.next_back());
        last.is_some_and(|l| l.eq_ignore_ascii_case(email_page(family)))
    });
    if !by_name.is_empty() {
        return by_name;
    }
    let by_word = pick(&|link| family.is("menu.email", &link.text));
    if !by_word.is_empty() {
        return by_word;
    }
    pick(&|link| {
        let text = fold(&link.text);
        let named = family.words("menu.email").any(|w| {
            let w = &w.folded;
            if w.is_ascii() { text.split(' ').any(|part| part == w) } else { text.contains(w) }
        }) || text.contains("smtp");
        named && !family.holds("menu.other", &link.text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family;

    fn link(text: &str, target: &str) -> Link {
        Link {
            text: text.into(),
            href: target.into(),
            target: Url::parse(&format!("http://192.0.2.1/web/entry/en/websys/{target}")).ok(),
        }
    }

    fn texts(links: &[Link]) -> Vec<String> {
        candidates(links, &family::all().unwrap()[0]).into_iter().map(|(t, _)| t).collect()
    }

    #[test]
    fn the_page_name_wins_whatever_the_words() {
        let links = [link("E-mail", "other/x.cgi"), link("Ηλ. ταχυδρομείο", "deep/er/mailConfGet.cgi?a=1")];
        assert_eq!(texts(&links), ["Ηλ. ταχυδρομείο"]);
    }

    #[test]
    fn the_exact_word_in_every_language_and_not_its_neighbours() {
        for word in [
            "E-mail",
            "Email",
            "メール",
            "이메일",
            "Correo electrónico",
            "Courrier électr.",
            "E-Mail",
            "Posta elettronica",
        ] {
            let links = [
                link("Auto E-mail Notification", "a.cgi"),
                link("On-demand E-mail Notification", "b.cgi"),
                link(word, "c.cgi"),
                link("メール通知", "d.cgi"),
            ];
            assert_eq!(texts(&links), [word]);
        }
    }

    #[test]
    fn a_longer_text_counts_where_nothing_else_does() {
        let links = [
            link("Auto E-mail Notification", "a.cgi"),
            link("E-mail server", "c.cgi"),
            link("SMTP", "s.cgi"),
        ];
        assert_eq!(texts(&links), ["E-mail server", "SMTP"]);
    }
}
