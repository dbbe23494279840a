//! Some columns of some rows, as Arrow: only the pages that hold them are read, and each byte is verified first.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::RecordBatch;
use arrow_schema::DataType;
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowSelection,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::reader::{ChunkReader, Length};

use crate::Error;
use crate::keys::Keys;
use crate::schema::{self, Column};
use crate::seal::SealedFile;

/// Rows of a batch that a scan gives, which bound what is in memory beside the result; fewer where rows are long.
const BATCH_ROWS: usize = 1_024;

/// What the rows of a batch take about, in bytes. A row that the memtable kept in hundreds of bytes can take a megabyte
/// here, where no dictionary could hold its texts.
const BATCH_BYTES: i64 = 16 * 1024 * 1024;

/// The footer of a Parquet file.
pub(crate) fn footer(file: &SealedFile) -> Result<ParquetMetaData, Error> {
    let bytes = file.read(file.tail()?)?;
    ParquetMetaDataReader::decode_metadata(&bytes).map_err(|error| Error::damaged(file.path(), error))
}

/// The rows of one part, ready to be scanned.
///
/// It holds the places of all pages, which is why a part makes one for each read and keeps none.
pub(crate) struct Scanner<'a> {
    pages: Pages,
    keys: &'a Keys,
    metadata: ArrowReaderMetadata,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(file: &SealedFile, keys: &'a Keys) -> Result<Scanner<'a>, Error> {
        let pages = Pages { file: file.clone(), failure: Arc::default() };
        let mut reader = ParquetMetaDataReader::new_with_metadata(footer(file)?)
            .with_column_index_policy(PageIndexPolicy::Skip)
            .with_offset_index_policy(PageIndexPolicy::Required);
        let metadata = reader.read_page_indexes(&pages).and_then(|()| {
            let options = ArrowReaderOptions::new().with_schema(schema::schema(keys, &DataType::Utf8View));
            ArrowReaderMetadata::try_new(Arc::new(reader.finish()?), options)
        });
        let metadata = metadata.map_err(|error| pages.error(error))?;
        Ok(Scanner { pages, keys, metadata })
    }

    /// Which file, for messages.
    pub(crate) fn path(&self) -> &str {
        self.pages.file.path()
    }

    /// The keys that have columns.
    pub(crate) fn keys(&self) -> &'a Keys {
        self.keys
    }

    /// For columns that are not of the type that the schema says.
    pub(crate) fn mistyped(&self) -> Error {
        Error::damaged(self.path(), "a column has another type than it should")
    }

    /// The wanted columns of rows that ascend and do not overlap, a batch at a time.
    pub(crate) fn scan(&self, rows: &[Range<u32>], wanted: impl Fn(Column) -> bool) -> Result<Scan<'_>, Error> {
        let fields = (0..).zip(schema::columns(self.keys)).filter(|(_, column)| wanted(*column));
        let (fields, columns): (Vec<usize>, Vec<Column>) = fields.unzip();
        let total = usize::try_from(self.metadata.metadata().file_metadata().num_rows()).unwrap_or(0);
        if let Some(last) = rows.last().filter(|last| last.end as usize > total) {
            return Err(Error::damaged(self.path(), format_args!("row {} of {total} is referred to", last.end - 1)));
        }
        let ranges = rows.iter().map(|range| range.start as usize..range.end as usize);
        let projection = ProjectionMask::roots(self.metadata.parquet_schema(), fields);
        let batch_rows = (BATCH_BYTES / self.row_bytes(&projection).max(1)).clamp(1, BATCH_ROWS as i64) as usize;
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(self.pages.clone(), self.metadata.clone())
            .with_projection(projection)
            .with_row_selection(RowSelection::from_consecutive_ranges(ranges, total))
            .with_batch_size(batch_rows)
            .build()
            .map_err(|error| self.pages.error(error))?;
        Ok(Scan { columns, reader, pages: &self.pages })
    }

    /// What a row takes uncompressed, in bytes: the average of the row group where it takes the most.
    fn row_bytes(&self, projection: &ProjectionMask) -> i64 {
        let groups = self.metadata.metadata().row_groups().iter().map(|group| {
            let columns = group.columns().iter().enumerate().filter(|(leaf, _)| projection.leaf_included(*leaf));
            columns.map(|(_, column)| column.uncompressed_size()).sum::<i64>() / group.num_rows().max(1)
        });
        groups.max().unwrap_or(0)
    }
}

/// Batches of the wanted columns.
pub(crate) struct Scan<'a> {
    /// What the columns of each batch are.
    pub(crate) columns: Vec<Column>,
    reader: ParquetRecordBatchReader,
    pages: &'a Pages,
}

impl Iterator for Scan<'_> {
    type Item = Result<RecordBatch, Error>;

    fn next(&mut self) -> Option<Result<RecordBatch, Error>> {
        Some(self.reader.next()?.map_err(|error| self.pages.error(error)))
    }
}

/// The file as the Parquet reader sees it.
#[derive(Clone)]
struct Pages {
    file: SealedFile,
    /// The first error of reading the file, which the Parquet reader would turn into text.
    failure: Arc<Mutex<Option<Error>>>,
}

impl Pages {
    fn read(&self, range: Range<u64>) -> Result<Bytes, ParquetError> {
        self.file.read(range).map_err(|error| {
            let text = error.to_string();
            self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            ParquetError::General(text)
        })
    }

    /// What an error of the Parquet reader means: reading failed, or verified bytes make no sense.
    fn error(&self, error: impl std::fmt::Display) -> Error {
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        failure.unwrap_or_else(|| Error::damaged(self.file.path(), error))
    }
}

impl Length for Pages {
    fn len(&self) -> u64 {
        self.file.content_bytes()
    }
}

impl ChunkReader for Pages {
    type T = std::io::Empty;

    /// Would read on without knowing where to stop. The page index tells where every page is and how long, so nobody asks.
    fn get_read(&self, start: u64) -> Result<std::io::Empty, ParquetError> {
        Err(ParquetError::General(format!("the page at byte {start} is not in the page index")))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        self.read(start..start.saturating_add(length as u64))
    }
}

#[cfg(test)]
mod tests {
    use tracehound_model::{Batch, BatchBuilder, RowHead, TraceId};
    use tracehound_platform::Files;
    use tracehound_platform::sim::SimFiles;

    use super::*;
    use crate::PartName;

    /// 2,000 rows that share 50 tags of this length.
    fn sharing(bytes: usize) -> Batch {
        let mut builder = BatchBuilder::new();
        let key = builder.intern("k");
        let values: Vec<_> = (0..50).map(|n| builder.intern(&format!("{n:bytes$}"))).collect();
        builder.begin_chunk(TraceId { high: 0, low: 1 });
        for row in 0..2_000 {
            builder.push(RowHead { span_id: row as u64, ..RowHead::default() });
            builder.tag(key, values[row * 7 % 50]);
        }
        builder.build()
    }

    #[test]
    fn long_rows_are_scanned_a_few_at_a_time() {
        for (value_bytes, most) in [(10, BATCH_ROWS), (25_000, 700)] {
            let files = SimFiles::new();
            files.create_dir(crate::DIRECTORY).unwrap();
            let name = PartName::new(1, 1);
            let batches = [(1, Arc::new(sharing(value_bytes)))];
            crate::write(&files, &name, &batches, &[]).unwrap();
            let path = name.parquet_path();
            let file = SealedFile::open(files.open(&path).unwrap(), &path, b"PAR1").unwrap();
            let keys = Keys::choose(&batches);
            let (scanner, all) = (Scanner::new(&file, &keys).unwrap(), 0..2_000);
            let rows: Vec<_> = scanner
                .scan(std::slice::from_ref(&all), |_| true)
                .unwrap()
                .map(|batch| batch.unwrap().num_rows())
                .collect();
            assert_eq!(rows.iter().sum::<usize>(), 2_000);
            assert!(rows[0] <= most, "{} rows of {value_bytes} bytes at once", rows[0]);
        }
    }
}
