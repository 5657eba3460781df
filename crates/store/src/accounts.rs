//! Accounts, passwords, sessions.
