//! A source that is not there at all.

use mpp_agent::{CsvFile, Input, Pages, Setting};

use crate::office::{MAPPING, lack, mapped};

#[tokio::test]
async fn no_such_file_is_the_sources_fault() {
    let table = CsvFile { path: "nowhere/katalog.csv".into(), ..CsvFile::default() };
    let said = mapped(Input::Csv(table), MAPPING, false).await;
    assert!(lack(&said).contains("nowhere/katalog.csv"), "{}", lack(&said));
    let pages = Pages {
        location: "nowhere/list.json".into(),
        items: Setting::default(),
        ..Pages::default()
    };
    let said = mapped(Input::Json(pages), MAPPING, false).await;
    assert!(lack(&said).contains("nowhere/list.json"), "{}", lack(&said));
    assert_eq!(said.verdict().expect_err("a fault").reason().as_str(), "SOURCE_UNREADABLE");
}

#[tokio::test]
async fn a_mapping_that_is_wrong_says_line_column_and_what_there_is() {
    let table = CsvFile { path: "katalog.csv".into(), ..CsvFile::default() };
    let said = mapped(Input::Csv(table), "{\n  source_id: (.kode | slug)}", false).await;
    for words in ["line 2, column 23", "slug", "rupiah", "list_items", "mpp agent functions"] {
        assert!(lack(&said).contains(words), "{words}: {}", lack(&said));
    }
}
