//! Writes the corpora that every run begins with: `tests/fuzz/run --seeds`.

use std::path::Path;
use std::{fs, io};

fn main() -> io::Result<()> {
    let into = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    for (target, inputs) in stepgate_fuzz::seeds::all() {
        let folder = into.join(target);
        fs::create_dir_all(&folder)?;
        for (name, input) in inputs {
            fs::write(folder.join(name), input)?;
        }
    }
    Ok(())
}
