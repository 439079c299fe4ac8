use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// One JSON object per line on stderr, where the guest's own lines go, too.
pub(super) fn start(level: LevelFilter) {
    // Libraries may log what they carry at their lower levels, and messages carry codes.
    let filter = Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target("stepgate", level)
        .with_target("stepgate_host", level);
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(std::io::stderr);
    tracing_subscriber::registry().with(lines.with_filter(filter)).init();
}
