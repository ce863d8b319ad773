"""The papers as Word documents: plain data in, the bytes of a .docx out."""

from collections.abc import Callable, Mapping
from typing import Any

from bureau.papers.documents.bulletin import bulletin
from bureau.papers.documents.letter import letter
from bureau.papers.documents.notice import notice
from bureau.papers.documents.record import record

Writer = Callable[[Mapping[str, Any], Mapping[str, bytes]], bytes]

# kind → (data, pictures by name) → .docx
WRITERS: Mapping[str, Writer] = {"record": record, "notice": notice, "bulletin": bulletin, "letter": letter}
