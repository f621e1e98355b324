//! Walks through the Xerox profiles on the wire, with a client that knows HTTP and the evidence, and nothing else.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::HashSet;
use std::io::Read as _;

use common::{Client, Reply, inputs};
use scanfleet_mocks::{
    Csrf, Fault, FaultKind, Item, Lab, LabSpec, PasswordKind, ScanRequest, SmtpField, XeroxProfile,
};

const PHP: [&str; 5] =
    ["altalink-c8155", "workcentre-7835", "workcentre-7835-old", "workcentre-5735", "versalink-c415"];
const LOGIN: &str = "/properties/authentication/login.php?redir=/stat/welcome.php";

fn profile(name: &str) -> XeroxProfile {
    XeroxProfile::find(name).unwrap()
}

async fn start(name: &str) -> (Lab, Client) {
    let lab = Lab::start(LabSpec::single(name)).await.unwrap();
    let client = client(&lab);
    (lab, client)
}

fn client(lab: &Lab) -> Client {
    let mut client = Client::new(&lab.devices()[0].address, "en");
    client.cookies.clear();
    client
}

fn pairs(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Follows redirects; the last answer and the address it came from.
async fn follow(client: &mut Client, mut reply: Reply, from: &str) -> (Reply, String) {
    let mut at = from.to_owned();
    while reply.status == 302 {
        at = reply.header("location").unwrap().to_owned();
        reply = client.get(&at).await.unwrap();
    }
    (reply, at)
}

fn token(page: &str) -> Option<String> {
    inputs(page).into_iter().find(|input| input.name == "CSRFToken").map(|input| input.value)
}

/// The posts of the evidence, letter by letter.
fn login_form(profile: &XeroxProfile, page: &str, user: &str, password: &str) -> Vec<(String, String)> {
    let mut fields = if profile.door.user_field == "frmwebUsername" {
        pairs(&[
            ("_fun_function", "HTTP_Authenticate_fn"),
            ("NextPage", "/properties/authentication/luidLogin.php?type=&authStatus="),
            ("frmwebUsername", user),
            ("frmwebPassword", password),
            ("frmaltDomain", "default"),
        ])
    } else {
        pairs(&[
            ("_fun_function", "HTTP_Authenticate_fn"),
            ("NextPage", "/properties/authentication/luidLogin.php"),
            ("webUsername", user),
            ("webPassword", password),
            ("frmaltDomain", "default"),
        ])
    };
    if let Some(token) = token(page) {
        fields.push(("CSRFToken".into(), token));
    }
    fields
}

async fn try_log_in(client: &mut Client, profile: &XeroxProfile, password: &str) -> (Reply, String) {
    let page = client.get(LOGIN).await.unwrap();
    let fields = login_form(profile, &page.body, "admin", password);
    let reply = client.post("/userpost/xerox.set", &fields).await.unwrap();
    follow(client, reply, "/userpost/xerox.set").await
}

async fn log_in(client: &mut Client, profile: &XeroxProfile) -> (Reply, String) {
    try_log_in(client, profile, "lab-admin-not-a-secret").await
}

async fn smtp_page(client: &mut Client, profile: &XeroxProfile) -> String {
    let reply = client.get(&profile.smtp.page).await.unwrap();
    assert_eq!(reply.status, 200, "{}", profile.name);
    reply.body
}

/// What the page's own script would post: the fields in the form's order, a value where one is wanted.
fn save_form(profile: &XeroxProfile, page: &str, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let form = page.split("name=\"smtpForm\"").nth(1).unwrap().split("</form>").next().unwrap();
    let mut fields = Vec::new();
    for input in inputs(&format!("<form {form}")) {
        let value = match input.name.as_str() {
            "" => continue,
            "_fun_function" => "HTTP_Set_Config_Attrib_fn".to_owned(),
            "NextPage" | "from" | "CSRFToken" => input.value,
            name => match changes.iter().find(|(changed, _)| *changed == name) {
                Some((_, value)) => (*value).to_owned(),
                None => continue,
            },
        };
        fields.push((input.name, value));
    }
    for (name, _) in changes {
        assert!(fields.iter().any(|(field, _)| field == name), "{}: the form has no {name}", profile.name);
    }
    fields
}

async fn save(client: &mut Client, profile: &XeroxProfile, changes: &[(&str, &str)]) -> Reply {
    let page = smtp_page(client, profile).await;
    let fields = save_form(profile, &page, changes);
    client.post("/dummypost/xerox.set", &fields).await.unwrap()
}

#[test]
fn every_profile_has_its_own_page_and_order() {
    let profiles: Vec<XeroxProfile> =
        PHP.iter().filter(|it| !it.ends_with("old")).map(|it| profile(it)).collect();
    let pages: HashSet<_> = profiles.iter().map(|it| it.smtp.page.clone()).collect();
    assert_eq!(pages.len(), profiles.len());
    let orders: HashSet<String> = profiles.iter().map(|it| format!("{:?}", it.smtp.fields)).collect();
    assert_eq!(orders.len(), profiles.len());
    let boxes: HashSet<_> = profiles.iter().map(|it| it.smtp.save_box.0.clone()).collect();
    assert_eq!(boxes.len(), profiles.len());
    for name in XeroxProfile::NAMES {
        assert_eq!(profile(name).name, name);
    }
}

#[tokio::test]
async fn a_visitor_can_tell_what_it_is_and_is_sent_to_the_login_for_the_rest() {
    for name in PHP {
        let (lab, mut client) = start(name).await;
        let profile = profile(name);
        let first = client.get("/header.php?tab=status").await.unwrap();
        let cookie = first.set_cookies()[0].to_owned();
        let id = cookie.strip_prefix("PHPSESSID=").unwrap().split(';').next().unwrap();
        assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{cookie}");
        assert_eq!(first.header("server"), Some("Apache"));
        assert!(first.body.contains("<div id=\"productName\">") && !first.body.contains(">Logout</a>"));
        let configuration = client.get("/properties/configuration.php?tab=Status").await.unwrap().body;
        assert!(configuration.contains(&format!("Machine Model:</td><td>{}", profile.model)));
        assert!(
            configuration
                .contains(&format!("{}</td><td>{}</td></tr>", profile.version_label, profile.firmware))
        );
        let shut = client.get(&profile.smtp.page).await.unwrap();
        let (shut, at) = follow(&mut client, shut, &profile.smtp.page).await;
        assert_eq!(shut.status, 200);
        assert!(shut.body.contains("action=\"/userpost/xerox.set\""), "{name}");
        assert_eq!(at.contains("/properties/authentication/login.php?redir="), name != "workcentre-5735");
        assert_eq!(
            token(&shut.body).map(|it| it.len()),
            profile
                .smtp
                .fields
                .contains(&SmtpField::Token)
                .then_some(128)
                .filter(|_| profile.door.csrf != Csrf::None)
        );
        lab.shutdown().await;
    }
}

#[tokio::test]
async fn the_soap_service_tells_model_and_serial_without_a_login() {
    let (lab, mut client) = start("altalink-c8155").await;
    let body = "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>\
                <GetDeviceInformationRequest xmlns=\"http://www.xerox.com/webservices/office/device_configuration/1\"/>\
                </soap:Body></soap:Envelope>";
    let reply = client.send("POST", "/webservices/office/device_configuration/1", body).await.unwrap();
    assert_eq!(reply.status, 200);
    assert!(reply.body.contains("&lt;serial&gt;EHQ204417&lt;/serial&gt;"), "{}", reply.body);
    assert!(reply.body.contains("&lt;model&gt;Xerox AltaLink C8155&lt;/model&gt;"));
    lab.device("copier").fault(FaultKind::OtherSerial { serial: "XXX000001".into() });
    let other = client.send("POST", "/webservices/office/device_configuration/1", body).await.unwrap();
    assert!(other.body.contains("XXX000001"));
    lab.shutdown().await;
}

#[tokio::test]
async fn a_login_answers_200_and_only_a_protected_page_proves_it() {
    for name in PHP {
        let (lab, mut client) = start(name).await;
        let profile = profile(name);
        let (wrong, at) = try_log_in(&mut client, &profile, "wrong").await;
        assert_eq!(wrong.status, 200);
        match name {
            "altalink-c8155" | "versalink-c415" => assert!(at.contains("authStatus=0"), "{at}"),
            "workcentre-5735" => assert!(wrong.body.contains("http_errmsg")),
            _ => assert!(wrong.body.contains("login.php?invalid=t")),
        }
        assert_eq!(lab.device("copier").state().sessions, 0);
        let before = client.cookies.get("PHPSESSID").cloned();
        let (right, at) = log_in(&mut client, &profile).await;
        assert_eq!(right.status, 200);
        match name {
            "altalink-c8155" | "versalink-c415" => assert_eq!(at, "/stat/welcome.php"),
            _ => assert!(right.body.contains("window.opener")),
        }
        assert_eq!(client.cookies.get("PHPSESSID").cloned(), before, "the id stays");
        assert_eq!(lab.device("copier").state().sessions, 1);
        assert!(smtp_page(&mut client, &profile).await.contains("smtpForm"));
        let header = client.get("/header.php").await.unwrap().body;
        assert_eq!(header.contains(">Logout</a>"), name.starts_with("workcentre"), "{name}");
        let out = client.get(&profile.door.logout).await.unwrap();
        follow(&mut client, out, "").await;
        assert_eq!(lab.device("copier").state().sessions, 0);
        lab.shutdown().await;
    }
}

#[tokio::test]
async fn a_login_without_redir_ends_at_auto_configuration() {
    let (lab, mut client) = start("altalink-c8155").await;
    let profile = profile("altalink-c8155");
    let page = client.get("/properties/authentication/login.php").await.unwrap();
    let fields = login_form(&profile, &page.body, "admin", "lab-admin-not-a-secret");
    let reply = client.post("/userpost/xerox.set", &fields).await.unwrap();
    let (_, at) = follow(&mut client, reply, "").await;
    assert_eq!(at, "/properties/dataManagement/autoConfiguration.php");
    lab.shutdown().await;
}

#[tokio::test]
async fn the_traps_of_the_altalink_login() {
    let (lab, mut client) = start("altalink-c8155").await;
    let profile = profile("altalink-c8155");
    let page = client.get(LOGIN).await.unwrap().body;
    // The form's hidden values are filled in by script.
    let hidden: Vec<_> = inputs(&page).into_iter().filter(|it| it.name == "_fun_function").collect();
    assert_eq!(hidden[0].value, "");
    assert!(page.contains("HTTP_Authenticate_fn") && inputs(&page).iter().any(|it| it.name == "fred"));
    let good = login_form(&profile, &page, "admin", "lab-admin-not-a-secret");
    let with = |name: &str, value: &str| {
        let mut fields: Vec<_> = good.iter().filter(|(key, _)| key != name).cloned().collect();
        fields.push((name.to_owned(), value.to_owned()));
        fields
    };
    for fields in
        [with("_fun_function", "HTTP_Authenticate_Function"), with("frmaltDomain", ""), with("fred", "admin")]
    {
        let reply = client.post("/userpost/xerox.set", &fields).await.unwrap();
        let (_, at) = follow(&mut client, reply, "").await;
        assert!(at.contains("authStatus=0"), "{at}");
    }
    let reply = client.post("/userpost/xerox.set", &with("CSRFToken", "00")).await.unwrap();
    assert!(reply.header("location").unwrap().starts_with("/error.php?token="));
    assert_eq!(lab.device("copier").state().sessions, 0);
    lab.shutdown().await;
}

#[tokio::test]
async fn the_smtp_page_is_found_from_the_site_index() {
    for name in PHP {
        let (lab, mut client) = start(name).await;
        let profile = profile(name);
        let link = profile.smtp.page.replace('&', "&amp;");
        let sitemap = client.get("/sitemap.php").await.unwrap();
        assert!(sitemap.body.contains(&format!("href=\"{link}\"")), "{name}");
        let links = client.get("/links.php").await.unwrap();
        assert_eq!(links.status, if profile.links { 200 } else { 404 });
        if profile.links {
            assert!(links.body.contains(&format!("href='{link}'")));
        }
        lab.device("copier").fault(FaultKind::MissingMenuEntry);
        assert!(!client.get("/sitemap.php").await.unwrap().body.contains(&link));
        lab.shutdown().await;
    }
}

#[tokio::test]
async fn values_stand_where_the_profile_keeps_them() {
    for name in PHP {
        let (lab, mut client) = start(name).await;
        let profile = profile(name);
        log_in(&mut client, &profile).await;
        let device = lab.device("copier");
        device
            .panel(&[
                (Item::SmtpServer, "mail.example.test"),
                (Item::SmtpPort, "587"),
                (Item::SmtpUser, "a\"b<c"),
            ])
            .unwrap();
        device.panel_smtp_password(Some("lab-held-not-a-secret"));
        let page = smtp_page(&mut client, &profile).await;
        assert!(!page.contains("lab-held-not-a-secret"));
        match name {
            "altalink-c8155" => {
                assert!(page.contains("attr[\"connectivity.smtp.server\"] = \"mail.example.test:587\";"));
                assert!(page.contains("attr[\"connectivity.smtp.maxFragSize\"] = 10485760;"));
                assert!(page.contains("attr[\"connectivity.smtp.username\"] = \"a\\\"b\\x3cc\";"));
            }
            "versalink-c415" => {
                assert!(page.contains("name=\"connectivity.smtp.server\" value=\"mail.example.test:587\""));
                assert!(page.contains("value=\"a&quot;b&lt;c\""));
            }
            _ => {
                assert!(page.contains("valHst_1[2] = \"mail.example.test\";"), "{name}");
                assert!(page.contains("valPrt_1[2] = 587;"));
                device.panel(&[(Item::SmtpServer, "192.0.2.10")]).unwrap();
                let page = smtp_page(&mut client, &profile).await;
                assert!(page.contains("valIpv4_1_0[2] = 192;") && page.contains("valIpv4_1_3[2] = 10;"));
            }
        }
        lab.shutdown().await;
    }
}

#[tokio::test]
async fn a_save_changes_only_what_came() {
    for name in PHP {
        let (lab, mut client) = start(name).await;
        let profile = profile(name);
        log_in(&mut client, &profile).await;
        let device = lab.device("copier");
        device.panel(&[(Item::DeviceAddress, "device@example.test")]).unwrap();
        let wire = |word: &str| {
            profile
                .smtp
                .wire
                .iter()
                .find(|(item, known, _)| *item == Item::SmtpSecurity && *known == word)
                .unwrap()
                .2
        };
        let reply = save(
            &mut client,
            &profile,
            &[
                ("connectivity.smtp.server", "mail.example.test:587"),
                ("connectivity.smtp.encryption", wire("starttls")),
                ("connectivity.smtp.maxFragSize", "5242880"),
            ],
        )
        .await;
        assert_eq!(reply.status, 200);
        assert!(reply.body.contains("smtpForm"), "{name}: the next page is the answer");
        let state = device.state();
        assert_eq!(state.writes, 1);
        assert_eq!(state.settings.get(Item::SmtpServer), "mail.example.test");
        assert_eq!(state.settings.get(Item::SmtpPort), "587");
        assert_eq!(state.settings.get(Item::SmtpSecurity), "starttls");
        assert_eq!(state.settings.get(Item::MaxMessageKb), "5120");
        assert_eq!(state.settings.get(Item::DeviceAddress), "device@example.test");
        lab.shutdown().await;
    }
}

#[tokio::test]
async fn a_password_is_stored_only_with_its_box_ticked() {
    for name in PHP {
        let (lab, mut client) = start(name).await;
        let profile = profile(name);
        log_in(&mut client, &profile).await;
        let device = lab.device("copier");
        let secret = "lab-smtp-not-a-secret";
        let mut changes = vec![("connectivity.smtp.password", secret)];
        if let Some(retype) = &profile.smtp.retype {
            changes.push((retype, secret));
        }
        save(&mut client, &profile, &changes).await;
        assert!(!device.state().smtp_password_set(), "{name}: without the box");
        changes.push((&profile.smtp.save_box.0, &profile.smtp.save_box.1));
        save(&mut client, &profile, &changes).await;
        let sha: String =
            openssl::sha::sha256(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(device.state().passwords[&PasswordKind::Smtp], sha);
        if profile.smtp.retype.is_some() {
            changes[1].1 = "other";
            let refused = save(&mut client, &profile, &changes).await;
            assert!(refused.body.contains("http_errmsg"), "{name}");
            assert_eq!(device.state().passwords[&PasswordKind::Smtp], sha);
        }
        lab.shutdown().await;
    }
}

#[tokio::test]
async fn fields_out_of_order_are_answered_and_forgotten() {
    let (lab, mut client) = start("workcentre-7835").await;
    let profile = profile("workcentre-7835");
    log_in(&mut client, &profile).await;
    let page = smtp_page(&mut client, &profile).await;
    let mut fields = save_form(
        &profile,
        &page,
        &[("connectivity.smtp.server", "mail.example.test:587"), ("connectivity.smtp.username", "scan")],
    );
    fields.reverse();
    let reply = client.post("/dummypost/xerox.set", &fields).await.unwrap();
    assert_eq!(reply.status, 200);
    assert_eq!(lab.device("copier").state().settings.get(Item::SmtpServer), "");
    lab.shutdown().await;
}

#[tokio::test]
async fn bad_values_are_refused_as_a_whole() {
    let (lab, mut client) = start("altalink-c8155").await;
    let profile = profile("altalink-c8155");
    log_in(&mut client, &profile).await;
    let long = format!("{}:25", "a".repeat(200));
    for (name, value) in [
        ("connectivity.smtp.server", "mail.example.test"),
        ("connectivity.smtp.server", "mail.example.test:70000"),
        ("connectivity.smtp.server", long.as_str()),
        ("connectivity.smtp.encryption", "rot13"),
        ("connectivity.smtp.maxFragSize", "1000"),
    ] {
        let reply = save(
            &mut client,
            &profile,
            &[("connectivity.smtp.emailAddress", "x@example.test"), (name, value)],
        )
        .await;
        assert!(reply.status == 200 && reply.body.contains("http_errmsg"), "{name}={value}");
    }
    let state = lab.device("copier").state();
    assert_eq!((state.writes, state.settings.get(Item::DeviceAddress)), (0, ""));
    lab.shutdown().await;
}

#[tokio::test]
async fn a_post_without_session_or_with_a_stale_token_stores_nothing() {
    let (lab, mut client) = start("workcentre-7835").await;
    let profile = profile("workcentre-7835");
    log_in(&mut client, &profile).await;
    let device = lab.device("copier");
    let changes = [("connectivity.smtp.server", "mail.example.test:587")];
    device.fault(Fault::new(FaultKind::StaleToken).times(1));
    let stale = save(&mut client, &profile, &changes).await;
    assert!(stale.header("location").unwrap().starts_with("/error.php?token="));
    let page = smtp_page(&mut client, &profile).await;
    let fields = save_form(&profile, &page, &changes);
    device.expire_sessions();
    let expired = client.post("/dummypost/xerox.set", &fields).await.unwrap();
    assert!(expired.header("location").unwrap().starts_with("/properties/authentication/login.php?redir="));
    assert_eq!(device.state().writes, 0);
    lab.shutdown().await;
}

#[tokio::test]
async fn patched_firmware_wants_the_password_with_another_server() {
    let mut spec = LabSpec::single("workcentre-7835");
    let xerox = spec.devices[0].profile.xerox_mut().unwrap();
    xerox.smtp.password_with_server = true;
    xerox.door.csrf = Csrf::Sent;
    let profile = xerox.clone();
    spec.devices[0].smtp_password = Some("lab-held-not-a-secret".into());
    let lab = Lab::start(spec).await.unwrap();
    let mut client = client(&lab);
    log_in(&mut client, &profile).await;
    let server = ("connectivity.smtp.server", "mail.example.test:587");
    assert!(save(&mut client, &profile, &[server]).await.body.contains("http_errmsg"));
    let with_password = [
        server,
        ("connectivity.smtp.password", "lab-new-not-a-secret"),
        ("retypePassword", "lab-new-not-a-secret"),
        ("connectivity.smtp.savePassword", "on"),
    ];
    assert!(!save(&mut client, &profile, &with_password).await.body.contains("http_errmsg"));
    assert_eq!(lab.device("copier").state().settings.get(Item::SmtpPort), "587");
    lab.shutdown().await;
}

#[tokio::test]
async fn faults_strike_the_save_and_the_page() {
    let (lab, mut client) = start("altalink-c8155").await;
    let profile = profile("altalink-c8155");
    log_in(&mut client, &profile).await;
    let device = lab.device("copier");
    let changes = [("connectivity.smtp.emailAddress", "x@example.test")];
    let held = || device.state().settings.get(Item::DeviceAddress).to_owned();

    for (kind, refused) in [(FaultKind::Busy, true), (FaultKind::DroppedWrite, false)] {
        device.fault(Fault::new(kind).times(1));
        let reply = save(&mut client, &profile, &changes).await;
        assert_eq!((reply.status, reply.body.contains("http_errmsg")), (200, refused));
        assert_eq!(held(), "");
    }
    device.lock(true);
    assert!(save(&mut client, &profile, &changes).await.body.contains("http_errmsg"));
    device.lock(false);

    let page = smtp_page(&mut client, &profile).await;
    device.fault(Fault::new(FaultKind::LostReply).times(1));
    let fields = save_form(&profile, &page, &changes);
    assert!(client.post("/dummypost/xerox.set", &fields).await.is_none());
    assert_eq!(held(), "x@example.test");

    device.fault(FaultKind::FieldMissing { item: Item::SmtpSecurity });
    device.fault(FaultKind::FieldTwice { item: Item::SmtpUser });
    device.fault(FaultKind::OtherLabel { item: Item::DeviceAddress, label: "Whatever".into() });
    device.fault(FaultKind::OtherName { item: Item::Fragments, name: "x.y".into() });
    device.fault(FaultKind::OptionMissing { item: Item::ServerChoice, choice: "dns".into() });
    let page = smtp_page(&mut client, &profile).await;
    assert!(!page.contains("connectivity.smtp.encryption"));
    assert_eq!(page.matches("name=\"connectivity.smtp.username\"").count(), 2);
    assert!(page.contains(">Whatever<") && page.contains("name=\"x.y\"") && !page.contains("value=\"dns\""));
    device.clear_faults();

    device.fault(FaultKind::ReadOnlyPage);
    let page = smtp_page(&mut client, &profile).await;
    assert!(!page.contains("saveBtn") && page.contains("disabled"));
    device.clear_faults();
    device.fault(Fault::new(FaultKind::TooManySessions).times(1));
    let mut other = self::client(&lab);
    assert!(!other.get(LOGIN).await.unwrap().body.contains("loginBtn"));
    lab.shutdown().await;
}

#[tokio::test]
async fn a_test_mail_is_a_real_one() {
    for name in ["altalink-c8155", "workcentre-7835", "versalink-c415"] {
        let (lab, mut client) = start(name).await;
        let profile = profile(name);
        let test = profile.smtp.test.clone().unwrap();
        log_in(&mut client, &profile).await;
        let device = lab.device("copier");
        device
            .panel(&[
                (Item::SmtpServer, "smtp.office365.com"),
                (Item::SmtpPort, "587"),
                (Item::SmtpSecurity, "starttls"),
                (Item::DeviceAddress, "scan@northshore.example"),
                (Item::SmtpUser, "scan@northshore.example"),
                (Item::SystemJobsLogin, "system"),
            ])
            .unwrap();
        let page = smtp_page(&mut client, &profile).await;
        let form = page.split("name=\"testForm\"").nth(1).unwrap().split("</form>").next().unwrap();
        let mut fields: Vec<(String, String)> =
            inputs(&format!("<form {form}")).into_iter().map(|input| (input.name, input.value)).collect();
        common::set(&mut fields, &test.to_field, "smtptest@northshore.example");
        let target = if test.ajax { "/userpost/xerox.set?ajts1780000000000" } else { "/userpost/xerox.set" };
        let failed = client.post(target, &fields).await.unwrap();
        assert!(failed.body.contains("5.7.139"), "{name}: {}", failed.body);
        device.panel_smtp_password(Some("lab-m365-not-a-secret"));
        let sent = client.post(target, &fields).await.unwrap();
        assert!(sent.body.contains("sent successfully"), "{name}: {}", sent.body);
        assert_eq!(sent.body.starts_with('{'), test.ajax);
        let messages = lab.mail().messages();
        assert_eq!(messages.len(), 1);
        assert_eq!(messages[0].authenticated_as.as_deref(), Some("scan@northshore.example"));
        // A person's scan does not log in unless that is set, too.
        let scan = device.scan(ScanRequest::to("smtptest@northshore.example")).await;
        assert!(!scan.sent && scan.reply.unwrap().contains("5.7.57"));
        device.panel(&[(Item::UserJobsLogin, "system")]).unwrap();
        assert!(device.scan(ScanRequest::to("smtptest@northshore.example")).await.sent);
        lab.shutdown().await;
    }
}

#[tokio::test]
async fn a_clone_file_holds_the_smtp_settings() {
    for name in ["altalink-c8155", "workcentre-7835", "workcentre-5735"] {
        let mut spec = LabSpec::single(name);
        spec.devices[0].settings.set(Item::SmtpServer, "192.0.2.10");
        spec.devices[0].smtp_password = Some("lab-held-not-a-secret".into());
        let lab = Lab::start(spec).await.unwrap();
        let mut client = client(&lab);
        let profile = profile(name);
        let cloning = profile.cloning.clone().unwrap();
        log_in(&mut client, &profile).await;
        assert_eq!(client.get(&cloning.download).await.unwrap().status, 404);
        let page = client.get("/properties/cloning.php").await.unwrap().body;
        assert_eq!(page.contains("directoryList = \""), cloning.in_script);
        let mut fields = pairs(&[
            ("_fun_function", "HTTP_Set_Config_Attrib_fn"),
            ("_fun_function", "HTTP_Config_Cloning_fn"),
            ("NextPage", "/properties/cloning_dl.php"),
        ]);
        fields
            .extend(cloning.groups.iter().map(|(value, _)| ("clone_group".to_owned(), (*value).to_owned())));
        fields.extend(token(&page).map(|token| ("CSRFToken".to_owned(), token)));
        assert_eq!(client.post("/dummypost/xerox.set", &fields).await.unwrap().status, 200);
        let lines = download(&lab, &client, &cloning.download).await;
        assert!(lines.contains("\nset connectivity.smtp.server = 192.0.2.10:25\n"), "{name}: {lines}");
        assert!(lines.contains("\nset connectivity.smtp.username = \"\"\n"));
        let sealed = lines.split("set connectivity.smtp.password = ").nth(1).unwrap().lines().next().unwrap();
        assert!(sealed.len() == 36 && sealed.starts_with("0x") && sealed.ends_with("AA"), "{sealed}");
        assert!(!lines.contains("lab-held"));
        lab.shutdown().await;
    }
}

/// The text inside a clone file. The test client keeps bodies as text, so this one reads bytes.
async fn download(lab: &Lab, client: &Client, path: &str) -> String {
    let cookie = format!("PHPSESSID={}", client.cookies["PHPSESSID"]);
    let base = lab.devices()[0].address.clone();
    let bytes = common::bytes(&base, path, &cookie).await;
    let head = b"%%XRXend\n";
    let body = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    let text = &bytes[body..];
    assert!(text.starts_with(b"%%XRXbegin\n"));
    let start = text.windows(head.len()).position(|window| window == head).unwrap() + head.len();
    let mut out = String::new();
    flate2::read::GzDecoder::new(&text[start..]).read_to_string(&mut out).unwrap();
    assert!(out.contains("data/cloneStorage/cfg_clone"));
    out
}

#[tokio::test]
async fn two_other_generations_can_be_recognised() {
    let (lab, mut client) = start("versalink-c405").await;
    let home = client.get("/").await.unwrap().body;
    assert!(home.contains("/home/index.html#hashHome") && !home.contains("productName"));
    let ask = "<cfg:Object name=\"urn:fujixerox:names:ssm:1.0:management:ProductName\" offset=\"0\"/>";
    let told = client.send("POST", "/ssm/Management/Anonymous/StatusConfig", ask).await.unwrap().body;
    assert!(told.contains("name=\"TradeName\"") && told.contains("Xerox VersaLink C405"));
    assert_eq!(client.get(LOGIN).await.unwrap().status, 404);
    lab.shutdown().await;
    let (lab, mut client) = start("xerox-b235").await;
    let home = client.get("/").await.unwrap().body;
    assert!(home.contains("<title>Xerox&#174; B235</title>") && home.contains("/webglue/"));
    assert_eq!(client.get("/webglue/rawcontent?timedRefresh=1&c=Status&lang=en").await.unwrap().status, 200);
    lab.shutdown().await;
}

#[tokio::test]
async fn the_control_endpoint_speaks_of_a_xerox_in_its_own_words() {
    let (lab, mut client) = start("workcentre-5735").await;
    let device: serde_json::Value =
        serde_json::from_str(&client.get("/__lab/devices/copier").await.unwrap().body).unwrap();
    assert_eq!(device["vendor"], "xerox");
    assert_eq!(device["settings"]["max_message_kb"], "10240");
    assert!(device["settings"].get("smtp_ssl").is_none());
    let changed = client
        .send(
            "POST",
            "/__lab/self/panel",
            "{\"user_jobs_login\":\"system\",\"smtp_server\":\"mail.example.test\"}",
        )
        .await
        .unwrap();
    assert_eq!(changed.status, 200, "{}", changed.body);
    let refused = client.send("POST", "/__lab/self/panel", "{\"smtp_ssl\":true}").await.unwrap();
    assert_eq!(refused.status, 422);
    lab.shutdown().await;
}
