//! What must never be seen in words: our secrets, and the customer.

use super::{API_KEY, CUSTOMER, PASSWORD, PHONE, TOKEN, awb, booking, cancelling, tracker};
use crate::{
    domain::Verdict,
    http::fake::{Fake, json, nobody, reply},
};

fn assert_hidden(text: &str) {
    let seen = text.to_ascii_lowercase();
    let street = "7 Canary Lane";
    for secret in [
        API_KEY,
        PASSWORD,
        TOKEN,
        CUSTOMER,
        PHONE,
        street,
        "canary@example.in",
    ] {
        assert!(
            !seen.contains(&secret.to_ascii_lowercase()),
            "{secret} in {text}"
        );
    }
}

fn hidden<T: std::fmt::Debug>(verdicts: &[Verdict<T>]) {
    for verdict in verdicts {
        match verdict {
            Verdict::NotApplied(failure) => assert_hidden(&format!("{failure:?}")),
            Verdict::Unknown(seen) => assert_hidden(seen.as_str()),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn no_error_shows_a_secret_or_a_customer() {
    // A remote that repeats everything it was told.
    let ours = format!("you sent {API_KEY} {PASSWORD} {TOKEN} for");
    let person = format!(
        "{} +91 {PHONE} {PHONE} at 7 canary lane",
        CUSTOMER.to_uppercase()
    );
    let echo = format!("{ours} {person}");
    let refusal = format!(r#"{{"error":{{"reason":"WRONG_INPUT","message":"{echo}"}}}}"#);
    let failed = format!(
        r#"{{"success":false,"failures":[{{"message":"{echo}"}}],"data":[{{"success":false,"message":"{echo}"}}]}}"#
    );
    let doubt = format!(
        r#"{{"data":[{{"success":true,"reference_number":"7X1000001","customer_reference_number":"{echo}"}}]}}"#
    );
    let no_data = format!(
        r#"{{"statusFlag":false,"errorDetails":[{{"name":"strError","value":"NO DATA FOUND {ours}"}}]}}"#
    );
    for answer in [
        json(&refusal),
        json(&failed),
        json(&doubt),
        json(&no_data),
        json(&echo),
        reply(400, &[], &refusal),
        reply(401, &[], &refusal),
        reply(403, &[], &refusal),
        reply(429, &[], &refusal),
        reply(500, &[], &echo),
        reply(200, &[], &format!("<html>{echo}")),
        Vec::new(),
    ] {
        let fake = Fake::start(vec![answer]).await;
        let client = tracker(&fake.url());
        hidden(&client.book(&[&booking(1)]).await);
        assert_hidden(&format!("{client:?} {:?}", client.settings()));
    }
    // The other calls are not told of a customer; what they repeat is ours alone.
    for answer in [
        json(&format!(
            r#"{{"error":{{"reason":"WRONG_INPUT","message":"{ours}"}}}}"#
        )),
        json(&no_data),
        json(&ours),
        reply(401, &[], &format!(r#"{{"message":"{ours}"}}"#)),
        reply(400, &[], &format!(r#"{{"error":{{"message":"{ours}"}}}}"#)),
        reply(500, &[], &ours),
        Vec::new(),
    ] {
        let fake = Fake::start(vec![answer; 6]).await;
        let number = awb("7X1000001");
        let login = tracker(&fake.url()).track_login().await;
        assert_hidden(&format!("{:?}", login.expect_err("no token")));
        let client = tracker(&fake.url());
        assert_hidden(&format!("{:?}", client.track(&number).await));
        let client = tracker(&fake.url());
        assert_hidden(&format!("{:?}", client.find_by_reference("R1").await));
        assert_hidden(&format!("{:?}", client.label(&number).await));
        assert_hidden(&format!("{:?}", client.serviceable("411001").await));
        hidden(&client.cancel(&[&cancelling("7X1000001")]).await);
    }
    // The password travels in the URL of the login: no error may quote that.
    let error = tracker(&nobody().await)
        .track_login()
        .await
        .expect_err("nobody");
    assert_hidden(&format!("{error} {error:?}"));
}
