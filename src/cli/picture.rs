//! `raftaar picture`: the README's picture of the real screen.

use super::{Code, Ended, Failure, args::PictureArgs};

/// Writes the picture.
pub fn run(args: &PictureArgs) -> Ended {
    let PictureArgs { to, columns, rows } = args;
    Err(Failure::new(
        Code::Failed,
        format!(
            "{}: this build draws no picture of {columns}x{rows} yet",
            to.display()
        ),
    ))
}
