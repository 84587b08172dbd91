//! What is sold: advertiser > campaign > ad > creative; money, time, ids, targeting, flights.
