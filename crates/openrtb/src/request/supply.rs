//! Who sells and under which law: `source`, the supply chain, `regs`.

use crate::lenient::fields;

/// The source of the request upstream of the exchange, 3.2.2.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Source<'a> {
    /// Who decides the sale: `false` the exchange, `true` somebody upstream.
    pub fd: Option<bool>,
    /// Transaction id common to all participants. [`super::Imp::tid`] overrides it.
    pub tid: Option<&'a str>,
    /// TAG payment id chain.
    pub pchain: Option<&'a str>,
    /// Who is paid on the way. Folded from `source.ext.schain`.
    pub schain: Option<&'a SupplyChain<'a>>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// The chain of sellers, 3.2.25.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SupplyChain<'a> {
    /// Whether the chain leads all the way back to the owner of the inventory.
    pub complete: bool,
    /// The sellers, the first in the chain first.
    pub nodes: &'a [SupplyChainNode<'a>],
    /// Version of the supply chain specification, `major.minor`.
    pub ver: Option<&'a str>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// One seller in the chain, 3.2.26.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SupplyChainNode<'a> {
    /// Canonical domain of the advertising system.
    pub asi: Option<&'a str>,
    /// The seller's id within that system.
    pub sid: Option<&'a str>,
    /// The request's id as this seller issued it.
    pub rid: Option<&'a str>,
    /// Name of the company that is paid.
    pub name: Option<&'a str>,
    /// Business domain of this node.
    pub domain: Option<&'a str>,
    /// Whether payment flows through this node.
    pub hp: Option<bool>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// The law that applies to the request, 3.2.3.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Regs<'a> {
    /// Subject to COPPA, the USA's law on children. Folded from `regs.ext.coppa`.
    pub coppa: Option<bool>,
    /// Subject to GDPR. Folded from `regs.ext.gdpr`.
    pub gdpr: Option<bool>,
    /// The US Privacy string. Folded from `regs.ext.us_privacy`.
    pub us_privacy: Option<&'a str>,
    /// The Global Privacy Platform string. Folded from `regs.ext.gpp`.
    pub gpp: Option<&'a str>,
    /// Sections of the GPP string that apply. Folded from `regs.ext.gpp_sid`.
    pub gpp_sid: &'a [i32],
    /// Global Privacy Control, from `regs.ext.gpc` (an official extension, not a field of 2.6).
    pub gpc: Option<bool>,
    /// Digital Services Act transparency, from `regs.ext.dsa` (an extension, not a field of 2.6).
    pub dsa: Option<&'a Dsa<'a>>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// What the exchange wants to know for the Digital Services Act.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Dsa<'a> {
    /// 0 not required, 1 supported, 2 required, 3 required by an online platform. Without DSA facts in the bid, a bid
    /// is refused under 2 and 3.
    pub dsarequired: Option<i32>,
    /// 0 the publisher cannot render the notice, 1 it may, 2 it will.
    pub pubrender: Option<i32>,
    /// 0 send no transparency data, 1 optional, 2 send it.
    pub datatopub: Option<i32>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

fields! {
    Source {
        fd, tid, pchain, schain,
    }
    ext { schain }
}

fields! {
    SupplyChain {
        complete, nodes, ver,
    }
}

fields! {
    SupplyChainNode {
        asi, sid, rid, name, domain, hp,
    }
}

fields! {
    Regs {
        coppa, gdpr, us_privacy, gpp, gpp_sid,
    }
    ext { coppa, gdpr, us_privacy, gpp, gpp_sid ; gpc, dsa }
}

fields! {
    Dsa {
        dsarequired, pubrender, datatopub,
    }
}
