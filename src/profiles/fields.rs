//! The fields of a file (domain 3): their names, what they may hold, and who may see them.

use vocabulary::LocalDate;

use super::{ArchiveKind, ProfileRefusal};
use crate::identity::Permission;

/// What a field may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Text of at most so many characters.
    Text(usize),
    Date,
    /// One of these.
    Choice(&'static [Choice]),
    Phone,
    Email,
    Postcode,
    /// A whole number from 0 to this.
    Count(i32),
    /// An identity card of 18 characters.
    IdNumber,
    /// Another person, by his employee number.
    Person,
}

/// One value of a choice, and how people write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    pub code: &'static str,
    pub zh: &'static str,
    others: &'static [&'static str],
}

/// Fields that are masked for whoever lacks a permission of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    IdNumber,
    BirthDate,
    Address,
    Household,
    Phone,
    Photo,
    Medical,
}

impl Group {
    pub const ALL: [Self; 7] = [
        Self::IdNumber,
        Self::BirthDate,
        Self::Address,
        Self::Household,
        Self::Phone,
        Self::Photo,
        Self::Medical,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IdNumber => "id_number",
            Self::BirthDate => "birth_date",
            Self::Address => "address",
            Self::Household => "household",
            Self::Phone => "phone",
            Self::Photo => "photo",
            Self::Medical => "medical",
        }
    }

    /// What it takes to see and to write the group.
    pub const fn permission(self) -> Permission {
        match self {
            Self::IdNumber => Permission::FieldIdNumber,
            Self::BirthDate => Permission::FieldBirthDate,
            Self::Address => Permission::FieldHomeAddress,
            Self::Household => Permission::FieldHousehold,
            Self::Phone => Permission::FieldPhone,
            Self::Photo => Permission::FieldPhoto,
            Self::Medical => Permission::FieldMedical,
        }
    }
}

/// One field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in the API, in files, and its column.
    pub name: &'static str,
    pub zh: &'static str,
    /// Other headings of files, in lower case without blanks and signs.
    pub headings: &'static [&'static str],
    pub kind: FieldKind,
    pub group: Option<Group>,
    /// Off until somebody switches it on: data that is not needed is not collected.
    pub optional: bool,
}

const fn choice(code: &'static str, zh: &'static str, others: &'static [&'static str]) -> Choice {
    Choice { code, zh, others }
}

const SEX: &[Choice] = &[choice("male", "男", &["m"]), choice("female", "女", &["f"])];
const EDUCATION: &[Choice] = &[
    choice("none", "无学历", &["无"]),
    choice("primary", "小学", &[]),
    choice("junior", "初中", &[]),
    choice("senior", "高中", &[]),
    choice("vocational", "中专", &["中技", "职高"]),
    choice("college", "大专", &["专科"]),
    choice("bachelor", "本科", &["学士"]),
    choice("master", "硕士", &["研究生"]),
    choice("doctor", "博士", &[]),
];
const HOUSEHOLD: &[Choice] =
    &[choice("rural", "农村", &["农业"]), choice("urban", "城镇", &["非农业", "城市"])];
const MARITAL: &[Choice] = &[
    choice("single", "未婚", &[]),
    choice("married", "已婚", &[]),
    choice("divorced", "离异", &["离婚"]),
    choice("widowed", "丧偶", &[]),
];
const HOURS: &[Choice] = &[
    choice("standard", "标准工时制", &["标准"]),
    choice("comprehensive", "综合计算工时制", &["综合", "综合工时制"]),
    choice("flexible", "不定时工作制", &["不定时", "不定时工时制"]),
];
const YES_NO: &[Choice] =
    &[choice("yes", "是", &["y", "true", "1"]), choice("no", "否", &["n", "false", "0"])];

const fn field(name: &'static str, zh: &'static str, kind: FieldKind) -> Field {
    Field { name, zh, headings: &[], kind, group: None, optional: false }
}

impl Field {
    const fn of(self, group: Group) -> Self {
        Self { group: Some(group), ..self }
    }

    const fn off(self) -> Self {
        Self { optional: true, ..self }
    }

    const fn also(self, headings: &'static [&'static str]) -> Self {
        Self { headings, ..self }
    }
}

use FieldKind::{Count, Date, Email, IdNumber, Person, Phone, Postcode, Text};

/// Days of fifty years.
const MAX_GAP_DAYS: i32 = 18_262;

/// All fields, in the order in which screens and files show them.
pub const FIELDS: &[Field] = &[
    field("former_name", "曾用名", Text(60)).also(&["formername"]),
    field("sex", "性别", FieldKind::Choice(SEX)).also(&["gender"]),
    field(ID_NUMBER, "身份证", IdNumber).of(Group::IdNumber).also(&[
        "idnumber",
        "idcard",
        "idcardno",
        "身份证号",
        "身份证号码",
    ]),
    field(BIRTH_DATE, "出生日期", Date).of(Group::BirthDate).also(&[
        "birthdate",
        "birthday",
        "生日",
    ]),
    field("mobile", "移动电话", Phone).of(Group::Phone).also(&["手机", "手机号", "手机号码"]),
    field("phone", "电话", Phone).of(Group::Phone).also(&["telephone", "固定电话"]),
    field("fax", "传真", Phone).of(Group::Phone),
    field("email", "EMail", Email).also(&["mail", "邮箱", "电子邮箱"]),
    field("contact", "联系人", Text(60)).of(Group::Phone).also(&["contactperson"]),
    field("postcode", "邮编", Postcode).of(Group::Address).also(&["zipcode", "zip"]),
    field("address", "地址", Text(200)).of(Group::Address).also(&["homeaddress", "家庭住址"]),
    field("education", "学历", FieldKind::Choice(EDUCATION)),
    field("major", "专业", Text(60)),
    field("school", "院校", Text(100)).also(&["学校", "毕业院校"]),
    field("graduated_on", "毕业日期", Date).also(&["graduatedon", "graduationdate"]),
    field("first_employed_on", "参加工作日期", Date).also(&["firstemployedon", "参加工作时间"]),
    field("birth_place", "出生地", Text(100)).of(Group::Household).off().also(&["birthplace"]),
    field("household_type", "户口类型", FieldKind::Choice(HOUSEHOLD))
        .of(Group::Household)
        .off()
        .also(&["householdtype"]),
    field("household_place", "户口所在地", Text(200))
        .of(Group::Household)
        .off()
        .also(&["householdplace"]),
    field("marital_status", "婚姻状况", FieldKind::Choice(MARITAL))
        .of(Group::Household)
        .off()
        .also(&["maritalstatus"]),
    field(MANAGER, "直属领导", Person).also(&["directmanager", "直属领导工号", "直接上级"]),
    field("hours_system", "工时制度", FieldKind::Choice(HOURS)).also(&["hourssystem", "工时制"]),
    field("hours_approval", "工时审批文号", Text(100)).also(&["hoursapproval"]),
    field("hours_approval_until", "工时审批有效期至", Date).also(&["hoursapprovaluntil"]),
    field("region", "地区", Text(40)),
    field("service_gap_days", "工龄中断天数", Count(MAX_GAP_DAYS)).also(&["servicegapdays"]),
    field("pregnant_due_on", "预产期", Date).of(Group::Medical).also(&["pregnantdueon"]),
    field("nursing_until", "哺乳期至", Date).of(Group::Medical).also(&["nursinguntil"]),
    field("disabled", "残疾", FieldKind::Choice(YES_NO)).of(Group::Medical),
    field("remarks", "备注", Text(500)).also(&["remark", "note"]),
];

const PAPERS: &[Choice] = &[
    choice("passport", "护照", &[]),
    choice("permit", "通行证", &["港澳台通行证"]),
    choice("residence", "居住证", &[]),
    choice("other", "其他", &[]),
];
const PURPOSES: &[Choice] = &[
    choice("face", "人脸识别", &[]),
    choice("location", "位置信息", &[]),
    choice("overtime", "加班", &[]),
    choice("other", "其他", &[]),
];

/// What an entry of an archive may hold.
pub fn archive_fields(kind: ArchiveKind) -> &'static [Field] {
    match kind {
        ArchiveKind::Household => {
            const {
                &[
                    field("household_type", "户口类型", FieldKind::Choice(HOUSEHOLD))
                        .of(Group::Household),
                    field("household_place", "户口所在地", Text(200)).of(Group::Household),
                ]
            }
        }
        ArchiveKind::Education => {
            const {
                &[
                    field("education", "学历", FieldKind::Choice(EDUCATION)),
                    field("school", "院校", Text(100)),
                    field("major", "专业", Text(60)),
                    field("degree", "学位", Text(40)),
                ]
            }
        }
        ArchiveKind::Identity => {
            const {
                &[
                    field("paper", "证件类型", FieldKind::Choice(PAPERS)),
                    field("number", "证件号码", Text(40)).of(Group::IdNumber),
                    field("country", "国家或地区", Text(60)),
                ]
            }
        }
        ArchiveKind::Consent => {
            const {
                &[
                    field("purpose", "用途", FieldKind::Choice(PURPOSES)),
                    field("document", "文件编号", Text(60)),
                ]
            }
        }
    }
}

pub const ID_NUMBER: &str = "id_number";
pub const BIRTH_DATE: &str = "birth_date";
pub const MANAGER: &str = "manager";

/// Column of files that says that a difference between identity card, birth date and sex is confirmed.
pub const ID_CONFIRMED: (&str, &str) = ("id_confirmed", "身份证已确认");
/// Column of files with the card.
pub const CARD: (&str, &str) = ("card_no", "卡号");

/// Names that no custom item may take: those of other columns and fields.
const RESERVED: &[&str] = &[
    "id",
    "number",
    "name",
    "org",
    "orgcode",
    "orgname",
    "department",
    "dept",
    "zone",
    "timezone",
    "hiredon",
    "lefton",
    "state",
    "status",
    "position",
    "kind",
    "employmentkind",
    "scheme",
    "calendar",
    "shift",
    "defaultshift",
    "pin",
    "device",
    "cardno",
    "card",
    "idconfirmed",
    "version",
    "photo",
    "file",
    "employee",
    "person",
    "工号",
    "员工编号",
    "编号",
    "姓名",
    "部门",
    "所在部门",
    "时区",
    "入职日期",
    "离职日期",
    "在职状态",
    "岗位",
    "用工性质",
    "考勤方案",
    "方案",
    "工作日历",
    "日历",
    "默认班次",
    "班次",
    "考勤号",
    "设备",
    "设备号",
    "卡号",
    "照片",
    "文件",
    "身份证已确认",
];

/// A heading reduced to letters and digits.
pub fn plain(heading: &str) -> String {
    heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a custom item may not be called so.
pub(super) fn is_reserved(name: &str) -> bool {
    let name = plain(name);
    RESERVED.contains(&name.as_str()) || field_of_heading(&name).is_some()
}

pub fn field_named(name: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|f| f.name == name)
}

/// The field that a heading, already [`plain`], stands for.
pub fn field_of_heading(heading: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|f| {
        heading == plain(f.name) || heading == plain(f.zh) || f.headings.contains(&heading)
    })
}

/// 1900-01-01 to 2099-12-31.
const DATES: std::ops::RangeInclusive<LocalDate> =
    LocalDate::from_days(-25_567)..=LocalDate::from_days(47_481);

impl FieldKind {
    /// The stored form of what somebody entered; empty = nothing.
    pub(super) fn normal(self, text: &str) -> Option<String> {
        let text = text.trim();
        if text.is_empty() {
            return Some(String::new());
        }
        // What is masked is never what somebody means.
        let masked = text.contains("***");
        let short = |max: usize| text.chars().count() <= max && !text.chars().any(char::is_control);
        let kept = || text.to_owned();
        match self {
            Self::Text(max) => (short(max) && !masked).then(kept),
            Date => {
                let date: LocalDate = text.parse().ok()?;
                DATES.contains(&date).then(|| date.to_string())
            }
            Self::Choice(of) => code_of(of, text).map(str::to_owned),
            Phone => {
                let good = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')');
                let digits = text.chars().filter(char::is_ascii_digit).count();
                (text.chars().all(good) && (3..=20).contains(&digits) && short(30)).then(kept)
            }
            Email => {
                let (name, host) = text.split_once('@')?;
                let good = |c: char| !c.is_whitespace() && !c.is_control() && c != '@';
                let whole = !name.is_empty() && host.contains('.') && !host.starts_with('.');
                let fits = whole && !host.ends_with('.') && host.chars().all(good);
                (fits && name.chars().all(good) && short(100)).then(kept)
            }
            Postcode => {
                let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | ' ');
                (text.chars().all(good) && (3..=10).contains(&text.len())).then(kept)
            }
            Count(max) => {
                let n: i32 = text.parse().ok()?;
                (0..=max).contains(&n).then(|| n.to_string())
            }
            IdNumber => super::id_card::IdCard::parse(text).map(|c| c.number().to_owned()),
            Person => (short(20) && !text.contains(char::is_whitespace)).then(kept),
        }
    }

    /// What it takes, for people.
    pub(super) fn wanted(self) -> (String, String) {
        let pair = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
        match self {
            Self::Text(max) => (format!("最多 {max} 个字符"), format!("at most {max} characters")),
            Date => pair("日期 YYYY-MM-DD（1900–2099）", "a date YYYY-MM-DD, 1900 to 2099"),
            Self::Choice(of) => {
                let zh: Vec<&str> = of.iter().map(|c| c.zh).collect();
                let en: Vec<&str> = of.iter().map(|c| c.code).collect();
                (zh.join("、"), format!("one of {}", en.join(", ")))
            }
            Phone => pair("电话号码", "a phone number"),
            Email => pair("电子邮箱", "an e-mail address"),
            Postcode => pair("邮编", "a postcode"),
            Count(max) => (format!("0 至 {max} 的整数"), format!("a whole number from 0 to {max}")),
            IdNumber => {
                pair("18 位身份证号，校验码须正确", "18 characters with a right check digit")
            }
            Person => pair("员工编号", "an employee number"),
        }
    }
}

/// Yes or no as people write it.
pub fn yes_or_no(text: &str) -> Option<bool> {
    code_of(YES_NO, text).map(|code| code == "yes")
}

/// The code of what somebody wrote for one of these.
fn code_of(of: &[Choice], text: &str) -> Option<&'static str> {
    let lower = text.trim().to_lowercase();
    let means =
        |c: &&Choice| c.code == lower || c.zh == lower || c.others.contains(&lower.as_str());
    of.iter().find(means).map(|c| c.code)
}

impl Field {
    /// The stored form of what somebody entered; empty = nothing.
    pub fn normal(&'static self, text: &str) -> Result<String, ProfileRefusal> {
        self.kind.normal(text).ok_or(ProfileRefusal::FieldInvalid { field: self })
    }

    /// The value as whoever lacks the permission sees it.
    pub fn masked(&self, value: &str) -> String {
        let Some(group) = self.group else { return value.to_owned() };
        let ends = |head: usize, tail: usize| {
            let all = value.chars().count();
            if all < (head + tail) * 2 {
                return "***".to_owned();
            }
            let first: String = value.chars().take(head).collect();
            let last: String = value.chars().skip(all - tail).collect();
            format!("{first}{}{last}", "*".repeat(all - head - tail))
        };
        match group {
            Group::IdNumber => ends(3, 2),
            Group::Phone if self.kind == Phone => ends(3, 2),
            _ => "***".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(name: &str, text: &str) -> Option<String> {
        field_named(name).unwrap().kind.normal(text)
    }

    #[test]
    fn values_are_taken_as_people_write_them() {
        for (field, text, stored) in [
            ("sex", "男", "male"),
            ("sex", "Female", "female"),
            ("education", "无学历", "none"),
            ("household_type", "城镇", "urban"),
            ("mobile", " 13800138000 ", "13800138000"),
            ("phone", "+86 (755) 2655-1234", "+86 (755) 2655-1234"),
            ("email", "li.na@example.com", "li.na@example.com"),
            ("birth_date", "1990-02-28", "1990-02-28"),
            ("service_gap_days", "30", "30"),
            ("remarks", "", ""),
        ] {
            assert_eq!(taken(field, text).as_deref(), Some(stored), "{field} {text}");
        }
    }

    #[test]
    fn values_that_cannot_be_are_refused() {
        for (field, text) in [
            ("sex", "x"),
            ("mobile", "138****8000"),
            ("mobile", "12"),
            ("email", "li.na"),
            ("email", "a@b@c.d"),
            ("birth_date", "1990-02-30"),
            ("birth_date", "1890-01-01"),
            ("service_gap_days", "-1"),
            ("address", "***"),
            ("former_name", &"长".repeat(61)),
        ] {
            assert_eq!(taken(field, text), None, "{field} {text}");
        }
    }

    #[test]
    fn what_is_masked_cannot_be_guessed() {
        let mask = |name, value| field_named(name).unwrap().masked(value);
        assert_eq!(mask("mobile", "13800138000"), "138******00");
        assert_eq!(mask("mobile", "110"), "***");
        assert_eq!(mask("id_number", "11010519491231002X"), "110*************2X");
        assert_eq!(mask("birth_date", "1949-12-31"), "***");
        assert_eq!(mask("major", "会计"), "会计");
    }

    #[test]
    fn headings_of_both_languages_mean_fields() {
        for (heading, name) in [
            ("身份证号码", "id_number"),
            ("手机", "mobile"),
            ("Birth Date", "birth_date"),
            ("EMail", "email"),
        ] {
            assert_eq!(field_of_heading(&plain(heading)).map(|f| f.name), Some(name), "{heading}");
        }
        let mut names: Vec<String> =
            FIELDS.iter().flat_map(|f| [plain(f.name), plain(f.zh)]).collect();
        names.sort();
        let all = names.len();
        names.dedup();
        // `EMail` is the same word in both.
        assert_eq!(names.len(), all - 1);
    }
}
