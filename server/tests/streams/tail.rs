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
    done: JoinHandle<()>,
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

    async fn stop(self) {
        self.stop.cancel();
        self.done.await.expect("stops");
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
