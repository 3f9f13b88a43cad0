//! Schema files: any text is read to its end, and what is right is printed and read again.
#![no_main]

use gw2_protocol::schema::{parse, print_table};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (table, errors) = parse("fuzz", text);
    let lines = text.lines().count().max(1);
    for error in errors {
        assert!(error.line as usize <= lines, "{error}");
    }
    if let Some(table) = table {
        let printed = print_table(&table);
        let (again, errors) = parse("printed", &printed);
        assert_eq!(errors, [], "{printed}");
        assert_eq!(again.as_ref(), Some(&table), "{printed}");
    }
});
