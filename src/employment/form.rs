use vocabulary::{LocalDate, PersonId};

use crate::base::{Failure, Query, Scope};
use crate::people::{self, PeopleRefusal, PersonView};
use crate::rules::{SchemeOn, scheme_on};

/// What somebody is on a date, as the transfer screen shows it.
#[derive(Clone, Debug)]
pub struct TransferColumn {
    /// As of the date; nothing of it counts before the first day.
    pub person: PersonView,
    pub scheme: Option<SchemeOn>,
}

/// The transfer screen (员工调转操作).
#[derive(Clone, Debug)]
pub struct TransferForm {
    pub before: TransferColumn,
    pub after: TransferColumn,
}

/// What a person is on the day before a date and on it. With `copy` the second column is what he was before (复制调转前职位状态).
pub async fn transfer_form(
    q: &impl Query,
    scope: &Scope,
    id: PersonId,
    on: LocalDate,
    copy: bool,
) -> Result<TransferForm, Failure> {
    people::person(q, scope, id, on).await?.ok_or(PeopleRefusal::PersonNotFound)?;
    let before = column(q, id, on.plus(-1)).await?;
    let now = column(q, id, on).await?;
    let after = if copy {
        let state = now.person.state;
        let person = PersonView { state, ..before.person.clone() };
        TransferColumn { person, scheme: before.scheme.clone() }
    } else {
        now
    };
    Ok(TransferForm { before, after })
}

async fn column(q: &impl Query, id: PersonId, on: LocalDate) -> Result<TransferColumn, Failure> {
    let found = people::person(q, &Scope::everybody(), id, on).await?;
    let mut person = found.ok_or(PeopleRefusal::PersonNotFound)?;
    if on < person.hired_on {
        (person.org_id, person.org_code, person.org_name) = (None, None, None);
        (person.position_id, person.position_code, person.position_name) = (None, None, None);
        person.employment_kind = None;
    }
    Ok(TransferColumn { person, scheme: scheme_on(q, id, on).await? })
}
