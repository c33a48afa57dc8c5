//! Step 4: label and invoice, from the links that the orders carry, else from EasyEcom's document
//! call, the label at last from DTDC. Stored only when they are what they should be.

use std::time::Duration;

use super::{End, held};
use crate::{
    domain::{
        Call, Clean, Failure, FailureKind, InvoiceId, OrderRecord,
        event::{DocumentKind, Event, Outcome},
        record::{Document, ParkReason},
    },
    files::DocumentError,
    worker::{
        ports::{Download, Remotes},
        shop::Shop,
        traffic::Class,
    },
};

/// After this many tries with the order's own links the document call is asked, which costs a call
/// per order.
const PATIENCE: u8 = 2;

/// After this many tries that took at least this long a person is told: a document that is minutes late
/// is none that comes by itself.
const TRIES_MAX: u32 = 8;
const TRIES_FOR: Duration = Duration::from_mins(10);

/// The same where there is a link and the download fails: a host that is away hinders every order, and comes
/// back.
const DOWNLOADS_FOR: Duration = Duration::from_hours(1);

/// Document calls for one order on one day.
const ASKED_MAX: u8 = 6;

pub(in crate::worker) async fn documents<R: Remotes>(shop: &Shop<R>, id: InvoiceId) -> End {
    let record = match held(shop, id) {
        Ok(record) => record,
        Err(end) => return end,
    };
    if let Err(refusal) = shop.weigh(Call::Documents, &record) {
        return End::Refused(refusal);
    }
    let mut problems = Vec::new();
    let mut bad = false;
    let links = links(shop, &record, &mut problems).await;
    if record.label.is_none() {
        note(
            label(shop, &record, links.0.as_deref()).await,
            &mut problems,
            &mut bad,
        );
    }
    if record.invoice.is_none() {
        let kind = DocumentKind::Invoice;
        let end = match links.1.as_deref() {
            Some(url) => fetch(shop, id, kind, url).await,
            None => Err(Download::Later(Clean::new(
                "EasyEcom has no invoice document yet",
            ))),
        };
        note(end, &mut problems, &mut bad);
    }
    let record = match held(shop, id) {
        Ok(record) => record,
        Err(end) => return end,
    };
    if record.label.is_some() && record.invoice.is_some() {
        shop.documents_came(id);
        return End::Taken(Clean::new("label and invoice stored"));
    }
    let kind = if bad {
        FailureKind::Rejected
    } else {
        FailureKind::Unreachable
    };
    let failure = Failure::new(kind, &problems.join("; "));
    let tries = u32::from(record.documents.attempts.max(1));
    let (tried, since) = shop.count_document_try(id);
    let mut events = vec![Event::Outcome {
        intent: 0,
        call: Call::Documents,
        invoice: id,
        result: Outcome::NotApplied {
            retry_at: super::retry_at(shop, &failure, tries),
            failure: failure.clone(),
        },
    }];
    let waited = (shop.now() - since).to_std().unwrap_or_default();
    let no_link = (record.label.is_none() && links.0.is_none())
        || (record.invoice.is_none() && links.1.is_none());
    let patience = if no_link { TRIES_FOR } else { DOWNLOADS_FOR };
    if !bad && tried >= TRIES_MAX && waited >= patience && record.park.is_none() {
        let says = format!(
            "{} (tried {tried} times in {} min); without it there is no manifest",
            failure.says,
            waited.as_secs() / 60
        );
        events.push(Event::Parked {
            invoice: id,
            reason: ParkReason::Document {
                says: Clean::new(&says),
            },
        });
    }
    match shop.record(events).await {
        Ok(()) => End::NotApplied(failure),
        Err(error) => error.into(),
    }
}

fn note(end: Result<(), Download>, problems: &mut Vec<String>, bad: &mut bool) {
    match end {
        Ok(()) => {}
        Err(Download::Later(says)) => problems.push(says.to_string()),
        Err(Download::Bad(says)) => {
            *bad = true;
            problems.push(says.to_string());
        }
    }
}

/// The links: of the order, or, when it has none for long, of the document call.
async fn links<R: Remotes>(
    shop: &Shop<R>,
    record: &OrderRecord,
    problems: &mut Vec<String>,
) -> (Option<String>, Option<String>) {
    let mut label = record.order.label_url.as_deref().map(str::to_owned);
    let mut invoice = record.order.invoice_url.as_deref().map(str::to_owned);
    let waited = record.documents.attempts >= u16::from(PATIENCE);
    let lacking = (label.is_none() && record.label.is_none())
        || (invoice.is_none() && record.invoice.is_none());
    let id = record.id();
    if lacking && waited && shop.may_ask_for_documents(id, ASKED_MAX) {
        match shop
            .read(Class::Advance, || shop.remotes.document_urls(id))
            .await
        {
            Ok(urls) => {
                label = label.or_else(|| urls.label.map(String::from));
                invoice = invoice.or_else(|| urls.invoice.map(String::from));
            }
            Err(error) => problems.push(format!("EasyEcom's document call: {error}")),
        }
    } else if lacking && !waited {
        // The next reading of the orders may bring them without a call of their own.
        shop.want_poll();
    }
    (label, invoice)
}

async fn label<R: Remotes>(
    shop: &Shop<R>,
    record: &OrderRecord,
    url: Option<&str>,
) -> Result<(), Download> {
    let id = record.id();
    let from_easyecom = match url {
        Some(url) => fetch(shop, id, DocumentKind::Label, url).await,
        None => Err(Download::Later(Clean::new("EasyEcom has no label yet"))),
    };
    let Err(why) = from_easyecom else {
        return Ok(());
    };
    let waited =
        record.documents.attempts >= u16::from(PATIENCE) || matches!(why, Download::Bad(_));
    let Some(awb) = record.live_awb().filter(|_| waited) else {
        return Err(why);
    };
    match shop.remotes.carrier_label(awb).await {
        Ok(bytes) => keep(shop, id, DocumentKind::Label, &bytes, "dtdc").await,
        Err(error) => {
            tracing::debug!(%id, "carrier label: {error}");
            Err(why)
        }
    }
}

async fn fetch<R: Remotes>(
    shop: &Shop<R>,
    id: InvoiceId,
    kind: DocumentKind,
    url: &str,
) -> Result<(), Download> {
    let bytes = shop.remotes.download(url).await?;
    keep(shop, id, kind, &bytes, "easyecom").await
}

async fn keep<R: Remotes>(
    shop: &Shop<R>,
    id: InvoiceId,
    kind: DocumentKind,
    bytes: &[u8],
    source: &str,
) -> Result<(), Download> {
    let stored = shop.documents.put(bytes).map_err(|error| match &error {
        // Not the document is at fault.
        DocumentError::Disk(..) => {
            Download::Later(Clean::new(&format!("this machine cannot keep it: {error}")))
        }
        _ => Download::Bad(Clean::new(&error.to_string())),
    })?;
    let event = Event::DocumentStored {
        invoice: id,
        kind,
        document: Document {
            sha256: stored.sha256.into(),
            bytes: stored.bytes,
            source: source.into(),
            at: shop.now(),
        },
    };
    shop.record(vec![event])
        .await
        .map_err(|e| Download::Later(Clean::new(&e.to_string())))
}
