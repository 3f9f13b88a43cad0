//! One module for each command.

pub mod bench;
pub mod demo;
pub mod dist;
pub mod doctor;
pub mod fuzz;
pub mod install;
pub mod keys;
pub mod schema;
pub mod screenshots;
pub mod test;
