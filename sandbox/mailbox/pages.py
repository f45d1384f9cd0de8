"""The mailbox as pages: a list of messages, and one message with its HTML shut into a sandboxed frame."""

from collections.abc import Sequence

from jinja2 import DictLoader, Environment, StrictUndefined

from sandbox.mailbox.store import StoredMessage

_LAYOUT = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{% block title %}Mailbox{% endblock %} · StackPro sandbox</title>
<style>
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --accent: #b45309; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 0 1rem 3rem; font: 16px/1.5 system-ui, sans-serif; }
.sandbox { margin: 0 -1rem 1rem; padding: .5rem 1rem; background: var(--accent); color: #fff; }
a { color: inherit; } h1 { font-size: 1.4rem; overflow-wrap: anywhere; }
ul { list-style: none; margin: 0; padding: 0; border-top: 1px solid var(--line); }
li a { display: grid; gap: 0 1rem; grid-template-columns: 1fr auto; padding: .75rem .25rem; text-decoration: none;
  border-bottom: 1px solid var(--line); }
li a:hover, li a:focus { background: var(--soft); }
li strong, li span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
time, .quiet { opacity: .75; font-size: .9rem; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; } dt { opacity: .75; }
dd { margin: 0; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: 1rem; background: var(--soft); }
iframe { width: 100%; height: 32rem; border: 1px solid var(--line); background: #fff; }
</style>
</head>
<body>
<p class="sandbox" role="note"><strong>SANDBOX</strong> · nothing on this page was sent to anybody</p>
<main>{% block main %}{% endblock %}</main>
</body>
</html>
"""

_LIST = """{% extends "layout" %}
{% block main %}
<h1>Mailbox</h1>
<p class="quiet">{{ messages|length }} message{{ "" if messages|length == 1 else "s" }}, newest first
{%- if to %}, to {{ to }} (<a href="/messages">show all</a>){% endif %}</p>
{% if messages %}
<ul>
{% for message in messages %}
<li><a href="/messages/{{ message.id }}">
<strong>{{ message.subject }}</strong> <time>{{ message.received_at.strftime("%Y-%m-%d %H:%M:%S") }} UTC</time>
<span>{{ message.to|join(", ") }}</span></a></li>
{% endfor %}
</ul>
{% else %}
<p>No mail yet. Sign up on the platform, and its welcome mail appears here.</p>
{% endif %}
{% endblock %}
"""

_MESSAGE = """{% extends "layout" %}
{% block title %}{{ message.subject }}{% endblock %}
{% block main %}
<p><a href="/messages">← All messages</a></p>
<h1>{{ message.subject }}</h1>
<dl>
<dt>From</dt><dd>{{ message.from_name }} &lt;{{ message.sender }}&gt;</dd>
<dt>To</dt><dd>{{ message.to|join(", ") }}</dd>
{% if message.reply_to %}<dt>Reply to</dt><dd>{{ message.reply_to }}</dd>{% endif %}
<dt>Received</dt><dd><time>{{ message.received_at.strftime("%Y-%m-%d %H:%M:%S") }} UTC</time></dd>
{% for name, value in message.headers.items() %}<dt>{{ name }}</dt><dd>{{ value }}</dd>{% endfor %}
</dl>
{% if message.html %}
<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" title="The message as HTML"
 src="/messages/{{ message.id }}/html"></iframe>
<h2>As plain text</h2>
{% endif %}
<pre>{{ message.text|urlize(target="_blank", rel="noopener noreferrer") }}</pre>
{% endblock %}
"""

_environment = Environment(
    loader=DictLoader({"layout": _LAYOUT, "list": _LIST, "message": _MESSAGE}),
    autoescape=True,
    undefined=StrictUndefined,
)


def list_page(messages: Sequence[StoredMessage], *, to: str | None) -> str:
    """All messages, or those to one address."""
    return _environment.get_template("list").render(messages=messages, to=to)


def message_page(message: StoredMessage) -> str:
    """One message."""
    return _environment.get_template("message").render(message=message)
