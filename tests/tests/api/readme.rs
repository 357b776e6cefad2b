//! The commands of the README do what it says, on a desk that runs.

use std::path::Path;
use std::process::Command;

use tests::Desk;

#[tokio::test(flavor = "multi_thread")]
async fn the_trip_of_the_readme_works_as_it_is_written() {
    let desk = Desk::open().await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tools/readme_trip.sh");
    let mut trip = Command::new(script);
    trip.env("FRONTDESK_URL", &desk.base_url);
    let ended = tokio::task::spawn_blocking(move || trip.output()).await.unwrap().expect("the trip starts");
    let said = [ended.stdout, ended.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    assert!(ended.status.success(), "{said}");
}
