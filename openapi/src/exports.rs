//! Tables of master data as files.

use poem_openapi::Enum;

/// A table of master data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "kebab-case")]
pub enum MasterTable {
    /// 组织架构
    Org,
    /// 岗位
    Positions,
    /// 维度及其值
    Dimensions,
    /// 班组
    Teams,
    /// 班组成员
    TeamMembers,
    /// 工作日历
    Calendars,
}
