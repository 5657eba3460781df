//! The pictograms of easy-to-read texts: simple drawings of ours, one idea each, with the words
//! for whoever does not see them (D-23, WCAG 1.1.1).

/// A pictogram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pictogram {
    /// The word that a text uses: `[maison]`.
    pub word: &'static str,
    /// What it shows.
    pub alt: &'static str,
    /// What is drawn, in a box of 48 by 48.
    drawing: &'static str,
}

impl Pictogram {
    /// The whole picture, in dark strokes that print.
    pub fn svg(&self) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 48 48\" width=\"48\" height=\"48\" fill=\"none\" stroke=\"#1b2a41\" stroke-width=\"3\" stroke-linecap=\"round\" stroke-linejoin=\"round\" aria-hidden=\"true\" focusable=\"false\">{}</svg>",
            self.drawing
        )
    }
}

const ALL: &[Pictogram] = &[
    Pictogram {
        word: "maison",
        alt: "Une maison",
        drawing: "<path d=\"M6 23 24 8l18 15M11 20v20h26V20M20 40V28h8v12\"/>",
    },
    Pictogram {
        word: "argent",
        alt: "Une pièce d’un euro",
        drawing: "<circle cx=\"24\" cy=\"24\" r=\"17\"/><path d=\"M31 17a9 9 0 1 0 0 14M14 22h12M14 27h11\"/>",
    },
    Pictogram {
        word: "dossier",
        alt: "Un dossier",
        drawing: "<path d=\"M5 13h14l4 5h20v22H5zM12 26h20M12 32h14\"/>",
    },
    Pictogram {
        word: "lettre",
        alt: "Une lettre",
        drawing: "<path d=\"M5 12h38v25H5zM5 13l19 14 19-14\"/>",
    },
    Pictogram {
        word: "personnes",
        alt: "Des personnes",
        drawing: "<circle cx=\"17\" cy=\"15\" r=\"6\"/><circle cx=\"33\" cy=\"17\" r=\"5\"/><path d=\"M5 40c0-9 5-14 12-14s12 5 12 14M31 27c7 0 12 4 12 12\"/>",
    },
    Pictogram {
        word: "agent",
        alt: "Une personne à son bureau",
        drawing: "<circle cx=\"24\" cy=\"13\" r=\"6\"/><path d=\"M13 32c0-6 4-10 11-10s11 4 11 10M6 33h36M10 33v8M38 33v8\"/>",
    },
    Pictogram {
        word: "cadenas",
        alt: "Un cadenas fermé",
        drawing: "<path d=\"M10 22h28v20H10zM16 22v-6a8 8 0 0 1 16 0v6M24 29v6\"/>",
    },
    Pictogram {
        word: "calendrier",
        alt: "Un calendrier",
        drawing: "<path d=\"M6 11h36v31H6zM6 20h36M15 6v9M33 6v9M15 28h4M29 28h4M15 35h4\"/>",
    },
    Pictogram {
        word: "effacer",
        alt: "Une corbeille",
        drawing: "<path d=\"M9 13h30M18 13V7h12v6M13 13l2 29h18l2-29M20 21v13M28 21v13\"/>",
    },
    Pictogram {
        word: "voir",
        alt: "Un œil",
        drawing: "<path d=\"M4 24c6-9 13-13 20-13s14 4 20 13c-6 9-13 13-20 13S10 33 4 24z\"/><circle cx=\"24\" cy=\"24\" r=\"6\"/>",
    },
    Pictogram {
        word: "corriger",
        alt: "Un crayon",
        drawing: "<path d=\"M8 40l3-10L33 8l7 7-22 22zM28 13l7 7\"/>",
    },
    Pictogram {
        word: "non",
        alt: "Un signe d’interdiction",
        drawing: "<circle cx=\"24\" cy=\"24\" r=\"17\"/><path d=\"M12 12l24 24\"/>",
    },
    Pictogram {
        word: "aide",
        alt: "Deux mains qui se serrent",
        drawing: "<path d=\"M4 18l9-4 11 5 11-5 9 4v14l-8 2-8 6-5-4-5 2-6-5-8-3zM24 19l-6 7c3 3 6 1 8-2l8 8\"/>",
    },
    Pictogram {
        word: "telephone",
        alt: "Un téléphone",
        drawing: "<path d=\"M12 6l7 2 2 9-5 4c2 5 6 9 11 11l4-5 9 2 2 7c0 4-4 6-8 6C19 42 6 29 6 14c0-4 2-8 6-8z\"/>",
    },
];

/// The pictogram of that word.
pub fn pictogram(word: &str) -> Option<&'static Pictogram> {
    ALL.iter().find(|p| p.word == word)
}

/// A line of an easy-to-read text: one idea.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EasyLine {
    /// A title.
    pub heading: bool,
    /// Its pictogram.
    pub pictogram: Option<&'static Pictogram>,
    /// Its words.
    pub text: String,
}

/// The lines of an easy-to-read text: `# ` before a title, `[maison] ` before a sentence. A word
/// that is no pictogram stays in the text, where it is seen.
pub fn easy_lines(text: &str) -> Vec<EasyLine> {
    let lines = text.lines().map(str::trim).filter(|l| !l.is_empty());
    lines
        .map(|line| {
            if let Some(title) = line.strip_prefix("# ") {
                return EasyLine { heading: true, pictogram: None, text: title.to_owned() };
            }
            let cut = line.strip_prefix('[').and_then(|rest| rest.split_once(']'));
            let found = cut.and_then(|(word, rest)| Some((pictogram(word)?, rest.trim())));
            EasyLine {
                heading: false,
                pictogram: found.map(|(p, _)| p),
                text: found.map_or(line, |(_, rest)| rest).to_owned(),
            }
        })
        .collect()
}
