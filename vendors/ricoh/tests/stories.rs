//! Reading, writing and failing against a small Web Image Monitor in three ways of writing its pages.

mod common;

use std::sync::Arc;

use common::{ADMIN_PASSWORD, Book, Device, Style, connect, credentials, drive, read_only, serve};
use scanfleet_ricoh::Ricoh;
use scanfleet_sdk::transport::Access;
use scanfleet_sdk::{
    AuthMethod, AuthWanted, Category, Change, DeviceError, LoginHistory, PasswordWanted, Receipt, ReplyState,
    Secret, Section, Security, SmtpChange, SmtpSettings, SmtpWanted, Vendor,
};
use wiremock::matchers::{any, path_regex};
use wiremock::{Mock, MockServer, ResponseTemplate};

const STYLES: [Style; 3] = [Style::Plain, Style::JQuery, Style::External];
const MAIL_PASSWORD: &str = "app-pässword/+=&";

fn wanted() -> SmtpWanted {
    SmtpWanted {
        server: Some("smtp.example.test".into()),
        port: Some(587),
        security: Some(Security::Starttls),
        sender: Some("scan@example.test".into()),
        auth: AuthWanted {
            method: Some(AuthMethod::Password),
            user: Some("scan@example.test".into()),
            sender: Some("scan@example.test".into()),
        },
        password: PasswordWanted::Set(Secret::new(MAIL_PASSWORD.into())),
    }
}

async fn apply(device: &Device, to: SmtpWanted) -> (Result<Receipt, DeviceError>, SmtpSettings, Vec<String>) {
    let server = serve(device).await;
    let book = Arc::new(Book::default());
    let mut driver = drive(&server, Access::ReadWrite(book.clone()), credentials(ADMIN_PASSWORD)).await;
    let change = Change::Smtp(Box::new(SmtpChange { from: SmtpSettings::default(), to }));
    let receipt = driver.apply(&change).await;
    let after = driver.read(Section::Smtp).await.map(|o| o.smtp).unwrap_or_default();
    driver.close().await.unwrap();
    let intents = book.0.lock().unwrap().iter().map(|i| i.path.clone()).collect();
    (receipt, after, intents)
}

#[tokio::test]
async fn a_read_takes_seven_requests_and_leaves_no_session() {
    for style in STYLES {
        let device = Device::new(style);
        let server = serve(&device).await;
        let mut driver = drive(&server, read_only(), credentials(ADMIN_PASSWORD)).await;
        let observed = driver.read(Section::Smtp).await.unwrap();
        assert_eq!(observed.smtp.server, "exchange.example.test");
        assert_eq!((observed.smtp.port, observed.smtp.security), (Some(25), Some(Security::None)));
        assert_eq!(observed.smtp.sender.as_deref(), Some("old@example.test"));
        assert_eq!(observed.smtp.auth.method, AuthMethod::None);
        assert!(
            !observed
                .raw
                .entries
                .iter()
                .any(|(n, _)| n.contains("Token") || n.contains("pass") || n.contains("session"))
        );
        let expected = if style == Style::JQuery { "ricoh-wim-newer" } else { "ricoh-wim-older" };
        assert_eq!(driver.family().id, expected);
        driver.close().await.unwrap();
        let state = device.state.lock().unwrap();
        assert_eq!(state.log.len(), 7, "{:#?}", state.log);
        assert_eq!(state.session, None);
    }
}

#[tokio::test]
async fn a_write_with_a_password_in_every_style() {
    for style in STYLES {
        let device = Device::new(style);
        let (receipt, after, intents) = apply(&device, wanted()).await;
        assert_eq!(receipt.unwrap(), Receipt { posts: 3, reply: ReplyState::Answered }, "{style:?}");
        assert_eq!(intents.len(), 3, "{intents:?}");
        assert_eq!(after.server, "smtp.example.test");
        assert_eq!((after.port, after.security), (Some(587), Some(Security::Starttls)));
        assert_eq!(after.auth.method, AuthMethod::Password);
        assert_eq!(after.auth.sender.as_deref(), Some("scan@example.test"));
        let state = device.state.lock().unwrap();
        assert_eq!(state.password.as_deref(), Some(MAIL_PASSWORD));
        assert_eq!((state.saves, &state.session), (1, &None));
    }
}

#[tokio::test]
async fn without_a_password_one_post_and_the_rest_untouched() {
    for style in STYLES {
        let device = Device::new(style);
        let to = SmtpWanted { server: Some("relay.example.test".into()), ..SmtpWanted::default() };
        let (receipt, ..) = apply(&device, to).await;
        assert_eq!(receipt.unwrap().posts, 1);
        assert_eq!(
            (device.stored(1), device.stored(0)),
            ("relay.example.test".into(), "old@example.test".into())
        );
        assert_eq!(device.state.lock().unwrap().password, None);
    }
}

#[tokio::test]
async fn a_session_that_ends_in_the_middle_is_renewed_once() {
    let device = Device::new(Style::Plain);
    device.state.lock().unwrap().expire_before_save = true;
    let (receipt, after, _) = apply(&device, wanted()).await;
    assert_eq!(receipt.unwrap().reply, ReplyState::Answered);
    assert_eq!(after.server, "smtp.example.test");
    let state = device.state.lock().unwrap();
    assert_eq!((state.saves, state.password.as_deref()), (1, Some(MAIL_PASSWORD)));
}

#[tokio::test]
async fn what_is_dropped_with_its_choice_is_posted_once_more() {
    let device = Device::new(Style::Plain);
    device.state.lock().unwrap().sleepers = true;
    let (receipt, after, _) = apply(&device, wanted()).await;
    receipt.unwrap();
    assert_eq!(after.auth.user.as_deref(), Some("scan@example.test"));
}

#[tokio::test]
async fn busy_is_busy() {
    let device = Device::new(Style::JQuery);
    device.state.lock().unwrap().busy_on_save = true;
    let (receipt, ..) = apply(&device, wanted()).await;
    let error = receipt.unwrap_err();
    assert_eq!(error.category, Category::Busy);
    assert!(error.got.contains("Réessayer"), "{error}");
    assert_eq!(device.state.lock().unwrap().password, None);
}

#[tokio::test]
async fn a_doubled_or_missing_field_is_never_written() {
    for (double, drop) in [(true, None), (false, Some("smtpServerName")), (false, Some("smtpAuth"))] {
        let device = Device::new(Style::Plain);
        {
            let mut state = device.state.lock().unwrap();
            state.double_field = double;
            state.drop_field = drop;
        }
        let (receipt, _, intents) = apply(&device, wanted()).await;
        let error = receipt.unwrap_err();
        assert_eq!(error.category, Category::PageChanged, "{error}");
        assert!(error.got.contains("SMTP"), "{error}");
        let capture = error.capture.unwrap();
        assert!(!capture.contains("1234567890"), "the token is in the capture");
        assert!(intents.is_empty());
    }
}

#[tokio::test]
async fn a_password_too_long_for_its_page_is_not_saved() {
    let device = Device::new(Style::Plain);
    let to = SmtpWanted { password: PasswordWanted::Set(Secret::new("x".repeat(65))), ..wanted() };
    let (receipt, ..) = apply(&device, to).await;
    assert_eq!(receipt.unwrap_err().category, Category::Unsupported);
    assert_eq!(device.state.lock().unwrap().saves, 0);
}

#[tokio::test]
async fn a_refused_log_in_is_told_and_never_repeated() {
    for (text, history, category) in [
        (None, LoginHistory::Unknown, Category::AuthRefused),
        (None, LoginHistory::AcceptedBefore, Category::LockedOut),
        (Some("This account is locked out."), LoginHistory::Unknown, Category::LockedOut),
        (
            Some("El número de usuarios que accede al servidor supera el límite máximo permitido"),
            LoginHistory::Unknown,
            Category::Busy,
        ),
    ] {
        let device = Device::new(Style::Plain);
        device.state.lock().unwrap().login_text = text;
        let server = serve(&device).await;
        let mut given = credentials("wrong");
        given.history = history;
        let mut driver = drive(&server, read_only(), given).await;
        let error = driver.login().await.unwrap_err();
        assert_eq!(error.category, category, "{error}");
        assert!(!format!("{error:?}").contains("wrong\""), "{error:?}");
        driver.close().await.unwrap();
        assert_eq!(device.state.lock().unwrap().refused_logins, 1);
    }
}

#[tokio::test]
async fn identity_without_and_with_the_guest_page() {
    let device = Device::new(Style::Plain);
    let server = serve(&device).await;
    let mut driver = drive(&server, read_only(), credentials(ADMIN_PASSWORD)).await;
    let identity = driver.identity().await.unwrap();
    assert_eq!(
        (identity.model.as_str(), identity.serial.as_deref(), identity.firmware.as_deref()),
        ("RICOH MP C3003", Some("E154C500012"), Some("1.21"))
    );

    let device = Device::new(Style::Plain);
    device.state.lock().unwrap().deny_guest = true;
    let server = serve(&device).await;
    let mut driver = drive(&server, read_only(), credentials(ADMIN_PASSWORD)).await;
    assert_eq!(driver.identity().await.unwrap().serial.as_deref(), Some("E154C500012"));
    driver.close().await.unwrap();
    assert_eq!(device.state.lock().unwrap().session, None);
}

#[tokio::test]
async fn others_are_not_recognised_and_a_nameless_one_is_named() {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_string("<title>EWS</title><h1>Printer</h1>"))
        .mount(&server)
        .await;
    let mut session = connect(&server, read_only()).await;
    assert!(Ricoh::default().recognise(&mut session).await.unwrap().is_none());

    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(302).insert_header("Location", "/general/status.html"))
        .mount(&server)
        .await;
    let mut session = connect(&server, read_only()).await;
    assert!(Ricoh::default().recognise(&mut session).await.unwrap().is_none());

    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_raw(
            "<title>Web Image Monitor</title><a href=/web/guest/el/websys/webArch/mainFrame.cgi>x</a><table><tr><td>Όνομα</td><td>:</td><td>abc</td></tr></table>",
            "text/html; charset=utf-8",
        ))
        .mount(&server)
        .await;
    let mut session = connect(&server, read_only()).await;
    let error = Ricoh::default().recognise(&mut session).await.unwrap_err();
    assert_eq!(error.category, Category::UnknownModel);
    assert!(error.got.contains("Όνομα"), "{error}");
}

#[tokio::test]
async fn a_lost_answer_is_said_to_be_lost() {
    let device = Device::new(Style::Plain);
    let server = serve(&device).await;
    let drop = |_: &wiremock::Request| std::io::Error::other("cut");
    Mock::given(path_regex("mailConfSet.cgi$")).respond_with_err(drop).with_priority(1).mount(&server).await;
    let mut driver =
        drive(&server, Access::ReadWrite(Arc::new(Book::default())), credentials(ADMIN_PASSWORD)).await;
    let change = Change::Smtp(Box::new(SmtpChange { from: SmtpSettings::default(), to: wanted() }));
    assert_eq!(driver.apply(&change).await.unwrap(), Receipt { posts: 3, reply: ReplyState::Lost });
    driver.close().await.unwrap();
    assert_eq!(device.state.lock().unwrap().session, None);
}

#[tokio::test]
async fn nothing_is_written_in_a_session_that_only_reads() {
    let device = Device::new(Style::Plain);
    let server = serve(&device).await;
    let mut driver = drive(&server, read_only(), credentials(ADMIN_PASSWORD)).await;
    let change = Change::Smtp(Box::new(SmtpChange { from: SmtpSettings::default(), to: wanted() }));
    driver.apply(&change).await.unwrap_err();
    driver.close().await.unwrap();
    let state = device.state.lock().unwrap();
    assert!(!state.log.iter().any(|l| l.starts_with("POST") && !l.ends_with("login.cgi")), "{:?}", state.log);
}
