"""The mailbox as pages: a list of messages, and one message with its HTML shut into a sandboxed frame."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from sandbox.mailbox.store import StoredMessage

_STYLE = """
:root {
  color-scheme: light dark; --ink: #1a1f36; --soft: #565e7a; --line: #d5dae5; --paper: #fff; --ground: #f5f6fa;
  --accent: #4b45c6; --on-accent: #fff; --flag: #ffe08a; --flag-ink: #3d2c00;
}
@media (prefers-color-scheme: dark) { :root {
  --ink: #eef0f7; --soft: #b1b8d0; --line: #3a4160; --paper: #1c2136; --ground: #12162a; --accent: #b3aeff;
  --on-accent: #14123d;
} }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
.flag { background: var(--flag); color: var(--flag-ink); padding: .55rem 1rem; text-align: center; margin: 0; }
main { max-width: 56rem; margin: 1.5rem auto; padding: 0 1rem 2rem; }
a { color: var(--accent); } h1 { font-size: 1.4rem; margin: .25rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: .75rem; overflow: hidden; }
.body { padding: 1.25rem; } .card + .card { margin-top: 1.25rem; }
.quiet, time { color: var(--soft); font-size: .92rem; }
form { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: end; margin: 1rem 0; }
form div { flex: 1 1 16rem; } label { display: block; font-weight: 600; }
input { width: 100%; font: inherit; padding: .6rem .75rem; margin-top: .25rem; border: 1px solid var(--soft);
  border-radius: .45rem; background: var(--paper); color: inherit; }
button { font: inherit; font-weight: 600; padding: .65rem 1rem; border: 0; border-radius: .45rem; cursor: pointer;
  background: var(--accent); color: var(--on-accent); }
ul { list-style: none; margin: 0; padding: 0; }
li + li { border-top: 1px solid var(--line); }
li a { display: grid; gap: 0 1rem; grid-template-columns: minmax(0, 1fr) auto; padding: .8rem 1.25rem; color: inherit;
  text-decoration: none; }
li a:hover { background: var(--ground); } li a:focus-visible { outline-offset: -3px; }
li strong, li span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
li span { grid-column: 1 / -1; color: var(--soft); }
dl { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: .25rem 1rem; margin: 1rem 0 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; font: inherit; }
iframe { display: block; width: 100%; height: 24rem; border: 0; background: #fff; }
@media (max-width: 34rem) {
  li a, dl { grid-template-columns: minmax(0, 1fr); } dd { margin-bottom: .4rem; } li strong { white-space: normal; }
}
"""

_LAYOUT = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{% block title %}Mailbox{% endblock %} · StackPro sandbox</title>
<style>{{ style }}</style>
</head>
<body>
<p class="flag" role="note"><strong>SANDBOX: no real mail is sent.</strong> What the platform writes ends here.</p>
<main>{% block main %}{% endblock %}</main>
</body>
</html>
"""

_LIST = """{% extends "layout" %}
{% block main %}
<h1>Mailbox</h1>
<p class="quiet">{{ messages|length }} message{{ "" if messages|length == 1 else "s" }}, newest first
{%- if to %}, to {{ to }}{% endif %} · <a href="/messages">{{ "Show all" if to else "Look again" }}</a></p>
<form action="/messages" method="get" role="search">
<div><label for="to">Only mail to</label>
<input id="to" name="to" type="search" autocomplete="off" placeholder="ada@example.com" value="{{ to or "" }}"></div>
<button type="submit">Show</button>
</form>
{% if messages %}
<ul class="card">
{% for message in messages %}
<li><a href="/messages/{{ message.id }}">
<strong>{{ message.subject }}</strong> {{ moment(message.received_at) }}
<span>{{ message.to|join(", ") }}</span></a></li>
{% endfor %}
</ul>
{% elif to %}
<div class="card body">No mail went to {{ to }}. The whole address is compared, in capitals or not.</div>
{% else %}
<div class="card body">No mail yet. Sign up on the platform, and its welcome mail appears here.</div>
{% endif %}
{% endblock %}
"""

_MESSAGE = """{% extends "layout" %}
{% block title %}{{ message.subject }}{% endblock %}
{% block main %}
<p><a href="/messages">← All messages</a></p>
<section class="card body">
<h1>{{ message.subject }}</h1>
<dl>
<dt>From</dt><dd>{{ message.from_name }} &lt;{{ message.sender }}&gt;</dd>
<dt>To</dt><dd>{{ message.to|join(", ") }}</dd>
{% if message.reply_to %}<dt>Reply to</dt><dd>{{ message.reply_to }}</dd>{% endif %}
<dt>Received</dt><dd>{{ moment(message.received_at) }}</dd>
{% for name, value in message.headers.items() %}<dt>{{ name }}</dt><dd>{{ value }}</dd>{% endfor %}
</dl>
</section>
{% if message.html %}
<section class="card">
<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" title="The message as HTML"
 src="/messages/{{ message.id }}/html"></iframe>
</section>
<h2>As plain text</h2>
{% endif %}
<section class="card body"><pre>{{ message.text|urlize(target="_blank", rel="noopener noreferrer") }}</pre></section>
{% endblock %}
"""


def _moment(moment: datetime) -> Markup:
    shown = moment.strftime("%Y-%m-%d %H:%M:%S")
    return Markup('<time datetime="{}Z">{} UTC</time>').format(shown.replace(" ", "T"), shown)


_environment = Environment(
    loader=DictLoader({"layout": _LAYOUT, "list": _LIST, "message": _MESSAGE}),
    autoescape=True,
    undefined=StrictUndefined,
)
_environment.globals |= {"style": Markup(_STYLE), "moment": _moment}  # noqa: S704  # a constant of this file
STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
"""Of the one style sheet in the pages, for a Content-Security-Policy that allows no other."""


def list_page(messages: Sequence[StoredMessage], *, to: str | None) -> str:
    """All messages, or those to one address."""
    return _environment.get_template("list").render(messages=messages, to=to)


def message_page(message: StoredMessage) -> str:
    """One message."""
    return _environment.get_template("message").render(message=message)
