//! A parent as "so many rows back": in a part's order it is a small number, where its id would be eight random bytes.

use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, UInt64Type};
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use tracehound_model::RowHead;

use crate::Error;
use crate::scan::Scanner;
use crate::schema::{Column, Fixed};

/// How a row names its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parent {
    /// The row this many rows above, below if negative; 0 for no parent.
    Back(i32),
    /// A span that is not another row of the same trace.
    Id(u64),
}

impl Parent {
    /// The row of the parent of `row`, if it has one.
    fn row(self, row: u32) -> Option<u32> {
        match self {
            Parent::Back(0) | Parent::Id(_) => None,
            Parent::Back(back) => u32::try_from(i64::from(row) - i64::from(back)).ok(),
        }
    }
}

/// Finds the parents among the rows of one trace.
#[derive(Default)]
pub(crate) struct ParentFinder {
    /// First row of each span id.
    rows: HashMap<u64, u32, RandomState>,
}

impl ParentFinder {
    /// The parents of a trace's rows.
    pub(crate) fn find<'a>(
        &mut self,
        heads: impl Iterator<Item = &'a RowHead> + Clone,
    ) -> impl Iterator<Item = Parent> {
        self.rows.clear();
        for (row, head) in (0..).zip(heads.clone()) {
            self.rows.entry(head.span_id).or_insert(row);
        }
        (0..).zip(heads).map(|(row, head)| self.parent(row, head))
    }

    fn parent(&self, row: u32, head: &RowHead) -> Parent {
        if head.parent_id == 0 {
            return Parent::Back(0);
        }
        let back = self.rows.get(&head.parent_id).map(|parent| i64::from(row) - i64::from(*parent));
        let back = back.and_then(|back| i32::try_from(back).ok()).filter(|back| *back != 0);
        back.map_or(Parent::Id(head.parent_id), Parent::Back)
    }
}

/// The ids of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RowIds {
    pub(crate) span_id: u64,
    pub(crate) parent_id: u64,
}

/// Reads the ids of rows that ascend and do not overlap. Parents that are not among them are looked up.
pub(crate) fn read(scanner: &Scanner<'_>, rows: &[Range<u32>]) -> Result<Vec<RowIds>, Error> {
    let span_ids = read_span_ids(scanner, rows)?;
    let parents = read_parents(scanner, rows)?;
    let selected = Selected::new(rows);
    let places = || rows.iter().cloned().flatten().zip(&parents);

    let mut elsewhere: Vec<u32> = places().filter_map(|(row, parent)| parent.row(row)).collect();
    elsewhere.retain(|row| selected.index(*row).is_none());
    elsewhere.sort_unstable();
    elsewhere.dedup();
    let ids_elsewhere = match &*elsewhere {
        [] => Vec::new(),
        rows => read_span_ids(scanner, &rows.iter().map(|row| *row..*row + 1).collect::<Vec<_>>())?,
    };
    let id_of = |row| match selected.index(row) {
        Some(index) => span_ids.get(index).copied(),
        None => ids_elsewhere.get(elsewhere.binary_search(&row).ok()?).copied(),
    };
    let parent_ids = places().map(|(row, parent)| match *parent {
        Parent::Id(id) => Some(id),
        Parent::Back(0) => Some(0),
        Parent::Back(_) => parent.row(row).and_then(id_of),
    });
    let ids =
        span_ids.iter().zip(parent_ids).map(|(&span_id, parent_id)| Some(RowIds { span_id, parent_id: parent_id? }));
    ids.collect::<Option<_>>().ok_or_else(|| Error::damaged(scanner.path(), "a parent is no row"))
}

fn read_span_ids(scanner: &Scanner<'_>, rows: &[Range<u32>]) -> Result<Vec<u64>, Error> {
    let mut span_ids = Vec::new();
    for batch in scanner.scan(rows, |column| column == Column::Fixed(Fixed::SpanId))? {
        let batch = batch?;
        let column = batch.columns().first().and_then(|column| column.as_primitive_opt::<UInt64Type>());
        span_ids.extend_from_slice(column.ok_or_else(|| scanner.mistyped())?.values());
    }
    Ok(span_ids)
}

fn read_parents(scanner: &Scanner<'_>, rows: &[Range<u32>]) -> Result<Vec<Parent>, Error> {
    let mut parents = Vec::new();
    let wanted = [Fixed::ParentBack, Fixed::ParentId].map(Column::Fixed);
    for batch in scanner.scan(rows, |column| wanted.contains(&column))? {
        let batch = batch?;
        let [back, id] = batch.columns() else { return Err(scanner.mistyped()) };
        let back = back.as_primitive_opt::<Int32Type>().ok_or_else(|| scanner.mistyped())?;
        let id = id.as_primitive_opt::<UInt64Type>().ok_or_else(|| scanner.mistyped())?;
        parents.extend(back.iter().zip(id).map(|(back, id)| back.map_or(Parent::Id(id.unwrap_or(0)), Parent::Back)));
    }
    Ok(parents)
}

/// Where rows of the part are among those that were selected.
struct Selected<'a> {
    ranges: &'a [Range<u32>],
    /// How many rows the ranges before each have together.
    before: Vec<usize>,
}

impl<'a> Selected<'a> {
    fn new(ranges: &'a [Range<u32>]) -> Selected<'a> {
        let before = ranges.iter().scan(0, |sum, range| Some(std::mem::replace(sum, *sum + range.len())));
        Selected { ranges, before: before.collect() }
    }

    fn index(&self, row: u32) -> Option<usize> {
        let at = self.ranges.partition_point(|range| range.end <= row);
        let range = self.ranges.get(at).filter(|range| range.contains(&row))?;
        Some(self.before[at] + (row - range.start) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_among_the_selected_ones() {
        let ranges = [2..4, 4..5, 9..12];
        let selected = Selected::new(&ranges);
        let indexes: Vec<_> = (0..14).filter_map(|row| Some((row, selected.index(row)?))).collect();
        assert_eq!(indexes, [(2, 0), (3, 1), (4, 2), (9, 3), (10, 4), (11, 5)]);
    }

    #[test]
    fn a_parent_among_the_rows_is_a_distance_and_any_other_its_id() {
        let heads = [(1, 0), (2, 1), (3, 1), (4, 5), (5, 1), (6, 6), (7, 99), (2, 2)];
        let heads = heads.map(|(span_id, parent_id)| RowHead { span_id, parent_id, ..RowHead::default() });
        let parents: Vec<_> = ParentFinder::default().find(heads.iter()).collect();
        use Parent::{Back, Id};
        assert_eq!(parents, [Back(0), Back(1), Back(2), Back(-1), Back(4), Id(6), Id(99), Back(6)]);
    }
}
