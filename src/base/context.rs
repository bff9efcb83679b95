//! What belongs to one request: its language and its trace id.

use std::future::Future;

tokio::task_local! {
    static CONTEXT: Context;
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    #[default]
    Zh,
    En,
}

impl Lang {
    /// The first language of `Accept-Language` that we speak; Chinese if there is none.
    pub fn from_header(value: &str) -> Self {
        for part in value.split(',') {
            let tag = part.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            if tag.starts_with("zh") {
                return Self::Zh;
            }
            if tag.starts_with("en") {
                return Self::En;
            }
        }
        Self::Zh
    }
}

#[derive(Clone, Debug)]
pub struct Context {
    pub lang: Lang,
    pub trace_id: String,
}

impl Context {
    /// Runs `work` as this request.
    pub async fn scope<F: Future>(self, work: F) -> F::Output {
        CONTEXT.scope(self, work).await
    }
}

/// The language of the request; Chinese outside of one.
pub fn lang() -> Lang {
    CONTEXT.try_with(|c| c.lang).unwrap_or_default()
}

/// The trace id of the request; empty outside of one.
pub fn trace_id() -> String {
    CONTEXT.try_with(|c| c.trace_id.clone()).unwrap_or_default()
}
