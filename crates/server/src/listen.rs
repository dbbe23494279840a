//! The listeners: `localhost` is 127.0.0.1 and ::1, under one port number.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::TcpListener;
use tracehound_config::Key;

use crate::Error;

/// How often any free port is asked for until one is free in both address families. A machine on which sixteen ports
/// in a row are taken on ::1 alone has another problem.
const FREE_PORT_ATTEMPTS: usize = 16;

/// What a listener is for, to tell it in errors.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Purpose {
    /// What listens, such as `trace receiver`.
    pub(crate) what: &'static str,
    /// The key that sets its port.
    pub(crate) key: &'static Key,
}

/// A door on localhost: one port, one or two listeners.
#[derive(Debug)]
pub(crate) struct Door {
    /// The number that both listeners have.
    pub(crate) port: u16,
    /// 127.0.0.1, then ::1 if the machine has it.
    pub(crate) listeners: Vec<TcpListener>,
}

impl Door {
    /// Binds `port`, or any free one if it is 0.
    ///
    /// An address that is in use is an error, in either family: otherwise half of the clients would talk to somebody
    /// else. A machine without ::1 is served on 127.0.0.1 alone.
    pub(crate) async fn bind(purpose: Purpose, port: u16) -> Result<Door, Error> {
        for _ in 0..FREE_PORT_ATTEMPTS {
            let v4 = bind(purpose, Ipv4Addr::LOCALHOST.into(), port).await?;
            let bound = v4.local_addr().map_err(Error::Runtime)?.port();
            match bind(purpose, Ipv6Addr::LOCALHOST.into(), bound).await {
                Ok(v6) => return Ok(Door { port: bound, listeners: vec![v4, v6] }),
                Err(Error::Bind { error, .. }) if has_no_ipv6(&error) => {
                    tracing::warn!(%error, port = bound, "no ::1 on this machine, listening on 127.0.0.1 only");
                    return Ok(Door { port: bound, listeners: vec![v4] });
                }
                Err(Error::Bind { error, .. }) if port == 0 && error.kind() == io::ErrorKind::AddrInUse => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::NoFreePort { what: purpose.what, key: purpose.key.name })
    }

    /// The address that people and tracers are given.
    pub(crate) fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }
}

async fn bind(purpose: Purpose, address: IpAddr, port: u16) -> Result<TcpListener, Error> {
    let address = SocketAddr::new(address, port);
    TcpListener::bind(address).await.map_err(|error| Error::Bind { purpose, address, error })
}

/// The family is compiled out or switched off (no such family, protocol), or ::1 is not assigned.
fn has_no_ipv6(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::AddrNotAvailable | io::ErrorKind::Unsupported)
        || error.raw_os_error() == Some(EAFNOSUPPORT)
}

/// `errno` of a socket in a family that the kernel does not have; std has no kind for it.
const EAFNOSUPPORT: i32 = 97;

#[cfg(test)]
mod tests {
    use tracehound_config::RECEIVER_PORT;

    use super::*;

    const PURPOSE: Purpose = Purpose { what: "trace receiver", key: &RECEIVER_PORT };

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_io().build().expect("a runtime")
    }

    #[test]
    fn any_free_port_is_one_number_for_all_listeners() {
        let door = runtime().block_on(Door::bind(PURPOSE, 0)).unwrap();
        assert_ne!(door.port, 0);
        for listener in &door.listeners {
            assert_eq!(listener.local_addr().unwrap().port(), door.port);
        }
    }

    #[test]
    fn an_address_in_use_is_told_with_its_key() {
        let runtime = runtime();
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let _other = std::net::TcpListener::bind(taken).unwrap();
        let error = runtime.block_on(Door::bind(PURPOSE, taken.port())).unwrap_err();
        assert_eq!(error.to_string(), format!("cannot bind trace receiver to {taken}: address in use (receiver_port)"));
        assert!(error.hint().unwrap().contains("--agent-port"), "{error:?}");
    }

    #[test]
    fn a_port_taken_on_ipv6_alone_is_an_error_too() {
        let Ok(other) = std::net::TcpListener::bind("[::1]:0") else {
            println!("skipped: no ::1 on this machine");
            return;
        };
        let port = other.local_addr().unwrap().port();
        let error = runtime().block_on(Door::bind(PURPOSE, port)).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("cannot bind trace receiver to [::1]:{port}: address in use (receiver_port)")
        );
    }
}
