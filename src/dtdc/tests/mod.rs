//! The client against a fake remote, and against the sandbox.

mod canary;
mod reading;
mod sandbox;
mod writing;

use std::time::Duration;

use rust_decimal::Decimal;

use super::{Credentials, Dtdc, Origin, PackageDefaults, Settings};
use crate::{
    domain::{
        Awb, Consignee, InvoiceId,
        order::{Destination, Package, Payment},
        request::{BookRequest, CancelBookingRequest},
    },
    http::{Http, HttpSettings},
    ledger::Permit,
};

const API_KEY: &str = "canary-api-key-0001";
const PASSWORD: &str = "canary-password-0002";
const TOKEN: &str = "XX0000_trk_json:canary0003canary0003";
const CUSTOMER: &str = "Canary Customer";
const PHONE: &str = "9876500012";

fn awb(text: &str) -> Awb {
    Awb::parse(text).expect("an AWB")
}

fn settings(url: &str) -> Settings {
    Settings {
        booking_url: url.to_owned(),
        label_url: url.to_owned(),
        tracking_url: url.to_owned(),
        pincode_url: url.to_owned(),
        customer_code: "SB0001".to_owned(),
        service_type_id: "B2C SMART EXPRESS".to_owned(),
        origin: Origin {
            name: "Warehouse".to_owned(),
            phone: "+91 80000 00001".to_owned(),
            address_1: "1 Dock Road".to_owned(),
            address_2: String::new(),
            city: "Bengaluru".to_owned(),
            state: "Karnataka".to_owned(),
            pincode: "560001".to_owned(),
        },
        default_package: PackageDefaults {
            length_cm: 20,
            width_cm: 15,
            height_cm: 10,
            weight_g: 0,
        },
        ..Settings::default()
    }
}

fn credentials() -> Credentials {
    Credentials {
        api_key: API_KEY.into(),
        tracking_username: "SB0001_trk_json".to_owned(),
        tracking_password: PASSWORD.into(),
        tracking_key: None,
    }
}

fn client_with(settings: Settings, credentials: Credentials) -> Dtdc {
    let half = Duration::from_millis(500);
    let limits = HttpSettings {
        connect_timeout: half,
        read_timeout: half,
        write_timeout: half,
        body_max: 64 << 10,
        ..HttpSettings::default()
    };
    let http = Http::new(&limits).expect("a client");
    Dtdc::new(http, settings, credentials).expect("a client")
}

/// A client that is not logged in at tracking.
fn client(url: &str) -> Dtdc {
    client_with(settings(url), credentials())
}

/// A client with a tracking token.
fn tracker(url: &str) -> Dtdc {
    let client = client(url);
    client.set_token(super::Token::new(TOKEN));
    client
}

fn ask(invoice: u64) -> BookRequest {
    BookRequest {
        invoice: InvoiceId(invoice),
        booking_reference: format!("R{invoice}"),
        own_number: None,
        destination: Destination {
            city: "Pune".into(),
            state: "Maharashtra".into(),
            pin: "411001".into(),
        },
        consignee: Consignee {
            name: CUSTOMER.into(),
            phone: format!("+91 {PHONE}").into(),
            address_1: "7 Canary Lane".into(),
            address_2: "".into(),
            email: "canary@example.in".into(),
        },
        package: Package {
            weight_g: Some(Decimal::from(800)),
            ..Package::default()
        },
        payment: Payment::Prepaid,
        value: "1499.50".parse().expect("a value"),
        description: "Water filter".into(),
        invoice_number: Some("INV-1".into()),
    }
}

fn booking(invoice: u64) -> Permit<BookRequest> {
    Permit::for_test(ask(invoice))
}

fn cancelling(number: &str) -> Permit<CancelBookingRequest> {
    Permit::for_test(CancelBookingRequest {
        invoice: InvoiceId(1),
        awb: awb(number),
    })
}
