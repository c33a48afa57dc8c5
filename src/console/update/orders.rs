//! Actions on orders. One order is asked about in a line; several only after the engine said what
//! would happen.

use tui_input::Input;

use super::{Effect, Ticket, asks};
use crate::{
    console::{
        commands::Action,
        model::{
            About, Confirm, Detail, Layer, Menu, Model, Purpose, layer::orders as orders_words,
        },
    },
    domain::{Call, Clean, InvoiceId, Step, event::Decision, filter::FeedFilter},
    handle::{Ask, Command, Level, OrderRow, Query, StepState},
};

/// Milliseconds after an order left the list under the cursor in which a key may still have been
/// meant for it.
const LOST_MS: i64 = 1_500;

/// Sends a command. Callers have asked, or it concerns one order at most.
pub fn send(model: &mut Model, command: Command, out: &mut Vec<Effect>) {
    model.sent += 1;
    out.push(Effect::Ask(
        Box::new(Ticket::Command(Box::new(command.clone()))),
        Box::new(Ask::Command { command }),
    ));
}

/// Opens a question; for more than one order the engine says first what it would do.
pub fn ask_first(
    model: &mut Model,
    title: String,
    command: Command,
    needs_preview: bool,
    out: &mut Vec<Effect>,
) {
    let serial = model.next_serial();
    if needs_preview {
        out.push(Effect::Ask(
            Box::new(Ticket::Preview { serial }),
            Box::new(Ask::Preview {
                command: command.clone(),
            }),
        ));
    }
    let what = Purpose::Send(command);
    model.layers.push(Layer::Confirm(Box::new(Confirm {
        needs_preview,
        ..Confirm::new(serial, title, what, model.now)
    })));
}

/// Whether the order under the cursor has just changed places with another.
pub fn slipped(model: &mut Model) -> bool {
    let elsewhere = model.detail().is_some() || model.trouble().is_some();
    if elsewhere || !model.marks.is_empty() {
        return false;
    }
    let Some((at, gone)) = model.orders.lost.take() else {
        return false;
    };
    if (model.now - at).num_milliseconds() > LOST_MS {
        return false;
    }
    let here = model
        .orders
        .selected
        .map_or(String::new(), |i| i.to_string());
    model.notify(
        Level::Warn,
        format!("the cursor has just moved from order {gone} to {here} by itself: press again"),
    );
    true
}

/// An action on the order under the cursor or on the marked ones.
pub fn act(model: &mut Model, action: Action, out: &mut Vec<Effect>) {
    let targets = model.targets();
    if targets.is_empty() {
        return;
    }
    let many = targets.len() > 1;
    let who = orders_words(&targets);
    match action {
        Action::NextStep => {
            let step = next_step_words(model, &targets);
            let command = Command::Next { invoices: targets };
            ask_first(model, format!("{step} for {who}?"), command, many, out);
        }
        Action::Retry => {
            let command = Command::Retry { invoices: targets };
            ask_first(model, format!("Retry {who} now?"), command, many, out);
        }
        Action::Track => {
            let command = Command::Track { invoices: targets };
            if many {
                let title = format!("Ask the carrier about {who} now?");
                ask_first(model, title, command, true, out);
            } else {
                send(model, command, out);
            }
        }
        Action::Hold => reason(model, About::Hold(targets)),
        Action::Release => reason(model, About::Release(targets)),
        Action::Decide => decide(model),
        Action::DoStep => do_step(model, out),
        _ => {}
    }
}

/// What the next step is called, where it is known.
fn next_step_words(model: &Model, targets: &[InvoiceId]) -> String {
    let ready = match targets {
        [one] => model.view_of(*one).and_then(|view| {
            view.steps
                .iter()
                .find(|s| matches!(s.state, StepState::Ready | StepState::Failed))
                .map(|s| s.step)
        }),
        _ => None,
    };
    ready.map_or_else(
        || "Do the next legal step".to_owned(),
        |step| format!("Do step {}, {}, now", step.number(), step.title()),
    )
}

fn do_step(model: &mut Model, out: &mut Vec<Effect>) {
    // The steps on the screen are of the order under the cursor; marks do not matter here.
    let Some(invoice) = model.cursor_order() else {
        return;
    };
    let step = Step::ALL[model.steps.selected.min(6)];
    let title = format!(
        "Do step {}, {}, for order {invoice}?",
        step.number(),
        step.title()
    );
    ask_first(model, title, Command::Step { invoice, step }, false, out);
}

/// Contradictions that are taken note of are gone for good: asked before.
pub fn take_note(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(invoice) = model.cursor_order() else {
        return;
    };
    let flags = model
        .view_of(invoice)
        .map_or(0, |view| view.record.trail.flags.len());
    let what = match flags {
        0 => "what is flagged".to_owned(),
        1 => "1 contradiction".to_owned(),
        n => format!("{n} contradictions"),
    };
    let title = format!("Take note of {what} of order {invoice}? It cannot be undone.");
    let command = Command::ClearFlags { invoice };
    ask_first(model, title, command, false, out);
}

pub fn reason(model: &mut Model, about: About) {
    model.layers.push(Layer::Reason {
        about,
        input: Input::default(),
    });
}

const DECISIONS: [(&str, Decision); 3] = [
    ("Retry: try the refused call again", Decision::Retry),
    (
        "Ship: it is an order of its own, or its AWB is right; go on",
        Decision::Ship,
    ),
    ("Drop: it will not ship from here", Decision::Drop),
];

/// What can be decided about the order under the cursor, if it is parked.
pub fn decisions(model: &Model) -> Option<Menu<Decision>> {
    let record = &model.view_of(model.cursor_order()?)?.record;
    record.park.as_ref()?;
    let retry = record.may_retry().is_ok();
    Some(Menu {
        items: DECISIONS
            .into_iter()
            .filter(|(_, decision)| *decision != Decision::Retry || retry)
            .map(|(words, decision)| (words.to_owned(), decision))
            .collect(),
        selected: 0,
    })
}

/// A parked order is decided about; any other can be parked by hand.
fn decide(model: &mut Model) {
    let Some(invoice) = model.cursor_order() else {
        return;
    };
    let Some(view) = model.view_of(invoice) else {
        return model.notify(Level::Warn, "the order is still being read; press again");
    };
    let why = view.record.park_words().unwrap_or_default().into();
    let advice = view.record.park.as_ref().map(|park| park.reason.advice());
    let (Some(menu), Some(advice)) = (decisions(model), advice) else {
        return reason(model, About::Park(invoice));
    };
    model.layers.push(Layer::Decide {
        invoice,
        menu,
        why,
        advice,
    });
}

/// Asks which order has a code, to open it.
pub fn look_up(model: &mut Model, code: &str, out: &mut Vec<Effect>) {
    let text = Clean::with_limit(code, 120).as_str().to_owned();
    if !text.is_empty() {
        model.notify(Level::Info, format!("looking {text} up"));
        asks::push(out, Ticket::Open(text.clone()), Query::Find { text });
    }
}

/// Opens the order with a code, unless something else was begun meanwhile.
pub fn looked_up(
    model: &mut Model,
    code: &str,
    found: &Result<Vec<OrderRow>, Clean>,
    out: &mut Vec<Effect>,
) {
    let rows = match found {
        Ok(rows) => rows,
        Err(says) => return model.notify(Level::Bad, format!("{code} not looked up: {says}")),
    };
    let free = matches!(model.layers.last(), None | Some(Layer::Detail(_)));
    let whole = rows.iter().find(|row| row.invoice.to_string() == code);
    match (whole, rows.as_slice()) {
        (Some(row), _) | (None, [row]) if free => {
            model.notify(Level::Info, format!("order {}", row.invoice));
            open(model, row.invoice, out);
        }
        (Some(row), _) | (None, [row]) => {
            model.notify(Level::Info, format!("{code} is order {}", row.invoice));
        }
        (None, []) => model.notify(Level::Warn, format!("no order here has the code {code}")),
        (None, many) => {
            let says = format!("{} orders have the code {code}: say more", many.len());
            model.notify(Level::Warn, says);
        }
    }
}

/// Opens an order over the panes.
pub fn open(model: &mut Model, invoice: InvoiceId, out: &mut Vec<Effect>) {
    let known = model.view_of(invoice).cloned().map(Box::new);
    model.layers.push(Layer::Detail(Box::new(Detail {
        invoice,
        people: false,
        view: known,
        missing: false,
        scans: None,
        journal: None,
        read_at: None,
        scroll: 0,
        filter: Input::default(),
        wanted: FeedFilter::default(),
    })));
    asks::detail(model, out);
}

/// The call by which a step that is not done begins.
pub fn call_of(model: &Model, invoice: InvoiceId, step: Step) -> Option<Call> {
    Some(match step {
        Step::Fetch => return None,
        Step::Assign => {
            let booked = model
                .view_of(invoice)
                .is_some_and(|view| view.record.live_awb().is_some());
            if booked { Call::Assign } else { Call::Book }
        }
        Step::Confirm => Call::Confirm,
        Step::Documents => Call::Documents,
        Step::Manifest => Call::Manifest,
        Step::Tracking => Call::Tracking,
        Step::Inventory => Call::Inventory,
    })
}

/// Asks the gate about the step under the cursor, or the first that is not done.
pub fn why_not(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(invoice) = model.cursor_order() else {
        return;
    };
    let first_open = model.view_of(invoice).and_then(|view| {
        view.steps
            .iter()
            .find(|s| !matches!(s.state, StepState::Done | StepState::Off))
            .map(|s| s.step)
    });
    let chosen = Step::ALL[model.steps.selected.min(6)];
    let by_hand = model.layers.is_empty() && model.focus == crate::console::model::Pane::Steps;
    let step = if by_hand {
        chosen
    } else {
        first_open.unwrap_or(Step::Tracking)
    };
    let Some(call) = call_of(model, invoice, step) else {
        return model.notify(Level::Info, "the order is here: it was fetched");
    };
    model.layers.push(Layer::WhyNot {
        invoice,
        step,
        answer: None,
        scroll: 0,
    });
    ask_why(out, invoice, step, call);
}

fn ask_why(out: &mut Vec<Effect>, invoice: InvoiceId, step: Step, call: Call) {
    let query = Query::WhyNot { invoice, call };
    asks::push(out, Ticket::WhyNot { invoice, step }, query);
}

/// Asks again for the answer that is open: what was in the way may be gone.
pub fn ask_why_again(model: &Model, out: &mut Vec<Effect>) {
    for layer in &model.layers {
        if let Layer::WhyNot { invoice, step, .. } = layer
            && let Some(call) = call_of(model, *invoice, *step)
        {
            ask_why(out, *invoice, *step, call);
        }
    }
}
