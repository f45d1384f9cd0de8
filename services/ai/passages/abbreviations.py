"""Abbreviations whose dot does not end a sentence, by language. Small letters, without the last dot."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Abbreviations:
    """`open` never end a sentence; `numbered` do not before a number; `final` do only before a word of `starters`."""

    open: frozenset[str]
    numbered: frozenset[str]
    final: frozenset[str]
    starters: frozenset[str]
    ordinals: bool = False


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ENGLISH = Abbreviations(
    open=_words(
        "mr mrs ms mx messrs dr prof rev hon gen col maj sgt capt lt cmdr adm gov sen rep pres supt fr "
        "e.g i.e eg ie cf viz vs incl excl approx ca resp esp dept univ mt ft"
    ),
    numbered=_words(
        "no nos nr p pp fig figs eq eqs sec sect ch chap vol vols art arts par para app tab ref refs ed eds ver "
        "tel ext max min est jan feb mar apr jun jul aug sep sept oct nov dec"
    ),
    final=_words(
        "etc al inc ltd co corp llc plc bros jr sr st ave rd blvd u.s u.k u.n e.u d.c b.c a.d a.m p.m ph.d m.d"
    ),
    starters=_words(
        "a after all also although an and as at because before both but by during each every for from he her here his "
        "how however i if in it its many more most my no on once one our please she since some such that the their "
        "then there these they this those to under until we what when where while who why with yes you your"
    ),
)
GERMAN = Abbreviations(
    open=_words(
        "dr prof hr hrn fr frl dipl ing mag z.b d.h u.a i.d.r u.u z.t z.zt i.a i.v i.s.v m.e o.g s.o s.u v.a n.chr "
        "v.chr bzw ggf ggfs evtl inkl exkl zzgl abzgl sog sogen vgl ca bzgl gem mind mio mrd tsd allg insb insbes "
        "einschl entspr ges gez geb verh vorl zus zzt st h.c rer nat phil"
    ),
    numbered=_words(
        "nr nrn art abs abb tab kap bd bde ziff rn rdnr anm pkt tel fax max jan feb mrz apr jun jul aug sep sept okt "
        "nov dez lfd fn"
    ),
    final=_words("usw etc u.v.m u.ä o.ä u.dgl co str jh jhd inc ltd lit"),
    starters=_words(
        "aber alle als also am an auch auf aus bei beim bis da dabei daher damit danach dann das dazu dem den denn der "
        "deren des deshalb die dies diese diesem dieser dieses doch dort durch ein eine einem einen einer eines er es "
        "falls für hier ich ihr im in ist jede jeder jedes jedoch kein keine können man mit nach nachdem nicht nur ob "
        "oder ohne sie sind so sofern somit trotz um und unter viele vom von vor wann war was weil wenn wer werden wie "
        "wir wird wo zu zum zur zwar"
    ),
    ordinals=True,
)
BY_LANGUAGE: Mapping[str, Abbreviations] = {"en": ENGLISH, "de": GERMAN}
