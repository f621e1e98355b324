//! Progress on long work: bars on a terminal, plain lines elsewhere.

use std::sync::{Mutex, MutexGuard, PoisonError};

use indicatif::{ProgressBar, ProgressStyle};
use scanfleet_sdk::error::clean;

use super::ui::Ui;
use crate::run::{Event, Observer, ResultKind};

/// Tells a person how far a run has come; may see several runs over the same devices, one after the other.
pub(super) struct Progress {
    ui: Ui,
    total: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    done: usize,
    busy: Vec<String>,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// For a run over a number of devices.
    pub(super) fn new(ui: &Ui, total: usize) -> Self {
        Self { ui: ui.clone(), total, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bar(&self) -> ProgressBar {
        let bar = ProgressBar::new(self.total as u64);
        if let Ok(style) =
            ProgressStyle::with_template("{spinner} {pos}/{len} [{bar:24}] {elapsed} {wide_msg}")
        {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.enable_steady_tick(std::time::Duration::from_millis(120));
        self.ui.shows(&bar);
        bar
    }
}

impl Observer for Progress {
    fn event(&self, event: &Event<'_>) {
        match event {
            Event::Started { device } => {
                let mut state = self.state();
                if state.bar.is_none() && self.ui.bars() {
                    state.bar = Some(self.bar());
                }
                state.busy.push(clean(device));
                if let Some(bar) = &state.bar {
                    bar.set_message(state.busy.join(", "));
                }
            }
            Event::Step { .. } => {}
            Event::Entries { device, done, total } => {
                let state = self.state();
                if let Some(bar) = &state.bar {
                    let name = clean(device);
                    let busy = state.busy.iter().map(|busy| match *busy == name {
                        true => format!("{busy} ({done} of {total} entries)"),
                        false => busy.clone(),
                    });
                    bar.set_message(busy.collect::<Vec<_>>().join(", "));
                }
            }
            Event::Finished { outcome } => {
                let what = match outcome.result {
                    // The whole story of a failure stands in the answer at the end.
                    ResultKind::Failed => {
                        format!("failed ({})", outcome.category.map_or("unknown", |c| c.as_str()))
                    }
                    _ => clean(&outcome.message),
                };
                let name = clean(&outcome.name);
                let mut state = self.state();
                state.done += 1;
                state.busy.retain(|busy| *busy != name);
                let line = format!("[{}/{}] {name}: {what}", state.done, self.total);
                match &state.bar {
                    Some(bar) => {
                        if outcome.result == ResultKind::Failed {
                            bar.println(line);
                        }
                        bar.inc(1);
                        bar.set_message(state.busy.join(", "));
                    }
                    None => self.ui.say(line),
                }
                if state.done >= self.total {
                    // The next run over these devices begins anew.
                    let ended = std::mem::take(&mut *state);
                    if let Some(bar) = ended.bar {
                        bar.finish_and_clear();
                    }
                }
            }
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.state().bar {
            bar.finish_and_clear();
        }
    }
}
