//! `raftaar keymap`.

use super::{Code, Context, Ended, Failure, args::KeymapAction, print};
use crate::console;

/// Prints the keys, or checks a file of keys.
pub fn run(context: &Context, action: KeymapAction) -> Ended {
    match action {
        KeymapAction::Print => print::text(&console::keymap_toml())?,
        KeymapAction::Table => print::text(&console::key_table_markdown())?,
        KeymapAction::Check { file } => {
            let file = file.or_else(|| context.loaded.keymap_file()).ok_or_else(|| {
                Failure::new(
                    Code::Usage,
                    "there is no keymap of your own; name a file, or set console.keymap (`raftaar keymap print` shows the defaults)",
                )
            })?;
            let name = file.display().to_string();
            let text = crate::config::read_small(&file)
                .map_err(|error| Failure::new(Code::Usage, format!("{name}: {error}")))?;
            let (_, problems) = console::keymap_overlay(&name, &text);
            for problem in &problems {
                print::text(&format!("{}\n", problem.says))?;
            }
            if !problems.is_empty() {
                return Ok(Code::Bad);
            }
            print::text(&format!("{name}: every key can be used\n"))?
        }
    };
    Ok(Code::Done)
}
