//! Release archives: the same files give the same bytes, whenever and wherever they are packed.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;

/// A file of an archive.
#[derive(Clone, Debug)]
pub struct Member {
    /// Where it is.
    pub file: PathBuf,
    /// What it is called in the archive, with slashes.
    pub name: String,
    /// Whether it is a program or a library.
    pub executable: bool,
}

impl Member {
    /// A file that one reads.
    pub fn text(file: PathBuf, name: impl Into<String>) -> Self {
        Self {
            file,
            name: name.into(),
            executable: false,
        }
    }

    /// A program or a library.
    pub fn program(file: PathBuf, name: impl Into<String>) -> Self {
        Self {
            executable: true,
            ..Self::text(file, name)
        }
    }

    fn mode(&self) -> u32 {
        if self.executable { 0o755 } else { 0o644 }
    }
}

/// Packs files into `folder/NAME.tar.gz`, below a folder of that name; says where.
pub fn tar_gz(folder: &Path, name: &str, members: &[Member]) -> Result<PathBuf> {
    let path = folder.join(format!("{name}.tar.gz"));
    let file = File::create(&path).with_context(|| format!("writing {}", path.display()))?;
    let mut tar = tar::Builder::new(GzEncoder::new(file, Compression::best()));
    for member in members {
        let bytes = read(member)?;
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(member.mode());
        header.set_cksum();
        tar.append_data(&mut header, format!("{name}/{}", member.name), &*bytes)?;
    }
    tar.into_inner()?.finish()?.sync_all()?;
    Ok(path)
}

/// Packs files into `folder/NAME.zip`, below a folder of that name; says where.
pub fn zip(folder: &Path, name: &str, members: &[Member]) -> Result<PathBuf> {
    let path = folder.join(format!("{name}.zip"));
    let file = File::create(&path).with_context(|| format!("writing {}", path.display()))?;
    let mut zip = zip::ZipWriter::new(file);
    for member in members {
        let options = SimpleFileOptions::default().unix_permissions(member.mode());
        zip.start_file(format!("{name}/{}", member.name), options)?;
        zip.write_all(&read(member)?)?;
    }
    zip.finish()?.sync_all()?;
    Ok(path)
}

/// Writes `SHA256SUMS` for archives, as `sha256sum --check` reads it.
pub fn checksums(folder: &Path, archives: &[PathBuf]) -> Result<()> {
    let mut text = String::new();
    for archive in archives {
        let digest = Sha256::digest(fs::read(archive)?);
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let name = archive.file_name().unwrap_or_default().to_string_lossy();
        text += &format!("{digest}  {name}\n");
    }
    let path = folder.join("SHA256SUMS");
    fs::write(&path, text).with_context(|| format!("writing {}", path.display()))
}

fn read(member: &Member) -> Result<Vec<u8>> {
    fs::read(&member.file).with_context(|| format!("reading {}", member.file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_files_give_the_same_archives() {
        let home = tempfile::tempdir().unwrap();
        let readme = home.path().join("README.md");
        fs::write(&readme, "read me").unwrap();
        let members = [
            Member::text(readme.clone(), "README.md"),
            Member::program(readme, "4.0/gw2.dll"),
        ];
        let pack = || {
            let archives = [
                tar_gz(home.path(), "one", &members).unwrap(),
                zip(home.path(), "one", &members).unwrap(),
            ];
            archives.map(|archive| fs::read(archive).unwrap())
        };
        assert_eq!(pack(), pack());
    }

    #[test]
    fn checksums_are_those_of_sha256sum() {
        let home = tempfile::tempdir().unwrap();
        let archive = home.path().join("a.zip");
        fs::write(&archive, "abc").unwrap();
        checksums(home.path(), &[archive]).unwrap();
        // FIPS 180-2, appendix B.1
        assert_eq!(
            fs::read_to_string(home.path().join("SHA256SUMS")).unwrap(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a.zip\n"
        );
    }
}
