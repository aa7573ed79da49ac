#!/usr/bin/env python3
"""Writes roster.csv: 200 invented people for a demo issuing. The same bytes on every run.

Every choice is taken from a hash of the row's number and the column's name, so that no generator's version matters and a
change to one column leaves the others alone.
"""

import csv
import datetime
import hashlib
import pathlib

ROWS = 200
PROVIDERS = ["52310199MAHUFUB25Q", "12310199MAHUFUC3XX", "91310199MAHUFUA10H"]
# The county part 99 stands in no list of GB/T 2260, so these numbers belong to nobody.
REGIONS = ["110199", "310199", "320199", "330199", "340199", "350199", "440199", "440399", "510199", "650199"]
# Code and title, the type of certificate, and the ranks it is given at (1 = 五级 .. 5 = 一级).
OCCUPATIONS = [
    ("6-31-01-03", "电工", "skill-level", [1, 2, 3, 4, 5]),
    ("6-31-01-03", "电工", "skill-level", [1, 2, 3]),
    ("6-18-02-04", "焊工", "skill-level", [1, 2, 3, 4, 5]),
    ("6-18-01-01", "车工", "skill-level", [1, 2, 3, 4, 5]),
    ("6-29-03-03", "电梯安装维修工", "skill-level", [1, 2, 3, 4]),
    ("4-12-01-01", "汽车维修工", "skill-level", [1, 2, 3, 4, 5]),
    ("4-03-02-01", "中式烹调师", "skill-level", [1, 2, 3, 4, 5]),
    ("4-10-01-05", "养老护理员", "skill-level", [1, 2, 3, 4]),
    ("4-10-01-06", "家政服务员", "skill-level", [1, 2, 3]),
    ("4-10-03-02", "美发师", "skill-level", [1, 2, 3, 4]),
    ("4-04-05-05", "人工智能训练师", "skill-level", [1, 2, 3, 4]),
    ("4-07-05-04", "消防设施操作员", "qualification", [2, 3]),
]
SURNAMES = list("王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦")
SURNAMES += ["欧阳", "司马", "上官", "诸葛", "慕容"]
MEN = list("伟强磊军勇杰涛斌超明刚平辉健鹏华飞鑫波宇浩凯俊文峰毅博晨阳志国建昊然泽轩")
WOMEN = list("芳娜敏静丽艳娟霞秀燕玲桂英红梅雪琳慧颖婷佳欣怡梦琪雨萱诗涵思语晓春兰月")
# Names that catch weak software: rare characters, long names, other scripts. Name, man, id_type.
SPECIAL = {
    7: ("张𬭎", True, "resident"),
    19: ("㛃琳", False, "resident"),
    31: ("李𬱖", True, "resident"),
    43: ("𠮷野樱", False, "resident"),
    52: ("欧阳建国", True, "resident"),
    58: ("司马晓兰", False, "resident"),
    64: ("阿卜杜拉·买买提", True, "resident"),
    76: ("ئابدۇللا مەمەت", True, "resident"),
    83: ("古丽努尔·阿不都热合曼", False, "resident"),
    88: ("扎西多吉", True, "resident"),
    95: ("Emily Carter", False, "passport"),
    101: ("Liam O’Neill", True, "passport"),
    109: ("Nguyễn Thị Lan", False, "passport"),
    113: ("陳家樂", True, "hk_id"),
    118: ("何詠詩", False, "hk_id"),
    124: ("黃志明", True, "hk_macau_permit"),
    131: ("梁美儀", False, "hk_macau_permit"),
    137: ("António da Silva", True, "macau_id"),
    142: ("歐陽嘉敏", False, "macau_id"),
    149: ("林子謙", True, "residence_permit"),
    156: ("馮婉兒", False, "residence_permit"),
    163: ("吳承翰", True, "residence_permit"),
    190: ("王", True, "resident"),
}
PERMIT_REGIONS = {149: "810000", 156: "820000", 163: "830000"}


def number(row: int, column: str, below: int) -> int:
    """A number 0 <= n < below that depends on row and column only."""
    digest = hashlib.sha256(f"{row}/{column}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % below


def pick(row: int, column: str, choices: list):
    """One of the choices."""
    return choices[number(row, column, len(choices))]


def gb11643(region: str, born: datetime.date, serial: int) -> str:
    """18 characters: region, birth date, serial of three digits, and the ISO 7064 MOD 11-2 check character."""
    digits = f"{region}{born:%Y%m%d}{serial:03}"
    remainder = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(digits)) % 11
    return digits + "10X98765432"[remainder]


def hong_kong(letter: str, digits: str) -> str:
    """A Hong Kong identity card number with its check character: letters count from 10, a missing first letter is 36."""
    values = [36, int(letter, 36), *map(int, digits)]
    check = -sum(value * weight for value, weight in zip(values, range(9, 1, -1))) % 11
    return letter + digits + "0123456789A"[check]


def born(row: int) -> datetime.date:
    """A birth date from 1966 to 2003."""
    return datetime.date(1966, 1, 1) + datetime.timedelta(days=number(row, "born", 38 * 365))


def identity(row: int, id_type: str, man: bool) -> str:
    """A document number of the given type, as it is normalised for storage."""
    # GB 11643 gives odd serials to men and even ones to women.
    serial = 990 + 2 * number(row, "serial", 5) + man
    match id_type:
        case "resident":
            return gb11643(pick(row, "region", REGIONS), born(row), serial)
        case "residence_permit":
            return gb11643(PERMIT_REGIONS[row], born(row), serial)
        case "hk_id":
            return hong_kong("A", f"{123400 + number(row, 'hk_id', 100):06}")
        case "macau_id":
            return f"1000{number(row, 'macau_id', 10000):04}"
        case "hk_macau_permit":
            return f"{pick(row, 'permit', ['H', 'M'])}000{number(row, 'permit number', 1000):03}00"
        case _:
            return f"X0000{number(row, 'passport', 10000):04}"


def person(row: int) -> tuple[str, bool, str]:
    """Name, whether a man, and id_type."""
    if row in SPECIAL:
        return SPECIAL[row]
    man = number(row, "sex", 5) < 3
    given = MEN if man else WOMEN
    first, second = pick(row, "first", given), pick(row, "second", given)
    short = number(row, "short", 4) == 0 or first == second
    return pick(row, "surname", SURNAMES) + (first if short else first + second), man, "resident"


def record(row: int) -> list:
    """One line of the roster. The day of the assessment is a working day from January 2025 to October 2026."""
    name, man, id_type = person(row)
    occupation, title, certificate, levels = pick(row, "occupation", OCCUPATIONS)
    grade = ["pass", "pass", "pass", "good", "good", "excellent"][number(row, "grade", 6)]
    assessed = datetime.date(2025, 1, 6) + datetime.timedelta(weeks=number(row, "week", 95), days=number(row, "day", 5))
    # Lower ranks are common (the lower of two draws), and a higher one takes years of work.
    reached = 1 + (assessed.year - born(row).year - 18) // 4
    level = max(levels[0], min(pick(row, "level", levels), pick(row, "level again", levels), reached))
    until = assessed.replace(year=assessed.year + 5) if number(row, "until", 20) == 0 else ""
    provider = pick(row, "provider", PROVIDERS)
    return [name, id_type, identity(row, id_type, man), certificate, occupation, title, level, grade, assessed, until, provider]


def main() -> None:
    header = "name,id_type,id_number,type,occupation,title,level,grade,assessed_on,valid_until,provider".split(",")
    records = [record(row) for row in range(1, ROWS + 1)]
    numbers = {(line[1], line[2]) for line in records}
    assert len(numbers) == ROWS, "two people share a number: change a column's name"
    with open(pathlib.Path(__file__).with_name("roster.csv"), "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *records])


if __name__ == "__main__":
    main()
