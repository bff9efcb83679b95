//! The employee file (员工档案): everything about a person that evaluation does not read (domain 3 and 5).
//!
//! **Owns** `person_file`, `person_card`, `custom_item`, `custom_value`, `person_archive`, `person_attachment`,
//! `blob_waste`.
//!
//! **Promises**
//! - An identity number is stored encrypted and bound to its person; equal numbers are found by a keyed hash.
//! - Fields of a group are masked; whoever has the permission of the group asks for them by name, and that is logged.
//! - A card has at most one holder in service on a date. A direct manager never stands below himself.
//! - A custom value is exact, and never cut by a change of its item.
//! - What an attachment is, its bytes say. Bytes are removed after the row that points at them.
//! - Nothing of a file changes a result: no date is marked.
//!
//! **Verbs** [`change_file`], [`hand_card`], [`copy_person`], [`reveal`], [`create_item`], [`update_item`], [`remove_item`], [`set_field_use`],
//! [`add_archive`], [`replace_archive`], [`remove_archive`], [`export`], [`attach`], [`detach`],
//! [`open_attachment`]; background: [`run_sweeper`].
//! **Moves** [`plan_files`], [`write_files`].

mod api;
mod api_archives;
mod api_attachments;
mod api_export;
mod api_items;
mod archives;
mod attachments;
mod card;
mod change_file;
mod copy_person;
mod create_item;
mod custom;
mod export;
mod fields;
mod hand_card;
mod id_card;
mod list;
mod load;
mod managers;
mod plan;
mod read;
mod refusal;
mod remove_item;
mod reveal;
mod set_field_use;
mod store;
mod update_item;
mod view;
mod write;

pub use api::ProfilesApi;
pub use api_archives::ArchivesApi;
pub use api_attachments::AttachmentsApi;
pub use api_export::ProfileExportApi;
pub use api_items::ProfileItemsApi;
pub use archives::{
    ArchiveInput, ArchiveKind, ArchiveRow, add_archive, archives, remove_archive, replace_archive,
};
pub use attachments::{
    AttachmentKind, AttachmentRow, MAX_ATTACHMENT, MAX_PHOTO, NewAttachment, attach, attachments,
    detach, keep_for_a_day, open_attachment, run_sweeper, sweep,
};
pub use card::CardInput;
pub use change_file::{FileChange, change_file};
pub use copy_person::{CopyScheme, NewCopy, copy_person};
pub use create_item::{NewItem, NewKind, create_item};
pub use custom::{Content, CustomItem, Element, ItemKind};
pub use export::{ExportOptions, export};
pub use fields::{
    CARD, Choice, FIELDS, Field, FieldKind, Group, ID_CONFIRMED, MANAGER, field_named,
    field_of_heading, plain, yes_or_no,
};
pub use hand_card::hand_card;
pub use id_card::IdCard;
pub use list::{CustomFilter, FileFilter, FileRow, files};
pub use load::{field_is_on, items, optional_fields};
pub use plan::{FileInput, FilePlan, plan_files};
pub use read::{CardRow, FileView, file};
pub use refusal::ProfileRefusal;
pub use remove_item::remove_item;
pub use reveal::{reveal, reveal_archives};
pub use set_field_use::set_field_use;
pub use update_item::{ItemChange, update_item};
pub use write::write_files;
