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
    /// The language of `Accept-Language` that is wanted most and that we speak; of equals the first.
    /// Chinese if there is none.
    pub fn from_header(value: &str) -> Self {
        let mut best = (0.0, Self::Zh);
        for part in value.split(',') {
            let mut pieces = part.split(';').map(str::trim);
            let tag = pieces.next().unwrap_or_default().to_ascii_lowercase();
            let weight =
                pieces.find_map(|p| p.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok());
            let lang = match tag.split('-').next() {
                Some("zh" | "*") => Self::Zh,
                Some("en") => Self::En,
                _ => continue,
            };
            let weight: f32 = weight.unwrap_or(0.0);
            if weight > best.0 {
                best = (weight, lang);
            }
        }
        best.1
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_is_wanted_most_is_spoken() {
        for (header, lang) in [
            ("en", Lang::En),
            ("en-GB,zh;q=0.9", Lang::En),
            ("zh-CN,zh;q=0.9,en;q=0.8", Lang::Zh),
            ("zh;q=0.2, en;q=0.9", Lang::En),
            ("fr, en;q=0.5", Lang::En),
            ("en;q=0", Lang::Zh),
            ("fr", Lang::Zh),
            ("*", Lang::Zh),
            ("", Lang::Zh),
            ("en;q=much", Lang::Zh),
            ("english", Lang::Zh),
        ] {
            assert_eq!(Lang::from_header(header), lang, "{header}");
        }
    }
}
