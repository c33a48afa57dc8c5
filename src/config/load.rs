//! Finding the file and laying the layers over each other.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy;

use super::{Config, ConfigError, Overlay, check, error, overlay};
use crate::setup::access::read_at_most;

/// The file of the whole machine.
const SYSTEM_FILE: &str = "/etc/raftaar/raftaar.toml";

/// Largest file that is read.
const BYTES_MAX: u64 = 1 << 20;

/// Where configuration comes from.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// `--config`.
    pub flag: Option<PathBuf>,
    /// `$RAFTAAR_CONFIG`.
    pub variable: Option<PathBuf>,
    /// The file of the whole machine; tests put another in its place.
    pub system: Option<PathBuf>,
    /// `$XDG_CONFIG_HOME`, or the user's own; `None`: there is no home.
    pub config_home: Option<PathBuf>,
    /// The folder that systemd gave (`$STATE_DIRECTORY`), or the user's data folder.
    pub data_home: Option<PathBuf>,
    /// The folder that relative paths of flags and variables count from.
    pub cwd: PathBuf,
    /// Values of the environment, then of flags.
    pub overlays: Vec<Overlay>,
}

impl Sources {
    /// What this process was given.
    pub fn of_process(flag: Option<PathBuf>, flags: Vec<Overlay>) -> Self {
        let look = |name: &str| std::env::var(name).ok();
        let base = etcetera::choose_base_strategy().ok();
        let state = look("STATE_DIRECTORY")
            .filter(|s| !s.is_empty())
            .map(PathBuf::from);
        let mut overlays = overlay::from_environment(look);
        overlays.extend(flags);
        Self {
            flag,
            variable: look("RAFTAAR_CONFIG")
                .filter(|s| !s.is_empty())
                .map(PathBuf::from),
            system: Some(PathBuf::from(SYSTEM_FILE)),
            config_home: base.as_ref().map(BaseStrategy::config_dir),
            data_home: state.or_else(|| base.as_ref().map(|b| b.data_dir().join("raftaar"))),
            cwd: std::env::current_dir().unwrap_or_default(),
            overlays,
        }
    }
}

/// A configuration and where it came from.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The values; paths are absolute.
    pub config: Config,
    /// The file, if there is one.
    pub file: Option<PathBuf>,
    /// Files that were looked for and are not there.
    pub looked_for: Vec<PathBuf>,
}

impl Loaded {
    /// The file of secrets.
    pub fn secrets_file(&self) -> Option<PathBuf> {
        if !self.config.site.secrets_file.as_os_str().is_empty() {
            return Some(self.config.site.secrets_file.clone());
        }
        let beside = self.file.as_ref()?.parent()?.join("secrets.toml");
        Some(beside)
    }

    /// The operator's own keymap, if there is one.
    pub fn keymap_file(&self) -> Option<PathBuf> {
        if !self.config.console.keymap.as_os_str().is_empty() {
            return Some(self.config.console.keymap.clone());
        }
        let beside = self.file.as_ref()?.parent()?.join("keymap.toml");
        beside.is_file().then_some(beside)
    }
}

/// The file to read: one that was asked for by name, else the first that exists.
pub fn find_file(sources: &Sources) -> (Option<PathBuf>, Vec<PathBuf>) {
    if let Some(named) = sources.flag.as_ref().or(sources.variable.as_ref()) {
        return (Some(sources.cwd.join(named)), Vec::new());
    }
    let usual = sources
        .config_home
        .iter()
        .map(|home| home.join("raftaar").join("raftaar.toml"))
        .chain(sources.system.clone());
    let mut looked_for = Vec::new();
    for path in usual {
        if path.exists() {
            return (Some(path), looked_for);
        }
        looked_for.push(path);
    }
    (None, looked_for)
}

/// Loads the configuration: defaults, file, environment, flags.
pub fn load(sources: &Sources) -> Result<Loaded, ConfigError> {
    let (file, looked_for) = find_file(sources);
    let text = match &file {
        Some(path) => read_small(path).map_err(|error| ConfigError::Unreadable {
            path: path.clone(),
            error,
            hint: "name an existing file with --config, or take that away to use the usual places",
        })?,
        None => String::new(),
    };
    let name = file
        .as_ref()
        .map(|path| path.display().to_string())
        .unwrap_or_default();
    let mut config = parse(&name, &text)?;
    if let Some(folder) = file.as_ref().and_then(|path| path.parent()) {
        anchor(&mut config, folder);
    }
    let mut problems = Vec::new();
    for overlay in &sources.overlays {
        match overlay::apply(&config, overlay) {
            Ok(changed) => config = changed,
            Err(problem) => problems.push(problem),
        }
    }
    anchor(&mut config, &sources.cwd);
    if config.site.data_dir.as_os_str().is_empty() {
        config.site.data_dir = sources
            .data_home
            .clone()
            .unwrap_or_else(|| PathBuf::from("/var/lib/raftaar"));
    }
    problems.extend(check::check(&config, &|key| {
        origin(key, &name, &text, &sources.overlays)
    }));
    if problems.is_empty() {
        Ok(Loaded {
            config,
            file,
            looked_for,
        })
    } else {
        Err(ConfigError::Wrong(problems))
    }
}

/// A file that a person wrote; one that is larger than anybody writes is another file.
pub fn read_small(path: &Path) -> io::Result<String> {
    read_at_most(File::open(path)?, BYTES_MAX)
}

/// The values of a file's text, not yet checked.
fn parse(name: &str, text: &str) -> Result<Config, ConfigError> {
    toml::from_str(text).map_err(|e| ConfigError::Wrong(vec![error::from_file(name, text, &e)]))
}

/// The values of a file's text alone, checked.
#[cfg(any(test, fuzzing))]
pub(super) fn read(name: &str, text: &str) -> Result<Config, ConfigError> {
    let config = parse(name, text)?;
    let problems = check::check(&config, &|key| origin(key, name, text, &[]));
    if problems.is_empty() {
        Ok(config)
    } else {
        Err(ConfigError::Wrong(problems))
    }
}

/// Who set a key: the flag or variable laid on top, or the file's line.
fn origin(key: &str, name: &str, text: &str, overlays: &[Overlay]) -> String {
    if let Some(overlay) = overlays.iter().rev().find(|o| o.key == key) {
        return overlay.source.clone();
    }
    match super::locate::place_of(text, key) {
        Some(place) => format!("{name}:{}:{}", place.line, place.column),
        None if name.is_empty() => "built-in default".to_owned(),
        None => name.to_owned(),
    }
}

/// Makes relative paths absolute; `~/` is the home folder.
fn anchor(config: &mut Config, folder: &Path) {
    let paths = [
        &mut config.site.data_dir,
        &mut config.site.secrets_file,
        &mut config.awb.file,
        &mut config.inventory.path,
        &mut config.console.keymap,
        &mut config.log.dir,
        &mut config.backup.dir,
    ];
    for path in paths {
        if path.as_os_str().is_empty() || path.is_absolute() {
            continue;
        }
        let home = path
            .strip_prefix("~")
            .ok()
            .and_then(|rest| etcetera::home_dir().ok().map(|home| home.join(rest)));
        *path = home.unwrap_or_else(|| folder.join(&*path));
    }
}
