//! Settings from a file that was saved from a device, in place of the device.

mod support;

use scanfleet_mocks::{Item, LabSpec};
use support::Bench;

async fn bench(profile: &str) -> Bench {
    let mut spec = LabSpec::single(profile);
    let device = &mut spec.devices[0];
    if device.profile.vendor() == "xerox" {
        device.smtp_password = Some("marker-not-a-secret".into());
        device.settings = device
            .settings
            .clone()
            .with(Item::SmtpServer, "mail.northshore.example")
            .with(Item::DeviceAddress, "mfp@northshore.example")
            .with(Item::SmtpUser, "scanner");
    }
    let bench = Bench::of(spec).await;
    if let Some(bytes) = bench.copier().saved_file() {
        std::fs::write(bench.workspace().join("cloning.dlm"), bytes).unwrap();
    }
    bench
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clone_file_tells_what_the_page_tells() {
    let bench = bench("workcentre-7835").await;
    let file = bench.json(&["show", "--from-clone", "cloning.dlm", "copier"], 0).await;
    assert!(bench.copier().requests().is_empty(), "a file was read, and the device was asked");
    let page = bench.json(&["show", "copier"], 0).await;
    assert_eq!((&file["device"], &file["from"]["kind"]), (&"copier".into(), &"Xerox clone file".into()));
    assert_eq!(file["identity"]["model"], page["identity"]["model"]);
    for field in ["server", "port", "sender", "auth"] {
        assert_eq!(file["smtp"][field], page["smtp"][field], "{field}");
    }
    // The page never tells whether a password is stored; the file does, and not which.
    assert_eq!((&page["smtp"]["password"], &file["smtp"]["password"]), (&"unreadable".into(), &"set".into()));

    let text = bench.run(&["show", "--from-clone", "cloning.dlm"]).await.code(0);
    for line in
        ["device    cloning.dlm", "server    mail.northshore.example", "password  set", "Xerox clone file"]
    {
        assert!(text.out.contains(line), "{line}: {}", text.out);
    }
    let csv = bench.run(&["--format", "csv", "show", "--from-clone", "cloning.dlm"]).await.code(0).csv();
    assert_eq!((csv[0][5].as_str(), csv[1][5].as_str()), ("server", "mail.northshore.example"));
    let identity = bench.json(&["show", "--from-clone", "cloning.dlm", "--section", "identity"], 0).await;
    assert!(identity["smtp"].is_null() && identity["identity"]["vendor"] == "xerox");
    for ran in [&text.out, &text.err] {
        assert!(!ran.contains("marker"), "{ran}");
    }

    // What has changed since the file was saved.
    bench.copier().panel(&[(Item::SmtpServer, "relay.northshore.example")]).unwrap();
    let diff = bench.json(&["diff", "./cloning.dlm", "copier"], 0).await;
    let server = &diff["changes"][0];
    assert_eq!(
        (&server["field"], &server["before"]),
        (&"smtp.server".into(), &"mail.northshore.example".into())
    );
    assert_eq!(server["after"], "relay.northshore.example");
    bench.lab.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_of_another_device_or_of_none_is_refused() {
    let bench = bench("workcentre-7835").await;
    bench.edit_inventory(|text| text.replace("WorkCentre 7835", "AltaLink C8155"));
    let ran = bench.run(&["show", "--from-clone", "cloning.dlm", "copier"]).await.code(3);
    assert!(ran.err.contains("AltaLink C8155") && ran.err.contains("WorkCentre 7835"), "{}", ran.err);
    bench.edit_inventory(|text| text.replace(",xerox,", ",brother,"));
    let ran = bench.run(&["show", "--from-clone", "cloning.dlm", "copier"]).await.code(3);
    assert!(ran.err.contains("brother") && ran.err.contains("xerox"), "{}", ran.err);
    bench.run(&["show", "--from-clone", "cloning.dlm", "nobody"]).await.code(2);
    bench.run(&["show", "--from-clone", "missing.dlm"]).await.code(3);
    bench.write("page.html", "<html>Please Login</html>");
    let ran = bench.run(&["show", "--from-clone", "page.html"]).await.code(3);
    assert!(ran.err.contains("no file that a known maker's devices save"), "{}", ran.err);
    let whole = std::fs::read(bench.workspace().join("cloning.dlm")).unwrap();
    std::fs::write(bench.workspace().join("half.dlm"), &whole[..whole.len() - 40]).unwrap();
    for command in [&["show", "--from-clone", "half.dlm"][..], &["diff", "half.dlm", "cloning.dlm"]] {
        let ran = bench.run(command).await.code(3);
        assert!(ran.err.contains("damaged") && ran.err.contains("Hint"), "{}", ran.err);
    }
    assert!(bench.copier().requests().is_empty());
    bench.lab.shutdown().await;
}
