"""The words of the provisioner's mails."""

import html
from collections.abc import Mapping

from libs.adapters.mail.outgoing import Letter
from libs.contracts.auth import OwnerContact
from services.provisioner.hosts.health import app_url
from services.provisioner.stack_apps.catalogue import load_catalogue

SUBJECTS: Mapping[str, str] = {"shared": "Your trial is ready", "dedicated": "Your stack has its own host now"}
OPENINGS: Mapping[str, str] = {
    "shared": "everything of {company} is up and running. Have a look:",
    "dedicated": "thank you! {company} has moved to a host of its own, with all its data. The addresses stay the same:",
}


def welcome_letter(host_kind: str, contact: OwnerContact, *, stack_url: str, web_url: str) -> Letter:
    """Tells the owner where the apps are. `stack_url` has `{slug}` in it."""
    url = stack_url.format(slug=contact.slug)
    places = {app.title: app_url(url, app.label) for app in load_catalogue().apps.values() if app.label is not None}
    opening = OPENINGS[host_kind].format(company=contact.company)
    lines = "\n".join(f"  {title}: {place}" for title, place in places.items())
    items = "".join(
        f'<li><a href="{html.escape(place)}">{html.escape(title)}</a></li>' for title, place in places.items()
    )
    return Letter(
        to=contact.email,
        subject=SUBJECTS[host_kind],
        text=f"Hello {contact.full_name},\n\n{opening}\n\n{lines}\n\nYour account is at {web_url}\n\nStackPro\n",
        html=(
            f"<p>Hello {html.escape(contact.full_name)},</p><p>{html.escape(opening)}</p><ul>{items}</ul>"
            f'<p>Your account is at <a href="{html.escape(web_url)}">{html.escape(web_url)}</a>.</p><p>StackPro</p>'
        ),
    )
