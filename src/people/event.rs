//! What happens in an employment (domain 4).

use serde::{Deserialize, Deserializer, Serialize};
use vocabulary::{
    EmploymentKind, EventId, LocalDate, OrgId, PersonId, PositionId, RequestId, RuleId, ShiftId,
};

/// Kinds of events of an employment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// 入职
    Hire,
    /// 试用
    Probation,
    /// 转正
    Confirm,
    /// 续签
    Renewal,
    /// 调动
    Transfer,
    /// 升迁
    Promotion,
    /// 冻结
    Freeze,
    /// 解冻
    Unfreeze,
    /// 离职
    Leave,
    /// 复职
    Reinstate,
    /// 更正
    Correction,
    /// Says that another event never happened.
    Reversal,
}

impl EventKind {
    pub const ALL: [Self; 12] = [
        Self::Hire,
        Self::Probation,
        Self::Confirm,
        Self::Renewal,
        Self::Transfer,
        Self::Promotion,
        Self::Freeze,
        Self::Unfreeze,
        Self::Leave,
        Self::Reinstate,
        Self::Correction,
        Self::Reversal,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hire => "hire",
            Self::Probation => "probation",
            Self::Confirm => "confirm",
            Self::Renewal => "renewal",
            Self::Transfer => "transfer",
            Self::Promotion => "promotion",
            Self::Freeze => "freeze",
            Self::Unfreeze => "unfreeze",
            Self::Leave => "leave",
            Self::Reinstate => "reinstate",
            Self::Correction => "correction",
            Self::Reversal => "reversal",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == text)
    }
}

/// Whether an event counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventState {
    /// Waits for a decision.
    Pending,
    Refused,
    Effective,
    /// Taken back; nothing had followed.
    Removed,
    /// Taken back by another event.
    Reversed,
}

impl EventState {
    pub const ALL: [Self; 5] =
        [Self::Pending, Self::Refused, Self::Effective, Self::Removed, Self::Reversed];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Refused => "refused",
            Self::Effective => "effective",
            Self::Removed => "removed",
            Self::Reversed => "reversed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }
}

/// What is there, even if it is null.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(d: D) -> Result<Option<T>, D::Error> {
    T::deserialize(d).map(Some)
}

/// What an event sets. `None` = it says nothing of it. The names are part of what is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EventContent {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org: Option<OrgId>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub position: Option<Option<PositionId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<EmploymentKind>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub scheme: Option<Option<RuleId>>,
    /// Last day of a freeze or of a probation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<LocalDate>,
    /// Last day of the contract that begins; a renewal without it is open-ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract_until: Option<LocalDate>,
    /// Of a reinstatement: whether the years of service go on as if he had never left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continuous: Option<bool>,
}

impl EventContent {
    /// Whether it moves the person to another place.
    pub const fn moves(&self) -> bool {
        self.org.is_some()
            || self.position.is_some()
            || self.kind.is_some()
            || self.scheme.is_some()
    }
}

/// What an event replaced or withdrew elsewhere. It is put back when the event goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Undone {
    /// The scheme that was assigned on this very date by hand.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub scheme: Option<Option<RuleId>>,
    /// Roster cells after the last day.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<(LocalDate, Vec<ShiftId>)>,
    /// Approved requests after the last day.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<RequestId>,
}

/// An event of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub id: EventId,
    pub kind: EventKind,
    pub on: LocalDate,
    /// Of several on one date the greatest wins.
    pub seq: i32,
    pub state: EventState,
    pub content: EventContent,
    pub undone: Undone,
}

impl Event {
    pub fn counts(&self) -> bool {
        self.state == EventState::Effective
    }
}

/// An event to be entered.
#[derive(Clone, Debug, Serialize)]
pub struct NewEvent {
    pub person: PersonId,
    pub kind: EventKind,
    /// Takes effect at 00:00 of this date; of `Leave` it is the last day in service.
    pub on: LocalDate,
    pub content: EventContent,
    pub reason: String,
}
