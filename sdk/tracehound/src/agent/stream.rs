//! A connection whose every wait ends at a deadline.
//!
//! Sockets know timeouts of one call, not of a whole exchange: an agent that answers a byte a second would never run
//! into one. So the rest of the time is set anew before each call.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

/// A TCP connection or one over a Unix socket.
///
/// Both are in the standard library's type for TCP, which works with every connected socket. In older versions of Rust its other type
/// writes such that an agent that is gone raises a signal, which ends programs that leave it at what the system does by default.
pub(super) struct Stream(TcpStream);

impl Stream {
    /// Connects over TCP before `deadline`.
    pub(super) fn tcp(address: SocketAddr, deadline: Instant) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, left(deadline)?)?;
        // Head and body are two writes; the second would wait for the first one's acknowledgement.
        stream.set_nodelay(true)?;
        Ok(Self(stream))
    }

    /// Connects over a Unix socket.
    #[cfg(unix)]
    pub(super) fn unix(path: &Path) -> io::Result<Self> {
        let stream = std::os::unix::net::UnixStream::connect(path)?;
        Ok(Self(std::os::fd::OwnedFd::from(stream).into()))
    }

    /// Says that there are no Unix sockets here.
    #[cfg(not(unix))]
    pub(super) fn unix(_: &Path) -> io::Result<Self> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "no Unix sockets on this system"))
    }

    /// Reads some bytes before `deadline`; 0 at the end.
    pub(super) fn read(&mut self, into: &mut [u8], deadline: Instant) -> io::Result<usize> {
        loop {
            self.0.set_read_timeout(Some(left(deadline)?))?;
            match self.0.read(into) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read.map_err(as_timeout),
            }
        }
    }

    /// Writes all of `bytes` before `deadline`.
    pub(super) fn write_all(&mut self, mut bytes: &[u8], deadline: Instant) -> io::Result<()> {
        while !bytes.is_empty() {
            self.0.set_write_timeout(Some(left(deadline)?))?;
            match self.0.write(bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(as_timeout(error)),
            }
        }
        Ok(())
    }
}

/// The time until `deadline`; an error once it has passed, because sockets take a zero timeout for none.
fn left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
}

/// On Unix a socket's timeout shows as `WouldBlock`.
fn as_timeout(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::WouldBlock => io::ErrorKind::TimedOut.into(),
        _ => error,
    }
}
