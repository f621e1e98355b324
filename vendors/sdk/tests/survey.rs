//! A walk over a hostile device's pages: own origin, reads only, bounded, one request at a time, no orders.

mod support;

use async_trait::async_trait;
use scanfleet_sdk::page::Page;
use scanfleet_sdk::survey::{Reach, walk};
use scanfleet_sdk::transport::{Access, ReadRule, Session};
use scanfleet_sdk::{
    Capabilities, Category, Certainty, Change, DeviceError, Driver, FamilyUsed, Identity, Observed, Receipt,
    Section, Security, Support,
};
use support::*;

/// A driver that can only open pages.
struct Walker {
    session: Session,
    family: FamilyUsed,
}

impl Walker {
    async fn on(server: &Server) -> Self {
        const READS: &[ReadRule] = &[ReadRule::allow("GET", "*"), ReadRule::deny("GET", "/private/*")];
        let mut options = options(&format!("http://{}", server.address()));
        options.access = Access::ReadOnly(READS);
        let family = FamilyUsed {
            id: "x".into(),
            sha256: String::new(),
            origin: "embedded".into(),
            smtp_write: Certainty::Assumed,
            book_write: None,
        };
        Self { session: Session::connect(options).await.unwrap(), family }
    }
}

fn not_here<T>() -> Result<T, DeviceError> {
    Err(DeviceError::new(Category::Unsupported, "do anything", "a walk only opens pages"))
}

#[async_trait]
impl Driver for Walker {
    fn family(&self) -> &FamilyUsed {
        &self.family
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { smtp: Support::Unknown, test_mail: Support::Unknown, log: Support::Unknown }
    }

    fn can_hold(&self, _: Security, _: u16) -> Result<(), String> {
        Ok(())
    }

    async fn identity(&mut self) -> Result<Identity, DeviceError> {
        not_here()
    }

    async fn login(&mut self) -> Result<(), DeviceError> {
        not_here()
    }

    async fn read(&mut self, _: Section) -> Result<Observed, DeviceError> {
        not_here()
    }

    async fn apply(&mut self, _: &Change) -> Result<Receipt, DeviceError> {
        not_here()
    }

    async fn send_test_mail(&mut self, _: &str) -> Result<Support<String>, DeviceError> {
        not_here()
    }

    async fn fetch_log(&mut self) -> Result<Support<String>, DeviceError> {
        not_here()
    }

    async fn open_page(&mut self, url: &str, tried: &str) -> Result<Page, DeviceError> {
        self.session.get(url, tried).await
    }

    async fn close(&mut self) -> Result<(), DeviceError> {
        Ok(())
    }

    fn session(&self) -> &Session {
        &self.session
    }
}

fn html(body: &str) -> Reply {
    Reply::Keep(page("200 OK", "Content-Type: text/html\r\n", body))
}

#[tokio::test]
async fn orders_strangers_and_denied_pages_are_left_alone() {
    let server = Server::http(|seen| match seen.line() {
        "GET /" => html(
            "<a href='smtp.html'>SMTP</a><a href='smtp.html#2'>again</a><a href='http://192.0.2.1/x'>away</a>
             <a href='//192.0.2.1/y'>away</a><a href='/factory.html'>Factory default</a><a href='/x?do=reboot'>x</a>
             <a href=\"javascript:go('/logout.html')\">Bye</a><a href='/private/a.html'>Private</a>
             <a href='mailto:a@b.example'>mail</a><a href='/logo.png'>logo</a><iframe src='/frame.html'></iframe>",
        ),
        "GET /smtp.html" => html("<title>SMTP</title><form><input name=host></form>"),
        "GET /frame.html" => html("<a href='/'>home</a><a href='/gone.html'>Gone</a>"),
        _ => Reply::Keep(page("302 Found", "Location: http://192.0.2.1/\r\n", "")),
    })
    .await;
    let mut walker = Walker::on(&server).await;
    let survey = walk(&mut walker, Reach::default()).await.unwrap();
    assert_eq!(server.lines(), ["GET /", "GET /smtp.html", "GET /frame.html", "GET /gone.html"]);
    let titles: Vec<&str> = survey.pages.iter().map(|p| p.title.as_str()).collect();
    assert_eq!(titles, ["", "SMTP", ""]);
    assert_eq!(survey.avoided.len(), 4, "{:?}", survey.avoided);
    assert_eq!(survey.failed.len(), 1, "{:?}", survey.failed);
}

#[tokio::test]
async fn a_maze_without_end_ends() {
    let server = Server::http(|seen| {
        let path = seen.line().trim_start_matches("GET ").to_owned();
        let links: String = (0..500).map(|n| format!("<a href='{path}{n}/'>deeper</a>")).collect();
        html(&links)
    })
    .await;
    let mut walker = Walker::on(&server).await;
    let survey = walk(&mut walker, Reach { pages: 20, depth: 3 }).await.unwrap();
    assert_eq!((survey.pages.len(), server.lines().len()), (20, 20));
    assert!(survey.unseen > 0);
}
