use anyhow::Result;
use stepgate_artifacts::{APP, HELLO, OTP, SPIN_APP};
use stepgate_bench::{Goal, Table};

const KIB: f64 = 1024.0;

pub fn measure(table: &mut Table) -> Result<()> {
    for (what, bytes, goal) in [
        ("size: `otp` component", OTP, Goal::AtMost(150.0)),
        ("size: composed app (gateway + otp)", APP, Goal::AtMost(1.5 * KIB)),
        ("size: composed Spin app (gateway + otp + adapter-spin)", SPIN_APP, Goal::AtMost(1.5 * KIB)),
        ("size: hello-world component, for comparison", HELLO, Goal::None),
    ] {
        table.row(what, " KiB", goal, bytes.len() as f64 / KIB);
    }
    Ok(())
}
