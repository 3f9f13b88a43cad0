//! Schema files on disk, found as the plugin finds them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// The ending of schema files.
const ENDING: &str = "schema";

/// How deep the plugin looks into a folder's folders.
const MAX_DEPTH: usize = 3;

/// Name and text of each file that the paths name: a file itself, of a folder all `*.schema` below it,
/// in the plugin's order.
///
/// # Errors
/// When a path can't be read, or a folder holds no schema file.
pub fn read(paths: &[PathBuf]) -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let mut found = find(path)?;
            if found.is_empty() {
                bail!("there is no *.{ENDING} file below {}", path.display());
            }
            found.sort();
            for file in found {
                files.push(read_one(&file)?);
            }
        } else {
            files.push(read_one(path)?);
        }
    }
    Ok(files)
}

fn read_one(path: &Path) -> Result<(String, String)> {
    let text =
        fs::read_to_string(path).with_context(|| format!("reading the schema file {}", path.display()))?;
    Ok((path.display().to_string(), text))
}

/// The schema files below a folder.
///
/// # Errors
/// When a folder can't be read.
pub fn find(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    find_below(folder, MAX_DEPTH, &mut files)?;
    Ok(files)
}

fn find_below(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("reading the folder {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            if let Some(depth) = depth.checked_sub(1) {
                find_below(&path, depth, files)?;
            }
        } else if path.extension().is_some_and(|ending| ending == ENDING) {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_searched_three_deep_in_the_order_of_names() {
        let folder = tempfile::tempdir().unwrap();
        let put = |path: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "text").unwrap();
        };
        for path in [
            "b.schema",
            "a/c.schema",
            "a/1/2/d.schema",
            "a/1/2/3/e.schema",
            "readme.md",
        ] {
            put(path);
        }
        let names: Vec<String> = read(&[folder.path().to_owned()])
            .unwrap()
            .into_iter()
            .map(|(name, _)| name.replace(&folder.path().display().to_string(), ""))
            .collect();
        assert_eq!(names, ["/a/1/2/d.schema", "/a/c.schema", "/b.schema"]);
    }

    #[test]
    fn what_is_not_there_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let error = read(&[folder.path().to_owned()]).unwrap_err();
        assert!(
            error.to_string().contains("there is no *.schema file below"),
            "{error}"
        );
        let error = read(&[folder.path().join("none.schema")]).unwrap_err();
        assert!(error.to_string().contains("none.schema"), "{error}");
    }
}
