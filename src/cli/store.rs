//! `raftaar store`.

use super::{Code, Context, Ended, Failure, Table, args::StoreAction, launch, print};

/// Looks after the store.
pub async fn run(context: &Context, action: StoreAction) -> Ended {
    let data = context.config().data_dir();
    let may_be_absent = matches!(action, StoreAction::Restore { .. } | StoreAction::Backups);
    if !data.is_dir() && !may_be_absent {
        return Err(Failure::new(
            Code::Store,
            format!(
                "{}: there is no data folder; name one with --data",
                data.display()
            ),
        ));
    }
    let report = launch::look_after(context, action).await?;
    if context.global.json {
        print::json(&report)?;
    } else {
        let mut table = Table::new(&["STORE", "IS"]);
        for (name, value) in &report.lines {
            table.row([name.clone(), value.clone()]);
        }
        print::text(&table.render())?;
    }
    Ok(if report.good { Code::Done } else { Code::Bad })
}
