//! Countries by ISO 3166-1, which OpenRTB writes in three letters and some exchanges in two.

use std::fmt;

/// A country, in the three letters of ISO 3166-1 (and XKX for Kosovo).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 3]);

impl Country {
    /// Reads a code of three letters, or of two, in either case. `None` where no country has it.
    pub fn parse(code: &str) -> Option<Country> {
        match *code.as_bytes() {
            [a, b] => TABLE.by_two[two(a, b)?].map(Country),
            [a, b, c] => {
                let at = two(a, b)? * 26 + letter(c)?;
                let known = TABLE.of_three[at / 64] >> (at % 64) & 1 == 1;
                known.then_some(Country([a, b, c].map(|letter| letter.to_ascii_uppercase())))
            }
            _ => None,
        }
    }

    /// The three letters.
    pub fn code(&self) -> &str {
        // Only letters of the table ever get in.
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The codes by their letters: every request names a country, so that no list is searched.
struct Table {
    /// The three letters for each two.
    by_two: [Option<[u8; 3]>; 26 * 26],
    /// One bit for each three, set where a country has them.
    of_three: [u64; (26 * 26 * 26_usize).div_ceil(64)],
}

static TABLE: Table = Table::of(CODES.as_bytes());

impl Table {
    const fn of(codes: &[u8]) -> Table {
        let mut table = Table {
            by_two: [None; 26 * 26],
            of_three: [0; (26 * 26 * 26_usize).div_ceil(64)],
        };
        let mut at = 0;
        while at < codes.len() {
            if codes[at].is_ascii_whitespace() {
                at += 1;
                continue;
            }
            let three = [codes[at + 2], codes[at + 3], codes[at + 4]];
            let (Some(short), Some(long), Some(last)) = (
                two(codes[at], codes[at + 1]),
                two(three[0], three[1]),
                letter(three[2]),
            ) else {
                panic!("the codes are made of letters");
            };
            table.by_two[short] = Some(three);
            let bit = long * 26 + last;
            table.of_three[bit / 64] |= 1 << (bit % 64);
            at += 5;
        }
        table
    }
}

/// A letter's number, 0 to 25, in either case.
const fn letter(byte: u8) -> Option<usize> {
    let number = (byte | 0x20).wrapping_sub(b'a');
    if number < 26 {
        Some(number as usize)
    } else {
        None
    }
}

const fn two(a: u8, b: u8) -> Option<usize> {
    match (letter(a), letter(b)) {
        (Some(a), Some(b)) => Some(a * 26 + b),
        _ => None,
    }
}

/// Each country's two letters and three.
const CODES: &str = "
    ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG
    ASASM ATAUT AUAUS AWABW AXALA AZAZE BABIH BBBRB BDBGD BEBEL
    BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES
    BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD
    CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN COCOL CRCRI
    CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA
    DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP ETETH FIFIN
    FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF
    GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS
    GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD HNHND HRHRV HTHTI HUHUN
    IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA
    JEJEY JMJAM JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA
    KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA LILIE LKLKA
    LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE
    MFMAF MGMDG MHMHL MKMKD MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ
    MRMRT MSMSR MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM
    NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU
    NZNZL OMOMN PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM
    PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB
    RURUS RWRWA SASAU SBSLB SCSYC SDSDN SESWE SGSGP SHSHN SISVN
    SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP SVSLV
    SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL
    TLTLS TMTKM TNTUN TOTON TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR
    UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR
    VNVNM VUVUT WFWLF WSWSM XKXKX YEYEM YTMYT ZAZAF ZMZMB ZWZWE";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_known_by_two_letters_or_three() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(
                Country::parse(text).map(|c| c.to_string()).as_deref(),
                expect,
                "{text}"
            );
        };
        check("USA", Some("USA"));
        check("us", Some("USA"));
        check("De", Some("DEU"));
        check("ZWE", Some("ZWE"));
        check("XX", None);
        check("", None);
        check("Germany", None);
        check("é", None);
        check("A@A", None);
    }

    #[test]
    fn what_is_known_is_what_the_list_holds() {
        let letters = || b'A'..=b'Z';
        let pairs = || letters().flat_map(|a| letters().map(move |b| [a, b]));
        let listed = |is: &dyn Fn(&str) -> bool| {
            let entry = CODES.split_whitespace().find(|entry| is(entry))?;
            Some(entry[2..].to_string())
        };
        let found = |code: &[u8]| {
            let code = std::str::from_utf8(code).unwrap();
            Country::parse(code).map(|country| country.to_string())
        };
        for [a, b] in pairs() {
            let short = [a, b];
            let is = |entry: &str| entry.as_bytes()[..2] == short;
            assert_eq!(found(&short), listed(&is), "{short:?}");
        }
        let all: std::collections::BTreeSet<&str> =
            CODES.split_whitespace().map(|entry| &entry[2..]).collect();
        for ([a, b], c) in pairs().flat_map(|pair| letters().map(move |c| (pair, c))) {
            let long = [a, b, c];
            let text = std::str::from_utf8(&long).unwrap();
            let expect = all.contains(text).then(|| text.to_string());
            assert_eq!(found(&long), expect, "{text}");
        }
    }
}
