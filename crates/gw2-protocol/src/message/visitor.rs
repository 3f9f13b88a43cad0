//! Who is told what the decoder finds.

use super::value::Value;
use crate::schema::Field;
use std::convert::Infallible;
use std::ops::Range;

/// What a nested block belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// An optional, and whether its block follows.
    Optional(bool),
    /// An array, and how many elements follow.
    Array(usize),
}

/// Is told the fields of a message in wire order, and of blocks if it wants to know. Ranges are offsets from the message's first byte.
pub trait Visitor {
    /// Why a visitor may want the walk to end.
    type Error;

    /// False lets the decoder skip over what it need not read to find the end of the message.
    const VALUES: bool;

    /// A field with a value. `part` is 1 for the varint that follows the vector of a position, else 0.
    fn value(
        &mut self,
        field: &Field,
        part: u8,
        range: Range<usize>,
        value: Value<'_>,
    ) -> Result<(), Self::Error>;

    /// The count of an array or the flag of an optional, at `range` (empty for an array whose
    /// count is in the schema). The block's fields follow, those of an array between
    /// [`element`](Visitor::element) and [`end_element`](Visitor::end_element), then
    /// [`leave`](Visitor::leave). Elements that have no bytes are not told.
    fn enter(&mut self, _field: &Field, _range: Range<usize>, _group: Group) -> Result<(), Self::Error> {
        Ok(())
    }

    /// An element of the array entered last begins at `at`.
    fn element(&mut self, _index: usize, _at: usize) -> Result<(), Self::Error> {
        Ok(())
    }

    /// The element begun last ends before `end`.
    fn end_element(&mut self, _end: usize) -> Result<(), Self::Error> {
        Ok(())
    }

    /// The block entered last ends before `end`.
    fn leave(&mut self, _end: usize) -> Result<(), Self::Error> {
        Ok(())
    }

    /// The walk fails at this field, the innermost one. Not told when the message as a whole is to blame.
    fn failed(&mut self, _field: &Field) {}
}

/// A visitor that does nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Measure;

impl Visitor for Measure {
    type Error = Infallible;

    const VALUES: bool = false;

    fn value(&mut self, _: &Field, _: u8, _: Range<usize>, _: Value<'_>) -> Result<(), Infallible> {
        Ok(())
    }
}
