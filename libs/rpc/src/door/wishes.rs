//! The form in which a plain HTTP request wants its answer.

use http::{HeaderMap, HeaderName, header};

/// The form in which a plain HTTP request wants its answer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AnswerFormat {
    /// Refusals as `application/problem+json`.
    pub problem: bool,
    /// Sentences in Indonesian rather than in English.
    pub indonesian: bool,
}

impl AnswerFormat {
    /// Out of `Accept` and `Accept-Language`.
    pub fn of(headers: &HeaderMap) -> Self {
        let language = listed(headers, &header::ACCEPT_LANGUAGE);
        let (id, en) = (weight_of(&language, "id"), weight_of(&language, "en"));
        Self {
            problem: listed(headers, &header::ACCEPT).contains("application/problem+json"),
            indonesian: id > en,
        }
    }

    /// The tag of the language that the answer's sentences are in.
    pub fn language(&self) -> &'static str {
        if self.indonesian { "id" } else { "en" }
    }

    /// A sentence in the language that is asked for, as far as there is one.
    pub fn choose<'a>(&self, english: &'a str, indonesian: &'a str) -> &'a str {
        if self.indonesian && !indonesian.is_empty() { indonesian } else { english }
    }
}

/// Joins all values of a header in one list.
pub(crate) fn listed(headers: &HeaderMap, name: &HeaderName) -> String {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.collect::<Vec<_>>().join(",").to_ascii_lowercase()
}

/// The weight of a language or a coding, in thousandths; of several ranges for it, the greatest.
pub(crate) fn weight_of(ranges: &str, language: &str) -> u32 {
    let weights = ranges.split(',').filter_map(|range| {
        let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
        let primary = tag.trim().split('-').next().unwrap_or_default();
        let weight = parameters.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.parse().ok());
        // Weights lie between 0 and 1.
        (primary == language).then_some((weight.unwrap_or(0.0_f64).clamp(0.0, 1.0) * 1000.0) as u32)
    });
    weights.max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wishes(language: &'static str) -> AnswerFormat {
        let value = http::HeaderValue::from_static(language);
        AnswerFormat::of(&HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, value)]))
    }

    #[test]
    fn the_language_with_the_greater_weight_is_chosen() {
        for indonesian in ["id", "id-ID,id;q=0.9,en;q=0.8", "en;q=0.5, id", "ID"] {
            assert!(wishes(indonesian).indonesian, "{indonesian}");
        }
        for english in ["", "en", "en-US,en;q=0.9,id;q=0.8", "fr", "id;q=0", "id;q=x", "*"] {
            assert!(!wishes(english).indonesian, "{english}");
        }
    }
}
