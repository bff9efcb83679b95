use serde::Serialize;
use serde_json::json;
use vocabulary::{LocalDate, WhatIfRunId};

use super::draft::{Drafted, WhatIfDrafts};
use super::read::Target;
use super::{JOB, MAX_DAYS, MAX_OPEN, MAX_PEOPLE, WhatIfRefusal, remove, store};
use crate::base::{Actor, App, Failure, Once, Scope, Tx, audit, begin_once, finish_once};
use crate::jobs;
use crate::people::{self, OrgFilter, PeopleRefusal};
use crate::precompute::read::check_span;

/// A run as it is asked for.
#[derive(Clone, Debug, Serialize)]
pub struct NewWhatIf {
    pub name: String,
    pub from: LocalDate,
    pub to: LocalDate,
    pub target: Target,
    pub drafts: WhatIfDrafts,
}

/// Longest name of a run.
const MAX_NAME: usize = 100;

/// Asks for a run over everybody of the target who lies in the scope; the job does the rest.
pub async fn plan_what_if(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    new: NewWhatIf,
    once: &Once,
) -> Result<WhatIfRunId, Failure> {
    check_span(new.from, new.to, MAX_DAYS)?;
    if new.to > app.today().plus(1) {
        return Err(WhatIfRefusal::SpanInFuture.into());
    }
    if new.name.chars().count() > MAX_NAME || new.name.chars().any(char::is_control) {
        return Err(PeopleRefusal::NameInvalid.into());
    }
    let mut drafted = Drafted::new(new.drafts.clone())?;
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "create_what_if_run", once, at).await? {
        return Ok(done);
    }
    drafted.check(&tx, at).await?;
    check_target(&tx, scope, &new).await?;
    if store::open_runs(&tx, actor.user).await? >= MAX_OPEN {
        return Err(WhatIfRefusal::TooManyRuns.into());
    }
    let id = store::insert_run(&tx, actor, &new, scope, at).await?;
    let params = json!({ "what_if_run_id": id });
    let job = jobs::enqueue(&tx, actor, JOB, &params, at).await?;
    store::set_job(&tx, id, job).await?;
    let detail = json!({ "from": new.from, "to": new.to, "name": new.name });
    audit(&tx, actor, at, "create", "what_if_run", &id.to_string(), detail).await?;
    remove::expire(&tx, at).await?;
    finish_once(&tx, actor, "create_what_if_run", once, &id).await?;
    tx.commit().await?;
    Ok(id)
}

/// What is named must lie in the scope on some date of the span.
async fn check_target(tx: &Tx, scope: &Scope, new: &NewWhatIf) -> Result<(), Failure> {
    match &new.target {
        Target::Everybody => Ok(()),
        Target::Org(id) => {
            let filter = OrgFilter::one(*id, new.to);
            let found = people::org_units(tx, scope, &filter).await?;
            if found.is_empty() { Err(WhatIfRefusal::OrgNotFound.into()) } else { Ok(()) }
        }
        Target::Persons(ids) if ids.len() > MAX_PEOPLE => Err(WhatIfRefusal::TooManyPeople.into()),
        Target::Persons(ids) => {
            let seen = store::people_between(tx, scope, new, ids).await?;
            let all = ids.iter().all(|id| seen.contains(id));
            if all { Ok(()) } else { Err(WhatIfRefusal::PersonNotFound.into()) }
        }
    }
}
