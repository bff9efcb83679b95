use poem::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use poem::{Body, IntoResponse, Response};
use poem_openapi::payload::{Binary, Payload};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::{ApiResponse, Enum};

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum FileFormat {
    /// UTF-8 with a byte order mark, commas.
    Csv,
    Xlsx,
}

impl FileFormat {
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}

/// A file to be kept.
#[derive(Debug)]
pub struct FileAnswer {
    pub format: FileFormat,
    /// Without its extension, in ASCII.
    pub name: String,
    pub body: Body,
}

impl IntoResponse for FileAnswer {
    fn into_response(self) -> Response {
        let name = format!("attachment; filename=\"{}.{}\"", self.name, self.format.extension());
        Response::builder()
            .header(CONTENT_TYPE, self.format.content_type())
            .header(CONTENT_DISPOSITION, name)
            .body(self.body)
    }
}

impl ApiResponse for FileAnswer {
    fn meta() -> MetaResponses {
        let media = |format: FileFormat| MetaMediaType {
            content_type: format.content_type(),
            schema: Binary::<Body>::schema_ref(),
        };
        MetaResponses {
            responses: vec![MetaResponse {
                description: "The file",
                status: Some(200),
                status_range: None,
                content: vec![media(FileFormat::Csv), media(FileFormat::Xlsx)],
                headers: Vec::new(),
            }],
        }
    }

    fn register(_registry: &mut Registry) {}
}
