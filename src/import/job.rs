//! Tables of people that come over HTTP: kept as a blob, read by a job, reported in its result.

use bytes::Bytes;
use futures::StreamExt;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vocabulary::JobId;

use super::report::Report;
use super::stream::ImportError;
use super::{Input, PeopleOptions, import_people};
use crate::base::{
    Actor, App, Channel, Failure, Fault, Once, Refusal, audit, begin_once, finish_once,
};
use crate::jobs::{self, Held};
use crate::profiles::{self, Group};

/// The kind of the job.
pub const IMPORT_JOB: &str = "import_people";
/// Rejections that the result of a job lists.
const SHOWN: usize = 1_000;

/// How a table that was sent is to be read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImportPlan {
    pub dry_run: bool,
    pub create_orgs: bool,
    /// Names of the groups whose columns are read; others are left out.
    pub groups: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Params {
    blob: String,
    plan: ImportPlan,
}

/// Why an import does not start or goes no further.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportRefusal {
    ScopeTooSmall,
    Unreadable { why: String },
    Gone,
}

impl Refusal for ImportRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::ScopeTooSmall => "scope_too_small",
            Self::Unreadable { .. } => "file_unreadable",
            Self::Gone => "file_gone",
        }
    }

    fn status(&self) -> u16 {
        if *self == Self::ScopeTooSmall { 403 } else { 422 }
    }

    fn zh(&self) -> String {
        match self {
            Self::ScopeTooSmall => "导入需要全部员工的数据范围".to_owned(),
            Self::Unreadable { why } => format!("文件无法读取：{why}"),
            Self::Gone => "上传的文件已过期，请重新上传".to_owned(),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::ScopeTooSmall => "An import needs the scope of everybody".to_owned(),
            Self::Unreadable { why } => format!("The file cannot be read: {why}"),
            Self::Gone => "The file that was sent is gone; send it again".to_owned(),
        }
    }
}

/// Keeps the table and asks for the job that reads it.
pub async fn plan_import(
    app: &App,
    actor: &Actor,
    plan: &ImportPlan,
    bytes: Bytes,
    once: &Once,
) -> Result<JobId, Failure> {
    let at = app.clock.now();
    let size = bytes.len();
    let blob = profiles::keep_for_a_day(app, "import", bytes).await?;
    let tx = app.db.begin().await?;
    let id = match begin_once(&tx, actor, "import_people", once, at).await? {
        Some(done) => done,
        None => {
            let params = serde_json::to_value(Params { blob, plan: plan.clone() })?;
            let id = jobs::enqueue(&tx, actor, IMPORT_JOB, &params, at).await?;
            let detail = json!({ "bytes": size, "plan": plan });
            audit(&tx, actor, at, "import", "person", &id.to_string(), detail).await?;
            finish_once(&tx, actor, "import_people", once, &id).await?;
            id
        }
    };
    tx.commit().await?;
    Ok(id)
}

/// Reads a table that was sent; the report is the result of the job.
pub fn work_import<'a>(app: &'a App, held: &'a Held) -> BoxFuture<'a, Result<Value, Failure>> {
    Box::pin(async move {
        let Params { blob, plan } = serde_json::from_value(held.params.clone())?;
        let mut found = app.blobs.get(&blob).await?.ok_or(ImportRefusal::Gone)?;
        let mut bytes = Vec::new();
        while let Some(piece) = found.stream.next().await {
            bytes.extend_from_slice(&piece?);
        }
        let unreadable = |why: String| ImportRefusal::Unreadable { why };
        let input = Input::from_bytes(bytes).map_err(|e| unreadable(e.to_string()))?;
        let named = |g: &Group| plan.groups.iter().any(|n| n == g.as_str());
        let options = PeopleOptions {
            create_orgs: plan.create_orgs,
            dry_run: plan.dry_run,
            groups: Some(Group::ALL.into_iter().filter(named).collect()),
            ..PeopleOptions::default()
        };
        let actor = Actor { user: held.author, person: None, channel: Channel::Api };
        match import_people(app, &actor, &input, &options).await {
            Ok(report) => Ok(shortened(report)?),
            Err(ImportError::File(e)) => Err(unreadable(e.to_string()).into()),
            Err(ImportError::Failed(f)) => Err(f),
        }
    })
}

fn shortened(mut report: Report) -> Result<Value, Fault> {
    let more = report.rejections.len().saturating_sub(SHOWN);
    report.rejections.truncate(SHOWN);
    report.rejections_left_out += u64::try_from(more).unwrap_or(u64::MAX);
    Ok(serde_json::to_value(report)?)
}
