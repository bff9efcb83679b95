//! Photo and attachments. The bytes decide what a file is, never its name. A blob is written before the row that
//! points at it and removed after the row is gone; what is left between the two lies in `blob_waste` until it is swept.

use bytes::Bytes;
use sea_orm::FromQueryResult;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use vocabulary::{AttachmentId, Instant, LocalDate, PersonId};

use super::change_file::seen;
use super::fields::Group;
use super::{ProfileRefusal, store};
use crate::base::{
    Actor, App, Blob, Failure, Fault, Once, Query, Scope, audit, begin_once, finish_once,
};

/// Bytes of a photo.
pub const MAX_PHOTO: usize = 2 << 20;
/// Bytes of an attachment.
pub const MAX_ATTACHMENT: usize = 10 << 20;
/// Attachments of one person, besides the photo.
const MAX_COUNT: i64 = 100;
/// Characters of the name of a file.
const MAX_NAME: usize = 120;
/// How long bytes without a row are kept, in milliseconds: far longer than an upload takes.
const WASTE_MILLIS: i64 = 3_600_000;
/// Blobs removed at a time.
const SWEEP: i64 = 200;

const IMAGES: [&str; 3] = ["image/jpeg", "image/png", "image/webp"];
const DOCUMENTS: [&str; 4] = [
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
];

/// What an attachment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    Photo,
    Contract,
    Certificate,
    Medical,
    Consent,
    Other,
}

impl AttachmentKind {
    pub const ALL: [Self; 6] =
        [Self::Photo, Self::Contract, Self::Certificate, Self::Medical, Self::Consent, Self::Other];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Contract => "contract",
            Self::Certificate => "certificate",
            Self::Medical => "medical",
            Self::Consent => "consent",
            Self::Other => "other",
        }
    }

    /// Whose permission it takes to see and to write it.
    pub const fn group(self) -> Option<Group> {
        match self {
            Self::Photo => Some(Group::Photo),
            Self::Medical => Some(Group::Medical),
            _ => None,
        }
    }
}

/// A file to be kept.
#[derive(Clone, Debug, Serialize)]
pub struct NewAttachment {
    pub kind: AttachmentKind,
    /// Name of the file, for people.
    pub name: String,
    pub dated_on: Option<LocalDate>,
}

/// An attachment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentRow {
    pub id: AttachmentId,
    pub kind: AttachmentKind,
    pub name: String,
    pub dated_on: Option<LocalDate>,
    /// As the bytes say.
    pub media: String,
    pub bytes: i64,
    pub sha256: String,
    pub at: Instant,
    pub(super) blob: String,
}

#[derive(FromQueryResult)]
struct Row {
    id: AttachmentId,
    kind: String,
    name: String,
    dated_on: Option<LocalDate>,
    media: String,
    bytes: i64,
    sha256: String,
    at: Instant,
    blob: String,
}

/// The attachments of a person, oldest first, the photo among them. The caller has found him in scope.
pub async fn attachments(q: &impl Query, person: PersonId) -> Result<Vec<AttachmentRow>, Fault> {
    let sql = "SELECT id, kind, name, dated_on, media, bytes, sha256, at, blob \
               FROM person_attachment WHERE person_id = $1 ORDER BY id";
    let rows: Vec<Row> = q.rows(sql, vec![person.into()]).await?;
    rows.into_iter()
        .map(|r| {
            let kind = AttachmentKind::ALL.into_iter().find(|k| k.as_str() == r.kind);
            Ok(AttachmentRow {
                id: r.id,
                kind: kind.ok_or_else(|| Fault::text("an attachment of no known kind"))?,
                name: r.name,
                dated_on: r.dated_on,
                media: r.media,
                bytes: r.bytes,
                sha256: r.sha256,
                at: r.at,
                blob: r.blob,
            })
        })
        .collect()
}

/// What the bytes are, if they may be kept.
fn media(kind: AttachmentKind, bytes: &[u8]) -> Result<&'static str, ProfileRefusal> {
    let max = if kind == AttachmentKind::Photo { MAX_PHOTO } else { MAX_ATTACHMENT };
    if bytes.len() > max {
        return Err(ProfileRefusal::FileTooLarge { max });
    }
    let found = infer::get(bytes).map(|t| t.mime_type());
    let image = IMAGES.into_iter().find(|m| Some(*m) == found);
    match kind {
        AttachmentKind::Photo => image.ok_or(ProfileRefusal::NotAnImage),
        _ => {
            let document = || DOCUMENTS.into_iter().find(|m| Some(*m) == found);
            image.or_else(document).ok_or(ProfileRefusal::MediaRefused)
        }
    }
}

/// What equal bytes have in common.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

fn check_name(name: &str) -> Result<(), ProfileRefusal> {
    let bad = |c: char| c.is_control() || matches!(c, '/' | '\\');
    let chars = name.chars().count();
    let good = (1..=MAX_NAME).contains(&chars) && !name.chars().any(bad);
    if good && !name.trim().is_empty() { Ok(()) } else { Err(ProfileRefusal::FileNameInvalid) }
}

/// What is written of an attachment.
pub(super) struct AttachmentWrite<'a> {
    pub new: &'a NewAttachment,
    pub media: &'static str,
    pub bytes: i64,
    pub sha256: String,
    pub blob: &'a str,
}

/// Keeps a file; a photo replaces the one before. The person has to be in each of the scopes.
pub async fn attach(
    app: &App,
    actor: &Actor,
    scopes: &[Scope],
    person: PersonId,
    new: &NewAttachment,
    bytes: Bytes,
    once: &Once,
) -> Result<AttachmentRow, Failure> {
    let at = app.clock.now();
    check_name(&new.name)?;
    let media = media(new.kind, &bytes)?;
    seen(app.db.read(), scopes, person, app.today()).await?;
    let sha256 = sha256(&bytes);
    let blob = format!("person/{person}/{}", uuid::Uuid::new_v4().simple());
    let tx = app.db.begin().await?;
    store::waste(&tx, &[&blob], at).await?;
    tx.commit().await?;
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    app.blobs.put(&blob, bytes).await?;
    let write = AttachmentWrite { new, media, bytes: size, sha256, blob: &blob };
    let (row, gone) = match point(app, actor, scopes, person, write, once).await {
        Ok(done) => done,
        Err(e) => {
            discard(app, vec![blob]).await;
            return Err(e);
        }
    };
    discard(app, gone).await;
    Ok(row)
}

/// Writes the row that points at the blob; it, and the blobs nobody needs any more.
async fn point(
    app: &App,
    actor: &Actor,
    scopes: &[Scope],
    person: PersonId,
    write: AttachmentWrite<'_>,
    once: &Once,
) -> Result<(AttachmentRow, Vec<String>), Failure> {
    let at = app.clock.now();
    let (kind, blob) = (write.new.kind, write.blob.to_owned());
    let tx = app.db.begin().await?;
    let (id, gone) = match begin_once(&tx, actor, "attach", once, at).await? {
        // It was sent before: these bytes are not needed.
        Some(done) => (done, vec![blob]),
        None => {
            seen(&tx, scopes, person, app.today()).await?;
            store::hold(&tx).await?;
            let known = attachments(&tx, person).await?;
            let count = known.iter().filter(|a| a.kind != AttachmentKind::Photo).count();
            if kind != AttachmentKind::Photo
                && i64::try_from(count).unwrap_or(MAX_COUNT) >= MAX_COUNT
            {
                return Err(ProfileRefusal::TooManyFiles.into());
            }
            let replaced: Vec<&AttachmentRow> = known
                .iter()
                .filter(|a| kind == AttachmentKind::Photo && a.kind == AttachmentKind::Photo)
                .collect();
            for old in &replaced {
                store::delete_attachment(&tx, old.id).await?;
            }
            let gone: Vec<String> = replaced.into_iter().map(|a| a.blob.clone()).collect();
            store::waste(&tx, &gone.iter().map(String::as_str).collect::<Vec<_>>(), at).await?;
            let detail = json!({ "kind": kind, "name": write.new.name, "media": write.media,
                "bytes": write.bytes, "sha256": write.sha256 });
            let id = store::insert_attachment(&tx, person, write, actor.user, at).await?;
            store::unwaste(&tx, &blob).await?;
            audit(&tx, actor, at, "attach", "person_file", &person.to_string(), detail).await?;
            finish_once(&tx, actor, "attach", once, &id).await?;
            (id, gone)
        }
    };
    let found = attachments(&tx, person).await?.into_iter().find(|a| a.id == id);
    tx.commit().await?;
    Ok((found.ok_or(ProfileRefusal::AttachmentNotFound)?, gone))
}

/// Removes an attachment; its bytes go after the transaction.
pub async fn detach(
    app: &App,
    actor: &Actor,
    scopes: &[Scope],
    person: PersonId,
    id: AttachmentId,
) -> Result<AttachmentRow, Failure> {
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    seen(&tx, scopes, person, app.today()).await?;
    let found = attachments(&tx, person).await?.into_iter().find(|a| a.id == id);
    let row = found.ok_or(ProfileRefusal::AttachmentNotFound)?;
    store::delete_attachment(&tx, id).await?;
    store::waste(&tx, &[&row.blob], at).await?;
    let detail = json!({ "kind": row.kind, "name": row.name, "sha256": row.sha256 });
    audit(&tx, actor, at, "detach", "person_file", &person.to_string(), detail).await?;
    tx.commit().await?;
    discard(app, vec![row.blob.clone()]).await;
    Ok(row)
}

/// The bytes of an attachment. A view of what has a group is logged.
pub async fn open_attachment(
    app: &App,
    actor: &Actor,
    scopes: &[Scope],
    person: PersonId,
    id: AttachmentId,
) -> Result<(AttachmentRow, Blob), Failure> {
    let tx = app.db.begin().await?;
    seen(&tx, scopes, person, app.today()).await?;
    let found = attachments(&tx, person).await?.into_iter().find(|a| a.id == id);
    let row = found.ok_or(ProfileRefusal::AttachmentNotFound)?;
    if let Some(group) = row.kind.group() {
        let detail = json!({ "groups": [group.as_str()], "attachment": row.id });
        let at = app.clock.now();
        audit(&tx, actor, at, "reveal", "person_file", &person.to_string(), detail).await?;
    }
    tx.commit().await?;
    let blob = app.blobs.get(&row.blob).await?;
    let missing = || Fault::text(format!("the bytes of attachment {id} are missing"));
    Ok((row, blob.ok_or_else(missing)?))
}

/// Keeps bytes that no row points at for a day; the name they have.
pub async fn keep_for_a_day(app: &App, folder: &str, bytes: Bytes) -> Result<String, Failure> {
    const DAY_MILLIS: i64 = 86_400_000;
    let name = format!("{folder}/{}", uuid::Uuid::new_v4().simple());
    let tx = app.db.begin().await?;
    let until = app.clock.now().plus_millis(DAY_MILLIS - WASTE_MILLIS);
    store::waste(&tx, &[&name], until).await?;
    tx.commit().await?;
    app.blobs.put(&name, bytes).await?;
    Ok(name)
}

/// Removes bytes now; what fails is left to [`sweep`].
async fn discard(app: &App, blobs: Vec<String>) {
    for blob in blobs {
        let done = async {
            app.blobs.delete(&blob).await?;
            let tx = app.db.begin().await?;
            store::unwaste(&tx, &blob).await?;
            tx.commit().await
        };
        if let Err(e) = done.await {
            tracing::warn!(error = %e, "a blob is left to the sweeper");
        }
    }
}

#[derive(FromQueryResult)]
struct WasteRow {
    blob: String,
}

/// Removes bytes that nobody has pointed at for an hour; how many.
pub async fn sweep(app: &App) -> Result<usize, Fault> {
    let before = app.clock.now().plus_millis(-WASTE_MILLIS);
    let sql = "SELECT w.blob FROM blob_waste w WHERE w.at < $1 AND NOT EXISTS ( \
                 SELECT 1 FROM person_attachment a WHERE a.blob = w.blob) ORDER BY w.at LIMIT $2";
    let rows: Vec<WasteRow> = app.db.read().rows(sql, vec![before.into(), SWEEP.into()]).await?;
    for row in &rows {
        app.blobs.delete(&row.blob).await?;
        let tx = app.db.begin().await?;
        store::unwaste(&tx, &row.blob).await?;
        tx.commit().await?;
    }
    Ok(rows.len())
}

/// Sweeps from time to time until `stop` turns true.
pub async fn run_sweeper(app: App, mut stop: tokio::sync::watch::Receiver<bool>) {
    const PAUSE: std::time::Duration = std::time::Duration::from_secs(600);
    while !*stop.borrow() {
        if let Err(e) = sweep(&app).await {
            tracing::error!(error = %e, "sweeping blobs failed");
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            _ = stop.changed() => {}
        }
    }
}
