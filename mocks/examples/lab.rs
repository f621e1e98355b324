//! Keeps a lab running until Ctrl-C: `cargo run -p scanfleet-mocks --example lab [demo|story-one|N|PROFILE]`.
#![allow(clippy::print_stdout)]

use scanfleet_mocks::{Lab, LabSpec};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let spec = match std::env::args().nth(1).as_deref() {
        None | Some("demo") => LabSpec::demo(),
        Some("story-one") => LabSpec::story_one(),
        Some(word) => word.parse().map_or_else(|_| LabSpec::single(word), LabSpec::of),
    };
    let lab = Lab::start(spec).await?;
    for device in lab.devices() {
        println!("{:<24} {:<32} {}", device.name, device.address, device.model);
    }
    println!("control {}/__lab/devices", lab.control_url());
    tokio::signal::ctrl_c().await?;
    lab.shutdown().await;
    Ok(())
}
