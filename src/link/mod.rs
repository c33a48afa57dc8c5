//! link

/// The socket's name in the data folder.
pub const SOCKET_NAME: &str = "engine.sock";
