//! Chromium, driven over WebDriver (<https://www.w3.org/TR/webdriver2/>), without JavaScript.

use crate::Client;
use http::Method;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// The width of a small phone, in CSS pixels.
pub const NARROW: u32 = 360;

/// How often, and how many times, something on a page is looked for.
const LOOK: Duration = Duration::from_millis(50);
const LOOKS: usize = 400;
/// No page here has more things to tab through.
const TABS: usize = 30;

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";

/// A browser of its own, with an empty profile.
pub struct Browser {
    driver: Child,
    client: Client,
    session: String,
    _profile: TempDir,
}

impl Browser {
    /// Starts a browser whose screen is [`NARROW`] and that runs no script.
    ///
    /// # Panics
    /// If there is none on this machine; the message says what to install.
    pub async fn start() -> Browser {
        let (driver, address) = start_driver().await;
        let client = Client::new(address);
        let profile = TempDir::new().expect("a temporary folder can be made");
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
        ];
        let mut arguments: Vec<String> = arguments.map(str::to_owned).into();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        let options = json!({
            "args": arguments,
            "prefs": { "profile.managed_default_content_settings.javascript": 2 },
        });
        let body = json!({ "capabilities": { "alwaysMatch": { "browserName": "chrome", "goog:chromeOptions": options } } });
        let started = ask(&client, Method::POST, "/session", body).await;
        let session =
            started["sessionId"].as_str().unwrap_or_else(|| panic!("no chromium: {started}")).to_owned();
        let browser = Browser { driver, client, session, _profile: profile };
        let screen = json!({ "width": NARROW, "height": 800, "deviceScaleFactor": 1, "mobile": true });
        browser.devtools("Emulation.setDeviceMetricsOverride", screen).await;
        browser
    }

    /// Opens a page.
    pub async fn open(&self, url: &str) -> Page<'_> {
        self.post("url", json!({ "url": url })).await;
        Page(self)
    }

    /// Ends it.
    pub async fn quit(mut self) {
        ask(&self.client, Method::DELETE, &format!("/session/{}", self.session), Value::Null).await;
        // It was asked to end; if it has not, it is ended.
        let _ = self.driver.kill().await;
    }

    async fn post(&self, command: &str, body: Value) -> Value {
        ask(&self.client, Method::POST, &format!("/session/{}/{command}", self.session), body).await
    }

    async fn get(&self, command: &str) -> Value {
        ask(&self.client, Method::GET, &format!("/session/{}/{command}", self.session), Value::Null).await
    }

    async fn devtools(&self, command: &str, params: Value) -> Value {
        self.post("goog/cdp/execute", json!({ "cmd": command, "params": params })).await
    }
}

async fn start_driver() -> (Child, SocketAddr) {
    let driver = Command::new("chromedriver")
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn();
    let mut driver = driver.unwrap_or_else(|error| {
        panic!("chromedriver cannot be started ({error}): apt-get install chromium chromium-driver")
    });
    let mut lines = BufReader::new(driver.stdout.take().expect("it was asked for")).lines();
    loop {
        let line =
            lines.next_line().await.expect("its output can be read").expect("it says where it listens");
        let port =
            line.split("on port ").nth(1).and_then(|rest| rest.trim_end_matches('.').parse::<u16>().ok());
        if let Some(port) = port.filter(|port| *port != 0) {
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return (driver, SocketAddr::from(([127, 0, 0, 1], port)));
        }
    }
}

async fn ask(client: &Client, method: Method, path: &str, body: Value) -> Value {
    let body = if method == Method::POST { body.to_string() } else { String::new() };
    let answer = client.send(method, path, &[("Content-Type", "application/json")], body).await;
    let said: Value = serde_json::from_slice(&answer.body).expect("WebDriver speaks JSON");
    said["value"].clone()
}

/// What the browser shows.
pub struct Page<'b>(&'b Browser);

impl Page<'_> {
    /// Everything that can be read on it.
    pub async fn text(&self) -> String {
        self.text_of("body").await
    }

    /// Its heading.
    pub async fn heading(&self) -> String {
        self.text_of("h1").await
    }

    async fn text_of(&self, selector: &str) -> String {
        let found = self.0.post("element", json!({ "using": "css selector", "value": selector })).await;
        match element(&found) {
            Some(id) => {
                self.0.get(&format!("element/{id}/text")).await.as_str().unwrap_or_default().to_owned()
            }
            None => String::new(),
        }
    }

    /// How wide it is; wider than the screen means that it has to be scrolled sideways.
    ///
    /// # Panics
    /// If the browser does not know.
    pub async fn content_width(&self) -> f64 {
        let metrics = self.0.devtools("Page.getLayoutMetrics", json!({})).await;
        metrics["cssContentSize"]["width"].as_f64().unwrap_or_else(|| panic!("no width: {metrics}"))
    }

    /// Presses Tab until something with this text has the focus.
    ///
    /// # Panics
    /// If nothing of the kind can be reached by keyboard.
    pub async fn tab_to(&self, text: &str) {
        let mut passed = Vec::new();
        for _ in 0..TABS {
            self.press(TAB).await;
            let focused = self.0.get("element/active").await;
            if let Some(id) = element(&focused) {
                let said = self.0.get(&format!("element/{id}/text")).await;
                if said == text {
                    return;
                }
                passed.push(said);
            }
        }
        panic!("{text} cannot be reached by keyboard, only {passed:?}");
    }

    /// Presses Enter.
    pub async fn press_enter(&self) {
        self.press(ENTER).await;
    }

    async fn press(&self, key: &str) {
        let strokes = json!([{ "type": "keyDown", "value": key }, { "type": "keyUp", "value": key }]);
        self.0
            .post("actions", json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": strokes }] }))
            .await;
    }

    /// Opens the present address again, as somebody who clicks the link twice.
    pub async fn reload_link(&self) {
        let url = self.0.get("url").await;
        self.0.post("url", json!({ "url": url })).await;
    }

    /// Waits until the browser is somewhere below `path`.
    ///
    /// # Panics
    /// If it does not get there.
    pub async fn wait_for_path(&self, path: &str) {
        self.wait(async || self.0.get("url").await.as_str().is_some_and(|url| url.contains(path)), path)
            .await;
    }

    /// Waits for a page with this heading.
    ///
    /// # Panics
    /// If it does not come.
    pub async fn wait_for_heading(&self, heading: &str) {
        self.wait(async || self.heading().await == heading, heading).await;
    }

    async fn wait(&self, there: impl AsyncFn() -> bool, what: &str) {
        for _ in 0..LOOKS {
            if there().await {
                return;
            }
            tokio::time::sleep(LOOK).await;
        }
        panic!("{what} does not come; there is: {}", self.text().await);
    }
}

/// The id of an element in an answer, if there is one.
fn element(answer: &Value) -> Option<String> {
    // The name is fixed by the standard.
    answer["element-6066-11e4-a52e-4f735466cecf"].as_str().map(str::to_owned)
}
