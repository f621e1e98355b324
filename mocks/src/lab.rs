//! The running lab.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::control;
use crate::handle::DeviceHandle;
use crate::host::Host;
use crate::http::{self, Request};
use crate::machine::Purpose;
use crate::mail::{MailServer, Provider, client::SendOutcome};
use crate::scan::{self, ScanRequest};
use crate::spec::{DeviceSpec, LabSpec, PlainDoor, TlsKind};
use crate::state::DeviceState;
use crate::subnet::SubnetSpec;
use crate::workspace;

/// A running lab. Dropping it ends it; [`Lab::shutdown`] also waits for the end.
#[derive(Debug)]
pub struct Lab {
    shared: Arc<Shared>,
    control: SocketAddr,
    tasks: TaskTracker,
    stop: CancellationToken,
}

/// What the control endpoint and the handles share.
pub(crate) struct Shared {
    hosts: Vec<Arc<Host>>,
    by_name: HashMap<String, usize>,
    subnets: Mutex<HashMap<String, SubnetSpec>>,
    pub(crate) mail: MailServer,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("devices", &self.hosts.len()).finish_non_exhaustive()
    }
}

/// What an inventory knows of a device, and what only the lab knows.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceInfo {
    /// The name.
    pub name: String,
    /// The base URL, such as `https://127.20.1.11:40123`.
    pub address: String,
    /// The base URL of its plain http port, where it has one beside https.
    pub plain_address: Option<String>,
    /// Who made it: `ricoh`, `xerox` or `brother`.
    pub vendor: String,
    /// The model name.
    pub model: String,
    /// The serial number.
    pub serial: String,
    /// The site.
    pub site: String,
    /// Where it stands.
    pub location: String,
    /// The subnet's name.
    pub subnet: String,
    /// The administrator's login name.
    pub admin_user: String,
    /// The administrator's password as the inventory has it; left out of JSON and of `Debug`.
    #[serde(skip)]
    pub admin_password_in_inventory: String,
    /// Whether the inventory's password is the true one.
    pub password_is_right: bool,
    /// Whether nothing listens there.
    pub dead: bool,
    /// Whether it speaks only legacy TLS.
    pub legacy_tls: bool,
    /// Words for the inventory's `tags` column.
    pub tags: Vec<String>,
}

impl fmt::Debug for DeviceInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceInfo")
            .field("name", &self.name)
            .field("address", &self.address)
            .field("model", &self.model)
            .finish_non_exhaustive()
    }
}

impl Lab {
    /// Starts every copier, the mail server and the control endpoint.
    ///
    /// # Errors
    /// When an address cannot be listened on, or two devices have one name.
    pub async fn start(spec: LabSpec) -> io::Result<Self> {
        let mail = MailServer::start(spec.mail).await?;
        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        let mut hosts = Vec::with_capacity(spec.devices.len());
        let mut by_name = HashMap::with_capacity(spec.devices.len());
        for device in spec.devices {
            if by_name.insert(device.name.clone(), hosts.len()).is_some() {
                let message = format!("two devices of the lab are named {:?}", device.name);
                return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
            }
            let listener = listen(&device).await?;
            let address = listener.local_addr()?;
            let dead = device.dead;
            let plain = device.plain != PlainDoor::Closed && device.tls != TlsKind::None && !dead;
            let host = Arc::new(Host::new(device.build(), address, spec.delay, stop.child_token()));
            if plain {
                let listener = TcpListener::bind((address.ip(), 0)).await?;
                // Set once, here; a second value cannot come.
                let _ = host.plain.set(listener.local_addr()?);
                tasks.spawn(Arc::clone(&host).run_plain(listener));
            }
            if !dead {
                tasks.spawn(Arc::clone(&host).run(listener));
            }
            hosts.push(host);
        }
        let subnets = spec.subnets.into_iter().map(|subnet| (subnet.name.clone(), subnet)).collect();
        let shared = Arc::new(Shared { hosts, by_name, subnets: Mutex::new(subnets), mail });
        for host in &shared.hosts {
            // Set once, here; a second value cannot come.
            let _ = host.lab.set(Arc::downgrade(&shared));
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, spec.control_port.unwrap_or(0))).await?;
        let control = listener.local_addr()?;
        tasks.spawn(serve_control(Arc::clone(&shared), listener, stop.child_token()));
        Ok(Self { shared, control, tasks, stop })
    }

    /// The base URL of the control endpoint, such as `http://127.0.0.1:40100`; its paths begin with `/__lab/`.
    pub fn control_url(&self) -> String {
        format!("http://{}", self.control)
    }

    /// The devices, in the order of the specification.
    pub fn devices(&self) -> Vec<DeviceInfo> {
        self.shared.hosts.iter().map(|host| info(host)).collect()
    }

    /// One device by its name.
    ///
    /// # Panics
    /// When the lab has no device of this name; [`Lab::find`] does not.
    pub fn device(&self, name: &str) -> DeviceHandle {
        self.find(name).unwrap_or_else(|| panic!("the lab has no device named {name:?}"))
    }

    /// One device by its name, or nothing.
    pub fn find(&self, name: &str) -> Option<DeviceHandle> {
        let host = Arc::clone(self.shared.find(name)?);
        Some(DeviceHandle::new(Arc::clone(&self.shared), host))
    }

    /// The mail server behind the egress tables.
    pub fn mail(&self) -> &MailServer {
        &self.shared.mail
    }

    /// Changes a subnet's egress table; unknown names are ignored.
    pub fn update_subnet(&self, name: &str, change: impl FnOnce(&mut SubnetSpec)) {
        let mut subnets = self.shared.subnets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(subnet) = subnets.get_mut(name) {
            change(subnet);
        }
    }

    /// Writes `inventory.csv`, and beside it the administrators' passwords and that of the first mail account as
    /// files of mode 0600 below `secrets/` (`m365-scan.txt`; `smtp-DEVICE.txt` where a device is to get a password of
    /// its own). Answers the inventory's path.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write_workspace(&self, dir: &Path) -> io::Result<PathBuf> {
        let tenant = self.shared.mail.spec();
        let mut secrets: Vec<(String, String)> = Vec::new();
        if let (Provider::Microsoft365, Some(account)) = (tenant.provider, tenant.accounts.first()) {
            secrets.push(("m365-scan.txt".into(), account.password.reveal().to_owned()));
        }
        for host in &self.shared.hosts {
            let spec = host.device.spec();
            if let Some(password) = &spec.next_smtp_password {
                secrets.push((format!("smtp-{}.txt", spec.name), password.clone()));
            }
        }
        workspace::write(dir, &self.devices(), &secrets)
    }

    /// Ends everything and waits for it.
    pub async fn shutdown(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Opens the listener at the address the device wants, or on 127.0.0.1 where the system knows no other.
async fn listen(device: &DeviceSpec) -> io::Result<TcpListener> {
    let wanted = SocketAddr::new(device.address, device.port);
    match TcpListener::bind(wanted).await {
        Err(error) if error.kind() == io::ErrorKind::AddrNotAvailable && device.address.is_loopback() => {
            TcpListener::bind(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), device.port)).await
        }
        Err(error) => {
            let message = format!("{} cannot listen on {wanted}: {error}", device.name);
            Err(io::Error::new(error.kind(), message))
        }
        listener => listener,
    }
}

async fn serve_control(shared: Arc<Shared>, listener: TcpListener, stop: CancellationToken) {
    loop {
        let stream = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::debug!(%error, "control connection not accepted");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    continue;
                }
            },
        };
        let shared = Arc::clone(&shared);
        let handle = move |request: Request| {
            let shared = Arc::clone(&shared);
            async move { control::answer(&shared, &request, None).await.into() }
        };
        let stop = stop.child_token();
        tokio::spawn(async move { http::serve(stream, stop, None, handle).await });
    }
}

pub(crate) fn info(host: &Host) -> DeviceInfo {
    let spec = host.device.spec();
    DeviceInfo {
        name: spec.name.clone(),
        address: host.url(),
        plain_address: host.plain.get().map(|address| format!("http://{address}")),
        vendor: spec.profile.vendor().to_owned(),
        model: spec.model.clone(),
        serial: spec.serial.clone(),
        site: spec.site.clone(),
        location: spec.location.clone(),
        subnet: spec.subnet.clone(),
        admin_user: spec.admin_user.clone(),
        admin_password_in_inventory: spec.password_in_inventory().to_owned(),
        password_is_right: spec.password_in_inventory() == spec.admin_password,
        dead: spec.dead,
        legacy_tls: spec.tls == TlsKind::Legacy,
        tags: spec.tags.clone(),
    }
}

pub(crate) fn state(host: &Host) -> DeviceState {
    let spec = host.device.spec();
    let sessions = host.device.sessions();
    let inner = host.device.lock();
    let mut requests = inner.counters.clone();
    if host.waited() > 0 {
        requests.insert("waited".to_owned(), host.waited());
    }
    DeviceState {
        name: spec.name.clone(),
        address: host.url(),
        profile: spec.profile.name().to_owned(),
        model: spec.model.clone(),
        serial: spec.serial.clone(),
        subnet: spec.subnet.clone(),
        settings: inner.settings.clone(),
        passwords: inner.passwords.iter().map(|(kind, password)| (*kind, digest(password))).collect(),
        book: inner.book.without_passwords(),
        sessions,
        locked: inner.panel_in_use,
        requests,
        writes: inner.writes,
        book_writes: inner.book_writes,
        failed_logins: inner.failed_logins,
        clear_passwords: inner.clear_passwords,
    }
}

/// The SHA-256 of a password, in lower-case hexadecimal.
pub(crate) fn digest(text: &str) -> String {
    openssl::sha::sha256(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Shared {
    pub(crate) fn find(&self, name: &str) -> Option<&Arc<Host>> {
        self.by_name.get(name).and_then(|place| self.hosts.get(*place))
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.hosts.iter().map(|host| host.device.spec().name.as_str())
    }

    /// The subnets by name.
    pub(crate) fn subnets(&self) -> Vec<SubnetSpec> {
        let subnets = self.subnets.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<SubnetSpec> = subnets.values().cloned().collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    /// Replaces a subnet's rules; answers whether there is one of this name.
    pub(crate) fn replace_subnet(&self, subnet: SubnetSpec) -> bool {
        let mut subnets = self.subnets.lock().unwrap_or_else(PoisonError::into_inner);
        match subnets.get_mut(&subnet.name) {
            Some(known) => {
                *known = subnet;
                true
            }
            None => false,
        }
    }

    /// What an inventory knows and what is true, in one object.
    pub(crate) fn describe(&self, host: &Host) -> Value {
        let mut object = serde_json::to_value(info(host)).unwrap_or_default();
        let truth = serde_json::to_value(state(host)).unwrap_or_default();
        if let (Value::Object(object), Value::Object(truth)) = (&mut object, truth) {
            object.extend(truth);
        }
        object
    }

    pub(crate) async fn scan(&self, host: &Host, request: ScanRequest, purpose: Purpose) -> SendOutcome {
        let subnet = {
            let subnets = self.subnets.lock().unwrap_or_else(PoisonError::into_inner);
            subnets.get(&host.device.spec().subnet).cloned()
        };
        match scan::prepare(host.device.as_ref(), host.address, subnet.as_ref(), &self.mail, request, purpose)
        {
            Ok(errand) => errand.run().await,
            Err(outcome) => outcome,
        }
    }
}
