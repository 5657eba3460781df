use huis_accounts::{
    Account, AccountState, Duties, Login, MustChange, PasswordHash, PasswordRules, RecoveryHash,
    SecondFactor, SessionLimits, Step, TotpSecret, strictest,
};
use huis_kernel::{AgentId, Date};
use huis_register::Register;
use huis_store::{accounts::AgentRow, grants::GrantRow, offices::OfficeRow};

use crate::{Huis, UseError, accounts::Next, caller::grant_of};

/// The use of the root key that seals the shared secrets of second factors.
pub(super) const TOTP: &str = "totp";

/// The grants in force of an account, and what follows from them.
pub(super) struct Standing {
    /// The office that it works in.
    pub office: OfficeRow,
    /// Today in that office.
    pub today: Date,
    /// All of its grants, in force or not.
    pub all: Vec<GrantRow>,
    /// Those in force today.
    pub grants: Vec<GrantRow>,
    /// The strictest rules of its processings (X-18, settlement 12).
    pub rules: PasswordRules,
    /// Has it an administrator's profile?
    pub administrator: bool,
    /// Does a profile ask for a second factor?
    pub second_factor: bool,
    /// The shortest limits of its processings.
    pub limits: SessionLimits,
}

impl Standing {
    pub const fn duties(&self) -> Duties<'_> {
        Duties {
            rules: &self.rules,
            administrator: self.administrator,
            second_factor: self.second_factor,
        }
    }
}

impl Huis {
    /// What an account may do today. For an unknown login (`None`) as much is read, and finds
    /// nothing: both cost the same (I13).
    pub(super) async fn standing(&self, agent: Option<&AgentRow>) -> Result<Standing, UseError> {
        let id = agent.map_or(AgentId::from_bytes([0; 16]), |a| a.id);
        let (all, offices) = tokio::join!(self.store.grants_of(id), self.store.offices());
        let (all, offices) = (all?, offices?);
        let live = |g: &GrantRow, office: &OfficeRow| {
            g.office == office.office && grant_of(g.clone()).in_force(self.today(office))
        };
        // One office an installation today; with several, the first in which a grant is in force.
        let office = offices
            .iter()
            .find(|office| all.iter().any(|g| live(g, office)))
            .or_else(|| offices.first())
            .cloned()
            .ok_or(UseError::Internal("aucun office"))?;
        let today = self.today(&office);
        let grants: Vec<GrantRow> = all.iter().filter(|g| live(g, &office)).cloned().collect();
        let mut registers: Vec<&Register> = self
            .processed
            .values()
            .map(|p| &p.register)
            .filter(|r| grants.iter().any(|g| g.processing == r.id))
            .collect();
        if registers.is_empty() {
            // An account that works nowhere yet meets the strictest of all.
            registers = self.processed.values().map(|p| &p.register).collect();
        }
        let unknown = || UseError::Internal("règles de mots de passe");
        let sets = registers
            .iter()
            .map(|r| self.sign_in.rules(&r.security.password_rules, today))
            .collect::<Option<Vec<_>>>()
            .ok_or_else(unknown)?;
        let limits = registers
            .iter()
            .map(|r| SessionLimits::new(r.security.idle_minutes, r.security.absolute_hours))
            .reduce(SessionLimits::strictest)
            .ok_or_else(unknown)?;
        let profiles = || {
            grants
                .iter()
                .filter_map(|g| self.processed.get(&g.processing)?.register.profile(&g.profile))
        };
        let exempt = self.exempt(agent);
        Ok(Standing {
            rules: strictest(&sets).ok_or_else(unknown)?,
            administrator: profiles().any(|p| p.administrator),
            second_factor: !exempt && profiles().any(|p| p.second_factor),
            limits,
            office,
            today,
            grants,
            all,
        })
    }

    /// In a demonstration, whose data are invented, an account without a second factor is
    /// taken as if it had given one: nobody enrols a telephone for forty fictitious agents.
    pub(super) fn exempt(&self, agent: Option<&AgentRow>) -> bool {
        self.demonstration && agent.is_some_and(|a| a.totp.is_none())
    }

    /// The account of a row, with its former passwords and recovery codes.
    pub(super) async fn whole_account(&self, row: &AgentRow) -> Result<Account, UseError> {
        let mut account = self.account(row)?;
        let former = self.store.former_passwords(row.id).await?;
        account.former = former.iter().map(|h| readable(h)).collect::<Result<_, _>>()?;
        if let Some(factor) = &mut account.second_factor {
            let codes = self.store.recovery_codes(row.id).await?;
            factor.recovery = codes.into_iter().map(RecoveryHash::from_bytes).collect();
        }
        Ok(account)
    }

    /// The account of a row: what each request needs.
    pub(super) fn account(&self, row: &AgentRow) -> Result<Account, UseError> {
        let second_factor = match &row.totp {
            None => None,
            Some(sealed) => Some(SecondFactor {
                secret: self.totp_secret(row.id, sealed)?,
                last_step: (row.totp_step > 0).then_some(row.totp_step),
                recovery: Vec::new(),
            }),
        };
        Ok(Account {
            agent: row.id,
            login: Login::typed(&row.login),
            state: match row.state.as_str() {
                "active" => AccountState::Active,
                "locked" => AccountState::Locked,
                _ => AccountState::Closed,
            },
            password: readable(&row.password)?,
            former: Vec::new(),
            password_set_on: row.password_on,
            must_change: match row.must_change.as_deref() {
                None => None,
                Some("reset") => Some(MustChange::Reset),
                Some(_) => Some(MustChange::Given),
            },
            second_factor,
            sessions_from: row.sessions_from,
        })
    }

    pub(super) fn totp_secret(
        &self,
        agent: AgentId,
        sealed: &[u8],
    ) -> Result<TotpSecret, UseError> {
        let bytes =
            self.root.open_secret(TOTP, agent.as_bytes(), sealed).map_err(|_| UseError::Broken)?;
        let bytes: [u8; 20] = bytes.as_slice().try_into().map_err(|_| UseError::Broken)?;
        Ok(TotpSecret::from_bytes(bytes))
    }
}

fn readable(phc: &str) -> Result<PasswordHash, UseError> {
    PasswordHash::from_phc(phc).map_err(|_| UseError::Broken)
}

/// What is left to do, as the pages say it.
pub(super) const fn next_of(step: Step) -> Next {
    match step {
        Step::GiveCode => Next::Totp,
        Step::ChangePassword(why) => Next::ChangePassword(why),
        Step::EnrolSecondFactor => Next::EnrolTotp,
    }
}

/// What an account owes once both factors are proved.
pub(super) fn owed(account: &Account, standing: &Standing) -> Next {
    if let Some(why) = account.change_due(&standing.rules, standing.administrator, standing.today) {
        return Next::ChangePassword(why);
    }
    if standing.second_factor && account.second_factor.is_none() {
        return Next::EnrolTotp;
    }
    Next::Done
}
