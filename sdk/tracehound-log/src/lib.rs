//! Writes trace ids into the records of the [`log`] crate, so that a log line leads to its trace.
//!
//! ```
//! let logger = env_logger::Builder::from_default_env().build();
//! let max_level = logger.filter();
//! tracehound_log::correlate(logger).install(max_level)?;
//!
//! let order = tracehound::span!("cafe.order").entered();
//! log::info!("brewing"); // … brewing dd.service=cafe dd.trace_id=6909f0d2… dd.span_id=42
//! # Ok::<(), log::SetLoggerError>(())
//! ```
//!
//! [`correlate`] adds the fields as key-value pairs, for loggers that write those: `env_logger` with its feature `kv`, and those that
//! write JSON. [`correlate_text`] puts them in front of the message, for all others. The fields are those of
//! [`tracehound::integration::log`]; without a tracer there are none, and records pass as they are.

mod pairs;

use log::{LevelFilter, Log, Metadata, Record, SetLoggerError};
use tracehound::integration::log::Correlation;

use pairs::Pairs;

/// Adds the trace's fields to each record as key-value pairs.
///
/// ```
/// let logger = tracehound_log::correlate(env_logger::Builder::new().build());
/// ```
pub fn correlate<L: Log>(logger: L) -> Correlated<L> {
    Correlated { logger, place: Place::Pairs }
}

/// Puts the trace's fields in brackets in front of each record's message.
///
/// ```
/// let logger = tracehound_log::correlate_text(env_logger::Builder::new().build());
/// ```
pub fn correlate_text<L: Log>(logger: L) -> Correlated<L> {
    Correlated { logger, place: Place::Message }
}

/// A logger that gets records with the fields of their trace: see [`correlate`] and [`correlate_text`].
///
/// ```
/// use tracehound_log::Correlated;
///
/// let logger: Correlated<env_logger::Logger> = tracehound_log::correlate(env_logger::Builder::new().build());
/// ```
#[derive(Debug)]
pub struct Correlated<L> {
    logger: L,
    place: Place,
}

/// Where the fields go.
#[derive(Clone, Copy, Debug)]
enum Place {
    Pairs,
    Message,
}

impl<L: Log + 'static> Correlated<L> {
    /// Makes this the logger of the program, for records up to a level.
    ///
    /// # Errors
    /// If the program has a logger.
    ///
    /// ```
    /// let logger = tracehound_log::correlate(env_logger::Builder::new().build());
    /// logger.install(log::LevelFilter::Info)?;
    /// # Ok::<(), log::SetLoggerError>(())
    /// ```
    pub fn install(self, max_level: LevelFilter) -> Result<(), SetLoggerError> {
        log::set_boxed_logger(Box::new(self))?;
        log::set_max_level(max_level);
        Ok(())
    }
}

impl<L: Log> Log for Correlated<L> {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.logger.enabled(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        if !self.logger.enabled(record.metadata()) {
            return;
        }
        let Some(correlation) = Correlation::current() else { return self.logger.log(record) };
        match self.place {
            Place::Pairs => {
                let pairs = Pairs { before: record.key_values(), correlation };
                self.logger.log(&record.to_builder().key_values(&pairs).build());
            }
            Place::Message => {
                self.logger.log(&record.to_builder().args(format_args!("[{correlation}] {}", record.args())).build());
            }
        }
    }

    fn flush(&self) {
        self.logger.flush();
    }
}

/// Compiles what the guide shows.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/sdk/log.md")]
mod guide {}
