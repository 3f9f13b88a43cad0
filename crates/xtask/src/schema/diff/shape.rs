//! What a message looks like on the wire, without names.

use gw2_protocol::schema::{Block, Schema};

/// The types of a message's fields, nested ones between the field that holds them and an end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Shape(Vec<&'static str>);

/// The counts and limits of a message's fields, for each that can have one.
pub type Bounds = Vec<Option<u16>>;

/// The word that ends a nested block; no type has it.
const END: &str = "}";

impl Shape {
    /// A message's shape and bounds.
    pub fn of(schema: &Schema) -> (Self, Bounds) {
        let mut shape = Vec::new();
        let mut bounds = Vec::new();
        walk(&schema.body, &mut shape, &mut bounds);
        (Self(shape), bounds)
    }

    /// What it costs to make the other shape of this one by putting words in, taking them out and
    /// replacing them; `None` when that is more than `most`. An edit costs 10, at the end of a message,
    /// where clients mostly grow, 5.
    pub fn edits(&self, other: &Self, most: u32) -> Option<u32> {
        let cost = |at_end| if at_end { 5 } else { 10 };
        let (one, other) = (&self.0, &other.0);
        let least = u32::try_from(one.len().abs_diff(other.len()))
            .ok()?
            .checked_mul(cost(true))?;
        if least > most {
            return None;
        }
        let mut row: Vec<u32> = Vec::with_capacity(other.len() + 1);
        row.push(0);
        for _ in other {
            row.push(row.last()? + cost(one.is_empty()));
        }
        for (number, word) in one.iter().enumerate() {
            let behind_one = number + 1 == one.len();
            let mut diagonal = *row.first()?;
            let mut left = diagonal + cost(other.is_empty());
            *row.first_mut()? = left;
            for (at, wanted) in other.iter().enumerate() {
                let behind_other = at + 1 == other.len();
                let cell = row.get_mut(at + 1)?;
                let kept = diagonal + if word == wanted { 0 } else { cost(false) };
                diagonal = *cell;
                left = kept
                    .min(left + cost(behind_one))
                    .min(diagonal + cost(behind_other));
                *cell = left;
            }
        }
        row.last().copied().filter(|edits| *edits <= most)
    }
}

fn walk(block: &Block, shape: &mut Vec<&'static str>, bounds: &mut Bounds) {
    for field in block.fields() {
        shape.push(field.ty.word());
        bounds.extend(field.ty.bound());
        if let Some(block) = field.ty.block() {
            walk(block, shape, bounds);
            shape.push(END);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gw2_protocol::schema::parse;

    fn shape(fields: &str) -> (Shape, Bounds) {
        let text = format!("schema s table gs2c 0x0001 {{ {fields} }}");
        let (file, _) = parse("a", &text);
        Shape::of(&file.unwrap().messages[0])
    }

    #[test]
    fn names_are_no_part_of_it_but_nesting_is() {
        assert_eq!(
            shape("a: u8 optional { b: u16 }"),
            shape("u8 optional { c: u16 }")
        );
        assert_ne!(shape("u8 optional { u16 }").0, shape("u8 optional { } u16").0);
        assert_eq!(
            shape("u8 string(5) array8 { bytes(2) }").1,
            [Some(5), None, Some(2)]
        );
    }

    #[test]
    fn edits_are_counted() {
        let edits = |one, other| shape(one).0.edits(&shape(other).0, 100);
        assert_eq!(edits("u8 u16", "u8 u16"), Some(0));
        assert_eq!(edits("u8 u16", "u8 varint"), Some(10));
        assert_eq!(edits("u8 u16 u64", "u8 u64"), Some(10));
        assert_eq!(edits("u8 u16", "u8 u16 u64 f32"), Some(10), "two more at the end");
        assert_eq!(edits("u8 u16 u64", "u8"), Some(10), "two fewer at the end");
        assert_eq!(edits("", "u8"), Some(5));
        assert_eq!(edits("u8", ""), Some(5));
        assert_eq!(shape("u8 u8").0.edits(&shape("u16 u16").0, 15), None);
    }
}
