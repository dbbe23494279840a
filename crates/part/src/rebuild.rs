//! The trace index made again from the rows.

use std::slice;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, UInt64Type};
use tracehound_model::TraceId;
use tracehound_platform::Files;

use crate::footer::PartMeta;
use crate::keys::Keys;
use crate::name;
use crate::scan::Scanner;
use crate::schema::{Column, Fixed};
use crate::seal::SealedFile;
use crate::sidecar::{self, Sidecar};
use crate::{Error, TraceEntry};

/// Opens the trace index of a part, written again if it is missing or damaged.
///
/// All of it is read once, so that damage is found while it can be repaired: it is a tenth of the part.
pub(crate) fn open_or_rebuild(
    files: &dyn Files,
    meta: &PartMeta,
    keys: &Keys,
    rows: &SealedFile,
) -> Result<Sidecar, Error> {
    let path = meta.name.sidecar_path();
    let opened = Sidecar::open(files, &path, meta.rows, rows.crc());
    match opened.and_then(|index| index.verify().map(|()| index)) {
        Err(Error::Damaged { .. }) => {}
        Err(Error::Environment { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {}
        opened => return opened,
    }
    let unfinished = name::unfinished(&path);
    sidecar::write(files, &unfinished, traces(&Scanner::new(rows, keys)?, meta.rows)?, meta.rows, rows.crc())?;
    files.rename(&unfinished, &path).map_err(Error::io(&path, "rename"))?;
    files.sync_dir(name::DIRECTORY).map_err(Error::io(name::DIRECTORY, "sync"))?;
    Sidecar::open(files, &path, meta.rows, rows.crc())
}

/// The runs of rows with one exact trace id. Rows of a trace stand together, the earliest first.
fn traces(scanner: &Scanner<'_>, rows: u32) -> Result<Vec<TraceEntry>, Error> {
    let mut traces: Vec<TraceEntry> = Vec::new();
    let mut row = 0;
    let all = 0..rows;
    let wanted = [Fixed::TraceHigh, Fixed::TraceLow, Fixed::Start].map(Column::Fixed);
    for batch in scanner.scan(slice::from_ref(&all), |column| wanted.contains(&column))? {
        let batch = batch?;
        let [high, low, start] = batch.columns() else { return Err(scanner.mistyped()) };
        let (Some(high), Some(low), Some(start)) = (
            high.as_primitive_opt::<UInt64Type>(),
            low.as_primitive_opt::<UInt64Type>(),
            start.as_primitive_opt::<Int64Type>(),
        ) else {
            return Err(scanner.mistyped());
        };
        for ((&high, &low), &first_start) in high.values().iter().zip(low.values()).zip(start.values()) {
            let id = TraceId { high, low };
            match traces.last_mut().filter(|last| last.id == id) {
                Some(last) => last.rows.end += 1,
                None => traces.push(TraceEntry { id, first_start, rows: row..row + 1 }),
            }
            row += 1;
        }
    }
    Ok(traces)
}
