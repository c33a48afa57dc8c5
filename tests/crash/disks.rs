//! Disks that are full, read-only or closed: a real one, mounted for the test alone.

use std::os::unix::fs::PermissionsExt;

use raftaar::sandbox::{FaultPlan, Mix, SandboxOptions};

use super::house::{House, inside::Inside, quick, timely, until};

/// Room for a wave, and little more.
const DISK: &str = "mount -t tmpfs -o size=40m,mode=0700 none data";

const ORDERS: usize = 80;

async fn house(orders: usize) -> House {
    let house = House::build(SandboxOptions {
        mix: Mix::calm(),
        ..quick(orders)
    })
    .await;
    std::fs::create_dir(house.data()).expect("made");
    let private = std::fs::Permissions::from_mode(0o700);
    std::fs::set_permissions(house.data(), private).expect("set");
    house
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_fills_in_the_middle_of_a_wave_and_is_given_room_again() {
    let house = house(ORDERS).await;
    house
        .sandbox
        .set_faults(timely("slow=0.6".parse::<FaultPlan>().expect("a plan")));
    let mut inside = Inside::enter(&house, &["-rm"]);
    inside.sure(DISK);
    inside.serve();
    until("a wave is under way", async || {
        (house.sandbox.report().awbs_booked > 5).then_some(())
    })
    .await;

    // No byte is left, whatever the engine frees.
    inside.run("dd if=/dev/zero of=data/filler bs=64k status=none; dd if=/dev/zero of=data/filler2 bs=1 count=65536 status=none");
    until("it says so", async || {
        inside.run("dd if=/dev/zero of=data/filler2 bs=1 count=65536 status=none oflag=append conv=notrunc");
        let said = inside.raftaar("watch --once");
        said.text.contains("No space left").then_some(())
    })
    .await;
    let booked = house.sandbox.report().awbs_booked;
    assert!(booked < ORDERS as u64, "it was in the middle of it");
    // Without a journal nothing is sent.
    assert!(inside.raftaar("doctor --offline").text.len() > 1);
    assert!(
        house.sandbox.report().awbs_booked <= booked + 12,
        "only what was under way"
    );

    house.sandbox.set_faults(FaultPlan::none());
    inside.sure("rm data/filler data/filler2");
    until("everything is shipped", async || {
        (house.sandbox.report().shipped == ORDERS as u64).then_some(())
    })
    .await;
    inside.stop();
    let report = house.sandbox.report();
    assert!(report.violations.is_empty(), "{:#?}", report.violations);
    assert_eq!((report.awbs_booked, report.orphan_awbs), (ORDERS as u64, 0));
    let proof = inside.raftaar("store verify");
    assert_eq!(proof.code, 0, "{}", proof.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_only_disk_is_refused_and_left_alone() {
    let house = house(5).await;
    let mut inside = Inside::enter(&house, &["-rm"]);
    inside.sure(DISK);
    inside.serve();
    until("all is shipped", async || {
        (house.sandbox.report().shipped == 5).then_some(())
    })
    .await;
    inside.stop();
    let files = "cat data/journal/* data/raftaar.json | sha256sum";
    let before = inside.sure(files);
    inside.sure("mount -o remount,ro data");

    let refused = inside.raftaar("serve");

    assert_ne!(refused.code, 0);
    assert!(
        refused.text.contains("Read-only file system"),
        "{}",
        refused.text
    );
    inside.sure("mount -o remount,rw data");
    assert_eq!(inside.sure(files), before);
    let proof = inside.raftaar("store verify");
    assert_eq!(proof.code, 0, "{}", proof.text);
}

/// Leaves so many KiB of the disk.
fn leave(inside: &mut Inside, kib: u32) {
    inside.run("rm -f data/filler data/filler2; dd if=/dev/zero of=data/filler bs=4k status=none");
    if kib == 0 {
        inside.run("dd if=/dev/zero of=data/filler2 bs=1 count=65536 status=none");
    } else {
        inside.sure(&format!("truncate -s -{kib}K data/filler"));
    }
}

/// A house that has shipped its orders and whose engine is gone.
async fn shipped(house: &House, inside: &mut Inside) {
    inside.sure(DISK);
    inside.serve();
    until("all is shipped", async || {
        (house.sandbox.report().shipped == 5).then_some(())
    })
    .await;
    inside.stop();
}

/// A full disk is no damage: the state, which alone has customers' data, is not thrown away for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_is_full_on_opening_or_compacting_is_no_damage() {
    let house = house(5).await;
    let mut inside = Inside::enter(&house, &["-rm"]);
    shipped(&house, &mut inside).await;
    let files = "cat data/journal/* data/raftaar.json | sha256sum";
    let before = inside.sure(files);

    leave(&mut inside, 0);
    let refused = inside.raftaar("serve");
    assert_ne!(refused.code, 0);
    assert!(refused.text.contains("No space left"), "{}", refused.text);
    // Room for a part of what opening and copying write, for more of it, and for all.
    let mut codes = Vec::new();
    for kib in [0, 4, 64, 256, 600, 1_100, 2_200, 20_000] {
        leave(&mut inside, kib);
        let compacted = inside.raftaar("store compact");
        codes.push(compacted.code == 0);
        let room = compacted.code == 0 || compacted.text.contains("No space left");
        assert!(room, "{kib} KiB: {}", compacted.text);
        let aside = inside.run("ls -d data/state.aside-*");
        assert_ne!(aside.code, 0, "{kib} KiB: {}", aside.text);
    }
    assert_eq!((codes.first(), codes.last()), (Some(&false), Some(&true)));

    inside.sure("rm -f data/filler data/filler2");
    assert_eq!(inside.sure(files), before);
    let proof = inside.raftaar("store verify");
    assert_eq!(proof.code, 0, "{}", proof.text);
    assert!(proof.text.contains("state equal"), "{}", proof.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_has_no_room_is_no_copy() {
    let house = house(5).await;
    let mut inside = Inside::enter(&house, &["-rm"]);
    shipped(&house, &mut inside).await;
    inside.sure("mkdir copies; mount -t tmpfs -o size=8k,mode=0700 none copies");

    let refused = inside.raftaar("store backup --to copies");

    assert_ne!(refused.code, 0);
    assert!(refused.text.contains("No space left"), "{}", refused.text);
    let copies = "ls copies | grep -c 'Z$'";
    assert_eq!(inside.run(copies).text.trim(), "0");
    inside.sure("mount -o remount,size=40m copies");
    let made = inside.raftaar("store backup --to copies");
    assert_eq!(made.code, 0, "{}", made.text);
    assert_eq!(inside.sure(copies).trim(), "1");
    // What the first one left behind is gone.
    assert_eq!(inside.sure("ls copies | wc -l").trim(), "1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_without_permission_is_refused_by_name() {
    let house = house(5).await;
    let closed = |mode| {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(house.data(), mode).expect("set");
    };
    closed(0o000);
    // In a namespace of its own even root has no power over other people's files.
    let mut inside = Inside::enter(&house, &["-U"]);

    let refused = inside.raftaar("serve");

    assert_ne!(refused.code, 0);
    assert!(
        refused.text.contains("Permission denied"),
        "{}",
        refused.text
    );
    assert!(refused.text.contains("data"), "{}", refused.text);
    closed(0o700);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_engine_on_the_same_folder_is_refused() {
    let house = house(5).await;
    let engine = house.serve().await;

    let second = super::house::engine::command(&house, &["serve"])
        .output()
        .expect("it starts");

    assert!(!second.status.success());
    let says = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(says.contains("process") || says.contains("runs"), "{says}");
    engine.stop();
    house.verify();
}
