//! That an order will not ship, and who says so.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::{ids::Operator, time::Stamp};

/// A cancellation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancelled {
    /// When we knew.
    pub at: Stamp,
    /// Who.
    #[serde(flatten)]
    pub by: CancelledBy,
    /// Whether the manifest was made already: the goods must be pulled or called back.
    pub after_manifest: bool,
    /// Who took that upon themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noted_by: Option<Operator>,
}

/// Who cancelled an order. The kind of event tells, never a name: an operator may be called as EasyEcom
/// is, and what EasyEcom cancelled it can take back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Named", into = "Named")]
pub enum CancelledBy {
    /// EasyEcom shows it as cancelled.
    EasyEcom,
    /// An operator dropped it here.
    Person(Operator),
}

const EASYECOM: &str = "easyecom";

/// As it is written: scripts find the name where it always stood.
#[derive(Clone, Serialize, Deserialize)]
struct Named {
    by: Operator,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    dropped_here: bool,
}

impl From<Named> for CancelledBy {
    fn from(named: Named) -> Self {
        // An older engine says the name only.
        if named.dropped_here || named.by.as_str() != EASYECOM {
            Self::Person(named.by)
        } else {
            Self::EasyEcom
        }
    }
}

impl From<CancelledBy> for Named {
    fn from(by: CancelledBy) -> Self {
        match by {
            CancelledBy::EasyEcom => Self {
                by: Operator::new(EASYECOM),
                dropped_here: false,
            },
            CancelledBy::Person(by) => Self {
                by,
                dropped_here: true,
            },
        }
    }
}

impl fmt::Display for CancelledBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EasyEcom => f.pad(EASYECOM),
            Self::Person(operator) => f.pad(operator.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::fold::fixture::at;

    fn cancelled(by: CancelledBy) -> Cancelled {
        Cancelled {
            at: at(0),
            by,
            after_manifest: false,
            noted_by: None,
        }
    }

    #[test]
    fn what_is_written_reads_back_whatever_the_operator_is_called() {
        let person = |name| CancelledBy::Person(Operator::new(name));
        for (by, name) in [
            (CancelledBy::EasyEcom, "easyecom"),
            (person("asha"), "asha"),
            (person("easyecom"), "easyecom"),
        ] {
            let meant = cancelled(by);
            let json = serde_json::to_value(&meant).expect("plain data");
            assert_eq!(json["by"], name);
            assert_eq!(meant.by.to_string(), name);
            assert_eq!(serde_json::from_value::<Cancelled>(json).ok(), Some(meant));
        }
    }

    #[test]
    fn the_name_alone_is_understood() {
        for (name, by) in [
            ("easyecom", CancelledBy::EasyEcom),
            ("asha", CancelledBy::Person(Operator::new("asha"))),
        ] {
            let json = json!({ "at": at(0), "by": name, "after_manifest": false });
            let read: Cancelled = serde_json::from_value(json).expect("read");
            assert_eq!(read, cancelled(by));
        }
    }
}
