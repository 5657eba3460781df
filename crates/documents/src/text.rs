//! A text with words in bold or italics, as data.

/// How a run of a text is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// As the words around it.
    #[default]
    Plain,
    /// In bold: what the reader must not miss.
    Strong,
    /// In italics: a word of art, a title.
    Emphasis,
}

/// Words of one style.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// The words; a line feed begins a new line.
    pub text: String,
    /// Their style.
    pub style: Style,
}

/// A text: runs that follow each other, with nothing between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub Vec<Run>);

impl Text {
    /// A text in the style of what is around it.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::default().then(text)
    }

    /// The text, followed by plain words.
    #[must_use]
    pub fn then(self, text: impl Into<String>) -> Self {
        self.push(text.into(), Style::Plain)
    }

    /// The text, followed by words in bold.
    #[must_use]
    pub fn strong(self, text: impl Into<String>) -> Self {
        self.push(text.into(), Style::Strong)
    }

    /// The text, followed by words in italics.
    #[must_use]
    pub fn emphasis(self, text: impl Into<String>) -> Self {
        self.push(text.into(), Style::Emphasis)
    }

    fn push(mut self, text: String, style: Style) -> Self {
        self.0.push(Run { text, style });
        self
    }

    /// The words alone.
    pub fn words(&self) -> String {
        self.0.iter().map(|run| run.text.as_str()).collect()
    }

    pub(crate) fn weight(&self) -> usize {
        self.0.iter().map(|run| run.text.len() + 1).sum()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::plain(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::plain(text)
    }
}
