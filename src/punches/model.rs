//! The words of a punch.

/// A word that is stored and shown as text.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize,
            serde::Deserialize,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$each])* $variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|v| v.as_str() == text)
            }
        }
    };
}

words! {
    /// Direction of a punch (签到签退标记). Optional evidence: many clocks never give one.
    Flag { In = "in", Out = "out" }
}

words! {
    /// Where a punch comes from.
    Source {
        /// Sent by a clock.
        Terminal = "terminal",
        /// WeCom on a phone.
        Wechat = "wechat",
        /// Entered over the API: by the person or by HR.
        Web = "web",
        /// An approved correction form (补卡).
        Makeup = "makeup",
        /// Read from a file.
        Import = "import",
    }
}

words! {
    /// How the person was recognised.
    Method {
        Face = "face",
        Finger = "finger",
        Card = "card",
        Pin = "pin",
        Gps = "gps",
        Wifi = "wifi",
        /// Somebody typed it.
        Manual = "manual",
    }
}
