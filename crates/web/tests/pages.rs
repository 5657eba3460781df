//! Every page renders, in both languages, as well-formed and accessible HTML.

mod html;
mod samples;

use huis_web::i18n::Locale;

#[test]
fn every_page_is_well_formed_and_accessible() {
    for locale in [Locale::Fr, Locale::En] {
        let pages = samples::all(locale);
        assert!(pages.len() > 45, "{}", pages.len());
        for (name, text) in pages {
            let faults = html::faults(&text);
            assert!(faults.is_empty(), "{name} ({}): {faults:#?}", locale.code());
            assert!(text.contains(&format!("<html lang=\"{}\">", locale.code())));
        }
    }
}

#[test]
fn the_checker_finds_what_it_is_for() {
    let page = |body: &str| {
        format!(
            "<!doctype html><html lang=\"fr\"><head><title>t</title></head><body>{body}</body></html>"
        )
    };
    for (body, fault) in [
        ("<h1>a</h1><p>b", "not closed"),
        ("<h1>a</h1><h1>b</h1>", "h1"),
        ("<h1>a</h1><p id=\"x\"></p><p id=\"x\"></p>", "twice"),
        ("<h1>a</h1><input name=\"n\" id=\"i\">", "label"),
        ("<h1>a</h1><p style=\"color:red\">b</p>", "inline"),
        ("<h1>a</h1><a href=\"#no\">b</a>", "no such id"),
        ("<h1>a</h1><input aria-label=\"x\" aria-describedby=\"no\">", "no such id"),
        ("<h1>a</h1><form method=\"post\"><button>b</button></form>", "_csrf"),
        ("<h1>a</h1><img src=\"x\">", "alt"),
        ("<h1>a</h1><button></button>", "empty"),
    ] {
        let faults = html::faults(&page(body));
        assert!(faults.iter().any(|f| f.contains(fault)), "{body}: {faults:?}");
    }
    assert_eq!(html::faults(&page("<h1>a</h1>")), Vec::<String>::new());
}

/// a demonstration says so on every page that shows data.
#[test]
fn the_demonstration_banner_is_on_every_page() {
    for (name, text) in samples::all(Locale::Fr) {
        assert!(name.starts_with("erreur") || text.contains("banner demo"), "{name}");
    }
}

/// What was typed or kept is shown as text, never as markup.
#[test]
fn values_are_escaped() {
    let (_, act) = samples::all(Locale::Fr).into_iter().find(|(n, _)| *n == "acte").unwrap();
    assert!(act.contains("&#60;nul&#62;") || act.contains("&lt;nul&gt;"));
    assert!(!act.contains("<nul>"));
}

/// French typography: no plain space before « ? », « ! », « : », « ; » and inside guillemets,
/// where a line could break (texts of the product, not sample data).
#[test]
fn french_texts_use_no_break_spaces() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut faults = Vec::new();
    let mut look = |path: &std::path::Path, keep: fn(&str) -> String| {
        for (n, line) in std::fs::read_to_string(path).unwrap().lines().enumerate() {
            let text = keep(line);
            for bad in [" ?", " !", " ;", " :", "« ", " »"] {
                if text.contains(bad) {
                    faults.push(format!("{}:{}: {bad:?}", path.display(), n + 1));
                }
            }
        }
    };
    look(&root.join("locales/fr.toml"), |l| l.split_once('=').map_or("", |p| p.1).to_owned());
    for dir in ["templates/pages", "templates/parts"] {
        for entry in std::fs::read_dir(root.join(dir)).unwrap() {
            look(&entry.unwrap().path(), html::text_of_template_line);
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
