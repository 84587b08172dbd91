//! A market from a seed: requests, rivals, users, notices; load; the auditor.
