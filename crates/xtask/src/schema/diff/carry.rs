//! Names that go from a message to the same one of another build.

use gw2_protocol::schema::{Block, Evidence, Field, FieldType, Schema};

/// The new message with what only the old one has of names and descriptions; `None` when that is nothing.
///
/// Where the fields changed, those before and behind the change keep their names.
pub fn carry(old: &Schema, new: &Schema) -> Option<Schema> {
    let mut carried = new.clone();
    carried.name = new.name.clone().or_else(|| old.name.clone());
    carried.description = new.description.clone().or_else(|| old.description.clone());
    carried.body = block(&old.body, &new.body);
    if carried == *new {
        return None;
    }
    // The name is not known as the fields are.
    carried.evidence = Some(Evidence::Inferred);
    Some(carried)
}

fn block(old: &Block, new: &Block) -> Block {
    let (old, new) = (old.fields(), new.fields());
    let alike = |(old, new): &(&Field, &Field)| old.ty.word() == new.ty.word();
    let before = old.iter().zip(new).take_while(alike).count();
    let shorter = old.len().min(new.len());
    let behind = old.iter().rev().zip(new.iter().rev()).take_while(alike).count();
    let behind = behind.min(shorter - before);
    let fields = new.iter().enumerate().map(|(at, field_now)| {
        let left = new.len() - at;
        let partner = if at < before {
            old.get(at)
        } else if left <= behind {
            old.get(old.len() - left)
        } else {
            None
        };
        partner.map_or_else(|| field_now.clone(), |old| field(old, field_now))
    });
    Block::new(fields.collect())
}

fn field(old: &Field, new: &Field) -> Field {
    let mut carried = new.clone();
    if new.name.is_none() {
        // All that makes the name useful comes with it; what the wire is, the new table knows.
        carried = old.clone();
        carried.key = new.key;
        carried.inferred = new.inferred;
        carried.description = new.description.clone().or_else(|| old.description.clone());
        carried.ty = new.ty.clone();
    }
    if let (Some(inner_old), Some(inner_new)) = (old.ty.block(), new.ty.block()) {
        carried.ty = with_block(&new.ty, block(inner_old, inner_new));
    }
    carried
}

/// The type with another block in it.
fn with_block(ty: &FieldType, block: Block) -> FieldType {
    match ty {
        FieldType::Optional(_) => FieldType::Optional(block),
        FieldType::ArrayFixed { count, .. } => FieldType::ArrayFixed { count: *count, block },
        FieldType::ArraySmall { max, .. } => FieldType::ArraySmall { max: *max, block },
        FieldType::ArrayLarge { max, .. } => FieldType::ArrayLarge { max: *max, block },
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::message;
    use gw2_protocol::schema::parse;

    fn one(text: &str) -> Schema {
        let (file, errors) = parse("a", &format!("schema s table gs2c\n{text}"));
        assert_eq!(errors, []);
        file.unwrap().messages.remove(0)
    }

    fn carried(old: &str, new: &str) -> Option<String> {
        let schema = carry(&one(old), &one(new))?;
        assert_eq!(schema.evidence, Some(Evidence::Inferred));
        Some(
            message::text(&schema)
                .unwrap()
                .replace(" evidence=inferred", "")
                .replace('\n', " "),
        )
    }

    #[test]
    fn names_and_descriptions_go_over_and_the_wire_is_the_new_one() {
        let text = carried(
            "0x0001 MOVE \"It moves\" { tick: varint text: string(?) inferred \"Said\" }",
            "0x0002 { varint string(8) }",
        );
        assert_eq!(
            text.as_deref(),
            Some("0x0002 MOVE \"It moves\" {     tick: varint     text: string(8) \"Said\" }")
        );
    }

    #[test]
    fn what_the_new_table_says_stays() {
        let text = carried("0x0001 OLD { a: u8 b: u8 }", "0x0002 NEW { c: u8 u8 }");
        assert_eq!(text.as_deref(), Some("0x0002 NEW {     c: u8     b: u8 }"));
        assert_eq!(carried("0x0001 { u8 }", "0x0002 { u8 }"), None);
        assert_eq!(carried("0x0001 OLD { a: u8 }", "0x0002 NEW { b: u8 }"), None);
    }

    #[test]
    fn fields_around_a_change_keep_their_names() {
        let text = carried(
            "0x0001 { a: u8 b: u16 list: array8(3) { x: f32 y: f32 } d: guid }",
            "0x0002 { u8 varint varint array8(3) { f32 u8 f32 } guid }",
        );
        assert_eq!(
            text.as_deref(),
            Some("0x0002 { a: u8 varint varint list: array8(3) { x: f32 u8 y: f32 } d: guid }")
        );
    }

    #[test]
    fn a_field_that_is_repeated_is_not_named_twice() {
        assert_eq!(
            carried("0x0001 { a: u8 }", "0x0002 { u8 u8 }").as_deref(),
            Some("0x0002 { a: u8 u8 }")
        );
    }
}
