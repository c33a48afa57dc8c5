//! `raftaar watch`: the screen as lines.

use std::io::ErrorKind;

use super::{Code, Context, Ended, Failure, args::WatchArgs};
use crate::{
    console::line::{self, LineOptions, WatchError},
    domain::filter::FilterError,
};

/// Prints the figures once, or goes on as they change.
pub async fn run(context: &Context, args: WatchArgs) -> Ended {
    let filter = args
        .text
        .parse()
        .map_err(|wrong: FilterError| Failure::new(Code::Usage, wrong.to_string()))?;
    let engine = context.attach().await?;
    let options = LineOptions {
        follow: args.follow,
        json: context.global.json,
        zone: Some(context.zone()),
        filter,
    };
    match line::watch(&engine, options, &mut std::io::stdout()).await {
        Ok(()) => Ok(Code::Done),
        Err(WatchError::Write(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(Code::Done),
        Err(WatchError::Write(error)) => {
            Err(Failure::new(Code::Failed, format!("stdout: {error}")))
        }
        Err(error @ WatchError::NoAnswer(_)) => Err(Failure::new(Code::Failed, error.to_string())),
        // What was printed says that it stopped.
        Err(WatchError::Gone) => Ok(Code::Absent),
    }
}
