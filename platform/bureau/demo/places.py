"""Names that occur all over the country, so that no place in particular is meant.

Each stands in the public list of township-level divisions of 2023 more than once; only the name is taken.
"""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


STREETS = _words(
    """
    凤凰 东山 桃园 龙泉 滨河 清河 白云 花园 南苑 桃源 莲花 青龙 梧桐 海棠 锦绣 石桥 双桥 虹桥 板桥 金沙
    长青 翠屏 迎宾 清源 开元 崇文 育才 学府 鼓楼 钟楼 文峰 凤山 南湖 东湖 西湖 北湖 滨江 江南 长安 永安
    平安 太平 兴隆 永兴 新桥 高桥 曙光 玉泉 光明 振兴 沙河 古城 东关 西关 南关 北关 临江 香山 龙潭 双塔
    """
)
TOWNS = _words(
    """
    白沙 石桥 柳林 清溪 溪口 青山 石塘 沙溪 三江 双河 回龙 永丰 丰乐 大坪 茅坪 花桥 水口 仁和 中和 三合
    太和 梅林 梅花 桑园 甘棠 响水 横山 长岭 龙塘 大塘 莲塘 桥头 板桥 河口 江口 峡口 石门 龙门 温泉 清水
    白水 黄田 新田 沙田 玉山 宝山 锦屏 悦来 万安 分水 石鼓 土桥 官桥 岔河 柳河 小河 西河 顺河 双溪 松林
    """
)
TOWNSHIPS = _words("大溪 三溪 花园 白云 水源 龙田 二塘 水田 桃源 榆林 柏树 柏林 高峰 长乐 万隆 田庄 杨庄 西沟")
ROADS = _words("学府路 文化路 育英路 书院路 青年路 建设路 新华路 人民路 解放路 友谊路 朝阳路 环城路")
