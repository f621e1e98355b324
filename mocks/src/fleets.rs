//! Ready-made labs of any size.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use crate::book::Book;
use crate::demo_fleet;
use crate::law_firm;
use crate::mail::{Account, TenantSpec};
use crate::maker::MakerProfile;
use crate::ricoh::Profile;
use crate::settings::{Item, Settings};
use crate::spec::{DeviceSpec, LabSpec};
use crate::subnet::{Egress, EgressRule, SubnetSpec};

/// The domain of every ready-made lab.
pub(crate) const DOMAIN: &str = "northshore.example";
/// The mail server that was switched off.
pub(crate) const OLD_SERVER: &str = "exchange.northshore.example";
/// The password of the account `scan@`, obviously fake.
const SCAN_PASSWORD: &str = "lab-m365-not-a-secret";
/// How many copiers share one of the subnets of [`LabSpec::of`].
const PER_SUBNET: usize = 200;

impl LabSpec {
    /// The second story's fleet: 26 Ricoh copiers of four generations on four subnets. They still hold the settings
    /// of the Exchange server that is gone. One does not answer, one has another administrator password than the
    /// inventory says. See `README.md` for who is who.
    pub fn demo() -> Self {
        demo_fleet::spec()
    }

    /// The first story's law firm: a Xerox AltaLink C8155 (`lp-front-office`) and a Brother MFC-L8900CDW
    /// (`lp-back-office`) that send through Google with passwords that are no longer taken. Each is to get an app
    /// password of its own; see [`DeviceSpec::next_smtp_password`].
    pub fn story_one() -> Self {
        law_firm::spec()
    }

    /// So many healthy copiers with mixed profiles, named `copier-0000` and so on, for measurements.
    pub fn of(n: usize) -> Self {
        let range = |block: usize| format!("127.21.{block}.0/24");
        let devices = (0..n)
            .map(|number| {
                let profile = Profile::named(Profile::NAMES[number % Profile::NAMES.len()]);
                let mut device = DeviceSpec::new(format!("copier-{number:04}"), profile);
                // 127.21.0.10 and on; the lab has room for 51,000 of them.
                let (block, host) = (number / PER_SUBNET, number % PER_SUBNET + 10);
                let octet = |value: usize| u8::try_from(value).unwrap_or(u8::MAX);
                device.address = IpAddr::V4(Ipv4Addr::new(127, 21, octet(block), octet(host)));
                device.serial = format!("{}{number:04}", &device.serial[..device.serial.len() - 4]);
                device.subnet = range(block);
                device.settings = old_settings();
                device
            })
            .collect();
        let subnets =
            (0..n.div_ceil(PER_SUBNET)).map(|block| open_subnet(&range(block), &range(block))).collect();
        Self { devices, subnets, mail: tenant(), delay: Duration::ZERO, control_port: None }
    }

    /// The same lab with an address book of so many entries in each copier (see [`DeviceSpec::with_book`]).
    #[must_use]
    pub fn with_books(mut self, entries: usize) -> Self {
        // Filling a large book takes a while, and copiers of one maker begin with the same.
        let mut filled: Vec<Book> = Vec::new();
        for device in &mut self.devices {
            let limits = device.profile.book_limits();
            let known = filled.iter().find(|book| book.limits == limits).cloned();
            let book = known.unwrap_or_else(|| {
                let book = Book::sample(entries, limits);
                filled.push(book.clone());
                book
            });
            device.book = device.profile.fit_book(book);
        }
        self
    }

    /// One healthy copier of a profile (see [`MakerProfile::named`]), named `copier`, with factory settings, on a subnet
    /// from which the mail tenant can be reached on 587 and on 25.
    pub fn single(profile: &str) -> Self {
        Self {
            devices: vec![DeviceSpec::new("copier", MakerProfile::named(profile))],
            subnets: vec![open_subnet("lab", "127.0.0.0/24")],
            mail: tenant(),
            delay: Duration::ZERO,
            control_port: None,
        }
    }
}

/// The tenant: `scan@` may submit, `smtptest@` receives.
pub(crate) fn tenant() -> TenantSpec {
    TenantSpec::new(DOMAIN)
        .with_account(Account::new(format!("scan@{DOMAIN}"), SCAN_PASSWORD))
        .with_recipient(format!("smtptest@{DOMAIN}"))
}

/// What the copiers hold from the time of the Exchange server.
pub(crate) fn old_settings() -> Settings {
    Settings::default()
        .with(Item::AdminAddress, format!("scanner@{DOMAIN}"))
        .with(Item::SmtpServer, OLD_SERVER)
        .with(Item::SmtpPort, "25")
}

/// A way out on both ports; the old server is gone.
fn open_subnet(name: &str, range: &str) -> SubnetSpec {
    subnet(name, range, true, true)
}

/// A subnet's way out to the mail tenant.
pub(crate) fn subnet(name: &str, range: &str, submission: bool, mx: bool) -> SubnetSpec {
    let gate = |open: bool, to: Egress| if open { to } else { Egress::Blocked };
    SubnetSpec {
        name: name.to_owned(),
        range: range.to_owned(),
        egress: vec![
            // Its name still resolves; nobody answers.
            EgressRule::new(OLD_SERVER, None, Egress::Blocked),
            EgressRule::new("smtp.office365.com", 587, gate(submission, Egress::Submission)),
            EgressRule::new("*.mail.protection.outlook.com", 25, gate(mx, Egress::Mx)),
            EgressRule::new("smtp.office365.com", None, Egress::Blocked),
            EgressRule::new("*.mail.protection.outlook.com", None, Egress::Blocked),
            EgressRule::new("*", None, Egress::NxDomain),
        ],
    }
}
