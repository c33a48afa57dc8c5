//! Step 2, second half: courier and AWB to EasyEcom.

use super::{End, held, write};
use crate::{
    domain::{InvoiceId, Operator, request::AssignRequest},
    worker::{ports::Remotes, shop::Shop, traffic::Class},
};

pub(in crate::worker) async fn assign<R: Remotes>(
    shop: &Shop<R>,
    id: InvoiceId,
    by: &Operator,
) -> End {
    let record = match held(shop, id) {
        Ok(record) => record,
        Err(end) => return end,
    };
    let Some(awb) = record.booking.as_ref().map(|b| b.awb.clone()) else {
        return super::weigh_only(shop, &record, crate::domain::Call::Assign);
    };
    let request = AssignRequest {
        invoice: id,
        awb,
        courier: shop.config.courier.clone(),
        carrier_id: shop.config.carrier_id,
    };
    let remotes = &shop.remotes;
    write(
        shop,
        Class::Advance,
        by,
        request,
        async |permit| remotes.assign(permit).await,
        shop.config.settle.recheck,
    )
    .await
}
