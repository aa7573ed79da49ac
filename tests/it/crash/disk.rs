//! A disk that is full, and one that cannot be written. Both are small file systems in memory, which takes the right to mount.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Backend, Process};

/// A file system of its own, unmounted when it is dropped.
pub struct Disk(tempfile::TempDir);

impl Disk {
    /// None, with a word on standard error, where mounting is not allowed.
    pub fn of(kilobytes: u32) -> Option<Disk> {
        let folder = tempfile::tempdir().unwrap();
        let done = Command::new("mount").args(["-t", "tmpfs", "-o", &format!("size={kilobytes}k"), "none"]).arg(folder.path()).output();
        match done {
            Ok(done) if done.status.success() => Some(Disk(folder)),
            _ => {
                eprintln!("skipped: this user may not mount a file system");
                None
            }
        }
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes until nothing fits.
    pub fn fill(&self) -> PathBuf {
        use std::io::Write;
        let path = self.path().join("filler");
        let mut file = std::fs::File::create(&path).unwrap();
        for size in [4096, 1] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
        path
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

#[test]
fn on_a_full_disk_requests_are_told_to_come_back_and_do() {
    let Some(disk) = Disk::of(8192) else { return };
    let database = disk.path().join("hufu.sqlite");
    // The log is elsewhere: a server must not need it to answer.
    let process = Process::with(Backend::Sqlite, &[("database_url", database.to_str().unwrap())]).unwrap();
    let token = super::operator(&process);
    let client = process.client().bearer(&token);
    let draft = super::draft_of_a_provider(&client);
    client.post_json("/v1/certificates", &draft).expect(201);
    let filler = disk.fill();
    let mut refused = 0;
    let mut issued = 1;
    // What was allocated before may still take a few.
    for _ in 0..40 {
        let answer = client.header("idempotency-key", &format!("full-{issued}")).post_json("/v1/certificates", &draft);
        match answer.status {
            201 => issued += 1,
            _ => {
                assert_eq!(answer.header("retry-after"), "2", "{answer}\n{}", process.log());
                answer.problem(503, "http.unavailable");
                refused += 1;
            }
        }
        if refused == 3 {
            break;
        }
    }
    assert_eq!(refused, 3, "the disk was full");
    process.client().get("/health/live").expect(200);
    let listed = |limit: usize| client.get("/v1/certificates?limit=200").expect(200).json()["items"].as_array().unwrap().len() == limit;
    assert!(listed(issued), "what was issued is still read");
    std::fs::remove_file(filler).unwrap();
    client.header("idempotency-key", &format!("full-{issued}")).post_json("/v1/certificates", &draft).expect(201);
    assert!(listed(issued + 1));
}

#[test]
fn on_a_disk_that_cannot_be_written_the_server_says_so_and_does_not_start() {
    let Some(disk) = Disk::of(8192) else { return };
    let Some(process) = Process::with(Backend::Sqlite, &[]) else { return };
    assert!(Command::new("mount").args(["-o", "remount,ro"]).arg(disk.path()).status().unwrap().success());
    let done = process.command(&["serve"]).env("HUFU_DATA_DIR", disk.path()).output().unwrap();
    let words = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(5), "{words}");
    assert!(words.contains("cannot write to the data folder") && words.contains(disk.path().to_str().unwrap()), "{words}");
}
