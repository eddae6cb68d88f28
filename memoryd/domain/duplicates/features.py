"""Features of words: what counts for the likeness of two notes."""

import re
import unicodedata
from functools import lru_cache

from memoryd.domain.duplicates.vocabulary import AUXILIARIES, CLASSES, NEGATIONS

_FUNCTION_WORDS = (
    "a an the of to in on at by for with from into onto as and or but so that which this these those it "
    "its they them their we our us you your i my he she his her who whom there here then than also just "
    "very too already always every each all any some both own same such if when whenever while until once "
    "get gets got need needs needed must has please anything something nothing everything anyone someone "
    "make-sure be been being am will going right away soon via per about under over der die das den dem "
    "des ein eine einen einem einer eines und oder aber so dass daß welche dieser diese dieses es sie wir "
    "uns unser unsere ihr ich mein man im in am an auf aus bei mit nach von vom zu zum zur für über unter "
    "um als wie auch nur schon noch immer stets alle alles jede jeder jedes jeden jedem wird werden wurde "
    "muss müssen soll sollen sich bevor wenn sobald le la les l un une des du de d et ou mais que qui ce "
    "cet cette ces il elle ils elles on nous notre nos vous votre je mon ma mes se s en dans sur sous par "
    "pour avec à au aux chaque tout toute tous toutes toujours aussi très déjà y faut doit doivent el los "
    "las lo un una unos unas del de y o pero que este esta estos estas ese esa es se su sus nosotros "
    "nuestro yo mi en sobre por para con a al cada todo toda todos todas siempre también muy ya hay hacer "
    "o os as um uma uns umas do da dos das no na nos nas e ou mas que este esta esse essa se seu sua seus "
    "suas nós nosso eu meu em sobre por pelo pela para com ao aos à às cada todo toda todos todas sempre "
    "também muito já devem deve ser il lo gli i un uno una del dello della dei degli delle nel nella nei "
    "nelle e o ma che questo questa si suo sua noi nostro io mio in su sul sulla per con da dal dalla di "
    "a al alla ai alle ogni tutto tutta tutti tutte sempre anche molto già va vanno ci и или но а что "
    "который которая которые этот эта это эти он она оно они мы наш вы ваш я мой в во на с со из от до "
    "для при по о об к ко у за над под все всё всех всегда каждый каждая каждое каждым каждой также уже "
    "надо нужно должен должны бы же ли de het een en of maar dat die dit deze wij ons ik op in aan van "
    "voor met naar door elke altijd ook al moet worden wordt"
)
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split()) | AUXILIARIES
"""Words that carry structure, not content."""

_SAME = (
    "like/prefer/want/favor/favour/wish live/store/keep/put/save/reside/locate/place/find/stay/stand/sit "
    "run/execute/rerun/launch/invoke remove/delete/drop/erase/discard fix/repair/resolve "
    "check/verify/validate folder/directory/dir error/failure/fault use/utilize/employ start/begin "
    "big/large fast/quick create/make/generate answer/reply/response happen/occur "
    "change/modify/edit/alter/hand-edit document/doc repository/repo config/configuration database/db "
    "environment/env reset/refresh automatic/automatically ask/confirm write/record/note go/land "
    "work/serve speichern/ablegen/liegen/lagern/stehen/befinden löschen/entfernen ausführen/starten "
    "prüfen/kontrollieren trouver/ranger/stocker/enregistrer/conserver lancer/exécuter supprimer/effacer "
    "guardar/almacenar/estar/encontrar ejecutar/correr/lanzar borrar/eliminar salvar/guardar/armazenar "
    "executar/rodar apagar/remover/excluir trovare/salvare/conservare/stare/sono eseguire/lanciare "
    "cancellare/eliminare хранить/лежать/находиться/сохранять запускать/выполнять удалять/стирать "
    "проверять/контролировать"
)
_ELISION = re.compile(r"^(?:[nldcsjmt]|qu)['’]")
_PARTICIPLE = re.compile(r"ge(?=\w{4,}(?:t|en)$)")
_LATIN = (
    "ations ation ments ment ingly ing ert ern ado ada ido ida ato ata ati ate ito ita iti ite uto ando endo "
    "are ere ire ée er ir ar or an am em en et ez ed ly é e o a"
)
_LATIN_ENDINGS = tuple(_LATIN.split())
_CYRILLIC = (
    "ивается ываются аются яются ются ится ятся утся ется аться яться иться иями ями ами ого его ому ему "
    "ыми ими ать ять ить еть уть ает яет ают яют ите ет ит ут ют ат ят ай яй ов ев ей ий ый ой ая яя ое "
    "ее ые ие ых их ом ем ам ям ах ях им ым ию ья ье ла ло ли л у ю а я о е ы и ь й"
)
_CYRILLIC_ENDINGS = tuple(_CYRILLIC.split())
_LEAST = 3  # letters that are left of a word
_SHORT = 4  # letters of a word without endings
# Syllables of Korean, and characters of Chinese and Japanese, that carry structure.
_DENSE_STOP = re.compile(
    r"하기|합니다|한다|된다|됩니다|하는|해야|하고|할 ?것"
    r"|한 ?것|에서|으로|에는|마다|매번|항상|모든|모두|반드시|꼭"
    r"|[을를은는이가에의로도만할것]"
    r"|每次|一律|一定|总是|總是|所有|每个|全部|毎回|必ず|すべて|全て|常に|[\u3041-\u309f]"
    r"|[的了着过之也都就要应該该会能在是和与及或这那其被把将须必请可以]"
)


def dense_features(run: str) -> list[str]:
    """Return the characters with content, and pairs of neighbours, of a text without spaces."""
    kept = _DENSE_STOP.sub("", run) or run
    return [*kept, *(kept[at : at + 2] for at in range(len(kept) - 1))]


@lru_cache(16_384)
def feature_of(word: str) -> str:
    """Return what a word of prose counts as; "" for a word without content."""
    if word in NEGATIONS or word in FUNCTION_WORDS:
        return ""
    if not word.isalpha():
        elided = _ELISION.sub("", word)
        return feature_of(elided) if elided != word and elided else word
    return CLASSES.get(word) or _REPRESENTATIVES.get(content_stem(word)) or content_stem(word)


@lru_cache(16_384)
def content_stem(word: str) -> str:
    """Return a word without inflection, roughly, in the languages of the vocabulary; not readable."""
    word = unicodedata.normalize("NFC", word)
    endings = _CYRILLIC_ENDINGS if "\u0400" <= word[0] <= "\u04ff" else _LATIN_ENDINGS
    word = _PARTICIPLE.sub("", word)
    if word.endswith(("ies", "ied")) and len(word) > _SHORT:  # “retried” is “retry”
        return f"{word[:-3]}y"
    if word.endswith("s") and not word.endswith("ss") and len(word) > _SHORT:
        word = word[:-1]
    least = _LEAST
    while len(word) > _SHORT:
        ending = next(
            (each for each in endings if word.endswith(each) and len(word) - len(each) >= least), ""
        )
        if not ending:
            break
        word, least = word[: -len(ending)], _SHORT  # a second ending leaves more
    return word[:-1] if len(word) > _LEAST and word[-1] == word[-2] else word


_REPRESENTATIVES = {
    content_stem(word): content_stem(group.split("/")[0])
    for group in _SAME.split()
    for word in group.split("/")
}
