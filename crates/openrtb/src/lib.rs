//! The wire: OpenRTB 2.6 as a buyer reads and writes it, borrowed from the body.
