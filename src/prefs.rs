//! Preferences: Edit → Preferences → Protocols → GW2.

use crate::environment;
use gw2_protocol::block::{Codec, Compression};
use gw2_protocol::connection::Options;
use std::path::PathBuf;
use wireshark_ffi::{BoolPref, Choice, EnumPref, PreferenceModule, Protocol, RegisterError, StringPref};

/// The environment variable that gives the key log's default path.
const KEYLOG_VARIABLE: &str = "GW2_KEYLOGFILE";

/// The preferences.
pub struct Prefs {
    keylog_file: StringPref,
    schema_dir: StringPref,
    schema: StringPref,
    compression: EnumPref,
    portal_elements: StringPref,
    export_secrets: BoolPref,
}

impl Prefs {
    /// Registers them.
    pub fn register(protocol: Protocol) -> Result<Self, RegisterError> {
        let module = PreferenceModule::register(protocol, environment::preferences_applied)?;
        let keylog = std::env::var(KEYLOG_VARIABLE).unwrap_or_default();
        let prefs = Self {
            keylog_file: module.filename(
                "keylog_file",
                "Key log file",
                "The file that a key exporter in the client's process appends to; it is watched, so that keys are \
                 found as they are written. The default is the environment variable GW2_KEYLOGFILE.",
                &keylog,
            )?,
            schema_dir: module.directory(
                "schema_dir",
                "Schema folder",
                "A folder of schema files (*.schema) that extend and override the built-in message tables. Changed files are \
                 read again when preferences are applied and when a capture is opened or reloaded.",
                "",
            )?,
            schema: module.string(
                "schema",
                "Schema set",
                "\"auto\" chooses the set by the client build in the version frame; or the name of a set, \
                 such as 2026-205780.",
                "auto",
            )?,
            compression: module.enumeration(
                "compression",
                "Compression of server blocks",
                "How server blocks that are not stored are coded. \"auto\" tries LZ4, then zlib, then deflate; \
                 \"none\" says that the server's stream has no blocks at all.",
                &COMPRESSIONS,
                0,
            )?,
            export_secrets: module.boolean(
                "export_secrets",
                "Export secret portal contents",
                "Export Objects and Export PDUs leave out what portal messages under /Auth/ carry (passwords, session \
                 and resume tokens) and what is of unknown path. This exports them as well: do not share the files.",
                false,
            )?,
            portal_elements: module.string(
                "portal_elements",
                "Further elements of portal bodies",
                "Names of XML elements, with commas between them, that are to be fields of their own beside the known \
                 ones: Nickname becomes gw2.portal.xml.Nickname.",
                "",
            )?,
        };
        module.changes_fields("schema_dir")?;
        module.changes_fields("portal_elements")?;
        Ok(prefs)
    }

    /// The key log's path, if one is set.
    pub fn keylog_file(&self) -> Option<PathBuf> {
        path(self.keylog_file.get())
    }

    /// The names of elements that are to be fields too.
    pub fn portal_elements(&self) -> String {
        self.portal_elements.get()
    }

    /// The folder of the user's schema files, if one is set.
    pub fn schema_dir(&self) -> Option<PathBuf> {
        path(self.schema_dir.get())
    }

    /// How connections are to be decoded.
    pub fn options(&self) -> Options {
        let schema = self.schema.get().trim().to_owned();
        Options {
            compression: match self.compression.get() {
                1 => Compression::Only(Codec::Lz4),
                2 => Compression::Only(Codec::Zlib),
                3 => Compression::Only(Codec::Deflate),
                4 => Compression::None,
                _ => Compression::Auto,
            },
            schema: (!schema.is_empty() && schema != "auto").then_some(schema),
        }
    }

    /// Whether exports include what is secret.
    pub fn export_secrets(&self) -> bool {
        self.export_secrets.get()
    }
}

const COMPRESSIONS: [Choice<'static>; 5] = [
    Choice {
        name: "auto",
        title: "Automatic",
        value: 0,
    },
    Choice {
        name: "lz4",
        title: "LZ4",
        value: 1,
    },
    Choice {
        name: "zlib",
        title: "zlib",
        value: 2,
    },
    Choice {
        name: "deflate",
        title: "Deflate",
        value: 3,
    },
    Choice {
        name: "none",
        title: "No blocks",
        value: 4,
    },
];

fn path(text: String) -> Option<PathBuf> {
    (!text.is_empty()).then(|| PathBuf::from(text))
}
