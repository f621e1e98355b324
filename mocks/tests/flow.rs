//! The whole way through a copier's pages, for each profile, byte by byte.
#![allow(missing_docs)]

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use common::{Client, Reply, assignments, entries, inputs, set, target};
use scanfleet_mocks::{AfterPassword, Item, Lab, LabSpec, PasswordKind, Profile};

const PASSWORD: &str = "lab-admin-not-a-secret";

async fn start(profile: &str) -> (Lab, Client, Profile) {
    let lab = Lab::start(LabSpec::single(profile)).await.unwrap();
    let profile = Profile::named(profile);
    let client = Client::new(&lab.devices()[0].address, &profile.languages[0]);
    (lab, client, profile)
}

/// Opens the configuration list and follows the link with the E-mail page's words.
async fn open_email(client: &mut Client, profile: &Profile) -> (String, Reply) {
    let list_path = client.entry("websys/webArch/configList.cgi");
    let list = client.get(&list_path).await.unwrap();
    let words = ["E-mail", "Email", "Courrier électr.", "Correo electrónico"];
    let link = list
        .body
        .split("<a href=\"javascript:wsMenu_jumpUrl(&#39;")
        .skip(1)
        .chain(list.body.split("<a href=\"javascript:wsMenu_jumpUrl('").skip(1))
        .find(|piece| {
            let text = piece.split('>').nth(1).unwrap().split('<').next().unwrap();
            words.contains(&text)
        })
        .unwrap_or_else(|| panic!("no E-mail entry in {}", list.body));
    let link = link.split(['\'', '&']).next().unwrap();
    assert_eq!(link, format!("../../{}", profile.email.page));
    let path = client.entry(link.trim_start_matches("../../"));
    let page = client.get(&path).await.unwrap();
    assert!(page.body.contains("value=\"mailConfGet\""), "{}", page.body);
    (path, page)
}

/// Posts the form to what a function of its script names, with what that function sets.
async fn press(
    client: &mut Client,
    path: &str,
    page: &Reply,
    function: &str,
    mut fields: Vec<(String, String)>,
) -> (String, Reply) {
    for (name, value) in assignments(&page.body, function) {
        set(&mut fields, &name, &value);
    }
    let to = target(&page.body, function, path);
    let reply = client.post(&to, &fields).await.unwrap();
    (to, reply)
}

/// Sets the SMTP password on its own page and comes back to the E-mail page.
async fn change_password(
    client: &mut Client,
    profile: &Profile,
    path: &str,
    page: &Reply,
    fields: Vec<(String, String)>,
    function: &str,
    password: &str,
) -> Reply {
    let (at, form) = press(client, path, page, function, fields).await;
    assert!(form.body.contains("passwd1wk"), "{}", form.body);
    let mut fields = entries(&inputs(&form.body));
    set(&mut fields, "passwd1", &BASE64.encode(password));
    set(&mut fields, "passwd2", &BASE64.encode(password));
    let to = target(&form.body, "setPwd", &at);
    let reply = client.post(&to, &fields).await.unwrap();
    match profile.email.after_password {
        AfterPassword::Page => reply,
        AfterPassword::Redirect => {
            let location = reply.header("location").unwrap().to_owned();
            client.get(&location).await.unwrap()
        }
        AfterPassword::Skip => {
            let to =
                reply.body.split("document.mainForm.action = \"").nth(1).unwrap().split('"').next().unwrap();
            let form = reply.body.split("<form name=\"mainForm\"").nth(1).unwrap();
            client.post(to, &entries(&inputs(form))).await.unwrap()
        }
    }
}

#[tokio::test]
async fn from_the_root_page_to_a_saved_setting_with_every_profile() {
    for name in Profile::NAMES {
        let (lab, mut client, profile) = start(name).await;
        let device = lab.device("copier");
        let root = client.get("/").await.unwrap();
        assert!(
            root.body.contains(&format!("/web/guest/{}/websys/webArch/mainFrame.cgi", profile.languages[0]))
        );
        let identity = client.guest("websys/status/configuration.cgi");
        let identity = client.get(&identity).await.unwrap();
        assert!(identity.body.contains(&profile.sample_serial) && identity.body.contains(&profile.model));

        let answer = client.log_in("admin", PASSWORD).await;
        assert_eq!(answer.status, 302, "{name}: {}", answer.body);
        assert!(answer.header("location").unwrap().contains("/entry/"));
        assert!(client.logged_in());
        assert_eq!(device.state().sessions, 1);

        let (path, page) = open_email(&mut client, &profile).await;
        let mut fields = entries(&inputs(&page.body));
        set(&mut fields, "smtpServerName", "smtp.office365.com");
        set(&mut fields, "smtpSendPort", "587");
        set(&mut fields, "smtpOverSSL", "true");
        set(&mut fields, "smtpAuth", "true");
        set(&mut fields, "adminMailAddress", "scan@northshore.example");
        // A browser enables these as soon as authentication is on.
        for (field, value) in
            [("smtpUserName", "scan@northshore.example"), ("smtpAuthMailAddress", "scan@northshore.example")]
        {
            fields.retain(|(key, _)| key != field);
            fields.push((field.into(), value.into()));
        }
        let enabled = inputs(&page.body)
            .into_iter()
            .filter(|input| input.disabled && (input.kind == "select" || input.on));
        for input in enabled {
            fields.push((input.name, input.value));
        }
        let back =
            change_password(&mut client, &profile, &path, &page, fields, "smtpPwd", "pässwörd-not-a-secret")
                .await;
        let again = entries(&inputs(&back.body));
        assert!(
            again.contains(&("smtpServerName".into(), "smtp.office365.com".into())),
            "{name}: {}",
            back.body
        );
        assert_eq!(device.state().settings.get(Item::SmtpServer), "", "{name}: nothing is stored yet");
        assert!(!device.state().smtp_password_set(), "{name}");

        let before = device.state();
        let (_, saved) = press(&mut client, &path, &back, "applyButton", again).await;
        assert!(matches!(saved.status, 200 | 302), "{}", saved.body);
        let after = device.state();
        assert_eq!(after.settings.get(Item::SmtpServer), "smtp.office365.com", "{name}: {}", saved.body);
        assert_eq!((after.settings.get(Item::SmtpPort), after.settings.on(Item::SmtpSsl)), ("587", true));
        assert_eq!(after.settings.get(Item::SmtpUser), "scan@northshore.example");
        let digest = openssl::sha::sha256("pässwörd-not-a-secret".as_bytes());
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(after.passwords, [(PasswordKind::Smtp, digest)].into());
        assert_eq!((after.writes, after.clear_passwords), (1, 0));
        // Everything else is as it was.
        for item in Item::ALL {
            let changed = [
                Item::SmtpServer,
                Item::SmtpPort,
                Item::SmtpSsl,
                Item::SmtpAuth,
                Item::SmtpUser,
                Item::SmtpAuthAddress,
                Item::AdminAddress,
            ]
            .contains(&item);
            assert_eq!(before.settings.get(item) != after.settings.get(item), changed, "{name}: {item:?}");
        }

        let out = client.entry("websys/webArch/logout.cgi");
        client.get(&out).await.unwrap();
        assert_eq!(device.state().sessions, 0);
        assert!(client.get(&path).await.unwrap().is_trampoline());
        lab.shutdown().await;
    }
}

#[tokio::test]
async fn a_wrong_password_is_answered_with_200_and_a_new_visitor_id() {
    let (lab, mut client, _) = start("mp-c4504ex").await;
    let answer = client.log_in("admin", "wrong").await;
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("Authentication has failed."));
    assert!(answer.set_cookies().iter().any(|cookie| cookie.starts_with("risessionid=")));
    assert!(!client.logged_in());
    assert_eq!((lab.device("copier").state().sessions, lab.device("copier").state().failed_logins), (0, 1));
}

#[tokio::test]
async fn without_the_cookie_there_is_only_the_cookie_page() {
    for (name, sign) in [("mp-c4504ex", "messageID=MSG_COOKIEOFF"), ("aficio-mp-301", "Erreur de cookie")] {
        let (_lab, mut client, _) = start(name).await;
        client.cookies.clear();
        let form = client.guest("websys/webArch/authForm.cgi");
        let page = client.get(&form).await.unwrap();
        assert_eq!(page.status, 200);
        assert!(page.body.contains(sign), "{}", page.body);
        // The answer set the cookie, so the second visit works.
        assert!(client.get(&form).await.unwrap().body.contains("userid_work"));
    }
}

#[tokio::test]
async fn dashes_are_set_beside_a_valid_session() {
    let (_lab, mut client, profile) = start("im-c4500").await;
    let answer = client.log_in("admin", PASSWORD).await;
    let ids: Vec<&str> =
        answer.set_cookies().into_iter().filter(|cookie| cookie.starts_with("wimsesid=")).collect();
    assert!(ids[0].starts_with("wimsesid=") && !ids[0].starts_with("wimsesid=--"), "{ids:?}");
    assert!(ids[1..].iter().all(|cookie| cookie.starts_with("wimsesid=--")) && ids.len() > 1, "{ids:?}");
    assert!(answer.header("location").unwrap().ends_with("open=websys/easySecurity/getEasySecurity.cgi"));
    let (_, page) = open_email(&mut client, &profile).await;
    assert!(page.set_cookies().iter().any(|cookie| cookie.starts_with("wimsesid=--")));
}

#[tokio::test]
async fn what_is_not_installed_or_not_there_is_a_404_of_89_bytes() {
    let (_lab, mut client, _) = start("aficio-mp-301").await;
    for path in
        ["/web/guest/en/websys/webArch/authForm.cgi", "/web/guest/fr/websys/nothing.cgi", "/favicon.ico"]
    {
        let reply = client.get(path).await.unwrap();
        assert_eq!((reply.status, reply.body.len()), (404, 89), "{path}");
    }
}

#[tokio::test]
async fn sessions_are_few_and_a_log_out_frees_one() {
    let mut spec = LabSpec::single("mp-c3003");
    spec.devices[0].max_sessions = 1;
    let lab = Lab::start(spec).await.unwrap();
    let base = lab.devices()[0].address.clone();
    let (mut first, mut second) = (Client::new(&base, "es"), Client::new(&base, "es"));
    first.log_in("admin", PASSWORD).await;
    let refused = second.log_in("admin", PASSWORD).await;
    assert!(refused.body.contains("supera el límite máximo permitido"), "{}", refused.body);
    let out = first.entry("websys/webArch/logout.cgi");
    first.get(&out).await.unwrap();
    assert_eq!(second.log_in("admin", PASSWORD).await.status, 302);
}

#[tokio::test]
async fn a_locked_account_says_the_same_as_a_wrong_password() {
    let mut spec = LabSpec::single("mp-c4504ex");
    spec.devices[0].lockout = Some(2);
    let lab = Lab::start(spec).await.unwrap();
    let mut client = Client::new(&lab.devices()[0].address, "en");
    client.log_in("admin", "wrong").await;
    client.log_in("admin", "wrong").await;
    let locked = client.log_in("admin", PASSWORD).await;
    assert!(locked.status == 200 && locked.body.contains("Authentication has failed."));
    lab.device("copier").reset();
    assert_eq!(client.log_in("admin", PASSWORD).await.status, 302);
}

#[tokio::test]
async fn what_is_not_posted_is_lost() {
    let (lab, mut client, profile) = start("mp-c3003").await;
    let device = lab.device("copier");
    device.panel(&[(Item::NotifyUser, "somebody"), (Item::PopBeforeSmtp, "true")]).unwrap();
    client.log_in("admin", PASSWORD).await;
    let (path, page) = open_email(&mut client, &profile).await;
    let to = target(&page.body, "applyButton", &path);
    let fields =
        [("wimToken".to_owned(), client.token.clone()), ("smtpServerName".into(), "only.example".into())];
    client.post(&to, &fields).await.unwrap();
    let state = device.state();
    assert_eq!(state.settings.get(Item::SmtpServer), "only.example");
    assert_eq!(state.settings.get(Item::NotifyUser), "");
    assert!(!state.settings.on(Item::PopBeforeSmtp));
}

#[tokio::test]
async fn a_post_without_the_sessions_token_is_refused_where_the_profile_says_so() {
    let (lab, mut client, profile) = start("mp-c4504ex").await;
    client.log_in("admin", PASSWORD).await;
    let (path, page) = open_email(&mut client, &profile).await;
    let mut fields = entries(&inputs(&page.body));
    set(&mut fields, "wimToken", "123");
    let (_, reply) = press(&mut client, &path, &page, "applyButton", fields).await;
    assert!(reply.body.contains("BADFLOW"), "{}", reply.body);
    assert_eq!(lab.device("copier").state().writes, 0);
}

#[tokio::test]
async fn a_value_out_of_range_is_refused_whole() {
    let (lab, mut client, profile) = start("mp-c3003").await;
    client.log_in("admin", PASSWORD).await;
    let (path, page) = open_email(&mut client, &profile).await;
    let mut fields = entries(&inputs(&page.body));
    set(&mut fields, "smtpSendPort", "70000");
    let (_, reply) = press(&mut client, &path, &page, "applyButton", fields).await;
    assert!(reply.body.contains("NGPARAM"), "{}", reply.body);
    assert_eq!(lab.device("copier").state().writes, 0);
}

#[tokio::test]
async fn the_other_password_buttons_store_other_passwords() {
    let (lab, mut client, profile) = start("mp-c3003").await;
    client.log_in("admin", PASSWORD).await;
    let (path, page) = open_email(&mut client, &profile).await;
    let fields = entries(&inputs(&page.body));
    let back = change_password(&mut client, &profile, &path, &page, fields, "mirsPwd", "wrong-door").await;
    press(&mut client, &path, &back, "applyButton", entries(&inputs(&back.body))).await;
    let state = lab.device("copier").state();
    assert!(!state.smtp_password_set());
    assert!(state.passwords.contains_key(&PasswordKind::Notify));
}

#[tokio::test]
async fn certificates_differ_by_device_and_one_can_be_swapped() {
    use scanfleet_mocks::{Fault, FaultKind, TlsKind};
    let mut spec = LabSpec::single("im-c4500");
    for (name, tls) in [("expired", TlsKind::Expired), ("legacy", TlsKind::Legacy)] {
        let mut device = spec.devices[0].clone();
        device.name = name.into();
        device.tls = tls;
        spec.devices.push(device);
    }
    let lab = Lab::start(spec).await.unwrap();
    let mut seen = Vec::new();
    for device in lab.devices() {
        let mut client = Client::new(&device.address, "en");
        assert_eq!(client.get("/").await.unwrap().status, 200);
        seen.push(client.certificate.unwrap());
    }
    assert!(seen[0] != seen[1] && seen[1] != seen[2]);
    lab.device("copier").fault(Fault::new(FaultKind::OtherCertificate).times(1));
    let mut client = Client::new(&lab.devices()[0].address, "en");
    client.get("/").await.unwrap();
    assert_ne!(client.certificate.as_ref(), Some(&seen[0]));
    client.get("/").await.unwrap();
    assert_eq!(client.certificate.as_ref(), Some(&seen[0]));
}

#[tokio::test]
async fn a_rotating_token_wants_that_of_the_last_page() {
    use scanfleet_mocks::TokenLife;
    let mut spec = LabSpec::single("mp-c4504ex");
    spec.devices[0].profile.ricoh_mut().unwrap().session.token = TokenLife::Rotating;
    let profile = spec.devices[0].profile.ricoh().unwrap().clone();
    let lab = Lab::start(spec).await.unwrap();
    let mut client = Client::new(&lab.devices()[0].address, "en");
    assert_eq!(client.log_in("admin", PASSWORD).await.status, 302);
    let (path, page) = open_email(&mut client, &profile).await;
    let (_, second) = open_email(&mut client, &profile).await;
    let (_, stale) = press(&mut client, &path, &page, "applyButton", entries(&inputs(&page.body))).await;
    assert!(stale.body.contains("BADFLOW"));
    let mut fields = entries(&inputs(&second.body));
    set(&mut fields, "wimToken", &client.token.clone());
    let (_, fresh) = press(&mut client, &path, &second, "applyButton", fields).await;
    assert_eq!(fresh.status, 302, "{}", fresh.body);
}

#[tokio::test]
async fn a_password_typed_into_the_visible_fields_is_noticed_and_not_stored() {
    let (lab, mut client, profile) = start("im-c4500").await;
    client.log_in("admin", PASSWORD).await;
    let (path, page) = open_email(&mut client, &profile).await;
    let (at, form) = press(&mut client, &path, &page, "smtpPwd", entries(&inputs(&page.body))).await;
    let mut fields = entries(&inputs(&form.body));
    set(&mut fields, "passwd1wk", "in-the-clear");
    set(&mut fields, "passwd2wk", "in-the-clear");
    let to = target(&form.body, "setPwd", &at);
    let back = client.post(&to, &fields).await.unwrap();
    press(&mut client, &path, &back, "applyButton", entries(&inputs(&back.body))).await;
    let state = lab.device("copier").state();
    assert!(!state.smtp_password_set());
    assert_eq!(state.clear_passwords, 2);
}

#[tokio::test]
async fn a_fresh_call_of_the_email_page_forgets_what_was_entered() {
    let (lab, mut client, profile) = start("mp-c3003").await;
    client.log_in("admin", PASSWORD).await;
    let (path, page) = open_email(&mut client, &profile).await;
    let mut fields = entries(&inputs(&page.body));
    set(&mut fields, "smtpServerName", "entered.example");
    change_password(&mut client, &profile, &path, &page, fields, "smtpPwd", "staged-only").await;
    let (_, fresh) = open_email(&mut client, &profile).await;
    assert!(!fresh.body.contains("entered.example"));
    press(&mut client, &path, &fresh, "applyButton", entries(&inputs(&fresh.body))).await;
    assert!(!lab.device("copier").state().smtp_password_set());
}

#[tokio::test]
async fn plain_http_leads_to_https() {
    use scanfleet_mocks::PlainDoor;
    let mut spec = LabSpec::single("im-c4500");
    spec.devices[0].plain = PlainDoor::UntilLogIn;
    let mut other = spec.devices[0].clone();
    other.name = "strict".into();
    other.plain = PlainDoor::Redirect;
    spec.devices.push(other);
    let lab = Lab::start(spec).await.unwrap();
    for device in lab.devices() {
        let mut client = Client::new(&device.plain_address.unwrap(), "en");
        let root = client.get("/").await.unwrap();
        assert_eq!(root.status, if device.name == "strict" { 302 } else { 200 });
        let form = client.guest("websys/webArch/authForm.cgi?open=x");
        let moved = client.get(&form).await.unwrap();
        assert_eq!(moved.header("location"), Some(format!("{}{form}", device.address).as_str()));
    }
}
