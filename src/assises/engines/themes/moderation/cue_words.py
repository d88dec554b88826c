"""The words of :mod:`.cues`, in five languages; compared without case, accents and hamza."""

from __future__ import annotations

from typing import Final

TELLING: Final = (
    "je m'appelle", "je me nomme", "mon nom est", "mon prénom est", "mon nom complet est",
    "je soussigné", "je soussignée", "signé", "signature",
    "my name is", "my name's", "i am called", "i'm called", "signed",
    "اسمي", "إسمي", "اسمي هو", "أدعى", "اسم ابني", "اسم ابنتي", "اسم زوجي", "اسم زوجتي",
    "الموقع أسفله", "الموقعة أسفله", "التوقيع", "الإمضاء", "الاسم الكامل",
    "سميتي", "سميتو", "سميتها", "السمية ديالي", "سميتي هي",
    "smiti", "smiyti", "smyti", "smitti", "smito", "smitha", "smiyto", "smia dyali",
    "ism inu", "isem inu", "ism iw", "isem iw", "isminu", "isemiw",
    "cordialement", "bien à vous", "respectueusement", "best regards", "kind regards", "sincerely",
    "yours sincerely", "مع تحياتي", "تحياتي", "مع خالص التحية",
    "ⵉⵙⵎ ⵉⵏⵓ", "ⵉⵙⴻⵎ ⵉⵏⵓ", "ⵉⵙⵎ ⵉⵡ",
)  # fmt: skip

TITLES: Final = (
    "m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "mrs", "ms", "miss", "dr",
    "docteur", "doctor", "pr", "professeur", "professor", "maître", "moi", "i",
    "السيد", "السيدة", "الآنسة", "الدكتور", "الدكتورة", "الأستاذ", "الأستاذة",
)  # fmt: skip

WEAK: Final = (
    "si", "ssi", "moulay", "lalla", "lala", "mi", "mmi", "haj", "hajj", "lhaj", "l7aj",
    "hajja", "lhajja", "lm3allem", "lm3alem", "maalem", "khalti", "3ammi", "3emmi", "ana", "moi",
    "mon fils", "ma fille", "mon frère", "ma sœur", "mon mari", "ma femme", "mon voisin",
    "ma voisine", "mon père", "ma mère", "mon oncle", "ma tante", "appelez", "contactez",
    "c'est", "demandez", "demandez à", "de la part de", "this is", "on behalf of",
    "m3akom", "m3akoum", "swlo 3la", "soulo 3la", "معكم", "معاكم", "سولو على", "اسألوا عن",
    "my son", "my daughter", "my brother", "my sister", "my husband", "my wife", "my neighbour",
    "my father", "my mother", "my uncle", "my aunt", "call", "contact", "ask for",
    "wldi", "weldi", "benti", "khoya", "khouya", "khti",
    "السي", "سي", "مولاي", "للا", "لالة", "لالا", "مي", "الحاج", "الحاجة", "المعلم",
    "الفقيه", "عمي", "خالتي", "ولدي", "بنتي", "خويا", "ختي", "ابني", "ابنتي", "أخي", "أختي",
    "زوجي", "زوجتي", "جاري", "أنا", "nekk d", "ⵏⴽⴽ ⴷ",
)  # fmt: skip

OFFICES: Final = """
ministre ministère président présidente directeur directrice wali gouverneur maire caïd pacha préfet
député députée sénateur ambassadeur ambassadrice secrétaire conseiller conseillère juge procureur
commissaire inspecteur inspectrice délégué déléguée recteur doyen rapporteur
minister president speaker mayor governor director secretary chairman chairwoman chair judge
inspector ambassador commissioner prime monsieur madame
lwazir wazir ra2is lmodir modir l9ayd lqaid lbacha lwali l3amil
وزير الوزير وزيرة الوزيرة رئيس الرئيس رئيسة الرئيسة مدير المدير مديرة المديرة
والي الوالي عامل العامل قائد القائد القايد باشا الباشا عميد العميد نائب النائب
مستشار المستشار كاتب الكاتب مندوب المندوب
مفتش المفتش مفتشة القاضي قاضي وكيل الوكيل المحامي محامي النقيب الخليفة المقدم الشيخ البرلماني
الوصي الأمين الخازن القابض الإقليمي الجهوي الثانوي الابتدائي الجامعي المغربي
"""
"""Behind a title these are no names."""

STOPS: Final = """
le la les l du des d à au aux et ou qui que est sont n ne pas plus une un moi même en dans pour
par sur the a an of and or who that is are was not on in at to for no nowhere sorry only just also
f o ou mn men 3la bach ghir machi ma li hiya howa ba9i dyal dyali had hadi
في من على الى عن ان أن هو هي هم نحن لا لم لن ما ليس كان كانت قد غير مع بلا هذا هذه ذلك التي الذي
مكتوب مكتوبة مسجل مسجلة موجود موجودة ناقص خطأ ضمن بين كل بعد قبل عند
ف ديال ديالي اللي ماشي راه كاين كاينة هاد هادي باقي باقية باش حيت علاش غالطة كيتكتب
المحترم المحترمة المتعاقد المتعاقدة المواطن المواطنة العاطل الموظف
الإلكتروني الإلكترونية العائلي الشخصي
ur is ad d ar ⵓⵔ ⵉⵙ ⴰⴷ ⴷ
"""

INSTITUTIONS: Final = """
hôpital hospital sbitar université university avenue av boulevard bd rue street lycée école school
faculté mosquée barrage aéroport airport stade fondation prix place port province complexe centre
quartier hay derb pont gare zen9at
مستشفى السبيطار جامعة شارع زنقة ثانوية مدرسة كلية مسجد سد مطار ملعب مؤسسة جائزة ساحة ميناء إقليم
مركب مركز حي درب قنطرة محطة
"""

ORDINALS: Final = "i ii iii iv v vi vii السادس الخامس الثاني الأول الثالث الرابع"

WAYS: Final = (
    "rue|avenue|av|boulevard|bd|impasse|all[eé]e|zen9at|zen9a|zan9at|zanqat|zankat|derb|hay|"
    "lotissement|passage|ruelle"
)
PLACES: Final = "immeuble|imm|r[eé]sidence|quartier|cit[eé]|douar|bloc"
ARABIC_WAYS: Final = "شارع|زنقة|زنقه|درب|حي|تجزئة|إقامة|اقامة|عمارة|بلوك|دوار"
