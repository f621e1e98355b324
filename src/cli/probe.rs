//! `scanfleet probe`: is it there, what is it, does it let us in.

use clap::Args;
use serde_json::json;

use super::args::{Format, Global};
use super::context;
use super::error::{CliError, Exit};
use super::render;
use super::ui::{Style, Ui};
use crate::files::words::count;
use crate::run::{Answer, PingAnswer, ProbeResult};

/// Options of `probe`.
#[derive(Debug, Args)]
pub struct ProbeArgs {
    /// The devices; without them, and without `-t`, all of the inventory.
    pub devices: Vec<String>,
    /// Does not log in: only ping, ports and identity.
    #[arg(long)]
    pub no_login: bool,
}

pub(super) async fn run(ui: &Ui, global: &Global, args: ProbeArgs) -> Result<Exit, CliError> {
    let inventory = context::inventory(ui, global)?;
    let devices = context::selected(&inventory, &args.devices, global)?;
    let cancel = context::ctrl_c(ui);
    let engine = context::engine(ui, global, devices.len(), &cancel)?;
    let total = devices.len();
    let devices = if args.no_login {
        devices.into_iter().map(|device| (device, None)).collect()
    } else {
        context::with_passwords(&engine, devices).await?
    };
    let names: Vec<String> = devices.iter().map(|(d, _)| d.name.clone()).collect();
    let results = engine.probe(devices).await;
    let not_reached: Vec<&String> =
        names.iter().zip(&results).filter(|(_, r)| r.is_none()).map(|(name, _)| name).collect();
    let results: Vec<&ProbeResult> = results.iter().flatten().collect();
    let failed = results.iter().filter(|r| r.category.is_some()).count();

    let mut subnets: Vec<(&str, Vec<&ProbeResult>)> = Vec::new();
    for result in &results {
        match subnets.iter_mut().find(|(subnet, _)| *subnet == result.subnet) {
            Some((_, devices)) => devices.push(result),
            None => subnets.push((&result.subnet, vec![result])),
        }
    }
    match ui.format {
        Format::Json => {
            let status = if cancel.is_cancelled() {
                "interrupted"
            } else {
                match Exit::of_counts(failed, total) {
                    Exit::Done => "ok",
                    Exit::AllFailed => "failed",
                    _ => "partial",
                }
            };
            let groups: Vec<_> = subnets
                .iter()
                .map(|(subnet, devices)| json!({"subnet": subnet, "devices": devices}))
                .collect();
            ui.json(&json!({
                "status": status,
                "counts": {"total": total, "ok": results.len() - failed, "failed": failed, "not-reached": not_reached.len()},
                "subnets": groups,
                "devices": results,
                "not_reached": not_reached,
            }))?;
        }
        Format::Csv => {
            let head = [
                "subnet", "device", "address", "ping", "http", "https", "model", "serial", "firmware",
                "login", "category", "message",
            ];
            let rows: Vec<_> = results
                .iter()
                .map(|r| {
                    let mut row = vec![r.subnet.clone()];
                    row.extend(cells(r));
                    row.push(r.message.clone());
                    row
                })
                .collect();
            ui.csv(&head, &rows)?;
        }
        Format::Text => {
            for (subnet, devices) in &subnets {
                ui.out(ui.paint(&format!("{subnet}: {}", count(devices.len(), "device")), Style::Bold))?;
                let head = [
                    "DEVICE", "ADDRESS", "PING", "HTTP", "HTTPS", "MODEL", "SERIAL", "FIRMWARE", "LOGIN",
                    "PROBLEM",
                ];
                ui.table(
                    &head,
                    &devices.iter().map(|d| cells(d)).collect::<Vec<_>>(),
                    &["FIRMWARE", "SERIAL", "ADDRESS"],
                )?;
                ui.out("")?;
            }
            let problems: Vec<_> = results
                .iter()
                .filter(|r| r.category.is_some())
                .map(|r| (r.name.as_str(), r.category, r.message.as_str()))
                .collect();
            if !problems.is_empty() {
                for line in render::failed_lines(ui, problems.into_iter()) {
                    ui.out(line)?;
                }
                ui.out("")?;
            }
            ui.out(format!(
                "{} of {} answer and let us in.{}",
                results.iter().filter(|r| r.login == Some(true)).count(),
                count(total, "device"),
                if failed > 0 { format!(" {} failed.", count(failed, "device")) } else { String::new() }
            ))?;
        }
    }
    if cancel.is_cancelled() {
        return Ok(Exit::Interrupted);
    }
    Ok(Exit::of_counts(failed, total))
}

fn cells(result: &ProbeResult) -> Vec<String> {
    let port = |answer: Answer| match answer {
        Answer::Open => "open",
        Answer::Refused => "refused",
        Answer::Silent => "silent",
        Answer::Unreachable => "no way",
        Answer::Untried => "",
    };
    let identity = result.identity.as_ref();
    vec![
        result.name.clone(),
        result.address.clone(),
        match result.ping {
            PingAnswer::Yes => "yes",
            PingAnswer::No => "no",
            PingAnswer::NotAllowed => "",
        }
        .to_owned(),
        port(result.http).to_owned(),
        port(result.https).to_owned(),
        identity.map(|i| i.model.clone()).unwrap_or_default(),
        identity.and_then(|i| i.serial.clone()).unwrap_or_default(),
        identity.and_then(|i| i.firmware.clone()).unwrap_or_default(),
        match result.login {
            Some(true) => "yes",
            Some(false) => "no",
            None => "",
        }
        .to_owned(),
        result.category.map(|c| c.as_str().to_owned()).unwrap_or_default(),
    ]
}
