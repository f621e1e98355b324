//! One request and its answer: broken HTTP, time-outs, caps, retries and lost answers, over http and https.

mod support;

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use scanfleet_sdk::transport::{Access, Answer, Effect, Limits, Request, Session, Transcript};
use scanfleet_sdk::{Category, DeviceError, Rerun};
use support::*;

/// The same server in clear and over TLS.
async fn both(answer: impl Fn(&Seen) -> Reply + Send + Sync + Clone + 'static) -> [(Server, String); 2] {
    let certificate = common();
    let http = Server::http(answer.clone()).await;
    let https = Server::https(modern_context(&certificate), answer).await;
    let addresses = [format!("http://{}", http.address()), format!("https://{}", https.address())];
    let [a, b] = addresses;
    [(http, a), (https, b)]
}

async fn one(server: &(Server, String), request: Request) -> Result<Answer, DeviceError> {
    within(server, request, Limits::default()).await
}

/// With a short time-out, for devices that will not answer.
async fn hurried(server: &(Server, String), request: Request) -> Result<Answer, DeviceError> {
    within(server, request, short_limits()).await
}

async fn within(server: &(Server, String), request: Request, limits: Limits) -> Result<Answer, DeviceError> {
    let mut options = options(&server.1);
    options.limits = Limits { page_bytes: 200_000, ..limits };
    options.access = Access::ReadWrite(Arc::new(Ledger::default()));
    Session::connect(options).await.unwrap().send(request).await
}

fn read() -> Request {
    Request::get("/page", "read the page")
}

#[tokio::test]
async fn broken_http_is_normal() {
    let many: String = (0..300).map(|n| format!("X-{n}: y\r\n")).collect();
    for (answer, close) in [
        ("HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\nhello".to_owned(), true),
        ("HTTP/1.0 200\r\n\r\nhello".to_owned(), true),
        ("hello".to_owned(), true),
        ("HTTP/1.1 200 OK\nContent-Length: 5\n\nhello".to_owned(), false),
        ("HTTP/1.1 200 OK\r\nX-Folded: a\r\n  b\r\nContent-Length: 5\r\n\r\nhello".to_owned(), false),
        ("HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello".to_owned(), false),
        ("HTTP/1.1 200 OK\r\nwhat is this\r\nContent-Length: 5\r\n\r\nhello".to_owned(), false),
        (format!("HTTP/1.1 200 OK\r\n{many}Content-Length: 5\r\n\r\nhello"), false),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello".to_owned(), false),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n".to_owned(), false),
        ("\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".to_owned(), false),
    ] {
        let bytes = answer.clone().into_bytes();
        let reply =
            move |_: &Seen| if close { Reply::Close(bytes.clone()) } else { Reply::Keep(bytes.clone()) };
        for server in both(reply).await {
            let got = one(&server, read()).await.unwrap_or_else(|e| panic!("{}: {answer:?}: {e}", server.1));
            assert_eq!((got.status, got.body.as_slice()), (200, &b"hello"[..]), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn header_values_are_latin1() {
    let answer = b"HTTP/1.1 200 OK\r\nX-Name: B\xfcro\r\nX-Name: two\r\nContent-Length: 0\r\n\r\n".to_vec();
    for server in both(move |_: &Seen| Reply::Keep(answer.clone())).await {
        let got = one(&server, read().header("X-Place", "B\u{fc}ro")).await.unwrap();
        assert_eq!(got.header("x-name"), Some("B\u{fc}ro"));
        assert_eq!(got.headers.iter().filter(|(name, _)| name == "x-name").count(), 2);
        assert_eq!(server.0.seen()[0].header("x-place"), Some("B\u{fc}ro"));
    }
}

#[tokio::test]
async fn nonsense_is_an_error_and_never_a_panic() {
    for answer in [
        &b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nhello"[..],
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\xff\xff",
        b"",
    ] {
        let bytes = answer.to_vec();
        for server in both(move |_: &Seen| Reply::Close(bytes.clone())).await {
            let error = one(&server, read()).await.unwrap_err();
            assert!(!error.answer_lost, "{error}");
            let error = one(&server, write("/set")).await.unwrap_err();
            assert_eq!((error.category, error.answer_lost), (Category::Unconfirmed, true), "{error}");
        }
    }
}

#[tokio::test]
async fn a_silent_device_is_unreachable_and_its_write_unconfirmed() {
    for server in both(|_: &Seen| Reply::Silence).await {
        let error = hurried(&server, read()).await.unwrap_err();
        assert_eq!((error.category, error.answer_lost), (Category::Unreachable, false), "{error}");
        let before = server.0.seen().len();
        assert_eq!(before, 1, "a read that timed out is not repeated");
        let error = hurried(&server, write("/set")).await.unwrap_err();
        assert_eq!((error.category, error.answer_lost), (Category::Unconfirmed, true), "{error}");
        assert_eq!(error.rerun, Rerun::ReadsFirst);
        assert_eq!(server.0.seen().len(), before + 1);
    }
}

#[tokio::test]
async fn one_byte_at_a_time_is_cut_off() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n".to_vec();
    for server in both(move |_: &Seen| Reply::Drip(head.clone())).await {
        let error = hurried(&server, read()).await.unwrap_err();
        assert_eq!(error.category, Category::Interrupted, "{error}");
        assert_eq!(server.0.seen().len(), 1);
    }
    // Also in the head, where no byte of the page ever comes.
    for server in both(|_: &Seen| Reply::Drip(b"HTTP/1.1 200 OK\r\nX: ".to_vec())).await {
        let error = hurried(&server, read()).await.unwrap_err();
        assert_eq!(error.category, Category::Unreachable, "{error}");
    }
}

#[tokio::test]
async fn a_page_without_end_is_cut_off_at_the_cap() {
    let chunk = [b"10000\r\n".as_slice(), &[b'x'; 0x10000], b"\r\n"].concat();
    let announced = b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n".to_vec();
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    let endless = b"HTTP/1.0 200 OK\r\n\r\n".to_vec();
    for (head, piece) in [(announced, vec![b'x'; 0x10000]), (chunked, chunk), (endless, vec![b'x'; 0x10000])]
    {
        let flood = move |_: &Seen| Reply::Flood(head.clone(), piece.clone());
        for server in both(flood).await {
            let error = one(&server, read()).await.unwrap_err();
            assert_eq!(error.category, Category::PageChanged, "{error}");
            assert!(error.got.contains("200000 bytes"), "{error}");
            assert!(server.0.flooded() < 32 << 20, "{} bytes were taken", server.0.flooded());
        }
    }
}

#[tokio::test]
async fn a_gzip_bomb_is_cut_off_at_the_cap() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..64 {
        encoder.write_all(&vec![0; 1 << 20]).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    for (encodings, body) in [
        ("gzip", bomb.clone()),
        ("gzip, gzip", {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(&bomb).unwrap();
            encoder.finish().unwrap()
        }),
    ] {
        let answer = page("200 OK", &format!("Content-Encoding: {encodings}\r\n"), body);
        for server in both(move |_: &Seen| Reply::Keep(answer.clone())).await {
            let error = one(&server, read()).await.unwrap_err();
            assert_eq!(error.category, Category::PageChanged, "{error}");
        }
    }
}

#[tokio::test]
async fn compressed_pages_are_unpacked_and_decoded() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(b"<meta http-equiv=content-type content='text/html; charset=Shift_JIS'>\x8e\xd0")
        .unwrap();
    let answer =
        page("200 OK", "Content-Encoding: gzip\r\nContent-Type: text/html\r\n", encoder.finish().unwrap());
    for server in both(move |_: &Seen| Reply::Keep(answer.clone())).await {
        let page = one(&server, read()).await.unwrap().page();
        assert_eq!(page.charset, "Shift_JIS");
        assert!(page.text.ends_with('社'));
    }
}

#[tokio::test]
async fn a_kept_connection_that_the_device_dropped_costs_nothing() {
    // Every connection answers one request and promises to stay open.
    let once = |seen: &Seen| {
        if seen.number == 1 && seen.connection.is_multiple_of(2) {
            Reply::Keep(page("200 OK", "", "x"))
        } else if seen.number == 1 {
            Reply::Close(page("200 OK", "Connection: keep-alive\r\n", "x"))
        } else {
            Reply::Close(Vec::new())
        }
    };
    for (server, address) in both(once).await {
        let mut options = options(&address);
        options.limits.read_tries = 1;
        let mut session = Session::connect(options).await.unwrap();
        for _ in 0..6 {
            assert_eq!(session.get("/page", "read").await.unwrap().text, "x");
        }
        assert!(server.seen().len() >= 6);
    }
}

#[tokio::test]
async fn a_read_that_broke_is_sent_again_once() {
    let half = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf a page".to_vec();
    for first in [half.clone(), Vec::new()] {
        let broken = Arc::new(AtomicBool::new(false));
        let answer = move |_: &Seen| {
            if broken.swap(true, Ordering::SeqCst) {
                Reply::Keep(page("200 OK", "", "whole"))
            } else {
                Reply::Close(first.clone())
            }
        };
        let server = Server::http(answer).await;
        let address = format!("http://{}", server.address());
        let server = (server, address);
        assert_eq!(one(&server, read()).await.unwrap().body, b"whole");
        assert_eq!(server.0.lines(), ["GET /page", "GET /page"]);
    }
    for server in both(move |_: &Seen| Reply::Close(half.clone())).await {
        let error = one(&server, read()).await.unwrap_err();
        assert_eq!((error.category, error.answer_lost), (Category::Interrupted, false), "{error}");
        assert!(error.got.contains("11 bytes"), "{error}");
        assert!(server.0.seen().len() <= 3);
    }
}

#[tokio::test]
async fn a_post_whose_answer_was_lost_is_never_sent_again() {
    let half = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf a page".to_vec();
    for lost in [half, Vec::new(), b"HTTP/1.1 20".to_vec()] {
        for effect in [None, Some(Effect::Login), Some(Effect::Logout)] {
            let lost = lost.clone();
            // The page before is answered well, so that a kept connection is at hand.
            let answer = move |seen: &Seen| match seen.line() {
                "GET /page" => Reply::Keep(page("200 OK", "", "x")),
                _ => Reply::Close(lost.clone()),
            };
            for (server, address) in both(answer).await {
                let mut options = options(&address);
                options.access = Access::ReadWrite(Arc::new(Ledger::default()));
                let mut session = Session::connect(options).await.unwrap();
                session.send(read()).await.unwrap();
                let mut post = write("/set");
                post.effect = effect.clone().unwrap_or(post.effect);
                let error = session.send(post).await.unwrap_err();
                assert_eq!((error.category, error.answer_lost), (Category::Unconfirmed, true), "{error}");
                assert_eq!(server.lines(), ["GET /page", "POST /set"]);
                // The session lives on.
                session.send(read()).await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn a_post_goes_out_on_a_connection_of_its_own() {
    for (server, address) in both(|_: &Seen| Reply::Keep(page("200 OK", "", "x"))).await {
        let mut options = options(&address);
        options.access = Access::ReadWrite(Arc::new(Ledger::default()));
        let mut session = Session::connect(options).await.unwrap();
        session.send(read()).await.unwrap();
        session.send(write("/set")).await.unwrap();
        session.send(read()).await.unwrap();
        let seen = server.seen();
        assert_ne!(seen[0].connection, seen[1].connection);
        assert_eq!(seen[1].connection, seen[2].connection, "a read may use what the write left open");
        assert_eq!(seen[1].body, b"host=mail&port=587");
    }
}

#[tokio::test]
async fn the_devices_time_runs_out() {
    for (server, address) in both(|seen: &Seen| match seen.line() {
        "GET /logout" => Reply::Keep(page("200 OK", "", "bye")),
        _ => Reply::Silence,
    })
    .await
    {
        let mut options = options(&address);
        let mut session = Session::connect({
            options.deadline = Some(Instant::now() + Duration::from_secs(2));
            options
        })
        .await
        .unwrap();
        let error = session.send(read()).await.unwrap_err();
        assert_eq!(error.category, Category::Interrupted);
        assert!(error.got.contains("the time for this device was up"), "{error}");
        // After that nothing leaves any more.
        let before = server.seen().len();
        let error = session.send(Request::get("/b", "read")).await.unwrap_err();
        assert_eq!((error.category, server.seen().len()), (Category::Interrupted, before));
        let logout = Request::get("/logout", "log out").effect(Effect::Logout);
        assert_eq!(session.send(logout).await.unwrap().body, b"bye");
    }
}

#[tokio::test]
async fn a_cancelled_session_still_logs_out() {
    let answer = |seen: &Seen| match seen.line() {
        "GET /logout" => Reply::Keep(page("302 Found", "Location: /bye\r\n", "")),
        "GET /bye" => Reply::Keep(page("200 OK", "", "bye")),
        _ => Reply::Silence,
    };
    for (server, address) in both(answer).await {
        let mut options = options(&address);
        let ledger = Arc::new(Ledger::default());
        options.access = Access::ReadWrite(ledger.clone());
        let cancel = options.cancel.clone();
        let mut session = Session::connect(options).await.unwrap();
        tokio::spawn(async move { cancel.cancel() });
        let error = session.send(read()).await.unwrap_err();
        assert_eq!((error.category, error.answer_lost), (Category::Interrupted, false));
        let before = server.seen().len();
        for request in [read(), write("/set")] {
            let error = session.send(request).await.unwrap_err();
            assert_eq!((error.category, error.answer_lost), (Category::Interrupted, false));
            assert_eq!(error.rerun == Rerun::Safe, error.tried.starts_with("store"));
        }
        assert_eq!(server.seen().len(), before);
        assert!(ledger.events().is_empty(), "an intent that cannot leave is not announced");
        let logout = Request::get("/logout", "log out").effect(Effect::Logout);
        assert_eq!(session.send(logout).await.unwrap().body, b"bye");
    }
}

#[tokio::test]
async fn a_write_that_has_left_gets_its_answer_even_when_the_run_is_cancelled() {
    for (server, address) in both(|_: &Seen| Reply::Keep(page("200 OK", "", "stored"))).await {
        let mut options = options(&address);
        let ledger = Arc::new(Ledger::default());
        options.access = Access::ReadWrite(ledger.clone());
        let cancel = options.cancel.clone();
        let mut session = Session::connect(options).await.unwrap();
        // Cancelled by the very request that arrives.
        let seen = async {
            while server.seen().is_empty() {
                tokio::task::yield_now().await;
            }
            cancel.cancel();
        };
        let (answer, ()) = tokio::join!(session.send(write("/set")), seen);
        assert_eq!(answer.unwrap().body, b"stored");
        assert_eq!(ledger.events().last().unwrap(), "receive 7 Some(200)");
    }
}

#[tokio::test]
async fn damaged_answers_are_errors_or_pages_and_never_a_panic() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(b"<meta charset=euc-jp><input type=password value=x>").unwrap();
    let good = page(
        "200 OK",
        "Content-Encoding: gzip\r\nSet-Cookie: a=b; path=/; Max-Age=9\r\nContent-Type: text/html; charset=x\r\n",
        encoder.finish().unwrap(),
    );
    // Every answer is damaged at another place; the same every time.
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let damaged = move |_: &Seen| {
        let n = counted.fetch_add(1, Ordering::SeqCst);
        let mut bytes = good.clone();
        let at = (n * 7) % bytes.len();
        match n % 3 {
            0 => bytes[at] ^= 0x80 >> (n % 8),
            1 => bytes.truncate(at),
            _ => bytes.insert(at, [b'\n', 0, b';', 0xff, b':', b' '][n % 6]),
        }
        Reply::Close(bytes)
    };
    let folder = tempfile::tempdir().unwrap();
    let server = Server::https(modern_context(&common()), damaged).await;
    let mut options = options(&server.address());
    options.transcript = Some(Transcript { file: folder.path().join("x.txt") });
    options.limits.read_tries = 1;
    let mut session = Session::connect(options).await.unwrap();
    while count.load(Ordering::SeqCst) < 200 {
        if let Ok(answer) = session.send(read()).await {
            answer.page();
        }
    }
    // A panic in the connection's own task would have been printed, and the session would hang or fail here.
    assert!(session.facts().requests >= 200);
}

#[tokio::test]
async fn odd_addresses_leave_as_browsers_write_them() {
    for (server, address) in both(|_: &Seen| Reply::Keep(page("200 OK", "", "x"))).await {
        let mut session = Session::connect(options(&address)).await.unwrap();
        for url in [
            "/a|b^c`{x}\"<>~[1]%zz%20 d?q='|^`{}\\\"<>[2] e\u{e9}&x#f",
            "x",
            "",
            "?a",
            "/\u{793e}",
            "//",
            "/a\\b",
        ] {
            let sent = session.send(Request::get(url, "read")).await;
            assert!(sent.is_ok() || url == "//", "{url}: {sent:?}");
        }
        let lines = server.lines();
        assert_eq!(
            lines[0],
            "GET /a|b^c%60%7Bx%7D%22%3C%3E~[1]%zz%20%20d?q=%27|^`{}\\%22%3C%3E[2]%20e%C3%A9&x"
        );
        assert_eq!(lines[1..], ["GET /x", "GET /", "GET /?a", "GET /%E7%A4%BE", "GET /a/b"]);
    }
}

#[tokio::test]
async fn a_post_that_only_reads_is_not_sent_again_either() {
    for server in both(|_: &Seen| Reply::Close(Vec::new())).await {
        let mut post = write("/search");
        post.effect = Effect::Read;
        let error = one(&server, post).await.unwrap_err();
        assert_eq!((error.category, error.answer_lost), (Category::Unreachable, false), "{error}");
        assert_eq!(server.0.lines(), ["POST /search"]);
    }
}
