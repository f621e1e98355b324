//! `scanfleet vendor forms`: a page's forms as a browser would submit them.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use clap::Args;
use scanfleet_sdk::form;
use scanfleet_sdk::page::Page;
use scanfleet_sdk::transport::{
    Access, Answer, CertificateFacts, Endpoint, Limits, ReadRule, Request, Session, SessionOptions,
    TlsProfile, Trust, TrustRefusal,
};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::super::args::Format;
use super::super::error::{CliError, Exit};
use super::super::ui::Ui;

/// Options of `vendor forms`.
#[derive(Debug, Args)]
pub struct FormsArgs {
    /// A file or an http(s) address.
    pub page: String,
    /// The address the page came from, for a file.
    #[arg(long, value_name = "URL")]
    pub base: Option<Url>,
    /// The name of the submit button that is pressed.
    #[arg(long, value_name = "NAME")]
    pub submit: Option<String>,
}

pub(super) async fn run(ui: &Ui, args: FormsArgs) -> Result<Exit, CliError> {
    let FormsArgs { page, base, submit } = args;
    let is_address = page.starts_with("http://") || page.starts_with("https://");
    let (page, base) = if is_address {
        let fetched = fetch(&page).await?;
        let base = base.unwrap_or_else(|| fetched.url.clone());
        (fetched, Some(base))
    } else {
        (read(Path::new(&page), base.as_ref())?, base)
    };
    let document = form::Document::parse(&page.text, base.as_ref(), page.charset);
    let answer = form::json::describe(&document.forms(), submit.as_deref(), base.as_ref())
        .map_err(|e| CliError::usage(format!("`--submit` cannot be followed: {e}.")))?;
    if ui.format != Format::Json {
        tracing::debug!("`vendor forms` always answers in JSON");
    }
    ui.json(&answer)?;
    Ok(Exit::Done)
}

fn read(path: &Path, base: Option<&Url>) -> Result<Page, CliError> {
    let body =
        std::fs::read(path).map_err(|e| CliError::new(Exit::Invalid, format!("{}: {e}.", path.display())))?;
    let nowhere = base.cloned().or_else(|| Url::parse("about:blank").ok());
    let url = nowhere.ok_or_else(|| CliError::bug("about:blank is no address"))?;
    Ok(Answer { url, status: 200, headers: Vec::new(), set_cookies: Vec::new(), body }.page())
}

/// Everything by GET: `vendor forms` reads one page and sends nothing else.
const READS: &[ReadRule] = &[ReadRule::allow("GET", "*")];

async fn fetch(address: &str) -> Result<Page, CliError> {
    let url = Url::parse(address).map_err(|e| CliError::usage(format!("`{address}` is no address: {e}.")))?;
    let endpoint = Endpoint::parse(&url[..url::Position::BeforePath])
        .map_err(|e| CliError::usage(format!("`{address}` cannot be used: {e}.")))?;
    let failed = |e: scanfleet_sdk::DeviceError| {
        CliError::new(Exit::AllFailed, format!("{address}: {}: {e}.", e.category))
    };
    let mut session = Session::connect(SessionOptions {
        device: endpoint.host.clone(),
        endpoint,
        tls: TlsProfile::Legacy,
        extra_ca: None,
        access: Access::ReadOnly(READS),
        trust: Arc::new(NothingSecret),
        transcript: None,
        limits: Limits::default(),
        deadline: None,
        cancel: CancellationToken::new(),
    })
    .await
    .map_err(failed)?;
    let answer = session.send(Request::get(address, "read the page")).await.map_err(failed)?;
    Ok(answer.page())
}

/// Any certificate will do: nothing secret is sent.
struct NothingSecret;

#[async_trait]
impl Trust for NothingSecret {
    async fn check(&self, _facts: &CertificateFacts) -> Result<(), TrustRefusal> {
        Ok(())
    }

    async fn pinned(&self) -> Result<bool, TrustRefusal> {
        Ok(false)
    }
}
