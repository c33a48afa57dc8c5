//! A key: looked up in the command table, refused with its reason, or carried out.

use super::{
    Effect, asks, dialogs, edit, find, lists, load, marks, moves, orders, scan, sku, sorting, undo,
    warehouse,
};
use crate::{
    console::{
        commands::{Action, Command, Context, Danger},
        keymap::{Code, Key},
        model::{Filtered, Layer, Model, Pane, Scan, Search},
    },
    handle::{FeedKind, Level, TroubleAbout},
};

/// Whether characters are typed into something now.
pub fn typing(model: &Model) -> bool {
    let text = model.contexts().first() == Some(&Context::Text);
    text || matches!(model.layers.last(), Some(Layer::Confirm(c)) if c.to_type().is_some())
}

/// Whether what stands at the dock is being filtered.
pub fn filters_dock(model: &Model) -> bool {
    let top = model.layers.last();
    matches!(top, Some(Layer::Filter { of, .. }) if *of == Filtered::Dock)
}

/// Takes a key.
pub fn key(model: &mut Model, key: Key, out: &mut Vec<Effect>) {
    model.key_at = model.now;
    let contexts = model.contexts();
    let typing = typing(model);
    if opens_dock_filter(model, key) {
        return run(model, Action::Filter, out);
    }
    if let Some(action) = scrolls_question(model, key) {
        return run(model, action, out);
    }
    if typing && key.typed().is_some() {
        return typed(model, key, out);
    }
    // A scanner that says so before each code needs no mode, wherever no text is typed.
    if !typing && key.typed().is_some() && key.typed() == model.setup.scan_prefix {
        let open = matches!(model.layers.last(), None | Some(Layer::Detail(_)));
        if open {
            model.layers.push(Layer::Scan(Scan::default()));
            return;
        }
    }
    match model.setup.keymap.action(key, &contexts) {
        Some(action) => run(model, action, out),
        None if typing => typed(model, key, out),
        None => unbound(model, key, out),
    }
}

/// What a letter moves in a question that wants a number typed: no number has letters.
fn scrolls_question(model: &Model, key: Key) -> Option<Action> {
    let letter = key.typed().is_some_and(|c| !c.is_ascii_digit());
    match model.layers.last() {
        Some(Layer::Confirm(confirm)) if letter && confirm.word.is_none() => {
            let action = model.setup.keymap.action(key, &[Context::Confirm])?;
            let moves = [Action::Up, Action::Down, Action::PageUp, Action::PageDown];
            moves.contains(&action).then_some(action)
        }
        _ => None,
    }
}

fn typed(model: &mut Model, key: Key, out: &mut Vec<Effect>) {
    match (model.layers.last(), key.code) {
        (Some(Layer::Filter { of, .. }), code) if moves(code).is_some() => {
            let of = *of;
            if let Some(action) = moves(code) {
                move_filtered(model, of, action, out);
            }
        }
        (Some(Layer::Load(_)), Code::Up) => choose(model, -1),
        (Some(Layer::Load(_)), Code::Down) => choose(model, 1),
        (Some(Layer::Palette(_) | Layer::Help(_)), code) if moves(code).is_some() => {
            if let Some(action) = moves(code) {
                dialogs::search_step(model, action);
            }
        }
        _ if key == ctrl_c() => dialogs::back(model, out),
        _ => {
            if let Some(input) = edit::field(model)
                && edit::type_key(input, key)
            {
                edit::after_typing(model, out);
            }
        }
    }
}

/// What a key moves in a list under a field.
fn moves(code: Code) -> Option<Action> {
    Some(match code {
        Code::Up => Action::Up,
        Code::Down => Action::Down,
        Code::PageUp => Action::PageUp,
        Code::PageDown => Action::PageDown,
        _ => return None,
    })
}

/// The list moves while its filter is typed.
fn move_filtered(model: &mut Model, of: Filtered, action: Action, out: &mut Vec<Effect>) {
    match of {
        Filtered::Orders | Filtered::Stock | Filtered::Feed => moves::pane(model, action, out),
        Filtered::Order => moves::scroll(model, action),
        Filtered::Dock => choose(model, moves::distance(action, 1)),
    }
}

/// Whether a key of the filter opens it at the dock, where a gun may type at any moment: only one with
/// which no code begins.
pub fn begins_no_code(model: &Model, key: Key) -> bool {
    key.typed()
        .is_none_or(|c| c.is_ascii_punctuation() && model.setup.scan_prefix != Some(c))
}

/// Whether this key opens the filter of the dock although its field takes characters: nothing of a code
/// stands there yet.
fn opens_dock_filter(model: &Model, key: Key) -> bool {
    let empty =
        matches!(model.layers.last(), Some(Layer::Load(load)) if load.input.value().is_empty());
    empty && begins_no_code(model, key) && model.setup.keymap.keys(Action::Filter).contains(&key)
}

fn choose(model: &mut Model, by: isize) {
    if let Some(load) = model.dock_mut() {
        load.choose(by);
    }
}

fn ctrl_c() -> Key {
    Key {
        code: Code::Char('c'),
        ctrl: true,
        alt: false,
    }
}

/// A key that means nothing here: in a question it is no answer, elsewhere help is offered.
fn unbound(model: &mut Model, key: Key, out: &mut Vec<Effect>) {
    // The key that leaves the console closes what is open: pressed twice it leaves.
    let leaves = model.setup.keymap.keys(Action::Quit).contains(&key);
    if leaves || key == ctrl_c() {
        return dialogs::back(model, out);
    }
    if let Some(c) = key.typed() {
        let help = model.setup.keymap.hint(Action::Help);
        let c = crate::domain::Clean::new(c.encode_utf8(&mut [0; 4]));
        model.notify(
            Level::Info,
            format!("{c} does nothing here; {help} lists all keys"),
        );
    }
}

/// Whether a command is available; says why if it is not.
pub fn may(model: &mut Model, command: &Command) -> bool {
    let on_an_order = command.danger != Danger::Safe && !command.contexts.contains(&Context::Board);
    if on_an_order && orders::slipped(model) {
        return false;
    }
    if let Err(why) = command.enabled(model) {
        model.notify(Level::Warn, format!("{}: {why}", command.title));
        return false;
    }
    true
}

/// Carries an action out if it is available, and says why if it is not.
pub fn run(model: &mut Model, action: Action, out: &mut Vec<Effect>) {
    if !may(model, Command::of(action)) {
        return;
    }
    match action {
        Action::Up
        | Action::Down
        | Action::PageUp
        | Action::PageDown
        | Action::First
        | Action::Last => moves::cursor(model, action, out),
        Action::FocusNext => moves::focus_by(model, 1),
        Action::FocusPrev => moves::focus_by(model, Pane::ALL.len() - 1),
        Action::FocusOrders => moves::focus(model, Pane::Orders),
        Action::FocusSteps => moves::focus(model, Pane::Steps),
        Action::FocusFeed => moves::focus(model, Pane::Feed),
        Action::FocusStock => moves::focus(model, Pane::Stock),
        Action::Zoom => model.zoomed = !model.zoomed,
        Action::Wider => resize(model, (SIZE_STEP.0, 0)),
        Action::Narrower => resize(model, (-SIZE_STEP.0, 0)),
        Action::Taller => resize(model, (0, SIZE_STEP.1)),
        Action::Shorter => resize(model, (0, -SIZE_STEP.1)),
        Action::EvenOut => model.sizes = (0, 0),
        Action::Undo => undo::undo(model, out),
        Action::Accept => dialogs::accept(model, out),
        Action::Yes => dialogs::yes(model, out),
        Action::Complete => dialogs::complete(model),
        Action::Back => dialogs::back(model, out),
        Action::Quit => dialogs::quit(model, out),
        Action::Repaint => out.push(Effect::Repaint),
        Action::Suspend => out.push(Effect::Suspend),
        Action::NextStep
        | Action::DoStep
        | Action::Retry
        | Action::Hold
        | Action::Release
        | Action::Decide
        | Action::Track => orders::act(model, action, out),
        Action::Manifest
        | Action::PushStock
        | Action::LeaveOut
        | Action::ReadStock
        | Action::FetchNow
        | Action::Pause => warehouse::act(model, action, out),
        _ => look(model, action, out),
    }
}

/// Actions that change nothing but the screen.
fn look(model: &mut Model, action: Action, out: &mut Vec<Effect>) {
    match action {
        Action::Filter => find::start_filter(model, out),
        Action::Lists => {
            let menu = lists::lists_menu(model);
            model.layers.push(Layer::Lists(menu));
        }
        Action::Sort => {
            let menu = sorting::menu(model);
            model.layers.push(Layer::Sorts(menu));
        }
        Action::SaveList => lists::start_saving(model),
        Action::ForgetList => {
            let menu = lists::forget_menu(model);
            model.layers.push(Layer::Forget(menu));
        }
        Action::Exceptions => lists::exceptions(model, out),
        Action::OldestConfirmed => {
            if let Some(invoice) = model.oldest_confirmed() {
                orders::open(model, invoice, out);
            }
        }
        Action::LoadOut => load::open(model, out),
        Action::TakeBack => load::take_back(model, out),
        Action::HandOver => load::hand_over(model, out),
        Action::Scan => model.layers.push(Layer::Scan(Scan::default())),
        Action::Open => open(model, out),
        Action::OpenFound => scan::open_found(model, out),
        Action::Mark => marks::mark(model, out),
        Action::MarkPage => marks::mark_page(model),
        Action::MarkRange => marks::mark_range(model),
        Action::MarkMatching => marks::mark_matching(model, out),
        Action::ClearMarks => {
            undo::remember_marks(model);
            model.marks.clear();
            model.marking = None;
        }
        Action::WhyNot => orders::why_not(model, out),
        Action::ClearFlags => orders::take_note(model, out),
        Action::ShowPeople => dialogs::people(model, out),
        Action::CopyAwb => copy_awb(model, out),
        Action::FoldIn => {
            model.feed.fold_in();
            asks::fill_feed(model, out);
        }
        Action::FeedKind => {
            let kind = match model.feed.kind {
                FeedKind::Tracking => FeedKind::All,
                FeedKind::All => FeedKind::Tracking,
            };
            model.feed.restart(kind);
            asks::feed(model, out);
        }
        Action::Status => warehouse::status(model, out),
        Action::Wall => model.layers.push(Layer::Wall),
        Action::Help => model.layers.push(Layer::Help(Search::default())),
        Action::Palette => model.layers.push(Layer::Palette(Search::default())),
        _ => {}
    }
}

/// Columns and rows by which a key changes the panes.
const SIZE_STEP: (i16, i16) = (4, 2);

/// Changes the sizes of the panes as far as the screen lets them.
fn resize(model: &mut Model, by: (i16, i16)) {
    let before = model.sizes;
    model.sizes = (before.0 + by.0, before.1 + by.1);
    model.sizes = crate::console::layout::held_sizes(model);
}

fn open(model: &mut Model, out: &mut Vec<Effect>) {
    if model.focus == Pane::Stock && model.layers.is_empty() {
        if let Some(sku) = model.stock.selected.clone() {
            sku::open(model, sku, out);
        }
        return;
    }
    if matches!(model.focus, Pane::Orders | Pane::Steps)
        && let Some(about) = model.trouble().map(|row| row.about.clone())
    {
        return open_trouble(model, about, out);
    }
    let invoice = match model.focus {
        Pane::Feed => model.feed.selected_line().and_then(|line| line.invoice),
        _ => model.cursor_order(),
    };
    if let Some(invoice) = invoice {
        orders::open(model, invoice, out);
    }
}

/// What stands above the exceptions is opened where it can be mended.
fn open_trouble(model: &mut Model, about: TroubleAbout, out: &mut Vec<Effect>) {
    match about {
        TroubleAbout::Sku { sku } => sku::open(model, sku, out),
        TroubleAbout::MoreSkus => moves::focus(model, Pane::Stock),
        TroubleAbout::Awbs | TroubleAbout::StockFile | TroubleAbout::Alarm { .. } => {
            warehouse::status(model, out);
        }
    }
}

fn copy_awb(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(invoice) = model.cursor_order() else {
        return;
    };
    if let Some(awb) = model.row_of(invoice).and_then(|row| row.awb.as_ref()) {
        let text = awb.as_str().to_owned();
        model.notify(
            Level::Good,
            format!("AWB {text} sent to your terminal's clipboard"),
        );
        out.push(Effect::Copy(text));
    }
}
