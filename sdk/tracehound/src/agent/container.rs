//! Which container this is, for the headers that let the agent add the container's tags.
//!
//! With the host's cgroup namespace `/proc/self/cgroup` names the container:
//!
//! ```text
//! 13:name=systemd:/docker/3726184226f5d3147c25fdeab5b60097e378e8a720503a5e19ecfdf29f869860
//! 0::/kubepods.slice/kubepods-besteffort.slice/cri-containerd-<64 hex digits>.scope
//! ```
//!
//! In a namespace of its own it reads `0::/`; then the inode of the cgroup's directory is told, which the agent looks
//! up. Source: agent-protocol 1.3.

use std::fs;
use std::path::Path;

/// How much of `/proc/self/cgroup` is read; it has a line for each of a dozen controllers.
const MAX_CGROUP: usize = 64 * 1024;

/// The inode of the host's cgroup namespace, fixed in the kernel's `include/linux/proc_ns.h`.
#[cfg(target_os = "linux")]
const HOST_NAMESPACE: u64 = 0xeffffffb;

/// Who we are to the agent.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Container {
    /// The container's id, if the kernel shows it.
    pub(super) id: Option<String>,
    /// `ci-<container id>`, or `in-<inode of the cgroup>`.
    pub(super) entity: Option<String>,
}

impl Container {
    /// Finds out from the running system.
    pub(super) fn detect() -> Self {
        Self::from_files(Path::new("/proc/self/cgroup"), Path::new("/sys/fs/cgroup"), !in_host_namespace())
    }

    fn from_files(cgroup: &Path, mount: &Path, own_namespace: bool) -> Self {
        let Ok(mut cgroup) = fs::read(cgroup) else { return Self::default() };
        cgroup.truncate(MAX_CGROUP);
        let cgroup = String::from_utf8_lossy(&cgroup);
        let id = cgroup.lines().filter_map(path).find_map(container_id);
        let entity = match id {
            Some(id) => Some(format!("ci-{id}")),
            None if own_namespace => inode(&cgroup, mount).map(|inode| format!("in-{inode}")),
            None => None,
        };
        Self { id: id.map(str::to_owned), entity }
    }
}

/// The path of a line `id:controllers:path`.
fn path(line: &str) -> Option<&str> {
    let mut parts = line.splitn(3, ':');
    let number = parts.next()?;
    parts.next()?;
    parts.next().filter(|_| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The id a path ends with: 64 hex digits (Docker, containerd), a UUID (Garden, Fargate) or 32 hex digits and a number
/// (ECS).
fn container_id(path: &str) -> Option<&str> {
    let path = path.trim_end();
    let path = path.strip_suffix(".scope").unwrap_or(path);
    hex_suffix(path, &[64])
        .or_else(|| hex_suffix(path, &[8, 4, 4, 4, 12]))
        .or_else(|| hex_suffix(path, &[8, 4, 4, 4, 4]))
        .or_else(|| task_suffix(path))
}

/// The end of `path`, if it is groups of lower-case hex digits of these lengths, joined by `-` or `_`.
fn hex_suffix<'a>(path: &'a str, groups: &[usize]) -> Option<&'a str> {
    let len = groups.iter().sum::<usize>() + groups.len() - 1;
    let suffix = path.get(path.len().checked_sub(len)?..)?;
    let mut parts = suffix.split(['-', '_']);
    let fits = groups.iter().all(|&len| parts.next().is_some_and(|part| part.len() == len && is_hex(part)));
    fits.then_some(suffix)
}

/// The end of `path`, if it is 32 hex digits, a hyphen and digits.
fn task_suffix(path: &str) -> Option<&str> {
    let (front, number) = path.rsplit_once('-')?;
    let id = front.get(front.len().checked_sub(32)?..)?;
    let fits = is_hex(id) && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| path.get(front.len() - 32..)).flatten()
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The inode of our cgroup's directory: the memory controller's under version 1, else the one directory of version 2.
#[cfg(unix)]
fn inode(cgroup: &str, mount: &Path) -> Option<u64> {
    use std::os::unix::fs::MetadataExt;
    let of = |controller: &str| {
        let node = cgroup.lines().find(|line| line.split(':').nth(1) == Some(controller)).and_then(path)?;
        fs::metadata(mount.join(controller).join(node.trim_start_matches('/'))).ok().map(|metadata| metadata.ino())
    };
    of("memory").or_else(|| of(""))
}

#[cfg(not(unix))]
fn inode(_: &str, _: &Path) -> Option<u64> {
    None
}

/// Whether this process sees the host's cgroups, where an inode would say nothing about a container.
#[cfg(target_os = "linux")]
fn in_host_namespace() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self/ns/cgroup").is_ok_and(|metadata| metadata.ino() == HOST_NAMESPACE)
}

#[cfg(not(target_os = "linux"))]
fn in_host_namespace() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    // The forms other tracers document and test.
    #[test]
    fn the_container_is_named_by_the_end_of_a_path() {
        let hex = "3726184226f5d3147c25fdeab5b60097e378e8a720503a5e19ecfdf29f869860";
        for (line, expected) in [
            (format!("13:name=systemd:/docker/{hex}"), Some(hex)),
            (format!("11:perf_event:/kubepods/besteffort/pod3d274242-8ee0-11e9-a8a6-1e68d864ef1a/{hex}"), Some(hex)),
            (format!("0::/kubepods.slice/cri-containerd-{hex}.scope"), Some(hex)),
            (
                "1:name=systemd:/ecs/34dc0b5e626f2c5c4c5170e34b10e765-1234567890".into(),
                Some("34dc0b5e626f2c5c4c5170e34b10e765-1234567890"),
            ),
            ("1:name=systemd:/garden/6f265890-5165-7fab-6b52-18d1".into(), Some("6f265890-5165-7fab-6b52-18d1")),
            ("4:cpu:/pod3d274242_8ee0_11e9_a8a6_1e68d864ef1a".into(), Some("3d274242_8ee0_11e9_a8a6_1e68d864ef1a")),
            ("4:cpu:/task/432624d2-150f-4ed4-8c09-b1e8bb7a4a3f".into(), Some("432624d2-150f-4ed4-8c09-b1e8bb7a4a3f")),
            ("0::/".into(), None),
            ("0::/user.slice/user-0.slice/session-14.scope".into(), None),
            (format!("no line/{hex}"), None),
            (format!("x:cpu:/docker/{hex}"), None),
            (format!("1:cpu:/docker/{}", hex.to_uppercase()), None),
            ("1:cpu:/é/é".into(), None),
            (String::new(), None),
        ] {
            assert_eq!(path(&line).and_then(container_id), expected, "{line}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn without_a_name_the_inode_of_the_cgroup_stands_for_the_container() {
        use std::os::unix::fs::MetadataExt;
        let dir = std::env::temp_dir().join(format!("tracehound-container-{}", std::process::id()));
        fs::create_dir_all(dir.join("mount/memory/a")).unwrap();
        fs::create_dir_all(dir.join("mount/b")).unwrap();
        let ino = |path: &str| fs::metadata(dir.join("mount").join(path)).unwrap().ino();
        let hex = "0123456789abcdef".repeat(4);
        for (cgroup, own_namespace, expected) in [
            ("0::/b\n".to_owned(), true, Some(format!("in-{}", ino("b")))),
            ("0::/\n".to_owned(), true, Some(format!("in-{}", ino("")))),
            ("5:memory:/a\n0::/b\n".to_owned(), true, Some(format!("in-{}", ino("memory/a")))),
            ("0::/gone\n".to_owned(), true, None),
            ("0::/b\n".to_owned(), false, None),
            (format!("0::/docker/{hex}\n"), false, Some(format!("ci-{hex}"))),
        ] {
            let file = dir.join("cgroup");
            fs::write(&file, &cgroup).unwrap();
            assert_eq!(Container::from_files(&file, &dir.join("mount"), own_namespace).entity, expected, "{cgroup:?}");
        }
        assert_eq!(Container::from_files(&dir.join("none"), &dir, true), Container::default());
        fs::remove_dir_all(&dir).unwrap();
    }
}
