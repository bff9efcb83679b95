//! The employee file: fields, custom items, cards.

use std::collections::HashMap;

use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};
use vocabulary::{ArchiveId, AttachmentId, CustomItemId, Instant, JobId, LocalDate, PersonId};

use crate::Item;
use crate::examples::{march, utc};
use crate::people::PersonView;

/// Fields that are masked without the permission `employee.field.` and the name of the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum FieldGroup {
    /// 身份证
    IdNumber,
    BirthDate,
    Address,
    /// 户籍
    Household,
    Phone,
    Photo,
    /// Pregnancy, nursing, disability, medical papers
    Medical,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum FieldKind {
    Text,
    /// `YYYY-MM-DD`
    Date,
    /// One of `choices`
    Choice,
    Phone,
    Email,
    Postcode,
    /// A whole number from 0 to `size`
    Count,
    /// 18 characters with a right check digit
    IdNumber,
    /// The employee number of another person
    Person,
    /// A decimal number of at most `size` places; only of custom items
    Decimal,
}

/// One value of a choice.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub struct FieldChoice {
    /// As it is sent and stored.
    pub code: String,
    /// 中文
    pub name: String,
}

/// A field of the file, of the product or a custom item.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct EmployeeFieldView {
    /// Its name in `fields` or, of a custom item, in `custom`; also the heading in files.
    pub name: String,
    /// 中文
    pub label: String,
    pub kind: FieldKind,
    /// Longest text, largest count or most decimal places.
    pub size: Option<i32>,
    /// What may be chosen.
    pub choices: Vec<FieldChoice>,
    pub group: Option<FieldGroup>,
    pub custom: bool,
    /// May be switched off.
    pub optional: bool,
    /// In use.
    pub on: bool,
}

impl Example for EmployeeFieldView {
    fn example() -> Self {
        Self {
            name: "mobile".to_owned(),
            label: "移动电话".to_owned(),
            kind: FieldKind::Phone,
            size: None,
            choices: Vec::new(),
            group: Some(FieldGroup::Phone),
            custom: false,
            optional: false,
            on: true,
        }
    }
}

impl Item for EmployeeFieldView {}

/// Whether an optional field is in use.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct EmployeeFieldPut {
    pub on: bool,
}

impl Example for EmployeeFieldPut {
    fn example() -> Self {
        Self { on: true }
    }
}

/// Who held a card and when; both ends included.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct CardView {
    pub card_no: String,
    pub valid_from: LocalDate,
    /// Absent = until further notice.
    pub valid_to: Option<LocalDate>,
}

/// The direct manager.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub struct ManagerView {
    pub id: PersonId,
    pub number: String,
    pub name: String,
}

/// The file of an employee as of the date asked for.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct EmployeeFileView {
    pub person: PersonView,
    /// 岗位
    pub position_name: Option<String>,
    /// 用工性质
    pub employment_kind: Option<String>,
    /// The card of the date.
    pub card_no: Option<String>,
    pub manager: Option<ManagerView>,
    /// Values by the name of the field (`GET /employee-fields` lists them). Fields without a value are absent; those in
    /// `masked` show some of their characters at most.
    pub fields: HashMap<String, String>,
    pub masked: Vec<String>,
    /// Birth date or sex differ from the identity card, and somebody has confirmed it.
    pub id_confirmed: bool,
    /// Values by the English name of the custom item; decimals with all their places.
    pub custom: HashMap<String, String>,
    /// Oldest first.
    pub cards: Vec<CardView>,
    /// 0 = there is no file yet.
    pub version: i32,
}

impl Example for EmployeeFileView {
    fn example() -> Self {
        let pair = |k: &str, v: &str| (k.to_owned(), v.to_owned());
        Self {
            person: PersonView::example(),
            position_name: Some("普通员工".to_owned()),
            employment_kind: Some("full_time".to_owned()),
            card_no: Some("0008123456".to_owned()),
            manager: Some(ManagerView {
                id: PersonId(7),
                number: "E00007".to_owned(),
                name: "王强".to_owned(),
            }),
            fields: HashMap::from([pair("mobile", "138******00")]),
            masked: vec!["mobile".to_owned()],
            id_confirmed: false,
            custom: HashMap::from([pair("bonus_1", "350.00")]),
            cards: vec![CardView {
                card_no: "0008123456".to_owned(),
                valid_from: march(1),
                valid_to: None,
            }],
            version: 1,
        }
    }
}

impl Item for EmployeeFileView {}

/// Changes of a file. What is absent stays as it is; an empty text clears a value.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct EmployeeFilePatch {
    /// The version this change is based on; 0 = there is no file yet.
    #[oai(validator(minimum(value = "0")))]
    pub version: i32,
    /// By the name of the field. Fields of a group need its permission.
    #[oai(default, validator(max_properties = 60))]
    pub fields: HashMap<String, String>,
    /// By the English name of the custom item.
    #[oai(default, validator(max_properties = 200))]
    pub custom: HashMap<String, String>,
    /// Birth date or sex differ from the identity card, and that is right.
    #[oai(default)]
    pub confirm_id: bool,
}

impl Example for EmployeeFilePatch {
    fn example() -> Self {
        let pair = |k: &str, v: &str| (k.to_owned(), v.to_owned());
        Self {
            version: 0,
            fields: HashMap::from([pair("education", "bachelor")]),
            custom: HashMap::new(),
            confirm_id: false,
        }
    }
}

/// A card from a date on.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct CardPut {
    /// 1 to 40 characters without blanks; absent = the card is taken back.
    #[oai(validator(min_length = 1, max_length = 40))]
    pub card_no: Option<String>,
    /// First date with this card; entries of later dates go.
    pub valid_from: LocalDate,
}

impl Example for CardPut {
    fn example() -> Self {
        Self { card_no: Some("0008123456".to_owned()), valid_from: march(1) }
    }
}

/// What a custom item holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum CustomKind {
    /// 小数
    Decimal,
    /// 字符串
    Text,
    /// 枚举
    Choice,
}

/// One element of an enumeration.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub struct ElementView {
    pub name: String,
    /// Still the value of somebody, but not to be chosen any more.
    pub hidden: bool,
}

/// A custom item (自定义项目).
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct CustomItemView {
    pub id: CustomItemId,
    /// English name.
    pub code: String,
    /// 中文名
    pub name: String,
    pub kind: CustomKind,
    /// Of a decimal.
    pub places: Option<i32>,
    /// Of a text, in characters.
    pub length: Option<i32>,
    /// Of an enumeration, in order; hidden ones last.
    pub elements: Vec<ElementView>,
    pub version: i32,
}

impl Example for CustomItemView {
    fn example() -> Self {
        Self {
            id: CustomItemId(1),
            code: "bonus_1".to_owned(),
            name: "岗位津贴".to_owned(),
            kind: CustomKind::Decimal,
            places: Some(2),
            length: None,
            elements: Vec::new(),
            version: 1,
        }
    }
}

impl Item for CustomItemView {}

/// A custom item to be made.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct CustomItemCreate {
    /// English name: letters, digits and underscores; a letter first, no underscore last. Unique whatever its case.
    #[oai(validator(min_length = 1, max_length = 40))]
    pub code: String,
    /// 中文名
    #[oai(validator(min_length = 1, max_length = 40))]
    pub name: String,
    pub kind: CustomKind,
    /// Required of a decimal: 1 to 6.
    #[oai(validator(minimum(value = "1"), maximum(value = "6")))]
    pub places: Option<i32>,
    /// Required of a text: 1 to 300 characters.
    #[oai(validator(minimum(value = "1"), maximum(value = "300")))]
    pub length: Option<i32>,
    /// Required of an enumeration: elements with `;` or `；` between them.
    #[oai(validator(max_length = 9000))]
    pub elements: Option<String>,
}

impl Example for CustomItemCreate {
    fn example() -> Self {
        Self {
            code: "dormitory".to_owned(),
            name: "宿舍".to_owned(),
            kind: CustomKind::Choice,
            places: None,
            length: None,
            elements: Some("东区；西区；不住宿".to_owned()),
        }
    }
}

/// What is absent stays as it is. The English name never changes.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct CustomItemPatch {
    /// The version this change is based on.
    pub version: i32,
    #[oai(validator(min_length = 1, max_length = 40))]
    pub name: Option<String>,
    /// With its `places`, `length` or `elements`; absent = these stay.
    pub kind: Option<CustomKind>,
    #[oai(validator(minimum(value = "1"), maximum(value = "6")))]
    pub places: Option<i32>,
    #[oai(validator(minimum(value = "1"), maximum(value = "300")))]
    pub length: Option<i32>,
    #[oai(validator(max_length = 9000))]
    pub elements: Option<String>,
}

impl Example for CustomItemPatch {
    fn example() -> Self {
        Self {
            version: 1,
            name: Some("宿舍区".to_owned()),
            kind: None,
            places: None,
            length: None,
            elements: None,
        }
    }
}

/// What an entry of an archive tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum ArchiveKind {
    /// 户籍信息: `household_type`, `household_place`
    Household,
    /// 教育背景: `education`, `school`, `major`, `degree`
    Education,
    /// 身份信息: `paper`, `number`, `country`
    Identity,
    /// 同意书: `purpose`, `document`
    Consent,
}

/// An entry of an archive (详细档案).
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct ArchiveView {
    pub id: ArchiveId,
    pub kind: ArchiveKind,
    /// By name; those in `masked` show some of their characters at most.
    pub values: HashMap<String, String>,
    pub masked: Vec<String>,
    pub valid_from: Option<LocalDate>,
    pub valid_to: Option<LocalDate>,
    pub remarks: Option<String>,
    pub version: i32,
}

impl Example for ArchiveView {
    fn example() -> Self {
        let pair = |k: &str, v: &str| (k.to_owned(), v.to_owned());
        Self {
            id: ArchiveId(1),
            kind: ArchiveKind::Education,
            values: HashMap::from([pair("education", "bachelor"), pair("school", "滨海大学")]),
            masked: Vec::new(),
            valid_from: Some(LocalDate::from_days(15_949)),
            valid_to: Some(LocalDate::from_days(17_347)),
            remarks: None,
            version: 1,
        }
    }
}

impl Item for ArchiveView {}

/// An entry to be added, or the whole of one that is written anew.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct ArchivePut {
    /// The version this change is based on; absent for a new entry.
    pub version: Option<i32>,
    pub kind: ArchiveKind,
    /// By name.
    #[oai(validator(max_properties = 10))]
    pub values: HashMap<String, String>,
    pub valid_from: Option<LocalDate>,
    pub valid_to: Option<LocalDate>,
    #[oai(validator(max_length = 500))]
    pub remarks: Option<String>,
}

impl Example for ArchivePut {
    fn example() -> Self {
        let pair = |k: &str, v: &str| (k.to_owned(), v.to_owned());
        Self {
            version: Some(1),
            kind: ArchiveKind::Education,
            values: HashMap::from([pair("education", "bachelor"), pair("school", "滨海大学")]),
            valid_from: Some(LocalDate::from_days(15_949)),
            valid_to: Some(LocalDate::from_days(17_347)),
            remarks: None,
        }
    }
}

/// What an attachment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// 照片: sent to `/photo`
    Photo,
    /// 合同
    Contract,
    /// 证书
    Certificate,
    /// 医疗: needs `employee.field.medical`
    Medical,
    /// 同意书
    Consent,
    Other,
}

/// A photo or another file of an employee.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct AttachmentView {
    pub id: AttachmentId,
    pub kind: AttachmentKind,
    pub name: String,
    pub dated_on: Option<LocalDate>,
    /// What the bytes are.
    pub media: String,
    pub bytes: i64,
    pub sha256: String,
    pub at: Instant,
}

impl Example for AttachmentView {
    fn example() -> Self {
        Self {
            id: AttachmentId(1),
            kind: AttachmentKind::Contract,
            name: "劳动合同.pdf".to_owned(),
            dated_on: Some(march(1)),
            media: "application/pdf".to_owned(),
            bytes: 48_211,
            sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
            at: utc(1, "02:00:00"),
        }
    }
}

impl Item for AttachmentView {}

/// A table of employees that a job reads.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct EmployeeImportView {
    /// `GET /jobs/{id}` shows its state; its `result` is the report.
    pub job_id: JobId,
}

impl Example for EmployeeImportView {
    fn example() -> Self {
        Self { job_id: JobId(21) }
    }
}

/// A new employee who works like another.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct EmployeeCopyCreate {
    /// Employee number, 1 to 20 characters without blanks.
    #[oai(validator(min_length = 1, max_length = 20))]
    pub number: String,
    #[oai(validator(min_length = 1, max_length = 60))]
    pub name: String,
    /// First day in service.
    pub hired_on: LocalDate,
}

impl Example for EmployeeCopyCreate {
    fn example() -> Self {
        Self { number: "E00422".to_owned(), name: "赵敏".to_owned(), hired_on: march(16) }
    }
}
