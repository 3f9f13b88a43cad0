//! What holds for every schema and every bytes.

use super::*;
use crate::schema::{Block, FieldType};
use proptest::collection::vec;
use proptest::prelude::*;

fn leaf() -> impl Strategy<Value = FieldType> {
    let max = || proptest::option::of(0u16..40);
    prop_oneof![
        Just(FieldType::U8),
        Just(FieldType::U16),
        Just(FieldType::Varint),
        Just(FieldType::U64 { alternate: false }),
        Just(FieldType::F32),
        Just(FieldType::Vec3),
        Just(FieldType::Position),
        Just(FieldType::Guid),
        Just(FieldType::Address),
        Just(FieldType::U32 { alternate: true }),
        max().prop_map(|max| FieldType::String { max }),
        max().prop_map(|max| FieldType::CString { max }),
        max().prop_map(|max| FieldType::BytesSmall { max }),
        max().prop_map(|max| FieldType::BytesLarge { max }),
        (0u16..40).prop_map(|count| FieldType::BytesFixed { count: Some(count) }),
    ]
}

/// Types that end decoding.
fn dead_end() -> impl Strategy<Value = FieldType> {
    prop_oneof![
        Just(FieldType::Unknown),
        Just(FieldType::Align),
        Just(FieldType::BytesFixed { count: None }),
        Just(FieldType::BytesFixed { count: Some(8000) }),
    ]
}

fn block_of(types: Vec<FieldType>) -> Block {
    Block::new(types.into_iter().map(Field::new).collect())
}

fn types(leaf: BoxedStrategy<FieldType>) -> impl Strategy<Value = FieldType> {
    leaf.prop_recursive(3, 24, 4, |inner| {
        let block = vec(inner, 0..4).prop_map(block_of);
        let max = proptest::option::of(0u16..6);
        prop_oneof![
            block.clone().prop_map(FieldType::Optional),
            (proptest::option::weighted(0.9, 0u16..6), block.clone())
                .prop_map(|(count, block)| FieldType::ArrayFixed { count, block }),
            (max.clone(), block.clone()).prop_map(|(max, block)| FieldType::ArraySmall { max, block }),
            (max, block).prop_map(|(max, block)| FieldType::ArrayLarge { max, block }),
        ]
    })
}

fn schema_of(types: Vec<FieldType>) -> Schema {
    let mut schema = Schema::empty(1);
    schema.body = block_of(types);
    schema
}

fn any_schema() -> impl Strategy<Value = Schema> {
    vec(types(prop_oneof![12 => leaf(), 1 => dead_end()].boxed()), 0..6).prop_map(schema_of)
}

/// Writes a message that the schema allows; nothing when it allows none.
struct Writer<'d> {
    out: Vec<u8>,
    dice: &'d mut dyn FnMut(usize) -> usize,
}

impl Writer<'_> {
    fn roll(&mut self, below: usize) -> usize {
        (self.dice)(below.max(1))
    }

    fn noise(&mut self, count: usize) {
        for _ in 0..count {
            let byte = self.roll(256) as u8;
            self.out.push(byte);
        }
    }

    fn count(&mut self, max: Option<u16>, width: usize) -> usize {
        let count = self.roll(usize::from(max.unwrap_or(5)) + 1);
        self.out.extend_from_slice(&(count as u16).to_le_bytes()[..width]);
        count
    }

    fn block(&mut self, block: &Block, times: usize) -> Option<()> {
        for _ in 0..times {
            for field in block.fields() {
                self.field(&field.ty)?;
            }
        }
        Some(())
    }

    fn varint(&mut self) {
        let mut value = (self.roll(1 << 16) * self.roll(1 << 16)) as u32;
        while value > 0x7f {
            self.out.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.out.push(value as u8);
    }

    fn text(&mut self, max: Option<u16>, unit: usize) -> Option<()> {
        let count = self.roll(usize::from(max.unwrap_or(9).checked_sub(1)?) + 1);
        for _ in 0..count {
            let byte = 1 + self.roll(255) as u8;
            self.out.push(byte);
            self.noise(unit - 1);
        }
        self.out.extend_from_slice(&[0, 0][..unit]);
        Some(())
    }

    fn field(&mut self, ty: &FieldType) -> Option<()> {
        match ty {
            FieldType::U8 => self.noise(1),
            FieldType::U16 => self.noise(2),
            FieldType::F32 | FieldType::U32 { .. } => self.noise(4),
            FieldType::U64 { .. } | FieldType::Vec2 => self.noise(8),
            FieldType::Vec3 => self.noise(12),
            FieldType::Vec4 | FieldType::Guid => self.noise(16),
            FieldType::Address => self.noise(28),
            FieldType::Varint => self.varint(),
            FieldType::Position => {
                self.noise(12);
                self.varint();
            }
            FieldType::String { max } => self.text(*max, 2)?,
            FieldType::CString { max } => self.text(*max, 1)?,
            FieldType::BytesFixed { count } => self.noise(usize::from((*count)?)),
            FieldType::BytesSmall { max } => {
                let count = self.count(*max, 1);
                self.noise(count);
            }
            FieldType::BytesLarge { max } => {
                let count = self.count(*max, 2);
                self.noise(count);
            }
            FieldType::Optional(block) => {
                let flag = self.roll(3) as u8;
                self.out.push(flag);
                self.block(block, usize::from(flag != 0))?;
            }
            FieldType::ArrayFixed { count, block } => self.block(block, usize::from((*count)?))?,
            FieldType::ArraySmall { max, block } => {
                let count = self.count(*max, 1);
                self.block(block, count)?;
            }
            FieldType::ArrayLarge { max, block } => {
                let count = self.count(*max, 2);
                self.block(block, count)?;
            }
            FieldType::Align | FieldType::Unknown => return None,
        }
        Some(())
    }
}

fn write(schema: &Schema, seed: u64) -> Option<Vec<u8>> {
    let mut state = seed | 1;
    let mut dice = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize % below
    };
    let mut writer = Writer {
        out: vec![1, 0],
        dice: &mut dice,
    };
    writer.block(&schema.body, 1)?;
    (writer.out.len() <= MAX_MESSAGE).then_some(writer.out)
}

/// A schema without dead ends and a message of it.
fn written() -> impl Strategy<Value = (Schema, Vec<u8>)> {
    (vec(types(leaf().boxed()), 0..6), any::<u64>()).prop_filter_map("no message", |(types, seed)| {
        let schema = schema_of(types);
        let bytes = write(&schema, seed)?;
        Some((schema, bytes))
    })
}

/// Holds every range to begin where the one before ended, and groups to close in order.
#[derive(Default)]
struct Seamless {
    at: usize,
    open: usize,
    elements: usize,
}

impl Visitor for Seamless {
    type Error = Infallible;
    const VALUES: bool = true;

    fn value(&mut self, _: &Field, _: u8, range: Range<usize>, _: Value<'_>) -> Result<(), Infallible> {
        assert_eq!(self.at, range.start);
        self.at = range.end;
        Ok(())
    }

    fn enter(&mut self, _: &Field, range: Range<usize>, _: Group) -> Result<(), Infallible> {
        assert_eq!(self.at, range.start);
        self.at = range.end;
        self.open += 1;
        Ok(())
    }

    fn element(&mut self, _: usize, at: usize) -> Result<(), Infallible> {
        assert_eq!(self.at, at);
        self.elements += 1;
        Ok(())
    }

    fn end_element(&mut self, end: usize) -> Result<(), Infallible> {
        assert_eq!(self.at, end);
        self.elements -= 1;
        Ok(())
    }

    fn leave(&mut self, end: usize) -> Result<(), Infallible> {
        assert_eq!(self.at, end);
        self.open -= 1;
        Ok(())
    }
}

/// Decodes and measures, holds the two to the same, and gives it.
fn agreed(schema: &Schema, bytes: &[u8]) -> Outcome {
    let decoded = decode(bytes, bytes.len(), schema, &mut Recorder::default());
    let measured = measure(bytes, bytes.len(), schema);
    match (decoded, measured) {
        (Err(Stop::Incomplete { needed }), Err(Stop::Incomplete { needed: more })) => {
            assert!(bytes.len() < needed && needed <= more && more <= MAX_MESSAGE);
        }
        // Measuring may see first that a count promises too many bytes.
        _ => assert_eq!(decoded, measured),
    }
    if let Ok(Decoded { len, open_end }) = measured {
        assert!(2 <= len && len <= bytes.len() && !open_end);
    }
    measured
}

proptest! {
    #[test]
    fn decoding_and_measuring_agree_on_any_bytes(
        schema in any_schema(),
        body in vec(prop_oneof![2 => 0u8..6, 1 => any::<u8>()], 0..200),
    ) {
        let _ = agreed(&schema, &[&[1, 0][..], &body].concat());
    }

    #[test]
    fn a_written_message_decodes_to_its_end_and_no_further((schema, bytes) in written(), tail in vec(any::<u8>(), 0..9)) {
        let len = bytes.len();
        let with_more = [bytes, tail].concat();
        prop_assert_eq!(agreed(&schema, &with_more), Ok(whole(len)));
        let mut seamless = Seamless { at: 2, ..Seamless::default() };
        prop_assert!(decode(&with_more, len, &schema, &mut seamless).is_ok());
        prop_assert_eq!((seamless.at, seamless.open, seamless.elements), (len, 0, 0));
    }

    /// Every prefix waits, for no more than the message has; and with one byte fewer than was asked
    /// for it still waits.
    #[test]
    fn a_cut_message_waits_for_what_is_really_needed((schema, bytes) in written()) {
        for cut in 0..bytes.len() {
            let outcome = agreed(&schema, &bytes[..cut]);
            let Err(Stop::Incomplete { needed }) = outcome else {
                return Err(TestCaseError::fail(format!("cut to {cut}: {outcome:?}")));
            };
            prop_assert!(cut < needed && needed <= bytes.len());
            let before = agreed(&schema, &bytes[..needed - 1]);
            prop_assert!(matches!(before, Err(Stop::Incomplete { .. })), "{:?}", before);
        }
    }

    /// More bytes never change an answer that was given.
    #[test]
    fn an_answer_is_final(schema in any_schema(), body in vec(0u8..9, 0..120), cut in 0usize..120) {
        let bytes = [&[1, 0][..], &body].concat();
        let first = agreed(&schema, &bytes[..cut.clamp(2, bytes.len())]);
        if !matches!(first, Err(Stop::Incomplete { .. })) {
            prop_assert_eq!(agreed(&schema, &bytes), first);
        }
    }

    #[test]
    fn varints_are_the_numbers_that_were_written(number: u32) {
        let mut body = Vec::new();
        let mut rest = number;
        while rest > 0x7f {
            body.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        body.push(rest as u8);
        let (outcome, lines) = walk("varint", &body);
        prop_assert_eq!(outcome, Ok(whole(2 + body.len())));
        prop_assert_eq!(lines, [format!("varint 2..{} Varint({number})", 2 + body.len())]);
    }
}
