//! Walking a device's pages without changing anything, for whoever teaches a new model.
//!
//! One request at a time, the device's own origin only, a bounded number of pages, and never a link whose text or
//! address looks like an order: the session's read-only gate would let a GET pass that a careless device takes for one.

use std::collections::{HashSet, VecDeque};

use url::Url;

use crate::error::clean;
use crate::family::words::fold;
use crate::form::Form;
use crate::page::Page;
use crate::{Category, DeviceError, Driver};

/// How far a walk goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// Pages opened at most.
    pub pages: usize,
    /// Links followed at most from a start page to a page.
    pub depth: usize,
}

impl Default for Reach {
    fn default() -> Self {
        Self { pages: 60, depth: 3 }
    }
}

/// One page that was opened.
#[derive(Debug, Clone)]
pub struct Surveyed {
    /// The page.
    pub page: Page,
    /// Its title.
    pub title: String,
    /// The text of the link that led there; empty for a start page.
    pub link: String,
    /// Its forms.
    pub forms: Vec<Form>,
}

/// What a walk has found.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// The pages, in the order in which they were opened.
    pub pages: Vec<Surveyed>,
    /// Links left alone because they look like orders, or are not on the driver's list of reads: text and path.
    pub avoided: Vec<(String, String)>,
    /// Pages that could not be had: path and reason.
    pub failed: Vec<(String, String)>,
    /// Links that were not followed because the walk had gone far enough.
    pub unseen: usize,
}

/// Parts of words that look like an order, in the languages whose pages were seen and some more.
const ORDERS: &[&str] = &[
    "reset",
    "delete",
    "remove",
    "erase",
    "clear",
    "default",
    "factory",
    "reboot",
    "restart",
    "firmware",
    "update",
    "upgrade",
    "initiali",
    "logout",
    "log out",
    "logoff",
    "log off",
    "signout",
    "sign out",
    "shutdown",
    "shut down",
    "power off",
    "poweroff",
    "import",
    "upload",
    "execute",
    "apply",
    "submit",
    "cancel",
    "testmail",
    "test print",
    "testprint",
    "print list",
    "supprimer",
    "effacer",
    "reinitialis",
    "redemarr",
    "deconnex",
    "fermer la session",
    "loschen",
    "zurucksetz",
    "neustart",
    "neu starten",
    "abmeld",
    "aktualisier",
    "eliminar",
    "borrar",
    "restablecer",
    "reiniciar",
    "restaurar",
    "cerrar sesion",
    "desconect",
    "inicializ",
    "elimina",
    "cancella",
    "ripristin",
    "riavvi",
    "inizializz",
    "disconnet",
    "verwijder",
    "opnieuw opstart",
    "afmeld",
    "uitloggen",
    "apagar",
    "redefinir",
    "初期化",
    "削除",
    "再起動",
    "ログアウト",
    "삭제",
    "초기화",
    "다시 시작",
    "로그아웃",
    "刪除",
    "删除",
    "重設",
    "重置",
    "重新啟動",
    "重新启动",
    "登出",
    "注销",
];

/// Addresses of orders by the habit of web servers: `mailSet.cgi`, `x_set.php`, `doIt.cgi`.
fn is_order_address(url: &Url) -> bool {
    let last = url.path().rsplit('/').next().unwrap_or_default();
    let stem = last.split('.').next().unwrap_or_default();
    let humps = stem.ends_with("Set")
        || stem.ends_with("SetFunc")
        || stem.ends_with("Write")
        || stem.ends_with("Exec");
    let lower = stem.to_ascii_lowercase();
    humps
        || lower.ends_with("_set")
        || lower.ends_with("-set")
        || lower.starts_with("set_")
        || lower.starts_with("do_")
}

/// Whether a link looks like an order rather than a way to a page.
pub fn looks_like_an_order(text: &str, url: &Url) -> bool {
    let said = fold(text);
    let mut address = url.path().to_owned();
    if let Some(query) = url.query() {
        address.push('?');
        address.push_str(query);
    }
    // A device decodes `%2d` before it looks.
    let address = percent_decoded(&address);
    let spaced = fold(&address);
    let tight = spaced.replace(' ', "");
    ORDERS.iter().any(|order| {
        let folded = fold(order);
        said.contains(&folded)
            || spaced.contains(&folded)
            || order.is_ascii() && tight.contains(&folded.replace(' ', ""))
    }) || is_order_address(url)
}

fn percent_decoded(text: &str) -> String {
    let pair = text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(pair.as_bytes()).map(|(name, _)| name.into_owned()).collect()
}

/// Files that are no pages.
fn is_no_page(url: &Url) -> bool {
    const SUFFIXES: [&str; 18] = [
        "js", "xjs", "css", "png", "gif", "jpg", "jpeg", "ico", "svg", "pdf", "zip", "exe", "dlm", "csv",
        "xml", "bin", "crt", "pem",
    ];
    let last = url.path().rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    last.rsplit_once('.').is_some_and(|(_, suffix)| SUFFIXES.contains(&suffix))
}

struct Stop {
    url: Url,
    text: String,
    depth: usize,
}

/// Walks the pages of a signed-in session from the driver's start pages on.
///
/// # Errors
/// None of the start pages could be read, or something failed that concerns the whole session (interrupted, log-in
/// refused, workspace). A single page that fails is only noted.
pub async fn walk(driver: &mut dyn Driver, reach: Reach) -> Result<Survey, DeviceError> {
    let origin = driver.session().origin().clone();
    let mut survey = Survey::default();
    let mut queue: VecDeque<Stop> = driver
        .start_pages()
        .iter()
        .filter_map(|path| origin.join(path).ok())
        .map(|url| Stop { url, text: String::new(), depth: 0 })
        .collect();
    let mut met: HashSet<Url> = queue.iter().map(|stop| stop.url.clone()).collect();
    let mut first_failure = None;
    while let Some(stop) = queue.pop_front() {
        if survey.pages.len() + survey.failed.len() >= reach.pages {
            survey.unseen += queue.len() + 1;
            break;
        }
        let page = match driver.open_page(stop.url.as_str(), "look at a page").await {
            Ok(page) => page,
            Err(error) if concerns_all(&error) => return Err(error),
            Err(error) => {
                survey.failed.push((clean(stop.url.path()), error.got.clone()));
                first_failure.get_or_insert(error);
                continue;
            }
        };
        let origin = driver.session().origin().clone();
        let (title, forms, ways) = {
            let document = page.document();
            let mut ways: Vec<(String, Url)> = document
                .links()
                .into_iter()
                .filter_map(|link| link.target.map(|target| (link.text, target)))
                .collect();
            ways.extend(document.frames());
            (clean(&document.title()), document.forms(), ways)
        };
        for (text, mut url) in ways {
            url.set_fragment(None);
            if url.origin() != origin.origin() || is_no_page(&url) || !met.insert(url.clone()) {
                continue;
            }
            if looks_like_an_order(&text, &url) || !driver.session().may_read(&url) {
                survey.avoided.push((clean(&text), clean(url.path())));
            } else if stop.depth >= reach.depth || queue.len() >= reach.pages {
                survey.unseen += 1;
            } else {
                queue.push_back(Stop { url, text, depth: stop.depth + 1 });
            }
        }
        survey.pages.push(Surveyed { page, title, link: clean(&stop.text), forms });
    }
    match (survey.pages.is_empty(), first_failure) {
        (true, Some(error)) => Err(error),
        _ => Ok(survey),
    }
}

/// Failures after which no other page could be had either, or must not be asked for.
fn concerns_all(error: &DeviceError) -> bool {
    error.fault == crate::Fault::Workspace
        || matches!(
            error.category,
            Category::AuthRefused
                | Category::LockedOut
                | Category::Tls
                | Category::Unreachable
                | Category::Unsupported
        )
        || error.category == Category::Interrupted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(text: &str, path: &str) -> bool {
        looks_like_an_order(text, &Url::parse("http://192.0.2.1/").unwrap().join(path).unwrap())
    }

    #[test]
    fn orders_are_told_from_pages() {
        for (text, path) in [
            ("Reset Settings", "x.cgi"),
            ("x", "/a/factoryDefault.cgi"),
            ("Log-out", "x.cgi"),
            ("Abmelden", "x.cgi"),
            ("Réinitialiser", "x.cgi"),
            ("x", "/a.cgi?action=delete&id=1"),
            ("x", "/mailConfSet.cgi"),
            ("再起動", "/a"),
            ("x", "/web/log%2dout.cgi"),
            ("", "/web/entry/logout.cgi"),
        ] {
            assert!(order(text, path), "{text} {path}");
        }
        for (text, path) in [
            ("E-mail", "/web/entry/en/mailConfGet.cgi"),
            ("Settings", "/settings.php?page=smtp"),
            ("SMTP", "/setup/smtp.html"),
            ("Address Book", "/adrsList.cgi"),
            ("Adresse", "/adresse.cgi"),
        ] {
            assert!(!order(text, path), "{text} {path}");
        }
    }
}
