//! Writing a part: order, rows to Parquet, trace index, then both under their names at once.

use std::sync::Arc;

use arrow_schema::ArrowError;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::errors::ParquetError;
use tracehound_model::Batch;
use tracehound_platform::Files;

use crate::encode::Encoder;
use crate::footer::{Footer, PartMeta};
use crate::keys::Keys;
use crate::name::{self, PartName};
use crate::order::{self, Order, Source};
use crate::parent::ParentFinder;
use crate::seal::SealWriter;
use crate::{Error, schema, sidecar};

/// Writes the rows of `batches`, each with its sequence number, as the part `name`, and says that it has all rows of the
/// parts in `replaces`.
///
/// Both files are complete and synced before either has its name, and the directory is synced before this returns. The
/// trace index gets its name first: a crash leaves no part, a trace index that [`sweep`](crate::sweep) removes, or both.
/// The directory [`DIRECTORY`](crate::DIRECTORY) has to be there.
///
/// Errors: `Invalid` without rows or with more than 2^32, `Environment` if a file cannot be written.
pub fn write(
    files: &dyn Files,
    name: &PartName,
    batches: &[(u64, Arc<Batch>)],
    replaces: &[PartName],
) -> Result<PartMeta, Error> {
    let source = Source(batches);
    let order = order::order(source)?;
    let mut meta = describe(name, source, &order, replaces)?;
    let [parquet, index] = [name.parquet_path(), name.sidecar_path()];
    let [unfinished_parquet, unfinished_index] = [&parquet, &index].map(|path| name::unfinished(path));
    let written = write_parquet(files, &unfinished_parquet, source, &order, &meta).and_then(|(bytes, crc)| {
        let index_bytes = sidecar::write(files, &unfinished_index, order.traces, meta.rows, crc)?;
        meta.bytes = bytes + index_bytes;
        files.rename(&unfinished_index, &index).map_err(Error::io(&index, "rename"))?;
        files.rename(&unfinished_parquet, &parquet).map_err(Error::io(&parquet, "rename"))?;
        files.sync_dir(name::DIRECTORY).map_err(Error::io(name::DIRECTORY, "sync"))?;
        Ok(meta)
    });
    if written.is_err() {
        // So that a full disk does not stay full; what cannot be removed now goes at the next start.
        let _ = files.remove(&unfinished_parquet);
        let _ = files.remove(&unfinished_index);
    }
    written
}

fn describe(name: &PartName, source: Source<'_>, order: &Order, replaces: &[PartName]) -> Result<PartMeta, Error> {
    let heads = || order.rows.iter().map(|row| source.span(*row).head());
    let (Some(min_start), Some(max_end)) =
        (heads().map(|head| head.start).min(), heads().map(|head| head.start.saturating_add(head.duration)).max())
    else {
        return Err(Error::Invalid("a part has at least one row".to_owned()));
    };
    Ok(PartMeta {
        name: *name,
        replaces: replaces.to_vec(),
        rows: order.rows.len() as u32,
        traces: order.traces.len() as u32,
        min_start,
        max_end,
        folded: order.folded,
        bytes: 0,
    })
}

/// Writes and syncs the rows. Returns the file's size and checksum.
fn write_parquet(
    files: &dyn Files,
    path: &str,
    source: Source<'_>,
    order: &Order,
    meta: &PartMeta,
) -> Result<(u64, u32), Error> {
    let keys = Keys::choose(source.0);
    let properties = schema::properties(&keys, Footer::new(meta, &keys).to_json()?)?;
    // Parquet's own schema says all there is to say; Arrow's copy of it would double the footer.
    let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
    let mut encoder = Encoder::new(source, &keys);

    let file = files.create(path).map_err(Error::io(path, "create"))?;
    let mut sealed = SealWriter::new(&*file);
    let failed = |error| write_error(path, error);
    let bug = |error: ArrowError| Error::Bug(error.to_string());
    let mut writer = ArrowWriter::try_new_with_options(&mut sealed, encoder.schema(), options).map_err(failed)?;
    let mut parents = ParentFinder::default();
    for trace in &order.traces {
        let rows = &order.rows[trace.rows.start as usize..trace.rows.end as usize];
        let heads = rows.iter().map(|row| source.span(*row).head());
        for (row, parent) in rows.iter().zip(parents.find(heads)) {
            if encoder.is_full() {
                writer.write(&encoder.take().map_err(bug)?).map_err(failed)?;
            }
            encoder.push(*row, trace.id, parent).map_err(bug)?;
        }
    }
    writer.write(&encoder.take().map_err(bug)?).map_err(failed)?;
    writer.close().map_err(failed)?;
    sealed.finish().map_err(Error::io(path, "write"))
}

fn write_error(path: &str, error: ParquetError) -> Error {
    match error {
        ParquetError::External(source) => match source.downcast::<std::io::Error>() {
            Ok(source) => Error::Environment { path: path.to_owned(), action: "write", source: *source },
            Err(other) => Error::Bug(other.to_string()),
        },
        other => Error::Bug(other.to_string()),
    }
}
