//! How a processing names its acts: one enum beside its register, the two proved to be the same.

macro_rules! kinds {
    ($($kind:ident = $id:literal [$($field:literal),*]),* $(,)?) => {
        /// A kind of act of the register. A test proves that the two lists are the same.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "the variants are the register's acts, with their labels there")]
        pub enum Kind { $($kind),* }

        impl Kind {
            /// Every kind, in the order of the procedure.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];
            /// The register's identifier.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$kind => $id),* }
            }
            /// The kind of that identifier.
            pub fn from_id(id: &str) -> Option<Self> {
                match id { $($id => Some(Self::$kind),)* _ => None }
            }
            /// The fields that an act of this kind may hold.
            pub const fn fields(self) -> &'static [&'static str] {
                match self { $(Self::$kind => &[$($field),*]),* }
            }
        }
    };
}

pub(crate) use kinds;
