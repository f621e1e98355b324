//! Whether a device is one of ours, which generation it is and who it says it is. No log-in.

use std::sync::Arc;

use scanfleet_sdk::error::clean;
use scanfleet_sdk::family::words::fold;
use scanfleet_sdk::page::Page;
use scanfleet_sdk::transport::{Request, Session};
use scanfleet_sdk::{Category, DeviceError, Identity, Recognised};

#[cfg(test)]
use crate::family;
use crate::family::{Families, Family};
use crate::problem::place;
use crate::signs::{Sign, classify};

/// What recognising learnt beside the identity.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) lang: String,
    pub(crate) family: Arc<Family>,
    /// Guests may not see the configuration page.
    pub(crate) guest_denied: bool,
}

/// Prepares the cookies as a browser's scripts would, and keeps a session's number from being wiped by a stray `--`.
pub(crate) fn prepare(session: &mut Session) {
    session.set_cookie("cookieOnOffChecker", "on");
    session.guard_cookies(Box::new(|name, new, present| {
        name != "wimsesid" || is_session(new) || !present.is_some_and(is_session)
    }));
}

/// Whether a value of `wimsesid` stands for a session: digits, and not the lone zero of a guest.
pub(crate) fn is_session(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) && value.bytes().any(|b| b != b'0')
}

/// Recognises a device.
pub(crate) async fn recognise(
    families: &Families,
    session: &mut Session,
) -> Result<Option<Recognised>, DeviceError> {
    prepare(session);
    let Some(root) = first_page(session).await? else { return Ok(None) };
    let title = root.document().title();
    let Some(lang) = language(&root) else {
        if !fold(&title).contains("web image monitor") {
            return Ok(None);
        }
        return identify(families, session, "en".to_owned(), &title).await.map(Some);
    };
    identify(families, session, lang, &title).await.map(Some)
}

/// The first page; `None` where the device leads elsewhere than any of ours does.
async fn first_page(session: &mut Session) -> Result<Option<Page>, DeviceError> {
    const TRIED: &str = "read the first page";
    let answer = session.send(Request::get("/", TRIED).no_follow()).await?;
    let mut page = answer.page();
    let (301 | 302 | 303 | 307 | 308, Some(location)) = (answer.status, answer.header("location")) else {
        return Ok(Some(page));
    };
    let Ok(target) = answer.url.join(location) else { return Ok(None) };
    let stays = target.scheme() == answer.url.scheme();
    if stays && target.host() == answer.url.host() && target.path() != "/" {
        // The language is all that is wanted of where it leads; a device of another kind leads outside `/web/`.
        page.url = target;
        return Ok(language(&page).is_some().then_some(page));
    }
    // To https, or to another host (which the session refuses).
    session.get("/", TRIED).await.map(Some)
}

async fn identify(
    families: &Families,
    session: &mut Session,
    lang: String,
    title: &str,
) -> Result<Recognised, DeviceError> {
    const TRIED: &str = "read the configuration page";
    let any = families.all().next_back().cloned().unwrap_or_else(|| Arc::new(Family::empty()));
    let any = any.as_ref();
    let page = session.send(Request::get(configuration("guest", &lang), TRIED)).await?.page();
    let mut denied = !matches!(classify(&page, any), Sign::Ordinary);
    let mut identity = facts(&page, any);
    let mut used = lang.clone();
    if !denied && identity.model.is_empty() && lang != "en" {
        // No family knows this language's labels: any installed language works for this session.
        let english = session.send(Request::get(configuration("guest", "en"), TRIED)).await?.page();
        if classify(&english, any) == Sign::Ordinary {
            let other = facts(&english, any);
            if !other.model.is_empty() {
                "en".clone_into(&mut used);
                identity = other;
            }
        }
    }
    if !denied && identity.model.is_empty() {
        identity = by_shape(&page);
    }
    let mut header = None;
    if identity.model.is_empty() {
        let url = format!("/web/guest/{used}/websys/webArch/header.cgi");
        if let Ok(answer) = session.send(Request::get(url, "read the model from the page head")).await {
            let answer = answer.page();
            identity.model = model_in_header(&answer);
            denied = denied || !identity.model.is_empty();
            header = Some(answer);
        }
    }
    if identity.model.is_empty() && !denied {
        let labels: Vec<String> = page
            .document()
            .facts()
            .into_iter()
            .take(20)
            .map(|(label, _)| format!("\u{201c}{}\u{201d}", clean(&label)))
            .collect();
        let seen = if labels.is_empty() { "no labels at all".to_owned() } else { labels.join(", ") };
        return Err(DeviceError::new(
            Category::UnknownModel,
            TRIED,
            format!("the first page is titled \u{201c}{}\u{201d}, and the configuration page names no model; it shows {seen}", clean(title)),
        )
        .on_page(place(&page))
        .hint("add the page's word for `Model Name` to the family file, or set the device's web language to English")
        .with_capture(session.redact(&page.text)));
    }
    let family = choose(families, &page, header.as_ref(), &identity.model);
    let seen = Seen { lang: used, family, guest_denied: denied };
    "ricoh".clone_into(&mut identity.vendor);
    Ok(Recognised { identity, memory: Box::new(seen) })
}

/// The address of the configuration page.
pub(crate) fn configuration(profile: &str, lang: &str) -> String {
    format!("/web/{profile}/{lang}/websys/status/configuration.cgi")
}

/// The language in the address a page came from or leads to: `web/guest/{lang}/`.
fn language(page: &Page) -> Option<String> {
    let find = |text: &str| {
        let mut rest = text;
        while let Some(at) = rest.find("web/") {
            rest = &rest[at + 4..];
            let Some(after) = rest.strip_prefix("guest/").or_else(|| rest.strip_prefix("entry/")) else {
                continue;
            };
            let lang: String =
                after.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
            let next = after[lang.len()..].chars().next();
            if (2..=8).contains(&lang.len()) && next == Some('/') {
                return Some(lang);
            }
        }
        None
    };
    find(page.url.path()).or_else(|| find(&page.text))
}

/// Reads the identity from a configuration page by its labels.
pub(crate) fn facts(page: &Page, family: &Family) -> Identity {
    let mut identity = Identity { vendor: "ricoh".to_owned(), ..Identity::default() };
    for (label, value) in page.document().facts() {
        let value = clean(&value);
        if value.is_empty() {
            continue;
        }
        if identity.model.is_empty() && family.is("identity.model", &label) {
            identity.model = value;
        } else if identity.serial.is_none() && family.is("identity.serial", &label) {
            identity.serial = Some(value);
        } else if identity.firmware.is_none()
            && family.is("identity.firmware", &label)
            && value.chars().next().is_some_and(|c| c.is_ascii_digit() || c == 'V' || c == 'v')
        {
            identity.firmware = Some(value);
        }
    }
    identity
}

/// Names under which this maker's copiers are sold.
const BRANDS: [&str; 9] =
    ["RICOH", "AFICIO", "LANIER", "SAVIN", "NRG", "GESTETNER", "INFOTEC", "NASHUATEC", "REX-ROTARY"];

/// Reads the identity by the look of the values, for a language whose labels nobody knows.
fn by_shape(page: &Page) -> Identity {
    let mut identity = Identity { vendor: "ricoh".to_owned(), ..Identity::default() };
    for (_, value) in page.document().facts() {
        let value = clean(&value);
        let first = value.split(' ').next().unwrap_or_default().to_ascii_uppercase();
        if identity.model.is_empty() && BRANDS.contains(&first.as_str()) && value.contains(' ') {
            identity.model = value;
        } else if identity.serial.is_none() && looks_like_serial(&value) {
            identity.serial = Some(value);
        }
    }
    identity
}

/// A letter, then letters and at least six digits, ten to twelve in all: `G149R330047`.
fn looks_like_serial(value: &str) -> bool {
    (10..=12).contains(&value.len())
        && value.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && value.bytes().next().is_some_and(|b| b.is_ascii_uppercase())
        && value.bytes().filter(u8::is_ascii_digit).count() >= 6
}

fn model_in_header(page: &Page) -> String {
    let document = page.document();
    let texts = document.texts_of_class("modelName");
    let text = document.text_of_id("modelName").or_else(|| texts.into_iter().next());
    clean(&text.unwrap_or_default())
}

/// The family most of whose signs the pages bear; the newer one where none speaks.
fn choose(families: &Families, page: &Page, header: Option<&Page>, model: &str) -> Arc<Family> {
    families.choose(|name| match name {
        "configuration" => Some(page.text.as_str()),
        "header" => header.map(|page| page.text.as_str()),
        "model" => Some(model),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(path: &str, text: &str) -> Page {
        Page {
            url: format!("http://192.0.2.1{path}").parse().unwrap(),
            status: 200,
            charset: "UTF-8",
            text: text.into(),
        }
    }

    #[test]
    fn the_language_is_read_from_wherever_the_root_leads() {
        for (path, text, lang) in [
            ("/", "location.href=\"/web/guest/fr/websys/webArch/mainFrame.cgi\"", Some("fr")),
            (
                "/",
                "<meta http-equiv=refresh content='1; URL=web/guest/ja/websys/webArch/mainFrame.cgi'>",
                Some("ja"),
            ),
            ("/web/guest/es/websys/webArch/mainFrame.cgi", "<frameset>", Some("es")),
            ("/", "<a href=/web/guests>", None),
        ] {
            assert_eq!(language(&page(path, text)).as_deref(), lang);
        }
    }

    #[test]
    fn both_generations_tell_who_they_are() {
        let rows = "<table><tr><td nowrap>Modellname</td><td nowrap>:</td><td nowrap>RICOH MP C2004</td></tr>
            <tr><td nowrap>Maschinen-ID</td><td>:</td><td>W522JA00123</td></tr><tr><td>System</td><td>:</td><td>1.09</td></tr></table>";
        let terms = "<dl><dt>Model Name</dt><dd class=\"indentColon\">:&nbsp;RICOH IM C3000</dd><dt>Machine ID</dt><dd class=\"indentColon\">:&nbsp;3920M110022</dd></dl>";
        let families = family::embedded().unwrap();
        for (text, model, serial, id) in [
            (rows, "RICOH MP C2004", "W522JA00123", "ricoh-wim-older"),
            (terms, "RICOH IM C3000", "3920M110022", "ricoh-wim-newer"),
        ] {
            let page = page("/x", text);
            let identity = facts(&page, families.everything().last().unwrap());
            assert_eq!((identity.model.as_str(), identity.serial.as_deref()), (model, Some(serial)));
            assert_eq!(choose(&families, &page, None, model).used().id, id);
        }
    }

    #[test]
    fn session_numbers() {
        for (value, session) in
            [("178962527", true), ("--", false), ("0", false), ("", false), ("12a", false)]
        {
            assert_eq!(is_session(value), session, "{value}");
        }
    }
}
