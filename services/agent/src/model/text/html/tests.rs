//! Texts as offices keep them in HTML.

use proptest::prelude::*;

use super::*;

/// Texts from offices' databases, and their meaning.
const CASES: &[(&str, &str)] = &[
    (
        "<p>Syarat&nbsp;:</p><ul><li>KTP &amp; KK</li><li>Usia < 17</li></ul><script>x</script>",
        "Syarat :\nKTP & KK\nUsia < 17",
    ),
    ("usia 5 < 17 tahun, <17 dan a<b", "usia 5 < 17 tahun, <17 dan a<b"),
    ("Izin usaha &ndash; baru", "Izin usaha \u{2013} baru"),
    (
        "&ldquo;Surat&rdquo; &#8211; &#x2013; &#150;",
        "\u{201c}Surat\u{201d} \u{2013} \u{2013} \u{2013}",
    ),
    ("Pas foto 3&times;4; &frac12; lembar", "Pas foto 3\u{d7}4; \u{bd} lembar"),
    ("KTP&amp;nbsp;asli &amp;amp; KK", "KTP asli & KK"),
    ("Izin &lt;b&gt;Usaha&lt;/b&gt;", "Izin Usaha"),
    ("R&D; PPAT&notaris A&B, AT&T", "R&D; PPAT&notaris A&B, AT&T"),
    ("https://a.go.id/?x=1&copy=2&lt=3", "https://a.go.id/?x=1&copy=2&lt=3"),
    ("KTP&nbsp asli&nbspKK", "KTP asli KK"),
    ("<!-- a > b --><p>KTP<!-- > --> asli</p>", "KTP asli"),
    ("<!--[if gte mso 9]><xml><w:View>Normal</w:View></xml><![endif]-->SKCK", "SKCK"),
    (
        "<p class=MsoNormal style='mso-list:l0 level1 lfo1'><![if !supportLists]><span>1.<span>&nbsp;\
      &nbsp;&nbsp;</span></span><![endif]>KTP<o:p></o:p></p>",
        "1. KTP",
    ),
    ("<style><!-- /* Font Definitions */ @font-face {a>b} --></style>SIM", "SIM"),
    ("<xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml>SIM", "SIM"),
    ("KTP<img src=\"file:///C:/Users/a%20b/x>y.gif\" alt=\"a > b\">asli", "KTPasli"),
    ("<p>Surat\nketerangan</p>\n<p>KK</p>", "Surat keterangan\nKK"),
    ("1. KTP\n2. KK <b>asli</b>", "1. KTP\n2. KK asli"),
    ("Diisi <nama pemohon> dan <NIK>", "Diisi <nama pemohon> dan <NIK>"),
    (
        "Isi <data pemohon>, <title> dan <time>; <td nowrap>KTP</td>",
        "Isi <data pemohon>, <title> dan ; KTP",
    ),
    ("KTP <script>dan <style>KK", "KTP <script>dan <style>KK"),
    ("<head><title>Judul</title></head>KTP <!-- catatan", "KTP"),
    ("nilai <a dan lain-lain", "nilai <a dan lain-lain"),
    ("<table><tr><td>KTP</td><td>asli</td></tr><tr><td>KK</td></tr></table>", "KTP asli\nKK"),
    ("<B>K</B>TP<BR/>KK<br>SIM", "KTP\nKK\nSIM"),
    ("&lt;!--[if gte mso 9]&gt;&lt;xml&gt;x&lt;/xml&gt;&lt;![endif]--&gt;Akta", "Akta"),
    ("pra\u{ad}nikah\u{200b} &shy;&zwnj;baru", "pranikah baru"),
    ("<script>if (a < b) { document.write('</p>') }</script>KTP", "KTP"),
    ("&bogus; &; &#; &#x; & KK", "&bogus; &; &#; &#x; & KK"),
    ("<s>Rp 50.000</s> Gratis", "~~Rp 50.000~~ Gratis"),
    ("<del>3 <del>hari</del></del>, <strike>x</strike><s></s>", "~~3 hari~~, ~~x~~"),
    ("<span style='text-decoration: line-through'><b>Gratis</b></span> KK", "~~Gratis~~ KK"),
    ("<span style=\"display:none\">Gratis</span>KTP", "KTP"),
    ("<span hidden>Gratis</span>KTP", "KTP"),
    ("Rp 10<sup>6</sup>, 20 m<sup>2</sup>", "Rp 10^6, 20 m2"),
    ("<b class=\"small d-none\">Gratis</b> KTP<sub>1</sub>", "KTP1"),
    ("<b style='Opacity: 0'>Gratis</b><b style='opacity:0.8'>KTP</b>", "KTP"),
    ("<ul><li hidden>Rahasia<ul><li>dalam</li></ul><li>KTP<li class='sr-only'>x</ul>KK", "KTP\nKK"),
    ("<p hidden>Lama<p>KTP</p><br hidden>KK<input class=hidden>SIM", "KTP\nKKSIM"),
    ("<tr bgcolor='navy'><td style='color:white'>Syarat</td></tr>", "Syarat"),
    ("<font color=white>Lama</font><span aria-hidden='true'>KTP</span>", "KTP"),
    ("<div style='display:none'><div>a</div>b</div>KTP<template>x</template>", "KTP"),
    ("<i class='material-icons'>check_circle</i> KTP <s>SIM</s>", "KTP ~~SIM~~"),
    ("<style>.x{display:none}</style><b class='x'>Gratis</b>KTP", "KTP"),
    (
        "<b class='lama baru'>Rp 5</b>KTP<style>/* b */ b.lama , #y { COLOR:red; Display : none !important }</style>",
        "KTP",
    ),
    ("<style>.x{display:none}.x.y{display:inline}</style><b class='y x'>KTP</b>", "KTP"),
    ("<style>.x{display:none}</style><b class=x style='display:inline'>KTP</b>", "KTP"),
    ("<style>td .x{visibility:hidden}</style><table><td><i class=x>a</i>KTP", "KTP"),
    ("<style>td .x{visibility:hidden}</style><p><i class=x>KTP</i></p>", "KTP"),
    ("<style media=print>.x{display:none}</style><b class=x>KTP</b>", "KTP"),
    ("<style>@media print{.x{display:none}}</style><b class=x>KTP</b>", "KTP"),
    ("<style>@media screen{.x{display:none}}</style><b class=x>Lama</b>KTP", "KTP"),
    ("<style>@media (max-width:9px){.x{display:none}}</style><b class=x>KTP</b> KK", "~~KTP~~ KK"),
    ("<style>a:checked + .x{display:none}</style><b class=x>KTP</b> KK", "~~KTP~~ KK"),
    ("<style>.x:hover{display:none}</style><b class=x>KTP</b>", "KTP"),
    ("<template><style>b{display:none}</style></template><b>KTP</b>", "KTP"),
    ("<style>.c{text-decoration:line-through}</style><b class=c>Rp 5</b> KTP", "~~Rp 5~~ KTP"),
    ("<style>.x{display:none</style><b class=x>Lama</b>KTP", "KTP"),
    ("<ruby>KK<rt>Kartu Keluarga</rt></ruby>, asli", "KK (Kartu Keluarga), asli"),
    ("<ruby>KK<rp>(</rp><rt>Kartu Keluarga</rt><rp>)</rp></ruby> asli", "KK (Kartu Keluarga) asli"),
    ("<ruby>Rp 50<rt>lima puluh<rt></ruby>ribu", "Rp 50 (lima puluh) ribu"),
    ("<ruby>KTP<rt></rt></ruby>asli", "KTPasli"),
    ("<div popover>Lama</div>KTP<noscript>x</noscript><iframe>y</iframe>", "KTP"),
    ("<details><summary>Syarat</summary>KTP</details>", "Syarat\nKTP"),
    ("", ""),
];

#[test]
fn html_of_offices_becomes_their_words() {
    for (html, text) in CASES {
        assert_eq!(html_text(html), *text, "{html}");
    }
}

#[test]
fn where_one_value_is_read_what_nobody_sees_stays_between_marks() {
    for (html, text) in [
        ("<span class='sr-only'>Gratis</span> Rp 5.000", "~~Gratis~~ Rp 5.000"),
        ("<b style='color:#fff'>Gratis</b>", "~~Gratis~~"),
        ("<p>Rp 5.000<span hidden>.000</span></p>", "Rp 5.000~~.000~~"),
    ] {
        assert_eq!(with_hidden(html), text, "{html}");
    }
}

#[test]
fn no_depth_of_nesting_costs_the_stack() {
    let deep = format!("<style>b .x{{display:none}}</style>{}KTP", "<b>".repeat(50_000));
    assert_eq!(html_text(&deep), "KTP");
    for (open, close) in [("<div>", "</div>"), ("<xml>", "</xml>"), ("<b>", ""), ("<!--", "-->")] {
        let html = format!("{}KTP{}", open.repeat(100_000), close.repeat(100_000));
        assert!(html_text(&html).len() <= 300_000, "{open}");
    }
    assert!(html_text(&"&amp;".repeat(100_000)).starts_with("&&"));
    for part in ["<p ", "<script>", "<", "&", "<a b=", "<!--"] {
        html_text(&format!("{}>", part.repeat(30_000)));
    }
}

proptest! {
    #[test]
    fn words_without_markup_stay(text in "[a-zA-Z0-9 .,;:()<>&-]{0,80}") {
        let html = text.replace('&', "&amp;").replace('<', "&lt;");
        if !has_markup(&text) {
            prop_assert_eq!(html_text(&html), super::super::squeeze(&text));
        }
    }

    #[test]
    fn what_was_read_holds_nothing_more_to_read(
        parts in prop::collection::vec(prop::sample::select(vec![
            "<p>", "</p>", "<!--", "-->", "<o:p>", "&nbsp;", "&amp;", "lt;", "&lt;b&gt;", "<xml>",
            "KTP", " ", "<", ">", "&", "<script>", "</script>", "\n", "<![if x]>", "'", "\"",
        ]), 0..20),
    ) {
        let text = html_text(&parts.concat());
        prop_assert!(!text.contains("  ") && text.trim() == text);
    }
}
