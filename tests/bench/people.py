"""Certificates of 50,000 made-up persons, as an issuer's CSV."""
import csv

import bench

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
GIVEN = "伟芳娜敏静强磊军洋勇艳杰娟涛明超秀霞平刚"


def number(index):
    """GB 11643: area, day of birth, sequence, check character."""
    day, month, year = index // 800 % 28, index // 22400 % 12, index // 268800
    text = f"110101{1980 + year:04}{1 + month:02}{1 + day:02}{100 + index % 800:03}"
    total = sum(int(digit) * weight for digit, weight in zip(text, WEIGHTS))
    return text + "10X98765432"[total % 11]


def name(index):
    return SURNAMES[index % 20] + GIVEN[index // 20 % 20] + GIVEN[index // 400 % 20]


def write(path, count):
    with open(path, "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("证书编号", "证书标识", "姓名", "证件类型", "证件号码", "成绩", "发证日期"))
        for index in range(count):
            rows.writerow((f"IMPORT{index:08}", bench.CERTIFICATE, name(index), "居民身份证", number(index),
                           60 + index % 41, f"2024-{1 + index % 12:02}-{1 + index % 28:02}"))
