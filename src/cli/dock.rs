//! The dock: manifests, parcels on the truck, the hand-over sheet.

use clap::Subcommand;

use super::{
    Code, Context, Ended, Failure, Table,
    context::{command, odd, query},
    print,
    read::find,
};
use crate::{
    domain::Clean,
    handle::{Command, EngineHandle, ManifestLoad, Query, Reply, hand_over_sheet},
};

/// Manifests looked through for a name.
const LOADS_MAX: usize = 300;

/// What to do at the dock.
#[derive(Clone, Debug, Subcommand)]
pub enum Dock {
    /// List the manifests that were made here, and what of them is on the truck
    List,
    /// Put parcels on the truck: what each code is, one line each; ends with 3 if one was not loaded
    Load {
        /// The manifest that is loaded: EasyEcom's number, or #number; any, if none is named
        #[arg(long)]
        manifest: Option<String>,
        /// Also on to a truck that was handed over: the sheet says that they were loaded after
        #[arg(long)]
        late: bool,
        /// AWBs, labels, invoice ids or references
        #[arg(required = true)]
        codes: Vec<String>,
    },
    /// Take a parcel off the truck again
    Unload {
        /// Invoice id, AWB, order id or reference
        order: String,
    },
    /// Hand the truck of a manifest over, with whatever is on it, and print the sheet
    HandOver {
        /// EasyEcom's number, or #number
        manifest: String,
        /// Also if nothing is loaded
        #[arg(long)]
        empty: bool,
        /// Once more, as if a truck that was handed over left now
        #[arg(long)]
        again: bool,
    },
    /// Print the hand-over sheet of a manifest: 78 columns of plain text, for `lp`
    Sheet {
        /// EasyEcom's number, or #number
        manifest: String,
    },
}

/// Does it.
pub async fn run(context: &Context, dock: Dock) -> Ended {
    let engine = context.attach().await?;
    match dock {
        Dock::List => list(context, &engine).await,
        Dock::Load {
            manifest,
            late,
            codes,
        } => load(context, &engine, (manifest, late), codes).await,
        Dock::Unload { order } => {
            let invoice = find::invoice(&engine, &order).await?;
            let reply = command(&engine, Command::Unload { invoice }).await?;
            print::text(&format!("{}\n", reply.says))?;
            Ok(Code::of_reply(&reply))
        }
        Dock::HandOver {
            manifest,
            empty,
            again,
        } => {
            let found = named(&engine, &manifest).await?;
            sure(&found, empty, again)?;
            let manifest = found.manifest;
            let reply = command(&engine, Command::CloseLoad { manifest }).await?;
            let code = Code::of_reply(&reply);
            if code != Code::Done {
                return Err(Failure::new(code, reply.says.to_string()));
            }
            if !context.global.json {
                print::text(&format!("{}\n\n", reply.says))?;
            }
            sheet(context, &engine, &format!("#{manifest}")).await
        }
        Dock::Sheet { manifest } => sheet(context, &engine, &manifest).await,
    }
}

/// What the console asks a word for is a flag here.
fn sure(load: &ManifestLoad, empty: bool, again: bool) -> Result<(), Failure> {
    let name = load.name();
    let says = match &load.closed {
        Some(closed) if !again => format!(
            "{name} was handed over by {} already; with --again it is handed over once more, as if it left now",
            closed.by
        ),
        None if load.loaded == 0 && !empty => format!(
            "nothing of {name} is loaded; with --empty the truck leaves without it, and all of it stays behind"
        ),
        _ => return Ok(()),
    };
    Err(Failure::new(Code::Refused, says))
}

async fn loads(engine: &EngineHandle) -> Result<Vec<ManifestLoad>, Failure> {
    match query(engine, Query::Loads { limit: LOADS_MAX }).await? {
        Reply::Loads(loads) => Ok(loads),
        _ => Err(odd()),
    }
}

async fn named(engine: &EngineHandle, name: &str) -> Result<ManifestLoad, Failure> {
    let loads = loads(engine).await?;
    let wanted = name.trim();
    loads
        .into_iter()
        .find(|l| l.name() == wanted || format!("#{}", l.manifest) == wanted)
        .ok_or_else(|| {
            Failure::new(
                Code::Absent,
                format!(
                    "no manifest {:?} was made here lately; `raftaar dock list` names them",
                    Clean::new(wanted).as_str()
                ),
            )
        })
}

async fn list(context: &Context, engine: &EngineHandle) -> Ended {
    let loads = loads(engine).await?;
    if context.global.json {
        print::json(&loads)?;
        return Ok(Code::Done);
    }
    let mut table = Table::new(&[
        "MANIFEST", "#", "MADE", "GROUP", "PARCELS", "LOADED", "MISSING", "STATE",
    ]);
    for load in loads {
        let state = match &load.closed {
            Some(closed) => format!(
                "handed over {} by {}",
                print::time(closed.at, context.zone()),
                closed.by
            ),
            None if load.loaded == 0 => "waits".to_owned(),
            None => "loading".to_owned(),
        };
        table.row([
            Clean::new(&load.name()),
            print::clean(load.manifest),
            print::time(load.at, context.zone()),
            load.group.clone(),
            print::clean(load.orders),
            print::clean(load.loaded),
            print::clean(load.missing().count()),
            Clean::new(&state),
        ]);
    }
    print::text(&table.render())?;
    Ok(Code::Done)
}

async fn load(
    context: &Context,
    engine: &EngineHandle,
    (manifest, late): (Option<String>, bool),
    codes: Vec<String>,
) -> Ended {
    let manifest = match manifest {
        Some(name) => Some(named(engine, &name).await?.manifest),
        None => None,
    };
    let mut code = Code::Done;
    for scanned in codes {
        let scanned = Clean::with_limit(&scanned, 120);
        let wanted = Command::Load {
            code: scanned.clone(),
            manifest,
            late,
        };
        let reply = command(engine, wanted).await?;
        let loaded = reply.load.as_ref().is_some_and(|l| l.verdict.is_loaded());
        if !loaded {
            code = Code::Refused;
        }
        if context.global.json {
            print::json_line(&reply)?;
        } else {
            print::text(&format!("{scanned}  {}\n", reply.says))?;
        }
    }
    Ok(code)
}

async fn sheet(context: &Context, engine: &EngineHandle, manifest: &str) -> Ended {
    let load = named(engine, manifest).await?;
    if context.global.json {
        print::json(&load)?;
        return Ok(Code::Done);
    }
    let Reply::Overview(overview) = query(engine, Query::Overview).await? else {
        return Err(odd());
    };
    let zone = context.zone();
    let text = hand_over_sheet(&load, overview.name.as_str(), |at| {
        print::time(at, zone).to_string()
    });
    print::text(&text)?;
    Ok(Code::Done)
}
