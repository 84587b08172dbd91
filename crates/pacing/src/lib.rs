//! How money is spent: ledger, leases, participation, frequency.
