//! Every profile of the lab, through the driver.
#![allow(clippy::unwrap_used)]

mod common;

use common::{back_to, change, drive, read_only, read_write, recognise, wanted};
use scanfleet_mocks::{DeviceHandle, Fault, FaultKind, Item, Lab, LabSpec, PasswordKind};
use scanfleet_sdk::{
    AuthMethod, Category, DeviceError, Receipt, ReplyState, Section, Security, SmtpWanted, Support,
};

const PHP: [&str; 5] =
    ["altalink-c8155", "workcentre-7835", "workcentre-7835-old", "workcentre-5735", "versalink-c415"];

/// Of `common::MAIL_PASSWORD`.
const MAIL_PASSWORD_SHA256: &str = "4c8e58b4a08c5f5ee716fbc965122ee762641d21fbc19a1a81961763a0b84843";

async fn start(profile: &str) -> (Lab, String, String) {
    let spec = LabSpec::single(profile);
    let password = spec.devices[0].admin_password.clone();
    let lab = Lab::start(spec).await.unwrap();
    let address = lab.devices()[0].address.clone();
    (lab, address, password)
}

fn kinds(device: &DeviceHandle) -> Vec<String> {
    device.requests().iter().map(|r| r.kind.clone()).collect()
}

#[tokio::test]
async fn everything_is_written_read_back_and_put_back() {
    for profile in PHP {
        let (lab, address, password) = start(profile).await;
        let device = lab.device("copier");
        let (book, access) = read_write();
        let mut driver = drive(&address, access, &password).await;
        driver.login().await.unwrap();
        let before = driver.read(Section::Smtp).await.unwrap();
        assert_eq!((before.smtp.port, before.smtp.security), (Some(25), Some(Security::None)), "{profile}");
        assert_eq!(before.smtp.auth.method, AuthMethod::None);
        assert!(!before.raw.entries.iter().any(|(n, _)| n.contains("Token") || n.ends_with("password")));
        let receipt = driver.apply(&change(wanted())).await.unwrap();
        assert_eq!(receipt, Receipt { posts: 1, reply: ReplyState::Answered }, "{profile}");
        let after = driver.read(Section::Smtp).await.unwrap().smtp;
        assert_eq!(after.server, "smtp.example.test", "{profile}");
        assert_eq!((after.port, after.security), (Some(587), Some(Security::Starttls)), "{profile}");
        assert_eq!(after.auth.method, AuthMethod::Password);
        assert_eq!(after.auth.user.as_deref(), Some("scan@example.test"));
        assert_eq!(device.state().passwords[&PasswordKind::Smtp], MAIL_PASSWORD_SHA256, "{profile}");
        driver.apply(&change(back_to(&before.smtp))).await.unwrap();
        assert_eq!(driver.read(Section::Smtp).await.unwrap().smtp, before.smtp, "{profile}");
        driver.close().await.unwrap();
        assert_eq!((device.state().sessions, device.state().writes), (0, 2), "{profile}");
        assert_eq!(book.0.lock().unwrap().len(), 2);
        lab.shutdown().await;
    }
}

async fn fails(
    profile: &str,
    fault: impl Into<Fault>,
) -> (Result<Receipt, DeviceError>, u64, usize, Vec<String>) {
    let (lab, address, password) = start(profile).await;
    let device = lab.device("copier");
    let (_, access) = read_write();
    let mut driver = drive(&address, access, &password).await;
    device.fault(fault);
    let result = driver.apply(&change(wanted())).await;
    driver.close().await.unwrap();
    let state = device.state();
    let seen = kinds(&device);
    lab.shutdown().await;
    (result, state.writes, state.sessions, seen)
}

#[tokio::test]
async fn a_field_that_is_missing_doubled_or_only_looked_at_is_never_written() {
    for profile in PHP {
        let faults = [
            FaultKind::FieldMissing { item: Item::SmtpServer },
            FaultKind::FieldMissing { item: Item::SmtpPort },
            FaultKind::FieldMissing { item: Item::SmtpUser },
            FaultKind::FieldMissing { item: Item::SmtpSecurity },
            FaultKind::FieldMissing { item: Item::UserJobsLogin },
            FaultKind::FieldMissing { item: Item::DeviceAddress },
            FaultKind::FieldTwice { item: Item::SmtpServer },
            FaultKind::FieldTwice { item: Item::SmtpSecurity },
            FaultKind::FieldTwice { item: Item::SmtpUser },
            FaultKind::MissingMenuEntry,
            FaultKind::ReadOnlyPage,
        ];
        for kind in faults {
            let name = format!("{profile} {kind:?}");
            let (result, writes, sessions, _) = fails(profile, kind).await;
            let error = result.expect_err(&name);
            assert_eq!(error.category, Category::PageChanged, "{name}: {error}");
            assert!(error.capture.is_some() && error.page.is_some() && error.next.is_some(), "{name}");
            assert_eq!((writes, sessions), (0, 0), "{name}");
        }
    }
}

#[tokio::test]
async fn other_labels_or_other_names_do_not_matter() {
    for profile in PHP {
        for kind in [
            FaultKind::OtherLabel { item: Item::SmtpServer, label: "Zzz".into() },
            FaultKind::OtherLabel { item: Item::SmtpSecurity, label: "Zzz".into() },
            FaultKind::OtherLabel { item: Item::SmtpUser, label: "Zzz".into() },
            FaultKind::OtherName { item: Item::SmtpUser, name: "zzz".into() },
            FaultKind::OtherName { item: Item::SmtpSecurity, name: "zzz".into() },
            FaultKind::OtherName { item: Item::SmtpServer, name: "zzz".into() },
            FaultKind::OtherName { item: Item::DeviceAddress, name: "zzz".into() },
        ] {
            let name = format!("{profile} {kind:?}");
            let (result, writes, sessions, _) = fails(profile, kind).await;
            assert_eq!(result.expect(&name).posts, 1, "{name}");
            assert_eq!((writes, sessions), (1, 0), "{name}");
        }
    }
}

#[tokio::test]
async fn failures_have_their_category_and_every_session_ends() {
    for profile in PHP {
        for (kind, category, writes) in [
            (FaultKind::Busy, Category::Busy, 0),
            (FaultKind::TooManySessions, Category::Busy, 0),
            (FaultKind::WrongPassword, Category::AuthRefused, 0),
            (
                FaultKind::OptionMissing { item: Item::SmtpSecurity, choice: "starttls".into() },
                Category::Unsupported,
                0,
            ),
            (FaultKind::ServerError, Category::Busy, 0),
        ] {
            let name = format!("{profile} {kind:?}");
            let fault = if kind == FaultKind::ServerError {
                Fault::new(kind).times(1).on("@email")
            } else {
                Fault::new(kind)
            };
            let (result, written, sessions, seen) = fails(profile, fault).await;
            let error = result.expect_err(&name);
            assert_eq!(error.category, category, "{name}: {error}");
            assert_eq!((written, sessions), (writes, 0), "{name}: {error}");
            assert!(seen.iter().filter(|k| *k == "login").count() <= 1, "{name}: {seen:?}");
        }
        let (lost, writes, sessions, _) = fails(profile, FaultKind::LostReply).await;
        assert_eq!(lost.unwrap(), Receipt { posts: 1, reply: ReplyState::Lost });
        assert_eq!((writes, sessions), (1, 0));
        let (dropped, writes, ..) = fails(profile, FaultKind::DroppedWrite).await;
        assert_eq!((dropped.unwrap().reply, writes), (ReplyState::Answered, 0));
    }
}

#[tokio::test]
async fn an_expired_session_is_renewed_once_and_a_stale_token_is_read_afresh() {
    for profile in PHP {
        for place in ["@save", "@email"] {
            let (lab, address, password) = start(profile).await;
            let device = lab.device("copier");
            let mut driver = drive(&address, read_write().1, &password).await;
            driver.login().await.unwrap();
            device.fault(Fault::new(FaultKind::ExpireSession).times(1).on(place));
            let receipt = driver.apply(&change(wanted())).await;
            let receipt = receipt.unwrap_or_else(|e| panic!("{profile} {place}: {e}"));
            assert_eq!(receipt.reply, ReplyState::Answered);
            driver.close().await.unwrap();
            let (state, seen) = (device.state(), kinds(&device));
            assert_eq!((state.writes, state.sessions), (1, 0), "{profile} {place}: {seen:?}");
            assert_eq!(seen.iter().filter(|k| *k == "login").count(), 2, "{profile} {place}: {seen:?}");
            lab.shutdown().await;
        }
        let (result, writes, sessions, _) = fails(profile, Fault::new(FaultKind::StaleToken).times(1)).await;
        result.unwrap_or_else(|e| panic!("{profile}: {e}"));
        assert_eq!((writes, sessions), (1, 0), "{profile}");
    }
}

#[tokio::test]
async fn what_a_model_cannot_hold_is_told_before_anything_is_written() {
    let (lab, address, password) = start("workcentre-5735").await;
    let mut driver = drive(&address, read_only(), &password).await;
    driver.login().await.unwrap();
    driver.read(Section::Smtp).await.unwrap();
    let error = driver.can_hold(Security::Tls, 465).unwrap_err();
    assert!(error.contains("starttls"), "{error}");
    driver.can_hold(Security::Starttls, 587).unwrap();
    let long = SmtpWanted { server: Some("x".repeat(200)), ..SmtpWanted::default() };
    let error = driver.apply(&change(long)).await.unwrap_err();
    assert_eq!(error.category, Category::Unsupported);
    assert_eq!(driver.capabilities().test_mail, Support::No(
        "the SMTP page of this device has no test e-mail; scan at the panel, or test the mail server from this machine".into()
    ));
    driver.close().await.unwrap();
    lab.shutdown().await;
}

#[tokio::test]
async fn the_other_generations_are_refused_by_what_was_seen() {
    for (profile, words) in [("versalink-c405", ["2016", "hashHome"]), ("xerox-b235", ["Lexmark", "webglue"])]
    {
        let (lab, address, _) = start(profile).await;
        let error = recognise(&address).await.unwrap_err();
        assert_eq!(error.category, Category::UnknownModel);
        assert!(words.iter().all(|word| error.got.contains(word)), "{error}");
        assert_eq!(lab.device("copier").requests().len(), 1);
        lab.shutdown().await;
    }
    let (lab, address, _) = start("altalink-c8155").await;
    lab.device("copier").fault(FaultKind::OtherModel { model: "Brother MFC-L8900CDW".into() });
    let outcome = recognise(&address).await;
    assert!(
        outcome.is_err_and(|e| e.category == Category::UnknownModel)
            || recognise(&address).await.unwrap().is_none()
    );
    lab.shutdown().await;
    for profile in ["mp-c3003", "mfc-l8900cdw"] {
        let (lab, address, _) = start(profile).await;
        assert!(recognise(&address).await.unwrap().is_none(), "{profile}");
        lab.shutdown().await;
    }
}

#[tokio::test]
async fn a_test_mail_is_asked_of_the_page_and_its_words_are_told() {
    for profile in ["altalink-c8155", "workcentre-7835", "versalink-c415"] {
        let (lab, address, password) = start(profile).await;
        let (_, access) = read_write();
        let mut driver = drive(&address, access, &password).await;
        // The lab's machine has no way out to a server of no name.
        let error = driver.send_test_mail("somebody@example.test").await.unwrap_err();
        assert_eq!(error.category, Category::Rejected, "{error}");
        assert!(error.got.contains("could not be sent"), "{error}");
        assert!(driver.capabilities().test_mail.is_yes());
        driver.close().await.unwrap();
        assert!(kinds(&lab.device("copier")).contains(&"test".to_owned()));
        lab.shutdown().await;
    }
}

#[tokio::test]
async fn a_wrong_password_is_tried_once_and_a_former_one_may_be_a_lock() {
    for profile in PHP {
        let (lab, address, _) = start(profile).await;
        let mut driver = drive(&address, read_only(), "wrong").await;
        let error = driver.login().await.unwrap_err();
        assert_eq!(error.category, Category::AuthRefused, "{profile}: {error}");
        driver.close().await.unwrap();
        let state = lab.device("copier").state();
        assert_eq!((state.failed_logins, state.sessions), (1, 0), "{profile}");
        lab.shutdown().await;
    }
}
