//! The law firm of the first story: two machines of two makers, one mail account, and a provider that takes plain
//! passwords no longer.
//!
//! Names, serial numbers and passwords are made up.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use crate::book;
use crate::mail::{Account, TenantSpec};
use crate::maker::MakerProfile;
use crate::settings::{Item, Settings};
use crate::spec::{DeviceSpec, LabSpec};
use crate::subnet::{Egress, EgressRule, SubnetSpec};

const DOMAIN: &str = "larkin-pryor.example";
const SUBNET: &str = "127.22.1.0/24";
/// The account's own password, obviously fake.
const OWN_PASSWORD: &str = "lab-gmail-own-not-a-secret";
/// The app passwords, 16 letters as Google makes them, obviously fake.
const APP_PASSWORDS: [&str; 2] = ["labapppasswdaaaa", "labapppasswdbbbb"];

/// The firm.
pub(crate) fn spec() -> LabSpec {
    let account = format!("scan@{DOMAIN}");
    let mut tenant_account = Account::new(&account, OWN_PASSWORD);
    for password in APP_PASSWORDS {
        tenant_account = tenant_account.with_app_password(password);
    }
    let mail = TenantSpec::google(DOMAIN)
        .with_account(tenant_account)
        .with_recipient(format!("frontdesk@{DOMAIN}"))
        .with_recipient(format!("smtptest@{DOMAIN}"));
    let mut xerox = device("lp-front-office", "altalink-c8155", 11, "Front office");
    // It holds the account's own password, which Google answers with "application-specific password required".
    xerox.smtp_password = Some(OWN_PASSWORD.to_owned());
    xerox.settings = held(&xerox.settings, &account, "465", "tls")
        .with(Item::UserJobsLogin, "system")
        .with(Item::SystemJobsLogin, "system");
    xerox.next_smtp_password = Some(APP_PASSWORDS[0].to_owned());
    let mut brother = device("lp-back-office", "mfc-l8900cdw", 12, "Back office, records room");
    // It holds a password from before the last change, which Google answers with "not accepted".
    brother.smtp_password = Some("lab-gmail-former-not-a-secret".to_owned());
    brother.settings = held(&brother.settings, &account, "465", "tls").with(Item::SmtpAuth, "true");
    brother.next_smtp_password = Some(APP_PASSWORDS[1].to_owned());
    LabSpec {
        devices: vec![xerox, brother],
        subnets: vec![SubnetSpec {
            name: SUBNET.to_owned(),
            range: SUBNET.to_owned(),
            egress: vec![
                EgressRule::new("smtp.gmail.com", 587, Egress::Submission),
                EgressRule::new("smtp.gmail.com", 465, Egress::ImplicitTls),
                EgressRule::new("smtp.gmail.com", None, Egress::Blocked),
                EgressRule::new("*", None, Egress::NxDomain),
            ],
        }],
        mail,
        delay: Duration::ZERO,
        control_port: None,
    }
}

fn device(name: &str, profile: &str, host: u8, place: &str) -> DeviceSpec {
    let mut device = DeviceSpec::new(name, MakerProfile::named(profile));
    device.address = IpAddr::V4(Ipv4Addr::new(127, 22, 1, host));
    device.site = "larkin-pryor".to_owned();
    device.location = place.to_owned();
    device.subnet = SUBNET.to_owned();
    device.admin_password = "lab-larkin-pryor-not-a-secret".to_owned();
    device.book =
        device.profile.fit_book(book::demo(usize::from(host), DOMAIN, device.profile.book_limits()));
    device
}

/// What both hold from better days.
fn held(factory: &Settings, account: &str, port: &str, security: &str) -> Settings {
    factory
        .clone()
        .with(Item::SmtpServer, "smtp.gmail.com")
        .with(Item::SmtpPort, port)
        .with(Item::SmtpSecurity, security)
        .with(Item::DeviceAddress, account)
        .with(Item::SmtpUser, account)
}
