use std::fmt;
use std::str::FromStr;

/// The six kinds of versioned objects of this room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleKind {
    /// Work-time punch rule (工作时间打卡规则, domain 7.1).
    Punch,
    /// Late rule (迟到打卡规则, domain 7.2).
    Late,
    /// Early-leave rule (早退打卡规则, domain 7.2).
    Early,
    /// Abnormal-punch rule (异常打卡规则, domain 7.3).
    Abnormal,
    /// Request type (申请类型, domain 12.2).
    RequestType,
    /// Attendance scheme (考勤方案, domain 8).
    Scheme,
}

impl RuleKind {
    pub const ALL: [Self; 6] =
        [Self::Punch, Self::Late, Self::Early, Self::Abnormal, Self::RequestType, Self::Scheme];

    /// The word in the database and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Punch => "punch_rule",
            Self::Late => "late_rule",
            Self::Early => "early_rule",
            Self::Abnormal => "abnormal_rule",
            Self::RequestType => "request_type",
            Self::Scheme => "scheme",
        }
    }

    pub const fn en(self) -> &'static str {
        match self {
            Self::Punch => "punch rule",
            Self::Late => "late rule",
            Self::Early => "early-leave rule",
            Self::Abnormal => "abnormal-punch rule",
            Self::RequestType => "request type",
            Self::Scheme => "scheme",
        }
    }

    pub const fn zh(self) -> &'static str {
        match self {
            Self::Punch => "打卡规则",
            Self::Late => "迟到规则",
            Self::Early => "早退规则",
            Self::Abnormal => "异常打卡规则",
            Self::RequestType => "申请类型",
            Self::Scheme => "考勤方案",
        }
    }
}

/// The text names no kind of rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownKind;

impl fmt::Display for UnknownKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown kind of rule")
    }
}

impl std::error::Error for UnknownKind {}

impl FromStr for RuleKind {
    type Err = UnknownKind;

    fn from_str(s: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|k| k.as_str() == s).ok_or(UnknownKind)
    }
}

impl fmt::Display for RuleKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
