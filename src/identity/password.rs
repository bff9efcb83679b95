use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};

use crate::base::Fault;

/// Argon2id in PHC form. Takes tens of milliseconds of a core, so it runs on the blocking pool.
pub async fn hash(password: &str) -> Result<String, Fault> {
    let password = password.to_owned();
    blocking(move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|h| h.to_string())
            .map_err(|e| Fault::new("password cannot be hashed", e))
    })
    .await?
}

/// Whether the password belongs to the hash. With no hash the same work is done for nothing, so that the
/// time of the answer does not tell whether a login exists.
pub async fn verify(password: &str, hash: Option<&str>) -> Result<bool, Fault> {
    let password = password.to_owned();
    let hash = hash.map(str::to_owned);
    blocking(move || match hash {
        Some(h) => PasswordHash::new(&h)
            .is_ok_and(|h| Argon2::default().verify_password(password.as_bytes(), &h).is_ok()),
        None => {
            let spent = Argon2::default().hash_password(password.as_bytes());
            drop(spent);
            false
        }
    })
    .await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Fault::new("password task ended", e))
}
