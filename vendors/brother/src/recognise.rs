//! Whether a device is one of ours, which generation it is and who it says it is. No log-in.

use std::sync::Arc;

use scanfleet_sdk::error::clean;
use scanfleet_sdk::page::Page;
use scanfleet_sdk::transport::{Request, Session};
use scanfleet_sdk::{Category, DeviceError, Identity, Recognised, Rerun};

use crate::door::{Door, door};
use crate::facts::{self, Name};
use crate::family::{Families, Family, STATUS_PAGES, csv_page, information_page};
use crate::problem;

/// What recognising learnt beside the identity.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) family: Arc<Family>,
    /// The start page, with the log-in form.
    pub(crate) front: Page,
    /// The page that was read last; its tokens are the fresh ones.
    pub(crate) last: Page,
    /// The pages are made by script.
    pub(crate) script: bool,
}

const TRIED: &str = "read the first page";

/// Recognises a device.
pub(crate) async fn recognise(
    families: &Families,
    session: &mut Session,
) -> Result<Option<Recognised>, DeviceError> {
    let mut broken = None;
    for path in status_pages(families) {
        let Some((page, server)) = probe(session, &path).await? else { continue };
        match page.status {
            200..300 if is_ours(&page)? => {
                if facts::server_of_other(&server) {
                    let mut names = facts::names(&page);
                    let header = Name::new("its web server", &server);
                    names.push(header.clone());
                    return Err(contradiction(&page, &names, &header));
                }
                return identify(families, session, page).await.map(Some);
            }
            500..600 => broken = Some(page),
            _ => {}
        }
    }
    match broken {
        // A web server that is starting answers so; who it is cannot be told now.
        Some(page) => Err(problem::status(session, &page, TRIED)),
        None => Ok(None),
    }
}

/// Start pages to try, the families' own first, each once.
fn status_pages(families: &Families) -> Vec<String> {
    let mut all: Vec<String> = STATUS_PAGES.iter().map(|path| (*path).to_owned()).collect();
    for path in families.all().filter_map(|family| family.fact("status_page")) {
        if path.starts_with('/') && !all.iter().any(|known| known == path) {
            all.push(path.to_owned());
        }
    }
    all
}

/// Opens a start page, and tells what its web server calls itself; `None` where the device leads elsewhere than any of
/// ours does.
async fn probe(session: &mut Session, path: &str) -> Result<Option<(Page, String)>, DeviceError> {
    let answer = session.send(Request::get(path, TRIED).no_follow()).await?;
    let server = clean(answer.header("server").unwrap_or_default());
    let (301 | 302 | 303 | 307 | 308, Some(location)) = (answer.status, answer.header("location")) else {
        return Ok(Some((answer.page(), server)));
    };
    let Ok(target) = answer.url.join(location) else { return Ok(None) };
    let secured = answer.url.scheme() == "http" && target.scheme() == "https";
    if target.host() != answer.url.host() || !(secured || target.origin() == answer.url.origin()) {
        return Ok(None);
    }
    // Another maker's device sends every stranger to its own first page: only the same page or one of ours is followed.
    if target.path() != path && !STATUS_PAGES.contains(&target.path()) {
        return Ok(None);
    }
    session.get(target.as_str(), TRIED).await.map(|page| Some((page, server)))
}

/// Whether a page is one of ours: by the maker's name, or by the skeleton that all of its pages share.
///
/// # Errors
/// It names this maker and another, or it is built like ours and names another.
fn is_ours(page: &Page) -> Result<bool, DeviceError> {
    let names = facts::names(page);
    let brother = names.iter().any(|name| facts::says_brother(&name.text));
    let document = page.document();
    let has = |id: &str| document.text_of_id(id).is_some();
    let header = has("LogBox") || has("LogInOutBox") || !matches!(door(page, None), Door::Unknown);
    let skeleton = has("modelName") && (header || has("headerFrame"));
    let script = page.url.path().starts_with("/EWS/") && page.text.to_ascii_lowercase().contains("<script");
    let other = names.iter().find(|name| facts::says_other(&name.text).is_some());
    match other {
        Some(other) if brother || skeleton => Err(contradiction(page, &names, other)),
        Some(_) => Ok(false),
        None => Ok(brother || skeleton || script),
    }
}

/// A device that says Brother in one place and another maker in another.
fn contradiction(page: &Page, names: &[Name], other: &Name) -> DeviceError {
    let seen: Vec<String> = names.iter().filter(|name| *name != other).map(Name::to_string).collect();
    let seen = if seen.is_empty() { String::new() } else { format!("; {}", seen.join("; ")) };
    DeviceError::new(
        Category::UnknownModel,
        "find out what the device is",
        format!("its pages are built like Brother's, and {other}{seen}"),
    )
    .on_page(problem::place(page))
    .hint("open it in a browser to see what answers there; nothing was sent to this device")
    .rerun(Rerun::AfterMending)
}

/// Stops where an information page names another maker than the start page, whose model is `known`.
pub(crate) fn agree(page: &Page, known: &str, model: &str) -> Result<(), DeviceError> {
    let mut names = facts::names(page);
    names.push(Name::new("the model that it tells", model));
    names.push(Name::new("the first page's head", known));
    names.retain(|name| !name.text.is_empty());
    match names.iter().find(|name| facts::says_other(&name.text).is_some()) {
        Some(other) => Err(contradiction(page, &names, other)),
        None => Ok(()),
    }
}

async fn identify(
    families: &Families,
    session: &mut Session,
    front: Page,
) -> Result<Recognised, DeviceError> {
    let mut identity =
        Identity { vendor: "brother".to_owned(), model: facts::model_of_head(&front), ..Identity::default() };
    let script = matches!(door(&front, None), Door::Unknown);
    let family = choose(families, &front, &identity.model, script);
    let mut last = front.clone();
    if !script {
        const TRIED: &str = "read who the device is";
        let page = session.get(information_page(&family), TRIED).await?;
        if page.status == 200 {
            take(&mut identity, facts::of_page(&page, &family), &page)?;
        }
        last = page;
        if identity.serial.is_none() {
            // Kept for administrators, or in words that nobody knows: the file may be open.
            let page = session.get(csv_page(&family), TRIED).await?;
            if let Some(found) = facts::of_csv(&page, &family) {
                take(&mut identity, found, &page)?;
            }
            last = page;
        }
    }
    // A user's family may be made for one model.
    let family = choose(families, &front, &identity.model, script);
    let memory = Seen { family, front, last, script };
    Ok(Recognised { identity, memory: Box::new(memory) })
}

/// Takes over what a page tells.
pub(crate) fn take(identity: &mut Identity, found: Identity, page: &Page) -> Result<(), DeviceError> {
    agree(page, &identity.model, &found.model)?;
    if !found.model.is_empty() {
        identity.model = found.model;
    }
    identity.serial = found.serial.or(identity.serial.take());
    identity.firmware = found.firmware.or(identity.firmware.take());
    Ok(())
}

/// The family most of whose signs the device bears.
fn choose(families: &Families, front: &Page, model: &str, script: bool) -> Arc<Family> {
    let door = if script { "script: no password field" } else { "form" };
    families.choose(|name| match name {
        "status" => Some(front.text.as_str()),
        "path" => Some(front.url.path()),
        "door" => Some(door),
        "model" => Some(model),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(path: &str, text: &str) -> Page {
        let url = format!("http://192.0.2.1{path}").parse().unwrap();
        Page { url, status: 200, charset: "windows-1252", text: text.into() }
    }

    const BOX: &str =
        "<form method=post><input type=password id=LogBox name=B126><input type=hidden name=loginurl></form>";

    #[test]
    fn generations_by_their_signs() {
        let families = crate::family::embedded().unwrap();
        for (path, text, script, id) in [
            ("/general/status.html", "<div id=headerFrameContainerLeft>", false, "brother-wbm-b"),
            ("/general/status.html", "<div id=headerFrameContainer>", false, "brother-wbm-c"),
            ("/general/status.html", "<input name=CSRFToken>", false, "brother-wbm-c"),
            ("/home/status.html", "<div id=LogInOutBox>", false, "brother-wbm-c2"),
            ("/home/status.html", "", false, "brother-wbm-c2"),
            ("/EWS/home/status.html", "<script>", true, "brother-script"),
            ("/home/status.html", "<div id=LogInOutBox>", true, "brother-script"),
        ] {
            assert_eq!(choose(&families, &page(path, text), "", script).id(), id, "{path} {text}");
        }
    }

    #[test]
    fn ours_another_makers_or_both() {
        let ours =
            format!("<title>Brother MFC-L1 series</title><div id=modelName><h1>MFC-L1</h1></div>{BOX}");
        assert!(is_ours(&page("/general/status.html", &ours)).unwrap());
        let rebadged =
            format!("<title>Apeos 4620</title><div id=modelName><h1>Apeos 4620 SZ</h1></div>{BOX}");
        assert!(is_ours(&page("/home/status.html", &rebadged)).unwrap());
        assert!(!is_ours(&page("/", "<title>Xerox WorkCentre 7835</title>")).unwrap());
        assert!(!is_ours(&page("/", "<title>Sign in</title>")).unwrap());
        for both in [
            format!("<title>Xerox</title><div id=modelName>MFC-L1</div>{BOX}"),
            "<title>Brother MFC-L1 series</title><div id=modelName><h1>Xerox AltaLink C8155</h1></div>"
                .to_owned(),
            format!("<div id=modelName>FX M115</div><p id=copyright>Fuji Xerox</p>{BOX}"),
        ] {
            let error = is_ours(&page("/general/status.html", &both)).unwrap_err();
            assert_eq!(error.category, Category::UnknownModel);
            assert!(error.got.contains("Xerox"), "{error}");
        }
        // A customer's own words are nobody's maker.
        let place = format!("{ours}<li class=location>Location: Xerox room</li>");
        assert!(is_ours(&page("/general/status.html", &place)).unwrap());
    }
}
