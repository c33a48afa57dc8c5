//! Panics while the screen is up. A panic in a task must not print over the screen nor take the
//! terminal out of its mode while we still draw: it is kept, shown as a notice, and printed when the
//! screen is gone. A panic of the screen itself unwinds, gives the terminal back, and is then printed.

use std::{
    panic,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Notify;

use crate::domain::Clean;

type Hook = Box<dyn Fn(&panic::PanicHookInfo<'_>) + Sync + Send + 'static>;

/// Panics kept; a task that panics again and again says nothing new.
const KEPT_MAX: usize = 20;

#[derive(Default)]
struct Kept {
    texts: Mutex<Vec<String>>,
    more: Notify,
}

/// Keeps panics for as long as it lives.
pub struct Panics {
    kept: Arc<Kept>,
    before: Option<Hook>,
    shown: usize,
}

impl std::fmt::Debug for Panics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Panics")
            .field("shown", &self.shown)
            .finish_non_exhaustive()
    }
}

impl Panics {
    /// Takes the hook over.
    pub fn keep() -> Self {
        let before = panic::take_hook();
        let kept = Arc::new(Kept::default());
        let mine = Arc::clone(&kept);
        panic::set_hook(Box::new(move |info| {
            // The words first: a notice has room for one line.
            let words = info.payload_as_str().unwrap_or("a panic without words");
            let text = match info.location() {
                Some(place) => format!("{words} ({place})"),
                None => words.to_owned(),
            };
            tracing::error!(panic = %Clean::new(&text), "A task panicked while the screen was up.");
            let mut texts = mine.texts.lock().unwrap_or_else(PoisonError::into_inner);
            if texts.len() < KEPT_MAX {
                texts.push(text);
            }
            drop(texts);
            mine.more.notify_one();
        }));
        Self {
            kept,
            before: Some(before),
            shown: 0,
        }
    }

    /// Waits for a panic; returns what to show.
    pub async fn next(&mut self) -> Clean {
        loop {
            let text = {
                let texts = self
                    .kept
                    .texts
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                texts.get(self.shown).cloned()
            };
            if let Some(text) = text {
                self.shown += 1;
                return Clean::new(&format!("a part of the program failed: {text}"));
            }
            self.kept.more.notified().await;
        }
    }

    /// Gives the hook back and prints what was kept.
    pub fn print(mut self) {
        self.restore();
        let texts = self
            .kept
            .texts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut err = std::io::stderr();
        for text in texts.iter() {
            // Not eprintln: on a line that is gone it would panic again.
            let _ = std::io::Write::write_all(&mut err, format!("{text}\n").as_bytes());
        }
    }

    fn restore(&mut self) {
        if let Some(before) = self.before.take()
            && !std::thread::panicking()
        {
            panic::set_hook(before);
        }
    }
}

impl Drop for Panics {
    fn drop(&mut self) {
        self.restore();
    }
}
