//! Reading pages of the session, and finding the SMTP page beside its label in the list of protocols.

use std::time::Duration;

use scanfleet_sdk::error::clean;
use scanfleet_sdk::family::words::{fold, key};
use scanfleet_sdk::form::RowLink;
use scanfleet_sdk::page::Page;
use scanfleet_sdk::{Category, DeviceError, Rerun};
use url::Url;

use crate::door::is_outside;
use crate::driver::{BrotherDriver, Standing};
use crate::family::{Family, protocol_page};
use crate::problem;
use crate::script_door;
use crate::smtp::{labels, smtp_form};

/// How long a web server may be away after something was posted: it restarts for 60 to 90 s.
const RESTART: Duration = Duration::from_secs(120);
/// TLS greetings that may fail meanwhile.
const GREETINGS: u32 = 4;
/// Candidates opened at most.
const OPENED: usize = 4;
/// Menu pages opened at most on the way to the list of protocols.
const MENUS: usize = 4;

/// Whether an address must never be asked for: pages that reset the device.
pub(crate) fn forbidden(url: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    path.contains("/admin/default") || path.contains("%2f") || path.contains("%64efault")
}

impl BrotherDriver {
    /// Reads a page by GET. After a post, a web server that is away is waited for.
    pub(crate) async fn fetch(&mut self, url: &str, tried: &str) -> Result<Page, DeviceError> {
        if self.session.origin().join(url).is_ok_and(|url| forbidden(&url)) {
            return Err(DeviceError::new(
                Category::PageChanged,
                tried,
                "a link leads to the page that resets the device; it was not opened",
            )
            .on_page(clean(url.split('?').next().unwrap_or_default())));
        }
        let mut waited = Duration::ZERO;
        let mut pause = Duration::from_millis(500);
        let mut greetings = 0;
        self.last = None;
        loop {
            let error = match self.session.get(url, tried).await {
                Ok(page) => {
                    self.last = Some(page.clone());
                    return Ok(page);
                }
                Err(error) => error,
            };
            let away = match error.category {
                Category::Unreachable => true,
                // A server on its way down or up breaks off the greeting; a foreign certificate stays one.
                Category::Tls => {
                    greetings += 1;
                    greetings <= GREETINGS
                }
                _ => false,
            };
            if !self.posted || !away || waited >= RESTART {
                return Err(error);
            }
            tokio::time::sleep(pause).await;
            waited += pause;
            pause = (pause * 2).min(Duration::from_secs(5));
        }
    }

    /// Reads a page of the session, renewing the session once where the device ended it.
    pub(crate) async fn entry_page(&mut self, url: &str, tried: &str) -> Result<Page, DeviceError> {
        for _ in 0..2 {
            self.sign_in().await?;
            let page = self.fetch(url, tried).await?;
            if is_outside(&page) {
                let open = self.standing == Standing::Open;
                if !open && !self.proven && !self.renewed {
                    return Err(self.not_honoured(&page));
                }
                self.renew(&page, tried).await?;
                continue;
            }
            if page.status >= 400 {
                return Err(problem::status(&self.session, &page, tried));
            }
            self.proven = true;
            return Ok(page);
        }
        self.standing = Standing::Outside;
        Err(DeviceError::new(Category::Interrupted, tried, "the device ended the session again")
            .hint("look who else is signed in as administrator, and run again")
            .rerun(Rerun::ReadsFirst))
    }

    /// The list of protocols, read once; reading it proves the session.
    pub(crate) async fn protocols(&mut self) -> Result<Page, DeviceError> {
        const TRIED: &str = "read the list of protocols";
        if self.script {
            return Err(script_door::beyond(TRIED, &self.identity.model));
        }
        if let Some(page) = &self.protocols {
            return Ok(page.clone());
        }
        let path = protocol_page(&self.family).to_owned();
        let page = match self.entry_page(&path, TRIED).await {
            Err(error) if error.category == Category::PageChanged => self.protocols_by_menu(error).await?,
            other => other?,
        };
        Ok(self.protocols.insert(page).clone())
    }

    /// Looks for the list of protocols in the menus, where it is not at its known address.
    async fn protocols_by_menu(&mut self, missing: DeviceError) -> Result<Page, DeviceError> {
        const TRIED: &str = "find the list of protocols";
        let mut next = vec![self.status.clone()];
        let mut seen: Vec<String> = Vec::new();
        while let Some(url) = next.pop() {
            if seen.len() >= MENUS || seen.contains(&url) {
                continue;
            }
            seen.push(url.clone());
            let page = match self.entry_page(&url, TRIED).await {
                Ok(page) => page,
                Err(error) if error.category == Category::PageChanged => continue,
                Err(error) => return Err(error),
            };
            let links = page.document().links();
            let of = |group: &str| {
                links
                    .iter()
                    .filter(|link| self.family.is(group, &link.text))
                    .filter_map(|link| link.target.clone())
                    .filter(|url| !forbidden(url))
                    .map(|url| url.to_string())
                    .collect::<Vec<_>>()
            };
            let protocol = of("menu.protocol");
            if let Some(url) = protocol.first().filter(|url| !seen.contains(url)) {
                let url = url.clone();
                seen.push(url.clone());
                return self.entry_page(&url, TRIED).await;
            }
            next.extend(of("menu.network"));
        }
        Err(missing)
    }

    /// Opens the SMTP page.
    pub(crate) async fn smtp_page(&mut self) -> Result<Page, DeviceError> {
        const TRIED: &str = "read the SMTP page";
        const FIND: &str = "find the SMTP page in the list of protocols";
        if self.script {
            return Err(script_door::beyond(TRIED, &self.identity.model));
        }
        if let Some(url) = self.smtp.clone() {
            let page = self.entry_page(url.as_str(), TRIED).await?;
            return self.with_fields(page, TRIED);
        }
        if let Some(path) = self.family.fact("smtp_page").map(str::to_owned) {
            let page = self.entry_page(&path, TRIED).await?;
            let page = self.with_fields(page, TRIED)?;
            self.smtp = Some(page.url.clone());
            return Ok(page);
        }
        let list = self.protocols().await?;
        let rows = list.document().row_links();
        let found = candidates(&rows, &self.family);
        match found.as_slice() {
            [] => {
                let mut texts: Vec<String> = rows
                    .iter()
                    .filter_map(|row| row.labels.first())
                    .map(|label| format!("\u{201c}{}\u{201d}", clean(label)))
                    .collect();
                texts.dedup();
                texts.truncate(30);
                let seen = if texts.is_empty() { "none".to_owned() } else { texts.join(", ") };
                let got = format!("no link stands beside the label SMTP; rows with links: {seen}");
                Err(problem::page_changed(&self.session, &list, FIND, got).hint(
                    "look under Network > Protocol in a browser whether SMTP is switched on, and name the page in a family \
                     file (`smtp_page`)",
                ))
            }
            [(_, url)] => {
                let page = self.entry_page(url.as_str(), TRIED).await?;
                let page = self.with_fields(page, TRIED)?;
                self.smtp = Some(url.clone());
                Ok(page)
            }
            many => {
                let mut fitting = Vec::new();
                for (_, url) in many.iter().take(OPENED) {
                    match self.entry_page(url.as_str(), TRIED).await {
                        Ok(page) if smtp_form(&page.forms(), &self.family).is_some() => {
                            fitting.push((url.clone(), page));
                        }
                        Ok(_) => {}
                        // A candidate that is no page of ours must not keep the right one from being found.
                        Err(error) if error.category == Category::PageChanged => {}
                        Err(error) => return Err(error),
                    }
                }
                if fitting.len() == 1
                    && let Some((url, page)) = fitting.pop()
                {
                    self.smtp = Some(url);
                    return Ok(page);
                }
                let names: Vec<String> = many
                    .iter()
                    .map(|(label, url)| format!("\u{201c}{}\u{201d} ({})", clean(label), clean(url.path())))
                    .collect();
                let got = format!(
                    "{} rows could be it, and {} of the opened ones have the mail server's fields: {}",
                    many.len(),
                    fitting.len(),
                    names.join(", ")
                );
                Err(problem::page_changed(&self.session, &list, FIND, got))
            }
        }
    }

    fn with_fields(&self, page: Page, tried: &str) -> Result<Page, DeviceError> {
        let forms = page.forms();
        if smtp_form(&forms, &self.family).is_some() {
            return Ok(page);
        }
        let got = format!("no form has the mail server's fields; labels there: {}", labels(&forms));
        Err(problem::page_changed(&self.session, &page, tried, got))
    }
}

/// The links that may lead to the SMTP page, with the label of their rows: the one beside the exact label, else beside a
/// label that holds the word SMTP; of several links of a row, the one for advanced settings.
pub(crate) fn candidates(rows: &[RowLink], family: &Family) -> Vec<(String, Url)> {
    let pick = |test: &dyn Fn(&str) -> bool| {
        let mut found: Vec<(String, Url, bool)> = Vec::new();
        for row in rows {
            let Some(url) = row.link.target.as_ref().filter(|url| !forbidden(url)) else { continue };
            let beside = row.labels.iter().find(|label| test(label));
            // Some lists make a link of the name itself.
            let Some(label) = beside.map(String::as_str).or(test(&row.link.text).then_some(&row.link.text))
            else {
                continue;
            };
            let mut url = url.clone();
            url.set_fragment(None);
            let advanced = family.is("menu.advanced", &row.link.text);
            if !found.iter().any(|(_, known, _)| *known == url) {
                found.push((label.to_owned(), url, advanced));
            }
        }
        if found.iter().any(|(_, _, advanced)| *advanced) {
            found.retain(|(_, _, advanced)| *advanced);
        }
        found.into_iter().map(|(label, url, _)| (label, url)).collect::<Vec<_>>()
    };
    let exact = pick(&|label| family.is("row.smtp", label));
    if !exact.is_empty() {
        return exact;
    }
    pick(&|label| fold(label).split(' ').any(|word| word == "smtp") && key(label).len() <= 60)
}

#[cfg(test)]
mod tests {
    use scanfleet_sdk::form::Document;

    use super::*;

    fn found(html: &str) -> Vec<String> {
        let url = "http://192.0.2.1/net/net/protocol.html".parse().unwrap();
        let rows = Document::parse(html, Some(&url), "windows-1252").row_links();
        candidates(&rows, &crate::family::all()[0])
            .into_iter()
            .map(|(_, url)| url.path().to_owned())
            .collect()
    }

    #[test]
    fn the_link_beside_smtp_and_no_other() {
        let list = |name: &str| {
            format!(
                "<dl><dt>SNMP</dt><dd><a href=/a>Advanced Setting</a></dd><dt>{name}</dt><dd><a href=/b?pageid=3>Advanced Setting</a></dd>
                 <dt>SNTP</dt><dd><a href=/c>Advanced Setting</a></dd></dl>"
            )
        };
        for name in
            ["SMTP", "POP3/SMTP", "POP3&#47;IMAP4&#47;SMTP", "E-Mail (SMTP) Versand", "SMTP&#32;Client"]
        {
            assert_eq!(found(&list(name)), ["/b"], "{name}");
        }
        assert_eq!(found(&list("LDAP")), Vec::<String>::new());
        // The exact label goes before one that only holds the word.
        let both = "<dl><dt>SMTP</dt><dd><a href=/b>X</a></dd><dt>SMTP server log</dt><dd><a href=/c>X</a></dd></dl>";
        assert_eq!(found(both), ["/b"]);
        let two = "<dl><dt>SMTP</dt><dd><a href=/help>?</a> <a href=/b>Advanced&#32;Settings</a></dd></dl>";
        assert_eq!(found(two), ["/b"]);
        let reset = "<dl><dt>SMTP</dt><dd><a href=/admin/default.html>Advanced Setting</a></dd></dl>";
        assert_eq!(found(reset), Vec::<String>::new());
    }
}
