//! Keys that came together.

use std::collections::VecDeque;

use super::{
    commands::Context,
    keymap::{Code, Key},
    model::Model,
    terminal::Joined,
    update::{Event, looks_scanned},
};

/// The next event of a batch of keys: many characters at once are a scanner's.
pub fn next_event(batch: &mut VecDeque<Joined>, model: &Model) -> Option<Event> {
    let run: String = batch
        .iter()
        .map_while(|joined| match joined {
            Joined::Key(key) => key.typed(),
            Joined::Paste(_) => None,
        })
        .collect();
    if looks_scanned(&run) {
        batch.drain(..run.chars().count());
        let typing = model.contexts() == [Context::Text];
        let enter = Joined::Key(Key::plain(Code::Enter));
        if !typing && batch.front() == Some(&enter) {
            // The scanner's own Enter; what was scanned is offered, not executed.
            batch.pop_front();
        }
        return Some(Event::Burst(run));
    }
    Some(match batch.pop_front()? {
        Joined::Key(key) => Event::Key(key),
        Joined::Paste(text) => Event::Paste(text),
    })
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::*;
    use crate::console::model::Setup;

    fn keys(text: &str) -> VecDeque<Joined> {
        text.chars()
            .map(|c| {
                Joined::Key(match c {
                    '⏎' => Key::plain(Code::Enter),
                    c => Key::char(c),
                })
            })
            .collect()
    }

    #[test]
    fn a_scanners_burst_executes_nothing() {
        let model = Model::new(Setup::default(), (80, 24), Utc::now());
        let mut batch = keys("7X100761088⏎q");
        let event = next_event(&mut batch, &model);
        assert!(matches!(event, Some(Event::Burst(code)) if code == "7X100761088"));
        assert_eq!(batch, keys("q"), "its Enter went with it");
    }

    #[test]
    fn held_down_and_typed_keys_are_keys() {
        let model = Model::new(Setup::default(), (80, 24), Utc::now());
        for text in ["jjjjjjjjjjjj", "nyq", "hello wo", "1234"] {
            let mut batch = keys(text);
            let event = next_event(&mut batch, &model);
            assert!(matches!(event, Some(Event::Key(_))), "{text}");
        }
    }
}
