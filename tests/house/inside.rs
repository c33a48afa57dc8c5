//! A shell in which disks can be mounted that nobody else sees: `unshare` makes it root over its own
//! mounts. Needs user namespaces, as every Linux of today gives them; a test that has none fails.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use super::{
    House,
    engine::{environment, program},
};

/// What a command printed, and its exit code.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub text: String,
}

/// The shell.
pub struct Inside {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    raftaar: String,
}

impl Inside {
    /// Enters; `how` are the namespaces.
    pub fn enter(house: &House, how: &[&str]) -> Self {
        let mut child = Command::new("unshare")
            .args(how)
            .arg("/bin/sh")
            .env_clear()
            .envs(environment(house))
            .current_dir(house.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("unshare of util-linux is there");
        let stdin = child.stdin.take();
        let stdout = BufReader::new(child.stdout.take().expect("piped"));
        let quoted = |path: &std::ffi::OsStr| format!("'{}'", path.display());
        let raftaar = format!(
            "{} --config {}",
            quoted(&program()),
            quoted(house.config().as_os_str())
        );
        Self {
            child,
            stdin,
            stdout,
            raftaar,
        }
    }

    /// Runs a line of shell.
    pub fn run(&mut self, line: &str) -> Said {
        let stdin = self.stdin.as_mut().expect("open");
        writeln!(stdin, "{{ {line}\n}} </dev/null 2>&1; echo \"ENDED $?\"").expect("written");
        let mut text = String::new();
        loop {
            let mut line = String::new();
            assert!(
                self.stdout.read_line(&mut line).expect("read") > 0,
                "the shell ended: {text}"
            );
            if let Some(code) = line.trim().strip_prefix("ENDED ") {
                let code = code.parse().expect("a number");
                return Said { code, text };
            }
            text.push_str(&line);
        }
    }

    /// Runs it; it has to succeed.
    pub fn sure(&mut self, line: &str) -> String {
        let said = self.run(line);
        assert_eq!(said.code, 0, "{line}: {}", said.text);
        said.text
    }

    /// Runs a command of the program.
    pub fn raftaar(&mut self, arguments: &str) -> Said {
        let line = format!("{} {arguments}", self.raftaar);
        self.run(&line)
    }

    /// Starts an engine that goes on.
    pub fn serve(&mut self) {
        let line = format!("{} serve >serve.log 2>&1 &\nengine=$!", self.raftaar);
        self.sure(&line);
    }

    /// Lets the engine end in order.
    pub fn stop(&mut self) {
        self.sure("kill -TERM $engine; wait $engine");
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        // The engine first: the shell would leave it behind.
        if let Some(mut stdin) = self.stdin.take() {
            let _ = writeln!(stdin, "kill -KILL $engine 2>/dev/null; exit");
        }
        let _ = self.child.wait();
    }
}
