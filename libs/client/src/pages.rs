//! A list is answered in pages: to get all of it, ask until no token is left.

use futures::{Stream, stream::try_unfold};

/// The pages of a list, one after another. `ask` gets a page's token, which is empty for the first,
/// and answers that page and the token of the next, which is empty after the last.
pub fn pages<P, E, A>(ask: impl FnMut(String) -> A) -> impl Stream<Item = Result<P, E>>
where
    A: Future<Output = Result<(P, String), E>>,
{
    try_unfold((Some(String::new()), ask), |(token, mut ask)| async move {
        let Some(token) = token else { return Ok(None) };
        let (page, next) = ask(token).await?;
        let next = (!next.is_empty()).then_some(next);
        Ok(Some((page, (next, ask))))
    })
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt as _;

    use super::*;

    async fn page(token: String) -> Result<(Vec<i32>, String), &'static str> {
        match token.as_str() {
            "" => Ok((vec![1, 2], "second".to_owned())),
            "second" => Ok((vec![3], "broken".to_owned())),
            _ => Err("the service is away"),
        }
    }

    #[tokio::test]
    async fn every_page_is_asked_for_until_no_token_is_left() {
        let short = |token: String| async {
            page(token).await.map(|(page, next)| (page, next.replace("broken", "")))
        };
        assert_eq!(pages(short).try_concat().await, Ok(vec![1, 2, 3]));
    }

    #[tokio::test]
    async fn a_page_that_fails_is_no_end_of_the_list() {
        assert_eq!(pages(page).try_concat().await, Err("the service is away"));
    }
}
