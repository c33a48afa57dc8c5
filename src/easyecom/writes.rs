//! The writes: each one request under a permit, judged by `reliability.md` section 2.2.

use serde_json::{Value, json};

use super::{
    AssignEncoding, ConfirmVerb, EasyEcom,
    calls::{NotDone, unexpected},
    wire::{Envelope, Named, Standing, find_text, named},
};
use crate::{
    domain::{
        Awb, Clean, Failure, FailureKind, ManifestNo, Sku, Verdict,
        request::{
            AssignRequest, ConfirmRequest, InventoryRequest, ManifestRequest, TrackingRequest,
        },
        time::format_ist,
        tracking::TrackingStatus,
    },
    ledger::Permit,
};

/// What the answer to a manifest said, as far as it can be recognised: its shape is not found
/// (contracts/easyecom.md section 8). AWBs in neither list were not spoken of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ManifestAnswer {
    /// The manifest's number, if given.
    pub number: Option<ManifestNo>,
    /// AWBs that the answer counts as manifested.
    pub taken: Vec<Awb>,
    /// AWBs that it refuses, with its words.
    pub refused: Vec<(Awb, Clean)>,
}

/// What the answer to a stock push said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InventoryAnswer {
    /// By SKU; `None` if the answer names none (the shape is not found, section 10). SKUs that are
    /// missing were not spoken of.
    pub per_sku: Option<Vec<(Sku, SkuVerdict)>>,
    /// The answer's message.
    pub says: Clean,
}

/// What became of one SKU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SkuVerdict {
    /// Taken.
    Taken {
        /// The quantity in the answer: it may differ from what was sent (cut at 10 000).
        quantity: Option<i64>,
    },
    /// Refused, with the remote's words.
    Refused(Clean),
}

impl EasyEcom {
    /// Writes courier and AWB (contracts/easyecom.md section 5).
    pub async fn assign(&self, permit: &Permit<AssignRequest>) -> Verdict<()> {
        let ask = permit.request();
        let body = json!({
            "invoiceId": ask.invoice,
            "courier": ask.courier,
            "awbNum": ask.awb,
            "companyCarrierId": ask.carrier_id,
        });
        let request = self.http.post(self.base.join(&self.settings.paths.assign));
        let request = match self.settings.assign_encoding {
            AssignEncoding::Json => request.json(&body),
            AssignEncoding::Form => request.form(&body),
        };
        self.simple(permit, request).await
    }

    /// Asks for confirmation (section 6). Accepted is not confirmed: that is read later.
    pub async fn confirm(&self, permit: &Permit<ConfirmRequest>) -> Verdict<()> {
        let ask = permit.request();
        let sizes = [
            ("height", ask.package.height_cm),
            ("width", ask.package.width_cm),
            ("length", ask.package.length_cm),
            ("weight", ask.package.weight_g),
        ];
        let mut query = vec![
            ("order_id", ask.order_id.to_string()),
            ("invoice_id", ask.invoice.to_string()),
        ];
        for (key, size) in sizes {
            query.extend(size.map(|size| (key, size.normalize().to_string())));
        }
        let url = self.base.join(&self.settings.paths.confirm);
        let request = match self.settings.confirm_verb {
            ConfirmVerb::Post => self.http.post(url),
            ConfirmVerb::Get => self.http.get(url),
        };
        let answer = match self.write(permit, request.query(&query)).await {
            Ok(answer) => answer,
            Err(not_done) => return not_done.into(),
        };
        match self.envelope(&answer) {
            Ok(envelope) => self.hushed(judge_confirm(&envelope, ask)),
            Err(not_done) => not_done.into(),
        }
    }

    /// Asks for one manifest of many AWBs (section 8). The path is unverified.
    pub async fn manifest(&self, permit: &Permit<ManifestRequest>) -> Verdict<ManifestAnswer> {
        let ask = permit.request();
        let awbs: Vec<&Awb> = ask.members.iter().map(|(_, awb)| awb).collect();
        let body = json!({
            "carrier_id": ask.group.carrier_id.to_string(),
            "marketplace_id": ask.group.marketplace_id.to_string(),
            "awb_numbers": awbs,
        });
        let url = self.base.join(&self.settings.paths.manifest);
        let answer = match self.write(permit, self.http.post(url).json(&body)).await {
            Ok(answer) => answer,
            Err(not_done) => return not_done.into(),
        };
        match self.taken(&answer) {
            Ok(envelope) => Verdict::Accepted(self.read_manifest(&envelope, &awbs)),
            Err(not_done) => not_done.into(),
        }
    }

    /// Tells a tracking status (section 9). The answer's body is not known beyond its code.
    pub async fn tracking(&self, permit: &Permit<TrackingRequest>) -> Verdict<()> {
        let ask = permit.request();
        let scans: Vec<Value> = ask
            .scans
            .iter()
            .map(|(words, at, place)| {
                json!({ "status": words, "time": format_ist(*at), "location": place })
            })
            .collect();
        let mut body = json!({
            "current_shipment_status_id": self.settings.status_ids.id(ask.status),
            "awb": ask.awb,
            "history_scans": scans,
        });
        let ends = matches!(
            ask.status,
            TrackingStatus::Delivered | TrackingStatus::RtoDelivered
        );
        if let (true, Some(at)) = (ends, ask.delivered_at) {
            body["delivery_date"] = Value::from(format_ist(at));
        }
        let url = self.base.join(&self.settings.paths.tracking);
        self.simple(permit, self.http.post(url).json(&body)).await
    }

    /// Sets absolute quantities of many SKUs (section 10).
    pub async fn inventory(&self, permit: &Permit<InventoryRequest>) -> Verdict<InventoryAnswer> {
        let ask = permit.request();
        let skus: Vec<Value> = ask
            .items
            .iter()
            .map(|item| json!({ "sku": item.sku, "quantity": item.quantity }))
            .collect();
        let url = self.base.join(&self.settings.paths.inventory_bulk);
        let request = self.http.post(url).json(&json!({ "skus": skus }));
        let answer = match self.write(permit, request).await {
            Ok(answer) => answer,
            Err(not_done) => return not_done.into(),
        };
        match self.taken(&answer) {
            Ok(envelope) => Verdict::Applied(self.read_inventory(&envelope, ask)),
            Err(not_done) => not_done.into(),
        }
    }

    /// A write whose answer carries nothing but a code.
    async fn simple<R: crate::domain::request::WriteRequest>(
        &self,
        permit: &Permit<R>,
        request: reqwest::RequestBuilder,
    ) -> Verdict<()> {
        let judged = match self.write(permit, request).await {
            Ok(answer) => self.taken(&answer).map(drop),
            Err(not_done) => Err(not_done),
        };
        match judged {
            Ok(()) => Verdict::Applied(()),
            Err(not_done) => not_done.into(),
        }
    }

    fn read_manifest(&self, envelope: &Envelope, awbs: &[&Awb]) -> ManifestAnswer {
        let data = whole(envelope);
        let find = |text: &str| {
            let theirs = Awb::parse(text).ok()?;
            awbs.iter().position(|awb| **awb == theirs)
        };
        let number_keys = ["manifestno", "manifestnumber"];
        let mut answer = ManifestAnswer {
            number: find_text(&data, &number_keys).map(|text| ManifestNo::new(&text)),
            ..ManifestAnswer::default()
        };
        for (index, standing, mention) in settled(&named(&data, &find)) {
            let awb = awbs[index].clone();
            match standing {
                Standing::Refused => answer.refused.push((awb, self.hush(&mention.says))),
                Standing::Taken | Standing::Mentioned => answer.taken.push(awb),
                Standing::Unclear => {}
            }
        }
        answer
    }

    fn read_inventory(&self, envelope: &Envelope, ask: &InventoryRequest) -> InventoryAnswer {
        let data = whole(envelope);
        let find = |text: &str| ask.items.iter().position(|item| item.sku.as_str() == text);
        let per_sku: Vec<(Sku, SkuVerdict)> = settled(&named(&data, &find))
            .into_iter()
            .filter_map(|(index, standing, mention)| {
                let verdict = match standing {
                    Standing::Refused => SkuVerdict::Refused(self.hush(&mention.says)),
                    Standing::Taken | Standing::Mentioned => SkuVerdict::Taken {
                        quantity: mention.quantity,
                    },
                    Standing::Unclear => return None,
                };
                Some((ask.items[index].sku.clone(), verdict))
            })
            .collect();
        InventoryAnswer {
            per_sku: (!per_sku.is_empty()).then_some(per_sku),
            says: self.hush(&envelope.says()),
        }
    }

    fn hushed(&self, verdict: Verdict<()>) -> Verdict<()> {
        match verdict {
            Verdict::NotApplied(failure) => Verdict::NotApplied(self.hush_failure(failure)),
            Verdict::Unknown(seen) => Verdict::Unknown(self.hush(&seen)),
            done => done,
        }
    }
}

/// Where an answer's content can stand: `data`, or the top level of a bare object.
fn whole(envelope: &Envelope) -> Value {
    let data = envelope
        .data()
        .and_then(|raw| serde_json::from_str(raw).ok());
    let has_content = |value: &Value| value.is_object() || value.is_array();
    data.filter(has_content).unwrap_or_else(|| {
        let top = envelope
            .fields
            .all()
            .filter(|(key, _)| !matches!(*key, "code" | "status" | "message" | "data"))
            .filter_map(|(key, raw)| Some((key.to_owned(), serde_json::from_str(raw).ok()?)));
        Value::Object(top.collect())
    })
}

/// One mention per thing. Contradicting ones cancel out: the thing was then not spoken of.
fn settled(all: &[Named]) -> Vec<(usize, Standing, &Named)> {
    let mut indexes: Vec<usize> = all.iter().map(|mention| mention.index).collect();
    indexes.sort_unstable();
    indexes.dedup();
    indexes
        .into_iter()
        .filter_map(|index| {
            let mut ours = all.iter().filter(|mention| mention.index == index);
            let clear = |standing| {
                all.iter()
                    .find(|m| m.index == index && m.standing == standing)
            };
            match (
                clear(Standing::Taken),
                clear(Standing::Refused),
                clear(Standing::Unclear),
            ) {
                (_, None, Some(_)) | (Some(_), Some(_), _) | (_, Some(_), Some(_)) => None,
                (Some(taken), None, None) => Some((index, Standing::Taken, taken)),
                (None, Some(refused), None) => Some((index, Standing::Refused, refused)),
                (None, None, None) => ours.next().map(|m| (index, m.standing, m)),
            }
        })
        .collect()
}

/// Digits from which on a number in an error item is taken for somebody's id.
const ID_DIGITS_MIN: usize = 6;

/// Section 6: `{"status": 200, "data": {"Error": [], "Success": [170000001]}}`; the items of `Error`
/// have no known shape.
fn judge_confirm(envelope: &Envelope, ask: &ConfirmRequest) -> Verdict<()> {
    let ids = [ask.order_id.to_string(), ask.invoice.to_string()];
    // One order was asked for: both of its ids are the same thing.
    let is_ours = |text: &str| ids.iter().any(|id| id == text.trim()).then_some(0);
    let data = whole(envelope);
    let all = named(&data, &is_ours);
    let standing = |standing| all.iter().find(|mention| mention.standing == standing);
    let part = |key: &str| match data.get(key) {
        Some(Value::Array(items)) => items.clone(),
        Some(Value::Null) | None => Vec::new(),
        Some(other) => vec![other.clone()],
    };
    let errors = part("Error");
    let about_ours = |item: &Value| {
        let text = item.to_string();
        ids.iter().any(|id| digit_runs(&text).any(|run| run == id))
            || digit_runs(&text).all(|run| run.len() < ID_DIGITS_MIN)
    };
    let refused = standing(Standing::Refused).is_some() || errors.iter().any(about_ours);
    match (standing(Standing::Taken).is_some(), refused) {
        (true, false) => Verdict::Accepted(()),
        (true, true) => Verdict::Unknown("confirm answered with success and error at once".into()),
        (false, true) => {
            let own = standing(Standing::Refused).map(|mention| mention.says.clone());
            let says = own
                .filter(|says| !says.is_empty())
                .unwrap_or_else(|| error_words(&errors, envelope));
            Verdict::NotApplied(Failure::new(FailureKind::Rejected, says.as_str()))
        }
        (false, false) if !errors.is_empty() || !part("Success").is_empty() => {
            Verdict::Unknown("confirm answered about other orders only".into())
        }
        (false, false) if envelope.is_success() => Verdict::Accepted(()),
        (false, false) => Verdict::Unknown(unexpected(envelope)),
    }
}

/// The words of an error list, else of the message.
fn error_words(errors: &[Value], envelope: &Envelope) -> Clean {
    let words: Vec<String> = errors.iter().filter_map(item_words).collect();
    if !words.is_empty() {
        return Clean::new(&words.join("; "));
    }
    match envelope.says() {
        says if says.is_empty() => "EasyEcom lists the order under Error, without words".into(),
        says => says,
    }
}

fn item_words(item: &Value) -> Option<String> {
    match item {
        Value::String(text) if text.chars().any(char::is_alphabetic) => Some(text.clone()),
        Value::Object(fields) => fields
            .values()
            .filter_map(Value::as_str)
            .find(|text| text.chars().any(char::is_alphabetic))
            .map(str::to_owned),
        _ => None,
    }
}

fn digit_runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_digit())
        .filter(|run| !run.is_empty())
}
