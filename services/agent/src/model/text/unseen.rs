//! The parts of HTML that a person at a screen does not see, by the element itself: its kind, its
//! flags, its classes as the usual style sheets name them, and its style: its own, and what a
//! [style sheet](super::sheet) says of it where the page brought one along.

/// How an element's text is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Like any other.
    Plain,
    /// Struck out, which says that it does not hold.
    Struck,
    /// Not at all.
    Hidden,
    /// Not known: it depends on a rule that may or may not hold.
    Unsure,
}

/// The start tag of an element, in lower case, as far as it matters here.
#[derive(Default)]
pub struct Element<'a> {
    pub name: &'a str,
    pub classes: &'a str,
    pub style: &'a str,
    /// `color` of `<font>`.
    pub color: &'a str,
    /// It has the flag `hidden`, or is a dialog that is not open.
    pub flagged: bool,
    /// Something around it, or before it, has a background of a colour.
    pub on_colour: bool,
}

/// Elements that strike their text out.
const STRUCK: [&str; 3] = ["s", "del", "strike"];
/// Elements whose content is a substitute, and not shown.
const STAND_INS: [&str; 10] = [
    "datalist", "noframes", "noembed", "canvas", "audio", "video", "object", "iframe", "meter",
    "progress",
];
const STRUCK_CLASSES: [&str; 5] =
    ["line-through", "text-decoration-line-through", "coret", "strike", "strikethrough"];
/// Classes that hide, and parts of such; the ones of fonts whose letters are drawn as icons, too.
const HIDING: [&str; 15] = [
    "hidden",
    "d-none",
    "hide",
    "is-hidden",
    "u-hidden",
    "element-hidden",
    "ng-hide",
    "display-none",
    "text-hide",
    "opacity-0",
    "text-transparent",
    "show-for-sr",
    "ui-helper-hidden",
    "assistive-text",
    "off-screen",
];
const HIDING_PARTS: [&str; 10] = [
    "sr-only",
    "visually-hidden",
    "visuallyhidden",
    "screen-reader",
    "screenreader",
    "hidden-accessible",
    "invisible",
    "offscreen",
    "material-icons",
    "material-symbols",
];
/// Widths of screens: an element that is hidden on some is shown on others.
const WIDTHS: [&str; 6] = ["sm", "md", "lg", "xl", "xxl", "2xl"];
const WHITE: [&str; 12] = [
    "white",
    "#fff",
    "#ffffff",
    "#fefefe",
    "#fffffe",
    "#fdfdfd",
    "snow",
    "rgb(255,255,255)",
    "rgba(255,255,255,1)",
    "rgb(255 255 255)",
    "rgb(100%,100%,100%)",
    "hsl(0,0%,100%)",
];

/// How the text of an element is shown.
pub fn shown(element: &Element<'_>) -> Visibility {
    let rules = rules(element.style);
    let is_hidden = element.flagged
        || STAND_INS.contains(&element.name)
        || hides_by_class(element.classes)
        || rules.iter().any(|(name, value)| hides(name, value))
        || is_unreadable(element, &rules);
    let is_struck = STRUCK.contains(&element.name)
        || element.classes.split_whitespace().any(|class| STRUCK_CLASSES.contains(&class))
        || rules.iter().any(|(name, value)| {
            name.starts_with("text-decoration") && value.contains("line-through")
        });
    match (is_hidden, is_struck) {
        (true, _) => Visibility::Hidden,
        (false, true) => Visibility::Struck,
        (false, false) => Visibility::Plain,
    }
}

/// True if an element has a background that white letters can be read on.
pub fn has_colour(element: &Element<'_>, bgcolor: &str) -> bool {
    let plain = ["", "none", "transparent", "inherit", "initial", "unset", "#fff0"];
    let is_colour = |value: &str| !plain.contains(&value) && !WHITE.contains(&value);
    let of_style = rules(element.style)
        .iter()
        .any(|(name, value)| name.starts_with("background") && is_colour(value));
    let is_dark = |class: &str| {
        ["badge", "btn", "alert", "label", "header", "thead", "table-dark", "bg-dark"]
            .iter()
            .any(|part| class.starts_with(part))
            || (class.starts_with("bg-")
                && !["bg-white", "bg-light", "bg-transparent"].contains(&class))
    };
    of_style
        || is_colour(bgcolor)
        || element.name == "th"
        || element.classes.split_whitespace().any(is_dark)
}

/// The declarations of a style, without blanks.
fn rules(style: &str) -> Vec<(String, String)> {
    let bare = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let all = style.split(';').filter_map(|rule| {
        let (name, value) = rule.split_once(':')?;
        let value = value.split('!').next().unwrap_or(value);
        Some((bare(name), bare(value).replace(", ", ",").replace(" ,", ",").replace(" (", "(")))
    });
    // If a name comes twice, the last one counts.
    let mut rules: Vec<(String, String)> = Vec::new();
    for (name, value) in all {
        rules.retain(|(own, _)| *own != name);
        rules.push((name, value));
    }
    rules
}

fn hides(name: &str, value: &str) -> bool {
    let size = size(value);
    match name {
        "display" => value == "none",
        "visibility" | "content-visibility" => ["hidden", "collapse"].contains(&value),
        "mso-hide" => value == "all",
        "opacity" => size == Some(0.0),
        "font-size" => {
            size.is_some_and(|size| size < 2.0 && !value.ends_with("em")) || size == Some(0.0)
        }
        "font" => value.split(' ').any(|part| {
            part.starts_with("0 ")
                || part == "0"
                || part.starts_with("0px")
                || part.starts_with("0/")
        }),
        "height" | "max-height" | "zoom" => size == Some(0.0),
        "text-indent" | "left" | "top" | "margin-left" | "margin-top" | "right" => {
            size.is_some_and(|size| size <= -500.0)
        }
        "clip" => value.starts_with("rect(0") || value.starts_with("rect(1px"),
        "clip-path" | "-webkit-clip-path" => {
            ["inset(50%", "inset(100%", "circle(0", "polygon(0 0,0 0", "polygon(0px 0px,0px 0px"]
                .iter()
                .any(|start| value.starts_with(start))
        }
        "transform" => ["scale(0)", "scale(0,", "scalex(0)", "scaley(0)"]
            .iter()
            .any(|part| value.contains(part)),
        "filter" => value.contains("opacity(0"),
        _ => false,
    }
}

/// The number at the start of a value: "0px", "-9999px", ".0".
fn size(value: &str) -> Option<f64> {
    let end =
        value.find(|sign: char| !matches!(sign, '0'..='9' | '.' | '-')).unwrap_or(value.len());
    value[..end].parse().ok()
}

/// True for letters that have no colour, or the colour of their background.
fn is_unreadable(element: &Element<'_>, rules: &[(String, String)]) -> bool {
    let of = |names: &[&str]| rules.iter().rev().find(|(name, _)| names.contains(&name.as_str()));
    let own = of(&["color", "-webkit-text-fill-color"]).map(|(_, value)| value.as_str());
    let class = element.classes.split_whitespace().find(|class| *class == "text-white");
    let own =
        own.or((!element.color.is_empty()).then_some(element.color)).or(class.map(|_| "white"));
    let Some(own) = own else { return false };
    let ground = of(&["background", "background-color"]).map(|(_, value)| value.as_str());
    let is_clear = own == "transparent"
        || (own.starts_with("rgba(") && (own.ends_with(",0)") || own.ends_with(",0.0)")))
        || (own.starts_with('#') && own.len() == 9 && own.ends_with("00"));
    is_clear || ground == Some(own) || (WHITE.contains(&own) && !element.on_colour)
}

fn hides_by_class(classes: &str) -> bool {
    let all: Vec<&str> = classes.split_whitespace().collect();
    let is_shown_on = |class: &str| {
        let parts: Vec<&str> = class.split(['-', ':']).collect();
        let tells = ["d-", "visible-", "show-"].iter().any(|start| class.starts_with(start));
        (tells || class.contains(':'))
            && WIDTHS.iter().any(|width| parts.contains(width))
            && !parts.contains(&"none")
            && !parts.contains(&"hidden")
    };
    let hides = |class: &&str| {
        let by_part =
            HIDING_PARTS.iter().any(|part| class.contains(part)) && !class.starts_with("not-");
        by_part || HIDING.contains(class)
    };
    all.iter().any(hides) && !all.iter().any(|class| is_shown_on(class))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, classes: &str, style: &str) -> Visibility {
        shown(&Element { name, classes, style, ..Element::default() })
    }

    #[test]
    fn what_nobody_sees_is_hidden() {
        for style in [
            "display:none",
            "display : none !important",
            "visibility:hidden",
            "opacity:0",
            "opacity:.0",
            "font-size:0",
            "font-size:0px",
            "font-size: 1px",
            "max-height:0;overflow:hidden",
            "position:absolute;left:-9999px",
            "text-indent:-9999px",
            "clip:rect(0, 0, 0, 0)",
            "clip: rect(1px 1px 1px 1px)",
            "clip-path:inset(50%)",
            "transform:scale(0)",
            "color:white",
            "color:#FFF",
            "color: rgb(255, 255, 255)",
            "color:transparent",
            "color:rgba(0,0,0,0)",
            "color:#00000000",
            "color:#eee;background-color:#eee",
            "mso-hide:all",
            "background:none;color:#ffffff",
        ] {
            assert_eq!(of("span", "", &style.to_lowercase()), Visibility::Hidden, "{style}");
        }
        for class in [
            "sr-only",
            "visually-hidden",
            "screen-reader-text",
            "d-none",
            "small hidden",
            "text-white",
            "d-none d-print-block",
            "col-md-6 d-none",
            "cdk-visually-hidden",
            "material-icons",
            "element-invisible",
            "ng-hide",
        ] {
            assert_eq!(of("span", class, ""), Visibility::Hidden, "{class}");
        }
        for name in ["datalist", "canvas", "object"] {
            assert_eq!(of(name, "", ""), Visibility::Hidden, "{name}");
        }
        assert_eq!(shown(&Element { flagged: true, ..Element::default() }), Visibility::Hidden);
        assert_eq!(shown(&Element { color: "white", ..Element::default() }), Visibility::Hidden);
    }

    #[test]
    fn what_is_seen_or_struck_is_not_hidden() {
        for style in [
            "",
            "display:block",
            "opacity:0.8",
            "font-size:10px",
            "font-size:0.9em",
            "color:#333",
            "width:100%",
            "width:0",
            "line-height:0",
            "margin-left:-15px",
            "left:0",
            "line-height:1.5",
            "color:red",
            "height:20px",
        ] {
            assert_eq!(of("span", "", style), Visibility::Plain, "{style}");
        }
        for class in [
            "d-none d-md-block",
            "hidden md:inline",
            "not-sr-only",
            "hidden-xs",
            "collapse",
            "title",
        ] {
            assert_eq!(of("span", class, ""), Visibility::Plain, "{class}");
        }
        let on_colour = Element { style: "color:#fff", on_colour: true, ..Element::default() };
        assert_eq!(shown(&on_colour), Visibility::Plain);
        assert_eq!(of("del", "", ""), Visibility::Struck);
        assert_eq!(of("span", "coret", ""), Visibility::Struck);
        assert_eq!(of("span", "", "text-decoration: line-through"), Visibility::Struck);
    }
}
