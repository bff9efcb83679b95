use futures::future::BoxFuture;
use serde::Serialize;
use serde_json::json;
use vocabulary::{Instant, LocalDate, PersonId};

use super::change_file::seen;
use super::fields::MANAGER;
use super::load::load_files;
use super::plan::{FileInput, plan_files};
use super::write::write_files;
use super::{FileView, ProfileRefusal, file};
use crate::base::{Actor, App, Failure, Fault, Once, Scope, Tx, audit, begin_once, finish_once};
use crate::people::{self, PeopleRefusal, PersonRow, Put, PutAt};

/// What of a file goes with a copy: how and where somebody works, never who he is.
const COPIED: [&str; 4] = ["hours_system", "hours_approval", "hours_approval_until", "region"];

/// Gives the second person the scheme of the first; `rules` does it.
pub type CopyScheme = for<'a> fn(
    &'a Tx,
    &'a Actor,
    (PersonId, PersonId),
    LocalDate,
    LocalDate,
    Instant,
) -> BoxFuture<'a, Result<(), Fault>>;

/// The person a file is copied for.
#[derive(Clone, Debug, Serialize)]
pub struct NewCopy {
    pub number: String,
    pub name: String,
    /// First day in service.
    pub hired_on: LocalDate,
}

/// Takes a person on who works where and how another does: department, position, employment kind, dimensions, zone,
/// scheme, manager, working-hours system. Number, card, identity, photo, contact data and papers are never copied.
pub async fn copy_person(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    from: PersonId,
    new: &NewCopy,
    copy_scheme: CopyScheme,
    once: &Once,
) -> Result<FileView, Failure> {
    let (at, today, keys) = (app.clock.now(), app.today(), app.config.data_keys());
    let tx = app.db.begin().await?;
    let id = match begin_once(&tx, actor, "copy_person", once, at).await? {
        Some(done) => done,
        None => {
            seen(&tx, std::slice::from_ref(scope), from, today).await?;
            let model = people::person(&tx, scope, from, today).await?;
            let model = model.ok_or(ProfileRefusal::PersonNotFound)?;
            if people::by_number(&tx, std::slice::from_ref(&new.number)).await?.len() == 1 {
                return Err(PeopleRefusal::NumberTaken.into());
            }
            let row = PersonRow {
                number: new.number.clone(),
                name: Some(new.name.clone()),
                zone: model.zone.parse().ok(),
                hired_on: Some(new.hired_on),
                org: model.org_id,
                position: model.position_id,
                kind: model.employment_kind,
                ..PersonRow::default()
            };
            let when = PutAt { zone: app.zone(), today, at };
            let id = match people::put_people(&tx, actor, &[row], when).await?.pop() {
                Some(Put::Created(id)) => id,
                Some(Put::Refused(refusal)) => return Err(refusal.into()),
                _ => return Err(PeopleRefusal::NumberTaken.into()),
            };
            people::copy_dimensions(&tx, from, today, id, new.hired_on).await?;
            copy_scheme(&tx, actor, (from, id), new.hired_on, today, at).await?;
            let stored = load_files(&tx, &[from]).await?.remove(&from).unwrap_or_default();
            let values = stored.values.into_iter();
            let input = FileInput {
                person: Some(id),
                values: values.filter(|(name, _)| COPIED.contains(&name.as_str())).collect(),
                manager: Some(stored.manager),
                ..FileInput::default()
            };
            let plan = plan_files(&tx, keys, &[input]).await?.pop();
            let plan = plan.ok_or_else(|| Fault::text("a plan is missing"))??;
            write_files(&tx, keys, actor, "copy", &[(id, plan)], at).await?;
            let copied = [COPIED.as_slice(), &[MANAGER]].concat();
            let detail = json!({ "from": from, "copied": copied });
            audit(&tx, actor, at, "copy", "person", &id.to_string(), detail).await?;
            finish_once(&tx, actor, "copy_person", once, &id).await?;
            id
        }
    };
    let view = file(&tx, keys, &Scope::everybody(), id, today).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(view.ok_or(ProfileRefusal::PersonNotFound)?)
}
