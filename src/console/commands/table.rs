//! The table itself.

use super::{
    Action, Command,
    Context::{
        self, Board, Confirm, Detail, Dock, Feed, Menu, Orders, Pager, Sku, Steps, Stock, Text,
    },
    Danger::{self, Local, Remote, Safe},
    Takes, enabled,
};

const MOVE: &[Context] = &[Board, Detail, Menu, Pager];
const STEP: &[Context] = &[Board, Detail, Menu, Pager, Confirm];
const ORDER: &[Context] = &[Orders, Steps, Detail];
const EVERYWHERE: &[Context] = &[Board, Detail, Menu, Pager, Confirm, Text];

const fn row(
    action: Action,
    id: &'static str,
    title: &'static str,
    keys: &'static [&'static str],
    contexts: &'static [Context],
    help: &'static str,
) -> Command {
    Command {
        action,
        id,
        title,
        help,
        group: "",
        keys,
        contexts,
        danger: Safe,
        takes: Takes::Nothing,
        footer: 0,
        enabled: enabled::always,
    }
}

impl Command {
    const fn group(mut self, group: &'static str) -> Self {
        self.group = group;
        self
    }

    const fn footer(mut self, place: u8) -> Self {
        self.footer = place;
        self
    }

    const fn danger(mut self, danger: Danger) -> Self {
        self.danger = danger;
        self
    }

    const fn takes(mut self, takes: Takes) -> Self {
        self.takes = takes;
        self
    }

    const fn when(mut self, enabled: fn(&super::Model) -> Result<(), String>) -> Self {
        self.enabled = enabled;
        self
    }
}

/// Every command, in the order in which help lists them.
#[rustfmt::skip]
pub static TABLE: &[Command] = &[
    row(Action::NextStep, "next-step", "Next step", &["n"], ORDER, "Do the next legal step of the order now, or of all marked orders.").group("Orders").footer(2).danger(Remote).when(enabled::next_step),
    row(Action::DoStep, "do-step", "Do this step", &["d"], &[Steps], "Do the step under the cursor now, if the gate lets it.").group("Orders").footer(4).danger(Remote).when(enabled::one_order),
    row(Action::Retry, "retry", "Retry", &["r"], ORDER, "Try what failed again now, without waiting.").group("Orders").footer(12).danger(Remote).when(enabled::retry),
    row(Action::Hold, "hold", "Hold", &["h"], ORDER, "Hold the order with a reason: nothing is sent for it until it is released.").group("Orders").takes(Takes::Reason).footer(12).danger(Local).when(enabled::hold),
    row(Action::Release, "release", "Release", &["u"], ORDER, "Release the hold with a reason.").group("Orders").takes(Takes::Reason).footer(13).danger(Local).when(enabled::release),
    row(Action::Decide, "decide", "Park/decide", &["p"], ORDER, "Decide about a parked order: ship, retry or drop; or park this one by hand.").group("Orders").takes(Takes::Reason).footer(14).danger(Local).when(enabled::decide),
    row(Action::WhyNot, "why-not", "Why not?", &["w"], ORDER, "Say why the next step is not legal now, what established it and what would lift it.").group("Orders").footer(8).when(enabled::one_order),
    row(Action::Undo, "undo", "Undo", &["U"], &[Board], "Take back your last hold, release, parking, pause or change of marks: says what, then asks where orders are concerned.").group("Orders").when(enabled::something_to_undo),
    row(Action::Track, "track", "Track now", &["t"], ORDER, "Ask the carrier about the order now.").group("Orders").danger(Local).when(enabled::track),
    row(Action::ClearFlags, "clear-flags", "Take note", &["l"], ORDER, "Take note of the tracking contradictions of the order, or that it was cancelled after its manifest.").group("Orders").danger(Local).when(enabled::flags),
    row(Action::ShowPeople, "show-people", "Show customer", &["c"], &[Detail], "Show or hide the customer's name, phone and address.").group("Orders"),

    row(Action::Manifest, "manifest", "Manifest", &["m"], &[Board], "Generate the manifests now: shows groups, orders and calls.").group("Warehouse").footer(22).danger(Remote).when(enabled::manifest),
    row(Action::LoadOut, "load-out", "Load truck", &["L"], &[Board], "Scan parcels on to the truck against a manifest: loaded, missing, wrong, twice; and hand it over.").group("Warehouse").takes(Takes::Code).footer(23),
    row(Action::TakeBack, "take-back", "Take back", &["ctrl-t"], &[Dock], "Take the last parcel that this console loaded off the truck again.").group("Warehouse").footer(3).danger(Local),
    row(Action::HandOver, "hand-over", "Hand over", &["ctrl-o"], &[Dock], "Hand the truck of the chosen manifest over: says what stays behind, then asks; writes the sheet.").group("Warehouse").footer(4).danger(Local),
    row(Action::PushStock, "push-stock", "Push stock", &["i"], &[Board, Sku], "Push the inventory that waits now; in the inventory pane only the SKU under the cursor.").group("Warehouse").takes(Takes::Sku).footer(24).danger(Remote).when(enabled::stock),
    row(Action::LeaveOut, "leave-out", "Leave out/in", &["ctrl-e"], &[Board, Sku], "Push this SKU no more, with a reason: a combo whose figure EasyEcom computes itself; on one left out: push it again.").group("Warehouse").takes(Takes::Reason).danger(Local).when(enabled::a_sku),
    row(Action::ReadStock, "read-stock", "Read stock", &["r"], &[Stock, Sku], "Read EasyEcom's quantities back now.").group("Warehouse").footer(26).danger(Local).when(enabled::engine_runs),
    row(Action::FetchNow, "fetch", "Fetch", &["f"], &[Board], "Read new orders from EasyEcom now.").group("Warehouse").footer(28).danger(Local).when(enabled::engine_runs),
    row(Action::Pause, "pause", "Pause/resume", &["x"], &[Board], "Pause the engine with a reason, or let it go on.").group("Warehouse").takes(Takes::Reason).footer(50).danger(Local).when(enabled::engine_runs),

    row(Action::Filter, "filter", "Filter", &["/"], &[Orders, Stock, Feed, Detail, Dock], "Show only rows that fit: a text, city:pune, sku:, awb:, stage:ready, is:parked, pay:cod, age>2h, for>30m, due<1h, value>999, -not:this, ~fuzzy; SKUs by state:differs, diff>5, ours<10; what happened by by:asha, call:book, level:bad, says:, age<2h; parcels at the dock by state:missing.").group("Finding").takes(Takes::Filter).footer(9),
    row(Action::Lists, "lists", "Lists", &["s"], &[Orders], "Choose the list and its order: most urgent, newest, one stage, those that need a person.").group("Finding").takes(Takes::Choice).footer(32),
    row(Action::Sort, "sort", "Sort", &["S"], &[Orders, Stock], "Sort orders or inventory by a column; chosen again it turns round.").group("Finding").takes(Takes::Choice).footer(33),
    row(Action::SaveList, "save-list", "Save list", &["F"], &[Orders], "Save list, filter and order under a name of yours; the lists show it.").group("Finding").takes(Takes::Words),
    row(Action::ForgetList, "forget-list", "Forget list", &["ctrl-x"], &[Orders], "Forget one of your saved lists.").group("Finding").takes(Takes::Choice).when(enabled::some_lists),
    row(Action::Exceptions, "exceptions", "Needs you", &["e"], &[Board], "List the orders that need a person, or go back to the list before.").group("Finding").footer(20),
    row(Action::OldestConfirmed, "oldest-confirmed", "Oldest", &["c"], &[Board], "Open the order that stands in Confirmed the longest; without its manifest it stays there for ever.").group("Finding").footer(21).when(enabled::some_confirmed),
    row(Action::Scan, "scan", "Scan", &["b"], &[Board, Detail], "Look up a scanned or typed code: AWB, label, invoice, reference; the same code again does the next step.").group("Finding").takes(Takes::Code).footer(40),
    row(Action::Open, "open", "Open", &["enter"], &[Orders, Steps, Feed, Stock], "Open the order: steps, lines, documents, scans, history, siblings; or the SKU and what happened to it.").group("Finding").takes(Takes::Order).footer(10).when(enabled::openable),
    row(Action::OpenFound, "open-found", "Open order", &["ctrl-o"], &[Context::Scan], "Open the order that the scanned code was.").group("Finding").footer(3).when(enabled::found),
    row(Action::Mark, "mark", "Mark", &["space"], &[Orders], "Mark or unmark the order; actions then go to all marked ones.").group("Finding").footer(34).when(enabled::one_order),
    row(Action::MarkPage, "mark-page", "Mark page", &["a"], &[Orders], "Mark every order that is on the screen.").group("Finding").when(enabled::one_order),
    row(Action::MarkRange, "mark-range", "Mark to here", &["V"], &[Orders], "Mark every order between the last mark and the cursor.").group("Finding").when(enabled::last_mark),
    row(Action::MarkMatching, "mark-matching", "Mark all", &["*"], &[Orders], "Mark every order of the list that matches the filter, also those not on the screen.").group("Finding").when(enabled::one_order),
    row(Action::ClearMarks, "clear-marks", "Unmark all", &["-"], &[Orders], "Clear all marks.").group("Finding").when(enabled::some_marks),
    row(Action::CopyAwb, "copy-awb", "Copy AWB", &["y"], ORDER, "Copy the AWB to the clipboard of your own terminal (OSC 52).").group("Finding").when(enabled::awb),

    row(Action::FoldIn, "fold-in", "Fold in", &["."], &[Board], "Fold the new lines into the feed.").group("Screen").footer(16).when(enabled::new_lines),
    row(Action::FeedKind, "feed-kind", "Feed: all", &["v"], &[Feed], "Show everything that happened in the feed, or tracking only.").group("Screen").footer(18),
    row(Action::Status, "status", "Status", &["o"], &[Board], "Show connections, budget, schedule, alarms and rows that could not be read.").group("Screen").footer(56),
    row(Action::Wall, "wall", "Wall", &["W"], &[Board], "Large figures for a screen on the wall; nothing personal, no actions.").group("Screen"),
    row(Action::Help, "help", "Help", &["?"], &[Board, Detail, Menu, Confirm], "List every key; type to search.").group("Screen").takes(Takes::Words).footer(1),
    row(Action::Palette, "palette", "Command", &[":"], &[Board, Detail], "Find a command by name and run it.").group("Screen").footer(54),
    row(Action::Wider, "wider", "Wider", &[">"], &[Board], "Give the panes on the left more columns.").group("Screen"),
    row(Action::Narrower, "narrower", "Narrower", &["<"], &[Board], "Give the panes on the left fewer columns.").group("Screen"),
    row(Action::Taller, "taller", "Taller", &["+"], &[Board], "Give the upper panes more rows.").group("Screen"),
    row(Action::Shorter, "shorter", "Shorter", &["_"], &[Board], "Give the upper panes fewer rows.").group("Screen"),
    row(Action::EvenOut, "even-out", "Even out", &["="], &[Board], "Give every pane its usual size again.").group("Screen"),
    row(Action::Repaint, "repaint", "Repaint", &["ctrl-l"], EVERYWHERE, "Draw the whole screen again.").group("Screen"),
    row(Action::Suspend, "suspend", "Suspend", &["ctrl-z"], EVERYWHERE, "Go to the background; `fg` brings the screen back.").group("Screen"),
    row(Action::Quit, "quit", "Quit", &["q", "ctrl-c"], &[Board], "Leave the console; elsewhere the same key closes what is open. An engine run by `raftaar serve` goes on.").group("Screen").footer(3),

    row(Action::Up, "up", "Up", &["up", "k"], STEP, "Move up one row.").group("Moving"),
    row(Action::Down, "down", "Down", &["down", "j"], STEP, "Move down one row.").group("Moving"),
    row(Action::PageUp, "page-up", "Page up", &["pageup", "ctrl-b"], STEP, "Move up one page.").group("Moving"),
    row(Action::PageDown, "page-down", "Page down", &["pagedown", "ctrl-f"], STEP, "Move down one page.").group("Moving"),
    row(Action::First, "first", "First", &["home", "g"], MOVE, "Go to the first row.").group("Moving"),
    row(Action::Last, "last", "Last", &["end", "G"], MOVE, "Go to the last row.").group("Moving"),
    row(Action::FocusNext, "focus-next", "Next pane", &["tab"], &[Board], "Move the focus to the next pane.").group("Moving").footer(11),
    row(Action::FocusPrev, "focus-previous", "Previous pane", &["shift-tab"], &[Board], "Move the focus to the previous pane.").group("Moving"),
    row(Action::FocusOrders, "focus-orders", "Orders", &["1"], &[Board], "Move the focus to the orders.").group("Moving"),
    row(Action::FocusSteps, "focus-steps", "Steps", &["2"], &[Board], "Move the focus to the seven steps of the selected order.").group("Moving"),
    row(Action::FocusFeed, "focus-tracking", "Tracking", &["3"], &[Board], "Move the focus to the tracking feed.").group("Moving"),
    row(Action::FocusStock, "focus-inventory", "Inventory", &["4"], &[Board], "Move the focus to the inventory differences.").group("Moving"),
    row(Action::Zoom, "zoom", "Zoom", &["z"], &[Board], "Let the pane with focus fill the screen, or give the room back.").group("Moving").footer(62),
    row(Action::Back, "back", "Back", &["esc"], EVERYWHERE, "Back out: close what is open, drop a filter, clear marks.").group("Moving").footer(90),

    row(Action::Accept, "accept", "OK", &["enter"], &[Menu, Confirm, Text], "Take the choice, or what was typed.").group("Dialogs").footer(2),
    row(Action::Yes, "yes", "Yes, do it", &["y"], &[Confirm], "Say yes to the question.").group("Dialogs").footer(1),
    row(Action::Complete, "complete", "Complete", &["tab"], &[Text], "Complete the name, or take the next suggestion.").group("Dialogs"),
];
