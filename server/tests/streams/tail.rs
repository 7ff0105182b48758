//! Following a file that is written to, rotated and truncated.

use crate::house::{House, view};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use vigia::ingest::tail::Tail;

struct Following {
    stop: CancellationToken,
    done: JoinHandle<u64>,
}

impl Following {
    fn start(house: &House, path: &Path) -> Self {
        let known = house.intake.formats.get("vigia").expect("a format");
        let tail = Tail::new(&house.intake, known, "app", path).expect("a path");
        let stop = CancellationToken::new();
        let stopping = stop.clone();
        let done = tokio::spawn(async move { tail.run(&stopping).await.expect("follows") });
        Self { stop, done }
    }

    /// Says how many gaps there were.
    async fn stop(self) -> u64 {
        self.stop.cancel();
        self.done.await.expect("stops")
    }
}

fn write(path: &Path, text: &str) {
    let mut file = OpenOptions::new().append(true).create(true).open(path).expect("opens");
    file.write_all(text.as_bytes()).expect("writes");
}

fn line(device: &str) -> String {
    format!("{}\n", view(device))
}

#[tokio::test]
async fn a_file_is_followed_from_before_it_is_there_and_its_last_line_waits_for_its_end() {
    let house = House::new().await;
    let path = house.file("app.log");
    let following = Following::start(&house, &path);
    write(&path, &line("a"));
    house.until(&["a"]).await;
    let whole = view("b");
    let (begun, rest) = whole.split_at(20);
    write(&path, begun);
    write(&path, &format!("{rest}\n{}", view("c")));
    house.until(&["a", "b"]).await;
    following.stop().await;
    assert!(house.quarantined().await.is_empty(), "no half line was read");
}

#[tokio::test]
async fn a_rotation_loses_nothing_that_is_still_written_to_the_old_file() {
    let house = House::new().await;
    let path = house.file("app.log");
    write(&path, &line("a"));
    let following = Following::start(&house, &path);
    house.until(&["a"]).await;
    fs::rename(&path, house.file("app.log.1")).expect("renames");
    write(&house.file("app.log.1"), &line("b"));
    write(&path, &line("c"));
    house.until(&["a", "b", "c"]).await;
    // Copied and truncated, then written to again until it is longer than before.
    fs::copy(&path, house.file("app.log.2")).expect("copies");
    fs::File::create(&path).expect("truncates");
    write(&path, &format!("{}{}", line("d"), line("e")));
    house.until(&["a", "b", "c", "d", "e"]).await;
    following.stop().await;
}

#[tokio::test]
async fn what_was_read_is_not_read_again_and_what_came_meanwhile_is() {
    let house = House::new().await;
    let path = house.file("app.log");
    write(&path, &format!("{}no JSON\n", line("a")));
    let following = Following::start(&house, &path);
    house.until(&["a"]).await;
    following.stop().await;
    let ids: Vec<_> = house.quarantined().await;
    assert_eq!(ids.len(), 1);
    house.store().quarantine().remove(&[1]).await.expect("removes");

    // Rotated while nobody looked: the rest of the old file comes first.
    write(&path, &line("b"));
    fs::rename(&path, house.file("app.log.1")).expect("renames");
    write(&path, &line("c"));
    let following = Following::start(&house, &path);
    house.until(&["a", "b", "c"]).await;
    following.stop().await;
    assert!(house.quarantined().await.is_empty(), "the broken line was not read again");
}

#[tokio::test]
async fn nuls_that_truncation_leaves_before_a_line_do_no_harm() {
    let house = House::new().await;
    let path = house.file("app.log");
    write(&path, &format!("{}{}{}", "\0".repeat(700_000), line("a"), "\0".repeat(9)));
    let following = Following::start(&house, &path);
    house.until(&["a"]).await;
    write(&path, &line("b"));
    house.until(&["a", "b"]).await;
    assert_eq!(following.stop().await, 0);
    assert!(house.quarantined().await.is_empty());
    // The place in it is told by what it begins with, NULs or not.
    write(&path, &line("c"));
    let following = Following::start(&house, &path);
    house.until(&["a", "b", "c"]).await;
    following.stop().await;
}

/// Rotates by renaming, as logrotate does: the files that are there, the oldest first, get the next number.
fn rotate(house: &House, kept: usize) {
    for number in (1..kept).rev() {
        let of = |number: usize| house.file(&format!("app.log.{number}"));
        if of(number).exists() {
            fs::rename(of(number), of(number + 1)).expect("renames");
        }
    }
    fs::rename(house.file("app.log"), house.file("app.log.1")).expect("renames");
}

fn pack(path: &Path) {
    let packed = fs::File::create(format!("{}.gz", path.display())).expect("a file");
    let mut packer = flate2::write::GzEncoder::new(packed, flate2::Compression::fast());
    packer.write_all(&fs::read(path).expect("a file")).expect("packs");
    packer.finish().expect("packs");
    fs::remove_file(path).expect("removes");
}

#[tokio::test]
async fn files_that_were_rotated_one_after_another_are_all_read_in_their_order() {
    let house = House::new().await;
    let path = house.file("app.log");
    // What was there before it was followed is nobody's business.
    write(&house.file("app.log.1"), &line("old"));
    write(&path, &line("a"));
    let following = Following::start(&house, &path);
    house.until(&["a"]).await;
    // Twice within two seconds, while it runs.
    write(&path, &line("b"));
    rotate(&house, 9);
    write(&path, &line("c"));
    rotate(&house, 9);
    write(&path, &line("d"));
    house.until(&["a", "b", "c", "d"]).await;
    assert_eq!(following.stop().await, 0);

    // Three times while it is stopped; the one that was read last is packed meanwhile.
    write(&path, &line("e"));
    for device in ["f", "g", "h"] {
        rotate(&house, 9);
        write(&path, &line(device));
    }
    pack(&house.file("app.log.3"));
    pack(&house.file("app.log.2"));
    let following = Following::start(&house, &path);
    house.until(&["a", "b", "c", "d", "e", "f", "g", "h"]).await;
    assert_eq!(following.stop().await, 0);
    assert!(house.quarantined().await.is_empty());
}

#[tokio::test]
async fn a_log_that_is_copied_and_truncated_is_read_on_in_its_copy() {
    let house = House::new().await;
    let path = house.file("app.log");
    write(&path, &line("a"));
    let following = Following::start(&house, &path);
    house.until(&["a"]).await;
    assert_eq!(following.stop().await, 0);
    write(&path, &line("b"));
    fs::copy(&path, house.file("app.log-20261121")).expect("copies");
    pack(&house.file("app.log-20261121"));
    fs::File::create(&path).expect("truncates");
    write(&path, &format!("{}{}", line("c"), line("d")));
    fs::copy(&path, house.file("app.log-20261122")).expect("copies");
    fs::File::create(&path).expect("truncates");
    write(&path, &line("e"));
    let following = Following::start(&house, &path);
    house.until(&["a", "b", "c", "d", "e"]).await;
    assert_eq!(following.stop().await, 0);
}

#[tokio::test]
async fn a_gap_that_cannot_be_closed_is_counted_and_what_is_left_is_read() {
    let house = House::new().await;
    let path = house.file("app.log");
    write(&path, &line("a"));
    let following = Following::start(&house, &path);
    house.until(&["a"]).await;
    following.stop().await;
    for device in ["b", "c", "d"] {
        rotate(&house, 9);
        write(&path, &line(device));
    }
    fs::remove_file(house.file("app.log.3")).expect("removes");
    let following = Following::start(&house, &path);
    house.until(&["a", "b", "c", "d"]).await;
    assert_eq!(following.stop().await, 1, "what was written to the first file after it was read");
}
