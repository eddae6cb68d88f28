"""Words that change the meaning of a note.

Short closed lists in several languages: units, negations, opposites, names of days. A word that is not
listed proves nothing.
"""

import re

from memoryd.values import regex

_SECONDS = dict.fromkeys(("s", "sec", "secs", "second", "seconds", "sekunde", "sekunden", "secondes"), "s")
_MINUTES = dict.fromkeys(("min", "mins", "minute", "minutes", "minuten", "minutos"), "min")
_HOURS = dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "stunde", "stunden", "heures", "horas"), "h")
_DAYS = dict.fromkeys(("d", "day", "days", "tag", "tage", "tagen", "jours", "días"), "d")
_MILLIS = dict.fromkeys(("ms", "msec", "millisecond", "milliseconds"), "ms")
_OTHERS = (
    "ns us µs week weeks month months year years px em rem pt kb mb gb tb kib mib gib tib bytes bit bits hz "
    "khz mhz ghz x k m g w v a mm cm km kg °c °f"
)
UNITS = {
    **{unit: unit for unit in _OTHERS.split()},
    **_SECONDS, **_MINUTES, **_HOURS, **_DAYS, **_MILLIS,
    "percent": "%", "prozent": "%", "%": "%",
    "秒": "s", "分": "min", "分钟": "min", "时": "h", "小时": "h", "時間": "h", "天": "d", "日": "d",
    "초": "s", "분": "min",
}  # fmt: skip
"""Spellings of a unit after a number, by the form that is compared."""

_NEGATIONS = (
    "not no never none nothing neither nor without cannot don't dont avoid except unless "
    "isn't aren't wasn't doesn't didn't won't shouldn't mustn't can't forbidden prohibited "
    "nicht kein keine keinen keiner nie niemals ohne außer "
    "pas jamais sans aucun aucune sauf "
    "nunca sin ningún ninguna tampoco salvo "
    "nao não sem nunca jamais non mai senza "
    "не нет никогда без нельзя ни "
    "nie bez nigdy niet nooit geen zonder"
)
NEGATIONS = frozenset(_NEGATIONS.split())
"""Words that negate a sentence."""

REPLACING = frozenset(["instead", "rather", "statt", "anstatt", "anstelle", "вместо"])
"""Words that exclude what follows, as “not” does: “A instead of B” is “A, not B”."""

NEGATING = regex(
    "不|没|沒|未|勿|别|別|无|無|禁|非|ない|ません|なし|ずに|せず|않|없|안 |못|마세요|말|금지", re.IGNORECASE
)
"""Negations in scripts without spaces between words."""

_OPPOSITES = (
    "always/never enable/disable enabled/disabled enables/disables enabling/disabling "
    "on/off true/false yes/no "
    "before/after allow/deny allowed/denied allow/forbid allowed/forbidden allow/block must/may "
    "required/optional mandatory/optional include/exclude included/excluded includes/excludes "
    "add/remove added/removed increase/decrease increased/decreased up/down start/stop started/stopped "
    "open/closed open/close opened/closed pass/fail passes/fails passed/failed passing/failing "
    "success/failure valid/invalid sync/async synchronous/asynchronous public/private local/remote "
    "client/server read/write input/output min/max minimum/maximum first/last above/below over/under "
    "more/less more/fewer most/least best/worst old/new older/newer left/right top/bottom high/low "
    "higher/lower larger/smaller fast/slow faster/slower safe/unsafe internal/external push/pull "
    "upload/download install/uninstall lock/unlock mutable/immutable upper/lower uppercase/lowercase "
    "ascending/descending horizontal/vertical staging/production prod/staging dev/prod "
    "development/production encode/decode encrypt/decrypt import/export with/without tabs/spaces "
    "works/broken done/pending light/dark light-mode/dark-mode single/double login/logout "
    "oldest/newest short/long shorter/longer early/late earlier/later uploads/downloads "
    "accept/reject accepted/rejected approve/reject approved/rejected row/column rows/columns "
    "can/cannot prefer/avoid use/avoid do/don't show/hide shown/hidden keep/delete keep/remove "
    "immer/nie aktivieren/deaktivieren aktiviert/deaktiviert vor/nach ein/aus muss/darf erlaubt/verboten "
    "toujours/jamais activer/désactiver activé/désactivé avant/après "
    "siempre/nunca activar/desactivar activado/desactivado antes/después "
    "всегда/никогда включить/выключить включено/выключено до/после "
    "启/禁 开/关 開/關 前/后 前/後 上/下 大/小 多/少 增/减 有/无 有/無 "
    "真/假 是/否 可/不 必/禁 总/从 左/右 内/外 新/旧 加/删 总/不 "
    "항상/절대"
)
OPPOSITES = frozenset(
    pair
    for one, other in (each.split("/") for each in _OPPOSITES.split())
    for pair in ((one, other), (other, one))
)
"""Pairs of opposites and alternatives."""
COUNTERPARTS = {
    word: tuple(sorted(other for one, other in OPPOSITES if one == word)) for word, _ in OPPOSITES
}
"""The opposites and alternatives of each word that has any."""


def _classes() -> dict[str, str]:
    """Return one representative for all words that are opposites, directly or indirectly."""
    found: dict[str, str] = {}
    for one, other in sorted(OPPOSITES):
        kept, gone = sorted((found.get(one, one), found.get(other, other)))
        found |= {word: kept for word, known in found.items() if known == gone}
        found |= {one: kept, other: kept}
    return found


CLASSES = _classes()
"""The representative of a word and its opposites, for counting likeness."""

OPPOSITE_STARTS = (
    ("", "un"),
    ("", "in"),
    ("", "dis"),
    ("", "non"),
    ("", "de"),
    ("up", "down"),
    ("en", "dis"),
    ("pre", "post"),
)
"""Prefixes that turn a word into its opposite."""

_DAY_NAMES = (
    "monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays "
    "saturdays sundays january february march april june july august september october november december "
    "montag dienstag mittwoch donnerstag freitag samstag sonntag montags freitags lundi mardi mercredi jeudi "
    "vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo "
    "понедельник вторник среду среда четверг пятницу пятница суббота воскресенье "
    "понедельникам вторникам средам четвергам пятницам 월 화 수 목 금 토 일 月 火 水 木 金 土"
)
_NUMBER_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve once twice thrice half "
    "zwei drei vier fünf sechs sieben acht neun zehn deux trois quatre cinq sept huit neuf dix "
    "dos tres cuatro cinco seis siete ocho nueve diez "
    "два две три четыре пять шесть семь восемь девять десять "
    "一 二 三 四 五 六 七 八 九 十 两"
)
VALUES = frozenset((*_DAY_NAMES.split(), *_NUMBER_WORDS.split()))
"""Words that are values, as numbers are: another one changes the meaning."""

_AUXILIARIES = (
    "do does did is are was were be been can could may might must shall should will would has have to ever "
    "ist sind war kann darf muss soll wird est sont doit peut es son debe puede"
)
AUXILIARIES = frozenset(_AUXILIARIES.split())
"""Auxiliary words that come with a negation."""

_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen",
    "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn",
    "- deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
    "- dos tres cuatro cinco seis siete ocho nueve diez - doce trece catorce quince dieciséis",
    "- - tre quattro cinque - sette otto nove dieci undici dodici tredici quattordici quindici sedici",
    "- dois três quatro cinco seis sete oito nove dez onze doze treze quatorze quinze dezesseis",
    "- duas - vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien",
    "один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать - - пятнадцать -",
)
_TENS = (
    "twenty thirty forty fifty sixty seventy eighty ninety hundred",
    "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig hundert",
    "vingt trente quarante cinquante soixante - - - cent",
    "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa cien",
    "venti trenta quaranta cinquanta sessanta settanta ottanta novanta cento",
    "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa cem",
)
_TIMES = "twice/2/times thrice/3/times zweimal/2/mal dreimal/3/mal viermal/4/mal fünfmal/5/mal zehnmal/10/mal"
NUMBERS: dict[str, tuple[str, ...]] = {
    **{word: (str(10 * at),) for line in _TENS for at, word in enumerate(line.split(), 2) if word != "-"},
    **{word: (str(at),) for line in _NUMBERS for at, word in enumerate(line.split(), 1) if word != "-"},
    **{word: tuple(parts) for word, *parts in (each.split("/") for each in _TIMES.split())},
    "unset": ("not", "set"),
}
"""The tokens of a word: of numbers, without articles and words that mean something else in a language."""

AMBIGUOUS_NUMBERS = {"due": "2", "sei": "6", "once": "11"}
"""Number words that are common words of another language, unless a counted noun follows."""

_COUNTABLES = (
    "volte giorni ore minuti secondi settimane mesi anni tentativi persone "
    "veces días horas minutos segundos semanas meses años intentos personas"
)
COUNTABLES = frozenset(_COUNTABLES.split())
"""Nouns of the languages of ambiguous number words."""

_COUNTED = (
    "# no nr number item line lines tag phase plan pr issue bug step stage part chapter section task ticket "
    "version v epoch block slot round session sprint week day page index field option case test rule figure "
    "table row column level layer era run batch build release milestone tier type class group id commit port "
    "channel schritt teil phase punkt étape partie paso parte шаг часть 第"
)
COUNTED = frozenset(_COUNTED.split())
"""Words before a number that identifies rather than measures."""

_CONDITIONS = (
    "only just unless except if when whenever until till while where but instead otherwise mostly usually "
    "often sometimes rarely seldom almost nearly maybe perhaps probably partly "
    "nur falls wenn sobald solange außer sonst aber meist selten vielleicht fast "
    "seulement si sauf quand lorsque mais sinon souvent parfois presque "
    "solo sólo si salvo cuando pero excepto casi "
    "только если кроме когда но иначе обычно иногда почти "
    "但 仅 僅 只 除 若 如 则 限 但し 만"
)
CONDITIONS = frozenset(_CONDITIONS.split())
"""Words that restrict a note: a version without them claims more."""

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

_SYNONYMS = (
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
SYNONYMS = tuple(tuple(group.split("/")) for group in _SYNONYMS.split())
"""Groups of words that mean the same in notes, for counting likeness."""
