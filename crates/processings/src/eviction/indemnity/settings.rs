//! The choices that the sources leave open: visible, with a default, kept with the result.

use serde::{Deserialize, Serialize};

macro_rules! choices {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal $label:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $code)] $variant),* }

        impl $name {
            /// Every choice, the default first.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// The code of the register's closed list.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }
            /// What it is called, in French.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),* }
            }
            /// The choice of that code.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|c| c.code() == code)
            }
        }
    };
}

choices! {
    /// What share of a month a part of it is. No source fixes it.
    Prorata {
        /// Days over the real length of the month.
        #[default]
        ActualDays = "jours_reels" "Jours réels du mois",
        /// Thirtieths: every month has thirty days, the last day of a month is its thirtieth.
        Thirtieths = "trentiemes" "Trentièmes",
        /// Twelve monthly rents over 365 days.
        Year365 = "annee_365" "Année de 365 jours",
    }
}
choices! {
    /// Does the day of the event that ends the liability count? No source says; the first day does.
    EndDay {
        /// It counts.
        #[default]
        Counted = "compte" "Le dernier jour compte",
        /// It does not.
        NotCounted = "non_compte" "Le dernier jour ne compte pas",
    }
}
choices! {
    /// What a payment extinguishes when nothing is said of it.
    Imputation {
        /// The debtor's indication, else the oldest debt (code civil art. 1342-10; CE 21 Jan. 2011
        /// n° 339647).
        #[default]
        OldestFirst = "plus_ancienne" "Dette la plus ancienne d'abord",
        /// All that is paid in the period is deducted from it.
        Period = "periode" "Sur la période",
    }
}
choices! {
    /// What the denunciation of a protocol is worth.
    DenouncedProtocol {
        /// A new request, at its notification to the prefect (CE 16 Apr. 2008 n° 300268).
        #[default]
        NewRequest = "vaut_requisition" "La dénonciation vaut nouvelle réquisition",
        /// Nothing: an express request is needed (CE 30 May 2008).
        ExpressOnly = "demande_expresse" "Une demande expresse est nécessaire",
    }
}
choices! {
    /// A delay of grace that ends within the winter truce.
    GraceEnd {
        /// The liability starts after the truce: no eviction was possible before.
        #[default]
        AfterTruce = "apres_treve" "La responsabilité attend la fin de la trêve",
        /// It starts on the morrow of the delay of grace (CPCE art. R. 154-5, by its letter).
        Morrow = "lendemain" "La responsabilité part du lendemain du délai",
    }
}
choices! {
    /// The length of the year of interest.
    InterestYear {
        /// 365 days, leap years too.
        #[default]
        Days365 = "365_jours" "365 jours",
        /// 366 in leap years.
        Civil = "annee_civile" "Année civile",
    }
}
choices! {
    /// The four-year limitation must be opposed by the administration (loi n° 68-1250 art. 7).
    Limitation {
        /// It is opposed: the years lost are deducted.
        #[default]
        Opposed = "opposee" "Opposée",
        /// It is waived: the years lost are shown only.
        Waived = "non_opposee" "Non opposée",
    }
}

/// All the choices of one calculation (*réglages*).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// Share of a part of a month.
    pub prorata: Prorata,
    /// Last day counted or not.
    pub end_day: EndDay,
    /// Payments of which nothing is said.
    pub imputation: Imputation,
    /// Denunciation of a protocol.
    pub denounced_protocol: DenouncedProtocol,
    /// A delay of grace that ends within the truce.
    pub grace_end: GraceEnd,
    /// Year of interest.
    pub interest_year: InterestYear,
    /// Four-year limitation.
    pub limitation: Limitation,
}

impl Settings {
    /// The identifiers, as the register and the calculator name them.
    pub const IDS: [&'static str; 7] = [
        "prorata",
        "jour_fin",
        "imputation",
        "protocole_denonce",
        "grace_dans_treve",
        "annee_interets",
        "prescription",
    ];

    /// The code chosen for an identifier of [`Self::IDS`].
    pub fn code(&self, id: &str) -> Option<&'static str> {
        Some(match id {
            "prorata" => self.prorata.code(),
            "jour_fin" => self.end_day.code(),
            "imputation" => self.imputation.code(),
            "protocole_denonce" => self.denounced_protocol.code(),
            "grace_dans_treve" => self.grace_end.code(),
            "annee_interets" => self.interest_year.code(),
            "prescription" => self.limitation.code(),
            _ => return None,
        })
    }

    /// The choice in words, for an identifier of [`Self::IDS`].
    pub fn label(&self, id: &str) -> Option<&'static str> {
        Some(match id {
            "prorata" => self.prorata.label(),
            "jour_fin" => self.end_day.label(),
            "imputation" => self.imputation.label(),
            "protocole_denonce" => self.denounced_protocol.label(),
            "grace_dans_treve" => self.grace_end.label(),
            "annee_interets" => self.interest_year.label(),
            "prescription" => self.limitation.label(),
            _ => return None,
        })
    }

    /// Makes a choice by its codes; false when one of them is unknown.
    pub fn choose(&mut self, id: &str, code: &str) -> bool {
        fn put<T>(place: &mut T, value: Option<T>) -> bool {
            value.map(|v| *place = v).is_some()
        }
        match id {
            "prorata" => put(&mut self.prorata, Prorata::from_code(code)),
            "jour_fin" => put(&mut self.end_day, EndDay::from_code(code)),
            "imputation" => put(&mut self.imputation, Imputation::from_code(code)),
            "protocole_denonce" => {
                put(&mut self.denounced_protocol, DenouncedProtocol::from_code(code))
            }
            "grace_dans_treve" => put(&mut self.grace_end, GraceEnd::from_code(code)),
            "annee_interets" => put(&mut self.interest_year, InterestYear::from_code(code)),
            "prescription" => put(&mut self.limitation, Limitation::from_code(code)),
            _ => false,
        }
    }
}
