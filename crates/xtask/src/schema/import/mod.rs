//! Tables that other programs wrote, in our schema language (docs/schema-commands.md, "import").

mod facts;
mod kx;
mod type_code;
mod unity;

use anyhow::{Context, Result, anyhow, bail};
use gw2_protocol::Table;
use gw2_protocol::schema::{Evidence, Schema, TableFile, parse, print_table};

use super::message::empty_table;

/// What the user says of a dump; it goes before what the dump says itself.
#[derive(Debug, Default)]
pub struct Wanted {
    /// The set's name.
    pub set: Option<String>,
    /// The first client build.
    pub build: Option<u32>,
    /// Which opcodes these are.
    pub table: Option<Table>,
    /// The opcode of a dump of one message that does not say it.
    pub opcode: Option<u16>,
}

/// A table, and what the user should know of how it was read.
#[derive(Debug)]
pub struct Imported {
    /// The table, in the order of opcodes.
    pub file: TableFile,
    /// The form that was recognised.
    pub form: &'static str,
    /// What was not understood, or concluded.
    pub warnings: Vec<String>,
}

/// What a dump says.
#[derive(Debug, Default)]
struct Dump {
    form: &'static str,
    build: Option<u32>,
    table: Option<Table>,
    source: Option<String>,
    evidence: Option<Evidence>,
    messages: Vec<Schema>,
    warnings: Vec<String>,
}

/// Reads a dump whose form shows in its content. `name` is the file's, without folders.
///
/// # Errors
/// When no form fits, a line is not what the form wants, or neither dump nor user say which set and
/// table it is.
pub fn import(name: &str, text: &str, wanted: &Wanted) -> Result<Imported> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let dump = read(text, wanted)?;
    let table = wanted
        .table
        .or(dump.table)
        .or_else(|| Table::ALL.into_iter().find(|table| name.starts_with(table.tag())))
        .context("the dump does not say whose opcodes these are; add --table c2gs, gs2c, c2ls or ls2c")?;
    let build = wanted.build.or(dump.build);
    let set = match (&wanted.set, build) {
        (Some(set), _) => set.clone(),
        (None, Some(build)) => build.to_string(),
        (None, None) => {
            bail!("the dump does not say which client it is of; add --set NAME or --build NUMBER")
        }
    };
    let mut file = empty_table(&set, table)?;
    file.build = build;
    file.source = dump.source.map(|source| source.replace(['\n', '\r'], " "));
    file.evidence = dump.evidence;
    file.messages = dump.messages;
    file.messages.sort_by_key(|schema| schema.opcode);
    for pair in file.messages.windows(2) {
        if let [one, other] = pair
            && one.opcode == other.opcode
        {
            bail!("opcode 0x{:04x} stands in the dump twice; remove one", one.opcode);
        }
    }
    if file.messages.is_empty() {
        bail!("the dump, {}, holds no message", dump.form);
    }
    // Names and nesting can be such as the language does not have.
    let (_, errors) = parse("the table", &print_table(&file));
    if let Some(error) = errors.first() {
        bail!(
            "what was read can't be written as a schema file: {}",
            error.message
        );
    }
    Ok(Imported {
        file,
        form: dump.form,
        warnings: dump.warnings,
    })
}

fn read(text: &str, wanted: &Wanted) -> Result<Dump> {
    if text.trim_start().starts_with('{') {
        return unity::read(text);
    }
    if text.lines().any(kx::is_table_head) {
        return kx::read(text, wanted.opcode);
    }
    if text.lines().any(facts::is_message) {
        return facts::read(text);
    }
    Err(anyhow!(
        "this is none of the forms that can be imported: a table of facts (`0x0012<tab>NAME<tab>04 02`), a dump \
         of the KX schema decoders (a `| Field # | Typecode | …` table), or gw2-unity's JSON (`\"messages\": …`)"
    ))
}

#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod tests;
