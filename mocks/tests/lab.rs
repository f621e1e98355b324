//! The lab as a whole: fleet, control endpoint, workspace, scans.
#![allow(missing_docs)]

mod common;

use common::Client;
use scanfleet_mocks::{Item, Lab, LabSpec, Profile, ScanRequest};
use serde_json::{Value, json};

async fn call(lab: &Lab, method: &str, path: &str, body: Value) -> (u16, Value) {
    let mut client = Client::new(&lab.control_url(), "en");
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let reply = client.send(method, path, &body).await.unwrap();
    (reply.status, serde_json::from_str(&reply.body).unwrap())
}

/// What the playbook of the story would set.
fn microsoft_365() -> [(Item, &'static str); 7] {
    [
        (Item::SmtpServer, "smtp.office365.com"),
        (Item::SmtpPort, "587"),
        (Item::SmtpSsl, "true"),
        (Item::SmtpAuth, "true"),
        (Item::SmtpAuthAddress, "scan@northshore.example"),
        (Item::SmtpUser, "scan@northshore.example"),
        (Item::AdminAddress, "scan@northshore.example"),
    ]
}

#[tokio::test]
async fn the_demo_fleet_stands_as_the_story_says() {
    let lab = Lab::start(LabSpec::demo()).await.unwrap();
    let devices = lab.devices();
    assert_eq!(devices.len(), 26);
    let mut refused = Vec::new();
    for device in &devices {
        let mut client = Client::new(&device.address, "fr");
        match client.get("/web/guest/fr/websys/status/configuration.cgi").await {
            None => refused.push(device.name.as_str()),
            Some(page) => {
                assert!(
                    page.body.contains(&device.serial) && page.body.contains(&device.model),
                    "{}",
                    device.name
                );
                let answer = client.log_in(&device.admin_user, &device.admin_password_in_inventory).await;
                assert_eq!(answer.status == 302, device.password_is_right, "{}", device.name);
            }
        }
    }
    assert_eq!(refused, ["sb-archive"]);
    assert_eq!(devices.iter().filter(|device| !device.password_is_right).count(), 1);
    lab.shutdown().await;
}

#[tokio::test]
async fn a_scan_fails_with_the_old_settings_and_passes_with_the_new_ones() {
    let lab = Lab::start(LabSpec::demo()).await.unwrap();
    let device = lab.device("hv-emergency");
    let to = || ScanRequest::to("smtptest@northshore.example");
    let before = device.scan(to()).await;
    assert!(!before.sent, "{before:?}");
    assert!(lab.mail().messages().is_empty());

    device.panel(&microsoft_365()).unwrap();
    device.panel_smtp_password(Some("not-the-password"));
    let wrong = device.scan(to()).await;
    assert!(!wrong.sent && wrong.stage.as_str() == "auth", "{wrong:?}");

    device.panel_smtp_password(Some("lab-m365-not-a-secret"));
    let after = device.scan(to()).await;
    assert!(after.sent, "{after:?}");
    let messages = lab.mail().messages();
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].authenticated_as.as_deref(), Some("scan@northshore.example"));

    // From the third site 587 is blocked and 25 is not.
    let other = lab.device("ls-therapy");
    other.panel(&microsoft_365()).unwrap();
    other.panel_smtp_password(Some("lab-m365-not-a-secret"));
    let blocked = other.scan(to()).await;
    assert!(!blocked.sent && blocked.stage.as_str() == "connect", "{blocked:?}");
    let mx = lab.mail().mx_name();
    other
        .panel(&[
            (Item::SmtpServer, &mx),
            (Item::SmtpPort, "25"),
            (Item::SmtpSsl, "false"),
            (Item::SmtpAuth, "false"),
        ])
        .unwrap();
    let direct = other.scan(to()).await;
    assert!(direct.sent, "{direct:?}");
    lab.shutdown().await;
}

#[tokio::test]
async fn the_control_endpoint_tells_the_truth_and_never_a_password() {
    let lab = Lab::start(LabSpec::demo()).await.unwrap();
    let (status, all) = call(&lab, "GET", "/__lab/devices", Value::Null).await;
    assert_eq!((status, all["devices"].as_array().unwrap().len()), (200, 26));

    let changes = json!({ "smtp_server": "panel.example", "smtp_port": 2525, "smtp_ssl": true, "smtp_password": "s3cret-panel" });
    let (status, one) = call(&lab, "POST", "/__lab/devices/sb-it/panel", changes).await;
    assert_eq!(status, 200, "{one}");
    assert_eq!(one["settings"]["smtp_server"], "panel.example");
    assert_eq!(one["settings"]["smtp_port"], "2525");
    let (_, one) = call(&lab, "GET", "/__lab/devices/sb-it", Value::Null).await;
    assert_eq!(one["passwords"]["smtp"].as_str().unwrap().len(), 64);
    for secret in ["s3cret-panel", "lab-stonebridge-not-a-secret"] {
        assert!(!one.to_string().contains(secret) && !all.to_string().contains(secret), "{secret}");
    }

    for (path, body, expected) in [
        ("/__lab/devices/nobody", Value::Null, 404),
        ("/__lab/devices/sb-it/panel", json!({ "smtp_prot": 1 }), 422),
        ("/__lab/devices/sb-it/panel", json!({ "smtp_port": 0 }), 422),
        ("/__lab/devices/sb-it/faults", json!({ "kind": "no_such" }), 422),
        ("/__lab/mail", json!({ "smtp_aut": true }), 422),
    ] {
        let (status, answer) = call(&lab, "POST", path, body).await;
        assert_eq!(status, expected, "{path}: {answer}");
        assert!(answer["error"].is_string());
    }
    let (status, scan) =
        call(&lab, "POST", "/__lab/devices/sb-it/scan", json!({ "to": "smtptest@northshore.example" })).await;
    assert_eq!((status, &scan["sent"]), (200, &json!(false)));
    let (_, mail) = call(&lab, "POST", "/__lab/mail", json!({ "smtp_auth": false })).await;
    assert_eq!(mail["tenant"]["smtp_auth"], false);

    let faults =
        json!([{ "kind": { "slow": { "ms": 1 } }, "times": 2 }, { "kind": "busy", "path": "@save" }]);
    let (status, faults) = call(&lab, "POST", "/__lab/devices/sb-it/faults", faults).await;
    assert_eq!((status, faults["faults"].as_array().unwrap().len()), (200, 2));
    let (_, none) = call(&lab, "DELETE", "/__lab/devices/sb-it/faults", Value::Null).await;
    assert_eq!(none["faults"], json!([]));

    let rules = json!({ "name": "127.20.4.0/24", "range": "127.20.4.0/24", "egress": [{ "host": "*", "to": "refused" }] });
    let (status, subnets) = call(&lab, "POST", "/__lab/subnets", rules).await;
    assert_eq!((status, &subnets["subnets"][3]["egress"][0]["to"]), (200, &json!("refused")));
    let scan = lab.device("sb-it").scan(ScanRequest::to("smtptest@northshore.example")).await;
    assert!(!scan.sent && scan.detail.contains("refused"), "{scan:?}");

    // The same paths stand on the device's own port.
    let address = lab.device("hv-ward-2").info().address;
    let mut client = Client::new(&address, "es");
    client.get("/").await.unwrap();
    let own = client.get("/__lab/self").await.unwrap();
    let own: Value = serde_json::from_str(&own.body).unwrap();
    assert_eq!((&own["name"], &own["requests"]["total"]), (&json!("hv-ward-2"), &json!(1)));
    let (_, log) = call(&lab, "GET", "/__lab/requests/hv-ward-2", Value::Null).await;
    assert_eq!(
        log["requests"],
        json!([{ "number": 1, "method": "GET", "path": "/", "kind": "root", "status": 200 }])
    );
    lab.shutdown().await;
}

#[tokio::test]
async fn a_panel_change_is_taken_whole_or_not_at_all() {
    let lab = Lab::start(LabSpec::single("mp-c3003")).await.unwrap();
    let device = lab.device("copier");
    let refused = device.panel(&[(Item::SmtpServer, "x.example"), (Item::SmtpPort, "70000")]);
    assert!(refused.unwrap_err().contains("SmtpPort"));
    assert_eq!(device.state().settings.get(Item::SmtpServer), "");
    device.panel(&[(Item::SmtpServer, "x.example")]).unwrap();
    device.reset();
    assert_eq!(device.state().settings.get(Item::SmtpServer), "");
}

#[tokio::test]
async fn the_workspace_has_an_inventory_and_secrets_of_mode_0600() {
    let lab = Lab::start(LabSpec::demo()).await.unwrap();
    let dir = std::env::temp_dir().join(format!("scanfleet-lab-{}", std::process::id()));
    let inventory = lab.write_workspace(&dir).unwrap();
    // A second writing replaces the first.
    assert_eq!(lab.write_workspace(&dir).unwrap(), inventory);
    let text = std::fs::read_to_string(&inventory).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "name,address,vendor,admin_user,admin_secret,site,location,model,serial,subnet,tls,tags"
    );
    assert_eq!(lines.len(), 27);
    let dental = lines.iter().find(|line| line.starts_with("cr-dental,")).unwrap();
    assert!(dental.contains(",ricoh,admin,file:secrets/cedar-ridge-admin.txt,cedar-ridge,"), "{dental}");
    assert!(dental.contains(",127.20.2.0/24,legacy,"), "{dental}");
    for (file, secret) in [
        ("cedar-ridge-admin.txt", "lab-cedar-ridge-not-a-secret"),
        ("stonebridge-admin.txt", "lab-stonebridge-not-a-secret"),
        ("m365-scan.txt", "lab-m365-not-a-secret"),
    ] {
        let path = dir.join("secrets").join(file);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), secret);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
    assert!(!text.contains("not-a-secret"));
    std::fs::remove_dir_all(&dir).unwrap();
}

#[tokio::test]
async fn five_hundred_copiers_start() {
    let lab = Lab::start(LabSpec::of(500)).await.unwrap();
    let devices = lab.devices();
    let names: std::collections::HashSet<_> = devices.iter().map(|device| &device.serial).collect();
    assert_eq!(names.len(), 500);
    for place in [0, 1, 2, 3, 499] {
        let mut client = Client::new(&devices[place].address, "fr");
        assert_eq!(client.get("/web/guest/fr/websys/webArch/topPage.cgi").await.unwrap().status, 200);
    }
    lab.shutdown().await;
}

#[tokio::test]
async fn two_devices_of_one_name_are_an_error() {
    let mut spec = LabSpec::single(Profile::NAMES[0]);
    spec.devices.push(spec.devices[0].clone());
    assert!(Lab::start(spec).await.unwrap_err().to_string().contains("\"copier\""));
}
