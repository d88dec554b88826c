"""What the simulated edition says of itself. The Tamazight AWAITS REVIEW BY A NATIVE READER."""

from __future__ import annotations

from typing import Final

TITLE: Final = {
    "fr": "SIMULATION · Assises de l’intelligence artificielle, édition d’essai",
    "ar": "محاكاة · مناظرة الذكاء الاصطناعي، دورة تجريبية",
    "en": "SIMULATION · Assises on artificial intelligence, trial edition",
    "zgh": "ⴰⵎⴷⵢⴰ, ⵓⵔ ⴷ ⵜⵉⴷⵜ · ⴰⴳⵔⴰⵡ",
}
THEME: Final = {
    "fr": "Une intelligence artificielle au service de chacun",
    "ar": "ذكاء اصطناعي في خدمة كل واحد",
    "en": "Artificial intelligence in the service of everyone",
}
SUMMARY: Final = {
    "fr": (
        "Ces personnes, ces contributions et ces votes ont été produits par un programme : ils ne "
        "disent rien de qui que ce soit. Les organismes sont fictifs. Ici, tout peut être essayé : "
        "dire quelque chose, voter, suivre une phrase, vérifier un chiffre."
    ),
    "ar": (
        "هؤلاء الأشخاص وهذه المساهمات والأصوات من إنتاج برنامج، ولا تقول شيئا عن أي أحد. "
        "والهيئات متخيلة. هنا يمكن تجريب كل شيء: أن تقولوا كلمتكم، وأن تصوتوا، وأن تتتبعوا جملة، "
        "وأن تتحققوا من رقم."
    ),
    "en": (
        "A program made these people, these contributions and these votes: they say nothing about "
        "anyone. The bodies are fictional. Everything can be tried here: say something, vote, "
        "follow a sentence, check a figure."
    ),
    "zgh": ("ⵎⵉⴷⴷⵏ ⴰ ⴷ ⵉⵙⵜⵜⴰⵢⵏ ⴰ ⵉⵙⵏⴼⵍⵓⵍ ⵜⵏ ⵢⴰⵏ ⵓⵖⴰⵡⴰⵙ. ⵓⵔ ⴷⴰ ⵜⵜⵉⵏⵉⵏ ⴽⵔⴰ ⵖⴼ ⴰⵡⴷ ⵢⴰⵏ."),
}
PLACE: Final = {
    "fr": "En ligne, et dans des ateliers fictifs des douze régions",
    "ar": "على الإنترنت، وفي ورشات متخيلة بالجهات الاثنتي عشرة",
    "en": "Online, and in fictional workshops in the twelve regions",
}
# Five commitments, one a line, in the same order in each language.
CHARTER: Final = {
    "fr": (
        "Ce que vous dites est publié dans vos mots, et l’on peut suivre ce que cela devient.\n"
        "Personne n’est nommé, et aucun vote n’est publié avec le nom de qui l’a donné.\n"
        "Vous pouvez retirer ce que vous avez dit quand vous le voulez : les chiffres sont alors "
        "recalculés.\n"
        "Aucune machine ne décide seule : une personne décide, et vous pouvez vous y opposer.\n"
        "Chaque chiffre publié peut être vérifié par n’importe qui, sur sa propre machine, sans "
        "avoir à nous croire."
    ),
    "ar": (
        "ما تقولونه يُنشر بكلماتكم، ويمكن تتبع مآله.\n"
        "لا يُذكر اسم أحد، ولا يُنشر أي صوت مقرونا باسم صاحبه.\n"
        "يمكنكم سحب ما قلتموه متى شئتم، وعندها يعاد حساب الأرقام.\n"
        "لا تقرر آلة وحدها: القرار بيد إنسان، ولكم أن تعترضوا عليه.\n"
        "كل رقم منشور يمكن لأي كان أن يتحقق منه على جهازه، دون أن يكون مضطرا إلى تصديقنا."
    ),
    "en": (
        "What you say is published in your own words, and anyone can follow what becomes of it.\n"
        "Nobody is named, and no vote is published with the name of the person who cast it.\n"
        "You can take back what you said whenever you like; the figures are then computed anew.\n"
        "No machine decides alone: a person decides, and you can object.\n"
        "Anyone can check each published figure on their own machine, without having to believe "
        "us."
    ),
    "zgh": (
        "ⴰⵡⴰⵍ ⵏⵏⵓⵏ ⴷⴰ ⵉⵜⵜⵓⴼⵙⴰⵔ ⵣⵓⵏⴷ ⵎⴽ ⵜ ⵜⵏⵏⴰⵎ.\n"
        "ⵓⵔ ⴷⴰ ⵏⵜⵜⵉⵏⵉ ⵉⵙⵎ ⵏ ⴰⵡⴷ ⵢⴰⵏ.\n"
        "ⵜⵖⵉⵎ ⴰⴷ ⵜⴽⴽⵙⵎ ⴰⵡⴰⵍ ⵏⵏⵓⵏ.\n"
        "ⵓⵔ ⴷⴰ ⵉⵖⵜⵜⵙ ⵓⵎⵙⵙⵓⴷⵙ: ⴰⵎⴷⴰⵏ ⴰⴷ ⴷⴰ ⵉⵖⵜⵜⵙⵏ.\n"
        "ⵜⵖⵉⵎ ⴰⴷ ⵜⵙⵙⵉⴷⴻⴷⵎ ⴽⵓ ⵓⵟⵟⵓⵏ."
    ),
}
