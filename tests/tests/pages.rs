//! The pages in a real browser, without JavaScript, with the keyboard, on a narrow screen.
//!
//! Needs Debian's packages `chromium` and `chromium-driver`, which `.ci/run` installs.

use stepgate_tests::{App, Browser, Host, NARROW, Page, run};

const OLD: &str = "ada@old.example";
const NEW: &str = "ada@new.example";

/// A sandbox with one change in its inbox.
async fn waiting() -> (App, stepgate_tests::Customer) {
    let app = App::sandbox(Host::Memory).await;
    let customer = app.one().customer(OLD).await;
    app.one().change_email(&customer, NEW).await;
    (app, customer)
}

async fn fits(page: &Page<'_>) {
    let width = page.content_width().await;
    assert!(width <= f64::from(NARROW), "the page is {width} px wide on a screen of {NARROW} px");
}

#[test]
fn a_change_is_confirmed_from_the_inbox_by_keyboard() {
    run(async {
        let (app, customer) = waiting().await;
        let browser = Browser::start().await;
        let page = browser.open(&format!("http://{}/inbox", app.address())).await;
        fits(&page).await;
        assert!(page.text().await.contains("Acme Pay"));

        page.tab_to("Open the confirmation page").await;
        page.press_enter().await;
        page.wait_for_path("/confirm/").await;
        fits(&page).await;
        let text = page.text().await;
        for said in ["Acme Pay", "a***@old.example", "a***@new.example"] {
            assert!(text.contains(said), "{text}");
        }
        assert_eq!(app.one().email_of(&customer).await, OLD, "the page was only opened");

        page.tab_to("Confirm").await;
        page.press_enter().await;
        page.wait_for_heading("Confirmed").await;
        fits(&page).await;
        assert_eq!(app.one().email_of(&customer).await, NEW);

        page.reload_link().await;
        page.wait_for_heading("Already confirmed").await;
        browser.quit().await;
    });
}

#[test]
fn every_page_fits_a_narrow_screen() {
    run(async {
        let (app, _customer) = waiting().await;
        let browser = Browser::start().await;
        for path in ["/", "/docs", "/inbox", "/nothing-here", "/confirm/nonsense"] {
            let page = browser.open(&format!("http://{}{path}", app.address())).await;
            fits(&page).await;
            assert!(!page.heading().await.is_empty(), "{path}");
        }
        browser.quit().await;
    });
}

#[test]
fn the_page_about_the_api_is_found_and_read_by_keyboard() {
    run(async {
        let app = App::sandbox(Host::Memory).await;
        let browser = Browser::start().await;
        let page = browser.open(&format!("http://{}/", app.address())).await;
        page.tab_to("The API").await;
        page.press_enter().await;
        page.wait_for_heading("Stepgate API").await;
        page.tab_to("Submit a code").await;
        page.press_enter().await;
        page.wait_for_path("/docs#submitAuthenticationCode").await;
        browser.quit().await;
    });
}

/// What those above rest on: with JavaScript on, this page says otherwise.
#[test]
fn the_browser_runs_no_script() {
    run(async {
        let browser = Browser::start().await;
        let page = browser
            .open("data:text/html,<h1>before</h1><script>document.write('<h1>after</h1>')</script>")
            .await;
        assert_eq!(page.text().await.trim(), "before");
        browser.quit().await;
    });
}
