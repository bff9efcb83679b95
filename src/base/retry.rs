use std::time::Duration;

use super::Failure;

/// How often a verb is repeated after losing against a concurrent transaction.
const ATTEMPTS: u32 = 8;

/// Repeats a whole verb while the database says that a concurrent transaction was in the way.
pub async fn retry<T, F: Future<Output = Result<T, Failure>>>(
    mut verb: impl FnMut() -> F,
) -> Result<T, Failure> {
    let mut attempt = 0;
    loop {
        match verb().await {
            Err(f) if f.is_serialization() && attempt < ATTEMPTS => {
                attempt += 1;
                // Different requests wait differently long.
                let jitter =
                    u64::from(uuid::Uuid::new_v4().as_bytes().first().copied().unwrap_or(0));
                let wait = (1u64 << attempt) + jitter % (1 << attempt);
                tokio::time::sleep(Duration::from_millis(wait)).await;
            }
            other => return other,
        }
    }
}
