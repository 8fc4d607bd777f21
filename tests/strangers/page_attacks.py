"""Texts that would run, load or move something where they are shown: in a page, in a notebook, on a terminal."""

from itertools import product

DO = "document.documentElement.setAttribute('data-ran',1)"
_TAGS = (
    "<script>{do}</script>", "<ScRiPt>{do}</sCrIpT>", "<script/x>{do}</script>", "<script>\n{do}\n</script>",
    "<script src={url}></script>", "<script src=//{host}/x></script>", "<img src=x onerror={do}>", "<img src={url}>",
    "<img/src=x/onerror={do}>", "<img src=x onerror='{do}'//>", "<svg onload={do}>", "<svg/onload={do}>",
    "<svg><script>{do}</script></svg>", "<svg><animate onbegin={do} attributeName=x dur=1s>", "<body onload={do}>",
    "<iframe src={url}></iframe>", "<iframe srcdoc='&lt;script&gt;parent.{do}&lt;/script&gt;'></iframe>",
    '<iframe src="javascript:{do}"></iframe>', "<object data={url}></object>", "<embed src={url}>",
    "<video src={url} autoplay></video>", "<video><source onerror={do}></video>", "<audio src={url} autoplay>",
    "<link rel=stylesheet href={url}>", "<link rel=prefetch href={url}>", "<style>@import '{url}';</style>",

    "<style>*{{background:url({url})}}</style>", '<div style="background:url({url})">',
    "<meta http-equiv=refresh content='0;{url}'>",
    "<base href={url}/>", "<form action={url}><button autofocus onfocus={do}>x</button></form>",
    "<input autofocus onfocus={do}>", "<select autofocus onfocus={do}>", "<textarea autofocus onfocus={do}>",
    "<details open ontoggle={do}>x</details>", "<marquee onstart={do}>x</marquee>",
    "<math><mtext><img src=x onerror={do}></mtext></math>",
    '<a href="javascript:{do}" autofocus>x</a>', "<table background={url}>",
    "<isindex type=image src={url} onerror={do}>",
    '<noscript><p title="</noscript><img src=x onerror={do}>">', "<template><script>{do}</script></template>",
    "<x onclick={do} tabindex=1 id=x>", "<p onpointerenter={do}>x</p>", "<keygen autofocus onfocus={do}>",
)  # fmt: skip
_AROUND = (
    "{}",
    "\"'>{}",
    "</td></tr></table>{}",
    "</pre></span></div></style>{}",
    "--><!--{}",
    "]]>{}",
    "</title>{}",
)
_OTHERS = (
    "javascript:{do}", "data:text/html,<script>{do}</script>", "&lt;script&gt;{do}&lt;/script&gt;",
    "&#60;img src=x onerror={do}&#62;",
    "\\u003cscript\\u003e{do}\\u003c/script\\u003e", "%3Cscript%3E{do}%3C/script%3E",
    "{{{{constructor.constructor('{do}')()}}}}",
    "${{{do}}}", "$\\href{{javascript:{do}}}{{x}}$", "$$\\require{{html}}\\class{{x}}{{y}}$$", "\\(\\unicode{{x}}\\)",
    "[x](javascript:{do})", "![x]({url})", "<!--[if IE]><script>{do}</script><![endif]-->",
    "+ADw-script+AD4-{do}+ADw-/script+AD4-",
    "<\x00script>{do}</script>", "<scr\u0000ipt>{do}</scr\u0000ipt>", "<img src='x' onerror\x0b={do}>",
    "<svg\x0conload={do}>",
    "\u2028<script>{do}</script>", "<img src=`x`onerror={do}>",
    "<<script>{do}//<</script>", '<script\x20type="text/x">{do}',
)  # fmt: skip


def pages(url: str) -> list[str]:
    """At least three hundred of them; `url` is an address that tells of every request."""
    host = url.removeprefix("http://").rstrip("/")
    raw = [around.replace("{}", tag) if around != "{}" else tag for tag, around in product(_TAGS, _AROUND)]
    return [text.format(do=DO, url=url, host=host) for text in (*raw, *_OTHERS)]


RAN = "data-ran"
TERMINALS = (
    "\x1b[2J", "\x1b[31mred", "\x1b]0;title\x07", "\x1b]52;c;ZXZpbA==\x07",
    "\x1b]8;;https://evil.example\x07here\x1b]8;;\x07",
    "\x1bP+q\x1b\\", "\x1b[6n", "\x1b[c", "\x1b[21t", "\x1b#8", "\x1bc", "\x1b[?1049h", "\x1b[10;10H",
    "\x1b[1A\x1b[2K", "\x1b[8m",
    "\x9b31m", "\x9d0;x\x9c", "\x90x\x9c", "\x85", "\x84", "\x07\x07", "a\x08\x08b", "safe\rEVIL", "\x0e\x0f",
    "\x00", "\x7f",
    "\x0b\x0c", "\x1b[5i", "\x1b[?25l", "\u202egpj.exe", "\u2066x\u2069", "\u200fx", "\u2028x\u2029", "\ufeff",
    "\u001b\u001b[0m",
    "[red]x[/red]", "[link=https://evil.example]x[/link]", "[/]", "[bold", ":skull:", "\ud800",
)  # fmt: skip
"""For a terminal, and for the marks of the library that draws our tables."""
