//! Any bytes as a message of any table: decoding and measuring agree, and no shorter piece is whole.
#![no_main]

use gw2_protocol::Table;
use gw2_protocol::message::{Group, Stop, Value, Visitor, decode, measure, read_opcode};
use gw2_protocol::schema::{Catalog, Field};
use libfuzzer_sys::fuzz_target;
use std::convert::Infallible;
use std::ops::Range;
use std::sync::OnceLock;

fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| Catalog::builtin().0)
}

/// Ranges lie in the message and do not go back.
struct Check {
    len: usize,
    end: usize,
}

impl Check {
    fn range(&mut self, range: Range<usize>) {
        assert!(self.end <= range.start && range.start <= range.end && range.end <= self.len);
        self.end = range.start;
    }
}

impl Visitor for Check {
    type Error = Infallible;

    const VALUES: bool = true;

    fn value(&mut self, _: &Field, _: u8, range: Range<usize>, _: Value<'_>) -> Result<(), Infallible> {
        self.range(range);
        Ok(())
    }

    fn enter(&mut self, _: &Field, range: Range<usize>, _: Group) -> Result<(), Infallible> {
        self.range(range);
        Ok(())
    }
}

fuzz_target!(|input: (u8, u8, Vec<u8>)| {
    let (build, table, bytes) = input;
    let build = [205_780, 180_000, 21_315][usize::from(build) % 3];
    let table = Table::ALL[usize::from(table) % 4];
    let Some(set) = catalog().select(Some(build), None) else {
        return;
    };
    let Some(opcode) = read_opcode(&bytes) else { return };
    let Some(schema) = catalog().table(set.set, table).get(opcode) else {
        return;
    };
    let measured = measure(&bytes, bytes.len(), schema);
    let mut check = Check {
        len: bytes.len(),
        end: 0,
    };
    let decoded = decode(&bytes, bytes.len(), schema, &mut check);
    match (measured, decoded) {
        (Ok(measured), Ok(decoded)) => {
            assert_eq!(measured, decoded);
            if schema.parser.is_none() && measured.len > 2 {
                let cut = measured.len - 1;
                assert!(matches!(
                    measure(&bytes[..cut], cut, schema),
                    Err(Stop::Incomplete { .. })
                ));
            }
        }
        (Err(Stop::Failed(measured)), Err(Stop::Failed(decoded))) => assert_eq!(measured, decoded),
        (Err(Stop::Incomplete { needed }), Err(Stop::Incomplete { needed: other })) => {
            // Passing over what need not be read, one knows sooner how much is needed at least.
            assert!(needed > bytes.len() && other > bytes.len());
        }
        (measured, decoded) => panic!("{measured:?} is not {decoded:?}"),
    }
});
