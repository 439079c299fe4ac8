//! Packs the description of the API into the component: `docs/openapi.json`, and a page that is made of it.
//!
//! The component answers both without having anything that could make them: it unpacks the one that is asked for
//! (`src/pages/described.rs`).

mod operations;
mod page;
mod schemas;
// The reader, so that nothing is shipped which it cannot read.
#[path = "../src/pages/unpack.rs"]
mod unpack;

use anyhow::{Context as _, Result, ensure};
use lzma_rust2::{LzmaOptions, LzmaWriter};
use std::io::Write as _;
use std::path::PathBuf;
use std::{env, fs};

/// What `src/pages/described.rs` includes.
const GENERATED: &str = "packed.rs";

fn main() -> Result<()> {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").context("not run by cargo")?);
    let out = PathBuf::from(env::var_os("OUT_DIR").context("not run by cargo")?);
    let description = here.join("../../docs/openapi.json");
    let templates = here.join("templates");
    for source in [&description, &here.join("build"), &templates] {
        println!("cargo::rerun-if-changed={}", source.display());
    }
    let text = fs::read_to_string(&description).context("reading docs/openapi.json")?;
    let document: serde_json::Value = serde_json::from_str(&text).context(
        "docs/openapi.json is no JSON. After a merge: take either side of it, then \
         UPDATE_OPENAPI=1 cargo test -p stepgate-gateway openapi",
    )?;
    let page = page::rendered(&document, &templates)?;
    let bytes = packed([document.to_string().as_bytes(), page.as_bytes()])?;
    let packed = out.join("packed.lzma");
    fs::write(&packed, bytes).context("writing packed.lzma")?;
    let lengths = (document.to_string().len(), page.len());
    let constants = format!(
        "const PACKED: &[u8] = include_bytes!({packed:?});\n\
         const OPENAPI: usize = {};\nconst PAGE: usize = {};\n",
        lengths.0, lengths.1,
    );
    fs::write(out.join(GENERATED), constants).context("writing packed.rs")
}

/// The texts one after another, as LZMA without a header: the second has much in common with the first.
fn packed(texts: [&[u8]; 2]) -> Result<Vec<u8>> {
    let text = texts.concat();
    let mut options = LzmaOptions::with_preset(9);
    options.dict_size = u32::try_from(text.len())?;
    // Contexts would gain nothing here, and the reader does without them.
    (options.lc, options.lp, options.pb) = (0, 0, 0);
    let mut writer = LzmaWriter::new_no_header(Vec::new(), &options, false)?;
    writer.write_all(&text)?;
    let bytes = writer.finish()?;
    ensure!(unpack::unpack(&bytes, text.len()) == Some(text), "what was packed cannot be read");
    Ok(bytes)
}
