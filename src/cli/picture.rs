//! `raftaar picture`: the README's picture of the real screen.

use super::{Code, Ended, Failure, args::PictureArgs, launch};

/// Writes the picture.
pub fn run(args: &PictureArgs) -> Ended {
    let svg = launch::picture(args.columns, args.rows)?;
    std::fs::write(&args.to, svg)
        .map_err(|error| Failure::new(Code::Failed, format!("{}: {error}", args.to.display())))?;
    Ok(Code::Done)
}
