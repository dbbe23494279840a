//! Traces HTTP servers and clients built on tower.
