//! The console: what operators see and press. Elm as data: events change a model (`update`), the model
//! is drawn (`view`), work leaves as effects that `run` carries out. Knows the engine's handle only.

mod batch;
mod bell;
mod commands;
#[cfg(any(test, fuzzing))]
pub(crate) mod feed;
#[cfg(test)]
mod fixture;
mod headless;
mod keymap;
mod layout;
pub mod line;
mod look;
mod model;
mod options;
mod pace;
mod palette;
mod picture;
mod reconnect;
mod remember;
mod run;
mod terminal;
#[cfg(test)]
mod tests;
mod theme;
mod update;
mod view;

pub use bell::Patterns;
pub use headless::Headless;
pub use keymap::overlay as keymap_overlay;
pub use keymap::{key_table_markdown, keymap_toml};
pub use look::Palette;
pub use options::{ConsoleError, ConsoleOptions, Exit};
pub use picture::{buffer_to_svg, buffer_to_text, snapshot};
pub use reconnect::Reconnect;
pub use run::run;
pub use terminal::Environment;
pub use theme::Theme;
