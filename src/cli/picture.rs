//! `raftaar picture`: the README's picture, drawn from the real screen of a running engine.

use super::{Code, Context, Ended, Failure, args::PictureArgs};
use crate::console::{buffer_to_svg, snapshot};

/// Writes the picture.
pub async fn run(context: &Context, args: &PictureArgs) -> Ended {
    let engine = context.attach().await?;
    let buffer = snapshot(&engine, (args.columns, args.rows), &args.keys, None).await;
    std::fs::write(&args.to, buffer_to_svg(&buffer))
        .map_err(|error| Failure::new(Code::Failed, format!("{}: {error}", args.to.display())))?;
    Ok(Code::Done)
}
