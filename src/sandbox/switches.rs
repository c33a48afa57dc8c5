//! What the contract leaves open or disputed (easyecom.md sections 15 to 17): each as a switch.

use serde::{Deserialize, Serialize};

/// Behaviours that sources disagree on or that nobody has seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Switches {
    /// getAllOrders honours `status_id`; live notes say it does not.
    pub status_id_honoured: bool,
    /// Verb of confirm_order.
    pub confirm_verb: ConfirmVerb,
    /// The order's `documents` carry the label; otherwise only the document call does.
    pub label_in_documents: bool,
    /// A tracking push before the manifest is refused (it is a violation either way).
    pub refuse_early_tracking: bool,
    /// The same AWB assigned again to the same invoice.
    pub repeat_assign: RepeatAnswer,
    /// A second DTDC booking for a reference whose first is alive (a violation either way).
    pub duplicate_booking: RepeatAnswer,
    /// A missing or wrong `x-api-key` is answered with 401.
    pub require_api_key: bool,
    /// assignAWB refuses an AWB that DTDC has not booked.
    pub require_booked_awb: bool,
    /// A manifest takes the good AWBs and lists the others, instead of refusing the whole.
    pub partial_manifest: bool,
    /// Every amount is a string with four decimals; otherwise only in getOrderDetails.
    pub amounts_as_strings: bool,
    /// Server errors carry an HTML page instead of JSON.
    pub html_errors: bool,
    /// Some rows show absent values as `NA`, `-` or empty, sizes as strings, odd and missing keys.
    pub key_drift: bool,
    /// The first page carries one row that is no order.
    pub malformed_row: bool,
    /// Some cancelled orders read `Cancelled` with status id 2.
    pub cancel_disagrees: bool,
    /// What an empty list looks like.
    pub nothing_there: NothingThere,
    /// A 429 of the rate limit carries `Retry-After`.
    pub retry_after: bool,
    /// What a bulk inventory answer says for each SKU.
    pub bulk_per_sku: bool,
    /// One bad SKU fails the whole inventory batch.
    pub bulk_all_or_nothing: bool,
    /// Every n-th inventory batch reports success and keeps nothing; 0 for never.
    pub phantom_inventory_every: u64,
    /// Real seconds until a booking is seen by DTDC tracking.
    pub tracking_lag_seconds: f64,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            status_id_honoured: false,
            confirm_verb: ConfirmVerb::Both,
            label_in_documents: true,
            refuse_early_tracking: true,
            repeat_assign: RepeatAnswer::Accept,
            duplicate_booking: RepeatAnswer::Refuse,
            require_api_key: true,
            require_booked_awb: false,
            partial_manifest: false,
            amounts_as_strings: false,
            html_errors: true,
            key_drift: true,
            malformed_row: false,
            cancel_disagrees: true,
            nothing_there: NothingThere::NoDataFound,
            retry_after: false,
            bulk_per_sku: true,
            bulk_all_or_nothing: false,
            phantom_inventory_every: 0,
            tracking_lag_seconds: 0.0,
        }
    }
}

/// Verb that confirm_order takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmVerb {
    /// The older clients' GET.
    Get,
    /// The newer clients' POST with values in the query.
    Post,
    /// Either.
    Both,
}

/// Answer to something that has been done before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepeatAnswer {
    /// As if it were new.
    Accept,
    /// An error.
    Refuse,
}

/// The three dresses of "nothing there" (easyecom.md section 3), of which the last is plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NothingThere {
    /// `"data": "No Data Found"`.
    NoDataFound,
    /// `code` 400 with a benign message.
    Code400,
    /// An empty list.
    EmptyList,
}
