use super::{MAX_DRAFTS, MAX_OPEN, MAX_PEOPLE};
use crate::base::Refusal;

/// Why a what-if run is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhatIfRefusal {
    RunNotFound,
    NothingDrafted,
    TooManyDrafts,
    TooManyPeople,
    TooManyRuns,
    TargetAmbiguous,
    PersonNotFound,
    OrgNotFound,
    SpanInFuture,
    CursorInvalid,
    ItemUnknown,
}

use WhatIfRefusal as R;

impl Refusal for WhatIfRefusal {
    fn code(&self) -> &'static str {
        match self {
            R::RunNotFound => "what_if_run_not_found",
            R::NothingDrafted => "nothing_drafted",
            R::TooManyDrafts => "too_many_drafts",
            R::TooManyPeople => "too_many_people",
            R::TooManyRuns => "too_many_runs",
            R::TargetAmbiguous => "target_ambiguous",
            R::PersonNotFound => "person_not_found",
            R::OrgNotFound => "org_unit_not_found",
            R::SpanInFuture => "span_in_future",
            R::CursorInvalid => "cursor_invalid",
            R::ItemUnknown => "item_unknown",
        }
    }

    fn status(&self) -> u16 {
        match self {
            R::RunNotFound | R::PersonNotFound | R::OrgNotFound => 404,
            R::TooManyRuns => 409,
            _ => 422,
        }
    }

    fn zh(&self) -> String {
        match self {
            R::RunNotFound => "没有这次预演".to_owned(),
            R::NothingDrafted => "请至少给出一个草案（规则、方案、班次或日历）".to_owned(),
            R::TooManyDrafts => format!("一次预演最多 {MAX_DRAFTS} 个草案"),
            R::TooManyPeople => format!("最多指定 {MAX_PEOPLE} 名员工"),
            R::TooManyRuns => format!("您已有 {MAX_OPEN} 次预演未结束，请等待或取消"),
            R::TargetAmbiguous => "部门和员工只能指定一种".to_owned(),
            R::PersonNotFound => "没有这个员工".to_owned(),
            R::OrgNotFound => "没有这个部门".to_owned(),
            R::SpanInFuture => "预演只针对今天及以前的日期".to_owned(),
            R::CursorInvalid => "翻页标记无效".to_owned(),
            R::ItemUnknown => "没有这个项目".to_owned(),
        }
    }

    fn en(&self) -> String {
        match self {
            R::RunNotFound => "There is no such what-if run".to_owned(),
            R::NothingDrafted => {
                "Give at least one draft: rule, scheme, shift or calendar".to_owned()
            }
            R::TooManyDrafts => format!("A run takes at most {MAX_DRAFTS} drafts"),
            R::TooManyPeople => format!("Name at most {MAX_PEOPLE} people"),
            R::TooManyRuns => {
                format!("You have {MAX_OPEN} runs that have not ended: wait for them or cancel one")
            }
            R::TargetAmbiguous => "Name a department or people, not both".to_owned(),
            R::PersonNotFound => "There is no such person".to_owned(),
            R::OrgNotFound => "There is no such department".to_owned(),
            R::SpanInFuture => "A run looks at dates up to today".to_owned(),
            R::CursorInvalid => "The cursor is not one of ours".to_owned(),
            R::ItemUnknown => "There is no such item".to_owned(),
        }
    }
}
