//! What `cargo xtask schema` does, apart from its command line: reading, importing, comparing and counting tables.

pub mod coverage;
pub mod diff;
pub mod files;
pub mod import;
pub mod library;
pub mod message;
pub mod wire_size;
