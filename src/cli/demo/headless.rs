//! The demo without a screen: progress as lines, a closing table, an exit code.

use std::time::{Duration, Instant};

use super::verdict::{Closing, close, settled};
use crate::{
    cli::{
        Code, Context, Ended, Failure,
        args::{DemoArgs, StoreAction},
        launch, print,
        serve::{Served, Signals},
        watch,
    },
    sandbox::Sandbox,
};

/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Looks in a row that have to show everything ended: the last pushes may still be on their way.
const QUIET_LOOKS: u32 = 4;

/// Works until everything has ended, time is up, or a signal comes.
pub async fn run(
    args: &DemoArgs,
    mut served: Served,
    sandbox: &Sandbox,
    context: &Context,
    signals: &mut Signals,
) -> Ended {
    let begun = Instant::now();
    let patience = Duration::from_secs(args.minutes * 60);
    let mut last = String::new();
    let mut quiet = 0;
    let (overview, in_time) = loop {
        let overview = watch::overview(&served.engine.handle).await?;
        let line = watch::line(&overview);
        if line != last && !context.global.json {
            let s = begun.elapsed().as_secs();
            print::text(&format!("{:02}:{:02}  {line}\n", s / 60, s % 60))?;
            last = line;
        }
        quiet = if settled(&overview, &sandbox.report()) {
            quiet + 1
        } else {
            0
        };
        if quiet >= QUIET_LOOKS {
            break (overview, true);
        }
        if begun.elapsed() > patience {
            break (overview, false);
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            why = signals.stop() => {
                served.stop().await;
                return Err(Failure::new(Code::Failed, format!("stopped by {why} before everything had ended")));
            }
            _ = &mut served.engine.ended => {
                return Err(Failure::new(Code::Store, format!("the engine ended by itself; see {}", context.config().log_dir().display())));
            }
        }
    };
    served.stop().await;
    let store = launch::store(&context.config().data_dir(), StoreAction::Verify);
    let closing = Closing {
        overview: *overview,
        report: sandbox.report(),
        in_time,
        took: begun.elapsed(),
        verified: store.is_ok_and(|report| report.good),
    };
    let (table, failures) = close(&closing);
    if context.global.json {
        print::json(&serde_json::json!({
            "overview": closing.overview,
            "sandbox": closing.report,
            "seconds": closing.took.as_secs_f64(),
            "journal_verified": closing.verified,
            "failures": failures,
        }))?;
    } else {
        print::text(&format!("\n{}", table.render()))?;
    }
    if failures.is_empty() {
        return Ok(Code::Done);
    }
    Err(Failure::new(Code::Bad, failures.join("\n")))
}
