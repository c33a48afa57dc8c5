//! The client and the sandbox, which was written from the same contract by other hands.

use std::time::Duration;

use super::{ask, cancelling, client_with, settings};
use crate::{
    domain::{ReadError, Verdict},
    dtdc::{Credentials, Dtdc, LabelFormat, Settings},
    ledger::Permit,
    sandbox::{Sandbox, SandboxOptions},
};

async fn start() -> (Sandbox, Dtdc) {
    let sandbox = Sandbox::start(SandboxOptions {
        orders: 1,
        token_cooldown: Duration::ZERO,
        ..SandboxOptions::default()
    })
    .await
    .expect("a free port");
    let login = SandboxOptions::default().credentials;
    let settings = Settings {
        customer_code: login.dtdc_customer_code,
        label_format: LabelFormat::Base64,
        ..settings(&sandbox.base_url())
    };
    let credentials = Credentials {
        api_key: login.dtdc_api_key.into(),
        tracking_username: login.dtdc_username,
        tracking_password: login.dtdc_password.into(),
        tracking_key: None,
    };
    (sandbox, client_with(settings, credentials))
}

#[tokio::test]
async fn a_parcel_from_booking_to_cancelling() {
    let (_sandbox, dtdc) = start().await;
    let serves = dtdc.serviceable("411001").await.expect("a verdict");
    assert!(serves.prepaid, "{serves:?}");
    let nowhere = dtdc.serviceable("000000").await.expect("a verdict");
    assert!(!nowhere.prepaid && !nowhere.cod, "{nowhere:?}");

    let mut unserved = ask(2);
    unserved.destination.pin = "000000".into();
    let (good, bad) = (Permit::for_test(ask(1)), Permit::for_test(unserved));
    let verdicts = dtdc.book(&[&good, &bad]).await;
    let [Verdict::Applied(booked), Verdict::NotApplied(failure)] = verdicts.as_slice() else {
        panic!("{verdicts:?}");
    };
    assert!(failure.says.as_str().contains("000000"), "{failure:?}");
    let number = &booked.awb;

    assert!(matches!(
        dtdc.track(number).await,
        Err(ReadError::Unauthorized(_))
    ));
    dtdc.track_login().await.expect("a token");
    let found = dtdc.find_by_reference("R1").await.expect("an answer");
    let found = found.map(|found| (found.awb, found.named));
    assert_eq!(found, Some((number.clone(), true)));
    assert_eq!(dtdc.find_by_reference("R2").await, Ok(None));
    let pull = dtdc.track(number).await.expect("a journey");
    assert_eq!(pull.scans.first().map(|s| s.code.as_str()), Some("SPL"));
    assert_eq!(pull.header.reference.as_str(), "R1");
    assert!(pull.odd.is_empty(), "{:?}", pull.odd);
    assert!(
        dtdc.label(number)
            .await
            .expect("a label")
            .starts_with(b"%PDF-")
    );

    let verdicts = dtdc
        .cancel(&[&cancelling(number.as_str()), &cancelling("D99999999")])
        .await;
    assert!(
        matches!(
            verdicts.as_slice(),
            [Verdict::Applied(()), Verdict::NotApplied(_)]
        ),
        "{verdicts:?}"
    );
    let label = dtdc.label(number).await;
    assert!(matches!(label, Err(ReadError::Refused(_))), "{label:?}");
}
