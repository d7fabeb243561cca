//! `mpp template`: a workbook for an office that has no system of its own.

use std::{fs::File, io::Write as _, path::PathBuf};

use clap::{Args as ClapArgs, ValueEnum};
use mpp_agent::TemplateLang;
use mpp_core::{Error, FieldCode, Result};

use crate::program::{path_word, program};

#[derive(ClapArgs)]
pub struct TemplateArgs {
    /// The workbook to write (.xlsx); one that is there is left as it is.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The language of headings and notes; uploads read both.
    #[arg(long, value_enum, default_value_t)]
    pub lang: Lang,
}

#[derive(Clone, Copy, Default, ValueEnum)]
pub enum Lang {
    /// Headings and notes in Indonesian.
    #[default]
    Id,
    /// Headings and notes in English.
    En,
}

impl From<Lang> for TemplateLang {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Id => Self::Id,
            Lang::En => Self::En,
        }
    }
}

pub fn run(args: &TemplateArgs) -> Result<()> {
    let bytes = mpp_agent::template(args.lang.into())?;
    let unwritable = |error: std::io::Error| {
        let text = format!("{} cannot be written: {error}", args.file.display());
        Error::field("FILE", FieldCode::Unwritable, text)
    };
    // A second call must not destroy a workbook that somebody has filled in.
    let mut file = File::create_new(&args.file).map_err(unwritable)?;
    file.write_all(&bytes).map_err(unwritable)?;
    let file = path_word(&args.file);
    say!("{file} is written: fill in its first sheet, one service a row, and upload it:");
    say!("  {} upload {file} --source sources/SOURCE --dry-run", program());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_that_is_there_is_left_as_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let args = TemplateArgs { file: folder.path().join("katalog.xlsx"), lang: Lang::Id };
        run(&args).expect("written");
        std::fs::write(&args.file, "filled in").expect("written");
        assert!(run(&args).expect_err("it is there").message().contains("katalog.xlsx"));
        assert_eq!(std::fs::read(&args.file).expect("read"), b"filled in");
    }
}
