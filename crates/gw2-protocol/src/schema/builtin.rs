//! The schema files under `schemas/`, carried in the program.

macro_rules! schema_file {
    ($path:literal) => {
        (
            concat!("schemas/", $path),
            include_str!(concat!("../../../../schemas/", $path)),
        )
    };
}

/// Name and text of each built-in schema file.
pub const BUILTIN_FILES: &[(&str, &str)] = &[
    schema_file!("2026-205780/c2gs.schema"),
    schema_file!("2026-205780/gs2c.schema"),
    schema_file!("2026-205780/c2ls.schema"),
    schema_file!("2025-08/c2gs.schema"),
    schema_file!("2025-08/gs2c.schema"),
    schema_file!("2025-08/c2ls.schema"),
    schema_file!("2013-21315/c2gs.schema"),
    schema_file!("2013-21315/gs2c.schema"),
    schema_file!("2013-21315/c2ls.schema"),
    schema_file!("2013-21315/ls2c.schema"),
];
