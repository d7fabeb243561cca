//! Limits of queries, in all the forms in which they may be written.

use super::*;

#[test]
fn a_query_that_asks_for_so_many_rows_says_so() {
    for (text, rows) in [
        ("SELECT * FROM a LIMIT 100", 100),
        ("select * from a limit 0, 50;", 50),
        ("SELECT * FROM a ORDER BY id FETCH FIRST 10 ROWS ONLY -- all", 10),
        ("SELECT * FROM a FETCH NEXT ROW ONLY", 1),
        ("SELECT * FROM a LIMIT 10 OFFSET 0", 10),
        ("SELECT * FROM a OFFSET 0 ROWS LIMIT 10 FOR SHARE", 10),
        ("WITH a AS (SELECT 1) SELECT * FROM a UNION SELECT 2 LIMIT 10", 10),
        ("SELECT data #>> '{nama}' AS nama FROM layanan LIMIT 100", 100),
        ("SELECT a # 2 AS x, b->'c' FROM layanan LIMIT 7", 7),
        ("SELECT $x$it's -- all$x$ AS a, $$'$$ AS b FROM c LIMIT 3", 3),
        ("SELECT E'it\\'s' AS a FROM b LIMIT 3", 3),
        ("SELECT 'it''s' AS \"a\"\"b\" FROM b LIMIT 3", 3),
        ("SELECT a /*/ LIMIT 5 */ FROM b LIMIT 3", 3),
        ("((SELECT * FROM a LIMIT 4))", 4),
        ("SELECT a FROM b LIMIT 4 -- LIMIT 9", 4),
        ("SELECT a FROM b WHERE c = 1LIMIT 2", 2),
    ] {
        assert_eq!(Limit::of(text, Dialect::Standard), Limit::Rows(rows), "{text}");
    }
}

#[test]
fn what_is_no_limit_is_not_taken_for_one() {
    for text in [
        "SELECT * FROM (SELECT * FROM a OFFSET 0) AS b",
        "SELECT * FROM (SELECT * FROM a LIMIT ALL) AS b",
        "SELECT [limit], offset, a.offset + 1 FROM a WHERE offset > 2",
        "(SELECT * FROM a) UNION (SELECT * FROM b)",
        "SELECT 'limit 5' AS \"limit\" FROM a",
        "SELECT 5 AS limit, a.limit, \"a\".limit + 1 FROM a",
        "SELECT * FROM a /* limit 5 */",
        "SELECT * FROM a -- limit 5",
        "SELECT $$ limit 5 $$ AS a",
        "SELECT batas AS limit_5, first, next FROM a ORDER BY 1 NULLS FIRST",
        "SELECT * FROM a LIMIT ALL",
    ] {
        assert_eq!(Limit::of(text, Dialect::Standard), Limit::None, "{text}");
    }
}

#[test]
fn a_limit_that_is_not_understood_is_told() {
    for text in [
        "SELECT * FROM a LIMIT (100)",
        "SELECT * FROM a LIMIT 10 * 10",
        "SELECT * FROM a LIMIT 100::int",
        "SELECT * FROM a LIMIT '100'",
        "SELECT * FROM a LIMIT 1e2",
        "SELECT * FROM a LIMIT 1 + 1",
        "SELECT * FROM a LIMIT 20, 50",
        "SELECT * FROM a LIMIT 10 OFFSET 5",
        "SELECT * FROM a OFFSET 2",
        "SELECT * FROM a OFFSET 2 ROWS FETCH NEXT 5 ROWS ONLY",
        "SELECT * FROM a OFFSET 0 + 2",
        "SELECT * FROM (SELECT * FROM a LIMIT 5) AS b",
        "WITH b AS (SELECT * FROM a FETCH FIRST ROW ONLY) SELECT * FROM b",
        "(SELECT * FROM a LIMIT 5) UNION (SELECT * FROM b)",
        "SELECT * FROM (SELECT * FROM a LIMIT 5) AS b LIMIT 100",
        "SELECT * FROM a /* all */ TABLESAMPLE system (10)",
        "SELECT * FROM a LIMIT (SELECT count(*) / 2 FROM a)",
        "SELECT * FROM a FETCH FIRST (100) ROWS ONLY",
    ] {
        assert_eq!(Limit::of(text, Dialect::Standard), Limit::Unknown, "{text}");
    }
}

#[test]
fn mysql_hides_no_limit_in_its_quotes_and_comments() {
    for (text, limit) in [
        ("SELECT 'it\\'s' AS a FROM b # Qur'an\nLIMIT 3", Limit::Rows(3)),
        ("SELECT \"5\\\" wide\" AS a FROM b LIMIT 3", Limit::Rows(3)),
        ("SELECT 1--2 FROM b LIMIT 3", Limit::Rows(3)),
        ("SELECT $a$b FROM c LIMIT 3", Limit::Rows(3)),
        ("SELECT a FROM b -- LIMIT 3", Limit::None),
        ("SELECT a FROM b --", Limit::None),
        ("SELECT a FROM b # LIMIT 3", Limit::None),
        ("SELECT a FROM b /* LIMIT 3 */", Limit::None),
        ("SELECT 'it\\' LIMIT 3' FROM b", Limit::None),
        ("SELECT a FROM b /*!50000 LIMIT 3 */", Limit::Unknown),
        ("SELECT a FROM b /*M! LIMIT 3 */", Limit::Unknown),
        ("SELECT a FROM b LIMIT ROWS EXAMINED 100", Limit::Unknown),
        ("SELECT a FROM b LIMIT 5, 10", Limit::Unknown),
    ] {
        assert_eq!(Limit::of(text, Dialect::Mysql), limit, "{text}");
    }
}

#[test]
fn no_query_makes_it_panic() {
    bolero::check!().with_iterations(3_000).with_type::<(String, String)>().for_each(
        |(query, view)| {
            for dialect in [Dialect::Standard, Dialect::Mysql] {
                let _ = (Limit::of(query, dialect), limited(view, query, dialect));
            }
            names(query, view);
        },
    );
}

#[test]
fn a_limit_is_seen_behind_whatever_is_asked_before_it() {
    let words = [
        "select",
        "*",
        "from",
        "a",
        "where",
        "b",
        "=",
        "1",
        "(",
        ")",
        "limit",
        "offset",
        "2",
        "fetch",
        "first",
        "rows",
        "union",
        "all",
        "order by",
        "'limit'",
        "\"offset\"",
        "-- x\n",
        "/* y */",
        ";",
        ",",
    ];
    bolero::check!().with_iterations(3_000).with_type::<Vec<u8>>().for_each(|picks: &Vec<u8>| {
        let picked = picks.iter().map(|pick| words[usize::from(*pick) % words.len()]);
        let query = picked.collect::<Vec<_>>().join(" ");
        let query = format!("{query} b limit 5");
        for dialect in [Dialect::Standard, Dialect::Mysql] {
            assert_ne!(Limit::of(&query, dialect), Limit::None, "{query}");
        }
    });
}
