//! People of the company who can sign in.

use std::sync::Arc;

use vocabulary::PersonId;

use super::data::World;
use crate::base::Fault;
use crate::identity::{self, ScopeChoice, SeedUser};

/// How long their tokens are good: longer than any benchmark.
const TOKEN_SECONDS: i64 = 30 * 86_400;

/// A person with an access token.
pub struct User {
    pub person: PersonId,
    pub token: Arc<str>,
}

/// Gives so many people, spread over the company, an account and a session.
pub async fn users(world: &World, count: u32) -> Result<Vec<User>, Fault> {
    let app = &world.app;
    let all = u64::from(world.size.people);
    let count = count.clamp(1, world.size.people);
    let place = |n: u32| u64::from(n) * all / u64::from(count) + 1;
    let people: Vec<PersonId> =
        (0..count).map(|n| PersonId(i64::try_from(place(n)).unwrap_or(1))).collect();
    let accounts: Vec<SeedUser> = people
        .iter()
        .map(|p| SeedUser {
            login: format!("b{p}"),
            display_name: format!("员工{p}"),
            person: Some(*p),
            role: "employee",
            scope: ScopeChoice::Own,
        })
        .collect();
    let tx = app.db.begin().await?;
    let now = app.clock.now();
    let ids = identity::put_users(&tx, &accounts, "a password nobody uses", now).await?;
    let mut made = Vec::with_capacity(people.len());
    for (person, user) in people.into_iter().zip(ids) {
        let session = identity::issue_session(app, &tx, user, "bench", now, TOKEN_SECONDS).await?;
        made.push(User { person, token: session.access.into() });
    }
    tx.commit().await?;
    Ok(made)
}
