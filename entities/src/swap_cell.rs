//! Cells of a swap; the newest that has not ended counts.

use sea_orm::entity::prelude::*;
use vocabulary::{Instant, LocalDate, PersonId, SwapId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "swap_cell")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub work_date: LocalDate,
    #[sea_orm(primary_key, auto_increment = false)]
    pub swap_id: SwapId,
    pub before_ids: Option<String>,
    pub shift_ids: String,
    pub ended_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}
