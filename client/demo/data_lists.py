"""What the demo's data is made of, typed in: the plan's courses, the catalogue, names.

Real: the sixteen certificates of 1+X batches 1 and 2 with who awards them, the major and its code.
Invented: everything else. Ids of certificates are this demo's own names: national numbers are not
known to it, and what is not known is left out.
"""

THEORY, PRACTICE = "理论", "实践"

# What may be said of a course besides its figures.
REQUIRED, ELECTIVE, EXCLUDED = "required", "elective", "excluded"  # excluded ones are required too

# 计算机应用技术 510201, cohort 2025: code, name, kind, hours, credits, what it is.
# 形势与政策 has fewer credits than its hours would give: the bank warns of it, and the plan's hold.
COURSES = [
    ("GB01", "思想道德与法治", THEORY, 48, 3, EXCLUDED),
    ("GB02", "毛泽东思想和中国特色社会主义理论体系概论", THEORY, 32, 2, EXCLUDED),
    ("GB03", "习近平新时代中国特色社会主义思想概论", THEORY, 48, 3, EXCLUDED),
    ("GB04", "形势与政策", THEORY, 40, 1, EXCLUDED),
    ("GB05", "体育与健康（一）", PRACTICE, 30, 1, EXCLUDED),
    ("GB06", "体育与健康（二）", PRACTICE, 30, 1, EXCLUDED),
    ("GB07", "军事理论", THEORY, 32, 2, REQUIRED),
    ("GB08", "军事技能", PRACTICE, 60, 2, EXCLUDED),
    ("GB09", "大学英语（一）", THEORY, 64, 4, REQUIRED),
    ("GB10", "大学英语（二）", THEORY, 64, 4, REQUIRED),
    ("GB11", "高等数学", THEORY, 64, 4, REQUIRED),
    ("GB12", "信息技术", THEORY, 48, 3, REQUIRED),
    ("GB13", "大学语文", THEORY, 32, 2, ELECTIVE),
    ("GB14", "心理健康教育", THEORY, 32, 2, REQUIRED),
    ("GB15", "职业生涯规划", THEORY, 16, 1, REQUIRED),
    ("GB16", "就业指导", THEORY, 16, 1, REQUIRED),
    ("GB17", "劳动教育", THEORY, 16, 1, REQUIRED),
    ("GB18", "创新创业基础", THEORY, 32, 2, REQUIRED),
    ("ZH01", "前端设计与开发", THEORY, 64, 4, REQUIRED),
    ("ZH02", "JavaScript程序设计", THEORY, 48, 3, REQUIRED),
    ("ZH03", "移动应用开发", THEORY, 64, 4, REQUIRED),
    ("ZH04", "数据可视化技术", THEORY, 48, 3, REQUIRED),
    ("ZH05", "信息与网络安全", THEORY, 48, 3, REQUIRED),
    ("ZH06", "交换路由技术", THEORY, 64, 4, REQUIRED),
    ("ZH07", "系统部署与运维", THEORY, 64, 4, REQUIRED),
    ("ZH08", "虚拟化技术", THEORY, 48, 3, REQUIRED),
    ("ZH09", "大数据与云计算技术", THEORY, 48, 3, REQUIRED),
    ("ZJ01", "计算机导论", THEORY, 48, 3, REQUIRED),
    ("ZJ02", "程序设计基础", THEORY, 64, 4, REQUIRED),
    ("ZJ03", "数据结构与算法分析", THEORY, 64, 4, REQUIRED),
    ("ZJ04", "计算机组成与维护", THEORY, 48, 3, REQUIRED),
    ("ZJ05", "计算机网络基础", THEORY, 64, 4, REQUIRED),
    ("ZJ06", "数据库技术及应用", THEORY, 64, 4, REQUIRED),
    ("ZJ07", "网络操作系统", THEORY, 48, 3, REQUIRED),
    ("ZJ08", "数字逻辑与数字电路", THEORY, 48, 3, ELECTIVE),
    ("ZJ09", "软件工程", THEORY, 48, 3, REQUIRED),
    ("ZS01", "程序设计实训", PRACTICE, 30, 1, REQUIRED),
    ("ZS02", "网络综合布线实训", PRACTICE, 30, 1, REQUIRED),
    ("ZS03", "前端开发实训", PRACTICE, 60, 2, REQUIRED),
    ("ZS04", "数据库应用实训", PRACTICE, 30, 1, REQUIRED),
    ("ZS05", "认识实习", PRACTICE, 30, 1, EXCLUDED),
    ("ZS06", "岗位实习", PRACTICE, 720, 24, EXCLUDED),
    ("ZS07", "毕业设计", PRACTICE, 180, 6, EXCLUDED),
    ("ZX01", "人工智能", THEORY, 32, 2, ELECTIVE),
    ("ZX02", "物联网技术", THEORY, 32, 2, ELECTIVE),
    ("ZX03", "数据抓取", THEORY, 32, 2, ELECTIVE),
    ("ZX04", "数据挖掘应用", THEORY, 32, 2, ELECTIVE),
    ("ZX05", "图形图像处理", THEORY, 48, 3, ELECTIVE),
    ("ZX06", "项目管理", THEORY, 32, 2, ELECTIVE),
    ("ZX07", "嵌入式技术", THEORY, 48, 3, ELECTIVE),
]

# Of these the first term's results are posted.
FIRST_TERM = ["GB01", "GB05", "GB09", "GB11", "GB12", "GB15", "ZJ01", "ZJ02", "ZJ04", "ZS01"]

# 软件技术 510203 of the other school: a plan of a few courses for its few learners.
OTHER_COURSES = [
    ("RJ01", "程序设计基础", THEORY, 64, 4, REQUIRED),
    ("RJ02", "数据库原理与应用", THEORY, 64, 4, REQUIRED),
    ("RJ03", "面向对象程序设计", THEORY, 64, 4, REQUIRED),
    ("RJ04", "软件测试", THEORY, 48, 3, REQUIRED),
    ("RJ05", "软件项目实训", PRACTICE, 60, 2, REQUIRED),
]

# 1+X batches 1 and 2: the demo's own id, the certificate, who awards it.
CERTIFICATES = [
    ("bim", "建筑信息模型（BIM）职业技能等级证书",
     "廊坊市中科建筑产业化创新研究中心（中国建设教育协会人才评价中心）"),
    ("webfrontend", "Web前端开发职业技能等级证书", "工业和信息化部教育与考试中心"),
    ("logistics", "物流管理职业技能等级证书", "北京中物联物流采购培训中心"),
    ("eldercare", "老年照护职业技能等级证书",
     "中国社会福利与养老服务协会北京中福长者文化科技有限公司"),
    ("automotive", "汽车运用与维修职业技能等级证书", "北京中车行高新技术有限公司"),
    ("nev", "智能新能源汽车职业技能等级证书", "北京中车行高新技术有限公司"),
    ("ecommerce-data", "电子商务数据分析职业技能等级证书", "北京博导前程信息技术股份有限公司"),
    ("online-shop", "网店运营推广职业技能等级证书", "北京鸿科经纬科技有限公司"),
    ("robot-operation", "工业机器人操作与运维职业技能等级证书", "北京新奥时代科技有限责任公司"),
    ("robot-programming", "工业机器人应用编程职业技能等级证书", "北京赛育达科教有限责任公司"),
    ("special-welding", "特殊焊接技术职业技能等级证书", "中船舰客教育科技（北京）有限公司"),
    ("smart-finance", "智能财税职业技能等级证书", "中联集团教育科技有限公司"),
    ("infant-care", "母婴护理职业技能等级证书", "济南阳光大姐服务有限责任公司"),
    ("sensor-network", "传感网应用开发职业技能等级证书", "北京新大陆时代教育科技有限公司"),
    ("dementia-care", "失智老年人照护职业技能等级证书", "北京中民福祉教育科技有限责任公司"),
    ("cloud-platform", "云计算平台运维与开发职业技能等级证书", "南京第五十五所技术开发有限公司"),
]

GRADES = {1: "初级", 2: "中级", 3: "高级"}

# Frequent surnames, and characters of given names.
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万"
GIVEN_FEMALE = "婷雪佳欣怡梦琪思雨晓雯诗涵静雅慧敏颖琳丽娜玉洁嘉悦宁月清秋芷若依晨曦语瑶"
GIVEN_MALE = "浩宇俊杰子轩志强明辉建华文博天翔伟家豪泽楷锐晨阳鹏飞一凡启航睿嘉诚承恩逸"
