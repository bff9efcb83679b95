//! Keys that values are encrypted with before they are stored.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};

use super::Fault;

/// Bytes of a key.
const KEY_BYTES: usize = 32;
/// Most keys that are kept for reading.
const MAX_KEYS: usize = 16;
/// What the key of fingerprints is derived with.
const FINGERPRINT: &[u8] = b"kaoqin fingerprint";

/// The first key encrypts; the others only read what was encrypted with them. Cheap to clone.
#[derive(Clone)]
pub struct DataKeys(Arc<Vec<DataKey>>);

struct DataKey {
    name: String,
    sealing: LessSafeKey,
    hashing: hmac::Key,
}

/// An encrypted value and the name of its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    pub key: String,
    /// Nonce, cipher text and tag in base 64.
    pub cipher: String,
}

impl DataKeys {
    /// Reads `NAME:BASE64` of 32 bytes each, with commas between them.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const WRONG: &str = "expected NAME:KEY[,NAME:KEY…]; a key is 32 bytes in base 64";
        let mut keys: Vec<DataKey> = Vec::new();
        for part in text.split(',').map(str::trim) {
            let (name, key) = part.split_once(':').ok_or(WRONG)?;
            let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            let named = (1..=20).contains(&name.len()) && name.chars().all(fits);
            if !named || keys.len() >= MAX_KEYS || keys.iter().any(|k| k.name == name) {
                return Err(WRONG);
            }
            let bytes = STANDARD.decode(key).map_err(|_| WRONG)?;
            if bytes.len() != KEY_BYTES {
                return Err(WRONG);
            }
            let sealing = UnboundKey::new(&CHACHA20_POLY1305, &bytes).map_err(|_| WRONG)?;
            let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &bytes), FINGERPRINT);
            keys.push(DataKey {
                name: name.to_owned(),
                sealing: LessSafeKey::new(sealing),
                hashing: hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()),
            });
        }
        if keys.is_empty() { Err(WRONG) } else { Ok(Self(Arc::new(keys))) }
    }

    /// A new random key, as [`DataKeys::parse`] reads it.
    pub fn fresh(name: &str) -> Result<String, Fault> {
        let mut key = [0u8; KEY_BYTES];
        random(&mut key)?;
        Ok(format!("{name}:{}", STANDARD.encode(key)))
    }

    /// Encrypts a text. `place` says where it stands: it cannot be read as the value of another place.
    pub fn seal(&self, place: &str, text: &str) -> Result<Sealed, Fault> {
        let key = self.0.first().ok_or_else(|| Fault::text("no key"))?;
        let mut nonce = [0u8; NONCE_LEN];
        random(&mut nonce)?;
        let mut sealed = text.as_bytes().to_vec();
        key.sealing
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(place.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| Fault::text("a value cannot be encrypted"))?;
        let mut all = nonce.to_vec();
        all.extend_from_slice(&sealed);
        Ok(Sealed { key: key.name.clone(), cipher: STANDARD.encode(all) })
    }

    /// The text again.
    pub fn open(&self, place: &str, key: &str, cipher: &str) -> Result<String, Fault> {
        let found = self.0.iter().find(|k| k.name == key);
        let key = found.ok_or_else(|| Fault::text(format!("the data key {key} is missing")))?;
        let broken = || Fault::text("an encrypted value cannot be read");
        let all = STANDARD.decode(cipher).map_err(|_| broken())?;
        let (nonce, sealed) = all.split_first_chunk::<NONCE_LEN>().ok_or_else(broken)?;
        let mut sealed = sealed.to_vec();
        let text = key
            .sealing
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(place.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| broken())?;
        String::from_utf8(text.to_vec()).map_err(|_| broken())
    }

    /// What equal texts have in common, by the key that encrypts and by those that only read.
    pub fn fingerprints(&self, kind: &str, text: &str) -> Vec<String> {
        let of = |k: &DataKey| {
            let tag = hmac::sign(&k.hashing, format!("{kind}\0{text}").as_bytes());
            tag.as_ref().iter().map(|b| format!("{b:02x}")).collect()
        };
        self.0.iter().map(of).collect()
    }
}

impl fmt::Debug for DataKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|k| &k.name)).finish()
    }
}

fn random(bytes: &mut [u8]) -> Result<(), Fault> {
    SystemRandom::new().fill(bytes).map_err(|_| Fault::text("no random bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(names: &[&str]) -> String {
        let all: Vec<String> = names.iter().map(|n| DataKeys::fresh(n).unwrap()).collect();
        all.join(",")
    }

    #[test]
    fn a_value_is_read_back_in_its_own_place_only() {
        let keys = DataKeys::parse(&keys(&["k1"])).unwrap();
        let sealed = keys.seal("id 1", "11010519491231002X").unwrap();
        assert!(!sealed.cipher.contains("1101"));
        assert_eq!(keys.open("id 1", "k1", &sealed.cipher).unwrap(), "11010519491231002X");
        assert!(keys.open("id 2", "k1", &sealed.cipher).is_err());
        assert!(keys.open("id 1", "k2", &sealed.cipher).is_err());
        let again = keys.seal("id 1", "11010519491231002X").unwrap();
        assert_ne!(sealed.cipher, again.cipher, "nobody sees that two values are equal");
    }

    #[test]
    fn an_old_key_still_reads_and_finds() {
        let old = keys(&["k1"]);
        let before = DataKeys::parse(&old).unwrap();
        let sealed = before.seal("p", "text").unwrap();
        let after = DataKeys::parse(&format!("{},{old}", keys(&["k2"]))).unwrap();
        assert_eq!(after.open("p", &sealed.key, &sealed.cipher).unwrap(), "text");
        assert_eq!(after.seal("p", "text").unwrap().key, "k2");
        let known = before.fingerprints("id", "text").remove(0);
        assert!(after.fingerprints("id", "text").contains(&known));
        assert!(!after.fingerprints("other", "text").contains(&known));
    }

    #[test]
    fn keys_of_another_length_are_refused() {
        for bad in ["", "k1", "k1:AAAA", "k 1:AAAA", ":"] {
            assert!(DataKeys::parse(bad).is_err(), "{bad}");
        }
        let twice = keys(&["k1"]);
        assert!(DataKeys::parse(&format!("{twice},{twice}")).is_err());
    }
}
