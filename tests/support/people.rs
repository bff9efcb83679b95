use std::sync::atomic::{AtomicU32, Ordering};

use kaoqin::base::Query;
use kaoqin::identity::{self, ScopeChoice, SeedUser};
use vocabulary::{LocalDate, PersonId};

use super::World;
use super::api::Api;

const PASSWORD: &str = "correct horse battery";

#[derive(sea_orm::FromQueryResult)]
struct Id {
    id: PersonId,
}

impl World {
    /// A person in service since 2010 who lives in Shanghai.
    pub async fn person(&self, number: &str) -> PersonId {
        self.person_in(number, "Asia/Shanghai").await
    }

    pub async fn person_in(&self, number: &str, zone: &str) -> PersonId {
        let tx = self.app.db.begin().await.unwrap();
        let hired = LocalDate::from_ymd(2010, 1, 1).unwrap();
        let sql = "INSERT INTO person (number, name, zone, hired_on, created_at) \
                   VALUES ($1, $1, $2, $3, 0) RETURNING id";
        let row: Option<Id> =
            tx.row(sql, vec![number.into(), zone.into(), hired.into()]).await.unwrap();
        tx.commit().await.unwrap();
        row.unwrap().id
    }

    /// A position of this grade; its id.
    pub async fn position(&self, code: &str, grade: i32) -> i64 {
        let tx = self.app.db.begin().await.unwrap();
        let sql = "INSERT INTO position (code, name, grade, active) VALUES ($1, $1, $2, TRUE)";
        tx.run(sql, vec![code.into(), grade.into()]).await.unwrap();
        tx.commit().await.unwrap();
        self.number(&format!("SELECT id FROM position WHERE code = '{code}'")).await
    }

    /// Signs in a new user and gives the API in his name.
    pub async fn user(
        &self,
        api: &Api,
        role: &'static str,
        person: Option<PersonId>,
        scope: ScopeChoice,
    ) -> Api {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let login = format!("{role}-{}", COUNT.fetch_add(1, Ordering::SeqCst));
        let tx = self.app.db.begin().await.unwrap();
        identity::ensure_roles(&tx).await.unwrap();
        let user =
            SeedUser { login: login.clone(), display_name: login.clone(), person, role, scope };
        identity::put_users(&tx, &[user], PASSWORD, self.app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let tokens = identity::sign_in(&self.app, &login, PASSWORD, "test").await.unwrap();
        api.with(&tokens.access)
    }
}
