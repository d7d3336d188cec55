//! Progress for whoever watches: bars on a terminal, a plain line per stage elsewhere, nothing with `-q`; and a word besides,
//! on stderr as well.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;

use hcmsync::progress::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Tells on stderr what the run is doing.
pub struct Bars {
    terminal: bool,
    now: Mutex<Option<(&'static str, ProgressBar)>>,
}

impl Bars {
    pub fn new() -> Bars {
        Bars { terminal: std::io::stderr().is_terminal(), now: Mutex::new(None) }
    }

    fn bar(&self, unit: &str, total: Option<u64>) -> ProgressBar {
        if !self.terminal {
            return ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden());
        }
        let amounts = if unit == "bytes" { "{bytes}/{total_bytes}" } else { "{human_pos}/{human_len}" };
        let template = match total {
            Some(_) => format!("{{msg:10}} {{bar:32}} {amounts} {{elapsed}}"),
            None => "{msg:10} {spinner} {elapsed}".to_owned(),
        };
        let style = ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr()).with_style(style)
    }
}

impl Progress for Bars {
    fn begin(&self, stage: &'static str, unit: &'static str, total: Option<u64>) {
        let bar = self.bar(unit, total).with_message(stage);
        if let Ok(mut now) = self.now.lock() {
            *now = Some((stage, bar));
        }
    }

    fn advance(&self, amount: u64) {
        if let Ok(now) = self.now.lock()
            && let Some((_, bar)) = now.as_ref()
        {
            bar.inc(amount);
        }
    }

    fn end(&self, summary: &str) {
        let Ok(mut now) = self.now.lock() else { return };
        if let Some((stage, bar)) = now.take() {
            bar.finish_and_clear();
            tell(&format!("{stage:10} {summary}"));
        }
    }
}

/// Says something on stderr, between the bars.
pub fn tell(text: &str) {
    // Whoever closed stderr does not want to know.
    let _ = writeln!(std::io::stderr(), "{text}");
}
