//! The sums of a closing period as they were shown to a person, and what he says of them.

use sea_orm::entity::prelude::*;
use vocabulary::{Instant, PeriodId, PersonId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "period_statement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub period_id: PeriodId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    /// sent, confirmed, disputed
    pub state: String,
    /// fingerprint of what he answered
    pub content: Option<i64>,
    pub remark: Option<String>,
    pub sent_at: Instant,
    pub answered_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}
