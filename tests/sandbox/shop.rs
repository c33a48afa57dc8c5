//! A small client for the tests: a started sandbox, logged in.

use std::time::Duration;

use raftaar::sandbox::{Credentials, Mix, Rule, Sandbox, SandboxOptions, Tier};
use serde_json::{Value, json};

/// The first invoice and order id of every world.
pub const INVOICE: u64 = 200_000_001;
pub const ORDER: u64 = 170_000_001;

pub struct Shop {
    pub sandbox: Sandbox,
    pub http: reqwest::Client,
    pub login: Credentials,
    pub token: String,
}

/// Ten ordinary orders, confirmed in an instant, on a key without limits.
pub fn calm() -> SandboxOptions {
    SandboxOptions {
        orders: 10,
        mix: Mix::calm(),
        tier: Tier::Unlimited,
        confirm_delay: Duration::ZERO,
        ..SandboxOptions::default()
    }
}

pub async fn open(options: SandboxOptions) -> Shop {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let login = options.credentials.clone();
    let sandbox = Sandbox::start(options).await.expect("a free port");
    let mut shop = Shop {
        sandbox,
        http: reqwest::Client::new(),
        login,
        token: String::new(),
    };
    let answer = shop.login().await;
    assert_eq!(answer.0, 200, "{answer:?}");
    shop.token = answer.1["data"]["token"]["jwt_token"]
        .as_str()
        .expect("a token")
        .into();
    shop
}

impl Shop {
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.base_url())
    }

    pub async fn login(&self) -> (u16, Value) {
        let body = json!({ "email": self.login.email, "password": self.login.password,
                           "location_key": self.login.location_key });
        read(
            self.http
                .post(self.url("/access/token"))
                .header("x-api-key", &self.login.x_api_key)
                .json(&body),
        )
        .await
    }

    /// Both EasyEcom credentials on a request.
    pub fn signed(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        request
            .header("x-api-key", &self.login.x_api_key)
            .bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> Value {
        read(self.signed(self.http.get(self.url(path)))).await.1
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        read(self.signed(self.http.post(self.url(path))).json(&body))
            .await
            .1
    }

    pub async fn details(&self, invoice: u64) -> Value {
        let path = format!("/orders/V2/getOrderDetails?invoice_id={invoice}&include_ee_history=1");
        self.get(&path).await["data"][0].clone()
    }

    pub async fn assign(&self, invoice: u64, awb: &str) -> Value {
        let body = json!({ "invoiceId": invoice, "courier": "DTDC", "awbNum": awb, "companyCarrierId": 9001 });
        self.post("/Carrier/assignAWB", body).await
    }

    pub async fn confirm(&self, order: u64) -> Value {
        self.post(
            &format!("/orders/confirm_order?order_id={order}"),
            Value::Null,
        )
        .await
    }

    pub async fn manifest(&self, marketplace: &Value, awbs: &[&str]) -> Value {
        let body = json!({ "carrier_id": "9001", "marketplace_id": marketplace.to_string(), "awb_numbers": awbs });
        self.post("/orders/generateManifest", body).await
    }

    pub async fn push(&self, awb: &str, status: u64) -> Value {
        let body = json!({ "current_shipment_status_id": status, "awb": awb,
            "history_scans": [{ "status": "scan", "time": "2026-01-05 10:00:00", "location": "Pune" }] });
        self.post("/Carrier/V2/updateTrackingStatus", body).await
    }

    /// Books an order at DTDC; the answer's only row.
    pub async fn book(&self, order: &Value, reference: &str, own_awb: &str) -> Value {
        self.softdata(json!([self.consignment(order, reference, own_awb)]))
            .await
            .1["data"][0]
            .clone()
    }

    pub fn consignment(&self, order: &Value, reference: &str, own_awb: &str) -> Value {
        let place = |pin: &Value| {
            json!({ "name": "n", "phone": "9000000000", "address_line_1": "a",
                                         "pincode": pin, "city": "c", "state": "s" })
        };
        json!({
            "customer_code": self.login.dtdc_customer_code, "service_type_id": "B2C PRIORITY",
            "load_type": "NON-DOCUMENT", "consignment_type": "Forward", "commodity_id": "7",
            "reference_number": own_awb, "customer_reference_number": reference,
            "description": "goods", "declared_value": "500", "num_pieces": "1", "dimension_unit": "cm",
            "length": "20", "width": "15", "height": "10", "weight_unit": "kg", "weight": "0.80",
            "origin_details": place(&json!("411001")), "destination_details": place(&order["pin_code"]),
            "cod_collection_mode": "", "cod_amount": "" })
    }

    pub async fn softdata(&self, consignments: Value) -> (u16, Value) {
        let request = self
            .http
            .post(self.url("/api/customer/integration/consignment/softdata"))
            .header("api-key", &self.login.dtdc_api_key);
        read(request.json(&json!({ "consignments": consignments }))).await
    }

    pub async fn cancel_booking(&self, awb: &str) -> Value {
        let body = json!({ "AWBNo": [awb], "customerCode": self.login.dtdc_customer_code });
        let request = self
            .http
            .post(self.url("/api/customer/integration/consignment/cancel"))
            .header("api-key", &self.login.dtdc_api_key);
        read(request.json(&body)).await.1
    }

    pub async fn tracking_token(&self) -> String {
        let query = [
            ("username", &self.login.dtdc_username),
            ("password", &self.login.dtdc_password),
        ];
        let request = self
            .http
            .get(self.url("/dtdc-api/api/dtdc/authenticate"))
            .query(&query);
        request
            .send()
            .await
            .expect("sent")
            .text()
            .await
            .expect("text")
    }

    pub async fn track(&self, token: &str, kind: &str, number: &str) -> (u16, Value) {
        let request = self
            .http
            .post(self.url("/dtdc-api/rest/JSONCnTrk/getTrackDetails"))
            .header("X-Access-Token", token);
        read(request.json(&json!({ "trkType": kind, "strcnno": number, "addtnlDtl": "Y" }))).await
    }

    /// Takes an order to Confirm Success under an AWB.
    pub async fn to_confirmed(&self, nth: u64, awb: &str) -> Value {
        assert_eq!(self.assign(INVOICE + nth, awb).await["code"], 200);
        assert_eq!(
            self.confirm(ORDER + nth).await["data"]["Success"],
            json!([ORDER + nth])
        );
        self.details(INVOICE + nth).await
    }

    /// Takes an order to Shipped under an AWB.
    pub async fn to_shipped(&self, nth: u64, awb: &str) {
        let order = self.to_confirmed(nth, awb).await;
        let answer = self.manifest(&order["marketplace_id"], &[awb]).await;
        assert_eq!(answer["code"], 200, "{answer}");
    }

    /// The rules broken so far.
    pub fn broken(&self) -> Vec<Rule> {
        self.sandbox
            .report()
            .violations
            .iter()
            .map(|violation| violation.rule)
            .collect()
    }
}

/// Status and JSON of an answer; null if it is not JSON.
pub async fn read(request: reqwest::RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.expect("an answer");
    let status = answer.status().as_u16();
    let body = answer.bytes().await.expect("a whole body");
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}
