//! The process that owns campaigns and money: gRPC, ledger, leases.
