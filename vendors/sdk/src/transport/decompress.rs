//! Content encodings, undone as the bytes come in and never beyond the cap.

use std::io::{self, Write};

use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// Why a body cannot be taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BodyError {
    /// More than the cap.
    TooLarge,
    /// An encoding that nobody asked for.
    UnknownEncoding(String),
    /// The compressed data is broken or ends early.
    Broken(String),
}

/// Takes a body piece by piece and holds at most the cap.
pub(super) struct Inflator {
    stages: Vec<Stage>,
    out: Vec<u8>,
    cap: usize,
}

impl Inflator {
    /// `encodings` is the `Content-Encoding` value, where there is one.
    pub(super) fn new(encodings: Option<&str>, cap: usize) -> Result<Self, BodyError> {
        let mut stages = Vec::new();
        // The last encoding named was applied last, so it is undone first.
        for name in encodings.unwrap_or("").split(',').rev() {
            match name.trim().to_ascii_lowercase().as_str() {
                "" | "identity" => {}
                "gzip" | "x-gzip" => stages.push(Stage::new(Kind::Gzip, cap)),
                "deflate" | "x-deflate" => stages.push(Stage::new(Kind::Deflate, cap)),
                other => return Err(BodyError::UnknownEncoding(other.to_owned())),
            }
        }
        if stages.len() > 3 {
            return Err(BodyError::UnknownEncoding(format!("{} times compressed", stages.len())));
        }
        Ok(Self { stages, out: Vec::new(), cap })
    }

    pub(super) fn push(&mut self, piece: &[u8]) -> Result<(), BodyError> {
        let mut piece = piece.to_vec();
        for stage in &mut self.stages {
            piece = stage.push(&piece)?;
        }
        self.keep(&piece)
    }

    pub(super) fn finish(mut self) -> Result<Vec<u8>, BodyError> {
        let mut tail = Vec::new();
        for stage in &mut self.stages {
            let mut piece = if tail.is_empty() { Vec::new() } else { stage.push(&tail)? };
            piece.extend(stage.finish()?);
            tail = piece;
        }
        self.keep(&tail)?;
        Ok(self.out)
    }

    fn keep(&mut self, piece: &[u8]) -> Result<(), BodyError> {
        if self.out.len().saturating_add(piece.len()) > self.cap {
            return Err(BodyError::TooLarge);
        }
        self.out.extend_from_slice(piece);
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Gzip,
    Deflate,
}

enum Decoder {
    /// The first two bytes decide: `deflate` means zlib or raw depending on who wrote the server, and some servers
    /// announce a compression that they do not apply.
    Waiting(Kind, Vec<u8>),
    Gzip(MultiGzDecoder<Capped>),
    Zlib(ZlibDecoder<Capped>),
    Raw(DeflateDecoder<Capped>),
    Plain,
}

struct Stage {
    decoder: Decoder,
    cap: usize,
}

impl Stage {
    fn new(kind: Kind, cap: usize) -> Self {
        Self { decoder: Decoder::Waiting(kind, Vec::new()), cap }
    }

    fn push(&mut self, piece: &[u8]) -> Result<Vec<u8>, BodyError> {
        if let Decoder::Waiting(kind, held) = &mut self.decoder {
            held.extend_from_slice(piece);
            if held.len() < 2 {
                return Ok(Vec::new());
            }
            let (kind, held) = (*kind, std::mem::take(held));
            self.decide(kind, &held);
            return self.write(&held);
        }
        self.write(piece)
    }

    fn decide(&mut self, kind: Kind, head: &[u8]) {
        let sink = Capped { buffer: Vec::new(), left: self.cap };
        let zlib = head[0] & 0x0f == 8 && (u16::from(head[0]) << 8 | u16::from(head[1])) % 31 == 0;
        self.decoder = match kind {
            Kind::Gzip if head.starts_with(&[0x1f, 0x8b]) => Decoder::Gzip(MultiGzDecoder::new(sink)),
            Kind::Gzip => Decoder::Plain,
            Kind::Deflate if zlib => Decoder::Zlib(ZlibDecoder::new(sink)),
            Kind::Deflate => Decoder::Raw(DeflateDecoder::new(sink)),
        };
    }

    fn write(&mut self, piece: &[u8]) -> Result<Vec<u8>, BodyError> {
        let result = match &mut self.decoder {
            Decoder::Waiting(..) => return Ok(Vec::new()),
            Decoder::Plain => return Ok(piece.to_vec()),
            Decoder::Gzip(d) => d.write_all(piece).and_then(|()| d.flush()).map(|()| d.get_mut().take()),
            Decoder::Zlib(d) => d.write_all(piece).and_then(|()| d.flush()).map(|()| d.get_mut().take()),
            Decoder::Raw(d) => d.write_all(piece).and_then(|()| d.flush()).map(|()| d.get_mut().take()),
        };
        result.map_err(|e| broken(&e))
    }

    fn finish(&mut self) -> Result<Vec<u8>, BodyError> {
        let result = match &mut self.decoder {
            Decoder::Waiting(_, held) => return Ok(std::mem::take(held)),
            Decoder::Plain => return Ok(Vec::new()),
            Decoder::Gzip(d) => d.try_finish().map(|()| d.get_mut().take()),
            Decoder::Zlib(d) => d.try_finish().map(|()| d.get_mut().take()),
            Decoder::Raw(d) => d.try_finish().map(|()| d.get_mut().take()),
        };
        result.map_err(|e| broken(&e))
    }
}

/// A sink that refuses to grow beyond what is left of the cap.
struct Capped {
    buffer: Vec<u8>,
    left: usize,
}

impl Capped {
    fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.buffer)
    }
}

impl Write for Capped {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        match self.left.checked_sub(piece.len()) {
            Some(left) => {
                self.left = left;
                self.buffer.extend_from_slice(piece);
                Ok(piece.len())
            }
            None => Err(io::Error::new(io::ErrorKind::FileTooLarge, "cap")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn broken(error: &io::Error) -> BodyError {
    if error.kind() == io::ErrorKind::FileTooLarge {
        BodyError::TooLarge
    } else {
        BodyError::Broken(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    fn gzip(data: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn inflate(encodings: &str, data: &[u8], cap: usize) -> Result<Vec<u8>, BodyError> {
        let mut inflator = Inflator::new(Some(encodings), cap)?;
        for piece in data.chunks(3) {
            inflator.push(piece)?;
        }
        inflator.finish()
    }

    #[test]
    fn every_encoding_that_was_asked_for() {
        let text = b"<html>a page</html>".repeat(20);
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(&text).unwrap();
        let zlib = zlib.finish().unwrap();
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::default());
        raw.write_all(&text).unwrap();
        let raw = raw.finish().unwrap();
        assert_eq!(inflate("gzip", &gzip(&text), 1000).as_ref(), Ok(&text));
        assert_eq!(inflate("Deflate", &zlib, 1000).as_ref(), Ok(&text));
        assert_eq!(inflate("deflate", &raw, 1000).as_ref(), Ok(&text));
        assert_eq!(inflate("gzip, gzip", &gzip(&gzip(&text)), 1000).as_ref(), Ok(&text));
        assert_eq!(inflate("deflate, gzip", &gzip(&zlib), 1000).as_ref(), Ok(&text));
        assert_eq!(inflate("gzip", b"not compressed at all", 1000).unwrap(), b"not compressed at all");
        assert_eq!(inflate("gzip", b"", 1000).unwrap(), b"");
        assert_eq!(inflate("identity", b"x", 1000).unwrap(), b"x");
    }

    #[test]
    fn what_is_broken_or_too_large_or_unknown_is_told_apart() {
        let bomb = gzip(&vec![0; 1 << 20]);
        assert_eq!(inflate("gzip", &bomb, 1000), Err(BodyError::TooLarge));
        assert_eq!(inflate("gzip, gzip", &gzip(&bomb), 10_000), Err(BodyError::TooLarge));
        assert_eq!(inflate("", &[0; 11], 10), Err(BodyError::TooLarge));
        assert_eq!(inflate("br", b"x", 10), Err(BodyError::UnknownEncoding("br".into())));
        let page = gzip(b"a page that ends in the middle");
        assert!(matches!(inflate("gzip", &page[..page.len() - 9], 1000), Err(BodyError::Broken(_))));
    }
}
