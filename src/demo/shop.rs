//! The sandbox of a demo: in this process, or in one of its own, so that what the engine takes of the
//! machine can be told from what the sandbox takes.

use std::{
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use crate::{
    http::{self, HttpSettings},
    sandbox::{Report, Sandbox, SandboxOptions},
};

/// Where the orders come from.
pub(super) enum Shop {
    /// In this process.
    Here(Sandbox),
    /// In a process of its own, which ends with this one.
    Apart(Box<Apart>),
}

/// A sandbox in another process.
pub(super) struct Apart {
    _child: Ended,
    url: String,
    client: reqwest::Client,
}

/// A process that ends with this value.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // It is gone already, or goes now.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Shop {
    /// Starts a sandbox here, or with `program` apart; its options are written into `dir` then.
    pub async fn start(
        options: SandboxOptions,
        program: Option<PathBuf>,
        dir: &Path,
    ) -> io::Result<Self> {
        match program {
            None => Sandbox::start(options).await.map(Self::Here),
            Some(program) => Apart::start(&options, &program, dir)
                .await
                .map(|apart| Self::Apart(Box::new(apart))),
        }
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        match self {
            Self::Here(sandbox) => sandbox.base_url(),
            Self::Apart(apart) => apart.url.clone(),
        }
    }

    /// What has happened there.
    pub async fn report(&self) -> io::Result<Report> {
        match self {
            Self::Here(sandbox) => Ok(sandbox.report()),
            Self::Apart(apart) => apart.ask("report").await,
        }
    }

    /// SKUs and quantities.
    pub async fn stock(&self) -> io::Result<Vec<(String, i64)>> {
        match self {
            Self::Here(sandbox) => Ok(sandbox.stock()),
            Self::Apart(apart) => apart.ask("stock").await,
        }
    }

    /// Ends it.
    pub async fn stop(self) {
        match self {
            Self::Here(sandbox) => sandbox.stop().await,
            Self::Apart(apart) => drop(apart),
        }
    }
}

impl Apart {
    async fn start(options: &SandboxOptions, program: &Path, dir: &Path) -> io::Result<Self> {
        let file = dir.join("sandbox.json");
        std::fs::write(&file, serde_json::to_vec(options)?)?;
        let mut child = Command::new(program)
            .arg("sandbox")
            .arg("--options")
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let out = child.stdout.take();
        let child = Ended(child);
        let ended = || io::Error::other("the sandbox ended before it listened");
        let out = out.ok_or_else(ended)?;
        let (said, url) = tokio::sync::oneshot::channel();
        // Read to the end, so that the pipe does not fill.
        std::thread::spawn(move || {
            let mut said = Some(said);
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if let Some(url) = line.strip_prefix("export RAFTAAR_EASYECOM_URL=")
                    && let Some(said) = said.take()
                {
                    // Nobody waits any more: the demo is ending.
                    let _ = said.send(url.to_owned());
                }
            }
        });
        let url = url.await.map_err(|_| ended())?;
        Ok(Self {
            _child: child,
            url,
            client: http::builder(&HttpSettings::default())
                .build()
                .map_err(io::Error::other)?,
        })
    }

    async fn ask<T: serde::de::DeserializeOwned>(&self, what: &str) -> io::Result<T> {
        let url = format!("{}/_sandbox/{what}", self.url);
        let answer = self
            .client
            .get(url)
            .send()
            .await
            .map_err(io::Error::other)?;
        answer.json().await.map_err(io::Error::other)
    }
}
