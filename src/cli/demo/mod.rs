//! `scanfleet demo`: the whole second story on simulated copiers, narrated.
//!
//! What the demo claims comes from the lab's control endpoint, which tells what each copier really holds, and never
//! from what the engine believes.

mod control;
mod law_firm;
mod people;
mod story;

use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::args::Format;
use super::context;
use super::error::{CliError, Exit};
use super::ui::{Style, Ui};
use law_firm::LawFirm;
use story::Story;

/// Options of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {}

/// One step of the story.
#[derive(Debug, Serialize)]
struct Step {
    /// A short name that stays.
    name: &'static str,
    /// Whether it really happened.
    ok: bool,
    /// What happened.
    detail: String,
}

pub(super) async fn run(ui: &Ui, _args: DemoArgs) -> Result<Exit, CliError> {
    let started = std::time::Instant::now();
    let cancel = context::ctrl_c(ui);
    let cannot =
        |e: String| CliError::new(Exit::Unusable, format!("The simulated fleet cannot be started: {e}."));
    let mut firm = LawFirm::begin(ui, &cancel).await.map_err(cannot)?;
    let mut story = Story::begin(ui, &cancel).await.map_err(cannot)?;
    if ui.format == Format::Text {
        ui.out(ui.paint(
            "scanfleet demo: 26 copiers lose their mail server and move to Microsoft 365",
            Style::Bold,
        ))?;
        ui.out("Everything happens on this machine, on simulated copiers and a simulated mail server.\n")?;
    }
    let mut steps = Vec::new();
    let mut told = true;
    for (name, title) in Story::STEPS.into_iter().chain(Story::PEOPLE).chain(LawFirm::STEPS) {
        if cancel.is_cancelled() || !told {
            steps.push(Step { name, ok: false, detail: "not reached".into() });
            continue;
        }
        if ui.format == Format::Text {
            ui.out(ui.paint(&format!("{}. {title}", steps.len() + 1), Style::Bold))?;
        }
        let one_of = |steps: &[(&str, &str)]| steps.iter().any(|(step, _)| *step == name);
        let result = if one_of(&LawFirm::STEPS) {
            firm.step(name).await
        } else if one_of(&Story::PEOPLE) {
            story.people_step(name).await
        } else {
            story.step(name).await
        };
        told = result.is_ok();
        let detail = result.unwrap_or_else(|why| why);
        if ui.format == Format::Text {
            let mark = if told { ui.paint("ok", Style::Good) } else { ui.paint("FAILED", Style::Bad) };
            for (index, line) in
                super::render::wrap(&detail, ui.width().saturating_sub(10)).iter().enumerate()
            {
                ui.out(if index == 0 {
                    format!("   {mark}  {line}")
                } else {
                    format!("       {}", line.trim_start())
                })?;
            }
            ui.out("")?;
        }
        steps.push(Step { name, ok: told, detail });
    }
    story.end().await;
    firm.end().await;
    let ok = steps.iter().all(|step| step.ok);
    let seconds = started.elapsed().as_secs_f64();
    match ui.format {
        Format::Json => {
            ui.json(&json!({"ok": ok, "steps": steps, "devices": story::DEVICES + LawFirm::DEVICES, "seconds": (seconds * 10.0).round() / 10.0}))?;
        }
        Format::Csv => {
            let rows: Vec<_> =
                steps.iter().map(|s| vec![s.name.to_owned(), s.ok.to_string(), s.detail.clone()]).collect();
            ui.csv(&["name", "ok", "detail"], &rows)?;
        }
        Format::Text if ok => ui.out(format!(
            "All {} steps happened, in {seconds:.1} s. Try it yourself: `scanfleet lab` in one terminal, `scanfleet -w lab probe` in another.",
            steps.len()
        ))?,
        Format::Text => ui.out("The story did not come to its end; see the failed step above.")?,
    }
    Ok(match (ok, cancel.is_cancelled()) {
        (true, _) => Exit::Done,
        (false, true) => Exit::Interrupted,
        (false, false) => Exit::Bug,
    })
}
