"""Same author, same agent, same contact, mixed files, same bond account: values that two bidders share though nothing
that everybody had explains it.

False alarms are kept out by: names that programs put in by themselves; what stands in the tender's own files; a network
address alone (many share one behind a carrier); a person's name alone (namesakes); a house without a room; a paper of
a third party, such as a maker's licence or a laboratory's report: scans among the qualification papers tell nothing of
who wrote the bid, and three of them, or one editable file, must be the same before files count as mixed.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from bureau.collusion.rules.facts import BidFacts, File, Known, Sign, Thresholds, Trace

# Written by programs or sellers of computers, not by persons.
GENERIC = frozenset(
    (
        "administrator", "admin", "user", "users", "owner", "guest", "root", "pc", "my", "test", "author", "default",
        "microsoft", "microsoft office user", "microsoft corporation", "windows user", "windows 用户", "windows用户",
        "微软用户", "微软中国", "微软", "用户", "管理员", "lenovo", "联想", "hp", "dell", "asus", "acer", "huawei", "xiaomi",
        "apple", "wps", "wps office", "kingsoft", "python-docx", "openpyxl", "apache poi", "unknown", "anonymous", "home",
        "china", "office", "scanner", "camscanner", "canon", "epson", "ricoh", "fuji xerox", "雨林木风", "番茄花园",
        "深度技术", "系统之家", "电脑", "办公室",
    )
)  # fmt: skip
EDITABLE = (".doc", ".docx", ".wps", ".xls", ".xlsx", ".et", ".ppt", ".pptx", ".txt", ".rtf", ".odt", ".ods")
_NUMBER = re.compile(r"\d+")
_COMPANY_END = re.compile(r"(股份)?(有限)?(责任)?(公司|合作社|厂|店|部|中心|集团)$")


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def digits(text: str) -> str:
    return "".join(character for character in unicodedata.normalize("NFKC", text) if character.isdigit())


def shared(
    bids: Sequence[BidFacts], values: Callable[[BidFacts], Iterable[tuple[str, Mapping[str, Any]]]]
) -> Iterator[tuple[str, list[tuple[BidFacts, Mapping[str, Any]]]]]:
    """Values that bids of more than one supplier have, each with where each bid has it (first place found)."""
    found: dict[str, dict[Any, tuple[BidFacts, Mapping[str, Any]]]] = {}
    for bid in bids:
        for value, place in values(bid):
            if value:
                found.setdefault(value, {}).setdefault(bid.key, (bid, place))
    for value, holders in found.items():
        if len({bid.supplier for bid, _ in holders.values()}) > 1:
            yield value, list(holders.values())


def _sign(kind: str, method: str, holders: Sequence[tuple[BidFacts, Mapping[str, Any]]]) -> Sign:
    return Sign(
        kind, method, tuple(bid.key for bid, _ in holders), tuple({"bid": bid.key, **place} for bid, place in holders)
    )


def same_author(bids: Sequence[BidFacts], known: Known, _thresholds: Thresholds) -> list[Sign]:
    """Persons, companies and identifiers written inside files; the second in which a file was made by one program."""
    own_names = {plain(bid.name) for bid in bids}

    def makers(bid: BidFacts) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for file in _own(bid, known):
            for key in ("author", "last_editor", "company"):
                value = file.metadata.get(key, "")
                name = plain(value)
                if len(name) < 2 or value.strip().casefold() in GENERIC or name in GENERIC or name in known.makers:
                    continue
                if name == plain(bid.name):
                    continue
                # Another bidder's name as the author is that bidder's hand in this bid.
                if name in own_names:
                    other = next(one for one in bids if plain(one.name) == name)
                    foreign.append((bid, other, {"file": file.name, "field": key, "value": value}))
                    continue
                yield name, {"file": file.name, "field": key, "value": value}

    foreign: list[tuple[BidFacts, BidFacts, Mapping[str, Any]]] = []
    signs = [_sign("same_author", "document_maker", holders) for _, holders in shared(bids, makers)]
    for bid, other, place in foreign:
        if bid.supplier != other.supplier:
            evidence = ({"bid": bid.key, **place}, {"bid": other.key, "field": "name", "value": other.name})
            signs.append(Sign("same_author", "document_maker", (bid.key, other.key), evidence))

    def moments(bid: BidFacts) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for file in _own(bid, known):
            made, program = file.metadata.get("created", ""), file.metadata.get("program", "")
            # Whole days and midnights are defaults; a date with a time to the second is not met by chance.
            moment = digits(made)[:14]
            if len(moment) == 14 and moment not in known.makers and program and moment[8:] != "000000":
                yield f"{moment}|{plain(program)}", {"file": file.name, "field": "created", "value": made}

    def identifiers(bid: BidFacts) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for file in _own(bid, known):
            value = file.metadata.get("document_id", "")
            if len(value) >= 16 and plain(value) not in known.makers:
                yield plain(value), {"file": file.name, "field": "document_id", "value": value}

    # The same file in two bids has the same moment: that is `mixed_files`, not a second sign.
    for method, values in (("document_moment", moments), ("document_id", identifiers)):
        for _, holders in shared(bids, values):
            if len({_hash_of(bid, place["file"]) for bid, place in holders}) > 1:
                signs.append(_sign("same_author", method, holders))
    return signs


def _own(bid: BidFacts, known: Known) -> list[File]:
    """Files that the bidder wrote, as far as that can be told."""
    return [
        file
        for file in bid.files
        if file.sha256 not in known.hashes and (_is_editable(file) or file.part not in ("", "qualification"))
    ]


def _hash_of(bid: BidFacts, name: str) -> str:
    return next(file.sha256 for file in bid.files if file.name == name)


def same_agent(bids: Sequence[BidFacts], known: Known, thresholds: Thresholds) -> list[Sign]:
    """One account or one device for two bidders. Address and browser together count within a short time only."""

    def accounts(bid: BidFacts) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for trace in bid.traces:
            yield trace.account, {"field": "account", "value": trace.account, "at": trace.at.isoformat()}

    def devices(bid: BidFacts) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for trace in bid.traces:
            value = str(trace.device.get("id", ""))
            if len(value) >= 8:
                yield value, {"field": "device", "value": value, "at": trace.at.isoformat()}

    signs = [_sign("same_agent", "same_account", holders) for _, holders in shared(bids, accounts)]
    signs += [_sign("same_agent", "same_device", holders) for _, holders in shared(bids, devices)]
    told = {frozenset(pair) for sign in signs for pair in combinations(sign.bids, 2)}
    for one, other in _pairs(bids):
        if frozenset((one.key, other.key)) in told:
            continue
        met = next(((a, b) for a in one.traces for b in other.traces if _same_browser(a, b, known, thresholds)), None)
        if met:
            rows = tuple(
                {
                    "bid": bid.key,
                    "field": "browser",
                    "value": f"{trace.address} {trace.user_agent}",
                    "at": trace.at.isoformat(),
                }
                for bid, trace in zip((one, other), met, strict=True)
            )
            figures = {"minutes": str(thresholds.device_minutes)}
            signs.append(Sign("same_agent", "same_browser", (one.key, other.key), rows, figures))
    return signs


def _same_browser(one: Trace, other: Trace, known: Known, thresholds: Thresholds) -> bool:
    """Same address, same browser to the version, everything it tells of its screen the same, and soon after one another.
    Without any word of the device the browser's name alone is too common to tell."""
    if not one.address or one.address in known.addresses or not one.user_agent:
        return False
    near = abs((one.at - other.at).total_seconds()) <= thresholds.device_minutes * 60
    alike = (
        one.address == other.address and one.user_agent == other.user_agent and dict(one.device) == dict(other.device)
    )
    return near and alike and bool(one.device)


def same_contact(bids: Sequence[BidFacts], _known: Known, _thresholds: Thresholds) -> list[Sign]:
    """Telephone, mail, address; the manager of the work by name and identity card; two persons by name at once."""

    def phones(bid: BidFacts) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for person in bid.people:
            if len(digits(person.phone)) >= 7:
                yield digits(person.phone)[-11:], {"field": "phone", "value": f"{person.name} {person.phone}".strip()}

    def mails(bid: BidFacts) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for person in bid.people:
            if "@" in person.email:
                yield plain(person.email), {"field": "email", "value": f"{person.name} {person.email}".strip()}

    def places(bid: BidFacts) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for address in bid.addresses:
            # A number and another one: a house without its room is a market or a tower, where many firms sit.
            if len(_NUMBER.findall(plain(address))) >= 2:
                yield plain(address), {"field": "address", "value": address}

    def managers(bid: BidFacts) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for person in bid.people:
            if person.role == "manager" and person.id_tail and len(plain(person.name)) >= 2:
                shown = {"field": "manager", "value": f"{person.name}（{person.id_tail}）"}
                yield f"{plain(person.name)}|{plain(person.id_tail)}", shown

    signs = [_sign("same_contact", "same_phone", holders) for _, holders in shared(bids, phones)]
    signs += [_sign("same_contact", "same_email", holders) for _, holders in shared(bids, mails)]
    signs += [_sign("same_contact", "same_manager", holders) for _, holders in shared(bids, managers)]
    signs += [_sign("same_contact", "same_address", holders) for _, holders in shared(bids, places)]
    for one, other in _pairs(bids):
        names = {plain(person.name): person for person in one.people if len(plain(person.name)) >= 2}
        both = {plain(person.name): person for person in other.people if plain(person.name) in names}
        if len(both) >= 2:
            rows = tuple(
                {"bid": bid.key, "field": "people", "value": "、".join(sorted({person.name for person in people}))}
                for bid, people in ((one, [names[name] for name in both]), (other, list(both.values())))
            )
            signs.append(Sign("same_contact", "same_person", (one.key, other.key), rows))
    return signs


def mixed_files(bids: Sequence[BidFacts], known: Known, thresholds: Thresholds) -> list[Sign]:
    """A file of one bid in another's; another bidder's name or code in a file's name, its metadata or a statement."""
    signs = []
    for one, other in _pairs(bids):
        mine = {file.sha256: file for file in one.files if file.sha256 not in known.hashes}
        same = [(mine[file.sha256], file) for file in other.files if file.sha256 in mine]
        if len(same) >= thresholds.same_files or any(_is_editable(file) for pair in same for file in pair):
            rows = tuple(
                {"bid": bid.key, "field": "file", "value": pair[side].name, "sha256": pair[side].sha256}
                for pair in same
                for side, bid in enumerate((one, other))
            )
            figures = {"files": len(same), "threshold": thresholds.same_files}
            signs.append(Sign("mixed_files", "same_file", (one.key, other.key), rows, figures))
        for bid, stranger in ((one, other), (other, one)):
            places = _named(bid, stranger)
            if places:
                places.append({"bid": stranger.key, "field": "name", "value": stranger.name})
                signs.append(Sign("mixed_files", "other_name_inside", (bid.key, stranger.key), tuple(places)))
    return signs


def _is_editable(file: File) -> bool:
    return file.name.lower().endswith(EDITABLE)


def _named(bid: BidFacts, stranger: BidFacts) -> list[Mapping[str, Any]]:
    """Where `bid` names `stranger`. Short names are not searched for; nor those that its own name holds."""
    core = _COMPANY_END.sub("", plain(stranger.name))
    marks = [mark for mark in (plain(stranger.name), core, plain(stranger.credit_code)) if len(mark) >= 5]
    marks = [mark for mark in marks if mark not in plain(bid.name)]
    found: list[Mapping[str, Any]] = []
    for file in bid.files:
        for field, value in (("file", file.name), ("title", file.metadata.get("title", ""))):
            if any(mark in plain(value) for mark in marks):
                found.append({"bid": bid.key, "field": field, "value": value})
    for text in bid.texts:
        mark = next((mark for mark in marks if mark in plain(text)), "")
        if mark:
            found.append({"bid": bid.key, "field": "text", "value": text[:200]})
    return found


def same_bond(bids: Sequence[BidFacts], known: Known, _thresholds: Thresholds) -> list[Sign]:
    """The account from which the bond came, and whose it is; not the one that the tender itself names, which is where bonds go."""
    named = [digits(text) for text in known.texts]

    def accounts(bid: BidFacts) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for account in bid.bond_accounts:
            if len(digits(account)) >= 8 and not any(digits(account) in text for text in named):
                yield digits(account), {"field": "bond_account", "value": account}

    def payers(bid: BidFacts) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for payer in bid.bond_payers:
            yield plain(payer), {"field": "bond_payer", "value": payer}
        if bid.name:  # another bidder may have paid: it pays its own bond, or has a guarantee
            yield plain(bid.name), {"field": "name", "value": bid.name}

    return [
        _sign("same_bond", method, holders)
        for method, values in (("same_bond_account", accounts), ("same_bond_payer", payers))
        for _, holders in shared(bids, values)
    ]


def _pairs(bids: Sequence[BidFacts]) -> Iterator[tuple[BidFacts, BidFacts]]:
    return ((one, other) for one, other in combinations(bids, 2) if one.supplier != other.supplier)
