//! How much is known of each table.

use std::fmt::Write;

use gw2_protocol::schema::{Block, Field, FieldType};

use super::library::{Library, OneTable};

/// The page that holds the figures, from the repository's root.
pub const PAGE: &str = "docs/coverage.md";

/// The page of docs/: a table in markdown.
pub fn page(library: &Library) -> String {
    let mut out = String::from(
        "# Coverage\n\n\
         What the built-in schemas know. `cargo xtask schema coverage --write` writes this page; a test compares it.\n\n\
         Fields are those of messages and of the blocks in them. *inferred*: the type was concluded from elsewhere, \
         neither\nread from the client nor seen on the wire. *unknown*: messages that can't be decoded to their end.\n\n",
    );
    out.push_str(&row(&COLUMNS));
    let line = COLUMNS.map(|column| {
        if column == "set" || column == "table" {
            "---"
        } else {
            "---:"
        }
    });
    out.push_str(&row(&line));
    for table in library.tables() {
        out.push_str(&Coverage::of(&table).row(&table));
    }
    out
}

const COLUMNS: [&str; 11] = [
    "set",
    "table",
    "messages",
    "named",
    "with a named field",
    "unknown",
    "fields",
    "named",
    "described",
    "with a hint",
    "inferred",
];

/// The figures of one table.
#[derive(Debug, Default, PartialEq, Eq)]
struct Coverage {
    messages: usize,
    named: usize,
    with_named_field: usize,
    unknown: usize,
    fields: Fields,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Fields {
    all: usize,
    named: usize,
    described: usize,
    hinted: usize,
    inferred: usize,
    unknown: usize,
}

impl Coverage {
    fn of(table: &OneTable) -> Self {
        let mut coverage = Self::default();
        for schema in &table.messages {
            let mut fields = Fields::default();
            fields.add_block(&schema.body);
            coverage.messages += 1;
            coverage.named += usize::from(schema.name.is_some());
            coverage.with_named_field += usize::from(fields.named > 0);
            coverage.unknown += usize::from(fields.unknown > 0);
            coverage.fields.add(&fields);
        }
        coverage
    }

    fn row(&self, table: &OneTable) -> String {
        let figures = [
            self.messages,
            self.named,
            self.with_named_field,
            self.unknown,
            self.fields.all,
            self.fields.named,
            self.fields.described,
            self.fields.hinted,
            self.fields.inferred,
        ];
        let cells = [table.set.to_owned(), format!("`{}`", table.table)];
        let cells: Vec<String> = cells
            .into_iter()
            .chain(figures.map(|figure| figure.to_string()))
            .collect();
        row(&cells)
    }
}

impl Fields {
    fn add_block(&mut self, block: &Block) {
        for field in block.fields() {
            self.add_field(field);
            if let Some(block) = field.ty.block() {
                self.add_block(block);
            }
        }
    }

    fn add_field(&mut self, field: &Field) {
        let is_unknown = matches!(field.ty, FieldType::Unknown);
        self.all += 1;
        self.named += usize::from(field.name.is_some());
        self.described += usize::from(field.description.is_some());
        self.hinted += usize::from(field.hint.is_some());
        self.inferred += usize::from(field.inferred);
        self.unknown += usize::from(is_unknown);
    }

    fn add(&mut self, other: &Self) {
        self.all += other.all;
        self.named += other.named;
        self.described += other.described;
        self.hinted += other.hinted;
        self.inferred += other.inferred;
        self.unknown += other.unknown;
    }
}

fn row(cells: &[impl AsRef<str>]) -> String {
    let mut out = String::new();
    for cell in cells {
        let _ = write!(out, "| {} ", cell.as_ref());
    }
    out.push_str("|\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project;
    use gw2_protocol::Table;

    #[test]
    fn figures_are_counted() {
        let text = "schema mine build 5 table gs2c\n\
                    0x0001 NAMED { a: u8 as hex \"Said\" optional { b: u16 inferred u8 } }\n\
                    0x0002 { u8 unknown }\n0x0003 {}";
        let library = Library::load(&[("mine.schema".to_owned(), text.to_owned())]);
        let table = library.table("mine", Table::Gs2c);
        assert_eq!(
            Coverage::of(&table).row(&table),
            "| mine | `gs2c` | 3 | 1 | 1 | 1 | 6 | 2 | 1 | 1 | 1 |\n"
        );
    }

    #[test]
    fn the_page_in_docs_is_up_to_date() {
        let written = std::fs::read_to_string(project::root().join(PAGE)).unwrap();
        assert!(
            written == page(&Library::load(&[])),
            "{PAGE} is stale; write it anew with `cargo xtask schema coverage --write`"
        );
    }
}
