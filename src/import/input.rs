//! The bytes of a file as rows of text, in constant memory: what clocks and spreadsheets leave behind
//! (NUL runs, missing line ends, other encodings) is dealt with here, once for all formats.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use encoding_rs::{Decoder, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::FileError;

/// Longest row in bytes; what is longer is one rejected row, however long it is.
pub const MAX_ROW_BYTES: usize = 256 * 1024;
/// How much text (without NULs) is looked at to find out what a file is.
pub const SAMPLE_BYTES: usize = 64 * 1024;

/// Where the bytes are. They are read several times: once to look, once or twice to read.
#[derive(Clone, Debug)]
pub enum Origin {
    File(PathBuf),
    Bytes(Arc<[u8]>),
}

/// A file that was looked at: its encoding and the beginning of its text are known.
#[derive(Clone, Debug)]
pub struct Input {
    origin: Origin,
    encoding: &'static Encoding,
    /// The first rows as text, a line end for every run of NULs; the last row may be cut.
    sample: String,
    /// The very first bytes, for magic numbers.
    magic: Vec<u8>,
    consumed: Arc<AtomicU64>,
}

impl Input {
    /// Looks at a file.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        if !std::fs::metadata(path)?.is_file() {
            return Err(FileError::NotAFile);
        }
        Self::look(Origin::File(path.to_owned()))
    }

    /// Looks at bytes that are already in memory.
    pub fn from_bytes(bytes: impl Into<Arc<[u8]>>) -> Result<Self, FileError> {
        Self::look(Origin::Bytes(bytes.into()))
    }

    fn look(origin: Origin) -> Result<Self, FileError> {
        let mut magic = Vec::new();
        reader(&origin)?.take(8).read_to_end(&mut magic)?;
        let utf16 = match magic.get(..2) {
            Some([0xFF, 0xFE]) => Some(UTF_16LE),
            Some([0xFE, 0xFF]) => Some(UTF_16BE),
            _ => None,
        };
        let mut input = Self {
            origin,
            encoding: utf16.unwrap_or(UTF_8),
            sample: String::new(),
            magic,
            consumed: Arc::default(),
        };
        let bytes = input.first_bytes()?;
        let valid_up_to = match std::str::from_utf8(&bytes) {
            Ok(_) => bytes.len(),
            // A character may be cut by the end of the sample.
            Err(e) if e.error_len().is_none() => e.valid_up_to(),
            Err(_) => 0,
        };
        if utf16.is_none() && valid_up_to == 0 && !bytes.is_empty() {
            input.encoding = GB18030;
        }
        input.sample = decode(&bytes, input.encoding);
        Ok(input)
    }

    fn first_bytes(&self) -> Result<Vec<u8>, FileError> {
        let mut bytes = Vec::new();
        let mut from = self.text()?;
        while bytes.len() < SAMPLE_BYTES {
            let got = from.fill_buf()?;
            if got.is_empty() {
                break;
            }
            for byte in got.iter().take(SAMPLE_BYTES) {
                match (byte, bytes.last()) {
                    (0, Some(b'\n') | None) => {}
                    (0, _) => bytes.push(b'\n'),
                    _ => bytes.push(*byte),
                }
            }
            let n = got.len();
            from.consume(n);
        }
        Ok(bytes)
    }

    /// The beginning of the text.
    pub fn sample(&self) -> &str {
        &self.sample
    }

    /// Whether the file begins with these bytes.
    pub fn begins_with(&self, magic: &[u8]) -> bool {
        self.magic.starts_with(magic)
    }

    /// How many bytes there are and a counter of those already read, for a progress bar.
    pub fn progress(&self) -> (u64, Arc<AtomicU64>) {
        let total = match &self.origin {
            Origin::File(path) => std::fs::metadata(path).map_or(0, |m| m.len()),
            Origin::Bytes(bytes) => bytes.len() as u64,
        };
        (total, self.consumed.clone())
    }

    /// The bytes as they are.
    pub fn raw(&self) -> Result<Box<dyn ReadSeek>, FileError> {
        Ok(match &self.origin {
            Origin::File(path) => Box::new(BufReader::new(File::open(path)?)),
            Origin::Bytes(bytes) => Box::new(Cursor::new(bytes.clone())),
        })
    }

    /// The text as bytes: UTF-16 is turned into UTF-8, all else is left.
    fn text(&self) -> Result<Box<dyn BufRead>, FileError> {
        let from = reader(&self.origin)?;
        if self.encoding == UTF_16LE || self.encoding == UTF_16BE {
            let decoder = self.encoding.new_decoder_with_bom_removal();
            return Ok(Box::new(BufReader::new(Transcoded { from, decoder, ended: false })));
        }
        Ok(Box::new(BufReader::new(from)))
    }

    /// The rows from the beginning. With `counted` they drive the progress counter.
    pub fn rows(&self, counted: bool) -> Result<Rows, FileError> {
        let consumed = counted.then(|| self.consumed.clone());
        Ok(Rows {
            from: self.text()?,
            encoding: self.encoding,
            line: 1,
            at_line_start: true,
            after_nul: None,
            ended: false,
            consumed,
        })
    }
}

/// What a spreadsheet reader needs.
pub trait ReadSeek: Read + io::Seek + Send {}
impl<T: Read + io::Seek + Send> ReadSeek for T {}

fn reader(origin: &Origin) -> io::Result<Box<dyn Read>> {
    Ok(match origin {
        Origin::File(path) => Box::new(File::open(path)?),
        Origin::Bytes(bytes) => Box::new(Cursor::new(bytes.clone())),
    })
}

/// Strict UTF-8 first: a file that is UTF-8 up to here may still hold rows of an older device.
fn decode(bytes: &[u8], encoding: &'static Encoding) -> String {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if encoding != GB18030
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return text.to_owned();
    }
    GB18030.decode_without_bom_handling(bytes).0.into_owned()
}

/// UTF-16 read as UTF-8.
struct Transcoded {
    from: Box<dyn Read>,
    decoder: Decoder,
    ended: bool,
}

impl Read for Transcoded {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // A decoder may hold back half a character: go on until there is something to give.
        while !self.ended {
            // One unit of two bytes becomes at most three bytes, with room for what was held back.
            let mut raw = [0u8; 2048];
            let room = raw.len().min(out.len().saturating_sub(8) / 3).max(1);
            let n = self.from.read(raw.get_mut(..room).unwrap_or_default())?;
            self.ended = n == 0;
            let got = raw.get(..n).unwrap_or_default();
            let (_, _, written, _) = self.decoder.decode_to_utf8(got, out, self.ended);
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}

/// One row of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Line in the file, from 1.
    pub line: u64,
    pub text: String,
    /// What a run of NULs did to its edges.
    pub edges: Edges,
    /// Longer than [`MAX_ROW_BYTES`]; the text is its beginning.
    pub too_long: bool,
}

/// A run of NULs is a hole that was never written: whatever stood there is lost, the ends of rows
/// included. So it separates rows, and the rows beside it may be torn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Edges {
    /// NULs stand before the row; `Some(true)` if they begin with the line, so that no other row
    /// lost its end in them.
    pub hole_before: Option<bool>,
    /// NULs stand behind the row.
    pub hole_after: bool,
}

impl Edges {
    pub fn torn(self) -> bool {
        self.hole_before.is_some() || self.hole_after
    }
}

/// Iterates over the rows; blank ones are left out.
pub struct Rows {
    from: Box<dyn BufRead>,
    encoding: &'static Encoding,
    line: u64,
    at_line_start: bool,
    after_nul: Option<bool>,
    ended: bool,
    consumed: Option<Arc<AtomicU64>>,
}

/// What ended a piece of bytes.
#[derive(PartialEq, Eq)]
enum End {
    Line,
    Hole,
    File,
}

impl Rows {
    /// Reads up to the next line end or NUL.
    fn piece(&mut self, into: &mut Vec<u8>, too_long: &mut bool) -> io::Result<End> {
        loop {
            let got = self.from.fill_buf()?;
            if got.is_empty() {
                return Ok(End::File);
            }
            let stop = got.iter().position(|b| matches!(b, b'\n' | 0));
            let text = got.get(..stop.unwrap_or(got.len())).unwrap_or_default();
            let room = MAX_ROW_BYTES - into.len().min(MAX_ROW_BYTES);
            *too_long |= text.len() > room;
            into.extend(text.iter().take(room));
            let end = stop.and_then(|at| got.get(at)).map(|b| match b {
                0 => End::Hole,
                _ => End::Line,
            });
            let used = text.len() + usize::from(end.is_some());
            self.from.consume(used);
            if let Some(counter) = &self.consumed {
                counter.fetch_add(used as u64, Ordering::Relaxed);
            }
            if let Some(end) = end {
                return Ok(end);
            }
        }
    }

    fn next_row(&mut self) -> io::Result<Option<Row>> {
        while !self.ended {
            let (mut bytes, mut too_long) = (Vec::new(), false);
            let end = self.piece(&mut bytes, &mut too_long)?;
            let (line, started) = (self.line, self.at_line_start);
            let text = decode(&bytes, self.encoding);
            let blank = text.chars().all(|c| c.is_whitespace() || c == '\u{1A}');
            let before = self.after_nul;
            match end {
                End::Line => {
                    self.line += 1;
                    self.at_line_start = true;
                    self.after_nul = None;
                }
                End::Hole => {
                    // A hole that begins the line stays one while only blanks and NULs follow.
                    self.after_nul = Some(blank && before.unwrap_or(started));
                    self.at_line_start = false;
                }
                End::File => self.ended = true,
            }
            if !blank {
                let edges = Edges { hole_before: before, hole_after: end == End::Hole };
                let text = text.trim_end_matches(['\r', '\u{1A}']).to_owned();
                return Ok(Some(Row { line, text, edges, too_long }));
            }
        }
        Ok(None)
    }
}

impl Iterator for Rows {
    type Item = Result<Row, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_row().map_err(FileError::from).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Vec<Row> {
        let input = Input::from_bytes(bytes).unwrap();
        input.rows(false).unwrap().map(Result::unwrap).collect()
    }

    fn texts(bytes: &[u8]) -> Vec<(u64, String)> {
        rows(bytes).into_iter().map(|r| (r.line, r.text)).collect()
    }

    #[test]
    fn line_ends_and_blank_rows_do_not_matter() {
        let want = [(1, "a".to_owned()), (3, "b".to_owned())];
        assert_eq!(texts(b"a\r\n\r\nb"), want);
        assert_eq!(texts(b"a\n \n\xEF\xBB\xBFb\n\x1A"), want);
    }

    #[test]
    fn a_hole_of_nuls_separates_rows_and_costs_no_memory() {
        let mut bytes = b"one".to_vec();
        bytes.extend(vec![0; 3_000_000]);
        bytes.extend(b"two\n\0\0\0three\n\0\0");
        let got = rows(&bytes);
        let edges: Vec<_> = got.iter().map(|r| (r.text.as_str(), r.line, r.edges)).collect();
        let edge = |hole_before, hole_after| Edges { hole_before, hole_after };
        assert_eq!(
            edges,
            [
                ("one", 1, edge(None, true)),
                ("two", 1, edge(Some(false), false)),
                ("three", 2, edge(Some(true), false)),
            ]
        );
    }

    #[test]
    fn an_endless_row_is_one_row() {
        let mut bytes = vec![b'x'; MAX_ROW_BYTES * 3];
        bytes.extend(b"\nshort\n");
        let got = rows(&bytes);
        assert_eq!(got.len(), 2);
        assert!(got[0].too_long && got[0].text.len() == MAX_ROW_BYTES && !got[1].too_long);
    }

    #[test]
    fn chinese_is_read_in_the_encodings_of_devices_and_spreadsheets() {
        let text = "工号,时间\n1,王";
        let (gbk, _, _) = GB18030.encode(text);
        let mut utf16 = vec![0xFF, 0xFE];
        utf16.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        let mut big = vec![0xFE, 0xFF];
        big.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
        for bytes in [text.as_bytes(), &gbk, &utf16, &big] {
            let want = [(1, "工号,时间".to_owned()), (2, "1,王".to_owned())];
            assert_eq!(texts(bytes), want);
        }
    }
}
