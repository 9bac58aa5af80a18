//! Whether what is in memory may be written to a disk in the clear: a swap space that is neither encrypted nor compressed memory.
//! It only looks; what to do about it is the person's choice.
use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// How deep devices may lie on each other (a file system on LVM on LUKS on a partition has three).
const DEEPEST: u8 = 8;

/// Whether a swap space is in use that a reader of the disk could read.
pub fn is_readable() -> bool {
    let swaps = fs::read_to_string("/proc/swaps").unwrap_or_default();
    spaces(&swaps).any(|space| {
        let Ok(meta) = fs::metadata(&space) else { return true };
        // a partition is a device; a file lies on one
        let device = if meta.rdev() != 0 { meta.rdev() } else { meta.dev() };
        // as Linux packs them
        let (major, minor) =
            ((device >> 8 & 0xfff) | (device >> 32 & !0xfff), (device & 0xff) | (device >> 12 & !0xff));
        !is_closed(&PathBuf::from(format!("/sys/dev/block/{major}:{minor}")), DEEPEST)
    })
}

/// The files and devices of `/proc/swaps`.
fn spaces(swaps: &str) -> impl Iterator<Item = PathBuf> {
    // spaces in a name are written as `\040`
    swaps
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().next())
        .map(|name| name.replace("\\040", " ").into())
}

/// Whether a block device is memory, or lies on encrypted ones alone.
fn is_closed(device: &Path, depth: u8) -> bool {
    let name = fs::canonicalize(device).ok().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    if name.is_some_and(|name| name.starts_with("zram")) {
        return true;
    }
    if fs::read_to_string(device.join("dm/uuid")).is_ok_and(|uuid| uuid.starts_with("CRYPT-")) {
        return true;
    }
    let below: Vec<_> = fs::read_dir(device.join("slaves")).into_iter().flatten().flatten().collect();
    depth > 0 && !below.is_empty() && below.iter().all(|entry| is_closed(&entry.path(), depth - 1))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn device(dir: &Path, name: &str, uuid: Option<&str>, below: &[&str]) -> PathBuf {
        let device = dir.join(name);
        fs::create_dir_all(device.join("dm")).unwrap();
        fs::create_dir_all(device.join("slaves")).unwrap();
        if let Some(uuid) = uuid {
            fs::write(device.join("dm/uuid"), uuid).unwrap();
        }
        for one in below {
            std::os::unix::fs::symlink(dir.join(one), device.join("slaves").join(one)).unwrap();
        }
        device
    }

    #[test]
    fn a_swap_space_is_closed_when_all_that_it_lies_on_is() {
        let dir = tempfile::tempdir().unwrap();
        let plain = device(dir.path(), "sda2", None, &[]);
        let locked = device(dir.path(), "dm-0", Some("CRYPT-LUKS2-x"), &["sda2"]);
        let volume = device(dir.path(), "dm-1", Some("LVM-x"), &["dm-0"]);
        let mixed = device(dir.path(), "dm-2", Some("LVM-y"), &["dm-0", "sda2"]);
        let memory = device(dir.path(), "zram0", None, &[]);
        assert!(
            !is_closed(&plain, DEEPEST) && !is_closed(&mixed, DEEPEST) && !is_closed(&dir.path().join("none"), DEEPEST)
        );
        assert!(is_closed(&locked, DEEPEST) && is_closed(&volume, DEEPEST) && is_closed(&memory, DEEPEST));
        let listed = "Filename Type Size Used Priority\n/swap\\040file file 1 0 -2\n/dev/zram0 partition 1 0 5\n";
        assert_eq!(spaces(listed).collect::<Vec<_>>(), [PathBuf::from("/swap file"), "/dev/zram0".into()]);
    }
}
