//! A file on its way in: into a folder of its own, no larger than it may be.

use std::path::PathBuf;

use axum::{
    body::Body,
    http::{HeaderMap, header},
};
use multer::{Constraints, Field, Multipart, SizeLimit, parse_boundary};
use tempfile::TempDir;
use tokio::{fs::File, io::AsyncWriteExt as _};

use crate::pages::upload::Trouble;

/// Bytes of a form beside its file.
const BESIDE: u64 = 16 * 1024;

/// A form with a file.
pub struct Received {
    /// Holds the file.
    pub folder: TempDir,
    /// Where it lies.
    pub path: PathBuf,
    /// What the visitor calls it.
    pub name: String,
    /// The form's key.
    pub key: String,
}

/// Takes a form in; its key stands before its file.
pub async fn receive(headers: &HeaderMap, body: Body, limit: u64) -> Result<Received, Trouble> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let boundary = kind.and_then(|kind| parse_boundary(kind).ok()).ok_or(Trouble::NoFile)?;
    let sizes = SizeLimit::new().whole_stream(limit + BESIDE).for_field("berkas", limit);
    let constraints = Constraints::new().size_limit(sizes.for_field("kunci", BESIDE));
    let stream = body.into_data_stream();
    let mut form = Multipart::with_constraints(stream, boundary, constraints);
    let mut key = String::new();
    while let Some(field) = form.next_field().await.map_err(|error| trouble(&error))? {
        match field.name() {
            Some("kunci") => key = field.text().await.map_err(|error| trouble(&error))?,
            Some("berkas") => return keep(field, key).await,
            _ => {}
        }
    }
    Err(Trouble::NoFile)
}

async fn keep(mut field: Field<'_>, key: String) -> Result<Received, Trouble> {
    let folder = tempfile::tempdir().map_err(|_| Trouble::Broken)?;
    let path = folder.path().join("katalog.xlsx");
    let mut file = File::create(&path).await.map_err(|_| Trouble::Broken)?;
    let name = called(field.file_name().unwrap_or_default());
    let mut is_empty = true;
    while let Some(chunk) = field.chunk().await.map_err(|error| trouble(&error))? {
        is_empty &= chunk.is_empty();
        file.write_all(&chunk).await.map_err(|_| Trouble::Broken)?;
    }
    file.flush().await.map_err(|_| Trouble::Broken)?;
    if is_empty { Err(Trouble::NoFile) } else { Ok(Received { folder, path, name, key }) }
}

/// The last part of a path, without invisible characters.
fn called(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|sign| !sign.is_control()).take(80).collect();
    if plain.is_empty() { "katalog.xlsx".to_owned() } else { plain }
}

fn trouble(error: &multer::Error) -> Trouble {
    match error {
        multer::Error::FieldSizeExceeded { .. } | multer::Error::StreamSizeExceeded { .. } => {
            Trouble::TooLarge
        }
        _ => Trouble::NoFile,
    }
}

#[cfg(test)]
mod tests {
    use super::called;

    #[test]
    fn a_file_is_called_by_the_last_part_of_its_path() {
        assert_eq!(called("C:\\data\\katalog 2026.xlsx"), "katalog 2026.xlsx");
        assert_eq!(called("../../etc/passwd\n"), "passwd");
        assert_eq!(called(""), "katalog.xlsx");
    }
}
