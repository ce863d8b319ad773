"""Generated personal names, each marked 演示 and given out once."""

import random

from bureau.demo import MARK

SURNAMES = tuple("王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈")
# Without the characters that would make the name of a widely known person with one of the surnames.
FIRST = tuple("晓文志建玉秀丽明春海雅思永家美佳正淑俊庆德梦雨子欣宏光")
SECOND = tuple("芳伟静敏磊军勇艳娟涛超霞英梅玲兰琴辉凤波斌萍莉燕菊")


class NameMaker:
    """Names such as 演示王芳 or 演示李晓梅; never the same twice, nor one of `taken`."""

    def __init__(self, rng: random.Random, taken: frozenset[str] = frozenset()) -> None:
        self._rng = rng
        self._taken = set(taken)

    def __call__(self) -> str:
        while True:
            middle = self._rng.choice(FIRST) if self._rng.random() < 0.75 else ""
            name = MARK + self._rng.choice(SURNAMES) + middle + self._rng.choice(SECOND)
            if name not in self._taken:
                self._taken.add(name)
                return name


def mobile(number: int) -> str:
    """Eleven digits, as a mobile number has, with a beginning (100) that is given to nobody."""
    return f"100{number:08d}"
