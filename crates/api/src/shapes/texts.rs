//! The texts of letters, and the public notices.

use huis_usecases::letters::{Block, Letter};
use serde::{Deserialize, Serialize};

use super::{Day, Named, When};
use crate::shape::shape;

shape! {
/// Une lettre.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfLetter "" {
    /// Code de la lettre au registre.
    pub lettre: String,
}

/// Un traitement.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfProcessing "" {
    /// Code du traitement.
    pub traitement: String,
}

/// Une lettre de la liste.
#[derive(Serialize)]
pub struct TextLine "TexteDeLettre" {
    /// La lettre.
    pub lettre: Named,
    /// Adaptée par l’organisme ; sinon, le texte livré.
    pub adaptee: bool,
    /// Le registre n’admet plus le texte adapté : le texte livré sert en attendant.
    pub refusee: bool,
    /// Ce qui la fonde.
    pub source: String,
}

/// Le texte d’une lettre.
#[derive(Serialize)]
pub struct TextShape "TexteComplet" {
    /// La lettre.
    pub lettre: Named,
    /// Adaptée par l’organisme.
    pub adaptee: bool,
    /// Objet en vigueur.
    pub objet: String,
    /// Texte en vigueur.
    pub texte: String,
    /// Pourquoi le registre n’admet plus le texte adapté.
    pub fautes: Vec<String>,
    /// Ce que le texte peut appeler, et ce que cela dit.
    pub champs: Vec<Named>,
    /// Les versions de l’organisme, la dernière d’abord.
    pub versions: Vec<TextVersionShape>,
}

/// Une version d’un texte.
#[derive(Serialize)]
pub struct TextVersionShape "VersionTexte" {
    /// Numéro.
    pub version: u64,
    /// Le.
    pub le: When,
    /// Par.
    pub par: String,
    /// Retour au texte livré.
    pub livre: bool,
}

/// Un texte à essayer ou à adopter.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewText "NouveauTexte" {
    /// Objet.
    pub objet: String,
    /// Texte.
    pub texte: String,
}

/// Une lettre essayée sur une personne inventée.
#[derive(Serialize)]
pub struct LetterShape "LettreEssayee" {
    /// Qui écrit, ligne à ligne.
    pub expediteur: Vec<String>,
    /// À qui, ligne à ligne.
    pub destinataire: Vec<String>,
    /// D’où.
    pub lieu: String,
    /// Le.
    pub le: Day,
    /// Objet.
    pub objet: String,
    /// Corps.
    pub corps: Vec<BlockShape>,
    /// Qui signe, ligne à ligne.
    pub signature: Vec<String>,
}

/// Un bloc de texte.
#[derive(Serialize)]
pub struct BlockShape "Bloc" {
    /// titre, paragraphe ou liste.
    pub genre: String,
    /// Ses lignes : une seule, sauf pour une liste.
    pub lignes: Vec<String>,
}

/// La notice d’information d’un traitement, publique.
#[derive(Serialize)]
pub struct NoticeShape "Notice" {
    /// Nom du traitement.
    pub traitement: String,
    /// Titre.
    pub titre: String,
    /// Texte, en paragraphes.
    pub texte: Vec<String>,
    /// Ce que la loi demande de dire (RGPD, article 14).
    pub mentions: Vec<BlockShape>,
    /// Où s’adresser.
    pub guichets: Vec<DeskShape>,
}

/// La même, facile à lire et à comprendre (D-23).
#[derive(Serialize)]
pub struct EasyNoticeShape "NoticeFacile" {
    /// Titre.
    pub titre: String,
    /// Ses lignes.
    pub lignes: Vec<EasyLineShape>,
    /// Où s’adresser.
    pub guichets: Vec<DeskShape>,
}

/// Une ligne d’un texte facile à lire.
#[derive(Serialize)]
pub struct EasyLineShape "LigneFacile" {
    /// Est-ce un titre ?
    pub titre: bool,
    /// Ce qu’elle dit.
    pub texte: String,
    /// Ce que montre son pictogramme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pictogramme: Option<String>,
}

/// Où s’adresser.
#[derive(Clone, Serialize)]
pub struct DeskShape "Guichet" {
    /// Organisme.
    pub organisme: String,
    /// Son service des droits.
    pub service_des_droits: String,
    /// Son délégué à la protection des données.
    pub delegue: String,
}
}

impl From<Block> for BlockShape {
    fn from(block: Block) -> Self {
        let (genre, lignes) = match block {
            Block::Heading(text) => ("titre", vec![text]),
            Block::Paragraph(text) => ("paragraphe", vec![text]),
            Block::List(items) => ("liste", items),
        };
        Self { genre: genre.to_owned(), lignes }
    }
}

impl From<Letter> for LetterShape {
    fn from(letter: Letter) -> Self {
        Self {
            expediteur: letter.sender,
            destinataire: letter.recipient,
            lieu: letter.place,
            le: Day(letter.date),
            objet: letter.subject,
            corps: letter.body.into_iter().map(BlockShape::from).collect(),
            signature: letter.signature,
        }
    }
}
