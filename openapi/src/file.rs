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

/// Bytes somebody has sent us before, handed out so that no browser runs them.
#[derive(Debug)]
pub struct BlobAnswer {
    /// One of [`BlobAnswer::MEDIA`]; anything else goes out as bytes.
    pub media: String,
    /// Name of the file, for people.
    pub name: String,
    /// Shown in place; only images are.
    pub inline: bool,
    pub bytes: u64,
    pub body: Body,
}

impl BlobAnswer {
    /// What is named as what it is.
    pub const MEDIA: [&'static str; 5] =
        ["image/jpeg", "image/png", "image/webp", "application/pdf", BYTES];
}

const BYTES: &str = "application/octet-stream";

/// A name in a header, RFC 8187.
fn encoded(name: &str) -> String {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    name.bytes()
        .map(|b| if plain(&b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

impl IntoResponse for BlobAnswer {
    fn into_response(self) -> Response {
        let known = Self::MEDIA.into_iter().find(|m| *m == self.media);
        let shown =
            if self.inline && self.media.starts_with("image/") { "inline" } else { "attachment" };
        Response::builder()
            .header(CONTENT_TYPE, known.unwrap_or(BYTES))
            .header(
                CONTENT_DISPOSITION,
                format!("{shown}; filename*=UTF-8''{}", encoded(&self.name)),
            )
            .header("content-security-policy", "default-src 'none'; sandbox")
            .header("content-length", self.bytes)
            .body(self.body)
    }
}

impl ApiResponse for BlobAnswer {
    fn meta() -> MetaResponses {
        let media =
            |content_type| MetaMediaType { content_type, schema: Binary::<Body>::schema_ref() };
        MetaResponses {
            responses: vec![MetaResponse {
                description: "The file",
                status: Some(200),
                status_range: None,
                content: Self::MEDIA.into_iter().map(media).collect(),
                headers: Vec::new(),
            }],
        }
    }

    fn register(_registry: &mut Registry) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_cannot_leave_their_header() {
        assert_eq!(encoded("a b\"\r\n合.pdf"), "a%20b%22%0D%0A%E5%90%88.pdf");
    }
}
