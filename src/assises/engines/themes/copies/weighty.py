"""Words without which a text says another thing, and words that say little.

A number, a negation or one side of an opposition is *weighty*: two texts that differ by one are two
texts, however long they are; of an opposition the rarer side is enough. Articles, pronouns,
prepositions and the like are *little*: people change them when they copy. Both lists are written
for the project, and folded as texts are before they are compared; a word that both hold is weighty.
"""

from __future__ import annotations

from typing import Final

# Of each language the weighty words, then the little ones. Tifinagh is read as Latin; the little
# words of Tamazight hold some of Kabyle.
_FR: Final = (
    (
        "ne n pas jamais aucun aucune sans non ni contre moins rien peu nul nulle hors sauf "
        "guère sous après anti pire stop interdit interdire interdisez supprimer supprimez "
        "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze "
        "seize vingt trente quarante cinquante soixante cent cents mille million millions "
        "milliard milliards premier première second seconde deuxième troisième dernier "
        "dernière moitié tiers quart double nord sud anormal anormale amoral atypique "
        "apolitique"
    ),
    (
        "le la les l un une des du de d au aux a et ou en y dans sur pour par avec chez vers "
        "entre ce cet cette ces c qui que qu dont quand comme si je j tu il elle on nous vous "
        "ils elles me m te t se s lui leur leurs mon ma mes ton ta tes son sa ses notre nos "
        "votre vos est sont était été être suis soit ait ont avons avez ai as avoir fait "
        "faire faut doit tout tous toute toutes même aussi très bien alors donc mais car puis "
        "plus encore déjà toujours depuis jusqu jusque lors ici cela ça svp"
    ),
)
_EN: Final = (
    (
        "not t no never none neither nor without cannot cant dont doesnt didnt isnt arent "
        "wasnt werent wont wouldnt shouldnt couldnt havent hasnt hadnt against less fewer "
        "little few nothing nobody after below under until except stop ban banned forbid two "
        "three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty "
        "ninety hundred thousand million millions billion first second third last half "
        "quarter double twice north south east west amoral atypical apolitical"
    ),
    (
        "the a an of to in on at for by with from into and or but so as if that this these "
        "those it its is are was were be been being am has have had do does did will would "
        "can could should must may i we you he she they me us him her them my our your his "
        "their who which what when where there here then than too very just also all each "
        "every any some more most only still yet again even up out about over off one please "
        "let s"
    ),
)
_AR: Final = (
    (
        "لا لم لن ليس ليست ليسوا لسنا لست دون بدون غير عدم بلا بغير ضد كلا أبدا قط سوى لولا "
        "ما أقل بعد تحت منع يمنع إلغاء واحد واحدة اثنان اثنين اثنتان اثنتين ثلاث ثلاثة أربع "
        "أربعة خمس خمسة ست ستة سبع سبعة ثمان ثماني ثمانية تسع تسعة عشر عشرة عشرون عشرين "
        "ثلاثون ثلاثين أربعون أربعين خمسون خمسين ستون ستين سبعون سبعين ثمانون ثمانين تسعون "
        "تسعين مئة مائة مئتا مئتي مئتان مئتين ألف ألفا ألفين آلاف مليون مليونا ملايين مليار "
        "نصف ثلث ربع مرتين سنتين سنتان شهرين شهران يومين أول الأول أولى الأولى ثاني الثاني "
        "الثانية ثالث الثالث الثالثة شمال الشمال جنوب الجنوب شرق الشرق غرب الغرب ماشي موش "
        "والو جوج تلاتة تلت ربعة تمنية تمن تسعود طناش ربعين مية ميتين"
    ),
    (
        "في من إلى على عن مع هذا هذه ذلك تلك هؤلاء الذي التي الذين هو هي هم نحن أنا أنت كان "
        "كانت يكون تكون قد لقد أن إن أنه أنها كل بعض و أو ثم ف ب ل ك حين حيث كما لكن بل إذا "
        "لو عند عندما لدى منذ كي لكي أي أيضا جدا فيه فيها منه منها له لها لهم به بها عليه "
        "عليها إليه إليها بين يا هناك هنا ذات نفس فقط هل وفي ومن وهو وهي وأن إلا ايلا يلا "
        "ديال ديالنا ديالي ديالو ديالها ديالهم ديالك د اللي لي باش فاش منين راه راها هاد هاذ "
        "داك ديك هادي هادشي كاع شي فال ولا حنا هوما نتا نتي كيف بحال غادي غي واخا را عندنا "
        "عندي عندو عندها عندهم ليه ليها لينا ليهم ليا ملي فين منو علينا حتى حتا تا باقي مزيان "
        "بزاف خاص خاصنا خاصو كاين كاينة تما دابا"
    ),
)
_DARIJA: Final = (
    (
        "ma machi mashi bla walo walou 3mer 3mr 3merna 3mrna didd be3d ba3d jouj joj tlata "
        "tlt rb3a rbe3 khmsa khms sta setta sb3a tmnya tmenya ts3oud tis3oud 3chra 3achra "
        "3achrin 3chrin tlatin rb3in khmsin mya mia myat miyat myatayn alf alfin pas sans "
        "aucun jamais contre moins deux trois quatre cinq sept huit neuf dix cent mille"
    ),
    (
        "ana ntouma liya lia dyal dyalna dyali dyalo dyalou dyalha dyalhom dyalk diyal d de f "
        "fe l li lli bach bash fach mnin 7it hit rah raha ra had hada hadi hadchi dak dik ga3 "
        "chi shi m3a 3la 3lina 3lih 3liha fih fiha lih liha lina lihom mn mno mnha 3nd 3ndna "
        "3ndi 3ndo 3ndha 3ndhom o w ou wa ila wla wela ghir ghi ghadi kif b7al bhal howa hiya "
        "homa 7na hna nta nti kan kant kayn kayna daba bzaf tma wakha hta htta 7ta kol kola "
        "kul men b bl fl le la les des et pour en"
    ),
)
_TAMAZIGHT: Final = (
    (
        "ur war warta wer abla ulac yan yat yiwen yiwet sin snat krad kkuz smmus sdis sa tam "
        "tza mraw timidi agim"
    ),
    (
        "a aɣ agh aɣn illa illi n d g s i ar ad is nna nni ghr gher ɣer ɣr gar gr zg sg ger "
        "af f ɣef ma mn rad da ula maca mac ak as asn inu nnk nnem iyi ka dar dars nnes nnɣ "
        "nnun nnsn nttat nttan nkkni nkni wad tad win tin ay aya ayad kra kull xf di deg seg "
        "akken akked belli yarna neɣ am wa ara akk daɣen"
    ),
)

LANGUAGES: Final = ("fr", "en", "ar", "ary-Latn", "zgh")
"""Which words are counted by which list; Darija in Arabic letters with Arabic."""
WEIGHTY: Final = tuple(one[0].split() for one in (_FR, _EN, _AR, _DARIJA, _TAMAZIGHT))
LITTLE: Final = tuple(one[1].split() for one in (_FR, _EN, _AR, _DARIJA, _TAMAZIGHT))
