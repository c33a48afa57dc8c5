//! The writes: each one request under a permit, judged by `reliability.md` section 2.2.

use serde_json::{Value, json};

use super::{
    AssignEncoding, ConfirmVerb, EasyEcom,
    wire::{Envelope, Standing, find_text, judge_confirm, mentions},
};
use crate::{
    domain::{
        Awb, Clean, ManifestNo, Sku, Verdict,
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
            Ok(envelope) => {
                self.hush()
                    .verdict(judge_confirm(&envelope, ask.order_id, ask.invoice))
            }
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

    pub(super) fn read_manifest(&self, envelope: &Envelope, awbs: &[&Awb]) -> ManifestAnswer {
        let hush = self.hush();
        let data = envelope.content();
        let find = |text: &str| {
            let theirs = Awb::parse(text).ok()?;
            awbs.iter().position(|awb| **awb == theirs)
        };
        let number_keys = ["manifestno", "manifestnumber"];
        let mut answer = ManifestAnswer {
            number: find_text(&data, &number_keys).map(|text| ManifestNo::new(&text)),
            ..ManifestAnswer::default()
        };
        for mention in mentions(&data, &find) {
            let awb = awbs[mention.index].clone();
            match mention.standing {
                Standing::Refused => {
                    answer.refused.push((awb, hush.text(mention.says.as_str())));
                }
                Standing::Taken | Standing::Mentioned => answer.taken.push(awb),
                Standing::Unclear => {}
            }
        }
        answer
    }

    pub(super) fn read_inventory(
        &self,
        envelope: &Envelope,
        ask: &InventoryRequest,
    ) -> InventoryAnswer {
        let hush = self.hush();
        let data = envelope.content();
        let find = |text: &str| {
            let theirs = Sku::new(text);
            ask.items.iter().position(|item| item.sku == theirs)
        };
        let per_sku: Vec<(Sku, SkuVerdict)> = mentions(&data, &find)
            .into_iter()
            .filter_map(|mention| {
                let verdict = match mention.standing {
                    Standing::Refused => SkuVerdict::Refused(hush.text(mention.says.as_str())),
                    Standing::Taken | Standing::Mentioned => SkuVerdict::Taken {
                        quantity: mention.quantity,
                    },
                    Standing::Unclear => return None,
                };
                Some((ask.items[mention.index].sku.clone(), verdict))
            })
            .collect();
        InventoryAnswer {
            per_sku: (!per_sku.is_empty()).then_some(per_sku),
            says: hush.text(envelope.says().as_str()),
        }
    }
}
