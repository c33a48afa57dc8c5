//! Telling systemd how the service stands. Without systemd it does nothing.

use std::os::{
    linux::net::SocketAddrExt,
    unix::net::{SocketAddr, UnixDatagram},
};

/// Ready to be attached to.
pub const READY: &str = "READY=1";

/// About to end.
pub const STOPPING: &str = "STOPPING=1";

/// Sends `state` to `$NOTIFY_SOCKET`.
pub fn systemd(state: &str) {
    let Some(path) = super::context::variable("NOTIFY_SOCKET") else {
        return;
    };
    if let Err(error) = send(&path, state) {
        tracing::warn!("systemd was not told {state}: {error}");
    }
}

fn send(path: &str, state: &str) -> std::io::Result<()> {
    let to = match path.strip_prefix('@') {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(path)?,
    };
    UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &to)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_socket_hears_the_state() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("notify");
        let socket = UnixDatagram::bind(&path).expect("bound");
        send(path.to_str().expect("a name"), READY).expect("sent");
        let mut heard = [0; 32];
        let length = socket.recv(&mut heard).expect("heard");
        assert_eq!(heard.get(..length), Some(READY.as_bytes()));
    }
}
