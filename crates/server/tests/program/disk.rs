//! A small disk of its own, that a test fills: a file system in memory.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

pub struct Disk {
    pub path: PathBuf,
}

impl Disk {
    /// Mounts a disk of so many MiB. Needs the right to mount, as root has.
    pub fn mount(path: &Path, mib: u32) -> Result<Self, String> {
        fs::create_dir_all(path).unwrap();
        let size = format!("size={mib}m");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(path);
        let done = mount.output().map_err(|e| e.to_string())?;
        if done.status.success() {
            Ok(Self { path: path.to_owned() })
        } else {
            Err(String::from_utf8_lossy(&done.stderr).into_owned())
        }
    }

    fn ballast(&self) -> PathBuf {
        self.path.join("lest")
    }

    /// Takes all the room that is left.
    pub fn fill(&self) {
        let mut file = fs::File::create(self.ballast()).unwrap();
        for size in [1 << 20, 1 << 16, 1 << 12, 1] {
            let block = vec![0; size];
            while file.write_all(&block).is_ok() {}
        }
    }

    /// Gives it back.
    pub fn free(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.path).status();
    }
}
