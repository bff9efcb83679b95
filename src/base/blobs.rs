//! Bytes that lie beside the database: a local folder, or a bucket of an S3-compatible store.

use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{Error, ObjectStore};

use super::Fault;

/// Where blobs lie. Cheap to clone. Never used while a transaction is open.
#[derive(Clone)]
pub struct Blobs(Store);

#[derive(Clone)]
enum Store {
    Ready(Arc<dyn ObjectStore>),
    /// A folder that is made when it is used first.
    Folder(Arc<(String, OnceLock<Arc<dyn ObjectStore>>)>),
}

/// A blob on its way out.
pub struct Blob {
    pub bytes: u64,
    pub stream: BoxStream<'static, Result<Bytes, std::io::Error>>,
}

/// How the address of a bucket begins.
const S3: &str = "s3://";

impl Blobs {
    /// A folder, which is made at its first use if it is missing, or `s3://BUCKET[/PREFIX]`; credentials, region and endpoint of the
    /// latter are those of the environment (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT`,
    /// `AWS_ALLOW_HTTP`).
    pub fn open(place: &str) -> Result<Self, Fault> {
        let broken = |e: Error| Fault::new("the store of blobs", e);
        let Some(rest) = place.strip_prefix(S3) else {
            return Ok(Self(Store::Folder(Arc::new((place.to_owned(), OnceLock::new())))));
        };
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let store = AmazonS3Builder::from_env().with_bucket_name(bucket).build().map_err(broken)?;
        Ok(match prefix.trim_matches('/') {
            "" => Self(Store::Ready(Arc::new(store))),
            prefix => Self(Store::Ready(Arc::new(PrefixStore::new(store, Path::from(prefix))))),
        })
    }

    /// Kept nowhere; for tests and for describing the API.
    pub fn memory() -> Self {
        Self(Store::Ready(Arc::new(InMemory::new())))
    }

    fn store(&self) -> Result<Arc<dyn ObjectStore>, Fault> {
        let (place, made) = match &self.0 {
            Store::Ready(store) => return Ok(store.clone()),
            Store::Folder(folder) => (&folder.0, &folder.1),
        };
        if let Some(store) = made.get() {
            return Ok(store.clone());
        }
        std::fs::create_dir_all(place)?;
        let folder = LocalFileSystem::new_with_prefix(place);
        let folder = folder.map_err(|e| Fault::new("the folder of blobs", e))?;
        let store: Arc<dyn ObjectStore> = Arc::new(folder);
        Ok(made.get_or_init(|| store).clone())
    }

    /// Stores bytes under a name nobody has used.
    pub async fn put(&self, name: &str, bytes: Bytes) -> Result<(), Fault> {
        let stored = self.store()?.put(&Path::from(name), bytes.into()).await;
        stored.map(|_| ()).map_err(|e| Fault::new("storing a blob", e))
    }

    /// The bytes, piece by piece; `None` if nothing has this name.
    pub async fn get(&self, name: &str) -> Result<Option<Blob>, Fault> {
        match self.store()?.get(&Path::from(name)).await {
            Ok(found) => Ok(Some(Blob {
                bytes: found.meta.size,
                stream: found.into_stream().map(|p| p.map_err(std::io::Error::other)).boxed(),
            })),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(e) => Err(Fault::new("reading a blob", e)),
        }
    }

    /// Removes bytes; it is no fault if they are gone.
    pub async fn delete(&self, name: &str) -> Result<(), Fault> {
        match self.store()?.delete(&Path::from(name)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(Fault::new("removing a blob", e)),
        }
    }
}

impl fmt::Debug for Blobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Store::Ready(store) => write!(f, "Blobs({store})"),
            Store::Folder(folder) => write!(f, "Blobs({})", folder.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(blobs: &Blobs, name: &str) -> Option<Vec<u8>> {
        let mut blob = blobs.get(name).await.unwrap()?;
        let mut all = Vec::new();
        while let Some(piece) = blob.stream.next().await {
            all.extend_from_slice(&piece.unwrap());
        }
        assert_eq!(blob.bytes, all.len() as u64);
        Some(all)
    }

    #[tokio::test]
    async fn a_folder_keeps_bytes_until_they_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("deep").join("blobs");
        let blobs = Blobs::open(&place.display().to_string()).unwrap();
        blobs.put("person/1/a", Bytes::from_static(b"bytes")).await.unwrap();
        let again = Blobs::open(&place.display().to_string()).unwrap();
        assert_eq!(read(&again, "person/1/a").await.unwrap(), b"bytes");
        for _ in 0..2 {
            again.delete("person/1/a").await.unwrap();
        }
        assert_eq!(read(&blobs, "person/1/a").await, None);
    }
}
