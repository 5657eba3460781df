//! The State's indemnity: with a result compared, refused, and kept.

use super::shell;
use askama::Template;
use huis_web::{
    i18n::Locale,
    layout::Tone,
    pages::{
        Link, Pair, Remark,
        indemnity::{ChoiceView, IndemnityKept, IndemnityPage, LineView, ResultView},
    },
};

fn line(label: &str, formula: &str, amount: &str, setting: Option<&str>) -> LineView {
    LineView {
        label: label.into(),
        period: "15/07/2025 – 31/07/2025".into(),
        formula: formula.into(),
        article: "CPCE, art. R.\u{a0}154-7".into(),
        setting: setting.map(str::to_owned),
        amount: amount.into(),
    }
}

fn result() -> ResultView {
    ResultView {
        period: "du 15/07/2025 au 19/01/2026 (189 jours)".into(),
        steps: vec![
            ("Demande de concours reçue le jeudi 15 mai 2025".into(), Some("15/05/2025".into())),
            ("Trêve écartée".into(), None),
        ],
        totals: vec![Pair::new("Préjudice", "4 189,67 €"), Pair::new("Total", "2 415,06 €")],
        lines: vec![
            line(
                "Loyer",
                "600,00 € × 17 jours / 31 = 329,03 €",
                "329,03 €",
                Some("Part d’un mois"),
            ),
            line("Paiement déduit", "300,00 €", "-300,00 €", None),
        ],
        interest: vec![line("Intérêts", "2 389,67 € × 2,62 % × 148 jours / 365", "25,39 €", None)],
        excluded: vec![(
            "Supplément de loyer".into(),
            "150,00 €".into(),
            "Le loyer s’entend hors supplément".into(),
            "CPCE, art. R.\u{a0}154-7".into(),
        )],
        limitation: vec![Pair::new("2025", "31/12/2030")],
        remarks: vec![Remark {
            tone: Tone::Warning,
            text: "Un taux manque.".into(),
            article: "CMF, art. L.\u{a0}313-2".into(),
        }],
        verified: false,
    }
}

fn screen(locale: Locale, full: bool) -> String {
    IndemnityPage {
        shell: shell(locale, "/dossiers/4821-7730-K/indemnite", None, &[]),
        number: "4821-7730-K".into(),
        here: "/dossiers/4821-7730-K/indemnite".into(),
        as_of: if full { "30/06/2026" } else { "31/31/2026" }.into(),
        as_of_fault: (!full).then(|| "Écrivez la date comme 31/12/2025.".into()),
        choices: vec![ChoiceView {
            id: "prorata".into(),
            label: "Part d’un mois entamé".into(),
            options: vec![
                ("jours_reels".into(), "Jours réels".into(), true, false),
                ("trentiemes".into(), "Trentièmes".into(), false, true),
            ],
        }],
        missing: if full { vec![] } else { vec!["Le loyer n’est pas connu.".into()] },
        section: Link::new("Remplir le volet", "/dossiers/4821-7730-K/volets/indemnite/nouveau"),
        result: full.then(result),
        versus: if full {
            vec![("Principal".into(), "2 389,67 €".into(), "2 393,34 €".into())]
        } else {
            vec![]
        },
        keep: vec![("on".into(), "30/06/2026".into())],
        keep_action: "/dossiers/4821-7730-K/actes/calcul-indemnite".into(),
        kept: if full { vec![Link::new("30/06/2026", "/dossiers")] } else { vec![] },
        propose: full.then(|| Link::new("Proposer l’indemnité…", "/dossiers")),
    }
    .render()
    .unwrap()
}

pub fn pages(locale: Locale) -> Vec<(&'static str, String)> {
    let kept = |same: bool| {
        IndemnityKept {
            shell: shell(locale, "/dossiers/4821-7730-K/indemnite", None, &[]),
            number: "4821-7730-K".into(),
            no: 9,
            pdf: same.then(|| "/dossiers/4821-7730-K/indemnite/calcul/9/proposition.pdf".into()),
            same,
            settings: vec![Pair::new("Part d’un mois entamé", "Jours réels du mois")],
            result: result(),
        }
        .render()
        .unwrap()
    };
    vec![
        ("indemnite", screen(locale, true)),
        ("indemnite-incomplete", screen(locale, false)),
        ("indemnite-gardee", kept(true)),
        ("indemnite-changee", kept(false)),
    ]
}
