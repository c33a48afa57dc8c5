//! `raftaar demo`: sandbox, engine and console in one process. Nothing it does is real.

mod headless;
mod verdict;
mod world;

use std::{
    io::IsTerminal,
    path::{Path, PathBuf},
};

use super::{
    Code, Context, Ended, Failure,
    args::{ConsoleArgs, DemoArgs, Global},
    console,
    context::hidden,
    launch::{self, EngineSpec},
    print,
    serve::{Served, Signals},
};
use crate::{
    config::Loaded,
    link::Listener,
    sandbox::Sandbox,
    setup::{data, log},
};

/// Runs the demo.
pub async fn run(args: DemoArgs, global: &Global) -> Ended {
    let headless =
        args.headless || !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal();
    let folder = Folder::choose(&args)?;
    let data_dir = folder.path().join("data");
    data::prepare(&data_dir)?;
    let options = world::options(&args);
    let secrets = world::secrets(&options.credentials);
    let sandbox = Sandbox::start(options.clone()).await.map_err(|error| {
        Failure::new(Code::Failed, format!("the sandbox cannot listen: {error}"))
    })?;
    let config = world::config(&args, &options, &sandbox.base_url(), &data_dir);
    world::stock_file(&config.inventory.path, &sandbox.stock()).map_err(|error| {
        Failure::new(
            Code::Store,
            format!("{}: {error}", config.inventory.path.display()),
        )
    })?;
    let context = Context {
        loaded: Loaded {
            config,
            file: None,
            looked_for: Vec::new(),
        },
        global: global.clone(),
    };
    let listener = Listener::bind(&data_dir)?;
    let log = log::begin(&context.log_options(), hidden(&secrets))?;
    let engine = launch::engine(EngineSpec {
        config: context.config().clone(),
        secrets,
        operator: context.operator(),
        sandbox: true,
    })
    .await?;
    let served = Served::open(engine, listener, log);
    let ended = if headless {
        let mut signals = Signals::listen()?;
        headless::run(&args, served, &sandbox, &context, &mut signals).await
    } else {
        let handle = served.engine.handle.clone();
        let args = ConsoleArgs::default();
        let ended = console::show(&context, &args, handle, true).await;
        served.stop().await;
        ended
    };
    sandbox.stop().await;
    if args.keep.is_some() {
        print::text(&format!(
            "the data is kept in {}\n",
            folder.path().display()
        ))?;
    }
    ended
}

/// Where the demo's data lives.
enum Folder {
    Kept(PathBuf),
    Passing(tempfile::TempDir),
}

impl Folder {
    fn choose(args: &DemoArgs) -> Result<Self, Failure> {
        let Some(keep) = &args.keep else {
            let folder = tempfile::Builder::new()
                .prefix("raftaar-demo-")
                .tempdir()
                .map_err(|error| {
                    Failure::new(
                        Code::Store,
                        format!("{}: {error}", std::env::temp_dir().display()),
                    )
                })?;
            return Ok(Self::Passing(folder));
        };
        data::prepare(keep)?;
        let keep = keep
            .canonicalize()
            .map_err(|error| Failure::new(Code::Store, format!("{}: {error}", keep.display())))?;
        Ok(Self::Kept(keep))
    }

    fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Passing(folder) => folder.path(),
        }
    }
}
