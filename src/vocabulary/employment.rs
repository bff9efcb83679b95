use std::fmt;
use std::str::FromStr;

/// The text names no employment kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownEmploymentKind;

impl fmt::Display for UnknownEmploymentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown employment kind")
    }
}

impl std::error::Error for UnknownEmploymentKind {}

/// How somebody is employed (用工性质).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Enum))]
#[cfg_attr(feature = "openapi", oai(rename_all = "snake_case"))]
pub enum EmploymentKind {
    /// 全职
    FullTime,
    /// 非全日制
    PartTime,
    /// 劳务派遣
    Dispatched,
    /// 实习
    Intern,
    /// 退休返聘
    RehiredRetiree,
}

impl EmploymentKind {
    pub const ALL: [Self; 5] =
        [Self::FullTime, Self::PartTime, Self::Dispatched, Self::Intern, Self::RehiredRetiree];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FullTime => "full_time",
            Self::PartTime => "part_time",
            Self::Dispatched => "dispatched",
            Self::Intern => "intern",
            Self::RehiredRetiree => "rehired_retiree",
        }
    }
}

impl FromStr for EmploymentKind {
    type Err = UnknownEmploymentKind;

    fn from_str(text: &str) -> Result<Self, UnknownEmploymentKind> {
        Self::ALL.into_iter().find(|k| k.as_str() == text).ok_or(UnknownEmploymentKind)
    }
}

impl serde::Serialize for EmploymentKind {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for EmploymentKind {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
