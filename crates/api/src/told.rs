//! Where one sees whether a request that died half-way was done after all.

use crate::operation::Operation;

impl Operation {
    /// The GETs that tell it, as patterns of the table; none where doing it again does nothing more.
    pub fn told_by(&self) -> &'static [&'static str] {
        match self.id {
            "dossiers.ouvrir" => &["/dossiers"],
            "actes.enregistrer" => &["/dossiers/{numero}", "/depots"],
            "actes.annuler" | "volets.ajouter" | "volets.retirer" | "volets.masquer" => {
                &["/dossiers/{numero}"]
            }
            "gels.poser" | "gels.lever" => &["/dossiers/{numero}/gels"],
            "mandats.designer" => &["/dossiers/{numero}/partenaires"],
            "courriers.preparer" | "courriers.envoyer" | "courriers.reprendre" => &["/courriers"],
            "courriers.preparer-un" | "courriers.revenu" => &["/dossiers/{numero}/courriers"],
            "imports.envoyer" => &["/imports"],
            "imports.lancer" | "imports.arreter" => &["/imports/{id}"],
            "alertes.clore" => &["/alertes"],
            "securite.revue" | "securite.procedure" => &["/securite"],
            "habilitations.donner" | "habilitations.retirer" => &["/habilitations"],
            "revue.ouvrir" | "revue.clore" => &["/revue"],
            "revue.confirmer" | "revue.retirer" => &["/revue/habilitations"],
            "partenaires.ajouter" => &["/partenaires"],
            "moi.faire-agenda" => &["/moi/agenda"],
            id if id.starts_with("comptes.") => &["/comptes"],
            _ => &[],
        }
    }

    /// The same, filled with what the address of the request was filled with.
    pub(crate) fn told_at(&self, path: &str) -> Vec<String> {
        let path = path.strip_prefix(crate::ROOT).unwrap_or(path);
        let fill = |pattern: &&str| {
            let mut out = format!("{}{pattern}", crate::ROOT);
            for (name, given) in self.path.split('/').zip(path.split('/')) {
                if name.starts_with('{') {
                    out = out.replace(name, given);
                }
            }
            out
        };
        self.told_by().iter().map(fill).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::operations;

    /// Each operation that a key may lose says where to look, by a GET that exists.
    #[test]
    fn a_lost_request_is_told_by_a_get_of_the_table() {
        let all = operations();
        // Asked twice, a question, an archive and a log are as they were.
        let again = ["recherches.poser", "archives.ouvrir", "archives.fermer", "traces.verifier"];
        for operation in all.iter().filter(|o| o.once()) {
            let told = operation.told_by();
            assert_eq!(told.is_empty(), again.contains(&operation.id), "{operation:?}");
            for pattern in told {
                let known = |o: &&crate::Operation| o.method == "GET" && o.path == *pattern;
                assert!(all.iter().any(|o| known(&o)), "{operation:?}: GET {pattern}");
                let filled = operation.told_at(&format!("/api/v1{}", operation.path));
                assert!(filled.contains(&format!("/api/v1{pattern}")), "{operation:?}");
            }
        }
        let act = all.iter().find(|o| o.id == "actes.enregistrer").unwrap();
        let told = act.told_at("/api/v1/dossiers/4821-7730-K/actes");
        assert_eq!(told, ["/api/v1/dossiers/4821-7730-K", "/api/v1/depots"]);
    }
}
