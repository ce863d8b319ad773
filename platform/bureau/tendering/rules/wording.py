"""Words that do not belong into a tender's conditions and criteria. A find is a warning for a person to judge."""

import re
from collections.abc import Iterable

# A lowest price, or a discount that may not be exceeded, which is the same (Order 87, Art. 12).
LEAST_PRICE = re.compile(
    r"最低限价|最低报价限制|报价不得低于|不得低于成本价?的?\d|下浮[率幅度]*(?:最高|上限|不得超过|不得高于|不超过)"
    r"|(?:最高|最大)下浮[率幅度]*(?:为|不超过|不得)|低于.{0,8}(?:限价|控制价).{0,8}(?:无效|废标|不得分)"
)
# Size of the firm as a condition or a factor (Art. 17; 政府采购促进中小企业发展管理办法).
SIZE = re.compile(
    r"注册资[本金]|资产总额|营业收入|营业额|从业人员|利润(?:总额|率)?|纳税额|年销售额|成立(?:时间|年限|满)|经营年限"
)
AUTHORISATION = re.compile(r"(?:生产)?(?:厂家|厂商|制造商|生产商)(?:的|出具的)?(?:授权|承诺|证明|背书)")
# d ÷ d_max in any spelling: it exaggerates differences and is not the formula of Art. 55.
NAIVE_DISCOUNT = re.compile(
    r"下浮[率幅度]*[）)]?\s*[÷/／]\s*[（(]?(?:最高|最大|评标基准|基准)?\s*(?:有效)?\s*(?:投标)?下浮"
    r"|(?:最高|最大)(?:有效|投标)?下浮[率幅度]*(?:得|为)?\s*(?:满分|基准)|d\s*[/÷]\s*d\s*_?\s*max|下浮[率幅度]*(?:越|每)高"
)


def found(pattern: re.Pattern[str], texts: Iterable[str]) -> tuple[str, ...]:
    """The words found, each once, in the order of the texts."""
    return tuple(dict.fromkeys(match.group(0) for text in texts for match in pattern.finditer(text)))


def names(text: str, company: str) -> bool:
    """Whether a text gives away the company: its name, or what is left of it without its legal form and place."""
    plain = re.sub(r"\s+", "", text)
    core = re.sub(r"\s+", "", company)
    short = re.sub(r"(?:股份)?有限(?:责任)?公司$|公司$|厂$|合作社$", "", core)
    return bool(core) and (core in plain or (len(short) >= 4 and short in plain))


def comparable(title: str) -> str:
    """A criterion's title without blanks and punctuation, to see whether two say the same."""
    return re.sub(r"[\W_]+", "", title).lower()
