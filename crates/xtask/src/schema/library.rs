//! The tables at hand: the built-in ones and the user's over them, as the plugin loads them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use gw2_protocol::Table;
use gw2_protocol::schema::{BUILTIN_FILES, Catalog, Schema, SchemaError, SetRef, TableFile, parse};

use super::files;

/// All tables at hand.
pub struct Library {
    /// What the plugin would decode with.
    pub catalog: Catalog,
    /// What the plugin would complain of.
    pub errors: Vec<SchemaError>,
    /// Each file on its own, in the order of loading.
    files: Vec<TableFile>,
}

impl Library {
    /// The built-in tables with `files` (name, text) over them.
    pub fn load(files: &[(String, String)]) -> Self {
        let own = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        let (catalog, errors) = Catalog::load(own.clone());
        let all = BUILTIN_FILES.iter().copied().chain(own);
        Self {
            catalog,
            errors,
            files: all.filter_map(|(name, text)| parse(name, text).0).collect(),
        }
    }

    /// The sets, the newest first, and their tables that have messages.
    pub fn tables(&self) -> impl Iterator<Item = OneTable<'_>> {
        self.catalog.sets().iter().flat_map(|set| {
            Table::ALL
                .into_iter()
                .map(|table| self.table(&set.name, table))
                .filter(|table| !table.messages.is_empty())
        })
    }

    /// A set's own messages of one table: those that login takes from other sets are not among them.
    pub fn table<'a>(&'a self, set: &'a str, table: Table) -> OneTable<'a> {
        let own = self.catalog.select(None, Some(set)).map(|selected| selected.set);
        let mut messages: Vec<&Schema> = own.map_or_else(Vec::new, |own| self.own(own, table).collect());
        messages.sort_by_key(|schema| schema.opcode);
        OneTable { set, table, messages }
    }

    fn own(&self, set: SetRef, table: Table) -> impl Iterator<Item = &Schema> {
        let all = self.catalog.table(set, table).schemas();
        all.iter().filter(move |schema| schema.set == set)
    }

    /// Where the content of a table comes from, the last file that says so first.
    pub fn sources(&self, set: &str, table: Table) -> impl Iterator<Item = &str> {
        let files = self
            .files
            .iter()
            .rev()
            .filter(move |file| file.set == set && file.table == table);
        files.filter_map(|file| file.source.as_deref())
    }

    /// Whether a table is known to lack messages.
    pub fn is_partial(&self, set: &str, table: Table) -> bool {
        let first = self
            .files
            .iter()
            .find(|file| file.set == set && file.table == table);
        first.is_some_and(|file| file.partial)
    }

    /// The set that a user means by its name or a client build.
    pub fn set(&self, wanted: &str) -> Result<&str> {
        let build = wanted.parse().ok();
        if let Some(selected) = self
            .catalog
            .select(None, Some(wanted))
            .or_else(|| self.catalog.select(Some(build?), None))
        {
            return Ok(self.catalog.set_name(selected.set));
        }
        let known: Vec<&str> = self.catalog.sets().iter().map(|set| set.name.as_str()).collect();
        Err(anyhow!(
            "there is no set {wanted:?}; name one of {} or a client build",
            known.join(", ")
        ))
    }

    /// The tables that a user means by a set's name, a build, a schema file or a folder of such: what
    /// they are called, and each with its messages.
    pub fn named(&self, wanted: &str) -> Result<Tables> {
        if Path::new(wanted).exists() {
            return self.of_files(wanted);
        }
        let set = self
            .set(wanted)
            .with_context(|| format!("there is no file or folder {wanted:?}"))?;
        let tables = Table::ALL.into_iter().map(|table| OwnTable {
            table,
            partial: self.is_partial(set, table),
            messages: self.table(set, table).messages.into_iter().cloned().collect(),
        });
        Ok(Tables {
            name: set.to_owned(),
            tables: tables.filter(|table| !table.messages.is_empty()).collect(),
        })
    }

    /// What files say on their own; that one of them is for a built-in set does not lay it over that.
    fn of_files(&self, wanted: &str) -> Result<Tables> {
        let files = files::read(&[PathBuf::from(wanted)])?;
        let mut name: Option<String> = None;
        let mut tables: Vec<OwnTable> = Vec::new();
        for (path, text) in &files {
            let (file, errors) = parse(path, text);
            if let Some(error) = errors.first() {
                bail!("{error}");
            }
            let Some(file) = file else { continue };
            if let Some(other) = name.as_ref().filter(|other| **other != file.set) {
                bail!(
                    "{wanted} holds the sets {other:?} and {:?}; name a folder or file of one",
                    file.set
                );
            }
            name = Some(file.set.clone());
            self.lay(file, &mut tables);
        }
        let name = name.unwrap_or_else(|| wanted.to_owned());
        Ok(Tables { name, tables })
    }

    fn lay(&self, file: TableFile, tables: &mut Vec<OwnTable>) {
        let at = tables
            .iter()
            .position(|known| known.table == file.table)
            .unwrap_or_else(|| {
                let base = file.extends.as_deref().map(|base| self.table(base, file.table));
                tables.push(OwnTable {
                    table: file.table,
                    partial: file.partial,
                    messages: base.map_or_else(Vec::new, |base| base.messages.into_iter().cloned().collect()),
                });
                tables.len() - 1
            });
        let Some(known) = tables.get_mut(at) else { return };
        known.messages.retain(|schema| {
            let replaced = file.messages.iter().any(|new| new.opcode == schema.opcode);
            !replaced && !file.removed.contains(&schema.opcode)
        });
        known.messages.extend(file.messages);
        known.messages.sort_by_key(|schema| schema.opcode);
    }
}

/// The messages of one table of a set, in the order of opcodes.
pub struct OneTable<'a> {
    /// The set's name.
    pub set: &'a str,
    /// Which opcodes these are.
    pub table: Table,
    /// The messages.
    pub messages: Vec<&'a Schema>,
}

/// The tables of one client.
pub struct Tables {
    /// The set's name.
    pub name: String,
    /// Those that have messages.
    pub tables: Vec<OwnTable>,
}

/// One of them.
pub struct OwnTable {
    /// Which opcodes these are.
    pub table: Table,
    /// The table is known to lack messages.
    pub partial: bool,
    /// The messages, in the order of opcodes.
    pub messages: Vec<Schema>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library(text: &str) -> Library {
        Library::load(&[("mine.schema".to_owned(), text.to_owned())])
    }

    #[test]
    fn sets_are_found_by_name_and_build() {
        let library = library("");
        assert_eq!(library.set("2025-08").unwrap(), "2025-08");
        assert_eq!(library.set("205780").unwrap(), "2026-205780");
        assert_eq!(library.set("300000").unwrap(), "2026-205780");
        // For a build older than all sets the plugin takes the oldest.
        assert_eq!(library.set("2030").unwrap(), "2013-21315");
        let error = library.set("newest").unwrap_err().to_string();
        assert!(
            error.contains("there is no set \"newest\"") && error.contains("2013-21315"),
            "{error}"
        );
    }

    #[test]
    fn a_table_is_the_sets_own_messages() {
        let library = library("schema 2026-205780\ntable c2ls\n0x0001 PING {}");
        let login = library.table("2026-205780", Table::C2ls);
        let opcodes: Vec<u16> = login.messages.iter().map(|schema| schema.opcode).collect();
        assert_eq!(
            opcodes,
            [0x01, 0x1d],
            "its own, and the one laid over it, but none of login's fall-backs"
        );
    }

    #[test]
    fn files_are_taken_alone_but_for_what_they_extend() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.schema");
        let opcodes = |text: &str| {
            std::fs::write(&path, text).unwrap();
            let tables = library("").named(&path.display().to_string()).unwrap();
            let messages = &tables.tables[0].messages;
            (
                tables.name,
                messages.iter().map(|schema| schema.opcode).collect::<Vec<_>>(),
            )
        };
        let (name, alone) = opcodes("schema 2026-205780\ntable c2ls\n0x0001 {}");
        assert_eq!((name.as_str(), alone), ("2026-205780", vec![0x01]));
        let (name, over) = opcodes("schema next build 300000 table c2ls\nextends 2026-205780\n0x0001 {}");
        assert_eq!((name.as_str(), over), ("next", vec![0x01, 0x1d]));
    }
}
