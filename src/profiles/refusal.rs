use super::custom::CustomItem;
use super::fields::Field;
use crate::base::{FieldError, Refusal};

/// Why this room says no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileRefusal {
    PersonNotFound,
    VersionConflict {
        version: i32,
    },
    FieldUnknown {
        name: String,
    },
    /// An optional field that is not in use.
    FieldOff {
        name: &'static str,
    },
    FieldInvalid {
        field: &'static Field,
    },
    FieldNotOptional,
    /// Birth date or sex are not those of the identity card.
    IdDisagrees {
        what: &'static str,
    },
    DataKeyMissing,
    ManagerUnknown,
    ManagerCycle,
    CardInvalid,
    CardTaken,
    DateUnreasonable,
    ItemNotFound,
    ItemUnknown {
        name: String,
    },
    ItemCodeInvalid,
    ItemCodeReserved,
    ItemCodeTaken,
    ItemNameInvalid,
    ItemNameTaken,
    ItemPlacesInvalid,
    ItemLengthInvalid,
    ItemElementsInvalid,
    ItemElementRepeated {
        name: String,
    },
    TooManyItems {
        max: usize,
    },
    /// Values exist, so the kind stays.
    ItemKindInUse,
    ItemWouldCut {
        values: i64,
    },
    ItemInUse,
    ValueInvalid {
        item: Box<CustomItem>,
    },
    FilterIncomplete,
    ArchiveNotFound,
    ArchiveEmpty,
    SpanInvalid,
    RemarksInvalid,
    TooManyEntries,
    AttachmentNotFound,
    FileTooLarge {
        max: usize,
    },
    FileNameInvalid,
    NotAnImage,
    MediaRefused,
    TooManyFiles,
}

use ProfileRefusal as R;

impl R {
    /// What is wrong with one field: its path.
    fn path(&self) -> Option<String> {
        match self {
            R::FieldUnknown { name } => Some(format!("fields.{name}")),
            R::FieldOff { name } => Some(format!("fields.{name}")),
            R::FieldInvalid { field } => Some(format!("fields.{}", field.name)),
            R::ManagerUnknown | R::ManagerCycle => Some("fields.manager".to_owned()),
            R::IdDisagrees { what } => Some(format!("fields.{what}")),
            R::ItemUnknown { name } => Some(format!("custom.{name}")),
            R::ValueInvalid { item } => Some(format!("custom.{}", item.code)),
            _ => None,
        }
    }
}

impl Refusal for R {
    fn code(&self) -> &'static str {
        match self {
            R::PersonNotFound => "person_not_found",
            R::VersionConflict { .. } => "version_conflict",
            R::FieldUnknown { .. } => "field_unknown",
            R::FieldOff { .. } => "field_off",
            R::FieldInvalid { .. } => "field_invalid",
            R::FieldNotOptional => "field_not_optional",
            R::IdDisagrees { .. } => "id_disagrees",
            R::DataKeyMissing => "data_key_missing",
            R::ManagerUnknown => "manager_unknown",
            R::ManagerCycle => "manager_cycle",
            R::CardInvalid => "card_invalid",
            R::CardTaken => "card_taken",
            R::DateUnreasonable => "date_unreasonable",
            R::ItemNotFound => "custom_item_not_found",
            R::ItemUnknown { .. } => "custom_item_unknown",
            R::ItemCodeInvalid => "custom_item_code_invalid",
            R::ItemCodeReserved => "custom_item_code_reserved",
            R::ItemCodeTaken => "custom_item_code_taken",
            R::ItemNameInvalid => "custom_item_name_invalid",
            R::ItemNameTaken => "custom_item_name_taken",
            R::ItemPlacesInvalid => "custom_item_places_invalid",
            R::ItemLengthInvalid => "custom_item_length_invalid",
            R::ItemElementsInvalid => "custom_item_elements_invalid",
            R::ItemElementRepeated { .. } => "custom_item_element_repeated",
            R::TooManyItems { .. } => "too_many_custom_items",
            R::ItemKindInUse => "custom_item_kind_in_use",
            R::ItemWouldCut { .. } => "custom_item_would_cut",
            R::ItemInUse => "custom_item_in_use",
            R::ValueInvalid { .. } => "custom_value_invalid",
            R::FilterIncomplete => "filter_incomplete",
            R::ArchiveNotFound => "archive_not_found",
            R::ArchiveEmpty => "archive_empty",
            R::SpanInvalid => "span_invalid",
            R::RemarksInvalid => "remarks_invalid",
            R::TooManyEntries => "too_many_entries",
            R::AttachmentNotFound => "attachment_not_found",
            R::FileTooLarge { .. } => "file_too_large",
            R::FileNameInvalid => "file_name_invalid",
            R::NotAnImage => "not_an_image",
            R::MediaRefused => "media_refused",
            R::TooManyFiles => "too_many_files",
        }
    }

    fn status(&self) -> u16 {
        match self {
            R::PersonNotFound | R::ItemNotFound | R::ArchiveNotFound | R::AttachmentNotFound => 404,
            R::VersionConflict { .. }
            | R::CardTaken
            | R::ItemCodeTaken
            | R::ItemNameTaken
            | R::ItemKindInUse
            | R::ItemWouldCut { .. }
            | R::ItemInUse => 409,
            _ => 422,
        }
    }

    fn zh(&self) -> String {
        match self {
            R::PersonNotFound => "没有该员工".to_owned(),
            R::VersionConflict { version } => {
                format!("数据已被他人修改，当前版本为 {version}，请刷新后重试")
            }
            R::FieldUnknown { name } => format!("档案中没有字段 {name}"),
            R::FieldOff { name } => format!("字段 {name} 未启用"),
            R::FieldInvalid { field } => format!("{}应为：{}", field.zh, field.kind.wanted().0),
            R::FieldNotOptional => "该字段始终启用".to_owned(),
            R::IdDisagrees { what: "sex" } => "性别与身份证不一致".to_owned(),
            R::IdDisagrees { .. } => "出生日期与身份证不一致".to_owned(),
            R::DataKeyMissing => "系统未配置数据密钥，不能保存身份证号".to_owned(),
            R::ManagerUnknown => "没有该编号的直属领导".to_owned(),
            R::ManagerCycle => "直属领导形成了循环".to_owned(),
            R::CardInvalid => "卡号须为 1 至 40 个字符，且不含空格".to_owned(),
            R::CardTaken => "该卡号在此日期由另一名在职员工使用".to_owned(),
            R::DateUnreasonable => "日期须在 2000 年至 2099 年之间".to_owned(),
            R::ItemNotFound => "没有该自定义项目".to_owned(),
            R::ItemUnknown { name } => format!("没有自定义项目 {name}"),
            R::ItemCodeInvalid => {
                "英文名须以字母开头，由字母、数字和下划线组成，不以下划线结尾，1 至 40 个字符"
                    .to_owned()
            }
            R::ItemCodeReserved => "该名称已用于系统字段".to_owned(),
            R::ItemCodeTaken => "英文名已被使用（不区分大小写）".to_owned(),
            R::ItemNameInvalid => "中文名须为 1 至 40 个字符，首尾无空格".to_owned(),
            R::ItemNameTaken => "中文名已被使用".to_owned(),
            R::ItemPlacesInvalid => "小数位数须为 1 至 6".to_owned(),
            R::ItemLengthInvalid => "长度须为 1 至 300".to_owned(),
            R::ItemElementsInvalid => "枚举元素须为 1 至 200 个，每个最多 40 个字符".to_owned(),
            R::ItemElementRepeated { name } => format!("枚举元素重复：{name}"),
            R::TooManyItems { max } => format!("自定义项目最多 {max} 个"),
            R::ItemKindInUse => "已有数据，不能更改项目类型".to_owned(),
            R::ItemWouldCut { values } => format!("有 {values} 个值会被截断，不能缩小"),
            R::ItemInUse => "已有数据，不能删除该项目".to_owned(),
            R::ValueInvalid { item } => format!("{}应为：{}", item.name, item.kind.wanted().0),
            R::FilterIncomplete => "按自定义项目筛选时须同时给出项目和值".to_owned(),
            R::ArchiveNotFound => "没有该档案条目".to_owned(),
            R::ArchiveEmpty => "档案条目至少须有一项内容".to_owned(),
            R::SpanInvalid => "结束日期不得早于开始日期".to_owned(),
            R::RemarksInvalid => "备注最多 500 个字符".to_owned(),
            R::TooManyEntries => "每名员工最多 200 个档案条目".to_owned(),
            R::AttachmentNotFound => "没有该附件".to_owned(),
            R::FileTooLarge { max } => format!("文件过大，上限 {} MiB", max >> 20),
            R::FileNameInvalid => "文件名须为 1 至 120 个字符，且不含斜杠".to_owned(),
            R::NotAnImage => "照片须为 JPEG、PNG 或 WebP 图片".to_owned(),
            R::MediaRefused => "附件须为图片、PDF 或 Office 文件（docx、xlsx、pptx）".to_owned(),
            R::TooManyFiles => "每名员工最多 100 个附件".to_owned(),
        }
    }

    fn en(&self) -> String {
        match self {
            R::PersonNotFound => "There is no such person".to_owned(),
            R::VersionConflict { version } => {
                format!("Somebody else changed it, now version {version}; reload and try again")
            }
            R::FieldUnknown { name } => format!("The file has no field {name}"),
            R::FieldOff { name } => format!("The field {name} is not in use"),
            R::FieldInvalid { field } => {
                format!("{}: expected {}", field.name, field.kind.wanted().1)
            }
            R::FieldNotOptional => "This field is always in use".to_owned(),
            R::IdDisagrees { what: "sex" } => "The sex is not that of the identity card".to_owned(),
            R::IdDisagrees { .. } => "The birth date is not that of the identity card".to_owned(),
            R::DataKeyMissing => {
                "No data key is configured; identity numbers cannot be stored".to_owned()
            }
            R::ManagerUnknown => "Nobody has the employee number of the manager".to_owned(),
            R::ManagerCycle => "The managers would form a circle".to_owned(),
            R::CardInvalid => "A card number has 1 to 40 characters without blanks".to_owned(),
            R::CardTaken => "Another person in service holds this card on the date".to_owned(),
            R::DateUnreasonable => "The date must lie between 2000 and 2099".to_owned(),
            R::ItemNotFound => "There is no such custom item".to_owned(),
            R::ItemUnknown { name } => format!("There is no custom item {name}"),
            R::ItemCodeInvalid => "The English name begins with a letter, consists of letters, \
                digits and underscores, does not end with an underscore, and has 1 to 40 characters"
                .to_owned(),
            R::ItemCodeReserved => "This is the name of a field of the product".to_owned(),
            R::ItemCodeTaken => "The English name is taken, whatever its case".to_owned(),
            R::ItemNameInvalid => {
                "The Chinese name has 1 to 40 characters without blanks around them".to_owned()
            }
            R::ItemNameTaken => "The Chinese name is taken".to_owned(),
            R::ItemPlacesInvalid => "1 to 6 decimal places".to_owned(),
            R::ItemLengthInvalid => "A length from 1 to 300".to_owned(),
            R::ItemElementsInvalid => "1 to 200 elements of at most 40 characters".to_owned(),
            R::ItemElementRepeated { name } => format!("The element {name} stands twice"),
            R::TooManyItems { max } => format!("At most {max} custom items"),
            R::ItemKindInUse => "Values exist, so the kind of the item stays".to_owned(),
            R::ItemWouldCut { values } => format!("{values} values would be cut"),
            R::ItemInUse => "Values exist, so the item stays".to_owned(),
            R::ValueInvalid { item } => {
                format!("{}: expected {}", item.code, item.kind.wanted().1)
            }
            R::FilterIncomplete => "A filter needs a custom item and a value".to_owned(),
            R::ArchiveNotFound => "There is no such entry".to_owned(),
            R::ArchiveEmpty => "An entry has at least one value".to_owned(),
            R::SpanInvalid => "The end must not be before the start".to_owned(),
            R::RemarksInvalid => "At most 500 characters of remarks".to_owned(),
            R::TooManyEntries => "At most 200 entries per person".to_owned(),
            R::AttachmentNotFound => "There is no such attachment".to_owned(),
            R::FileTooLarge { max } => format!("The file is larger than {} MiB", max >> 20),
            R::FileNameInvalid => {
                "The name of a file has 1 to 120 characters without slashes".to_owned()
            }
            R::NotAnImage => "A photo is a JPEG, PNG or WebP image".to_owned(),
            R::MediaRefused => {
                "An attachment is an image, a PDF or an Office file (docx, xlsx, pptx)".to_owned()
            }
            R::TooManyFiles => "At most 100 attachments per person".to_owned(),
        }
    }

    fn hint_zh(&self) -> Option<String> {
        match self {
            R::IdDisagrees { .. } => Some("如确认无误，请标记为已确认后重新提交".to_owned()),
            R::FieldOff { .. } => Some("可在字段设置中启用".to_owned()),
            R::DataKeyMissing => Some("请管理员设置 KAOQIN_DATA_KEYS".to_owned()),
            R::CardTaken => Some("请先收回对方的卡".to_owned()),
            _ => None,
        }
    }

    fn hint_en(&self) -> Option<String> {
        match self {
            R::IdDisagrees { .. } => Some("If it is right, send it again as confirmed".to_owned()),
            R::FieldOff { .. } => Some("Switch the field on first".to_owned()),
            R::DataKeyMissing => Some("The operator sets KAOQIN_DATA_KEYS".to_owned()),
            R::CardTaken => Some("Take the card back from the other person first".to_owned()),
            _ => None,
        }
    }

    fn errors(&self) -> Vec<FieldError> {
        let Some(path) = self.path() else { return Vec::new() };
        let (zh, en) = (self.zh(), self.en());
        vec![FieldError { path, code: self.code().to_owned(), zh, en }]
    }
}
