//! One module for each command.

pub mod demo;
pub mod install;
pub mod schema;
pub mod test;
