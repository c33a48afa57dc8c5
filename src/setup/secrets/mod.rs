//! Secrets: looked up one by one in the environment, then in systemd's credential folder, then in a
//! file that nobody else may read. Never in `raftaar.toml`, never in the journal, the log or a message.

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    fmt, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use secrecy::SecretString;
use thiserror::Error;

use super::access::{self, AccessError, Fault};
use crate::config::Problem;

/// Secrets are some hundred bytes each; a longer file is another one.
const BYTES_MAX: u64 = 64 << 10;

/// A secret that raftaar needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Secret {
    /// EasyEcom `x-api-key`.
    EasyecomApiKey,
    /// EasyEcom API user.
    EasyecomEmail,
    /// Its password.
    EasyecomPassword,
    /// DTDC booking `api-key`.
    DtdcApiKey,
    /// DTDC tracking user.
    DtdcTrackUser,
    /// Its password.
    DtdcTrackPassword,
    /// A tracking key that DTDC handed over instead of user and password.
    DtdcTrackKey,
}

impl Secret {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::EasyecomApiKey,
        Self::EasyecomEmail,
        Self::EasyecomPassword,
        Self::DtdcApiKey,
        Self::DtdcTrackUser,
        Self::DtdcTrackPassword,
        Self::DtdcTrackKey,
    ];

    /// The key in the secrets file.
    pub fn key(self) -> &'static str {
        match self {
            Self::EasyecomApiKey => "easyecom_api_key",
            Self::EasyecomEmail => "easyecom_email",
            Self::EasyecomPassword => "easyecom_password",
            Self::DtdcApiKey => "dtdc_api_key",
            Self::DtdcTrackUser => "dtdc_track_user",
            Self::DtdcTrackPassword => "dtdc_track_password",
            Self::DtdcTrackKey => "dtdc_track_key",
        }
    }

    /// The variable, and the name of the systemd credential.
    pub fn variable(self) -> String {
        format!("RAFTAAR_{}", self.key().to_ascii_uppercase())
    }

    /// What it is, for `raftaar doctor`.
    pub fn title(self) -> &'static str {
        match self {
            Self::EasyecomApiKey => "EasyEcom x-api-key",
            Self::EasyecomEmail => "EasyEcom API user (e-mail)",
            Self::EasyecomPassword => "EasyEcom API password",
            Self::DtdcApiKey => "DTDC booking api-key",
            Self::DtdcTrackUser => "DTDC tracking user",
            Self::DtdcTrackPassword => "DTDC tracking password",
            Self::DtdcTrackKey => "DTDC tracking key",
        }
    }
}

/// Where a secret was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// In this variable.
    Environment,
    /// In this file of systemd's credential folder.
    Credential(PathBuf),
    /// In the secrets file.
    File(PathBuf),
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => write!(f, "environment"),
            Self::Credential(path) => write!(f, "systemd credential {}", path.display()),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

/// Why the secrets cannot be read.
#[derive(Debug, Error)]
pub enum SecretsError {
    /// The file can be read by others.
    #[error("{path}: mode {mode:04o} lets others read the secrets; run: chmod 600 {path}", path = .path.display())]
    Mode {
        /// Which file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The file is somebody else's.
    #[error("{path}: belongs to user {owner}, not to user {us} who runs this; run: chown {us} {path}", path = .path.display())]
    Owner {
        /// Which file.
        path: PathBuf,
        /// Its owner.
        owner: u32,
        /// Who we are.
        us: u32,
    },
    /// Somebody else can put another file in its place.
    #[error("{folder}: others may write there and put another file in the place of the secrets; run: chmod go-w {folder}", folder = .folder.display())]
    Folder {
        /// Which folder.
        folder: PathBuf,
    },
    /// The system said no.
    #[error("{path}: {error}", path = .path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Not what it should be. The text itself is never repeated.
    #[error("{0}")]
    Wrong(Problem),
}

impl SecretsError {
    fn of(path: PathBuf, error: AccessError) -> Self {
        match error {
            AccessError::Io(error) => Self::Io { path, error },
            AccessError::Fault(Fault::Owner { owner, us }) => Self::Owner { path, owner, us },
            AccessError::Fault(Fault::Mode { mode }) => Self::Mode { path, mode },
        }
    }
}

/// Where secrets are looked for.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// `$CREDENTIALS_DIRECTORY`.
    pub credentials: Option<PathBuf>,
    /// The secrets file; it need not exist.
    pub file: Option<PathBuf>,
    /// Whether that file was asked for by name and has to exist.
    pub file_named: bool,
}

/// Secrets as found. Printing it prints no secret.
#[derive(Clone, Default)]
pub struct Secrets {
    found: BTreeMap<Secret, (SecretString, Found)>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(
                self.found
                    .iter()
                    .map(|(secret, (_, place))| (secret, place)),
            )
            .finish()
    }
}

impl Secrets {
    /// Looks every secret up.
    pub fn look_up(
        places: &Places,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, SecretsError> {
        let mut in_file = match &places.file {
            Some(path) => read_file(path, places.file_named)?,
            None => BTreeMap::new(),
        };
        let mut found = BTreeMap::new();
        for secret in Secret::ALL {
            let name = secret.variable();
            let value = environment(&name)
                .filter(|value| !value.is_empty())
                .map(|value| (value, Found::Environment));
            let value = match (value, &places.credentials) {
                (None, Some(folder)) => credential(folder, secret)?,
                (value, _) => value,
            };
            let value = value.or_else(|| {
                let value = in_file.remove(secret.key())?;
                Some((value, Found::File(places.file.clone()?)))
            });
            if let Some((value, place)) = value {
                found.insert(secret, (SecretString::from(value), place));
            }
        }
        Ok(Self { found })
    }

    /// Secrets that are known already: the sandbox's.
    pub fn given(values: impl IntoIterator<Item = (Secret, String)>) -> Self {
        let found = values
            .into_iter()
            .map(|(secret, value)| (secret, (SecretString::from(value), Found::Environment)))
            .collect();
        Self { found }
    }

    /// A secret.
    pub fn get(&self, secret: Secret) -> Option<&SecretString> {
        self.found.get(&secret).map(|(value, _)| value)
    }

    /// Where it was found.
    pub fn place(&self, secret: Secret) -> Option<&Found> {
        self.found.get(&secret).map(|(_, place)| place)
    }

    /// Secrets that an engine cannot do without. Tracking takes user and password, or a key.
    pub fn missing(&self) -> Vec<Secret> {
        let mut missing: Vec<_> = [
            Secret::EasyecomApiKey,
            Secret::EasyecomEmail,
            Secret::EasyecomPassword,
            Secret::DtdcApiKey,
        ]
        .into_iter()
        .filter(|secret| self.get(*secret).is_none())
        .collect();
        if self.get(Secret::DtdcTrackKey).is_none() {
            let login = [Secret::DtdcTrackUser, Secret::DtdcTrackPassword];
            missing.extend(login.into_iter().filter(|s| self.get(*s).is_none()));
        }
        missing
    }
}

/// A file of systemd's credential folder, named as the variable or as the key. systemd sees to its
/// mode and owner.
fn credential(folder: &Path, secret: Secret) -> Result<Option<(String, Found)>, SecretsError> {
    for name in [secret.variable(), secret.key().to_owned()] {
        let path = folder.join(name);
        match crate::config::read_small(&path) {
            Ok(text) => {
                let value = text.trim_end_matches(['\n', '\r']).to_owned();
                return Ok((!value.is_empty()).then_some((value, Found::Credential(path))));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(SecretsError::Io { path, error }),
        }
    }
    Ok(None)
}

/// Reads the file if it is ours alone.
fn read_file(path: &Path, named: bool) -> Result<BTreeMap<String, String>, SecretsError> {
    let text = match access::read_private(path, BYTES_MAX) {
        Ok(text) => text,
        Err(AccessError::Io(error)) if error.kind() == io::ErrorKind::NotFound && !named => {
            return Ok(BTreeMap::new());
        }
        Err(error) => return Err(SecretsError::of(path.to_owned(), error)),
    };
    folder_is_safe(path)?;
    parse(path, &text)
}

/// Refuses a folder that others may write to, unless its sticky bit keeps them from replacing files.
fn folder_is_safe(path: &Path) -> Result<(), SecretsError> {
    let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) else {
        return Ok(());
    };
    let meta = std::fs::metadata(folder).map_err(|error| SecretsError::Io {
        path: folder.to_owned(),
        error,
    })?;
    if meta.mode() & 0o022 != 0 && meta.mode() & 0o1000 == 0 {
        return Err(SecretsError::Folder {
            folder: folder.to_owned(),
        });
    }
    Ok(())
}

pub(super) fn parse(path: &Path, text: &str) -> Result<BTreeMap<String, String>, SecretsError> {
    let wrong = |line: usize, key: &str, says: String| {
        SecretsError::Wrong(Problem {
            at: format!("{}:{line}", path.display()),
            key: key.to_owned(),
            says,
        })
    };
    let line_of = |key: &str| {
        let at = text.lines().position(|l| l.trim_start().starts_with(key));
        at.map_or(1, |at| at + 1)
    };
    let table: toml::Table = toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        let before = text.get(..offset).unwrap_or_default();
        let says = "this is no TOML; write one `name = \"value\"` a line".to_owned();
        wrong(before.matches('\n').count() + 1, "", says)
    })?;
    let mut values = BTreeMap::new();
    for (key, value) in table {
        let known = Secret::ALL.iter().any(|secret| secret.key() == key);
        match value {
            _ if !known => {
                let names: Vec<_> = Secret::ALL.iter().map(|s| s.key()).collect();
                let says = format!("there is no such secret; there are {}", names.join(", "));
                return Err(wrong(line_of(&key), &key, says));
            }
            toml::Value::String(text) if text.is_empty() => {}
            toml::Value::String(text) => {
                values.insert(key, text);
            }
            _ => return Err(wrong(line_of(&key), &key, "write it in quotes".to_owned())),
        }
    }
    Ok(values)
}
