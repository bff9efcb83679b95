use vocabulary::LocalDate;

use super::FileError;
use crate::base::Refusal;

/// Why a place of a roster file, or the file, is not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GridRefusal {
    /// The file as a whole.
    FileUnreadable {
        what: String,
    },
    ContentInvalid,
    TooManyRows {
        max: usize,
    },
    TooManyChanges {
        max: usize,
    },
    SpanTooLong {
        max_days: i32,
    },
    HeadInvalid {
        text: String,
    },
    DateRepeated {
        date: LocalDate,
    },
    RowTorn,
    DateInvalid {
        text: String,
    },
    NumberMissing,
    PersonRepeated {
        line: u64,
    },
    PersonNotFound,
    NotInService {
        date: LocalDate,
    },
    DateLocked {
        date: LocalDate,
    },
}

use GridRefusal as R;

impl GridRefusal {
    pub fn file(e: &FileError) -> Self {
        Self::FileUnreadable { what: e.to_string() }
    }

    #[cfg(test)]
    pub fn code_text(&self) -> &'static str {
        self.code()
    }
}

impl Refusal for GridRefusal {
    fn code(&self) -> &'static str {
        match self {
            R::FileUnreadable { .. } => "file_unreadable",
            R::ContentInvalid => "content_invalid",
            R::TooManyRows { .. } => "too_many_rows",
            R::TooManyChanges { .. } => "too_many_changes",
            R::SpanTooLong { .. } => "span_invalid",
            R::HeadInvalid { .. } => "head_invalid",
            R::DateRepeated { .. } => "date_repeated",
            R::RowTorn => "row_torn",
            R::DateInvalid { .. } => "date_invalid",
            R::NumberMissing => "number_missing",
            R::PersonRepeated { .. } => "person_repeated",
            R::PersonNotFound => "person_not_found",
            R::NotInService { .. } => "not_in_service",
            R::DateLocked { .. } => "date_locked",
        }
    }

    fn status(&self) -> u16 {
        422
    }

    fn zh(&self) -> String {
        match self {
            R::FileUnreadable { what } => {
                format!("无法读取文件，须为 CSV 或 XLSX，且首部含工号与日期列（{what}）")
            }
            R::ContentInvalid => "文件内容不是有效的 base64".to_owned(),
            R::TooManyRows { max } => format!("一个文件最多 {max} 行"),
            R::TooManyChanges { max } => format!("一次最多更改 {max} 个单元格，请分多个文件导入"),
            R::SpanTooLong { max_days } => format!("一个文件最多 {max_days} 天"),
            R::HeadInvalid { text } => format!("表头“{text}”不是日期，该列未导入"),
            R::DateRepeated { date } => format!("日期 {date} 出现多次，后面的列未导入"),
            R::RowTorn => "该行不完整".to_owned(),
            R::DateInvalid { text } => format!("“{text}”不是日期"),
            R::NumberMissing => "缺少工号".to_owned(),
            R::PersonRepeated { line } => format!("同一员工已出现在第 {line} 行"),
            R::PersonNotFound => "没有这个员工".to_owned(),
            R::NotInService { date } => format!("该员工在 {date} 不在职或已冻结"),
            R::DateLocked { date } => format!("{date} 所在的考勤周期已锁定"),
        }
    }

    fn en(&self) -> String {
        match self {
            R::FileUnreadable { what } => format!(
                "The file cannot be read; it is CSV or XLSX with a head of number and dates ({what})"
            ),
            R::ContentInvalid => "The content is not base64".to_owned(),
            R::TooManyRows { max } => format!("A file has at most {max} rows"),
            R::TooManyChanges { max } => {
                format!("At most {max} cells change at once; use several files")
            }
            R::SpanTooLong { max_days } => format!("A file has at most {max_days} days"),
            R::HeadInvalid { text } => {
                format!("The head \"{text}\" is no date; its column is left out")
            }
            R::DateRepeated { date } => {
                format!("The date {date} stands several times; the later columns are left out")
            }
            R::RowTorn => "The row is not whole".to_owned(),
            R::DateInvalid { text } => format!("\"{text}\" is no date"),
            R::NumberMissing => "The number of the person is missing".to_owned(),
            R::PersonRepeated { line } => format!("The same person stands in line {line} already"),
            R::PersonNotFound => "There is no such person".to_owned(),
            R::NotInService { date } => {
                format!("The person is not in service on {date}, or frozen")
            }
            R::DateLocked { date } => format!("The period of {date} is locked"),
        }
    }
}
