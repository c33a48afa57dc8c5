//! The HTTP side: one handler for every path, because two of the paths are settings.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, State};
use axum::http::header::{CONTENT_TYPE, DATE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;
use chrono::Utc;

use super::call::{Call, Reply};
use super::clock::Moment;
use super::endpoint::Endpoint;
use super::line::Line;
use super::serve::{Verdict, dispatch, serve};
use super::world::World;

/// What the server and its owner share.
#[derive(Debug)]
pub(crate) struct Shared {
    world: Mutex<World>,
    ahead: Mutex<chrono::Duration>,
    /// How wrong the `Date` header is.
    date_skew: Mutex<chrono::Duration>,
}

impl Shared {
    pub(crate) fn new(world: World) -> Self {
        Self {
            world: Mutex::new(world),
            ahead: Mutex::default(),
            date_skew: Mutex::default(),
        }
    }

    /// The world; a panic in one handler must not end the sandbox for the others.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The wall clock, moved ahead by as much as a test asked for.
    pub(crate) fn now(&self) -> Moment {
        Utc::now() + *self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves the clock ahead.
    pub(crate) fn advance(&self, by: Duration) {
        let by = chrono::Duration::from_std(by).unwrap_or_default();
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }

    /// Lets the `Date` header of every answer be this much ahead.
    pub(crate) fn skew_date(&self, by: chrono::Duration) {
        *self
            .date_skew
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = by;
    }

    /// The `Date` header, where it is not the true one.
    fn date(&self) -> Option<HeaderValue> {
        let skew = *self
            .date_skew
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let text = (Utc::now() + skew).format("%a, %d %b %Y %H:%M:%S GMT");
        (!skew.is_zero())
            .then(|| HeaderValue::try_from(text.to_string()).ok())
            .flatten()
    }

    /// Runs something on the settled world.
    pub(crate) fn with<T>(&self, run: impl FnOnce(&mut World, Moment) -> T) -> T {
        let now = self.now();
        let mut world = self.world();
        world.settle(now);
        run(&mut world, now)
    }
}

/// The service for every path.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(handle).with_state(shared)
}

async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(line): ConnectInfo<Line>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut call = Call::new(method, &uri, headers, body.to_vec());
    let verdict = shared.with(|world, now| serve(world, &mut call, now));
    match verdict {
        Verdict::Answer(reply, delay) => {
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            let mut response = respond(reply);
            if let Some(date) = shared.date() {
                response.headers_mut().insert(DATE, date);
            }
            response
        }
        Verdict::Hang => hang(&line),
        Verdict::Late(endpoint, delay) => {
            later(&shared, endpoint, call, delay);
            hang(&line)
        }
    }
}

/// Does it after all, unless the sandbox is gone by then.
fn later(shared: &Arc<Shared>, endpoint: Endpoint, call: Call, delay: Duration) {
    let shared = Arc::downgrade(shared);
    tokio::spawn(async move {
        tokio::time::sleep(delay).await;
        if let Some(shared) = shared.upgrade() {
            shared.with(|world, now| dispatch(world, endpoint, &call, now));
        }
    });
}

fn hang(line: &Line) -> Response {
    line.cut();
    Response::new(Body::empty())
}

fn respond(reply: Reply) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    if let Some(seconds) = reply.retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}
