//! Progress on long work: bars on a terminal, plain lines elsewhere.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use indicatif::{ProgressBar, ProgressStyle};
use scanfleet_sdk::error::clean;

use super::ui::Ui;
use crate::run::{Event, Observer, ResultKind};

/// Tells a person how far a run has come.
pub(super) struct Progress {
    ui: Ui,
    total: usize,
    done: AtomicUsize,
    bar: Option<ProgressBar>,
    busy: Mutex<Vec<String>>,
}

impl Progress {
    /// For a run over a number of devices.
    pub(super) fn new(ui: &Ui, total: usize) -> Self {
        let bar = ui.bars().then(|| {
            let bar = ProgressBar::new(total as u64);
            if let Ok(style) =
                ProgressStyle::with_template("{spinner} {pos}/{len} [{bar:24}] {elapsed} {wide_msg}")
            {
                bar.set_style(style.progress_chars("=> "));
            }
            bar.enable_steady_tick(std::time::Duration::from_millis(120));
            bar
        });
        Self { ui: ui.clone(), total, done: AtomicUsize::new(0), bar, busy: Mutex::default() }
    }

    fn show_busy(&self, change: impl FnOnce(&mut Vec<String>)) {
        let Some(bar) = &self.bar else { return };
        let mut busy = self.busy.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        change(&mut busy);
        bar.set_message(busy.join(", "));
    }
}

impl Observer for Progress {
    fn event(&self, event: &Event<'_>) {
        match event {
            Event::Started { device } => self.show_busy(|busy| busy.push((*device).to_owned())),
            Event::Step { .. } => {}
            Event::Finished { outcome } => {
                let done = self.done.fetch_add(1, Ordering::SeqCst) + 1;
                let what = match outcome.result {
                    // The whole story of a failure stands in the answer at the end.
                    ResultKind::Failed => {
                        format!("failed ({})", outcome.category.map_or("unknown", |c| c.as_str()))
                    }
                    _ => clean(&outcome.message),
                };
                let line = format!("[{done}/{}] {}: {what}", self.total, clean(&outcome.name));
                match &self.bar {
                    Some(bar) => {
                        if outcome.result == ResultKind::Failed {
                            bar.println(line);
                        }
                        bar.inc(1);
                        self.show_busy(|busy| busy.retain(|name| *name != outcome.name));
                    }
                    None => self.ui.say(line),
                }
            }
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
