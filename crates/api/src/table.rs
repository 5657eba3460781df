//! The table of operations: the router and the document are both made from it, and the test of
//! unauthorised access walks it.

use huis_usecases::accounts::Scope::{Act, Administer, Import, Read};

use crate::{
    handlers::{
        acts, cases, copies, daily, exports, files, indemnity, letters, office, own, security,
        texts, watch,
    },
    operation::Operation,
};

/// One line: id, method, path, scope, what it does, what runs it.
macro_rules! operations {
    ($($id:literal $method:ident $path:literal $scope:ident $summary:literal => $run:path;)*) => {
        vec![$(Operation::new(($id, stringify!($method), $path, $scope), $summary, $run)),*]
    };
}

/// Every operation there is.
#[rustfmt::skip]
pub fn operations() -> Vec<Operation> {
    operations! {
        "moi.lire" GET "/moi" Read "Qui vous êtes, et ce que vous pouvez" => daily::me;
        "moi.courriels" GET "/moi/courriels" Read "Les courriels que vous pouvez recevoir" => own::mails;
        "moi.choisir-courriels" PUT "/moi/courriels" Administer "Choisir ses courriels" => own::choose;
        "moi.agenda" GET "/moi/agenda" Read "Où en est votre lien d’agenda" => own::feed;
        "moi.faire-agenda" POST "/moi/agenda" Administer "Faire son lien d’agenda, à la place du précédent" => own::make_feed;
        "moi.retirer-agenda" DELETE "/moi/agenda" Administer "Retirer son lien d’agenda" => own::end_feed;
        "procedure.lire" GET "/procedure" Read "La procédure d’habilitation à lire" => own::procedure;
        "modele.lire" GET "/modele" Read "Les actes, volets, champs et recherches à votre portée" => daily::model;
        "journee.lire" GET "/journee" Read "Ce qui est dû, ce qui est arrivé, ce qui est bloqué" => daily::day;
        "attendus.lire" GET "/attendus" Read "Ce qui est attendu de qui dépose sans suivre la procédure" => daily::awaited;
        "depots.lire" GET "/depots" Read "Ce que vous avez déposé" => daily::deposits;
        "tableau.lire" GET "/tableau" Read "Secteurs par étapes" => daily::board;
        "recherches.poser" POST "/recherches" Read "Poser une question : la réponse est derrière un identifiant opaque" => daily::ask;
        "recherches.lire" GET "/recherches/{id}" Read "La réponse d’une question" => daily::found;

        "dossiers.lister" GET "/dossiers" Read "Les dossiers en cours, par pages" => daily::list;
        "dossiers.ouvrir" POST "/dossiers" Act "Ouvrir un dossier" => cases::create;
        "dossiers.lire" GET "/dossiers/{numero}" Read "Un dossier, réduit à ce que votre profil voit" => cases::open;
        "dossiers.revision" GET "/dossiers/{numero}/revision" Read "La révision, sans rien ouvrir" => cases::revision;
        "dossiers.pdf" GET "/dossiers/{numero}/dossier.pdf" Read "Le dossier en PDF" => cases::pdf;
        "dossiers.traces" GET "/dossiers/{numero}/traces" Administer "Qui a consulté le dossier" => watch::traces_of;

        "actes.possibles" GET "/dossiers/{numero}/actes" Read "Les actes que vous pouvez y enregistrer" => acts::kinds;
        "actes.essai" POST "/dossiers/{numero}/actes/essai" Act "Ce qui suivrait d’un acte ; rien n’est écrit" => acts::foresee;
        "actes.enregistrer" POST "/dossiers/{numero}/actes" Act "Enregistrer un acte" => acts::record;
        "actes.annuler" POST "/dossiers/{numero}/actes/{acte}/annulation" Act "Annuler un acte inscrit par erreur" => cases::void;
        "actes.recu" GET "/dossiers/{numero}/recus/{acte}" Read "Le reçu d’un de vos dépôts" => daily::receipt;

        "volets.ajouter" POST "/dossiers/{numero}/volets/{volet}" Act "Ajouter une occurrence d’un volet" => cases::add_section;
        "volets.modifier" PUT "/dossiers/{numero}/volets/{volet}/{occurrence}" Act "Modifier un volet" => cases::write_section;
        "volets.retirer" POST "/dossiers/{numero}/volets/{volet}/{occurrence}/retrait" Act "Retirer ce qui a été saisi par erreur" => cases::remove_section;
        "volets.masquer" POST "/dossiers/{numero}/volets/{volet}/{occurrence}/masquage" Act "Masquer aux autres personnes du dossier, ou ne plus masquer" => cases::hide_section;

        "indemnite.essai" POST "/dossiers/{numero}/indemnite/essai" Act "Essayer un calcul d’indemnité ; le garder est l’acte calcul-indemnite" => indemnity::try_one;
        "indemnite.lire" GET "/dossiers/{numero}/indemnite/{acte}" Read "Le calcul qu’un acte garde" => indemnity::kept;
        "indemnite.pdf" GET "/dossiers/{numero}/indemnite/{acte}/proposition.pdf" Read "La proposition d’indemnité en PDF" => indemnity::proposal;

        "copies.lire" GET "/dossiers/{numero}/copie" Read "Ce que contiendrait la copie des données d’une personne, sur sa demande" => copies::look;
        "copies.remettre" POST "/dossiers/{numero}/copie" Act "La copie en PDF ; la demande le garde" => copies::make;

        "gels.lire" GET "/dossiers/{numero}/gels" Administer "Ce qui suspend l’effacement" => cases::holds;
        "gels.poser" POST "/dossiers/{numero}/gels" Administer "Suspendre l’effacement" => cases::place_hold;
        "gels.lever" POST "/dossiers/{numero}/gels/{id}/levee" Administer "Lever une suspension" => cases::lift_hold;
        "mandats.lire" GET "/dossiers/{numero}/partenaires" Administer "Les partenaires du dossier" => cases::mandates;
        "mandats.designer" POST "/dossiers/{numero}/partenaires" Administer "Désigner un partenaire" => cases::mandate;
        "mandats.retirer" DELETE "/dossiers/{numero}/partenaires/{code}" Administer "Retirer un partenaire" => cases::end_mandate;

        "courriers.dus" GET "/courriers" Read "Les dossiers où une lettre attend" => letters::due;
        "courriers.preparer" POST "/courriers/preparation" Act "Préparer les lettres dues de plusieurs dossiers" => letters::prepare;
        "courriers.envoyer" POST "/courriers/envoi" Act "Marquer des lettres comme parties" => letters::send;
        "courriers.reprendre" POST "/courriers/reprise" Act "Reprendre des lettres marquées par erreur" => letters::unsend;
        "courriers.dossier" GET "/dossiers/{numero}/courriers" Read "Les lettres d’un dossier" => letters::of_case;
        "courriers.preparer-un" POST "/dossiers/{numero}/courriers" Act "Préparer une lettre" => letters::prepare_one;
        "courriers.pdf" GET "/dossiers/{numero}/courriers/{acte}/lettre.pdf" Read "Une lettre en PDF" => letters::pdf;
        "courriers.imprimer" POST "/courriers/lettres.pdf" Read "Plusieurs lettres en un PDF" => letters::print;
        "courriers.revenu" POST "/dossiers/{numero}/courriers/{acte}/retour" Act "Noter qu’une lettre est revenue" => letters::returned;

        "exports.dossiers" GET "/exports/dossiers" Read "Les dossiers en cours, en tableur" => exports::list;
        "exports.journee" GET "/exports/journee" Read "La journée, en tableur" => exports::day;
        "exports.tableau" GET "/exports/tableau" Read "Secteurs par étapes, en tableur" => exports::board;
        "exports.conservation" GET "/exports/conservation" Administer "Le plan de conservation, en tableur" => exports::plan;
        "exports.habilitations" GET "/exports/habilitations" Administer "Les habilitations, en tableur" => exports::grants;
        "exports.traces" GET "/exports/traces" Administer "Une page du journal des accès, en tableur" => exports::traces;
        "exports.article-30" GET "/exports/article-30" Administer "La fiche de l’article 30, en tableur" => exports::register;

        "information.lire" GET "/information/{traitement}" Read "La notice publique d’un traitement" => texts::notice;
        "information.facile" GET "/information/{traitement}/facile" Read "La notice facile à lire" => texts::easy_notice;
        "information.pdf" GET "/information/{traitement}/notice.pdf" Read "La notice en PDF" => texts::notice_pdf;
        "information.facile-pdf" GET "/information/{traitement}/facile.pdf" Read "La notice facile à lire, en PDF" => texts::easy_notice_pdf;

        "imports.lister" GET "/imports" Import "Vos imports, et les genres de fichier que vous pouvez envoyer" => files::list;
        "imports.envoyer" POST "/imports" Import "Envoyer un fichier" => files::send;
        "imports.lire" GET "/imports/{id}" Import "Un import et ses fautes" => files::look;
        "imports.colonnes" PUT "/imports/{id}/colonnes" Import "Dire ce que chaque colonne donne, et vérifier chaque ligne" => files::settle;
        "imports.lancer" POST "/imports/{id}/lancement" Import "Écrire les lignes sans faute" => files::start;
        "imports.arreter" POST "/imports/{id}/arret" Import "Arrêter ou abandonner" => files::stop;
        "imports.fautes" GET "/imports/{id}/fautes" Import "Les lignes à corriger, en CSV" => files::faults;

        "archives.ouvrir" POST "/archives/ouverture" Read "Ouvrir l’archive par sa phrase secrète" => watch::unlock;
        "archives.fermer" POST "/archives/fermeture" Read "Refermer l’archive" => watch::lock;

        "versements.proches" GET "/versements" Read "Les dossiers archivés proches de leur terme" => copies::near;
        "versements.faire" POST "/versements" Administer "Verser des dossiers aux archives publiques : un fichier ZIP" => copies::deposit;

        "encadrement.lire" GET "/encadrement" Read "La page d’encadrement" => watch::supervise;
        "compteurs.lire" GET "/compteurs" Administer "Les compteurs annuels sans identité" => watch::counters;
        "alertes.lister" GET "/alertes" Administer "Les alertes" => watch::alerts;
        "alertes.clore" POST "/alertes/{id}/cloture" Administer "Clore une alerte" => watch::close_alert;
        "traces.lister" GET "/traces" Administer "Le journal des accès, par pages" => watch::traces;
        "traces.verifier" POST "/traces/verification" Administer "Vérifier le journal des accès, de la première ligne à la dernière" => watch::verify;
        "conservation.lire" GET "/conservation" Administer "Le plan de conservation à une date" => watch::plan;
        "registre.lire" GET "/registre" Administer "Le registre : fiche de l’article 30 et versions" => watch::register;
        "registre.pdf" GET "/registre/article-30.pdf" Administer "La fiche de l’article 30, en PDF" => exports::register_pdf;
        "securite.lire" GET "/securite" Administer "Revues des risques et procédure d’habilitation" => security::read;
        "securite.revue" POST "/securite/revues" Administer "Enregistrer une revue des risques" => security::review;
        "securite.procedure" POST "/securite/procedures" Administer "Enregistrer une version de la procédure d’habilitation" => security::procedure;

        "habilitations.lister" GET "/habilitations" Administer "Les habilitations" => office::grants;
        "habilitations.donner" POST "/habilitations" Administer "Donner une habilitation" => office::give;
        "habilitations.retirer" POST "/habilitations/{id}/retrait" Administer "Retirer une habilitation" => office::withdraw;
        "revue.lire" GET "/revue" Administer "La revue des habilitations" => office::review;
        "revue.ouvrir" POST "/revue/ouverture" Administer "Ouvrir la revue" => office::open_review;
        "revue.confirmer" POST "/revue/confirmations" Administer "Confirmer des habilitations" => office::confirm;
        "revue.habilitations" GET "/revue/habilitations" Administer "Les habilitations qui restent à revoir" => office::review_lines;
        "revue.retirer" POST "/revue/retraits" Administer "Retirer des habilitations au cours de la revue" => office::review_withdraw;
        "revue.clore" POST "/revue/cloture" Administer "Clore la revue" => office::close_review;
        "comptes.lister" GET "/comptes" Administer "Les comptes" => office::accounts;
        "comptes.creer" POST "/comptes" Administer "Créer un compte : rend son mot de passe provisoire" => office::create_account;
        "comptes.lien" POST "/comptes/{id}/lien" Administer "Faire un lien de réinitialisation" => office::reset_link;
        "comptes.second-facteur" POST "/comptes/{id}/second-facteur/retrait" Administer "Retirer le second facteur" => office::drop_second;
        "comptes.fermer" POST "/comptes/{id}/fermeture" Administer "Fermer un compte" => office::close_account;
        "comptes.verrouiller" POST "/comptes/{id}/verrouillage" Administer "Verrouiller un compte" => office::lock_account;
        "comptes.deverrouiller" POST "/comptes/{id}/deverrouillage" Administer "Déverrouiller un compte" => office::unlock_account;
        "comptes.devoir" POST "/comptes/{id}/devoirs" Administer "Noter qu’un agent est informé, engagé ou formé" => office::duty;
        "partenaires.lister" GET "/partenaires" Administer "Les organismes partenaires" => office::partners;
        "partenaires.ajouter" POST "/partenaires" Administer "Ajouter un organisme" => office::add_partner;
        "partenaires.fermer" DELETE "/partenaires/{code}" Administer "Fermer un organisme" => office::close_partner;
        "reglages.lire" GET "/reglages" Administer "Les réglages" => office::settings;
        "reglages.changer" PUT "/reglages" Administer "Changer des réglages" => office::set_settings;
        "textes.lister" GET "/textes" Administer "Les textes des lettres" => texts::list;
        "textes.lire" GET "/textes/{lettre}" Administer "Le texte d’une lettre" => texts::one;
        "textes.essai" POST "/textes/{lettre}/essai" Administer "Essayer un texte sur une personne inventée ; rien n’est gardé" => texts::preview;
        "textes.adapter" PUT "/textes/{lettre}" Administer "Adapter un texte" => texts::adapt;
        "textes.livrer" DELETE "/textes/{lettre}" Administer "Revenir au texte livré" => texts::shipped;
        "courriels.lire" GET "/courriels" Administer "Où en sont les courriels de l’organisme" => own::mail_state;
        "courriels.suspendre" PUT "/courriels" Administer "Suspendre les courriels, ou les laisser repartir" => own::hold_mails;
    }
}
