"""Numbers as they are printed on goods and papers, typed by many hands. Pure."""

import unicodedata

DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fc"), "-")


def printed(text: str) -> str:
    """One spelling of a printed number: full-width characters, blanks, kinds of dashes and case tell no two apart, for
    the same lot is typed `l 001` at one school's door and `Ｌ００１` at another's."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).upper()).translate(DASHES)
    kept = "".join(one for one in plain if not one.isspace() and unicodedata.category(one) != "Cf")
    return unicodedata.normalize("NFKC", kept)  # what stood apart may join now
