//! The first story's law firm: what its machines hear from Google before and after the cure.
#![allow(clippy::unwrap_used)]

use scanfleet_mocks::{Item, Lab, LabSpec, ScanRequest};

fn scan() -> ScanRequest {
    ScanRequest::to("client@elsewhere.example")
}

#[tokio::test]
async fn the_firm_cannot_send_until_each_machine_has_an_app_password_of_its_own() {
    let spec = LabSpec::story_one();
    let next: Vec<(String, String)> =
        spec.devices.iter().map(|it| (it.name.clone(), it.next_smtp_password.clone().unwrap())).collect();
    let lab = Lab::start(spec).await.unwrap();
    let makers: Vec<String> = lab.devices().into_iter().map(|device| device.vendor).collect();
    assert_eq!(makers, ["xerox", "brother"]);

    let own = lab.device("lp-front-office").scan(scan()).await;
    assert!(!own.sent && own.stage.as_str() == "auth", "{own:?}");
    assert!(own.reply.unwrap().starts_with("534 5.7.9 Application-specific password required."));
    let former = lab.device("lp-back-office").scan(scan()).await;
    assert!(former.reply.unwrap().starts_with("535 5.7.8 Username and Password not accepted."));

    for (name, password) in &next {
        let device = lab.device(name);
        device.panel(&[(Item::SmtpPort, "587"), (Item::SmtpSecurity, "starttls")]).unwrap();
        device.panel_smtp_password(Some(password));
        let outcome = device.scan(scan()).await;
        assert!(outcome.sent, "{name}: {outcome:?}");
        assert!(outcome.reply.unwrap().ends_with(" - gsmtp"));
    }
    let messages = lab.mail().messages();
    assert_eq!(messages.len(), 2);
    assert!(messages.iter().all(|message| {
        message.envelope_from == "scan@larkin-pryor.example"
            && message.authenticated_as.as_deref() == Some("scan@larkin-pryor.example")
    }));
    lab.shutdown().await;
}

#[tokio::test]
async fn google_wants_tls_and_a_login_before_it_takes_mail() {
    let lab = Lab::start(LabSpec::story_one()).await.unwrap();
    let device = lab.device("lp-front-office");
    device
        .panel(&[(Item::SmtpPort, "587"), (Item::SmtpSecurity, "none"), (Item::UserJobsLogin, "none")])
        .unwrap();
    let plain = device.scan(scan()).await;
    assert!(plain.reply.unwrap().starts_with("530 5.7.0 Must issue a STARTTLS command first."));
    device.panel(&[(Item::SmtpSecurity, "starttls")]).unwrap();
    let nobody = device.scan(scan()).await;
    assert!(nobody.reply.unwrap().starts_with("530 5.7.0 Authentication Required."));
    device.panel(&[(Item::SmtpPort, "25")]).unwrap();
    assert_eq!(device.scan(scan()).await.detail, "timed out");
    lab.shutdown().await;
}

#[tokio::test]
async fn the_workspace_has_a_file_for_each_password_to_come() {
    let lab = Lab::start(LabSpec::story_one()).await.unwrap();
    let dir = std::env::temp_dir().join(format!("scanfleet-mocks-story-{}", std::process::id()));
    let inventory = std::fs::read_to_string(lab.write_workspace(&dir).unwrap()).unwrap();
    assert!(inventory.contains(",xerox,admin,") && inventory.contains(",brother,"), "{inventory}");
    for name in ["lp-front-office", "lp-back-office"] {
        let password = std::fs::read_to_string(dir.join(format!("secrets/smtp-{name}.txt"))).unwrap();
        assert_eq!(password.len(), 16);
    }
    assert!(!dir.join("secrets/m365-scan.txt").exists());
    std::fs::remove_dir_all(&dir).unwrap();
    lab.shutdown().await;
}
