//! Step 3: confirm. EasyEcom takes it and works on; the effect is read from the orders.

use super::{End, held, write};
use crate::{
    domain::{InvoiceId, Operator, request::ConfirmRequest},
    worker::{ports::Remotes, shop::Shop, traffic::Class},
};

pub(in crate::worker) async fn confirm<R: Remotes>(
    shop: &Shop<R>,
    id: InvoiceId,
    by: &Operator,
) -> End {
    let record = match held(shop, id) {
        Ok(record) => record,
        Err(end) => return end,
    };
    let request = ConfirmRequest {
        invoice: id,
        order_id: record.order.order_id,
        package: record.order.package.clone(),
    };
    let remotes = &shop.remotes;
    write(
        shop,
        Class::Advance,
        by,
        request,
        async |permit| remotes.confirm(permit).await,
        shop.config.settle.confirm_check,
    )
    .await
}
