//! The official list of communes, arrondissements and départements (overseas included), and how a
//! commune is found as its name is typed.

use std::sync::OnceLock;
use unicode_normalization::UnicodeNormalization;

/// A commune of today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commune {
    /// INSEE code, `68224`.
    pub code: &'static str,
    /// Name, `Mulhouse`.
    pub name: &'static str,
    /// Code of the département or overseas territory, `68`, `2A`, `974`.
    pub departement: &'static str,
    /// Code of the arrondissement; `None` in overseas collectivities, which have none.
    pub arrondissement: Option<&'static str>,
}

/// An arrondissement: the perimeter of a sous-préfecture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrondissement {
    /// Code, `684`.
    pub code: &'static str,
    /// Name.
    pub name: &'static str,
    /// Code of its département.
    pub departement: &'static str,
    /// INSEE code of its chief town.
    pub seat: &'static str,
}

/// A département or overseas territory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Departement {
    /// Code, `68`.
    pub code: &'static str,
    /// Name.
    pub name: &'static str,
    /// Code of its region.
    pub region: &'static str,
    /// INSEE code of its chief town.
    pub seat: &'static str,
}

/// The whole list, sorted by code.
#[derive(Debug)]
pub struct Geo {
    communes: Vec<Commune>,
    arrondissements: Vec<Arrondissement>,
    departements: Vec<Departement>,
    /// Per commune: its name folded, and where the name starts after its article.
    folded: OnceLock<Vec<(String, usize)>>,
}

/// The département or overseas territory in a commune's code: two characters, three overseas.
pub fn departement_of(commune: &str) -> &str {
    let overseas = commune.starts_with("97") || commune.starts_with("98");
    commune.get(..if overseas { 3 } else { 2 }).unwrap_or(commune)
}

impl Geo {
    /// The list built into the program; read once, at first use.
    pub fn embedded() -> &'static Self {
        static GEO: OnceLock<Geo> = OnceLock::new();
        GEO.get_or_init(|| Self {
            communes: rows(include_str!("../../../parameters/geo/communes.csv"))
                .map(|[code, name, arrondissement, departement]| Commune {
                    code,
                    name,
                    departement,
                    arrondissement: Some(arrondissement).filter(|a| !a.is_empty()),
                })
                .collect(),
            arrondissements: rows(include_str!("../../../parameters/geo/arrondissements.csv"))
                .map(|[code, name, departement, seat]| Arrondissement {
                    code,
                    name,
                    departement,
                    seat,
                })
                .collect(),
            departements: rows(include_str!("../../../parameters/geo/departements.csv"))
                .map(|[code, name, region, seat]| Departement { code, name, region, seat })
                .collect(),
            folded: OnceLock::new(),
        })
    }

    /// The commune of an INSEE code.
    pub fn commune(&self, code: &str) -> Option<&Commune> {
        let at = self.communes.binary_search_by(|c| c.code.cmp(code)).ok()?;
        self.communes.get(at)
    }

    /// The arrondissement of a code.
    pub fn arrondissement(&self, code: &str) -> Option<&Arrondissement> {
        self.arrondissements.iter().find(|a| a.code == code)
    }

    /// The département of a code.
    pub fn departement(&self, code: &str) -> Option<&Departement> {
        self.departements.iter().find(|d| d.code == code)
    }

    /// All the départements and overseas territories, by code.
    pub fn departements(&self) -> &[Departement] {
        &self.departements
    }

    /// All the communes, by code.
    pub fn communes(&self) -> &[Commune] {
        &self.communes
    }

    /// The arrondissements of a département, by code.
    pub fn arrondissements(&self, departement: &str) -> Vec<&Arrondissement> {
        self.arrondissements.iter().filter(|a| a.departement == departement).collect()
    }

    /// The communes whose name starts as typed, whatever the case, accents, hyphens and leading
    /// article (`havre` finds Le Havre, `st etienne` finds Saint-Étienne), in one département or
    /// all. The exact name first, then by name.
    pub fn search(&self, prefix: &str, departement: Option<&str>) -> Vec<&Commune> {
        let wanted = fold(prefix);
        let folded = self.folded.get_or_init(|| {
            let fold_one = |c: &Commune| {
                let name = fold(c.name);
                let articles = ["le ", "la ", "les ", "l "];
                let article = articles.iter().find(|a| name.starts_with(*a)).map_or(0, |a| a.len());
                (name, article)
            };
            self.communes.iter().map(fold_one).collect()
        });
        let mut found: Vec<_> = self
            .communes
            .iter()
            .zip(folded)
            .filter(|(c, _)| departement.is_none_or(|d| c.departement == d))
            .filter_map(|(commune, (name, article))| {
                let bare = name.get(*article..).unwrap_or(name);
                let fits = name.starts_with(&wanted) || bare.starts_with(&wanted);
                let exact = *name == wanted || bare == wanted;
                fits.then_some((!exact, bare, commune))
            })
            .collect();
        found.sort_by_key(|(inexact, bare, commune)| (*inexact, *bare, commune.code));
        found.into_iter().map(|(_, _, commune)| commune).collect()
    }
}

/// The rows under the heading. The files are ours and hold neither quotes nor commas in a value.
fn rows<const N: usize>(csv: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    csv.lines().skip(1).filter_map(|line| line.split(',').collect::<Vec<_>>().try_into().ok())
}

/// Lower case without accents; hyphens and apostrophes are spaces; `st` and `ste` in full.
fn fold(text: &str) -> String {
    let plain: String = text
        .nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let plain = plain.replace('œ', "oe").replace('æ', "ae");
    let ends_open = plain.ends_with(' ');
    let words: Vec<_> = plain
        .split_whitespace()
        .map(|word| match word {
            "st" => "saint",
            "ste" => "sainte",
            other => other,
        })
        .collect();
    let mut folded = words.join(" ");
    // « saint » and « saint » followed by a space do not ask for the same.
    if ends_open && !folded.is_empty() {
        folded.push(' ');
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_points_to_what_exists() {
        let geo = Geo::embedded();
        let lines = |csv: &str| csv.lines().count() - 1;
        let csv = include_str!("../../../parameters/geo/communes.csv");
        assert_eq!(geo.communes.len(), lines(csv));
        let csv = include_str!("../../../parameters/geo/arrondissements.csv");
        assert_eq!(geo.arrondissements.len(), lines(csv));
        let csv = include_str!("../../../parameters/geo/departements.csv");
        assert_eq!(geo.departements.len(), lines(csv));
        assert!(geo.communes.is_sorted_by(|a, b| a.code < b.code));
        for commune in &geo.communes {
            assert_eq!(departement_of(commune.code), commune.departement, "{}", commune.name);
            assert!(geo.departement(commune.departement).is_some(), "{}", commune.name);
            let arrondissement = commune.arrondissement.map(|a| geo.arrondissement(a));
            let fits = |a: &Arrondissement| a.departement == commune.departement;
            assert!(arrondissement.is_none_or(|a| a.is_some_and(fits)), "{}", commune.name);
        }
    }

    #[test]
    fn a_commune_is_found_as_it_is_typed() {
        let first = |prefix, departement| {
            Geo::embedded().search(prefix, departement).first().map(|c| (c.code, c.name))
        };
        assert_eq!(first("havre", None), Some(("76351", "Le Havre")));
        assert_eq!(first("ST ETIENNE", Some("42")), Some(("42218", "Saint-Étienne")));
        assert_eq!(first("l'isle-d", Some("38")), Some(("38193", "L'Isle-d'Abeau")));
        assert_eq!(first("mulho", None), Some(("68224", "Mulhouse")));
        assert_eq!(first("saint-denis", Some("974")), Some(("97411", "Saint-Denis")));
        assert_eq!(first("ajacc", Some("2A")), Some(("2A004", "Ajaccio")));
        assert_eq!(first("zzz", None), None);
        assert_eq!(Geo::embedded().commune("68224").map(|c| c.departement), Some("68"));
        assert_eq!(Geo::embedded().commune("99999"), None);
    }
}
