//! What is said when the program fails in a way nobody foresaw: enough to find the cause, no secret,
//! nothing that steers a terminal. The console keeps panics to itself while its screen is up.

use std::io::Write;

use color_eyre::{
    config::{HookBuilder, Theme},
    eyre::Result,
};

use super::log::hide;

/// What an operator should know beside the report.
const COMFORT: &str =
    "Calls that were under way are settled by reading at the next start; nothing has to be undone.";

/// Installs the reports of panics and errors.
pub fn install() -> Result<()> {
    // Without the environment, in which secrets may stand, and without colours, which are control
    // sequences: a report is pasted into tickets.
    let (panics, errors) = HookBuilder::default()
        .display_env_section(false)
        .theme(Theme::new())
        .panic_section(COMFORT)
        .into_hooks();
    errors.install()?;
    std::panic::set_hook(Box::new(move |info| {
        let text = fit(&panics.panic_report(info).to_string());
        tracing::error!("{text}");
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }));
    Ok(())
}

/// Takes secrets and control characters out.
fn fit(report: &str) -> String {
    hide(report)
        .chars()
        .map(|c| {
            if c.is_control() && c != '\n' {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}
