//! What can differ from one EasyEcom account, or one reading of its documents, to the next.

use std::fmt;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::domain::{LocationKey, tracking::TrackingStatus};

/// How EasyEcom is spoken to. The defaults are the contract's safest reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Scheme and host; the official one is `https://api.easyecom.io`.
    pub base_url: String,
    /// One path per call.
    pub paths: Paths,
    /// How `confirm_order` is called: disputed (contracts/easyecom.md section 15).
    pub confirm_verb: ConfirmVerb,
    /// How `assignAWB` is written: disputed (section 5).
    pub assign_encoding: AssignEncoding,
    /// Orders asked for per page, 1 to 250 (section 4).
    pub page_size: u16,
    /// Stock rows asked for per page (section 10).
    pub stock_page_size: u16,
    /// Shipping status ids told to EasyEcom.
    pub status_ids: TrackingIds,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            base_url: "https://api.easyecom.io".to_owned(),
            paths: Paths::default(),
            confirm_verb: ConfirmVerb::Post,
            assign_encoding: AssignEncoding::Json,
            page_size: ORDERS_PER_PAGE_MAX,
            stock_page_size: 100,
            status_ids: TrackingIds::default(),
        }
    }
}

/// Most orders that one page may hold (contracts/easyecom.md section 4).
pub const ORDERS_PER_PAGE_MAX: u16 = 250;

impl Settings {
    /// Every setting that stands on a guess or a dispute, as (name, value): for `raftaar doctor`.
    pub fn unverified(&self) -> Vec<(&'static str, &str)> {
        let mut all = self.paths.unverified();
        all.push(("confirm_verb", self.confirm_verb.word()));
        all.push(("assign_encoding", self.assign_encoding.word()));
        all
    }
}

/// The paths below the base URL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Paths {
    /// POST, login (section 2).
    pub token: String,
    /// GET, many orders (section 4).
    pub orders: String,
    /// GET, one order (section 4).
    pub order_details: String,
    /// POST, courier and AWB (section 5).
    pub assign: String,
    /// POST or GET, confirm (section 6).
    pub confirm: String,
    /// GET, label and invoice: the real path was not found (section 7).
    pub document: String,
    /// POST, manifest: the real path was not found (section 8).
    pub manifest: String,
    /// POST, tracking status (section 9).
    pub tracking: String,
    /// GET, tracking status as EasyEcom has it (section 9).
    pub track_read: String,
    /// POST, stock of many SKUs: one client only (section 10).
    pub inventory_bulk: String,
    /// GET, stock as EasyEcom has it (section 10).
    pub inventory_read: String,
    /// GET, the warehouses of the account (section 2).
    pub locations: String,
}

impl Default for Paths {
    fn default() -> Self {
        let path = str::to_owned;
        Self {
            token: path("/access/token"),
            orders: path("/orders/V2/getAllOrders"),
            order_details: path("/orders/V2/getOrderDetails"),
            assign: path("/Carrier/assignAWB"),
            confirm: path("/orders/confirm_order"),
            document: path("/orders/getDocument"),
            manifest: path("/orders/generateManifest"),
            tracking: path("/Carrier/V2/updateTrackingStatus"),
            track_read: path("/Carriers/getTrackingDetails"),
            inventory_bulk: path("/inventory/bulkInventoryUpdate"),
            inventory_read: path("/getInventoryDetailsV3"),
            locations: path("/getAllLocation"),
        }
    }
}

impl Paths {
    /// The paths that the contract marks as not found (document, manifest) or weakly attested (bulk
    /// stock), as (name, value).
    pub fn unverified(&self) -> Vec<(&'static str, &str)> {
        vec![
            ("paths.document", &self.document),
            ("paths.manifest", &self.manifest),
            ("paths.inventory_bulk", &self.inventory_bulk),
        ]
    }
}

/// The verb of `confirm_order`; the values stand in the query either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmVerb {
    /// Newer clients.
    #[default]
    Post,
    /// The old official page.
    Get,
}

impl ConfirmVerb {
    /// As in the settings file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Get => "get",
        }
    }
}

/// How the fields of `assignAWB` are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssignEncoding {
    /// A JSON object.
    #[default]
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
}

impl AssignEncoding {
    /// As in the settings file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Form => "form",
        }
    }
}

/// `current_shipment_status_id` of each status told (contracts/easyecom.md section 4, second table:
/// no official one was found).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrackingIds {
    /// 18.
    pub pickup_scheduled: i64,
    /// 2.
    pub in_transit: i64,
    /// 20.
    pub out_for_delivery: i64,
    /// 3.
    pub delivered: i64,
    /// 17.
    pub rto: i64,
    /// 9.
    pub rto_delivered: i64,
}

impl Default for TrackingIds {
    fn default() -> Self {
        Self {
            pickup_scheduled: 18,
            in_transit: 2,
            out_for_delivery: 20,
            delivered: 3,
            rto: 17,
            rto_delivered: 9,
        }
    }
}

impl TrackingIds {
    /// The id that tells `status`.
    pub fn id(&self, status: TrackingStatus) -> i64 {
        match status {
            TrackingStatus::PickupScheduled => self.pickup_scheduled,
            TrackingStatus::InTransit => self.in_transit,
            TrackingStatus::OutForDelivery => self.out_for_delivery,
            TrackingStatus::Delivered => self.delivered,
            TrackingStatus::Rto => self.rto,
            TrackingStatus::RtoDelivered => self.rto_delivered,
        }
    }

    /// The status that `id` tells, so that a read can be compared with what was pushed.
    pub fn status(&self, id: i64) -> Option<TrackingStatus> {
        TrackingStatus::ALL
            .into_iter()
            .find(|status| self.id(*status) == id)
    }
}

/// Who logs in, and where (contracts/easyecom.md section 2).
#[derive(Clone)]
pub struct Credentials {
    /// `x-api-key`, sent with every call.
    pub api_key: SecretString,
    /// The API user.
    pub email: String,
    /// Its password.
    pub password: SecretString,
    /// The one warehouse that the token will see.
    pub location_key: LocationKey,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({})", self.location_key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_file() {
        let read = |text| toml::from_str::<crate::config::Easyecom>(text).map(|it| it.settings());
        let all = read("").expect("empty is all defaults");
        assert_eq!(all, Settings::default());
        let some = read(
            "confirm_verb = 'get'\nassign_encoding = 'form'\n[paths]\nmanifest = '/m'\n[status_ids]\nrto = 21",
        )
        .expect("a file");
        assert_eq!(some.confirm_verb, ConfirmVerb::Get);
        assert_eq!(some.assign_encoding, AssignEncoding::Form);
        assert_eq!(some.paths.manifest, "/m");
        assert_eq!(some.paths.token, "/access/token");
        assert_eq!(some.status_ids.id(TrackingStatus::Rto), 21);
        assert_eq!(
            some.status_ids.status(18),
            Some(TrackingStatus::PickupScheduled)
        );
        assert_eq!(some.status_ids.status(17), None);
        assert!(read("[paths]\nmanifst = '/m'").is_err());
        let names: Vec<_> = some
            .unverified()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert!(names.contains(&"paths.manifest") && names.contains(&"confirm_verb"));
    }
}
