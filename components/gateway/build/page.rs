//! The page that people read.

use crate::operations::{self, Answer, Operation};
use crate::schemas::{Object, Row, Schemas, text};
use anyhow::{Context as _, Result};
use minijinja::value::Value as Shown;
use minijinja::{Environment, HtmlEscape, UndefinedBehavior};
use serde::Serialize;
use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The page's own template, and the one that it stands in, which is that of all pages.
const TEMPLATES: [&str; 2] = ["docs.html", "layout.html"];

/// Everything on it.
#[derive(Serialize)]
struct Page {
    title: String,
    about: Vec<String>,
    key: String,
    headers: Vec<Row>,
    groups: Vec<Group>,
    in_common: Vec<Answer>,
    objects: Vec<Object>,
}

#[derive(Serialize)]
struct Group {
    name: String,
    anchor: String,
    text: String,
    operations: Vec<Operation>,
}

/// Renders it. Everything put into the templates is escaped.
pub(crate) fn rendered(document: &Value, templates: &Path) -> Result<String> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::Html);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.add_filter("marked", marked);
    for name in TEMPLATES {
        let text = fs::read_to_string(templates.join(name)).with_context(|| format!("reading {name}"))?;
        environment.add_template_owned(name, text)?;
    }
    Ok(environment.get_template(TEMPLATES[0])?.render(page(document)?)?)
}

fn page(document: &Value) -> Result<Page> {
    let named = document["components"]["schemas"].as_object().context("no schemas")?;
    let schemas = Schemas::new(document, named);
    let tags = document["tags"].as_array().context("no tags")?;
    let group = |tag: &Value| -> Result<Group> {
        let name = text(tag, "name");
        Ok(Group {
            anchor: name.to_lowercase().replace(' ', "-"),
            text: text(tag, "description"),
            operations: operations::of_group(document, &schemas, &name)?,
            name,
        })
    };
    Ok(Page {
        title: text(&document["info"], "title"),
        about: text(&document["info"], "description").split("\n\n").map(str::to_owned).collect(),
        key: text(&document["components"]["securitySchemes"]["ApiKey"], "description"),
        headers: operations::headers(document, &schemas)?,
        groups: tags.iter().map(group).collect::<Result<_>>()?,
        in_common: operations::in_common(document, &schemas),
        objects: schemas.objects(),
    })
}

/// Text in which what stands between backticks is code.
fn marked(text: &str) -> Shown {
    let mut html = String::new();
    for (place, part) in text.split('`').enumerate() {
        let part = HtmlEscape(part);
        // Writing into a string cannot fail.
        let _ = if place % 2 == 0 { write!(html, "{part}") } else { write!(html, "<code>{part}</code>") };
    }
    Shown::from_safe_string(html)
}
