//! `cargo xtask schema diff`

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::ValueEnum;
use gw2_protocol::Table;
use gw2_protocol::schema::{Schema, print_table};

use crate::schema::diff::{Report, carry, compare};
use crate::schema::files;
use crate::schema::library::{Library, OwnTable, Tables};
use crate::schema::message;

/// Options of `cargo xtask schema diff`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The older tables: a set's name, a client build, a schema file, or a folder of those of one set
    #[arg(value_name = "OLD")]
    old: String,
    /// The newer tables
    #[arg(value_name = "NEW")]
    new: String,
    /// Only this table: c2gs, gs2c, c2ls or ls2c [default: all that both have]
    #[arg(long, value_name = "TAG", value_parser = super::table)]
    table: Option<Table>,
    /// List each pair on a line of its own, and all messages that only one of the two has
    #[arg(long)]
    all: bool,
    /// What to write
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The least confidence of a proposal
    #[arg(long, value_name = "CONFIDENCE", default_value_t = 0.9, value_parser = confidence)]
    at_least: f64,
    /// Lay this schema file, or the files of this folder, over the built-in ones; may be repeated
    #[arg(long, value_name = "PATH")]
    with: Vec<PathBuf>,
}

/// What `diff` writes.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Proposals for people
    Text,
    /// A schema file for the new set with the names that only the old one has; of one table
    Schema,
}

fn confidence(text: &str) -> Result<f64> {
    match text.parse() {
        Ok(number) if (0.5..=1.0).contains(&number) => Ok(number),
        _ => bail!("a confidence is a number from 0.5 to 1"),
    }
}

/// Compares two sets.
pub fn run(arguments: &Arguments) -> Result<String> {
    let library = Library::load(&files::read(&arguments.with)?);
    let (old, new) = (library.named(&arguments.old)?, library.named(&arguments.new)?);
    let both = pairs_of_tables(&old, &new, arguments.table);
    if both.is_empty() {
        bail!(
            "{} and {} have no {} in common",
            old.name,
            new.name,
            arguments.table.map_or("table", Table::tag)
        );
    }
    match arguments.format {
        Format::Text => both
            .into_iter()
            .map(|(one, other)| {
                let report = Report {
                    old: (&old.name, one),
                    new: (&new.name, other),
                    at_least: arguments.at_least,
                    all: arguments.all,
                };
                report.text()
            })
            .collect(),
        Format::Schema => match both.as_slice() {
            [(one, other)] => schema_file(arguments.at_least, (&old.name, one), (&new.name, other)),
            _ => bail!("a schema file is of one table; add --table c2gs or another that both sets have"),
        },
    }
}

fn pairs_of_tables<'a>(
    old: &'a Tables,
    new: &'a Tables,
    wanted: Option<Table>,
) -> Vec<(&'a OwnTable, &'a OwnTable)> {
    let of_new = |table: Table| new.tables.iter().find(|other| other.table == table);
    let pairs = old
        .tables
        .iter()
        .filter_map(|one| Some((one, of_new(one.table)?)));
    pairs
        .filter(|(one, _)| wanted.is_none_or(|table| one.table == table))
        .collect()
}

fn schema_file(at_least: f64, old: (&str, &OwnTable), new: (&str, &OwnTable)) -> Result<String> {
    let comparison = compare(&old.1.messages, &new.1.messages);
    let mut file = message::empty_table(new.0, new.1.table)?;
    file.source = Some(format!(
        "names of {}, carried over by cargo xtask schema diff from confidence {at_least}",
        old.0
    ));
    let sure = comparison.pairs.iter().filter(|pair| pair.confidence >= at_least);
    let mut messages: Vec<Schema> = sure.filter_map(|pair| carry(pair.old, pair.new)).collect();
    messages.sort_by_key(|schema| schema.opcode);
    // Said once for all of them, which are known in one way.
    file.evidence = messages.first().and_then(|schema| schema.evidence);
    for schema in &mut messages {
        schema.evidence = None;
    }
    message::put_messages(&mut file, messages);
    eprintln!(
        "{} of {} with more names",
        super::counted(file.messages.len(), "message"),
        new.0
    );
    Ok(print_table(&file))
}
