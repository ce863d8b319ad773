"""Synthetic bids of a lot: honest ones with everything that makes honest bids look alike, and the colluders' tricks."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from bureau.collusion.rules.facts import BidFacts, File, Known, Line, Person, Trace

DEADLINE = datetime(2026, 6, 1, 1, 30, tzinfo=UTC)
BROWSERS = [f"Browser/{number}.0 (演示)" for number in (120, 121, 122, 123)]
SCREENS = ["1920x1080", "1366x768", "2560x1440"]
TEMPLATE = File("template", "投标文件格式.docx", hashlib.sha256(b"template").hexdigest())
KNOWN = Known(
    hashes=frozenset({TEMPLATE.sha256}), makers=frozenset({"演示区采购办", "20260501083011"}),
    texts=("投标人应当具备食品经营许可并在有效期之内。配送车辆应当每日清洗消毒并留存记录。",), addresses=frozenset({"10.0.0.1"}),
)  # fmt: skip
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
GIVEN = "一二三四五六七八九十百千万东南西北春夏秋冬江河湖海山川云雨风雪花树草木金水火土日月星天地人和平安康乐"
LEGAL = [f"我方承诺遵守相关法律法规第{number}项的各项规定和要求" for number in range(6)]


def _name(random):
    return "演示" + random.choice(SURNAMES) + random.choice(GIVEN) + random.choice(GIVEN)


def _digest(random):
    return random.randbytes(32).hex()


def honest_lot(seed, bidders=6, items=40, is_book_lot=False):
    """`is_book_lot`: everybody takes one percentage off the known prices, as discount bidders do."""
    random = Random(seed)
    quantities = [Decimal(random.randrange(100, 20_000)) / 10 for _ in range(items)]
    references = [random.randrange(150, 9_000) for _ in range(items)]
    shared_paper = File(
        "mill",
        "大米检验报告.pdf",
        _digest(random),
        {"author": "演示检测机构", "created": "D:20260301090500", "program": "P"},
        "qualification",
    )
    return [_honest(random, number, quantities, references, shared_paper, is_book_lot) for number in range(bidders)]


def _honest(random, number, quantities, references, shared_paper, is_book_lot):
    level = random.uniform(0.80, 0.97)
    prices = []
    for reference in references:
        own = 1 if is_book_lot else random.gauss(1, 0.06)
        price = max(10, round(reference * level * own))
        # Most people write prices that end in nought: cheap items then often agree.
        prices.append(price if is_book_lot or random.random() < 0.2 else max(10, round(price, -1)))
    lines = tuple(
        Line(place, price, quantity, round(price * quantity), reference)
        for place, (price, quantity, reference) in enumerate(zip(prices, quantities, references, strict=True))
    )
    sealed = DEADLINE - timedelta(minutes=random.randrange(5, 4000))
    # Some sit behind one carrier's address; some wrote on the tender's own form, in a program nobody gave a name.
    address = "203.0.113.7" if random.random() < 0.3 else f"198.51.100.{random.randrange(250)}"
    author = random.choice(["Administrator", "微软用户", "演示区采购办", _name(random)])
    made = random.choice(
        ["2026-05-01T08:30:11", (sealed - timedelta(days=3, seconds=random.randrange(90_000))).isoformat()]
    )
    files = [
        File(
            "offer",
            f"投标函{number}.docx",
            _digest(random),
            {"author": author, "created": made[:19], "program": "Writer 12"},
        ),
        File("licence", "营业执照.jpg", _digest(random), {"device": "演示手机"}),
        TEMPLATE,
    ]
    if random.random() < 0.5:
        files.append(shared_paper)
    # A laboratory's report of one's own goods: another file by the same hand as everybody's.
    report = {"author": "演示检测机构", "created": f"D:202603{random.randrange(10, 29)}091500", "program": "P"}
    files.append(File("report", "检验报告.pdf", _digest(random), report, "qualification"))
    # One in four has a guarantee: nothing is paid, and often the same institution issues it.
    account = () if random.random() < 0.25 else (f"6222{random.randrange(10**12):012d}",)
    name = f"演示第{_digest(random)[:6]}食品有限公司"
    # A namesake is somebody else: the end of the identity card tells them apart.
    manager = "演示张伟" if random.random() < 0.2 else _name(random)
    tail = f"{number}{random.randrange(100):02d}{random.choice('0123456789X')}"
    own = [f"本公司第{number}号方案的第{place}项措施为{_digest(random)[:16]}" for place in range(20)]
    return BidFacts(
        key=f"bid-{number}", supplier=f"supplier-{number}", name=name,
        credit_code=_digest(random)[:18].upper(),
        people=(Person("contact", _name(random), f"139{random.randrange(10**8):08d}"), Person("legal", _name(random)), Person("manager", manager, f"138{random.randrange(10**8):08d}", id_tail=tail)),
        addresses=(random.choice(["演示路88号", f"演示路88号{random.randrange(1, 3000)}室"]), "演示批发市场"),
        bond_accounts=account, bond_payers=(name,) if account else (),
        traces=(
            Trace(sealed, address, random.choice(BROWSERS), f"account-{number}", {"screen": random.choice(SCREENS), "id": _digest(random)}),
        ),
        files=tuple(files), lines=lines, total_fen=sum(line.amount_fen for line in lines),
        texts=("。".join(random.sample(LEGAL, 4) + own), KNOWN.texts[0]),
    )  # fmt: skip


def _priced(bid, prices):
    lines = tuple(
        replace(line, unit_price_fen=price, amount_fen=round(price * line.quantity))
        for line, price in zip(bid.lines, prices, strict=True)
    )
    return replace(bid, lines=lines, total_fen=sum(line.amount_fen for line in lines))


def _with(bids, number, **changes):
    return [replace(bid, **changes) if place == number else bid for place, bid in enumerate(bids)]


def _maker(bids, key, value):
    for number in (0, 1):
        first, *rest = bids[number].files
        bids = _with(bids, number, files=(replace(first, metadata={**first.metadata, key: value}), *rest))
    return bids


def _ratio(bids, random):
    factor = random.uniform(1.01, 1.08)
    return [bids[0], _priced(bids[1], [round(line.unit_price_fen * factor) for line in bids[0].lines]), *bids[2:]]


def _difference(bids, random):
    gap = random.randrange(3, 60)
    return [bids[0], _priced(bids[1], [line.unit_price_fen + gap for line in bids[0].lines]), *bids[2:]]


def _same_prices(bids, random):
    """Two thirds copied, the rest moved by a few percent."""
    prices = [
        line.unit_price_fen if random.random() < 0.75 else round(line.unit_price_fen * random.uniform(1.02, 1.1))
        for line in bids[0].lines
    ]
    return [bids[0], _priced(bids[1], prices), *bids[2:]]


def _totals(bids, change):
    base = bids[0].total_fen
    return [replace(bid, total_fen=change(base, number)) for number, bid in enumerate(bids)]


def _slip(bids, _random):
    for number in (0, 1):
        line = bids[number].lines[3]
        lines = (*bids[number].lines[:3], replace(line, amount_fen=line.amount_fen + 27_000), *bids[number].lines[4:])
        bids = _with(bids, number, lines=lines)
    return bids


def _browser(bids, _random):
    trace = bids[0].traces[0]
    device = {"screen": trace.device["screen"]}
    bids = _with(bids, 0, traces=(replace(trace, device=device),))
    return _with(
        bids, 1, traces=(replace(trace, at=trace.at + timedelta(minutes=9), account="account-1", device=device),)
    )


def _people(bids, _random):
    names = tuple(replace(person, phone="") for person in bids[0].people[:2])
    return _with(bids, 1, people=(*names, *bids[1].people))


# method → (bids, random) → bids of which the first two collude (all of them in a series)
TRICKS = {
    "document_maker": lambda bids, _: _maker(bids, "last_editor", "演示枪手"),
    "document_moment": lambda bids, _: _maker(bids, "created", "2026-05-20T21:14:37"),
    "document_id": lambda bids, _: _maker(bids, "document_id", "uuid:5b0c-演示-0001-7777"),
    "same_account": lambda bids, _: _with(bids, 1, traces=(replace(bids[1].traces[0], account="account-0"),)),
    "same_device": lambda bids, _: _with(bids, 1, traces=(replace(bids[1].traces[0], device=bids[0].traces[0].device),)),
    "same_browser": _browser,
    "same_phone": lambda bids, _: _with(bids, 1, people=(replace(bids[1].people[0], phone="+86 " + bids[0].people[0].phone),)),
    "same_email": lambda bids, _: _with(
        _with(bids, 0, people=(Person("contact", "演示", email="A@example.test"),)), 1,
        people=(Person("contact", "演示二", email="a@EXAMPLE.test"),),
    ),
    "same_manager": lambda bids, _: _with(
        bids, 1, people=(*bids[1].people[:2], replace(bids[0].people[2], phone="13700001111", name=bids[0].people[2].name + " ")),
    ),
    "same_person": _people,
    "same_address": lambda bids, _: _with(
        _with(bids, 0, addresses=("演示路12号3栋 405室",)), 1, addresses=("演示路12号 3栋405室",)
    ),
    "constant_ratio": _ratio,
    "constant_difference": _difference,
    "same_prices": _same_prices,
    "arithmetic_series": lambda bids, _: _totals(bids, lambda base, number: base + number * 1_234_567),
    "geometric_series": lambda bids, _: _totals(bids, lambda base, number: round(base * 1.0321**number)),
    "same_slip": _slip,
    "same_text": lambda bids, _: _with(bids, 1, texts=(bids[0].texts[0].replace("号方案", "号 方案"),)),
    "same_file": lambda bids, _: _with(bids, 1, files=(*bids[1].files, bids[0].files[0])),
    "other_name_inside": lambda bids, _: _with(
        bids, 1, files=(*bids[1].files, File("x", f"{bids[0].name}报价.xlsx", "ab" * 32))
    ),
    "same_bond_account": lambda bids, _: _with(
        _with(bids, 0, bond_accounts=("6222000011112222",)), 1, bond_accounts=("6222 0000 1111 2222",)
    ),
    "same_bond_payer": lambda bids, _: _with(bids, 1, bond_payers=(bids[0].name,)),
}  # fmt: skip


def colluding_lot(seed, method, **arguments):
    return TRICKS[method](honest_lot(seed, **arguments), Random(seed + 1_000_003))
