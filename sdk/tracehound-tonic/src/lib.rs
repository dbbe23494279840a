//! Traces gRPC servers and clients built on tonic.
