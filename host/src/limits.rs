use std::time::Duration;

/// Bounds on everything a client, or the guest, can make the harness spend.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections served at once. Those beyond it, up to as many again, are answered 503; the rest are closed
    /// without an answer.
    pub connections: usize,
    /// Requests taken on at once: those that run, and those that wait for an instance or for the disk. Any more are
    /// answered 503 at once.
    pub requests: usize,
    /// Instances of the component, each of which runs one request at a time. With less than two, a message or a webhook
    /// on its way keeps every other request waiting.
    pub instances: u32,
    /// Requests an instance serves before a fresh one takes its place.
    pub requests_per_instance: usize,
    /// How long an instance without work is kept.
    pub instance_idle: Duration,
    /// Bytes of memory each memory of an instance may grow to.
    pub instance_memory: usize,
    /// Bytes of memory each memory of an instance may grow to freely. A request that needs more, such as one that hashes a
    /// password, waits for room, at most half of `request_time`, and its instance serves no other after it.
    pub small_memory: usize,
    /// Instances that may have more than `small_memory` at one time.
    pub large_instances: u32,
    /// Requests that may compute with it at one time. The rest of the machine is left to everything else.
    pub large_requests: usize,
    /// Instances that are left to requests that need no more than `small_memory`, a quarter of all at most. Those that do are
    /// refused it at once where they would take these as well.
    pub spare_instances: u32,
    /// How long a request may wait for an instance before it is answered 503.
    pub queue_time: Duration,
    /// How long the guest may take for one request, and after it the store for making it durable. With less than 15 s
    /// a run of [webhooks](crate::Harness::deliver_webhooks) may be cut off.
    pub request_time: Duration,
    /// How long a client may take to send a request's head, counted also while a connection is idle; and how
    /// long to send its body; and for how long it may take in nothing of an answer.
    pub receive_time: Duration,
    /// Bytes of a request's line and headers. At least 8192.
    pub head_bytes: usize,
    /// How many headers a request may have.
    pub headers: usize,
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// Bytes of a response's body.
    pub response_bytes: usize,
    /// How long requests in flight may take once a shutdown has begun.
    pub shutdown_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            requests: 512,
            instances: 64,
            requests_per_instance: 10_000,
            instance_idle: Duration::from_secs(60),
            instance_memory: 32 << 20,
            small_memory: 6 << 20,
            large_instances: 16,
            large_requests: cores().saturating_sub(1).max(1),
            spare_instances: 16,
            queue_time: Duration::from_secs(2),
            // Longer than the guest's own fence of 10 s, so that it is the guest that gives up first, and says so.
            request_time: Duration::from_secs(15),
            receive_time: Duration::from_secs(10),
            head_bytes: 16 << 10,
            headers: 64,
            // Twice what the component takes, so that it refuses in its own words what is only a little too large.
            body_bytes: 128 << 10,
            response_bytes: 4 << 20,
            shutdown_time: Duration::from_secs(10),
        }
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
