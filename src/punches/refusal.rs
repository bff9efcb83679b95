use crate::base::{FieldError, Refusal};

/// Why this room says no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PunchRefusal {
    PersonNotFound {
        /// The row that names him, where there are several.
        index: Option<usize>,
    },
    PunchNotFound,
    /// A record of an unknown person.
    RecordNotFound,
    AlreadyVoid,
    ReasonInvalid,
    InFuture,
    MomentInvalid {
        index: usize,
    },
    PinInvalid {
        index: usize,
    },
    RowRepeated {
        index: usize,
    },
    TooManyRows {
        max: usize,
    },
    CursorInvalid,
    SpanInvalid {
        max_days: i32,
    },
}

use PunchRefusal as R;

impl PunchRefusal {
    fn path(&self) -> Option<String> {
        match self {
            R::PersonNotFound { index } => index.map(|i| format!("items[{i}].person_id")),
            R::MomentInvalid { index } => Some(format!("items[{index}].at")),
            R::PinInvalid { index } => Some(format!("items[{index}].pin")),
            R::RowRepeated { index } => Some(format!("items[{index}]")),
            R::ReasonInvalid => Some("reason".to_owned()),
            _ => None,
        }
    }
}

impl Refusal for PunchRefusal {
    fn code(&self) -> &'static str {
        match self {
            R::PersonNotFound { .. } => "person_not_found",
            R::PunchNotFound => "punch_not_found",
            R::RecordNotFound => "record_not_found",
            R::AlreadyVoid => "already_void",
            R::ReasonInvalid => "reason_invalid",
            R::InFuture => "in_future",
            R::MomentInvalid { .. } => "moment_invalid",
            R::PinInvalid { .. } => "pin_invalid",
            R::RowRepeated { .. } => "row_repeated",
            R::TooManyRows { .. } => "too_many_rows",
            R::CursorInvalid => "cursor_invalid",
            R::SpanInvalid { .. } => "span_invalid",
        }
    }

    fn status(&self) -> u16 {
        match self {
            R::PersonNotFound { .. } | R::PunchNotFound | R::RecordNotFound => 404,
            R::AlreadyVoid => 409,
            _ => 422,
        }
    }

    fn zh(&self) -> String {
        match self {
            R::PersonNotFound { .. } => "没有该人员".to_owned(),
            R::PunchNotFound => "没有该打卡记录".to_owned(),
            R::RecordNotFound => "没有该未分配记录".to_owned(),
            R::AlreadyVoid => "该打卡记录已作废".to_owned(),
            R::ReasonInvalid => "原因须为 1–500 个字符".to_owned(),
            R::InFuture => "打卡时间不能在将来".to_owned(),
            R::MomentInvalid { .. } => "at 与 local_time 须且只须给出一个".to_owned(),
            R::PinInvalid { .. } => "设备号和人员编号须为不超过 64 个可见字符".to_owned(),
            R::RowRepeated { .. } => "同一设备和编号出现多次".to_owned(),
            R::TooManyRows { max } => format!("须有 1–{max} 行"),
            R::CursorInvalid => "游标无效".to_owned(),
            R::SpanInvalid { max_days } => format!("日期范围须为 1–{max_days} 天"),
        }
    }

    fn en(&self) -> String {
        match self {
            R::PersonNotFound { .. } => "There is no such person".to_owned(),
            R::PunchNotFound => "There is no such punch".to_owned(),
            R::RecordNotFound => "There is no such record".to_owned(),
            R::AlreadyVoid => "The punch is void already".to_owned(),
            R::ReasonInvalid => "A reason of 1 to 500 characters is needed".to_owned(),
            R::InFuture => "A punch cannot lie in the future".to_owned(),
            R::MomentInvalid { .. } => "Exactly one of at and local_time is needed".to_owned(),
            R::PinInvalid { .. } => {
                "Device and number must have at most 64 visible characters".to_owned()
            }
            R::RowRepeated { .. } => "The same device and number occur twice".to_owned(),
            R::TooManyRows { max } => format!("1 to {max} rows are needed"),
            R::CursorInvalid => "The cursor is not valid".to_owned(),
            R::SpanInvalid { max_days } => format!("The dates must span 1 to {max_days} days"),
        }
    }

    fn errors(&self) -> Vec<FieldError> {
        let error =
            |path| FieldError { path, code: self.code().to_owned(), zh: self.zh(), en: self.en() };
        self.path().map(error).into_iter().collect()
    }
}
