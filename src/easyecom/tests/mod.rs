//! The client against a fake remote, and the decoders against samples, drift and noise.

mod canary;
mod decoding;
mod login;
mod noise;
mod reading;
mod writing;

use secrecy::SecretString;

use super::{Credentials, EasyEcom, Settings};
use crate::{
    domain::LocationKey,
    http::{Http, HttpSettings, fake::json},
};

/// The contract's V1 sample, with a person that must not be seen anywhere.
const V1: &str = include_str!("order_v1.json");

/// The same order as Get Order Details shows it after its confirmation.
const V2: &str = include_str!("order_v2.json");

const API_KEY: &str = "canary-api-key-0001";
const PASSWORD: &str = "canary-password-0002";
const JWT: &str = "eyJjYW5hcnkiOjB9.canary-token.0003";

fn client_with(url: &str, settings: Settings) -> EasyEcom {
    let limits = HttpSettings {
        connect_timeout: std::time::Duration::from_millis(500),
        read_timeout: std::time::Duration::from_millis(500),
        write_timeout: std::time::Duration::from_millis(500),
        body_max: 64 << 10,
        ..HttpSettings::default()
    };
    let settings = Settings {
        base_url: url.to_owned(),
        ..settings
    };
    let credentials = Credentials {
        api_key: API_KEY.into(),
        email: "canary-user@example.in".to_owned(),
        password: PASSWORD.into(),
        location_key: LocationKey::new("ab1234567890"),
    };
    let http = Http::new(&limits).expect("a client");
    EasyEcom::new(http, settings, credentials).expect("a client")
}

/// A client that is logged in.
fn client(url: &str) -> EasyEcom {
    let client = client_with(url, Settings::default());
    log_in(&client);
    client
}

fn log_in(client: &EasyEcom) {
    let now = chrono::Utc::now();
    client.store_for_test(JWT, now, now + chrono::TimeDelta::days(90));
}

/// A login answer as the contract shows it.
fn token_reply() -> Vec<u8> {
    json(&format!(
        r#"{{"data":{{"companyname":"Demo WH","time_zone":"Asia/Kolkata","token":
        {{"jwt_token":"{JWT}","token_type":"bearer","expires_in":7884000}}}},"message":null}}"#
    ))
}

fn secret(text: &str) -> SecretString {
    text.to_owned().into()
}
