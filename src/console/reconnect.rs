//! An engine that was lost is looked for again: it may only have been restarted.

use std::{pin::Pin, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;

use crate::handle::EngineHandle;

/// Connects to the engine anew; nothing where none answers.
pub type Reconnect = Arc<dyn Fn() -> BoxFuture<'static, Option<EngineHandle>> + Send + Sync>;

/// The first wait; a restarted engine reads its store first.
const WAIT_FIRST: Duration = Duration::from_secs(1);

/// The longest: somebody may be standing in front of the screen.
const WAIT_MAX: Duration = Duration::from_secs(10);

/// The search for an engine, while there is one.
#[derive(Default)]
pub(super) struct Search(Option<Pin<Box<dyn Future<Output = EngineHandle> + Send>>>);

impl Search {
    /// Begins to look, where there is a way to connect.
    pub fn begin(&mut self, reconnect: Option<&Reconnect>) {
        self.0 = reconnect.map(|connect| {
            let connect = Arc::clone(connect);
            Box::pin(search(connect)) as Pin<Box<dyn Future<Output = EngineHandle> + Send>>
        });
    }

    /// Waits for an engine that answers; for ever where none is looked for.
    pub async fn found(&mut self) -> EngineHandle {
        match &mut self.0 {
            Some(search) => {
                let handle = search.await;
                self.0 = None;
                handle
            }
            None => std::future::pending().await,
        }
    }
}

async fn search(connect: Reconnect) -> EngineHandle {
    let mut wait = WAIT_FIRST;
    loop {
        tokio::time::sleep(wait).await;
        if let Some(handle) = connect().await {
            return handle;
        }
        wait = (wait * 2).min(WAIT_MAX);
    }
}
