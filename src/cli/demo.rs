//! `raftaar demo`: sandbox, engine and console in one process. Nothing it does is real.

use std::{
    io::IsTerminal,
    time::{Duration, Instant},
};

use chrono::{NaiveTime, TimeDelta, Timelike};

use super::{
    Code, Context, Ended, Failure, Table,
    args::{ConsoleArgs, DemoArgs, Global},
    console, print,
    serve::Signals,
};
use crate::{
    config::{self, Config, Loaded},
    demo::{Closing, Demo, DemoOptions},
    domain::{Stamp, time},
    link::{self, Listener},
    sandbox::{Arrival, FaultPlan},
    setup::{data, log},
};

/// Between two looks at a headless demo.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Looks in a row that have to show that nothing is left to do: a last push may be on its way.
const QUIET_LOOKS: u32 = 3;

/// Runs the demo.
pub async fn run(args: DemoArgs, global: &Global) -> Ended {
    let headless = args.headless
        || args.days.is_some()
        || !std::io::stdout().is_terminal()
        || !std::io::stdin().is_terminal();
    if let Some(keep) = &args.keep {
        data::prepare(keep)?;
        if keep.join("data").exists() {
            // The sandbox begins anew each time: its orders would contradict what is kept.
            let says = format!(
                "{} holds an earlier demo; name another folder",
                keep.display()
            );
            return Err(Failure::new(Code::Usage, says));
        }
    }
    let mut config = config(global)?;
    let days = args.days.unwrap_or(1);
    let whole = day(args.speed) * days;
    let demo = Demo::start(DemoOptions {
        orders: args.orders as usize * days as usize,
        speed: args.speed,
        faults: args.faults.map_or_else(FaultPlan::none, FaultPlan::rough),
        seed: args.seed,
        keep: args.keep.clone(),
        arrival: args.days.map_or(Arrival::AtStart, |_| Arrival::Over(whole)),
        apart: args
            .days
            .map(|_| std::env::current_exe())
            .transpose()
            .map_err(|error| Failure::new(Code::Failed, error.to_string()))?,
        pickup: (!headless).then(|| pickup(chrono::Utc::now())),
    })
    .await
    .map_err(|error| Failure::new(Code::Failed, error.to_string()))?;
    config.site.data_dir = demo.data_dir();
    let context = Context {
        loaded: Loaded {
            config,
            file: None,
            looked_for: Vec::new(),
        },
        global: global.clone(),
    };
    let log = log::begin(&context.log_options(), Vec::new())?;
    let listener = Listener::bind(&demo.data_dir())?;
    let stop = tokio_util::sync::CancellationToken::new();
    let server = tokio::spawn(link::serve(listener, demo.handle(), stop.clone()));
    let ended = if headless {
        watch(&args, global, &demo).await
    } else {
        let operator = link::who::Peer::of_process().operator(global.operator.as_deref());
        let handle = demo.handle().for_operator(operator);
        console::show(&context, &ConsoleArgs::default(), handle, None, None).await
    };
    stop.cancel();
    let _ = server.await;
    let closing = demo.finish().await;
    drop(log);
    if let Some(keep) = &args.keep {
        print::note(&format!("the data is kept in {}", keep.display()));
    }
    let code = ended?;
    if !headless {
        return Ok(code);
    }
    close(&closing, global)?;
    Ok(if code == Code::Done && closing.ok {
        Code::Done
    } else {
        Code::Bad
    })
}

/// Minutes until the demo's truck comes, at least: time to look round, and to see it come.
const PICKUP_MIN: i64 = 20;

/// The next full quarter of an hour that is not too soon.
fn pickup(now: Stamp) -> NaiveTime {
    let soon = (now + TimeDelta::minutes(PICKUP_MIN)).with_timezone(&time::ist());
    let past = TimeDelta::minutes(i64::from(soon.minute() % 15));
    let (then, _) = soon
        .time()
        .overflowing_sub_signed(past - TimeDelta::minutes(15));
    then.with_second(0)
        .and_then(|then| then.with_nanosecond(0))
        .unwrap_or(then)
}

/// The configuration of a warehouse that has no file. How its screen looks is the reader's own.
fn config(global: &Global) -> Result<Config, Failure> {
    let mut config = Config::default();
    let own = config::from_environment(|name| std::env::var(name).ok());
    for overlay in own.iter().filter(|o| o.key.starts_with("console.")) {
        config = config::apply(&config, overlay)
            .map_err(|problem| Failure::new(Code::Usage, problem.to_string()))?;
    }
    config.console.ascii |= global.ascii;
    Ok(config)
}

/// Prints progress until nothing is left to do, time is up, or a signal comes.
async fn watch(args: &DemoArgs, global: &Global, demo: &Demo) -> Ended {
    let mut signals = Signals::listen()?;
    let begun = Instant::now();
    let mut patience = Duration::from_secs(args.minutes * 60);
    let mut footprints = args.days.map(|days| {
        patience += day(args.speed) * days;
        Footprints::new(day(args.speed))
    });
    let mut last = String::new();
    let mut quiet = 0;
    loop {
        let progress = demo.progress().await.ok_or_else(|| {
            Failure::new(
                Code::Store,
                "the engine ended by itself; run with --keep DIR and see its log",
            )
        })?;
        let line = progress.to_string();
        if line != last && !global.json && footprints.is_none() {
            let s = begun.elapsed().as_secs();
            print::text(&format!("{:02}:{:02}  {line}\n", s / 60, s % 60))?;
            last.clone_from(&line);
        }
        if let Some(footprints) = &mut footprints {
            footprints.look(begun.elapsed(), demo, &line, global)?;
        }
        quiet = if progress.settled { quiet + 1 } else { 0 };
        if quiet >= QUIET_LOOKS {
            return Ok(Code::Done);
        }
        if begun.elapsed() > patience {
            Failure::new(
                Code::Bad,
                format!("time was up after {} minutes", args.minutes),
            )
            .print();
            return Ok(Code::Bad);
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            why = signals.stop() => {
                Failure::new(Code::Bad, format!("stopped by {why} before everything had ended")).print();
                return Ok(Code::Bad);
            }
        }
    }
}

/// A day of parcels, in real time.
fn day(speed: f64) -> Duration {
    Duration::from_secs_f64(86_400.0 / speed)
}

/// Prints what the engine takes of the machine, once a day.
struct Footprints {
    day: Duration,
    next: u32,
}

impl Footprints {
    fn new(day: Duration) -> Self {
        Self { day, next: 1 }
    }

    fn look(
        &mut self,
        elapsed: Duration,
        demo: &Demo,
        progress: &str,
        global: &Global,
    ) -> Result<(), Failure> {
        if elapsed < self.day * self.next {
            return Ok(());
        }
        let failed = |error: std::io::Error| Failure::new(Code::Failed, error.to_string());
        let found = demo.footprint().map_err(failed)?;
        if global.json {
            print::json(&found)?;
        } else {
            print::text(&format!(
                "day {:>3}  {found}\n         {progress}\n",
                self.next
            ))?;
        }
        self.next += 1;
        Ok(())
    }
}

fn close(closing: &Closing, global: &Global) -> Result<bool, Failure> {
    if global.json {
        return print::json(closing);
    }
    let mut table = Table::new(&["", "CLOSING", ">COUNT"]);
    for line in &closing.lines {
        let mark = if line.ok { "ok" } else { "BAD" };
        table.row([
            print::clean(mark),
            print::clean(&line.name),
            print::clean(&line.value),
        ]);
    }
    for (call, count) in &closing.calls {
        table.row([
            print::clean(""),
            print::clean(format!("calls: {call}")),
            print::clean(count),
        ]);
    }
    let mut text = format!("\n{}\n", table.render());
    for violation in &closing.violations {
        text.push_str("BAD ");
        text.push_str(print::clean(violation).as_str());
        text.push('\n');
    }
    text.push_str(if closing.ok {
        "everything ended as it should\n"
    } else {
        "NOT everything ended as it should\n"
    });
    print::text(&text)
}
