r"""Words of signs, in many languages.

Each line has beginnings, separated by commas, and after each `=>` a pattern that has to follow, all in lower
case; `\A` is the end of what precedes it. A beginning with `^` must begin a line.
"""

_PARTS = {
    "user": r"(?:the |your |a )?(?:user|human|owner|operator|person|maintainer)s?\b",
    "not": "do not, don't, don’t, never, must not, should not, without, avoid",
    "valuables": (
        r"(?:api[ _-]?keys?|credentials?|secrets?\b|passwords?|tokens?\b|private keys?|\.env\b|id_rsa"
        r"|ssh keys?|\.ssh\b|\.aws\b|env(?:ironment)? var|conversation|chat history|transcript"
        r"|system prompt|contents? of"
        r"|passw|schlüssel|zugangsdaten|gespräch|mots? de passe|clés?\b|contraseña|clave|senha|парол|ключ"
        r"|密钥|密码|令牌|凭证|对话|キー|パスワード|会話)"
    ),
    "away": (
        r"(?:https?://|[\w.+-]+@[\w-]+\.\w|webhook|pastebin"
        r"|(?:remote|external|our|my) (?:server|endpoint|url|host))"
    ),
    "files": r"(?:\.ssh\b|\.aws\b|\.env\b|id_rsa|id_ed25519|/etc/passwd|credentials|\.netrc|\.npmrc|\.kube)",
}
_OVERRIDE = r"""
ignore, disregard, forget, discard
 => \b(?:previous|prior|above|earlier|preceding|original)\b
 => \b(?:instructions?|rules|prompts?|directives?|guidelines|guidance|orders)\b
ignore, disregard, forget, override, bypass
 => \A (?:all |any )?(?:of )?(?:your|the system'?s?|all|system)(?: \w+)?
 => \A (?:instructions?|prompts?|directives?|guidelines|guardrails|safety|restrictions)\b
take precedence over, takes precedence over, take priority over, takes priority over, supersede, supersedes
 => \A (?:all|any|every|the user'?s?|user|your)\b
 => \b(?:instructions?|requests?|prompts?|guidelines|wishes)\b
you are now, you are no longer
 => \b(?:unrestricted|jailbroken|developer mode|bound by|without (?:any )?(?:restrictions?|limits|rules))\b
ignorier, vergiss, missacht
 => (?:bisherig|vorherig|vorangegangen|obig|früher|alle) => (?:anweisung|regel|vorgabe|instruktion)
ignore, ignorez, oublie, oubliez => (?:instructions|consignes|règles) => (?:précédentes|antérieures|ci-dessus)
ignora, ignore, olvida, omite, esqueça
 => (?:instrucciones|reglas|instruções|regras) => (?:anteriores|previas|prévias|acima)
negeer, vergeet => (?:eerdere|vorige|voorgaande|bovenstaande|alle) => (?:instructies|regels|aanwijzingen)
zignoruj, ignoruj, zapomnij => (?:poprzedni|wcześniejsz|powyższ) => (?:instrukcj|poleceni|zasad)
ignora, dimentica => (?:istruzioni|regole) => (?:precedenti|sopra)
игнориру, забудь, не обращай => (?:предыдущ|прежн|ранее|выше) => (?:инструкц|указани|правил)
忽略, 无视, 忘记, 忽視, 無視 => (?:之前|以前|先前|上述|上面|此前|所有) => (?:指令|指示|规则|提示|命令)
これまで, 以前, 前の, 上記 => (?:指示|命令|ルール|プロンプト) => \A.{0,4}(?:無視|忘れ)
이전, 앞선, 위의 => (?:지시|명령|규칙) => (?:무시|잊)
"""
_CONCEAL = r"""
{not}
 => \A.{0,12}\b(?:tell|inform|alert|notify|warn)(?:ing)? {user}(?! (?:to|how|which|when|if|twice|again)\b)
{not}
 => \A.{0,12}\b(?:mention|reveal|disclos|admit|report|show)\w* (?:this|that|it|these|any of this|anything)\b
 => \bto {user}|\bin (?:your|the) (?:reply|response|answer|summary|output|report|message)
hide, conceal, keep => \A (?:this|that|it|these)\b => \bfrom {user}
without => \A {user}(?:['’]s)? (?:knowledge|knowing|noticing|consent|being told)
user, users, human => \A (?:must|should) (?:not|never) (?:know|notice|learn|find out)\b
sag, erzähl, verrat, erwähn, teil => \b(?:benutzer|nutzer|anwender|user) => \bnichts?\b
verschweig, verheimlich, verbirg => \b(?:benutzer|nutzer|anwender|user)
ohne => \A.{0,20}(?:benutzer|nutzer|anwender) => (?:sagen|informieren|wissen|mitteilen|merk)
ohne => \A (?:das )?wissen de[sr] (?:benutzer|nutzer|anwender)
ne, n' => \A ?(?:le |lui )?(?:dis|dites|révèle|révélez|mentionnez?|parlez?)\b => l['’]utilisateur
sans => \A (?:le dire à|en parler à|informer|prévenir|avertir) l['’]utilisateur
no, não
 => \A (?:se )?(?:lo )?(?:le )?(?:digas?|informes?|menciones?|reveles?|conte)\b
 => \b(?:al|ao) (?:usuario|usuário)
sin, sem => \A (?:decir\w*|avisar\w*|informar\w*|contar\w*|dizer) => \b(?:al|ao) (?:usuario|usuário)
vertel, zeg, meld => \b(?:gebruiker|user) => \b(?:niets|niet)\b
nie => \A (?:mów|informuj|wspominaj) => użytkownik
non => \A (?:dire|dirlo|informare|menzionare|rivelare)\b => utente
не => \A (?:говори|сообща|упомина|рассказыва) => пользовател
без => \A ведома пользовател
不要, 不得, 不能, 别 => \A.{0,4}(?:告诉|告知|通知|提及|透露) => 用户
不让用户 => (?:知道|察觉|发现)
ユーザーに => (?:言わない|伝えない|知らせない|教えない|報告しない|言うな)
사용자에게 => (?:말하지|알리지|언급하지)
"""
_EXPOSE = r"""
send, post, upload, exfiltrate, transmit, forward, email, submit, leak, append
 => \b{valuables} => \b(?:to|via|at)\b.{0,20}{away}
send, post, upload, exfiltrate, transmit, forward
 => {away} => \b(?:with|containing|including|along with)\b => \b{valuables}
curl, wget, nc => (?:\s-d|--data|\s-f\b|\s-t\b|--upload-file|--post-file) => {files}
cat, base64, tar, zip => {files} => \| => \b(?:curl|nc|wget)\b
env, printenv => \A\s*\| => \b(?:curl|nc|wget)\b
schick, sende, lade, übertrag, poste, envoie, envoyez, envía, envia, envie, отправ, 发送, 上传
 => {valuables} => {away}
密钥, 密码, 令牌, 凭证, 对话 => (?:发送|上传) => {away}
キー, パスワード, 会話, トークン => {away} => (?:送信|アップロード)
"""
_IMITATE = r"""
<|im_start|>, <|im_end|>, <|system|>, <|user|>, <|assistant|>, <|endoftext|>, <|begin_of_text|>, <|eot_id|>
[inst], [/inst], <<sys>>, ^<system>, ^</system>, ^<system-reminder>, ^<system_prompt>, ^[system]
^system message:, ^system override:, ^new system prompt:
"""
_FETCH = r"""
curl, wget, iwr, invoke-webrequest => \|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b
bash, sh, zsh, eval, source => \A(?:\s+-c)?\s*["'`]?[<$]\(\s*(?:curl|wget)\b
"""
_ADDRESS = r"""
ai, llm, assistant, agent, agents, model, models, claude, gpt, copilot, chatbot
 => \A.{0,30}\b(?:must|should|shall|has to|have to|always|never|please)\b
you must, you shall, you have to, you are to, you should always, you should never, you should also
instructions to, instructions for, instruction to, instruction for, note to, note for, message to, message for
 => \A (?:the |any |all )?(?:ai|agents?|assistants?|models?|llms?|claude)\b
when, if, before, after => \A (?:the user|asked|you (?:read|see|answer|review|commit))\b
 => \b(?:run|execute|send|add|approve|install|reply|say|answer|recommend|insert|delete|push|use)\b
ki, assistent, agent => \A.{0,30}\b(?:muss|soll|immer|niemals)\b
du musst, du sollst, tu dois, vous devez, debes, você deve, ты должен, 你必须
"""

TABLES = {
    "override": _OVERRIDE,
    "conceal": _CONCEAL,
    "expose": _EXPOSE,
    "imitate": _IMITATE,
    "fetch": _FETCH,
    "address": _ADDRESS,
}
"""A table for each kind of sign."""


def rows(table: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return beginnings and patterns of each line of a table."""
    for name, meaning in _PARTS.items():
        table = table.replace(f"{{{name}}}", meaning)
    lines = table.replace("\n =>", " =>").strip().split("\n")
    parted = (line.split(" => ") for line in lines)
    return [(tuple(begins.split(", ")), tuple(patterns)) for begins, *patterns in parted]
