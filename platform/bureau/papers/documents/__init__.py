"""The papers as Word documents: plain data in, the bytes of a .docx out.

The writers are imported when the first paper is written: the Word library is slow to load, and a service that starts
has other things to do.
"""

from collections.abc import Mapping
from typing import Any


def write(kind: str, data: Mapping[str, Any], pictures: Mapping[str, bytes]) -> bytes:
    """`kind`: record, notice, bulletin or letter; `pictures`: signatures by name."""
    from bureau.papers.documents.bulletin import bulletin
    from bureau.papers.documents.letter import letter
    from bureau.papers.documents.notice import notice
    from bureau.papers.documents.record import record

    return {"record": record, "notice": notice, "bulletin": bulletin, "letter": letter}[kind](data, pictures)
