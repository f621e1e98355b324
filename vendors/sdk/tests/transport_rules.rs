//! What may leave, where to, and who hears of it: gate, witness, redirects, cookies, transcript.

mod support;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use base64::Engine as _;
use scanfleet_sdk::form::Submission;
use scanfleet_sdk::transport::{
    Access, Effect, Limits, ReadRule, Request, Session, SessionOptions, Transcript, redact_page,
};
use scanfleet_sdk::{Category, Fault, Rerun, Secret, Section};
use support::*;

fn ok(body: &str) -> Reply {
    Reply::Keep(page("200 OK", "", body))
}

fn redirect(status: u16, to: &str) -> Reply {
    Reply::Keep(page(&format!("{status} Moved"), &format!("Location: {to}\r\n"), "moved"))
}

fn http(server: &Server) -> SessionOptions {
    options(&format!("http://{}", server.address()))
}

async fn writing(server: &Server) -> (Session, Arc<Ledger>) {
    let ledger = Arc::new(Ledger::default());
    let mut options = http(server);
    options.access = Access::ReadWrite(ledger.clone());
    (Session::connect(options).await.unwrap(), ledger)
}

#[tokio::test]
async fn what_the_gate_refuses_leaves_no_byte() {
    const READS: &[ReadRule] = &[
        ReadRule::allow("GET", "/web/*"),
        ReadRule::deny("GET", "*set.cgi"),
        ReadRule::allow("POST", "/web/login.cgi"),
    ];
    let server = Server::http(|_| ok("x")).await;
    let mut options = http(&server);
    options.access = Access::ReadOnly(READS);
    let mut session = Session::connect(options).await.unwrap();
    let post = |url: &str, effect: Effect| {
        let mut request = write(url);
        request.effect = effect;
        request
    };
    for request in [
        Request::get("/other", "read"),
        Request::get("/web/mailSet.cgi?a=b", "read"),
        Request::get("/web/mail%53ET.cgi", "read"),
        Request::get("/web/x.cgi", "log out")
            .effect(Effect::Write { section: Section::Smtp, what: "x".into() }),
        post("/web/status.cgi", Effect::Read),
        post("/web/status.cgi", Effect::Login),
        post("/logout.cgi", Effect::Logout),
        write("/web/login.cgi"),
    ] {
        let (method, url) = (request.method, request.url.clone());
        let error = session.send(request).await.unwrap_err();
        assert_eq!((error.category, error.answer_lost), (Category::Interrupted, false));
        assert!(error.got.contains("read-only gate") && error.got.contains(method), "{url}: {error}");
    }
    assert_eq!(server.bytes(), 0);
    session.send(post("/WEB/login.cgi", Effect::Login)).await.unwrap();
    session.get("/web/status.cgi", "read").await.unwrap();
    assert_eq!(server.lines(), ["POST /WEB/login.cgi", "GET /web/status.cgi"]);
    assert_eq!(session.facts().requests, 2);
}

#[tokio::test]
async fn a_redirect_passes_the_gate_too() {
    const READS: &[ReadRule] = &[ReadRule::allow("GET", "/web/*")];
    let server = Server::http(|_| redirect(302, "/reset.cgi")).await;
    let mut options = http(&server);
    options.access = Access::ReadOnly(READS);
    let mut session = Session::connect(options).await.unwrap();
    let error = session.get("/web/x", "read").await.unwrap_err();
    assert!(error.got.contains("/reset.cgi"), "{error}");
    assert_eq!(server.lines(), ["GET /web/x"]);
}

#[tokio::test]
async fn the_intent_is_stored_before_the_write_leaves() {
    let ledger = Arc::new(Ledger::default());
    let events = ledger.events.clone();
    let server = Server::http(move |seen: &Seen| {
        events.lock().unwrap().push(format!("arrive {}", seen.line()));
        if seen.line().starts_with("POST") { redirect(302, "/result") } else { ok("stored") }
    })
    .await;
    let mut options = http(&server);
    options.access = Access::ReadWrite(ledger.clone());
    let mut session = Session::connect(options).await.unwrap();
    let answer = session.send(write("/set?wimToken=9")).await.unwrap();
    assert_eq!((answer.body.as_slice(), answer.url.path()), (&b"stored"[..], "/result"));
    assert_eq!(
        ledger.events(),
        [
            "intend POST /set host,port",
            "arrive POST /set?wimToken=9",
            "receive 7 Some(302)",
            "arrive GET /result"
        ]
    );
}

#[tokio::test]
async fn without_its_intent_no_write_leaves() {
    let server = Server::http(|_| ok("x")).await;
    let (mut session, ledger) = writing(&server).await;
    ledger.refuse_intents.store(true, Ordering::SeqCst);
    let error = session.send(write("/set")).await.unwrap_err();
    assert_eq!((error.fault, error.answer_lost, error.rerun), (Fault::Workspace, false, Rerun::Safe));
    assert_eq!(server.bytes(), 0);
    ledger.refuse_intents.store(false, Ordering::SeqCst);
    ledger.refuse_receipts.store(true, Ordering::SeqCst);
    let error = session.send(write("/set")).await.unwrap_err();
    assert_eq!((error.fault, error.rerun), (Fault::Workspace, Rerun::ReadsFirst));
    assert_eq!(server.lines(), ["POST /set"]);
}

#[tokio::test]
async fn the_witness_hears_how_a_write_ended() {
    let server = Server::http(|_| Reply::Close(Vec::new())).await;
    let (mut session, ledger) = writing(&server).await;
    session.send(write("/set")).await.unwrap_err();
    assert_eq!(ledger.events().last().unwrap(), "receive 7 None");
    drop(server);
    // Now nobody listens: the write provably never left.
    let gone = loop {
        let error = session.send(write("/set")).await.unwrap_err();
        if error.category == Category::Unreachable {
            break error;
        }
    };
    assert!(!gone.answer_lost);
    assert!(gone.next.is_some());
    assert_eq!(ledger.events().last().unwrap(), "withdraw 7");
}

#[tokio::test]
async fn nothing_leads_out_of_the_origin() {
    let elsewhere = Server::http(|_| ok("stolen")).await;
    let port = elsewhere.port;
    let server = Server::http(move |seen: &Seen| match seen.line() {
        "GET /host" => redirect(302, &format!("http://127.0.0.2:{port}/?token=1")),
        "GET /port" => redirect(301, &format!("http://127.0.0.1:{port}/")),
        "GET /user" => redirect(302, "//admin:pw@127.0.0.1/"),
        "GET /file" => redirect(303, "file:///etc/passwd"),
        "GET /loop" => redirect(302, "/loop"),
        "POST /again" => redirect(307, "/set"),
        _ => ok("<meta http-equiv=refresh content='0;url=/host'>"),
    })
    .await;
    let (mut session, _) = writing(&server).await;
    session.set_cookie("sid", "123");
    for path in ["/host", "/port", "/user", "/file"] {
        let error = session.get(path, "read").await.unwrap_err();
        assert_eq!(error.category, Category::PageChanged, "{path}: {error}");
        assert!(error.got.contains("nothing was sent there") && !error.got.contains("token=1"), "{error}");
    }
    let error = session.get("/loop", "read").await.unwrap_err();
    assert!(error.got.contains("more than 10 times"), "{error}");
    let error = session.send(write("/again")).await.unwrap_err();
    assert_eq!((error.category, error.rerun), (Category::PageChanged, Rerun::ReadsFirst));
    assert_eq!(server.lines().iter().filter(|line| line.starts_with("POST")).count(), 1);
    assert!(session.get("/refresh", "read").await.unwrap().text.contains("refresh"), "not followed");
    let before = server.seen().len();
    for url in [
        format!("http://127.0.0.1:{port}/form"),
        "//127.0.0.2/form".into(),
        "https://elsewhere.example/".into(),
        "javascript:x".into(),
        format!("http://user@127.0.0.1:{}/", server.port),
    ] {
        let error = session.send(write(&url)).await.unwrap_err();
        assert_eq!((error.category, error.answer_lost), (Category::PageChanged, false), "{url}: {error}");
    }
    assert_eq!((server.seen().len(), elsewhere.connections()), (before, 0));
}

#[tokio::test]
async fn redirects_inside_become_gets_and_a_307_repeats_what_only_reads() {
    let server = Server::http(|seen: &Seen| match seen.line() {
        "POST /login" => {
            Reply::Keep(page("302 Found", "Location: home\r\nSet-Cookie: sid=1; path=/\r\n", ""))
        }
        "GET /home" => {
            Reply::Keep(page("303 Other", "Location: /main?a=b#c\r\nSet-Cookie: sid=2; path=/\r\n", ""))
        }
        "POST /search" => redirect(307, "/found"),
        _ => Reply::Keep(page("200 OK", "Set-Cookie: sid=--; path=/\r\nSet-Cookie: b=; path=/\r\n", "x")),
    })
    .await;
    let (mut session, _) = writing(&server).await;
    session.guard_cookies(Box::new(|name, new, old| {
        assert!(name != "sid" || new != "--" || old == Some("2"));
        !(name == "sid" && new == "--")
    }));
    let mut login = write("/login");
    login.effect = Effect::Login;
    let answer = session.send(login.clone()).await.unwrap();
    assert_eq!(answer.url.as_str(), format!("http://{}/main?a=b", server.address()));
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(answer.set_cookies, [pair("sid", "1"), pair("sid", "2"), pair("sid", "--"), pair("b", "")]);
    assert_eq!(session.cookie("sid").as_deref(), Some("2"));
    let seen = server.seen();
    assert_eq!((seen[1].header("cookie"), seen[1].body.len()), (Some("sid=1"), 0));
    assert_eq!(seen[2].header("cookie"), Some("sid=2"));
    let mut search = write("/search");
    search.effect = Effect::Read;
    session.send(search).await.unwrap();
    assert_eq!(server.lines()[3..], ["POST /search", "POST /found"]);
    assert_eq!(server.seen()[4].body, b"host=mail&port=587");
    let answer = session.send(login.no_follow()).await.unwrap();
    assert_eq!((answer.status, answer.header("location")), (302, Some("home")));
}

#[tokio::test]
async fn a_device_that_moves_to_https_is_followed_and_its_pin_is_checked() {
    let certificate = common();
    let secure = Server::https(modern_context(&certificate), |seen: &Seen| {
        if seen.line() == "GET /back" { redirect(302, "http://127.0.0.1/") } else { ok("secure") }
    })
    .await;
    let target = format!("https://{}/login", secure.address());
    let server = Server::http(move |_: &Seen| redirect(302, &target)).await;
    let mut session = Session::connect(http(&server)).await.unwrap();
    session.set_cookie("sid", "1");
    assert_eq!(session.get("/", "read").await.unwrap().text, "secure");
    assert_eq!(session.origin().as_str(), format!("https://{}/", secure.address()));
    assert_eq!(session.get("/next", "read").await.unwrap().text, "secure");
    assert_eq!(secure.seen()[1].header("cookie"), Some("sid=1"));
    let facts = session.facts();
    assert!(facts.plain_http && facts.certificate.is_some());
    let error = session.get("/back", "read").await.unwrap_err();
    assert_eq!(error.category, Category::Tls, "{error}");
    let error = session.get(&format!("http://{}/", server.address()), "read").await.unwrap_err();
    assert_eq!(error.category, Category::PageChanged, "{error}");
    assert_eq!(server.seen().len(), 1);

    // The same move to a certificate that was never seen there before.
    let mut options = http(&server);
    let pins = Arc::new(Pins::default());
    options.trust = pins.clone();
    let mut session = Session::connect(options).await.unwrap();
    *pins.pinned.lock().unwrap() = Some("00".into());
    let bytes = secure.bytes();
    let error = session.get("/", "read").await.unwrap_err();
    assert_eq!(error.category, Category::Tls, "{error}");
    assert_eq!((secure.bytes(), session.origin().scheme()), (bytes, "http"));
}

const SECRET: &str = "Pl\u{e4}nted \"S3cret\"/<&+'%";

fn forms_of_the_secret() -> Vec<String> {
    let urlencoded: String = form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
    let latin1 = encoding_rs::WINDOWS_1252.encode(SECRET).0.into_owned();
    let base64 = base64::engine::general_purpose::STANDARD.encode(SECRET);
    vec![
        SECRET.to_owned(),
        urlencoded.replace('+', "%20"),
        urlencoded,
        form_urlencoded::byte_serialize(&latin1).collect(),
        form_urlencoded::byte_serialize(base64.as_bytes()).collect(),
        base64.trim_end_matches('=').to_owned(),
        base64,
        base64::engine::general_purpose::URL_SAFE.encode(SECRET),
        base64::engine::general_purpose::STANDARD.encode(&latin1),
        "Pl\u{e4}nted &quot;S3cret&quot;/&lt;&amp;+&#39;%".to_owned(),
        serde_json::to_string(SECRET).unwrap(),
    ]
}

#[tokio::test]
async fn the_transcript_shows_everything_but_secrets() {
    let answer = format!(
        "<input type=password value=TypedOne><input type=hidden name=wimToken value=TokenOne>\
         <input name=host value=mail.example>{}",
        forms_of_the_secret().join("\n")
    );
    let server = Server::http(move |seen: &Seen| {
        let cookie = "Set-Cookie: wimsesid=CookieOne; path=/\r\nContent-Type: text/html; charset=utf-8\r\n";
        if seen.line().starts_with("GET /broken") {
            Reply::Close(Vec::new())
        } else {
            Reply::Keep(page("200 OK", cookie, &answer))
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copier-1.txt");
    std::fs::write(&file, "before\n").unwrap();
    let mut options = http(&server);
    options.access = Access::ReadWrite(Arc::new(Ledger::default()));
    options.transcript = Some(Transcript { file: file.clone() });
    let mut session = Session::connect(options).await.unwrap();
    session.hide(&Secret::new(SECRET.into()));
    session.hide(&Secret::new(String::new()));
    session.get("/page?wimToken=TokenTwo&x=1", "read").await.unwrap();
    for encoded in forms_of_the_secret() {
        let encoded: String = encoded.chars().filter(|c| !c.is_control()).collect();
        let submission = Submission {
            method: "POST",
            url: session.origin().join("/set").unwrap(),
            content_type: Some("application/x-www-form-urlencoded".into()),
            body: format!("host=mail.example&smtpPasswd=PwOne&odd=OddOne&free={encoded}").into_bytes(),
            entries: vec![],
        };
        let effect = Effect::Write { section: Section::Smtp, what: "store".into() };
        session.send(Request::submit(submission, effect, "store", &["odd"])).await.unwrap();
    }
    let basic = Request::get("/page", "read")
        .header("Authorization", "Basic BasicOne")
        .header("Referer", "http://127.0.0.1/x?wimToken=TokenThree");
    session.send(basic).await.unwrap();
    let error = session.get("/broken", &format!("read {SECRET}")).await.unwrap_err();
    let debug = format!("{error:?} {error}");
    let record = std::fs::read_to_string(&file).unwrap();
    for text in [&record, &debug, &session.redact(&forms_of_the_secret().join(" "))] {
        for form in forms_of_the_secret() {
            assert!(!text.contains(&form), "{form} is in {text}");
        }
    }
    for planted in [
        "TypedOne",
        "TokenOne",
        "TokenTwo",
        "TokenThree",
        "CookieOne",
        "PwOne",
        "OddOne",
        "BasicOne",
        "S3cret",
    ] {
        assert!(!record.contains(planted), "{planted} is in {record}");
    }
    for kept in [
        "before\n",
        "GET ",
        "/page?wimToken=[redacted]&x=1",
        "host=mail.example",
        "smtpPasswd=[redacted]",
        "Cookie: wimsesid=[redacted]",
        "set-cookie: wimsesid=[redacted]; path=/",
        "no answer: ",
        "200\n",
    ] {
        assert!(record.contains(kept), "{kept} is not in {record}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert!(!redact_page("<input type=PASSWORD value='TypedOne'>").contains("TypedOne"));
}

#[tokio::test]
async fn a_transcript_that_cannot_be_opened_is_our_own_fault() {
    let server = Server::http(|_| ok("x")).await;
    let folder = tempfile::tempdir().unwrap();
    let mut options = http(&server);
    options.transcript = Some(Transcript { file: folder.path().join("none").join("x.txt") });
    let Err(error) = Session::connect(options).await else { panic!("connected") };
    assert_eq!(error.fault, Fault::Workspace);
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_redirect_after_a_write_that_is_lost_leaves_its_outcome_open() {
    let server = Server::http(|seen: &Seen| match seen.line() {
        "POST /set" => redirect(302, "/result"),
        _ => Reply::Close(Vec::new()),
    })
    .await;
    let (mut session, ledger) = writing(&server).await;
    let error = session.send(write("/set")).await.unwrap_err();
    assert_eq!((error.category, error.answer_lost), (Category::Unconfirmed, true));
    assert_eq!(ledger.events().last().unwrap(), "receive 7 Some(302)");
    assert_eq!(server.lines(), ["POST /set", "GET /result", "GET /result"]);
}

#[tokio::test]
async fn drivers_cannot_smuggle_headers() {
    let server = Server::http(|_| ok("x")).await;
    let mut options = http(&server);
    options.limits = Limits::default();
    let mut session = Session::connect(options).await.unwrap();
    let request = Request::get("/", "read")
        .header("Cookie", "sid=stolen")
        .header("Host", "elsewhere")
        .header("Accept", "application/json")
        .header("X-Requested-With", "XMLHttpRequest");
    session.send(request).await.unwrap();
    let seen = &server.seen()[0];
    assert_eq!((seen.header("cookie"), seen.header("accept")), (None, Some("application/json")));
    assert_eq!(seen.header("host"), Some(server.address().as_str()));
    assert_eq!(seen.header("x-requested-with"), Some("XMLHttpRequest"));
    let error = session.send(Request::get("/", "read").header("X-Bad", "a\r\nEvil: 1")).await.unwrap_err();
    assert!(error.got.contains("nothing was sent"), "{error}");
    assert_eq!(server.seen().len(), 1);
}
