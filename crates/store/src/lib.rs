//! What outlives a process: campaign records, ledger, the journal's segments.
