"""Why a file is not taken: a code and a sentence each."""

from shared.contracts.errors import DomainError, Refused

TAKEN = "pdf、jpg、png、ofd、docx"


class TooLarge(DomainError):
    """More than one file may have: 413."""

    status = 413


def too_large() -> TooLarge:
    return TooLarge("file.too_large", "每个文件不超过20MB,请压缩图片或分成几个文件后上传")


def empty() -> Refused:
    return Refused("file.empty", "文件是空的,请重新选择文件")


def executable() -> Refused:
    return Refused("file.executable", "这是程序或脚本文件,不能上传")


def macros() -> Refused:
    return Refused("file.macros", "文件含有宏,或是可能含宏的旧版Office文件,请另存为不含宏的docx或PDF后上传")


def table_macros() -> Refused:
    return Refused("file.macros", "文件含有宏,或是可能含宏的旧版Office文件,请另存为不含宏的xlsx或CSV后上传")


def table_malformed() -> Refused:
    return Refused("file.malformed", "文件不是规范的CSV,请检查引号和分隔符")


def table_encoding() -> Refused:
    return Refused("file.encoding", "文件编码无法识别,请存为UTF-8或GB 18030")


def archive() -> Refused:
    return Refused("file.archive", f"不能上传压缩包,请解压后逐个上传,格式为{TAKEN}")


def bomb() -> Refused:
    return Refused("file.bomb", "文件展开后过大或内容过多,请另存或打印扫描后上传")


def encrypted() -> Refused:
    return Refused("file.encrypted", "文件已加密,无法检查,请去掉密码后重新上传")


def path() -> Refused:
    return Refused("file.path", "文件内部的路径不安全,请用办公软件重新保存后上传")


def embedded() -> Refused:
    return Refused("file.embedded", "文件里嵌有程序、压缩包或其他文件,请去掉后重新保存,嵌入的文件另行上传")


def pdf_active() -> Refused:
    return Refused("file.pdf_active", "PDF含有脚本、启动程序的动作或附件,请重新打印为PDF后上传,附件另行上传")


def unreadable() -> Refused:
    return Refused("file.unreadable", "文件已损坏或无法检查,请重新保存或打印扫描后上传")


def unknown_format() -> Refused:
    return Refused("file.unknown_format", f"只接受{TAKEN}格式的文件,请转换或打印扫描后上传")


def wrong_content(claimed: str) -> Refused:
    return Refused("file.wrong_content", f"文件名的扩展名是{claimed},但内容不是这种格式,请核对后重新上传")
