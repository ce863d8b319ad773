"""The header that names a file to be saved."""

from urllib.parse import quote


def disposition(kind: str, filename: str) -> str:
    """`kind`: "inline" or "attachment". A header is Latin-1: a Chinese name goes as RFC 5987's filename*, beside an
    ASCII stand-in for what does not know it. Sent raw, the server could not write the answer at all."""
    plain = "".join(letter if " " <= letter <= "~" and letter not in '"\\' else "_" for letter in filename)
    text = f'{kind}; filename="{plain}"'
    if plain != filename:
        text += f"; filename*=UTF-8''{quote(filename, safe='')}"
    return text
