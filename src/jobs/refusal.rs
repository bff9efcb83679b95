use crate::base::Refusal;

/// Why this room says no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobRefusal {
    JobNotFound,
    JobEnded,
    /// Seen by handlers only: somebody else holds the job now, or it was cancelled.
    LeaseLost,
    CursorInvalid,
}

use JobRefusal as R;

impl Refusal for JobRefusal {
    fn code(&self) -> &'static str {
        match self {
            R::JobNotFound => "job_not_found",
            R::JobEnded => "job_ended",
            R::LeaseLost => LEASE_LOST,
            R::CursorInvalid => "cursor_invalid",
        }
    }

    fn status(&self) -> u16 {
        match self {
            R::JobNotFound => 404,
            R::JobEnded | R::LeaseLost => 409,
            R::CursorInvalid => 422,
        }
    }

    fn zh(&self) -> String {
        match self {
            R::JobNotFound => "没有这个任务",
            R::JobEnded => "任务已经结束",
            R::LeaseLost => "任务已被取消或由其他进程接手",
            R::CursorInvalid => "翻页标记无效",
        }
        .to_owned()
    }

    fn en(&self) -> String {
        match self {
            R::JobNotFound => "There is no such job",
            R::JobEnded => "The job has ended already",
            R::LeaseLost => "The job was cancelled, or another process has taken it up",
            R::CursorInvalid => "The cursor is not one of ours",
        }
        .to_owned()
    }
}

pub(super) const LEASE_LOST: &str = "lease_lost";
