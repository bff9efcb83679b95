use tokio::runtime::{Handle, RuntimeFlavor};

/// Computes on the calling thread and whatever helps it, without holding up other tasks of the runtime.
pub fn on_all_cores<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|h| h.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}
