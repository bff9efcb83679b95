use vocabulary::PersonId;

use super::card::CardInput;
use super::change_file::seen;
use super::plan::{FileInput, plan_files};
use super::write::write_files;
use super::{FileView, ProfileRefusal, file};
use crate::base::{Actor, App, Failure, Fault, Once, Scope, begin_once, finish_once};

/// Gives a person a card from a date on, or takes it back. What was entered for later dates goes.
pub async fn hand_card(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: PersonId,
    card: &CardInput,
    once: &Once,
) -> Result<FileView, Failure> {
    let (at, today) = (app.clock.now(), app.today());
    let tx = app.db.begin().await?;
    if begin_once::<PersonId>(&tx, actor, "hand_card", once, at).await?.is_none() {
        seen(&tx, std::slice::from_ref(scope), id, today).await?;
        let input =
            FileInput { person: Some(id), card: Some(card.clone()), ..FileInput::default() };
        let keys = app.config.data_keys();
        let plan = plan_files(&tx, keys, &[input]).await?.pop();
        let plan = plan.ok_or_else(|| Fault::text("a plan is missing"))??;
        write_files(&tx, keys, actor, "hand_card", &[(id, plan)], at).await?;
        finish_once(&tx, actor, "hand_card", once, &id).await?;
    }
    let view = file(&tx, app.config.data_keys(), &Scope::everybody(), id, today).await?;
    tx.commit().await?;
    Ok(view.ok_or(ProfileRefusal::PersonNotFound)?)
}
