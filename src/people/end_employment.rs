use serde::Serialize;
use serde_json::json;
use vocabulary::{LocalDate, PersonId};

use super::add_person::finish;
use super::put_people::{changed_service, check_service};
use super::read::{PersonView, person};
use super::{PeopleRefusal, marks, store};
use crate::base::{Actor, App, Failure, Once, Scope, audit, begin_once, finish_once};

/// The end of an employment.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Leaving {
    /// The version this is based on.
    pub version: i32,
    /// Last day in service; `None` = he stays, or is back without interruption.
    pub left_on: Option<LocalDate>,
}

/// Sets, moves or takes back the last day in service.
pub async fn end_employment(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: PersonId,
    leaving: Leaving,
    once: &Once,
) -> Result<PersonView, Failure> {
    let (at, today) = (app.clock.now(), app.today());
    let tx = app.db.begin().await?;
    if begin_once::<PersonId>(&tx, actor, "end_employment", once, at).await?.is_none() {
        let p = person(&tx, scope, id, today).await?.ok_or(PeopleRefusal::PersonNotFound)?;
        let conflict = PeopleRefusal::VersionConflict { version: p.version };
        if p.version != leaving.version {
            return Err(conflict.into());
        }
        check_service(p.hired_on, leaving.left_on)?;
        let spans = changed_service((p.hired_on, p.left_on), (p.hired_on, leaving.left_on));
        if !spans.is_empty() {
            let row = json!([{ "id": id.0, "version": p.version, "name": p.name, "zone": p.zone,
                "hired_on": p.hired_on, "left_on": leaving.left_on }]);
            if store::update_people(&tx, &row.to_string()).await?.is_empty() {
                return Err(conflict.into());
            }
            let spans: Vec<_> = spans.into_iter().map(|s| (id, s)).collect();
            marks::mark_service(&tx, &spans, today, at).await?;
            let detail = json!({ "before": p.left_on, "after": leaving.left_on });
            audit(&tx, actor, at, "end_employment", "person", &id.to_string(), detail).await?;
        }
        finish_once(&tx, actor, "end_employment", once, &id).await?;
    }
    finish(app, tx, id).await
}
