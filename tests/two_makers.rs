//! A device that says Brother in one place and Xerox in another, and one that is not who the inventory or a saved plan
//! says: it is refused by what was seen and where, and nobody tries to log in.

mod support;

use std::path::Path;
use std::process::Command;

use scanfleet_mocks::FaultKind;
use serde_json::Value;
use support::Bench;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// Where a log-in would go.
const SOAP: &str = "/webservices/office/device_configuration/1";

const XEROX_ROOT: &str = "<html><head><title>AltaLink C8155</title></head><body><div id=\"productName\">XEROX AltaLink C8155\
     </div><a href=\"/links.php\">Site index</a></body></html>";
const XEROX_CONFIGURATION: &str = "<html><body><table><tr><td>Machine Model:</td><td>Xerox AltaLink C8155</td></tr>\
     <tr><td>Device Software Version:</td><td>103.002.011.14100</td></tr></table></body></html>";
const BROTHER_STATUS: &str = "<html><head><title>Brother MFC-L8900CDW series</title></head><body><div id=\"modelName\">\
     <h1>MFC-L8900CDW series</h1></div><form method=\"post\" action=\"/general/status.html\"><div id=\"LogInOutBox\">\
     <input type=\"password\" id=\"LogBox\" name=\"B15bd\"><input type=\"hidden\" name=\"loginurl\" value=\"/general/status.html\">\
     </div></form></body></html>";
const BROTHER_INFORMATION: &str = "<html><head><title>Brother MFC-L8900CDW series</title></head><body><dl>\
     <dt>Model Name</dt><dd>Brother MFC-L8900CDW series</dd><dt>Serial no.</dt><dd>U64180L7N120345</dd></dl></body></html>";

/// A device that contradicts itself: pages by path, and what its web server calls itself.
struct Odd {
    what: &'static str,
    pages: Vec<(&'static str, String)>,
    soap: Option<&'static str>,
    server: Option<&'static str>,
    /// What a person must be told, beside both makers.
    told: Vec<&'static str>,
}

fn odd() -> Vec<Odd> {
    let brother = "Brother MFC-L8900CDW series";
    vec![
        Odd {
            what: "a Xerox page under a Brother's title",
            pages: vec![
                ("/", XEROX_ROOT.replace("<title>AltaLink C8155", &format!("<title>{brother}"))),
                ("/properties/configuration.php", XEROX_CONFIGURATION.into()),
            ],
            soap: None,
            server: None,
            told: vec!["title of the first page", brother, "AltaLink C8155"],
        },
        Odd {
            what: "a Brother's first page before a Xerox's configuration page",
            pages: vec![
                ("/", format!("<html><head><title>{brother}</title></head><body>{brother}</body></html>")),
                ("/properties/configuration.php", XEROX_CONFIGURATION.into()),
            ],
            soap: None,
            server: None,
            told: vec!["title of the first page", brother, "configuration page", "Xerox AltaLink C8155"],
        },
        Odd {
            what: "a Xerox whose configuration page names a Brother",
            pages: vec![
                ("/", XEROX_ROOT.into()),
                (
                    "/properties/configuration.php",
                    XEROX_CONFIGURATION.replace("Xerox AltaLink C8155", brother),
                ),
            ],
            soap: None,
            server: None,
            told: vec!["the configuration page", brother, "the first page", "AltaLink C8155"],
        },
        Odd {
            what: "a Xerox whose service names a Brother",
            pages: vec![
                ("/", XEROX_ROOT.into()),
                ("/properties/configuration.php", XEROX_CONFIGURATION.into()),
            ],
            soap: Some(brother),
            server: None,
            told: vec!["device-configuration service", brother, "AltaLink C8155"],
        },
        Odd {
            what: "a Xerox behind a Brother's web server",
            pages: vec![
                ("/", XEROX_ROOT.into()),
                ("/properties/configuration.php", XEROX_CONFIGURATION.into()),
            ],
            soap: None,
            server: Some("debut/1.30"),
            told: vec!["web server", "debut/1.30", "brother", "AltaLink C8155"],
        },
        Odd {
            what: "a Brother's page with a Xerox's model in its head",
            pages: vec![
                (
                    "/general/status.html",
                    BROTHER_STATUS.replace("<h1>MFC-L8900CDW series", "<h1>Xerox AltaLink C8155"),
                ),
                ("/general/information.html", BROTHER_INFORMATION.into()),
            ],
            soap: None,
            server: None,
            told: vec![
                "/general/status.html",
                "its title",
                brother,
                "model in its head",
                "Xerox AltaLink C8155",
            ],
        },
        Odd {
            what: "a Brother whose information page names a Xerox",
            pages: vec![
                ("/general/status.html", BROTHER_STATUS.into()),
                (
                    "/general/information.html",
                    BROTHER_INFORMATION
                        .replace("<dd>Brother MFC-L8900CDW series", "<dd>Xerox AltaLink C8155"),
                ),
            ],
            soap: None,
            server: Some("debut/1.30"),
            told: vec![
                "/general/information.html",
                brother,
                "the model that it tells",
                "Xerox AltaLink C8155",
            ],
        },
        Odd {
            what: "a Brother behind a Xerox's web server",
            pages: vec![
                ("/general/status.html", BROTHER_STATUS.into()),
                ("/general/information.html", BROTHER_INFORMATION.into()),
            ],
            soap: None,
            server: Some("EWS-NIC5/80.48"),
            told: vec!["web server", "EWS-NIC5/80.48", "its title", brother],
        },
    ]
}

async fn serve(odd: &Odd) -> MockServer {
    let server = MockServer::start().await;
    let answer = |text: &str| {
        let answer = ResponseTemplate::new(200).set_body_raw(text.as_bytes(), "text/html");
        match odd.server {
            Some(name) => answer.insert_header("Server", name),
            None => answer,
        }
    };
    for (at, text) in &odd.pages {
        Mock::given(method("GET")).and(path(*at)).respond_with(answer(text)).mount(&server).await;
    }
    if let Some(model) = odd.soap {
        let envelope = format!(
            "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><r><Information>\
             &lt;model&gt;{model}&lt;/model&gt;</Information></r></s:Body></s:Envelope>"
        );
        Mock::given(method("POST")).and(path(SOAP)).respond_with(answer(&envelope)).mount(&server).await;
    }
    server
}

fn workspace(address: &str, vendor: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("secrets")).unwrap();
    for file in ["admin.txt", "mail.txt"] {
        std::fs::write(dir.path().join("secrets").join(file), "marker-not-a-secret").unwrap();
    }
    let inventory = format!(
        "name,address,vendor,admin_user,admin_secret\nodd,{address},{vendor},admin,file:secrets/admin.txt\n"
    );
    std::fs::write(dir.path().join("inventory.csv"), inventory).unwrap();
    let playbook = "name: relay\nplays:\n  - name: all\n    smtp: { server: mail.example.test, port: 25, security: none }\n";
    std::fs::write(dir.path().join("relay.yaml"), playbook).unwrap();
    dir
}

async fn scanfleet(dir: &Path, args: &[&str]) -> (i32, Value, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scanfleet"));
    command.args(["--format", "json"]).args(args).current_dir(dir).env("XDG_DATA_HOME", dir.join("data"));
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = format!("{text}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(!said.contains("marker-not-a-secret"), "{said}");
    (output.status.code().unwrap(), serde_json::from_str(&text).unwrap_or_default(), said)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_of_two_makers_is_refused_by_what_it_says_and_where() {
    for odd in odd() {
        for vendor in ["", "xerox", "brother"] {
            let server = serve(&odd).await;
            let dir = workspace(&server.uri(), vendor);
            for command in [&["apply", "relay.yaml", "--yes"][..], &["probe"][..]] {
                let (code, answer, said) = scanfleet(dir.path(), command).await;
                assert_eq!(code, 6, "{} ({vendor}): {said}", odd.what);
                let device = &answer["devices"][0];
                assert_eq!(device["category"], "unknown-model", "{} ({vendor}): {said}", odd.what);
                let message = device["message"].as_str().unwrap();
                for part in &odd.told {
                    assert!(message.contains(*part), "{} ({vendor}): no {part:?} in {message}", odd.what);
                }
            }
            for request in server.received_requests().await.unwrap() {
                let asks = request.method.as_str() == "GET" || request.url.path() == SOAP;
                let body = String::from_utf8_lossy(&request.body).into_owned();
                assert!(
                    asks && !body.contains("marker"),
                    "{} ({vendor}): {} {}",
                    odd.what,
                    request.method,
                    request.url
                );
            }
        }
    }
}

/// One copier of each maker.
const PROFILES: [&str; 3] = ["im-c4500", "altalink-c8155", "mfc-l8900cdw"];

/// Nothing was sent but reads of visitors.
fn untouched(bench: &Bench, name: &str) {
    let device = bench.copier();
    let state = device.state();
    assert_eq!((state.writes, state.sessions), (0, 0), "{name}");
    let doors: Vec<String> = device
        .requests()
        .into_iter()
        .filter(|r| r.method == "POST" && r.path != SOAP)
        .map(|r| format!("{} {}", r.method, r.path))
        .collect();
    assert_eq!(doors, Vec::<String>::new(), "{name}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_is_not_the_one_of_the_inventory_gets_no_log_in() {
    for profile in PROFILES {
        for (column, value) in [("vendor", ""), ("model", "Model 4711"), ("serial", "Z9Z9Z9Z9Z9")] {
            let bench = Bench::single(profile).await;
            let info = bench.copier().info();
            let other = if info.vendor == "xerox" { "brother" } else { "xerox" };
            let (from, to) = match column {
                "vendor" => (format!(",{},", info.vendor), format!(",{other},")),
                "model" => (info.model.clone(), value.to_owned()),
                _ => (info.serial.clone(), value.to_owned()),
            };
            bench.edit_inventory(|text| text.replacen(&from, &to, 1));
            bench.write("m365.yaml", &support::PLAYBOOK.replace("    target: vendor=ricoh\n", ""));
            for command in [&["apply", "m365.yaml", "--yes"][..], &["probe"], &["plan", "m365.yaml"]] {
                let answer = bench.json(command, 6).await;
                let device = &answer["devices"][0];
                assert_eq!(device["category"], "unknown-model", "{profile} {column}: {answer:#}");
                let message = device["message"].as_str().unwrap();
                let (says, is) = match column {
                    "vendor" => (other, info.vendor.as_str()),
                    "model" => (value, info.model.trim_start_matches("Xerox ").trim_start_matches("RICOH ")),
                    _ => (value, info.serial.as_str()),
                };
                assert!(message.contains(says) && message.contains(is), "{profile} {column}: {message}");
            }
            untouched(&bench, profile);
            bench.lab.shutdown().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_is_not_the_one_of_the_plan_gets_no_log_in() {
    for profile in PROFILES {
        for column in ["serial", "model"] {
            let bench = Bench::single(profile).await;
            let info = bench.copier().info();
            // The inventory knows neither: only the plan does.
            bench.edit_inventory(|text| text.replace(&info.model, "").replace(&info.serial, ""));
            bench.write("m365.yaml", &support::PLAYBOOK.replace("    target: vendor=ricoh\n", ""));
            bench.json(&["plan", "m365.yaml", "-o", "kept.json"], 0).await;
            let seen = match (column, info.vendor.as_str()) {
                ("serial", _) => "U64180L7N999999",
                (_, "ricoh") => "RICOH IM C6000",
                (_, "xerox") => "Xerox AltaLink C8070",
                _ => "MFC-L9570CDW",
            };
            let fault = match column {
                "serial" => FaultKind::OtherSerial { serial: seen.into() },
                _ => FaultKind::OtherModel { model: seen.into() },
            };
            let before = bench.copier().requests().len();
            bench.copier().fault(fault);
            let answer = bench.json(&["apply", "kept.json", "--yes"], 6).await;
            let device = &answer["devices"][0];
            assert_eq!(device["category"], "unknown-model", "{profile}: {answer:#}");
            let message = device["message"].as_str().unwrap();
            assert!(message.contains("plan") && message.contains(seen), "{profile}: {message}");
            let after = &bench.copier().requests()[before..];
            assert!(after.iter().all(|r| r.method == "GET" || r.path == SOAP), "{profile}: {after:?}");
            assert_eq!(bench.copier().state().writes, 0);
            bench.lab.shutdown().await;
        }
    }
}
