//! The values of a message that the Info column shows: its first two named numbers.

use gw2_protocol::message::{Group, Value, Visitor};
use gw2_protocol::schema::Field;
use std::fmt::Write;
use std::ops::Range;

/// How many values are shown.
const MAX_VALUES: u32 = 2;

/// Appends `(name=value, name=value)` to a text.
pub struct InfoValues<'t> {
    text: &'t mut String,
    values: u32,
    /// How many arrays the walk is inside of; their elements are not the message's own values.
    arrays: u32,
}

/// Enough was seen.
pub struct Enough;

impl<'t> InfoValues<'t> {
    /// Writes to the end of `text`.
    pub fn new(text: &'t mut String) -> Self {
        Self {
            text,
            values: 0,
            arrays: 0,
        }
    }

    /// Closes the parenthesis, if one was opened.
    pub fn finish(self) {
        if self.values > 0 {
            self.text.push(')');
        }
    }
}

impl Visitor for InfoValues<'_> {
    type Error = Enough;

    const VALUES: bool = true;

    fn value(&mut self, field: &Field, part: u8, _: Range<usize>, value: Value<'_>) -> Result<(), Enough> {
        let (Some(name), 0, 0) = (field.name.as_deref(), self.arrays, part) else {
            return Ok(());
        };
        let before = if self.values == 0 { "(" } else { ", " };
        // Writing to a string cannot fail.
        let _ = match value {
            Value::U8(number) => write!(self.text, "{before}{name}={number}"),
            Value::U16(number) => write!(self.text, "{before}{name}={number}"),
            Value::U32(number) | Value::Varint(number) => write!(self.text, "{before}{name}={number}"),
            Value::U64(number) => write!(self.text, "{before}{name}={number}"),
            Value::F32(number) => write!(self.text, "{before}{name}={number}"),
            _ => return Ok(()),
        };
        self.values = self.values.saturating_add(1);
        if self.values < MAX_VALUES {
            Ok(())
        } else {
            Err(Enough)
        }
    }

    fn enter(&mut self, _: &Field, _: Range<usize>, group: Group) -> Result<(), Enough> {
        // Inside an array everything is an element, whatever is nested in it.
        if self.arrays > 0 || matches!(group, Group::Array(_)) {
            self.arrays = self.arrays.saturating_add(1);
        }
        Ok(())
    }

    fn leave(&mut self, _: usize) -> Result<(), Enough> {
        self.arrays = self.arrays.saturating_sub(1);
        Ok(())
    }
}
