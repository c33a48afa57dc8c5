//! Step 4: label and invoice, from the links that the orders carry, else from EasyEcom's document
//! call, the label at last from DTDC. Stored only when they are what they should be.

use super::{End, held};
use crate::{
    domain::{
        Call, Clean, Failure, FailureKind, InvoiceId, OrderRecord,
        event::{DocumentKind, Event, Outcome},
        record::Document,
    },
    worker::{
        ports::{Download, Remotes},
        shop::Shop,
        traffic::Class,
    },
};

/// After this many tries with the order's own links the document call is asked, which costs a call
/// per order.
const PATIENCE: u8 = 2;

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
    let links = links(shop, &record).await;
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
    if problems.is_empty() {
        return End::Taken(Clean::new("label and invoice stored"));
    }
    let kind = if bad {
        FailureKind::Rejected
    } else {
        FailureKind::Unreachable
    };
    let failure = Failure::new(kind, &problems.join("; "));
    let tries = u32::from(record.documents.attempts.max(1));
    let event = Event::Outcome {
        intent: 0,
        call: Call::Documents,
        invoice: id,
        result: Outcome::NotApplied {
            retry_at: super::retry_at(shop, &failure, tries),
            failure: failure.clone(),
        },
    };
    match shop.record(vec![event]).await {
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
) -> (Option<String>, Option<String>) {
    let mut label = record.order.label_url.as_deref().map(str::to_owned);
    let mut invoice = record.order.invoice_url.as_deref().map(str::to_owned);
    let waited = record.documents.attempts >= u16::from(PATIENCE);
    let lacking = (label.is_none() && record.label.is_none())
        || (invoice.is_none() && record.invoice.is_none());
    if lacking && waited {
        let id = record.id();
        match shop
            .read(Class::Advance, || shop.remotes.document_urls(id))
            .await
        {
            Ok(urls) => {
                label = label.or_else(|| urls.label.map(String::from));
                invoice = invoice.or_else(|| urls.invoice.map(String::from));
            }
            Err(error) => tracing::debug!(%id, "document call: {error}"),
        }
    } else if lacking {
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
    let stored = shop
        .documents
        .put(bytes)
        .map_err(|e| Download::Bad(Clean::new(&e.to_string())))?;
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
