//! Commands that concern the warehouse as a whole.

use super::{
    skus,
    steps::{paused, push_skus},
};
use crate::{
    domain::{Operator, event::Event},
    handle::{Command, CommandReply, ItemEnd, Level},
    worker::{
        fetch, keeper,
        ports::Remotes,
        shop::{ManifestWanted, Shop, lock},
        steps::End,
    },
};

pub(super) async fn whole_site<R: Remotes>(
    shop: &Shop<R>,
    command: &Command,
    by: &Operator,
) -> CommandReply {
    match command {
        Command::Pause { reason } => {
            let event = Event::Paused {
                reason: reason.clone(),
            };
            local(
                shop,
                by,
                event,
                "paused: nothing is sent until it is resumed",
            )
            .await
        }
        Command::Resume => {
            let reply = local(shop, by, Event::Resumed, "resumed").await;
            shop.book_again();
            shop.try_again();
            shop.wake.notify_one();
            reply
        }
        Command::FetchNow => {
            shop.ask_poll();
            CommandReply::taken("orders are read now")
        }
        Command::Backfill { from, to } => match fetch::backfill(shop, *from, *to).await {
            Ok(read) => CommandReply::taken(&format!(
                "{} rows read, {} orders are new",
                read.rows, read.new
            )),
            Err(error) => CommandReply::failed(&format!(
                "the range could not be read: {error}; what was read is kept"
            )),
        },
        Command::ManifestNow { group } => {
            if let Some(End::NotSent(says)) = paused(shop) {
                return CommandReply::refused(says.as_str());
            }
            lock(&shop.live).manifest_wanted = Some(ManifestWanted {
                group: group.clone(),
            });
            let of = match group {
                Some(group) => format!(
                    "what is ready of marketplace {} with carrier {}",
                    group.marketplace_id, group.carrier_id
                ),
                None => "all that is ready".to_owned(),
            };
            shop.notice(Level::Info, &format!("manifest of {of}, asked by {by}"));
            shop.ask_poll();
            shop.wake.notify_one();
            CommandReply::taken(&format!(
                "the orders are read once more, then {of} is manifested"
            ))
        }
        Command::PushStock { skus } if skus.is_empty() => {
            if let Err(refusal) = crate::domain::gate::weigh_stock(shop.config.stock.setting_on) {
                return CommandReply::refused(&refusal.to_string());
            }
            lock(&shop.live).stock_push_wanted = true;
            shop.stock_wake.notify_one();
            CommandReply::taken("everything that waits is pushed now")
        }
        Command::PushStock { skus } => match push_skus(shop, skus, by).await.into_item() {
            ItemEnd::Taken { says } => CommandReply::taken(says.as_str()),
            ItemEnd::Failed { says, .. } => CommandReply::failed(says.as_str()),
            ItemEnd::Refused { refusal } => CommandReply::refused(&refusal.to_string()),
            ItemEnd::NotHeld => CommandReply::failed("no such SKU is held here"),
        },
        Command::LeaveOut { skus, reason } => skus::leave_out(shop, skus, reason, by).await,
        Command::TakeIn { skus } => skus::take_in(shop, skus, by).await,
        Command::Backup => match keeper::make(shop).await {
            Ok(made) => CommandReply::taken(&format!(
                "copied to {}: {} records, checked",
                made.path.display(),
                made.note.records
            )),
            Err(error) => CommandReply::failed(error.as_str()),
        },
        Command::ReadStock => {
            lock(&shop.live).stock_read_wanted = true;
            shop.stock_wake.notify_one();
            CommandReply::taken("EasyEcom's quantities are read back now")
        }
        _ => CommandReply::failed("this command concerns orders"),
    }
}

pub(super) async fn local<R: Remotes>(
    shop: &Shop<R>,
    by: &Operator,
    event: Event,
    done: &str,
) -> CommandReply {
    match shop.record_as(by, vec![event]).await {
        Ok(()) => CommandReply::taken(done),
        Err(error) => CommandReply::failed(&error.to_string()),
    }
}
