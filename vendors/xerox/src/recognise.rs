//! Whether a device is one of ours, which generation it is and who it says it is. No log-in.

use std::sync::Arc;

use scanfleet_sdk::error::clean;
use scanfleet_sdk::page::Page;
use scanfleet_sdk::transport::{Request, Session};
use scanfleet_sdk::{Category, DeviceError, Identity, Recognised};

use crate::family::{Families, Family, fact, refusal};
use crate::problem::place;
use crate::soap;

/// What recognising learnt beside the identity.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) family: Arc<Family>,
    /// Visitors are shown a link that logs out.
    pub(crate) guests_may_leave: bool,
}

const TRIED: &str = "find out what the device is";

/// Recognises a device.
pub(crate) async fn recognise(
    families: &Families,
    session: &mut Session,
) -> Result<Option<Recognised>, DeviceError> {
    let Some((root, server)) = first_page(session).await? else { return Ok(None) };
    refuse_other_generations(families, session, &root)?;
    let leads_away = !(root.url.path() == "/" || root.url.path().to_ascii_lowercase().ends_with(".php"));
    if leads_away {
        return Ok(None);
    }
    let any = families
        .all()
        .rev()
        .find(|f| refusal(f).is_none())
        .cloned()
        .unwrap_or_else(|| Arc::new(Family::empty()));
    let foreign = !is_ours(&root) && is_another_makers(&root);
    let page = match session.get(fact(&any, "configuration"), "read the configuration page").await {
        // A stranger's web server may do anything with an address of ours.
        Err(_) if foreign => return Ok(None),
        page => page?,
    };
    let mut identity = facts(&page, &any);
    if foreign {
        if names_us(&identity.model) {
            return Err(two_makers(&root, &identity.model));
        }
        return Ok(None);
    }
    if !is_ours(&root) && !names_us(&identity.model) && !is_ours(&page) {
        return Ok(None);
    }
    let mut said: Vec<(&str, String)> = Vec::new();
    let mut note = |place: &'static str, model: &str| {
        if !model.is_empty() {
            said.push((place, model.to_owned()));
        }
    };
    note("the first page", &product(&root));
    if BROTHERS_SERVER.iter().any(|word| server.to_ascii_lowercase().starts_with(word)) {
        note("the web server, which is Brother's,", &server);
    }
    note("the configuration page", &identity.model);
    let told = soap::ask(session).await?;
    if let Some(told) = &told {
        note("the device-configuration service", &told.model);
    }
    if identity.model.is_empty()
        && product(&root).is_empty()
        && told.as_ref().is_none_or(|t| t.model.is_empty())
    {
        let header = session.get(fact(&any, "header"), "read the page head").await?;
        note("the page head", &product(&header));
    }
    consistent(&root, &said)?;
    let Some((_, model)) = said.iter().find(|(place, _)| *place == "the configuration page").or(said.first())
    else {
        return Err(unknown(session, &page));
    };
    identity.model = branded(model);
    if let Some(told) = told {
        identity.serial = told.serial.or(identity.serial);
        identity.firmware = identity.firmware.or(told.firmware);
    }
    if identity.serial.is_none() {
        identity.serial = serial_beside_name(&root);
    }
    let family = choose(families, &root, &identity.model);
    let guests_may_leave = crate::driver::log_out_link(&root, &family).is_some();
    "xerox".clone_into(&mut identity.vendor);
    Ok(Some(Recognised { identity, memory: Box::new(Seen { family, guests_may_leave }) }))
}

/// What only Brother's web server calls itself.
const BROTHERS_SERVER: [&str; 2] = ["debut", "brother"];

/// A device whose first page is another maker's and whose configuration page is ours.
fn two_makers(root: &Page, model: &str) -> DeviceError {
    let document = root.document();
    let (title, text) = (document.title(), document.visible_text());
    let (place, said) = match (other_maker(&title), other_maker(&text)) {
        (Some(_), _) => ("the title of the first page", clean(&title)),
        (None, maker) => ("the text of the first page", maker.unwrap_or_default().to_owned()),
    };
    contradiction(
        root,
        format!(
            "{place} says \u{201c}{said}\u{201d}, and the configuration page says \u{201c}{}\u{201d}",
            clean(model)
        ),
    )
}

fn contradiction(root: &Page, text: String) -> DeviceError {
    DeviceError::new(Category::UnknownModel, TRIED, text)
        .on_page(place(root))
        .hint("look whether a proxy or another device answers at this address; nothing was sent to it")
        .rerun(scanfleet_sdk::Rerun::AfterMending)
}

/// The first page, and what its web server calls itself; `None` where the device leads elsewhere than any of ours does.
async fn first_page(session: &mut Session) -> Result<Option<(Page, String)>, DeviceError> {
    const TRIED: &str = "read the first page";
    let answer = session.send(Request::get("/", TRIED).no_follow()).await?;
    let mut page = answer.page();
    let server = clean(answer.header("server").unwrap_or_default());
    // Some generations say who they are in the head of the answer only.
    if !server.is_empty() && !server.contains("--") {
        page.text = format!("<!-- Server: {server} -->\n{}", page.text);
    }
    let (301 | 302 | 303 | 307 | 308, Some(location)) = (answer.status, answer.header("location")) else {
        return Ok(Some((page, server)));
    };
    let Ok(target) = answer.url.join(location) else { return Ok(None) };
    let path = target.path().to_ascii_lowercase();
    let stays = target.scheme() == answer.url.scheme() && target.host() == answer.url.host();
    if stays && path != "/" && !path.ends_with(".php") {
        // Where it leads tells which generation it is; nothing more is asked of a device that is none of ours.
        let text = format!("{path} {}", page.text);
        return Ok(Some((Page { url: target, text, ..page }, server)));
    }
    // To a page of ours, to https, or to another host (which the session refuses).
    session.get("/", TRIED).await.map(|page| Some((page, server)))
}

/// Stops at the generations that are recognised only, naming what was seen.
fn refuse_other_generations(families: &Families, session: &Session, root: &Page) -> Result<(), DeviceError> {
    let source = source(root);
    let low = source.to_ascii_lowercase();
    // A page of ours may speak of others, too.
    if low.contains("productname") || low.contains("xerox.set") {
        return Ok(());
    }
    let found = families.all().filter(|f| refusal(f).is_some()).map(|family| {
        let seen: Vec<&str> = family
            .signs()
            .iter()
            .filter(|sign| sign.page == "root" && sign.is_in(&source))
            .filter_map(|sign| sign.contains.as_deref())
            .collect();
        (family, seen)
    });
    let Some((family, seen)) = found.max_by_key(|(_, seen)| seen.len()).filter(|(_, seen)| !seen.is_empty())
    else {
        return Ok(());
    };
    // These servers stand in other makers' devices as well.
    let shared = seen.iter().any(|s| s.contains("hashHome") || s.contains("xux"));
    if !shared && !["xerox", "versalink", "phaser", "workcentre"].iter().any(|word| low.contains(word)) {
        return Ok(());
    }
    let title = clean(&root.document().title());
    let named = if title.is_empty() { String::new() } else { format!(", titled \u{201c}{title}\u{201d}") };
    let seen = seen.iter().map(|s| format!("`{s}`")).collect::<Vec<_>>().join(", ");
    Err(DeviceError::new(
        Category::UnknownModel,
        TRIED,
        format!("its first page{named}, holds {seen}: that is {}", refusal(family).unwrap_or_default()),
    )
    .on_page(place(root))
    .hint("set this device up by hand; nothing was sent to it but the request for its first page")
    .with_capture(session.redact(&root.text)))
}

/// What is compared with a family's signs: the address and the source.
fn source(page: &Page) -> String {
    format!("{}\n{}", page.url.path(), page.text)
}

fn names_us(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["xerox", "workcentre", "altalink", "versalink", "colorqube"].iter().any(|word| text.contains(word))
}

fn is_ours(page: &Page) -> bool {
    let text = page.text.to_ascii_lowercase();
    names_us(&text) || text.contains("centreware") || text.contains("id=\"productname\"")
}

/// Other makers, by the words their first pages bear.
const OTHERS: [&str; 14] = [
    "brother",
    "ricoh",
    "web image monitor",
    "canon",
    "kyocera",
    "konica",
    "minolta",
    "sharp",
    "lexmark",
    "hewlett",
    "toshiba",
    "epson",
    "lanier",
    "fujifilm",
];

fn other_maker(text: &str) -> Option<&'static str> {
    let text = text.to_ascii_lowercase();
    let bounded = |word: &str| {
        text.match_indices(word).any(|(at, _)| {
            let edge = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
            edge(text[..at].chars().next_back()) && edge(text[at + word.len()..].chars().next())
        })
    };
    OTHERS.into_iter().find(|word| bounded(word))
}

fn is_another_makers(page: &Page) -> bool {
    let document = page.document();
    other_maker(&document.title()).is_some() || other_maker(&document.visible_text()).is_some()
}

/// A device is of one maker and one model, wherever it says so.
fn consistent(root: &Page, said: &[(&str, String)]) -> Result<(), DeviceError> {
    let contradiction = |text: String| Err(contradiction(root, text));
    let title = clean(&root.document().title());
    let all = std::iter::once(("the title of the first page", title.clone())).chain(said.iter().cloned());
    for (place, text) in all {
        let brothers = place.contains("Brother's").then_some("brother");
        if let Some(maker) = other_maker(&text).or(brothers)
            && !names_us(&text)
        {
            let ours = said.iter().find(|(_, model)| names_us(model));
            let against = ours.map_or_else(
                || "its other pages are a Xerox's".to_owned(),
                |(other, model)| format!("{other} says \u{201c}{}\u{201d}", clean(model)),
            );
            return contradiction(format!(
                "{place} says \u{201c}{}\u{201d} ({maker}), and {against}",
                clean(&text)
            ));
        }
    }
    for (index, (place, one)) in said.iter().enumerate() {
        for (other_place, other) in &said[index + 1..] {
            let (a, b) = (numbers(one), numbers(other));
            if !a.is_empty() && !b.is_empty() && !a.iter().any(|n| b.contains(n)) {
                return contradiction(format!(
                    "{place} says \u{201c}{}\u{201d}, and {other_place} says \u{201c}{}\u{201d}",
                    clean(one),
                    clean(other)
                ));
            }
        }
    }
    Ok(())
}

/// The words of a model name that hold a digit: `c8155`, `7835`.
fn numbers(model: &str) -> Vec<String> {
    let words = model.split(|c: char| !c.is_alphanumeric());
    words.filter(|w| w.bytes().any(|b| b.is_ascii_digit())).map(str::to_ascii_lowercase).collect()
}

/// The product's name in the page head, in the words of the configuration page.
pub(crate) fn product(page: &Page) -> String {
    let text = page.document().text_of_id("productName").unwrap_or_default();
    let text: String = text.chars().filter(|c| !matches!(c, '®' | '™' | '©')).collect();
    let text = clean(&text);
    text.trim_end_matches("Multifunction Printer").trim_end_matches("Printer").trim().to_owned()
}

/// `XEROX WorkCentre 7835` and `VersaLink B415` as the configuration page would write them.
fn branded(model: &str) -> String {
    let model = clean(model);
    match model.split_once(' ') {
        Some((first, rest)) if first.eq_ignore_ascii_case("xerox") => format!("Xerox {}", rest.trim()),
        _ if names_us(&model) => format!("Xerox {model}"),
        _ => model,
    }
}

/// Reads the identity from the configuration page by its labels.
pub(crate) fn facts(page: &Page, family: &Family) -> Identity {
    let mut identity = Identity { vendor: "xerox".to_owned(), ..Identity::default() };
    if !(200..300).contains(&page.status) || page.url.path().ends_with("/login.php") {
        return identity;
    }
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
            && value.starts_with(|c: char| c.is_ascii_digit())
        {
            identity.firmware = Some(value);
        }
    }
    if identity.model.is_empty() {
        identity.model = product(page);
    }
    identity
}

/// The serial number on the description page.
pub(crate) fn serial_of_description(page: &Page, family: &Family) -> Option<String> {
    // The number stands somewhere inside that element, beside its label in some.
    let text = page.document().text_of_id("widSerNum").map(|t| clean(&t)).unwrap_or_default();
    let mut numbers = text.split_whitespace().filter(|t| is_serial(t));
    let shown = match (numbers.next(), numbers.next()) {
        (Some(one), None) => Some(one.to_owned()),
        _ => None,
    };
    shown.or_else(|| facts(page, family).serial)
}

/// The home page of AltaLinks shows the serial number behind an underscore.
fn serial_beside_name(root: &Page) -> Option<String> {
    let name = root.document().text_of_id("device-name")?;
    let (_, serial) = name.rsplit_once('_')?;
    Some(clean(serial)).filter(|s| is_serial(s))
}

fn is_serial(text: &str) -> bool {
    (6..=16).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
        && text.bytes().filter(u8::is_ascii_digit).count() >= 4
}

/// The family most of whose signs the device bears, among those that are driven.
pub(crate) fn choose(families: &Families, root: &Page, model: &str) -> Arc<Family> {
    let source = source(root);
    let mut best: Option<(&Arc<Family>, usize)> = None;
    for family in families.all().filter(|f| refusal(f).is_none()) {
        let score = family.score(|page| match page {
            "root" => Some(source.as_str()),
            "model" => Some(model),
            _ => None,
        });
        if best.is_none_or(|(_, most)| score >= most) {
            best = Some((family, score));
        }
    }
    best.map_or_else(|| Arc::new(Family::empty()), |(family, _)| Arc::clone(family))
}

fn unknown(session: &Session, page: &Page) -> DeviceError {
    let labels: Vec<String> = page
        .document()
        .facts()
        .into_iter()
        .take(20)
        .map(|(label, _)| format!("\u{201c}{}\u{201d}", clean(&label)))
        .collect();
    let seen = if labels.is_empty() { "no labels at all".to_owned() } else { labels.join(", ") };
    DeviceError::new(
        Category::UnknownModel,
        TRIED,
        format!("neither its configuration page nor the device-configuration service names a model; the page shows {seen}"),
    )
    .on_page(place(page))
    .hint("add the page's word for `Machine Model` to the family file, or set the device's web language to English")
    .with_capture(session.redact(&page.text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family;

    fn page(text: &str) -> Page {
        let url = "http://192.0.2.1/".parse().unwrap();
        Page { url, status: 200, charset: "UTF-8", text: text.into() }
    }

    #[test]
    fn product_names_in_both_spellings() {
        for (html, model) in [
            ("<div id=\"productName\">XEROX WorkCentre 7835</div>", "Xerox WorkCentre 7835"),
            (
                "<div id=\"productName\"><sup> </sup>VersaLink<sup>&reg; </sup>B415 Multifunction Printer </div>",
                "Xerox VersaLink B415",
            ),
        ] {
            assert_eq!(branded(&product(&page(html))), model);
        }
    }

    #[test]
    fn a_device_of_two_makers_or_models_is_nobodys() {
        let title = |t: &str| page(&format!("<title>{t}</title>"));
        let said = |models: &[&str]| -> Vec<(&'static str, String)> {
            models.iter().map(|m| ("a page", (*m).to_owned())).collect()
        };
        assert!(consistent(&title("x"), &said(&["Xerox AltaLink C8155", "AltaLink C8155"])).is_ok());
        let error = consistent(&title("Brother MFC-L8900CDW"), &said(&["Xerox AltaLink C8155"])).unwrap_err();
        assert!(error.category == Category::UnknownModel && error.got.contains("brother"), "{error}");
        assert!(consistent(&title("x"), &said(&["Xerox AltaLink C8155", "Brother MFC-L8900CDW"])).is_err());
        assert!(consistent(&title("x"), &said(&["Xerox AltaLink C8155", "Xerox AltaLink C8055"])).is_err());
        assert!(is_another_makers(&title("RICOH")) && !is_another_makers(&title("Canonical")));
    }

    #[test]
    fn each_model_has_its_family() {
        let families = family::embedded().unwrap();
        for (model, id) in [
            ("Xerox WorkCentre 7835", "xerox-workcentre"),
            ("Xerox ColorQube 9301", "xerox-workcentre"),
            ("Xerox AltaLink C8155", "xerox-altalink"),
            ("Xerox VersaLink C415", "xerox-versalink-php"),
        ] {
            assert_eq!(choose(&families, &page(""), model).id(), id);
        }
    }
}
