"""Names of languages as mp4 files carry them."""

_LISTED = """
aa aar ab abk af afr ak aka am amh an arg ar ara as asm av ava ay aym az aze ba bak be bel bg bul bi bis bm bam
bn ben bo bod br bre bs bos ca cat ce che ch cha co cos cr cre cs ces cv chv cy cym da dan de deu dv div dz dzo
ee ewe el ell en eng eo epo es spa et est eu eus fa fas ff ful fi fin fj fij fo fao fr fra fy fry ga gle gd gla
gl glg gn grn gu guj gv glv ha hau he heb hi hin hr hrv ht hat hu hun hy hye id ind ig ibo is isl it ita
iu iku ja jpn jv jav ka kat kg kon ki kik kk kaz kl kal km khm kn kan ko kor ks kas ku kur kw cor ky kir la lat
lb ltz lg lug li lim ln lin lo lao lt lit lv lav mg mlg mi mri mk mkd ml mal mn mon mr mar ms msa mt mlt
my mya nb nob ne nep nl nld nn nno no nor nv nav ny nya oc oci om orm or ori pa pan pl pol ps pus pt por qu que
rm roh rn run ro ron ru rus rw kin sa san sc srd sd snd se sme sg sag si sin sk slk sl slv sm smo sn sna so som
sq sqi sr srp ss ssw st sot su sun sv swe sw swa ta tam te tel tg tgk th tha ti tir tk tuk tl tgl tn tsn to ton
tr tur ts tso tt tat tw twi ty tah ug uig uk ukr ur urd uz uzb ve ven vi vie wa wln wo wol xh xho yi yid yo yor
zh zho zu zul
"""
_NAMES = _LISTED.split()
_THREE = dict(zip(_NAMES[::2], _NAMES[1::2], strict=True))


_ON_MACS = """
bod tib cym wel deu ger ell gre eus baq fas per hrv hr hye arm isl ice kat geo mkd mac msa may mya bur nld dut
sqi alb swe sve zho chi
""".split()  # noqa: SIM905 -- a table reads better
_MAC = dict(zip(_ON_MACS[::2], _ON_MACS[1::2], strict=True))
"""Languages that a mov file knows by another name; the rest it knows by the same or not at all."""


def three_letters(language: str) -> str:
    """Return the ISO 639-2 code of a BCP 47 tag, or `und` where it has none."""
    first = language.replace("_", "-").split("-")[0].lower()
    return _THREE.get(first, first if len(first) == 3 and first.isalpha() and first.isascii() else "und")


def mac_letters(language: str) -> str:
    """Return by what name ffmpeg finds the language's number in a mov file, which has fewer than mp4."""
    code = three_letters(language)
    return _MAC.get(code, code).ljust(3)
