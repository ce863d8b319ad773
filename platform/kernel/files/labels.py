"""Why a file is not taken, in words."""

from typing import Any

from flask_babel import lazy_gettext as _l

from kernel.files.sniffing import Refused

MESSAGES: dict[str, Any] = {
    "empty": _l("文件是空的。"),
    "heic": _l("无法读取 HEIC 或 AVIF 格式的照片。请在手机相机设置中选择“兼容性最佳”（JPEG），或截图后上传。"),
    "unknown_type": _l("不支持这种文件。可以上传 JPEG、PNG、WebP 图片，以及 PDF、Excel（.xlsx）和 Word（.docx）文件。"),
    "type_not_accepted": _l("这里不接受这种类型的文件。"),
    "too_large": _l("文件超过 %(megabytes)s MB。"),
    "too_many_pixels": _l("图片尺寸过大，请缩小后再上传。"),
    "damaged_image": _l("图片已损坏，无法读取。"),
    "hidden_content": _l("图片里带有图像以外的内容（如定位信息或附加数据），不能作为证据原样保存。"),
    "too_many": _l("一次最多上传 %(most)s 个文件。"),
}


def message(refusal: Refused) -> str:
    return str(MESSAGES[refusal.code]) % refusal.params
