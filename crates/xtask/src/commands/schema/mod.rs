//! `cargo xtask schema`

mod check;
mod coverage;
mod diff;
mod import;
mod list;
mod show;

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Result, anyhow};
use clap::Subcommand;
use gw2_protocol::Table;

use crate::schema::files;
use crate::schema::library::{Library, OneTable};

/// Options of `cargo xtask schema`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Say what is wrong with schema files, as the plugin would
    ///
    /// The files are laid over the built-in ones, as those of the preference `gw2.schema_dir` are. Each
    /// problem is a line `FILE:LINE:COLUMN: what is wrong`; with any, the exit code is 1.
    Check(check::Arguments),
    /// List messages, one a line: set, table, opcode, name, fields
    List(list::Arguments),
    /// Show everything about a message: source, size on the wire, display filter fields
    Show(show::Arguments),
    /// Propose which opcode became which between two client builds
    ///
    /// The fields of the messages and their order say which message is which; docs/schema-commands.md
    /// says how, and what the confidence means. With `--format schema` the result is a schema file that
    /// carries the old set's names over to the new set.
    Diff(diff::Arguments),
    /// Turn another program's dump of a table into a schema file
    ///
    /// The form is recognised by the content: a table of facts (`0x0012<tab>NAME<tab>04 02`), a dump of
    /// kx-packet-inspector's schema decoders (the complete markdown layout, or the text of the
    /// interactive one), gw2-unity's chains in JSON. What the dump leaves open becomes `?` or `unknown`.
    Import(import::Arguments),
    /// Count what is known: messages, names, descriptions, for each table
    Coverage(coverage::Arguments),
}

/// Runs the command and prints its result.
pub fn run(arguments: &Arguments) -> Result<()> {
    print(&output(arguments)?)
}

fn output(arguments: &Arguments) -> Result<String> {
    match &arguments.action {
        Action::Check(arguments) => check::run(arguments),
        Action::List(arguments) => list::run(arguments),
        Action::Show(arguments) => show::run(arguments),
        Action::Diff(arguments) => diff::run(arguments),
        Action::Import(arguments) => import::run(arguments),
        Action::Coverage(arguments) => coverage::run(arguments),
    }
}

/// Which tables a command is about.
#[derive(clap::Args)]
struct Selection {
    /// Only this set: its name or a client build [default: all sets]
    #[arg(long, value_name = "SET")]
    set: Option<String>,
    /// Only this table: c2gs, gs2c, c2ls or ls2c [default: all tables]
    #[arg(long, value_name = "TAG", value_parser = table)]
    table: Option<Table>,
    /// Lay this schema file, or the files of this folder, over the built-in ones; may be repeated
    #[arg(long, value_name = "PATH")]
    with: Vec<PathBuf>,
}

impl Selection {
    /// The built-in tables and those that the user adds.
    fn library(&self) -> Result<Library> {
        Ok(Library::load(&files::read(&self.with)?))
    }

    /// The tables of a library that the user wants.
    fn tables<'a>(&self, library: &'a Library) -> Result<Vec<OneTable<'a>>> {
        let set = self.set.as_deref().map(|set| library.set(set)).transpose()?;
        let tables = library.tables().filter(|one| {
            set.is_none_or(|set| one.set == set) && self.table.is_none_or(|table| one.table == table)
        });
        Ok(tables.collect())
    }
}

/// Reads a table's tag from the command line.
fn table(tag: &str) -> Result<Table> {
    Table::from_tag(tag).ok_or_else(|| anyhow!("there are the tables c2gs, gs2c, c2ls and ls2c"))
}

/// Writes a command's result. That `head` or a pager reads no further is no error.
fn print(text: &str) -> Result<()> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// A number of things.
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests;
