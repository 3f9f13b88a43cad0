//! A connection of which only exported records are left: see [`crate::pdu`].

use super::{Connection, Options};
use crate::direction::Server;
use crate::handshake::Version;
use crate::pdu::{Header, Pdu, Replayed};
use crate::schema::Catalog;

impl Connection {
    /// The connection that a record is of, as far as its header says. Nothing is to be fed to it.
    pub fn exported(server: Server, header: &Header<'_>, options: Options, catalog: &Catalog) -> Self {
        let mut connection = Self::new(server, options);
        connection.exported = true;
        connection.handshake.version = header.build.map(|build| Version {
            server,
            build: Some(build),
            character: None,
        });
        // What a user chose goes before the set that decoded it then; that set may not exist here.
        let chosen = |name: &str| catalog.select(header.build, Some(name));
        let options = connection.options.schema.as_deref();
        connection.set = options
            .and_then(chosen)
            .or_else(|| chosen(header.set))
            .or_else(|| connection.select(catalog));
        connection
    }

    /// Whether this stands for a connection of which records were exported: they carry its plaintext themselves.
    pub fn is_exported(&self) -> bool {
        self.exported
    }

    /// What a record of this connection holds.
    pub fn replay(&self, pdu: &Pdu<'_>, catalog: &Catalog) -> Replayed {
        Replayed::new(pdu, self.message_set(pdu.header.direction, catalog))
    }

    /// The name of the schema set that decodes this connection; empty as long as none does.
    pub fn set_name<'c>(&self, catalog: &'c Catalog) -> &'c str {
        self.set.map_or("", |selected| catalog.set_name(selected.set))
    }
}
