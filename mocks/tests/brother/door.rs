//! Log-in, log-out, and what stands there without one.

use scanfleet_mocks::{DoorManners, Fault, FaultKind, WrongPassword};

use super::{Bench, PASSWORD};

#[tokio::test]
async fn a_log_in_sends_a_cookie_with_the_redirect() {
    for (name, status) in
        [("mfc-l8900cdw", 301), ("mfc-l2740dw", 302), ("mfc-l2750dw", 200), ("mfc-l8390cdw", 302)]
    {
        let mut bench = Bench::new(name).await;
        let page = bench.profile.paths.status.clone();
        let answer = bench.client.log_in(&page, PASSWORD).await;
        assert_eq!(answer.status, status, "{name}");
        if status != 200 {
            assert_eq!(answer.header("location"), Some(page.as_str()));
        }
        let cookie = bench.client.cookie.clone().unwrap();
        // Percent escapes belong to the value and come back as they are.
        assert_eq!(cookie.contains("%0D%0A"), name != "mfc-l2740dw", "{cookie}");
        let inside = bench.client.get(&page).await;
        assert!(inside.body.contains("id=\"logout\"") && !inside.body.contains("id=\"LogBox\""), "{name}");
        let logout = format!(" name=\"B{:x}\" value=\"\"", bench.profile.field_ids.login + 1);
        assert!(inside.body.contains(&logout), "{name}: {}", inside.body);
    }
}

#[tokio::test]
async fn the_cookie_proves_nothing() {
    let mut bench = Bench::new("mfc-l8900cdw").await;
    let answer = bench.client.log_in("/general/status.html", "wrong").await;
    assert_eq!(answer.header("location"), Some("/etc/passerror.html"));
    assert!(bench.client.cookie.is_some());
    assert!(bench.client.get("/net/net/protocol.html").await.body.contains("id=\"LogBox\""));
    assert_eq!((bench.device.state().sessions, bench.device.state().failed_logins), (0, 1));

    let mut bench = Bench::new("mfc-l2750dw").await;
    let answer = bench.client.log_in("/general/status.html", "wrong").await;
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("id=\"LogBox\"") && bench.client.cookie.is_none());
}

#[tokio::test]
async fn a_page_behind_the_log_in_says_login_failure_before_any_password_was_tried() {
    let mut bench = Bench::new("mfc-l8900cdw").await;
    let page = bench.client.get("/net/net/protocol.html").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("<h2>Please&#32;Login</h2>"));
    assert!(page.body.contains("<p class=\"warningMessage\">Login&#32;Failure</p>"));
    let form = page.form("id=\"LogBox\"");
    assert!(
        form.fields()
            .contains(&("loginurl".into(), "/etc/loginerror.html?url=/net/net/protocol.html".into()))
    );
    let answer = bench.client.log_in("/net/net/protocol.html", PASSWORD).await;
    let to = answer.header("location").unwrap().to_owned();
    let back = bench.client.get(&to).await;
    assert_eq!(back.header("location"), Some("/net/net/protocol.html"));
}

#[tokio::test]
async fn without_a_password_everything_is_open() {
    let mut bench = Bench::with("mfc-l2740dw", |spec| spec.admin_password = String::new()).await;
    let start = bench.client.get("/general/status.html").await;
    assert!(start.body.contains("id=\"SetBoxNoAuthRight\"") && !start.body.contains("id=\"LogBox\""));
    bench.client.cookie = Some("unused".into());
    let (page, mut form) = bench.smtp().await;
    bench.fill(&mut form);
    bench.client.submit(&page, &form).await;
    assert_eq!(bench.device.state().writes, 1);
}

#[tokio::test]
async fn a_token_in_the_log_in_form_is_wanted() {
    let mut bench = Bench::new("mfc-l8390cdw").await;
    let form = bench.client.get("/home/status.html").await.form("id=\"LogBox\"");
    let mut fields = form.fields();
    fields.retain(|(name, _)| name != "CSRFToken");
    fields.iter_mut().find(|(name, _)| name == "B1889").unwrap().1 = PASSWORD.into();
    let answer = bench.client.post("/home/status.html", "/home/status.html", &fields).await.unwrap();
    assert!(answer.text().contains("Your request was rejected"), "{}", answer.text());
    assert_eq!(bench.device.state().sessions, 0);
}

#[tokio::test]
async fn an_account_locks_until_a_restart() {
    let mut bench = Bench::with("mfc-l8900cdw", |spec| spec.lockout = Some(2)).await;
    for _ in 0..2 {
        bench.client.log_in("/general/status.html", "wrong").await;
    }
    bench.client.log_in("/general/status.html", PASSWORD).await;
    assert_eq!(bench.device.state().sessions, 0);
    bench.device.restart(std::time::Duration::ZERO);
    while tokio::net::TcpStream::connect(bench.client.base.trim_start_matches("http://")).await.is_err() {
        tokio::task::yield_now().await;
    }
    bench.client.log_in("/general/status.html", PASSWORD).await;
    assert_eq!(bench.device.state().sessions, 1);
}

#[tokio::test]
async fn the_manners_of_the_door_are_data() {
    let mut bench = Bench::with("mfc-l8900cdw", |spec| {
        spec.profile.brother_mut().unwrap().door = DoorManners {
            accepted: 302,
            refused: WrongPassword::Page,
            cookie_on_failure: false,
            token: true,
        };
    })
    .await;
    let answer = bench.client.log_in("/general/status.html", "wrong").await;
    assert_eq!((answer.status, bench.client.cookie.clone()), (200, None));
    assert_eq!(bench.client.log_in("/general/status.html", PASSWORD).await.status, 302);
}

#[tokio::test]
async fn the_script_generation_is_recognised_and_locks() {
    let mut bench = Bench::new("ads-3350w").await;
    for missing in ["/general/status.html", "/home/status.html"] {
        assert_eq!(bench.client.get(missing).await.status, 404);
    }
    let start = bench.client.get("/EWS/home/status.html").await;
    assert!(!start.body.contains("type=\"password\"") && start.body.contains("Brother ADS-3350W series"));
    assert!(start.header("set-cookie").is_some());
    let mut log_in = async |password: &str| {
        let body = format!("PASS={}&&Admin_Password_Save", password.replace('&', "&amp;"));
        let request = format!(
            "POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        bench.client.raw(&request).await.unwrap().status
    };
    assert_eq!(log_in("wrong").await, 401);
    assert_eq!(log_in(PASSWORD).await, 200);
    bench.device.fault(Fault::new(FaultKind::LockedOut));
    assert_eq!(log_in(PASSWORD).await, 403);
}
