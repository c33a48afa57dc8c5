//! Answers of the engine. Those to questions that nobody asks any more are dropped.

use super::{Answered, Effect, Ticket, asks, deltas, follow, load, marks, orders, scan, sku, undo};
use crate::{
    console::{
        commands::Context,
        layout::list_rows,
        model::{Detail, Layer, Model, Pane},
    },
    domain::{Clean, InvoiceId},
    handle::{
        Answer, Command, CommandReply, Ends, ItemEnd, ItemResult, Level, OrderRow, Reply, ReplyEnd,
    },
};

/// The reply, or why there is none.
fn reply(answer: Answered) -> Result<Reply, Clean> {
    match answer? {
        Answer::Reply { reply } => Ok(*reply),
        Answer::Failed { says } => Err(says),
        _ => Err("the engine answered something else than was asked".into()),
    }
}

pub fn answer(model: &mut Model, ticket: Ticket, answer: Answered, out: &mut Vec<Effect>) {
    match ticket {
        Ticket::Overview => overview(model, reply(answer), out),
        Ticket::Orders { generation, part } => {
            let next = model.slots.orders.done();
            let fresh = generation == model.orders.generation;
            let height = list_rows(model, Pane::Orders);
            let mut more = None;
            match reply(answer) {
                Ok(Reply::Orders(page)) if fresh => {
                    more = model.orders.take(part, page, model.now, height);
                }
                Err(says) if fresh => failed(model, "orders", &says, out),
                _ => {}
            }
            if let Some(part) = next.or(more) {
                asks::orders(model, part, out);
            }
        }
        Ticket::Stock { generation, part } => {
            let next = model.slots.stock.done();
            let fresh = generation == model.stock.generation;
            let height = list_rows(model, Pane::Stock);
            let mut more = None;
            match reply(answer) {
                Ok(Reply::Stock(page)) if fresh => {
                    more = model.stock.take(part, page, model.now, height);
                }
                Err(says) if fresh => failed(model, "inventory", &says, out),
                _ => {}
            }
            if let Some(part) = next.or(more) {
                asks::stock(model, part, out);
            }
        }
        Ticket::Feed { generation, before } => {
            feed(model, generation, before, reply(answer), out);
        }
        Ticket::Order(invoice) => order(model, invoice, reply(answer), out),
        Ticket::Detail(_) | Ticket::Scans(_) | Ticket::Journal(_) => {
            detail(model, &ticket, reply(answer), out);
        }
        Ticket::Troubles => troubles(model, reply(answer), out),
        Ticket::Followed => follow::answer(model, reply(answer), out),
        Ticket::Sku(asked) => sku::answer(model, &asked, reply(answer)),
        Ticket::Command(command) => command_done(model, &command, answer, out),
        other => layer(model, other, answer, out),
    }
}

fn failed(model: &mut Model, what: &str, says: &Clean, out: &mut Vec<Effect>) {
    if model.gone.is_none() {
        let says = Clean::new(&format!("{what} could not be read: {says}"));
        deltas::notice(model, Level::Bad, says, out);
    }
}

fn overview(model: &mut Model, reply: Result<Reply, Clean>, out: &mut Vec<Effect>) {
    let again = model.slots.overview.done();
    match reply {
        Ok(Reply::Overview(overview)) => {
            model.overview = Some(*overview);
            model.overview_at = Some(model.now);
            if model.gone.is_some() {
                deltas::returned(model, out);
            }
            deltas::still_true(model, (true, true, true));
        }
        Ok(_) => {}
        Err(says) => deltas::gone(model, says, out),
    }
    if again.is_some() {
        asks::overview(model, out);
    }
}

fn troubles(model: &mut Model, reply: Result<Reply, Clean>, out: &mut Vec<Effect>) {
    let again = model.slots.troubles.done();
    match reply {
        Ok(Reply::Troubles(rows)) => model.aside.take(rows),
        Ok(_) => {}
        Err(says) => failed(model, "what needs a person", &says, out),
    }
    if again.is_some() {
        asks::troubles(model, out);
    }
}

fn feed(
    model: &mut Model,
    generation: u64,
    before: Option<u64>,
    reply: Result<Reply, Clean>,
    out: &mut Vec<Effect>,
) {
    let slot = match before {
        Some(_) => &mut model.slots.older,
        None => &mut model.slots.feed,
    };
    let again = slot.done();
    let height = list_rows(model, Pane::Feed);
    let fresh = generation == model.feed.generation;
    let failing = reply.is_err();
    match (reply, before) {
        (Ok(Reply::Feed(page)), Some(before)) if fresh => model.feed.take_older(before, page),
        (Ok(Reply::Feed(page)), None) if fresh => model.feed.take_newest(page, model.now, height),
        (Err(says), _) if fresh => failed(model, "tracking", &says, out),
        _ => {}
    }
    if again.is_some() && before.is_none() {
        asks::feed(model, out);
    }
    // What fails is not asked for at once again: the minute does that.
    if !failing {
        asks::fill_feed(model, out);
    }
}

fn order(
    model: &mut Model,
    invoice: InvoiceId,
    reply: Result<Reply, Clean>,
    out: &mut Vec<Effect>,
) {
    let again = model.slots.order.done();
    if model.orders.selected == Some(invoice) {
        match reply {
            Ok(Reply::Order(view)) => {
                model.steps.missing = view.is_none();
                model.steps.view = view;
                model.steps.read_at = Some(model.now);
                model.steps.behind = false;
            }
            Ok(_) => {}
            Err(says) => failed(model, "the order", &says, out),
        }
    }
    if again.is_some()
        && let Some(invoice) = model.orders.selected
    {
        asks::order(model, invoice, out);
    }
}

fn open_order(model: &mut Model, invoice: InvoiceId) -> Option<&mut Detail> {
    model.layers.iter_mut().rev().find_map(|layer| match layer {
        Layer::Detail(detail) if detail.invoice == invoice => Some(&mut **detail),
        _ => None,
    })
}

fn detail(model: &mut Model, ticket: &Ticket, reply: Result<Reply, Clean>, out: &mut Vec<Effect>) {
    let now = model.now;
    let (Ticket::Detail(invoice) | Ticket::Scans(invoice) | Ticket::Journal(invoice)) = ticket
    else {
        return;
    };
    let again = match ticket {
        Ticket::Detail(_) => model.slots.detail.done(),
        _ => None,
    };
    let says = match (open_order(model, *invoice), reply) {
        (Some(detail), Ok(Reply::Order(view))) => {
            detail.missing = view.is_none();
            detail.view = view;
            detail.read_at = Some(now);
            None
        }
        (Some(detail), Ok(Reply::Scans(scans))) => {
            detail.scans = Some(scans);
            None
        }
        (Some(detail), Ok(Reply::Journal(lines))) => {
            detail.journal = Some(lines);
            None
        }
        (Some(_), Err(says)) => Some(says),
        _ => None,
    };
    if let Some(says) = says {
        failed(model, "the order", &says, out);
    }
    if again.is_some() {
        asks::detail(model, out);
    }
}

/// The orders with a code.
fn found(answer: Answered) -> Result<Vec<OrderRow>, Clean> {
    match reply(answer)? {
        Reply::Found(rows) => Ok(rows),
        _ => Ok(Vec::new()),
    }
}

/// Answers to what a layer asked.
fn layer(model: &mut Model, ticket: Ticket, answer: Answered, out: &mut Vec<Effect>) {
    match ticket {
        Ticket::Find(text) => scan::found(model, &text, found(answer), out),
        Ticket::Open(text) => orders::looked_up(model, &text, &found(answer), out),
        Ticket::Scanned(invoice) => {
            if let Ok(Reply::Order(view)) = reply(answer) {
                scan::viewed(model, invoice, view);
            }
        }
        Ticket::Loads => match reply(answer) {
            Ok(Reply::Loads(loads)) => load::loads(model, loads),
            Ok(_) => {}
            Err(says) => failed(model, "the manifests", &says, out),
        },
        Ticket::Marking { generation } => match reply(answer) {
            Ok(Reply::Orders(page)) => marks::marking_page(model, generation, &page, out),
            Ok(_) => {}
            Err(says) => failed(model, "orders to mark", &says, out),
        },
        Ticket::Rejected => {
            if let (Ok(Reply::Rejected(lines)), Some(Layer::Status { rejected, .. })) =
                (reply(answer), model.layers.last_mut())
            {
                *rejected = Some(lines);
            }
        }
        Ticket::WhyNot { invoice, step } => {
            let said = match reply(answer) {
                Ok(Reply::WhyNot(refusal)) => Ok(refusal),
                Ok(_) => return,
                Err(says) => Err(says),
            };
            for layer in &mut model.layers {
                if let Layer::WhyNot {
                    invoice: i,
                    step: s,
                    answer,
                    ..
                } = layer
                    && (*i, *s) == (invoice, step)
                {
                    *answer = Some(said.clone());
                }
            }
        }
        Ticket::Plan { serial } => {
            if let (Ok(Reply::ManifestPlan(plan)), Some(confirm)) =
                (reply(answer), question(model, serial))
            {
                confirm.plan = Some(plan);
            }
        }
        Ticket::Preview { serial } => {
            let now = model.now;
            if let Some(confirm) = question(model, serial) {
                confirm.preview = Some(match answer {
                    Ok(Answer::Preview { preview }) => Ok(preview),
                    Ok(Answer::Failed { says }) | Err(says) => Err(says),
                    Ok(_) => Err("the engine answered something else than was asked".into()),
                });
                confirm.asked_at = now;
            }
        }
        _ => {}
    }
}

fn question(model: &mut Model, serial: u64) -> Option<&mut crate::console::model::Confirm> {
    model.layers.iter_mut().find_map(|layer| match layer {
        Layer::Confirm(confirm) if confirm.serial == serial => Some(&mut **confirm),
        _ => None,
    })
}

fn command_done(model: &mut Model, command: &Command, answer: Answered, out: &mut Vec<Effect>) {
    model.sent = model.sent.saturating_sub(1);
    let said = match answer {
        Ok(Answer::Done { reply }) => reply,
        Ok(Answer::Failed { says }) | Err(says) => {
            if matches!(command, Command::Load { .. }) {
                return load::failed(model, &says, out);
            }
            let says = Clean::new(&format!("{}: {says}", command.title()));
            return deltas::notice(model, Level::Bad, says, out);
        }
        Ok(_) => return,
    };
    match command {
        Command::Load { .. } => return load::judged(model, &said, out),
        Command::Unload { invoice } => load::taken_back(model, *invoice),
        _ => {}
    }
    let taken: Vec<InvoiceId> = said
        .items
        .iter()
        .filter(|item| matches!(item.end, ItemEnd::Taken { .. }))
        .map(|item| item.invoice)
        .collect();
    for invoice in &taken {
        model.marks.remove(invoice);
    }
    follow::begin(model, command, &taken);
    // What was refused as a whole did not happen, and is still to be undone.
    if said.end == ReplyEnd::Taken {
        undo::remember(model, command, taken);
    }
    let bad: Vec<&ItemResult> = said
        .items
        .iter()
        .filter(|item| !matches!(item.end, ItemEnd::Taken { .. }))
        .collect();
    let level = if bad.is_empty() && said.end == ReplyEnd::Taken {
        Level::Good
    } else {
        Level::Bad
    };
    let says = summary(command, &said);
    deltas::notice(model, level, says.clone(), out);
    // What is being typed or asked is not covered by a result; its line stays to be read.
    let in_the_way = model.layers.last().is_some_and(|l| {
        matches!(
            l.context(),
            Context::Text | Context::Confirm | Context::Menu
        )
    });
    if !bad.is_empty() && !in_the_way {
        model.layers.push(Layer::Results {
            title: says,
            items: said.items,
            scroll: 0,
        });
    }
    load::ask(model, out);
    asks::overview(model, out);
    asks::lists(model, (true, false, false), out);
}

fn summary(command: &Command, reply: &CommandReply) -> Clean {
    let (title, says) = (command.title(), &reply.says);
    let ends: Ends = reply.items.iter().collect();
    match reply.items.len() {
        0 | 1 if !says.is_empty() => Clean::new(&format!("{title}: {says}")),
        1 if ends.taken == 1 => Clean::new(&format!("{title}: taken")),
        1 => Clean::new(&format!("{title}: not done")),
        // What the engine says of several is their count.
        all => Clean::new(&format!("{title}: {}", ends.of(all as u64))),
    }
}
